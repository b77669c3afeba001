"""Files in multipart bodies."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ._model import Model


class _File:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.json_or_python_schema(
            json_schema=core_schema.str_schema(strict=True),
            python_schema=core_schema.no_info_plain_validator_function(_checked),
            serialization=core_schema.simple_ser_schema("any"),
        )


FormFile = Annotated[str | bytes | IO[bytes] | Path | tuple[Any, ...], _File()]
"""A file: its content, a file open in binary mode, a path, or `(file name, content, media type, headers)`."""


def _checked(value: Any) -> Any:
    if isinstance(value, str) or is_file(value):
        return value
    raise PydanticCustomError("file", "Input should be bytes, a binary file, a path, a tuple or text")


def is_file(value: Any) -> bool:
    """Return whether a value is sent as a part as it is, not as JSON or text."""
    return isinstance(value, (bytes, Path, tuple)) or hasattr(value, "read")


def form_data(model: Model) -> dict[str, Any]:
    """Return the properties of a model that are set, by wire names: files as they are, all others as JSON data."""
    files = {
        name: value
        for name in model.model_fields_set
        # Bytes of the format `byte` are sent as text.
        if name not in model._datetimes
        and (
            is_file(value := getattr(model, name, None))
            or (isinstance(value, list) and any(is_file(item) for item in value))
        )
    }
    if not files:
        return model.to_dict()
    others = model.model_dump(mode="json", exclude=set(files), warnings=False)
    fields = type(model).model_fields
    wire = {field.alias or name: name for name, field in fields.items() if name in model.model_fields_set}
    wire.update((name, name) for name in model.model_extra or ())
    return {
        written: files[name] if name in files else others[written]
        for written, name in wire.items()
        if name in files or written in others
    }
