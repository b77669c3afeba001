"""Partial validation of responses that violate their schema: valid values are typed, invalid values are kept unchanged.

It is derived from the core schema of the first pass. An invalid value stays raw in its location: a property, a list
item, a map value. A missing required property stays unset, so reading it raises. Unions are not lenient, so no value
is read as the wrong variant: an object that matches no variant becomes the unlisted variant of the union, if it has
one, and any other value stays raw as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import SchemaValidator, core_schema

from ._fallback import widened
from ._fast_pass import OPEN_UNION, UNLISTED_VARIANT
from ._lazy_text import MARK, InvalidText, TextFormat
from ._pydantic import validator

_MISSING: Any = object()
_BOUNDS = ("pattern", "min_length", "max_length", "ge", "gt", "le", "lt", "multiple_of")
_LENIENT = ":lenient"


def derive_lenient(schema: Any) -> SchemaValidator:
    """Return a validator like the one for `schema` that keeps invalid values."""
    return validator(_Derivation().whole(schema))


class _Derivation:
    """Derives the lenient schema of a type, and of the unlisted variants that occur in it."""

    def __init__(self) -> None:
        self._unlisted: dict[Any, str] = {}
        """Unlisted variants -> references to their schemas."""

    def whole(self, schema: Any) -> Any:
        root, definitions = self._parts(schema)
        for model in _growing(self._unlisted):
            model.model_rebuild()
            variant, more = self._parts(model.__pydantic_core_schema__)
            definitions.update(more)
            definitions[self._unlisted[model]] = {**variant, "ref": self._unlisted[model]}
        return core_schema.definitions_schema(root, list(definitions.values())) if definitions else root

    def _parts(self, schema: Any) -> tuple[Any, dict[str, Any]]:
        """Return the lenient schema without its definitions, and these by reference."""
        lenient = self._lenient(widened(schema))
        if lenient["type"] != "definitions":
            return lenient, {}
        return lenient["schema"], {definition["ref"]: definition for definition in lenient["definitions"]}

    def _lenient(self, schema: Any) -> Any:
        kind = schema["type"]
        if kind == "definitions":
            # Unions reference the strict definitions.
            copies = [{**self._lenient(each), "ref": each["ref"] + _LENIENT} for each in schema["definitions"]]
            inner = self._lenient(schema["schema"])
            return {**schema, "schema": inner, "definitions": [*schema["definitions"], *copies]}
        if kind == "definition-ref":
            return {**schema, "schema_ref": schema["schema_ref"] + _LENIENT}
        if kind == "model":
            model: Any = {**schema, "schema": self._lenient(schema["schema"])}
            if "config" in model:
                # Before pydantic 2.12, wrapped models ignore `by_name=False` of the call.
                own = {"extra_fields_behavior": "allow", "validate_by_name": False}
                model["config"] = {**model["config"], **own}
            model.pop("ref", None)
            return core_schema.no_info_after_validator_function(_without_missing, model)
        if kind == "model-fields":
            fields = {
                name: {**field, "schema": self._field(field["schema"])} for name, field in schema["fields"].items()
            }
            lenient = {**schema, "fields": fields, "extra_behavior": "allow"}
            if "extras_schema" in schema:
                lenient["extras_schema"] = _keep(self._lenient(schema["extras_schema"]))
            return lenient
        if kind in ("nullable", "default"):
            return {**schema, "schema": self._lenient(schema["schema"])}
        if kind in _CONTAINERS:
            lenient = _unbounded(schema)
            part = _CONTAINERS[kind]
            return {**lenient, part: _keep(self._lenient(lenient[part]))} if part in lenient else lenient
        if kind == "tuple":
            return {**schema, "items_schema": [_keep(self._lenient(item)) for item in schema["items_schema"]]}
        if kind == "tagged-union":
            choices = {tag: self._lenient(choice) for tag, choice in schema["choices"].items()}
            unlisted = schema.get("metadata", {}).get(UNLISTED_VARIANT)
            return self._with_unlisted({**schema, "choices": choices}, [unlisted] if unlisted else [])
        if kind == "union":
            return self._union(schema)
        if kind == "json-or-python":
            return {**schema, "json_schema": self._lenient(schema["json_schema"])}
        if kind in ("str", "int", "float"):
            return _unbounded(schema)
        return schema

    def _union(self, schema: Any) -> Any:
        """Read leniently what a tag or its type alone assigns to one variant; every other union stays exact.

        An object that is not one of several listed variants is read as the unlisted variant, if the union has one.
        """
        if schema.get("metadata", {}).get(MARK) == OPEN_UNION:
            by_tag, otherwise = schema["choices"]
            rest = {**otherwise, "schema": self._lenient(otherwise["schema"])}
            return {**schema, "choices": [self._lenient(by_tag), rest]}
        choices = [choice[0] if isinstance(choice, tuple) else choice for choice in schema["choices"]]
        unlisted = [choice for choice in choices if choice.get("metadata", {}).get(MARK) == UNLISTED_VARIANT]
        if unlisted:
            return self._with_unlisted(schema, unlisted)
        objects = [choice for choice in choices if choice["type"] in _OBJECTS]
        scalars = [choice for choice in choices if choice["type"] in _SCALARS]
        if len(objects) == 1 and len(scalars) == len(choices) - 1:
            return core_schema.union_schema([schema, self._lenient(objects[0])], mode="left_to_right")
        return schema

    def _with_unlisted(self, listed: Any, unlisted: list[Any]) -> Any:
        if not unlisted:
            return listed
        model = unlisted[0]["cls"]
        reference = self._unlisted.setdefault(model, f"unlisted:{len(self._unlisted)}")
        other = core_schema.definition_reference_schema(reference)
        return core_schema.union_schema([listed, other], mode="left_to_right")

    def _field(self, schema: Any) -> Any:
        if schema["type"] == "default":
            return {**schema, "schema": _keep(self._lenient(schema["schema"]))}
        return core_schema.with_default_schema(_keep(self._lenient(schema)), default=_MISSING)


def _growing(models: dict[Any, str]) -> Iterator[Any]:
    """Iterate over a dictionary that grows meanwhile."""
    done = 0
    while done < len(models):
        yield list(models)[done]
        done += 1


_CONTAINERS = {"list": "items_schema", "dict": "values_schema"}
_OBJECTS = ("model", "definition-ref")
_SCALARS = ("str", "int", "float", "bool", "none", "literal", "enum")


def _unbounded(schema: Any) -> Any:
    return {name: value for name, value in schema.items() if name not in _BOUNDS}


def _keep(schema: Any) -> Any:
    inner = schema["schema"] if schema["type"] == "nullable" else schema
    validate = _valid_or_text if isinstance(inner.get("metadata", {}).get(MARK), TextFormat) else _valid_or_raw
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
        return InvalidText(value) if type(value) is str else value


def _without_missing(lenient: Any) -> Any:
    fields = lenient.__dict__
    for name in [name for name, value in fields.items() if value is _MISSING]:
        del fields[name]
    return lenient
