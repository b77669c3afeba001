"""The third pass, for answers that break their schema: keeps what is right typed, and what is wrong as it came.

It is derived from the core schema of the first pass. A value that does not fit stays raw where it stands: a member, an
item of a list, a value of a map. A required member that is missing stays unset, so that reading it raises. Within a
union nothing is lenient, so that no value is read as the wrong variant: one that fits no variant stays raw as a whole.
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
    """A validator like the one for `schema` that keeps what does not fit."""
    return validator(_lenient(widened(schema, {})))


def _lenient(schema: Any) -> Any:
    kind = schema["type"]
    if kind == "definitions":
        # Unions refer to the exact ones.
        copies = [{**_lenient(made), "ref": made["ref"] + _LENIENT} for made in schema["definitions"]]
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
        fields = {name: {**field, "schema": _member(field["schema"])} for name, field in schema["fields"].items()}
        made = {**schema, "fields": fields, "extra_behavior": "allow"}
        if "extras_schema" in schema:
            made["extras_schema"] = _kept(_lenient(schema["extras_schema"]))
        return made
    if kind in ("nullable", "default"):
        return {**schema, "schema": _lenient(schema["schema"])}
    if kind == "list":
        made = _unbounded(schema)
        return {**made, "items_schema": _kept(_lenient(made["items_schema"]))} if "items_schema" in made else made
    if kind == "dict":
        made = _unbounded(schema)
        return {**made, "values_schema": _kept(_lenient(made["values_schema"]))} if "values_schema" in made else made
    if kind == "tuple":
        return {**schema, "items_schema": [_kept(_lenient(item)) for item in schema["items_schema"]]}
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


def _member(schema: Any) -> Any:
    if schema["type"] == "default":
        return {**schema, "schema": _kept(_lenient(schema["schema"]))}
    return core_schema.with_default_schema(_kept(_lenient(schema)), default=_MISSING)


def _unbounded(schema: Any) -> Any:
    return {name: value for name, value in schema.items() if name not in _BOUNDS}


def _kept(schema: Any) -> Any:
    inner = schema["schema"] if schema["type"] == "nullable" else schema
    keep = _keep_text if inner.get("metadata", {}).get(MARK) == "date-time" else _keep
    return core_schema.no_info_wrap_validator_function(keep, schema)


def _keep(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return value


def _keep_text(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return InvalidDateTime(value) if type(value) is str else value


def _without_missing(made: Any) -> Any:
    members = made.__dict__
    for name in [name for name, value in members.items() if value is _MISSING]:
        del members[name]
    return made
