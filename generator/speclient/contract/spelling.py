"""The many ways to write one JSON value, and small steps from a value to its neighbours.

schemathesis varies what a schema mentions. What trips clients lies elsewhere: an integer written `1.0`, an
integer beyond 2^53, a leap second, `"1"` where 1 belongs. These strategies add exactly that to a value that
fits.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

from hypothesis import strategies as st

from .jsontypes import Json, as_array, as_object
from .rfc3339 import instant

Path = tuple[str | int, ...]

_DATE_TIMES = (
    "2024-02-29T23:59:59Z",
    "2024-07-29t15:51:28.071z",
    "2016-12-31T23:59:60Z",
    "1990-12-31T15:59:60-08:00",
    "2024-01-01T00:00:00.123456789Z",
    "2024-01-01T00:00:00.1+05:30",
    "2024-01-01T00:00:00-00:00",
    "1937-01-01T12:00:27.87+00:20",
    "9999-12-31T23:59:59.999999999Z",
    "0001-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2000-02-29T00:00:00Z",
    "2000-02-29t00:00:00z",
    "2024-01-31T23:59:59+23:59",
    "2024-11-30t23:59:59.000000-23:59",
    "2024-08-28T09:08:07.1234567+05:45",
    "2016-12-31t23:59:60.5z",
)
_NO_DATE_TIMES = (
    "2024-01-01T00:00:00",
    "2024-01-01 00:00:00Z",
    "2024-01-01",
    "2024-01-01T00:00Z",
    "2024-01-01T00:00:00+0530",
    "20240101T000000Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:00:00,5Z",
    "1704067200",
    "1704067200.5",
    "",
    " 2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00Z ",
    "2024-01-01T00:60:00Z",
    "2024-01-01T23:59:61Z",
    "2016-12-31T23:58:60Z",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00+05:60",
    "2024-01-01T00:00:00.Z",
    "2024-01-01t00:60:00z",
    "2024-01-01t24:00:00z",
    "2024-01-01t00:00:61z",
    "2024-01-01t00:00:00+24:00",
    "2024-01-01t00:00:00+05:60",
    "2024-00-01T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-01-32T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2024-02-30t00:00:00z",
    "02024-01-01T00:00:00Z",
    "2024-01-01T00:00:00Zx",
)
_INTEGERS = (0, -1, 1, 2**31 - 1, 2**31, 2**53 + 1, -(2**53) - 1, 2**63 - 1, 2**63, 2**64 + 1, 10**30 + 7)
_NUMBERS = (
    Decimal("0.1"),
    Decimal("1E+2"),
    Decimal("-0.5"),
    Decimal("1.7976931348623157E+308"),
    Decimal("5E-324"),
    Decimal("0.12345678901234567890123"),
    Decimal("-123456789012.123456789012"),
    Decimal("123456789012345678901E+3"),
)


def leaves(value: Json, path: Path = ()) -> list[Path]:
    """The place of every member, element and scalar in `value`, the root first."""
    found: list[Path] = [path]
    if isinstance(value, dict):
        for name, inner in value.items():
            found += leaves(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += leaves(inner, (*path, index))
    return found


def at(value: Json, path: Path) -> Json:
    """The value at `path`."""
    for step in path:
        value = as_array(value)[step] if isinstance(step, int) else as_object(value)[step]
    return value


def replaced(value: Json, path: Path, new: Json) -> Json:
    """A copy of `value` with `new` at `path`."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str):
        return {**value, step: replaced(value[step], rest, new)}
    if isinstance(value, list) and isinstance(step, int):
        return [*value[:step], replaced(value[step], rest, new), *value[step + 1 :]]
    return value


def removed(value: Json, path: Path) -> Json:
    """A copy of `value` without the member or element at `path`."""
    *parents, step = path
    parent = at(value, tuple(parents))
    if isinstance(parent, dict):
        return replaced(value, tuple(parents), {key: each for key, each in parent.items() if key != step})
    if isinstance(parent, list):
        kept: list[Json] = [each for index, each in enumerate(parent) if index != step]
        return replaced(value, tuple(parents), kept)
    return value


@st.composite
def varied(draw: st.DrawFn, value: Json, fits: Callable[[Json], bool]) -> Json:
    """`value` with up to three of its scalars replaced by awkward ones that still fit."""
    places = [path for path in leaves(value) if awkward(at(value, path))]
    if not places:
        return value
    for path in draw(st.lists(st.sampled_from(places), max_size=3, unique=True)):
        candidate = replaced(value, path, draw(st.sampled_from(awkward(at(value, path)))))
        if fits(candidate):
            value = candidate
    return value


def awkward(value: Json) -> tuple[Json, ...]:
    """Values of the type of `value` that trip readers; not all fit its schema."""
    if isinstance(value, bool):
        return ()
    if isinstance(value, int):
        return _INTEGERS
    if isinstance(value, float | Decimal):
        return (*_INTEGERS, *_NUMBERS)
    return _DATE_TIMES if isinstance(value, str) and instant(value) else ()


@st.composite
def neighbour(draw: st.DrawFn, value: Json) -> Json:
    """`value` after one small step that most schemas forbid.

    A scalar of a near type, a missing member, a null.
    """
    path = draw(st.sampled_from(leaves(value)))
    old = at(value, path)
    steps: list[Json] = [None, *near(old)]
    if path and draw(st.integers(0, 4)) == 0:
        return removed(value, path)
    return replaced(value, path, draw(st.sampled_from(steps)))


def near(value: Json) -> list[Json]:
    """Values of near types: what careless services send in place of `value`."""
    if isinstance(value, bool):
        return [int(value), str(value).lower(), str(value), "yes", Decimal("1.0")]
    if isinstance(value, int):
        return [str(value), bool(value % 2), [value], Decimal(value) + Decimal("0.5"), f" {value}", {}]
    if isinstance(value, float | Decimal):
        return [str(value), True, [value], "NaN", "Infinity", ""]
    if isinstance(value, str):
        return [*(_NO_DATE_TIMES if instant(value) else ()), 0, 1, True, Decimal("1.5"), [value], {}]
    if isinstance(value, list):
        return [
            {},
            "",
            0,
            {str(index): each for index, each in enumerate(value)},
            value[0] if value else False,
        ]
    if isinstance(value, dict):
        return [[], "", 0, [value], list[Json](value), True]
    return ["", 0, False, "null", [], {}]


@st.composite
def json_text(draw: st.DrawFn, value: Json) -> str:
    """One of the texts that mean `value`.

    Other spellings of numbers and characters, white space, member order.
    """
    plain = draw(st.booleans())
    return write(value) if plain else _spelled(draw, value)


def write(value: Json) -> str:
    """The plain text of `value`; `Decimal` is written digit by digit, which `json.dumps` cannot."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{write(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(each) for each in value) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, allow_nan=False)


def _spelled(draw: st.DrawFn, value: Json) -> str:
    space = draw(st.sampled_from(["", " ", "\n\t", "\r\n"]))
    if isinstance(value, dict):
        names = draw(st.permutations(list(value))) if 1 < len(value) <= 12 else list(value)
        ascii_only = draw(st.booleans())
        members = (
            f"{json.dumps(name, ensure_ascii=ascii_only)}{space}:{_spelled(draw, value[name])}" for name in names
        )
        return "{" + f",{space}".join(members) + space + "}"
    if isinstance(value, list):
        return f"[{space}" + f"{space},".join(_spelled(draw, each) for each in value) + "]"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        # Beyond that many readers of JSON would lose digits here, and JSON leaves them the right to (RFC
        # 8259, 6).
        return draw(st.sampled_from([str(value), str(value), f"{value}.0", f"{value}e0", f"{value}.00E+00"]))
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=draw(st.booleans()))
    return write(value)
