"""Values made from schemas."""

from speclient.mock.values.facts import CannotMakeError
from speclient.mock.values.generator import Generator, plain

__all__ = ["CannotMakeError", "Generator", "plain"]
