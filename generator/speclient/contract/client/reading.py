"""Reads every attribute of a result and compares it with the JSON it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from ..equality import first_difference
from ..jsontypes import Json, as_array, as_object
from ..package import Package
from ..rfc3339 import instant


def misread(package: Package, value: object, body: Json, date_times: frozenset[str]) -> str | None:
    """Where an attribute differs from the JSON, or None.

    Args:
        package: of the client.
        value: the result.
        body: what was received.
        date_times: names of properties that are always date-times: their attributes are `datetime` objects.
    """
    return _misread(package, value, body, date_times, "")


def always_date_times(schemas: list[Json]) -> frozenset[str]:
    """The names of properties that are date-times in every schema with a property of that name."""
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


def _misread(package: Package, value: Any, body: Json, date_times: frozenset[str], pointer: str) -> str | None:
    if isinstance(body, list) and isinstance(value, list):
        if len(body) != len(value):
            return f"{pointer}: {len(value)} items, expected {len(body)}"
        pairs = zip(value, as_array(body), strict=True)
        return next((found for index, (item, each) in enumerate(pairs)
                     if (found := _misread(package, item, each, date_times, f"{pointer}/{index}"))), None)  # fmt: skip
    if isinstance(body, dict):
        if isinstance(value, Mapping):
            return next((found for name, each in body.items() if (
                found := f"{pointer}/{name}: missing" if name not in value
                else _misread(package, value[name], each, date_times, f"{pointer}/{name}")
            )), None)  # fmt: skip
        if (fields := getattr(type(value), "model_fields", None)) is not None:
            return _attributes(package, value, fields, body, date_times, pointer)
    return _scalar(package, value, body, pointer)


def _attributes(
    package: Package, value: Any, fields: Mapping[str, Any], body: dict[str, Json], date_times: frozenset[str],
    pointer: str,
) -> str | None:  # fmt: skip
    if "root" in fields and len(fields) == 1:
        return _misread(package, value.root, body, date_times, pointer)
    for name, field in fields.items():
        wire = field.alias or name
        try:
            got = getattr(value, name)
        except Exception as error:  # noqa: BLE001
            # Reading must not fail: only an absent required property has no value.
            if wire in body or not field.is_required():
                return f"{pointer}/{wire}: reading .{name} raises {type(error).__name__}: {error}"
            continue
        if wire not in body:
            if got is not None and not isinstance(got, Enum | str | int | float | bool):
                return f"{pointer}/{wire}: .{name} is {got!r}, but the property is missing"
            continue
        if wire in date_times and isinstance(body[wire], str) and instant(str(body[wire])) is not None:
            if not isinstance(got, datetime):
                return f"{pointer}/{wire}: .{name} is {got!r}, expected a datetime"
            if got.utcoffset() is None:
                return f"{pointer}/{wire}: .{name} has no time zone"
        if found := _misread(package, got, body[wire], date_times, f"{pointer}/{wire}"):
            return f"{found} (read as .{name})"
    return None


def _scalar(package: Package, value: Any, body: Json, pointer: str) -> str | None:
    plain: object = value
    if isinstance(value, datetime) and isinstance(body, str):
        exact = getattr(value, "text", None)
        left, right = instant(exact or value.isoformat()), instant(body)
        if left is None or left != right:
            return f"{pointer}: {value!r}, expected the time {body!r}"
        if exact is not None and right is not None and abs((_second(value) or 0) - right.seconds) > 1:
            return f"{pointer}: {value!r}, expected a time near {body!r}"
        return None
    if isinstance(value, date | time) and isinstance(body, str):
        plain = value.isoformat()
    elif isinstance(value, UUID):
        return None if str(value) == str(body).lower() else f"{pointer}: {value!r}, expected {body!r}"
    elif isinstance(value, Enum):
        plain = value.value
        if isinstance(body, str) and str(value) != body and not isinstance(plain, str):
            return f"{pointer}: {value!r}, expected {body!r}"
    elif not isinstance(value, str | int | float | Decimal | bool | None):
        plain = package.to_jsonable(value)
    elif type(value).__module__ != "builtins" and not isinstance(value, Decimal):
        plain = package.to_jsonable(value)
    difference = first_difference(body, plain)
    return f"{pointer}{difference}" if difference else None


def _second(value: datetime) -> int | None:
    found = instant(value.isoformat())
    return None if found is None else found.seconds
