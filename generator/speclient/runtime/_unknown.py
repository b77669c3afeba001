"""Variants of a union for the objects that the document does not list."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ._fast_pass import UNLISTED_VARIANT
from ._lazy_text import MARK
from ._model import Model


class UnknownVariant(Model):
    """An object whose variant the document does not list: a later version of the service may send it.

    The properties that all listed variants have are attributes; `raw` contains everything.
    """

    @property
    def raw(self) -> dict[str, Any]:
        """The object as JSON data."""
        return self.to_dict()


_T = TypeVar("_T", bound=UnknownVariant)


class _Unlisted:
    """Accepts instances only: JSON is read as the variant by partial validation, after the violation was found."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        serialization = core_schema.simple_ser_schema("any")
        return core_schema.is_instance_schema(source, metadata={MARK: UNLISTED_VARIANT}, serialization=serialization)


Unlisted = Annotated[_T, _Unlisted()]
"""The unknown variant of a union that allows the listed variants only."""
