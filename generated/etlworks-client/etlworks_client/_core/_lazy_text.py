"""Formats of strings with a type in Python, which models keep as text until they are read."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

MARK = "speclient"
"""Key in the metadata of a core schema that marks types which the fallback reads differently."""


class LosslessText:
    """A value that Python writes in another way than the text that it was read from, which is sent unchanged."""

    text: str = ""


def write_text(value: Any) -> Any:
    """Return the text of a value of a format. Other values are returned unchanged."""
    if isinstance(value, LosslessText):
        return value.text
    if isinstance(value, (datetime, time)):
        text = value.isoformat()
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, UUID) else value


@dataclass(frozen=True)
class TextFormat:
    """A format of strings.

    Attributes:
        error: the type of the errors of pydantic.
        title: what a value should be, with its article.
        pattern: matches valid texts only; the fallback reads those that it misses.
        read: the value of any valid text; raises ValueError for any other.
        read_valid: the same for a text that was validated.
        is_value: whether a Python value can be written as this format.
        eager: reads JSON where no field can be lazy; None for `pattern` and `read`.
    """

    error: LiteralString
    title: LiteralString
    pattern: str
    read: Callable[[str], Any]
    read_valid: Callable[[str], Any]
    is_value: Callable[[Any], bool]
    eager: CoreSchema | None = None

    def problem(self) -> PydanticCustomError:
        """The error for an invalid value."""
        return PydanticCustomError(self.error, f"Input should be {self.title}")

    def value_of(self, value: Any) -> Any:
        """Validate a Python value."""
        if isinstance(value, str):
            return self.value_of_text(value)
        if self.is_value(value):
            return value
        raise self.problem()

    def value_of_text(self, value: Any) -> Any:
        """Validate a JSON value, and return it in its Python type."""
        if isinstance(value, str):
            try:
                return self.read(value)
            except ValueError:
                pass
        raise self.problem()

    def text_of(self, value: Any) -> Any:
        """Validate a JSON value, and return it unchanged."""
        self.value_of_text(value)
        return value

    def lazy(self, value: Any) -> Any:
        """Return the value of a text, and any other value unchanged."""
        return self.read_valid(value) if type(value) is str else value

    def schema(self) -> CoreSchema:
        """The core schema of the type, which reads at once."""
        text = core_schema.str_schema(pattern=self.pattern, strict=True)
        reader = self.eager or core_schema.chain_schema(
            [text, core_schema.no_info_plain_validator_function(self.value_of_text)]
        )
        return core_schema.json_or_python_schema(
            json_schema=reader,
            python_schema=core_schema.no_info_plain_validator_function(self.value_of),
            serialization=core_schema.plain_serializer_function_ser_schema(
                self._written, info_arg=True, return_schema=core_schema.any_schema()
            ),
            metadata={MARK: self},
        )

    def make_lazy(self, schema: Any) -> None:
        """Change the core schema of a field so that it validates texts without reading them."""
        text = schema["json_schema"] = core_schema.str_schema(pattern=self.pattern, strict=True)
        schema["python_schema"] = core_schema.union_schema(
            [text, core_schema.no_info_plain_validator_function(self.value_of)],
            mode="left_to_right",
            custom_error_type=self.error,
            custom_error_message=f"Input should be {self.title}",
        )

    def widened(self, schema: Any) -> Any:
        """The same core schema, for all valid texts."""
        is_lazy = schema["json_schema"]["type"] == "str"
        validate = self.text_of if is_lazy else self.value_of_text
        return {**schema, "json_schema": core_schema.no_info_plain_validator_function(validate)}

    def _written(self, value: Any, info: Any) -> Any:
        return write_text(value) if info.mode == "json" else self.lazy(value)


class Formatted:
    """The annotation of a type for a format."""

    def __init__(self, text_format: TextFormat) -> None:
        self._format = text_format

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self._format.schema()


class LazyText:
    """Descriptor of a model field with a format. The value stays text until it is read, because most are never read.

    An invalid value was reported as a violation and stays text.
    """

    __slots__ = ("_name", "_read")

    def __init__(self, name: str, text_format: TextFormat) -> None:
        self._name = name
        self._read = text_format.read_valid

    def __get__(self, model: Any, owner: type[Any] | None = None) -> Any:
        fields: dict[str, Any] = {} if model is None else model.__dict__
        if self._name not in fields:
            raise AttributeError(self._name)
        value = fields[self._name]
        if type(value) is str:
            value = fields[self._name] = self._read(value)
        return value

    def __set__(self, model: Any, value: Any) -> None:
        model.__dict__[self._name] = value

    def __delete__(self, model: Any) -> None:
        del model.__dict__[self._name]


class InvalidText(str):
    """A value that is not valid in its format."""

    __slots__ = ()
