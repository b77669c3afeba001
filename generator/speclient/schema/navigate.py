"""Find the schema of a property or an item inside a translated schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ITEM = "*"
"""The step from an array to its items."""
_DEEPEST = 32


def inner_schema(definitions: Mapping[str, Any], schema: Any, steps: Sequence[str]) -> Any | None:
    """The schema of the value that `steps` (names of properties, or `ITEM`) lead to; None when it is not described.

    All schemas of an `allOf` apply; the branches of a union become alternatives.

    Args:
        definitions: the translated schemas by name.
        schema: the translated schema.
        steps: names of properties, or `ITEM`.
    """
    for step in steps:
        schema = _step(definitions, schema, step, 0)
        if schema is None:
            return None
    return schema


def without_marked(definitions: Mapping[str, Any], schema: Any, value: Any, mark: str, depth: int = 0) -> Any:
    """A value without the properties whose schemas have a mark.

    Args:
        definitions: the translated schemas by name.
        schema: the translated schema.
        value: the value.
        mark: the keyword of the mark.
        depth: the depth of the value, counted by the recursion.
    """
    if schema is None or depth > _DEEPEST:
        return value
    if isinstance(value, list):
        items = inner_schema(definitions, schema, [ITEM])
        return [without_marked(definitions, items, each, mark, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for name, each in value.items():
        inner = inner_schema(definitions, schema, [name])
        if inner is None or not any(mark in part for part in applied_schemas(definitions, inner)):
            kept[name] = without_marked(definitions, inner, each, mark, depth + 1)
    return kept


def applied_schemas(definitions: Mapping[str, Any], schema: Any, *, unions: bool = True) -> Iterator[dict[str, Any]]:
    """The schema and those that apply to the same value through `$ref` and `allOf`, and the branches of unions.

    Args:
        definitions: the translated schemas by name.
        schema: the translated schema.
        unions: whether the branches of unions are included.
    """
    todo, seen = [schema], set[int]()
    while todo:
        current = todo.pop()
        if not isinstance(current, dict) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        todo += reversed([*_parts(definitions, current), *(_branches(current) if unions else ())])


def property_names(definitions: Mapping[str, Any], schema: Any) -> tuple[str, ...]:
    """The names of all described properties, those of union branches included."""
    names: dict[str, None] = {}
    for each in applied_schemas(definitions, schema):
        names.update(dict.fromkeys(each.get("properties", ())))
    return tuple(names)


def json_types(definitions: Mapping[str, Any], schema: Any) -> frozenset[str]:
    """The JSON types that the schema names; empty when it names none."""
    types: set[str] = set()
    for each in applied_schemas(definitions, schema):
        types.update(each.get("type", ()))
        for value in [each["const"]] if "const" in each else each.get("enum", ()):
            types.add(_type_of(value))
    return frozenset(types)


def listed_values(definitions: Mapping[str, Any], schema: Any) -> tuple[Any, ...]:
    """The values of `enum` and `const`, those of union branches included, without null."""
    values: list[Any] = []
    for each in applied_schemas(definitions, schema):
        for value in [each["const"]] if "const" in each else each.get("enum", ()):
            if value is not None and value not in values:
                values.append(value)
    return tuple(values)


def _step(definitions: Mapping[str, Any], schema: Any, step: str, depth: int) -> Any | None:
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    schemas: list[Any] = []
    if step == ITEM:
        if "items" in schema:
            schemas.append(schema["items"])
    elif step in schema.get("properties", {}):
        schemas.append(schema["properties"][step])
    elif isinstance(schema.get("additionalProperties"), dict):
        schemas.append(schema["additionalProperties"])
    for part in _parts(definitions, schema):
        inner = _step(definitions, part, step, depth + 1)
        if inner is not None:
            schemas.append(inner)
    alternatives = [
        inner for each in _branches(schema) if (inner := _step(definitions, each, step, depth + 1)) is not None
    ]
    distinct = [each for number, each in enumerate(alternatives) if each not in alternatives[:number]]
    if distinct:
        schemas.append(distinct[0] if len(distinct) == 1 else {"anyOf": distinct})
    if not schemas:
        return None
    return schemas[0] if len(schemas) == 1 else {"allOf": schemas}


def _parts(definitions: Mapping[str, Any], schema: dict[str, Any]) -> list[Any]:
    reference = schema.get("$ref")
    target = [definitions[reference.removeprefix("#/$defs/")]] if isinstance(reference, str) else []
    return [*target, *(each for each in schema.get("allOf", ()) if not (isinstance(each, dict) and "then" in each))]


def _branches(schema: dict[str, Any]) -> list[Any]:
    """The alternatives of a schema: of its unions, and those that a discriminator selects."""
    selected = [each["then"] for each in schema.get("allOf", ()) if isinstance(each, dict) and "then" in each]
    return [*schema.get("oneOf", ()), *schema.get("anyOf", ()), *selected]


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
