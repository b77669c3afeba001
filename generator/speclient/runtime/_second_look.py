"""The slow pass: a validator that takes every valid spelling, and the list of what is wrong.

It is derived from the core schema of the fast one, so that both always agree on everything else.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError, SchemaValidator, core_schema

from ._errors import Departure
from ._model import MARK, read_date_time, wide_number


def derive(schema: Any) -> SchemaValidator:
    """A validator like the one for `schema`, but for numbers and date-times in all their valid forms."""
    # Nested models would be judged by their own, fast, validators. That switch is not public; a test holds it.
    return SchemaValidator(_widened(schema, {}), _use_prebuilt=False)


def _widened(schema: Any, done: dict[int, Any]) -> Any:
    if isinstance(schema, list):
        return [_widened(item, done) for item in schema]
    if isinstance(schema, tuple):
        return tuple(_widened(item, done) for item in schema)
    if not isinstance(schema, dict):
        return schema
    if id(schema) in done:
        return done[id(schema)]
    mark = schema["metadata"].get(MARK) if isinstance(schema.get("metadata"), dict) else None
    if mark == "date-time":
        return {**schema, "json_schema": core_schema.no_info_plain_validator_function(_date_time)}
    if isinstance(mark, dict):
        return {**schema, "json_schema": wide_number(mark)}
    kind = schema.get("type")
    made: Any = {}
    done[id(schema)] = made
    made.update((key, item if key in _LEFT else _widened(item, done)) for key, item in schema.items())
    if (
        kind == "int"
        or (kind == "enum" and schema.get("sub_type") == "int")
        or (kind == "literal" and _has_int(schema))
    ):
        whole = core_schema.no_info_before_validator_function(_whole, made)
        reference = made.pop("ref", None)
        return {**whole, "ref": reference} if reference else whole
    return made


_LEFT = frozenset({"metadata", "serialization", "cls", "function", "config", "expected", "members", "default"})


def _has_int(schema: dict[str, Any]) -> bool:
    return any(type(value) is int for value in schema.get("expected", ()))


def _whole(value: Any) -> Any:
    """`1.0` is an integer (JSON Schema 2020-12, validation, section 6.1.1)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _date_time(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return read_date_time(value)
        except ValueError:
            pass
    raise PydanticCustomError("date_time", "Input should be a date-time of RFC 3339")


_NAMES: dict[type, str] = {
    dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null",
}  # fmt: skip


def departures(problem: ValidationError, data: Any) -> tuple[Departure, ...]:
    """Each place of `data` that is wrong, as JSON pointer. Values stay out of all texts."""
    found: dict[tuple[str, str], Departure] = {}
    for error in problem.errors(include_url=False, include_context=True, include_input=False):
        value, pointer, missing = data, "", False
        for step in error["loc"]:
            # Between the members stand the names of variants and validators; they are no part of the data.
            if isinstance(value, dict) and step in value:
                value = value[step]  # pyright: ignore[reportArgumentType]
            elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
                value = value[step]
            elif error["type"] == "missing" and step == error["loc"][-1]:
                missing = True
            else:
                continue
            pointer += "/" + str(step).replace("~", "~0").replace("/", "~1")
        got = "nothing" if missing else _NAMES.get(type(value), "another type")
        departure = Departure(pointer, _expected(error), got, None if missing else value)
        found.setdefault((pointer, departure.expected), departure)
    return tuple(found.values())


def _expected(error: Any) -> str:
    """What pydantic expected, from its message without what came."""
    kind: str = error["type"]
    if kind == "missing":
        return "a value, because it is required"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return f"a known value of {error.get('ctx', {}).get('discriminator', 'the discriminator')}"
    if kind == "extra_forbidden":
        return "no such member"
    text: str = error["msg"]
    for start in (
        "Input should be ",
        "Value should have ",
        "String should ",
        "List should ",
        "Dictionary should ",
    ):
        if text.startswith(start):
            text = text.removeprefix(start)
            break
    return text.split(", ")[0] if kind.endswith("_parsing") else text
