"""Partial validation of responses that violate their schema: valid values are typed, invalid values are kept unchanged.

It is derived from the core schema of the first pass. An invalid value stays raw in its location: a property, a list
item, a map value. A missing required property stays unset, so reading it raises. Unions are not lenient, so no value
is read as the wrong variant: a value that matches no variant stays raw as a whole.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import SchemaValidator, core_schema

from ._datetimes import MARK, InvalidDateTime
from ._fallback import widened
from ._fast_pass import OPEN_UNION
from ._pydantic import validator

_MISSING: Any = object()
_BOUNDS = ("pattern", "min_length", "max_length", "ge", "gt", "le", "lt", "multiple_of")
_LENIENT = ":lenient"


def derive_lenient(schema: Any) -> SchemaValidator:
    """Return a validator like the one for `schema` that keeps invalid values."""
    return validator(_lenient(widened(schema, {})))


def _lenient(schema: Any) -> Any:
    kind = schema["type"]
    if kind == "definitions":
        # Unions reference the strict definitions.
        copies = [{**_lenient(lenient), "ref": lenient["ref"] + _LENIENT} for lenient in schema["definitions"]]
        return {**schema, "schema": _lenient(schema["schema"]), "definitions": [*schema["definitions"], *copies]}
    if kind == "definition-ref":
        return {**schema, "schema_ref": schema["schema_ref"] + _LENIENT}
    if kind == "model":
        inner: Any = {**schema, "schema": _lenient(schema["schema"])}
        if "config" in inner:
            inner["config"] = {**inner["config"], "extra_fields_behavior": "allow"}
        inner.pop("ref", None)
        return core_schema.no_info_after_validator_function(_without_missing, inner)
    if kind == "model-fields":
        fields = {name: {**field, "schema": _field(field["schema"])} for name, field in schema["fields"].items()}
        lenient = {**schema, "fields": fields, "extra_behavior": "allow"}
        if "extras_schema" in schema:
            lenient["extras_schema"] = _keep(_lenient(schema["extras_schema"]))
        return lenient
    if kind in ("nullable", "default"):
        return {**schema, "schema": _lenient(schema["schema"])}
    if kind == "list":
        lenient = _unbounded(schema)
        return (
            {**lenient, "items_schema": _keep(_lenient(lenient["items_schema"]))}
            if "items_schema" in lenient
            else lenient
        )
    if kind == "dict":
        lenient = _unbounded(schema)
        return (
            {**lenient, "values_schema": _keep(_lenient(lenient["values_schema"]))}
            if "values_schema" in lenient
            else lenient
        )
    if kind == "tuple":
        return {**schema, "items_schema": [_keep(_lenient(item)) for item in schema["items_schema"]]}
    if kind == "tagged-union":
        return {**schema, "choices": {tag: _lenient(choice) for tag, choice in schema["choices"].items()}}
    if kind == "union":
        return _union(schema)
    if kind == "json-or-python":
        return {**schema, "json_schema": _lenient(schema["json_schema"])}
    if kind in ("str", "int", "float"):
        return _unbounded(schema)
    return schema


def _union(schema: Any) -> Any:
    """Read leniently what a tag or its type alone assigns to one variant; every other union stays exact."""
    if schema.get("metadata", {}).get(MARK) == OPEN_UNION:
        by_tag, otherwise = schema["choices"]
        rest = {**otherwise, "schema": _lenient(otherwise["schema"])}
        return {**schema, "choices": [_lenient(by_tag), rest]}
    choices = [choice[0] if isinstance(choice, tuple) else choice for choice in schema["choices"]]
    objects = [choice for choice in choices if choice["type"] in _OBJECTS]
    scalars = [choice for choice in choices if choice["type"] in _SCALARS]
    if len(objects) == 1 and len(scalars) == len(choices) - 1:
        return core_schema.union_schema([schema, _lenient(objects[0])], mode="left_to_right")
    return schema


_OBJECTS = ("model", "definition-ref")
_SCALARS = ("str", "int", "float", "bool", "none", "literal", "enum")


def _field(schema: Any) -> Any:
    if schema["type"] == "default":
        return {**schema, "schema": _keep(_lenient(schema["schema"]))}
    return core_schema.with_default_schema(_keep(_lenient(schema)), default=_MISSING)


def _unbounded(schema: Any) -> Any:
    return {name: value for name, value in schema.items() if name not in _BOUNDS}


def _keep(schema: Any) -> Any:
    inner = schema["schema"] if schema["type"] == "nullable" else schema
    validate = _valid_or_text if inner.get("metadata", {}).get(MARK) == "date-time" else _valid_or_raw
    return core_schema.no_info_wrap_validator_function(validate, schema)


def _valid_or_raw(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return value


def _valid_or_text(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return InvalidDateTime(value) if type(value) is str else value


def _without_missing(lenient: Any) -> Any:
    fields = lenient.__dict__
    for name in [name for name, value in fields.items() if value is _MISSING]:
        del fields[name]
    return lenient
