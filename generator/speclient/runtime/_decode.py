"""JSON text to typed values: one fast pass, and a second look at what it refuses."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ._errors import SchemaViolations
from ._fast_pass import holds
from ._lossless import has_no_number, has_odd_number, put_back


class Decoder:
    """Reads bodies of one type.

    The fast pass may refuse what is valid (`1.0` for an integer, nine digits of a second), and never accepts what is
    not. So what it refuses is looked at again, slowly.
    """

    __slots__ = ("_anything", "_by_name", "_lenient", "_numbers", "_schema", "_slow", "_validate")

    def __init__(self, kind: Any, *, by_name: bool = False) -> None:
        self._by_name = by_name
        # What is shared between models is validated by the settings of the outermost type, so that it must be strict.
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind.model_rebuild()
            self._schema: Any = kind.__pydantic_core_schema__
            self._validate = kind.__pydantic_validator__.validate_json
        else:
            adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))
            self._schema = adapter.core_schema
            self._validate = adapter.validator.validate_json
        held = holds(self._schema)
        self._anything = "any" in held
        self._numbers = "number" in held
        self._slow: Any = None
        self._lenient: Any = None

    def read(self, content: bytes) -> Any:
        """The typed value of a JSON text.

        Raises:
            Undecodable: the content is no JSON.
            Invalid: the JSON breaks the schema.
        """
        # Searches cost something on a large body, so that they are made only for what the schema can hold.
        if (self._anything and has_no_number(content)) or (
            self._numbers and has_odd_number(content, anywhere=self._anything)
        ):
            return self._fallback(content)
        unlisted: list[Any] = []
        try:
            value = self._validate(content, by_alias=True, by_name=self._by_name, context=unlisted)
        except ValidationError:
            return self._fallback(content)
        if unlisted and not self._anything and (has_no_number(content) or has_odd_number(content, anywhere=True)):
            return self._fallback(content)
        return value

    def _fallback(self, content: bytes) -> Any:
        from ._fallback import derive, lossless_json, violations

        try:
            data, text, long = lossless_json(content)
        except (ValueError, RecursionError):
            raise Undecodable from None
        if self._slow is None:
            self._slow = derive(self._schema)
        try:
            value = self._slow.validate_json(text, by_alias=True, by_name=self._by_name)
            return put_back(value, data) if long else value
        except ValidationError as problem:
            found = violations(problem, data)
        if found is None:
            raise Undecodable
        raise Invalid(found, text, data if long else None)

    def salvage(self, problem: Invalid) -> Any:
        """What of an invalid body can be had: see `_partial`. `UNFIT` when the body as a whole is something else."""
        from ._partial import derive_lenient

        if self._lenient is None:
            self._lenient = derive_lenient(self._schema)
        try:
            value = self._lenient.validate_json(problem.text, by_alias=True, by_name=self._by_name)
        except ValidationError:
            return UNFIT
        return value if problem.data is None else put_back(value, problem.data)


UNFIT: Any = object()
"""Nothing can be salvaged."""


class Undecodable(Exception):
    """The content is no JSON."""


class Invalid(Exception):
    """The JSON breaks the schema."""

    def __init__(self, found: SchemaViolations, text: bytes, data: Any) -> None:
        super().__init__()
        self.violations = found
        self.text = text
        self.data = data
        """The data, if it holds numbers that no float holds."""
