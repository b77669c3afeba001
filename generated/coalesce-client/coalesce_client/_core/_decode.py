"""JSON text to typed values: a fast pass, then fallback validation of what it rejects."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ._errors import SchemaViolations
from ._fast_pass import TWIN, holds
from ._lossless import has_no_number, has_odd_number, put_back, unset_twins


class Decoder:
    """Decodes bodies of one type.

    The fast pass may reject valid JSON (`1.0` for an integer, nine digits of a second) but never accepts invalid JSON.
    The fallback validator decides about what it rejects.
    """

    __slots__ = ("_anything", "_by_name", "_lenient", "_numbers", "_schema", "_slow", "_validate")

    def __init__(self, kind: Any, *, by_name: bool = False) -> None:
        self._by_name = by_name
        # Models shared with other types are validated by the settings of the outermost type, so it must be strict.
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind.model_rebuild()
            self._schema: Any = kind.__pydantic_core_schema__
            self._validate = kind.__pydantic_validator__.validate_json
        else:
            adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))
            self._schema = adapter.core_schema
            self._validate = adapter.validator.validate_json
        kinds = holds(self._schema)
        self._anything = "any" in kinds
        self._numbers = "number" in kinds
        self._slow: Any = None
        self._lenient: Any = None

    def read(self, content: bytes) -> Any:
        """Return the typed value of a JSON text.

        Raises:
            Undecodable: the content is not JSON.
            Invalid: the JSON violates the schema.
        """
        # Searching a large body takes time, so only patterns that matter for the schema are searched.
        if (self._anything and has_no_number(content)) or (
            self._numbers and has_odd_number(content, anywhere=self._anything)
        ):
            return self._fallback(content)
        unlisted: list[Any] = []
        try:
            value = self._validate(content, by_alias=True, by_name=self._by_name, context=unlisted)
        except ValidationError:
            return self._fallback(content)
        if unlisted:
            if not self._anything and (has_no_number(content) or has_odd_number(content, anywhere=True)):
                return self._fallback(content)
            if _has_twin(unlisted):
                unset_twins(value, json.loads(content))
        return value

    def _fallback(self, content: bytes) -> Any:
        from ._fallback import derive, lossless_json, violations

        try:
            data, text, long = lossless_json(content)
        except (ValueError, RecursionError):
            raise Undecodable from None
        if self._slow is None:
            self._slow = derive(self._schema)
        unlisted: list[Any] = []
        try:
            value = self._slow.validate_json(text, by_alias=True, by_name=self._by_name, context=unlisted)
            if _has_twin(unlisted):
                unset_twins(value, data)
            return put_back(value, data) if long else value
        except ValidationError as problem:
            found_violations = violations(problem, data)
        if found_violations is None:
            raise Undecodable
        raise Invalid(found_violations, text, data if long else None)

    def salvage(self, problem: Invalid) -> Any:
        """Return the valid parts of a body (see `_partial`), or `UNFIT` if the body itself has the wrong type."""
        from ._partial import derive_lenient

        if self._lenient is None:
            self._lenient = derive_lenient(self._schema)
        unlisted: list[Any] = []
        try:
            value = self._lenient.validate_json(problem.text, by_alias=True, by_name=self._by_name, context=unlisted)
        except ValidationError:
            return UNFIT
        if _has_twin(unlisted):
            unset_twins(value, json.loads(problem.text))
        return value if problem.data is None else put_back(value, problem.data)


def _has_twin(unlisted: list[Any]) -> bool:
    return any(value is TWIN for value in unlisted)


UNFIT: Any = object()
"""No part of the body is valid."""


class Undecodable(Exception):
    """The content is not JSON."""


class Invalid(Exception):
    """The JSON violates the schema."""

    def __init__(self, violations: SchemaViolations, text: bytes, data: Any) -> None:
        super().__init__()
        self.violations = violations
        self.text = text
        self.data = data
        """The data, if it contains numbers that a float would round."""
