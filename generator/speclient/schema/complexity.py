"""The cost of validating a value, computed before the validator starts, because the validator cannot be stopped.

A validator visits a schema once per path that leads to it. With 40 schemas, each of which refers twice to the next
one, that is 2**40 visits. Here each pair of schema and value is visited once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

LIMIT = 2_000_000
"""Visits of the validator; more take over a second or so."""
MOST_PAIRS = 200_000
"""Pairs of schema and value."""
_DEEPEST = 200
_IN_PLACE = ("not", "if", "then", "else")
_IN_PLACE_LISTS = ("allOf", "anyOf", "oneOf")
_NESTED = (
    "$ref", "dependentSchemas", "properties", "patternProperties", "additionalProperties", "propertyNames",
    "unevaluatedProperties", "items", "prefixItems", "contains", "unevaluatedItems", *_IN_PLACE, *_IN_PLACE_LISTS,
)  # fmt: skip


def is_feasible(definitions: Mapping[str, Any], schema: Any, value: Any, pairs: int = MOST_PAIRS) -> bool:
    """Whether a value can be validated with a bounded number of visits.

    Args:
        definitions: the translated schemas by name.
        schema: the translated schema.
        value: the value.
        pairs: the most pairs of a schema and a value that this check visits.
    """
    try:
        return _Counter(definitions, pairs).visits(schema, value, 0) <= LIMIT
    except (_TooMuchError, RecursionError):
        return False


class _TooMuchError(Exception):
    """The limit of pairs was reached."""


class _Counter:
    def __init__(self, definitions: Mapping[str, Any], pairs: int) -> None:
        self._definitions = definitions
        self._pairs = pairs
        self._known: dict[tuple[int, int], int] = {}

    def visits(self, schema: Any, value: Any, depth: int) -> int:
        if not isinstance(schema, dict) or not any(key in schema for key in _NESTED):
            return 1
        key = (id(schema), id(value))
        known = self._known.get(key)
        if known is not None:
            return known
        if depth > _DEEPEST or len(self._known) >= self._pairs:
            raise _TooMuchError
        self._known[key] = 1  # A circular schema is not followed on its second visit.
        count = 1
        for inner, part in _inner(self._definitions, schema, value):
            count += self.visits(inner, part, depth + 1)
        self._known[key] = count
        return count


def _inner(definitions: Mapping[str, Any], schema: dict[str, Any], value: Any) -> Iterator[tuple[Any, Any]]:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield definitions[reference.removeprefix("#/$defs/")], value
    for key in _IN_PLACE:
        if key in schema:
            yield schema[key], value
    for key in _IN_PLACE_LISTS:
        for branch in schema.get(key, ()):
            yield branch, value
    if isinstance(value, dict):
        yield from _of_object(schema, value)
    elif isinstance(value, list):
        prefix = schema.get("prefixItems", ())
        for inner, item in zip(prefix, value, strict=False):
            yield inner, item
        for item in value[len(prefix) :] if "items" in schema else ():
            yield schema["items"], item
        for key in ("contains", "unevaluatedItems"):
            for item in value if key in schema else ():
                yield schema[key], item


def _of_object(schema: dict[str, Any], value: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    properties = schema.get("properties", {})
    for inner in schema.get("dependentSchemas", {}).values():
        yield inner, value
    for name, item in value.items():
        if name in properties:
            yield properties[name], item
        elif "additionalProperties" in schema:
            yield schema["additionalProperties"], item
        if "unevaluatedProperties" in schema:
            yield schema["unevaluatedProperties"], item
        if "propertyNames" in schema:
            yield schema["propertyNames"], name
        for inner in schema.get("patternProperties", {}).values():
            yield inner, item
