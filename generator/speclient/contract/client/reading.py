"""Reads every attribute of a result and compares it with the JSON it came from."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from ..equality import first_difference, parse_lossless
from ..jsontypes import Json, as_array, as_object
from ..package import Package
from ..rfc3339 import instant


@dataclass(frozen=True)
class Types:
    """What is known of the types of properties, by their names, wherever they are in a document."""

    date_times: frozenset[str] = frozenset()
    """Properties that are always date-times: their attributes are `datetime` objects."""
    enums: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Properties that always have the same documented values: their attributes are known members of an enumeration."""
    invalid: frozenset[str] = frozenset()
    """JSON pointers of values that violate their schema: any type of attribute will do."""


def misread(package: Package, value: object, body: Json, types: Types, *, views: bool = True) -> str | None:
    """Where an attribute differs from the JSON, or None.

    Args:
        package: of the client.
        value: the result.
        body: what was received.
        types: of properties.
        views: whether to look at copies and dumps too.
    """
    return _misread(package, value, body, types, "") or (_other_views(package, value, body) if views else None)


def _other_views(package: Package, value: Any, body: Json) -> str | None:
    """Differences of the other ways to look at a model: text, dictionary, copies."""
    if not hasattr(value, "to_json") or not isinstance(body, dict):
        return None
    for name, view in (
        ("to_json()", lambda: parse_lossless(value.to_json())),
        ("to_dict()", value.to_dict),
        ("model_dump(mode='json')", lambda: value.model_dump(mode="json")),
        ("model_dump()", lambda: package.to_jsonable(value.model_validate(value.model_dump(mode="json")))),
        ("a pickled copy", lambda: package.to_jsonable(pickle.loads(pickle.dumps(value)))),
        ("a deep copy", lambda: package.to_jsonable(copy.deepcopy(value))),
    ):
        try:
            difference = first_difference(body, package.to_jsonable(view()))
        except Exception as error:
            difference = f"{type(error).__name__}: {error}"
        if difference:
            return f"{name}: {difference}"
    if copy.deepcopy(value) != value:
        return "a deep copy is not equal"
    return None if repr(value) else "an empty repr"


def types_of(schemas: list[Json]) -> Types:
    """What all schemas with a property of some name agree on."""
    return Types(_always_date_times(schemas), _enumerations(schemas))


def _enumerations(schemas: list[Json]) -> dict[str, frozenset[str]]:
    seen: dict[str, set[frozenset[str]]] = {}

    def visit(schema: Json, depth: int) -> None:
        if isinstance(schema, list):
            for each in schema:
                visit(each, depth)
        if not isinstance(schema, dict) or depth > 40:
            return
        for name, inner in as_object(schema.get("properties")).items():
            target = as_object(inner)
            if isinstance(reference := target.get("$ref"), str):
                target = as_object(components.get(reference.rpartition("/")[2]))
            values = [each for each in as_array(target.get("enum")) if isinstance(each, str)]
            seen.setdefault(name, set()).add(frozenset(values if len(values) > 1 else ()))
        for each in schema.values():
            visit(each, depth + 1)

    components = as_object(schemas[-1]) if schemas else {}
    visit(schemas, 0)
    return {name: next(iter(found)) for name, found in seen.items() if len(found) == 1 and next(iter(found))}


def _always_date_times(schemas: list[Json]) -> frozenset[str]:
    seen: dict[str, bool] = {}

    def visit(schema: Json, depth: int) -> None:
        if isinstance(schema, list):
            for each in schema:
                visit(each, depth)
            return
        if not isinstance(schema, dict) or depth > 40:
            return
        for name, inner in as_object(schema.get("properties")).items():
            kinds = inner.get("type") if isinstance(inner, dict) else None
            texts = kinds == "string" or (isinstance(kinds, list) and set(map(str, kinds)) == {"string", "null"})
            seen[name] = seen.get(name, True) and texts and as_object(inner).get("format") == "date-time"
        for each in schema.values():
            visit(each, depth + 1)

    visit(schemas, 0)
    return frozenset(name for name, always in seen.items() if always)


def _misread(package: Package, value: Any, body: Json, types: Types, pointer: str) -> str | None:
    if pointer in types.invalid:
        return None
    if isinstance(body, list) and isinstance(value, list):
        if len(body) != len(value):
            return f"{pointer}: {len(value)} items, expected {len(body)}"
        pairs = zip(value, as_array(body), strict=True)
        return next((found for index, (item, each) in enumerate(pairs)
                     if (found := _misread(package, item, each, types, f"{pointer}/{index}"))), None)  # fmt: skip
    if isinstance(body, dict):
        if isinstance(value, Mapping):
            return next((found for name, each in body.items() if (
                found := f"{pointer}/{name}: missing" if name not in value
                else _misread(package, value[name], each, types, f"{pointer}/{name}")
            )), None)  # fmt: skip
        if (fields := getattr(type(value), "model_fields", None)) is not None:
            return _attributes(package, value, fields, body, types, pointer)
    return _scalar(package, value, body, pointer)


def _attributes(
    package: Package, value: Any, fields: Mapping[str, Any], body: dict[str, Json], types: Types,
    pointer: str,
) -> str | None:  # fmt: skip
    if "root" in fields and len(fields) == 1:
        return _misread(package, value.root, body, types, pointer)
    for name, info in fields.items():
        wire = info.alias or name
        try:
            got = getattr(value, name)
        except Exception as error:
            # Reading must not fail: only an absent required property has no value.
            missing = isinstance(error, package.module.MissingPropertyError)
            if wire in body or not info.is_required() or not missing:
                return f"{pointer}/{wire}: reading .{name} raises {type(error).__name__}: {error}"
            continue
        if wire not in body:
            if got is not None and not isinstance(got, Enum | str | int | float | bool):
                return f"{pointer}/{wire}: .{name} is {got!r}, but the property is missing"
            continue
        if f"{pointer}/{wire}" in types.invalid:
            continue
        if wire in types.date_times and isinstance(body[wire], str) and instant(str(body[wire])) is not None:
            if not isinstance(got, datetime):
                return f"{pointer}/{wire}: .{name} is {got!r}, expected a datetime"
            if got.utcoffset() is None:
                return f"{pointer}/{wire}: .{name} has no time zone"
        if body[wire] in types.enums.get(wire, ()) and not getattr(got, "is_known", isinstance(got, Enum)):
            return f"{pointer}/{wire}: .{name} is {got!r}, expected a known member of an enumeration"
        if found := _misread(package, got, body[wire], types, f"{pointer}/{wire}"):
            return f"{found} (read as .{name})"
    return None


def _scalar(package: Package, value: Any, body: Json, pointer: str) -> str | None:
    plain: object = value
    if isinstance(value, datetime) and isinstance(body, str):
        exact = getattr(value, "text", None)
        left, right = instant(exact or value.isoformat()), instant(body)
        if left is None or left != right:
            return f"{pointer}: {value!r}, expected the time {body!r}"
        near = right is None or right.seconds < _YEAR_0 or abs((_second(value) or 0) - right.seconds) <= 1
        if exact is not None and not near:
            return f"{pointer}: {value!r}, expected a time near {body!r}"
        return None
    if isinstance(value, time) and isinstance(body, str):
        exact = getattr(value, "text", None) or value.isoformat()
        texts = [text.upper().replace("+00:00", "Z") for text in (exact, body)]
        return None if _without_zeros(texts[0]) == _without_zeros(texts[1]) else f"{pointer}: {value!r}, not {body!r}"
    if isinstance(value, date) and isinstance(body, str):
        plain = value.isoformat()
    elif isinstance(value, UUID):
        return None if str(value) == str(body).lower() else f"{pointer}: {value!r}, expected {body!r}"
    elif isinstance(value, Enum):
        plain = value.value
        if isinstance(body, str) and str(value) != body and not isinstance(plain, str):
            return f"{pointer}: {value!r}, expected {body!r}"
    elif type(value).__module__ != "builtins" and type(value) is not Decimal:
        plain = package.to_jsonable(value)
    difference = first_difference(body, plain)
    return f"{pointer}{difference}" if difference else None


def _without_zeros(text: str) -> str:
    """A time without zeros at the end of its fraction."""
    return re.sub(r"\.?0+(?=[Z+-])", "", text) if "." in text else text


_YEAR_0 = 366 * 86400
"""Seconds. `datetime` begins with year 1."""


def _second(value: datetime) -> int | None:
    found = instant(value.isoformat())
    return None if found is None else found.seconds
