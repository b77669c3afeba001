"""Values made from schemas."""

from speclient.mock.values.exemplary import Exemplary
from speclient.mock.values.facts import CannotMakeError
from speclient.mock.values.generator import Generator, plain

__all__ = ["CannotMakeError", "Exemplary", "Generator", "plain"]
