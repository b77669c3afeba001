"""Values generated from schemas: for examples and for the responses of the mock."""

from speclient.values.exemplary import Exemplary
from speclient.values.facts import CannotMakeError
from speclient.values.generator import Generator
from speclient.values.maker import ValueMaker

__all__ = ["CannotMakeError", "Exemplary", "Generator", "ValueMaker"]
