"""JSON text to typed values: one fast pass, and a second look at what it refuses."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ._errors import Departure


class Decoder:
    """Reads bodies of one type.

    The fast pass may refuse what is valid (`1.0` for an integer, nine digits of a second), and never accepts what is
    not. So what it refuses is looked at again, slowly.
    """

    __slots__ = ("_adapter", "_slow", "_validate")

    def __init__(self, kind: Any) -> None:
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)
        self._adapter.rebuild(force=False, raise_errors=True)
        self._validate = self._adapter.validator.validate_json
        self._slow: Any = None

    def read(self, content: bytes) -> Any:
        """The typed value of a JSON text.

        Raises:
            Undecodable: the content is no JSON.
            Invalid: the JSON breaks the schema.
        """
        try:
            return self._validate(content, by_alias=True, by_name=False)
        except ValidationError:
            return self._second_look(content)

    def _second_look(self, content: bytes) -> Any:
        from ._second_look import departures, derive

        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            raise Undecodable from None
        if self._slow is None:
            self._slow = derive(self._adapter.core_schema)
        try:
            return self._slow.validate_json(content.removeprefix(b"\xef\xbb\xbf"), by_alias=True, by_name=False)
        except ValidationError as problem:
            raise Invalid(departures(problem, data)) from None


class Undecodable(Exception):
    """The content is no JSON."""


class Invalid(Exception):
    """The JSON breaks the schema."""

    def __init__(self, found: tuple[Departure, ...]) -> None:
        super().__init__()
        self.departures = found
