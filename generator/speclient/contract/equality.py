"""Equality of JSON as this project means the word.

Numbers by value, date-times by instant, members regardless of order. A string that is not a date-time is equal
to itself only; `true` does not equal `1`.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal

from .jsontypes import Json, as_json
from .rfc3339 import instant


def parse_lossless(text: str | bytes) -> Json:
    """JSON text as data whose numbers are exact: `Decimal` wherever Python would take a float."""
    return as_json(json.loads(text, parse_float=Decimal))


def first_difference(expected: Json, actual: object, pointer: str = "") -> str | None:
    """Return where and how `actual` differs from `expected`, or None if they are equal.

    `actual` comes from code under test and may be anything, including values that are not JSON.
    """
    if isinstance(expected, dict):
        return _objects(expected, actual, pointer)
    if isinstance(expected, list):
        if not isinstance(actual, list):
            return _report(pointer, expected, actual)
        if len(expected) != len(actual):
            return f"{pointer or '/'}: expected {len(expected)} elements, got {len(actual)}"
        pairs = enumerate(zip(expected, actual, strict=True))
        return next((found for index, (left, right) in pairs
                     if (found := first_difference(left, right, f"{pointer}/{index}"))), None)  # fmt: skip
    return None if _same_scalar(expected, actual) else _report(pointer, expected, actual)


def _objects(expected: dict[str, Json], actual: object, pointer: str) -> str | None:
    if not isinstance(actual, dict):
        return _report(pointer, expected, actual)
    for name, value in expected.items():
        if name not in actual:
            return f"{pointer}/{_token(name)}: missing, expected {_shown(value)}"
    for name, value in actual.items():
        if name not in expected:
            return f"{pointer}/{_token(str(name))}: expected nothing, got {_shown(value)}"
    for name, value in expected.items():
        if found := first_difference(value, actual[name], f"{pointer}/{_token(name)}"):
            return found
    return None


def _same_scalar(expected: str | float | Decimal | bool | None, actual: object) -> bool:
    if expected is None or isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, str):
        if not isinstance(actual, str):
            return False
        if expected == actual:
            return True
        date_time = instant(expected)
        return date_time is not None and date_time == instant(actual)
    return isinstance(actual, int | float | Decimal) and _same_number(expected, actual)


def _same_number(expected: float | Decimal, actual: float | Decimal) -> bool:
    if isinstance(actual, float) and not math.isfinite(actual):
        return False
    return _lossless(expected) == _lossless(actual)


def _lossless(number: float | Decimal) -> int | Decimal:
    # `repr` and not the binary value: a float stands for the shortest decimal that reads back as it.
    return Decimal(repr(number)) if isinstance(number, float) else number


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _report(pointer: str, expected: object, actual: object) -> str:
    return f"{pointer or '/'}: expected {_shown(expected)}, got {_shown(actual)}"
