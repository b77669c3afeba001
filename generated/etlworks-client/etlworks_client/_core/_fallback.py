"""The slow pass: a validator that takes every valid spelling, and the list of what is wrong.

It is derived from the core schema of the fast one, so that both always agree on everything else.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError, SchemaValidator, core_schema

from ._datetimes import MARK, read_date_time
from ._errors import MAX_VIOLATIONS, SchemaViolation, SchemaViolations
from ._fast_pass import LISTED_TAG, wide_number
from ._lossless import INTEGER_OF_NUMBER, LosslessNumber
from ._pydantic import validator


def derive(schema: Any) -> SchemaValidator:
    """A validator like the one for `schema`, but for date-times in all their valid forms."""
    return validator(widened(schema, {}))


def widened(schema: Any, done: dict[int, Any]) -> Any:
    if isinstance(schema, list):
        return [widened(item, done) for item in schema]
    if isinstance(schema, tuple):
        return tuple(widened(item, done) for item in schema)
    if not isinstance(schema, dict):
        return schema
    if id(schema) in done:
        return done[id(schema)]
    mark = schema["metadata"].get(MARK) if isinstance(schema.get("metadata"), dict) else None
    if mark == "date-time":
        # Members of models stay text until they are read.
        read = _date_time_text if schema["json_schema"]["type"] == "str" else _date_time
        return {**schema, "json_schema": core_schema.no_info_plain_validator_function(read)}
    if isinstance(mark, dict):
        return {**schema, "json_schema": wide_number(mark)}
    if mark == "unlisted":  # Numbers of any size are put back afterwards.
        return {**schema, "json_schema": core_schema.any_schema()}
    made: Any = {}
    done[id(schema)] = made
    for key, item in schema.items():
        if key in _NAMED and isinstance(item, dict):  # The names are the document's, and mean nothing here.
            made[key] = {name: widened(part, done) for name, part in item.items()}
        else:
            made[key] = item if key in _LEFT else widened(item, done)
    return made


_NAMED = ("fields", "choices")


_LEFT = frozenset({"metadata", "serialization", "cls", "function", "config", "expected", "members", "default"})


def _date_time(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return read_date_time(value)
        except ValueError:
            pass
    raise PydanticCustomError("date_time", "Input should be a date-time of RFC 3339")


def _date_time_text(value: Any) -> Any:
    _date_time(value)
    return value


def lossless_json(content: bytes) -> tuple[Any, bytes, bool]:
    """The data of a JSON text, the text again with each number that is an integer written as one, and whether there
    are numbers that no float holds; in the data, they are of type `LosslessNumber`.

    `1.0` and `1e3` are integers (JSON Schema 2020-12, validation, section 6.1.1).

    Raises:
        ValueError: it is no JSON of RFC 8259: another encoding than UTF-8, `NaN`, half of a surrogate pair.
    """
    exact: list[LosslessNumber] = []

    def kept(text: str) -> LosslessNumber:
        exact.append(LosslessNumber(text))
        return exact[-1]

    def integer(text: str) -> int | LosslessNumber:
        return int(text) if len(text) <= _INTEGER_DIGITS else kept(text)

    def number(text: str) -> int | float | LosslessNumber:
        near = float(text)
        try:
            value = Decimal(text)
            # Beyond the range of a float nothing is meant as an integer, and its digits could fill the memory.
            if value.adjusted() <= _EXPONENT and value == value.to_integral_value():
                return int(value)
        except InvalidOperation:  # An exponent of more digits than `Decimal` takes.
            return near if near == 0 else kept(text)
        return near if isfinite(near) and Decimal(repr(near)) == value else kept(text)

    data = json.loads(content.decode("utf-8-sig"), parse_int=integer, parse_float=number, parse_constant=_no_number)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return data, text.encode(), bool(exact)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


_INTEGER_DIGITS = 4_000  # Python converts no text of more than 4,300 digits, unless told to.
_EXPONENT = 400
_NAMES: dict[type, str] = {
    dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number",
    LosslessNumber: "number",
    type(None): "null",
}  # fmt: skip


def violations(problem: ValidationError, data: Any) -> SchemaViolations | None:
    """Each place of `data` that is wrong, as JSON pointer; None when it is not JSON. Values stay out of all texts.

    Past the first hundred, they are only counted: there, branches of a union that refuse the same place count each.
    """
    found: dict[tuple[str, str], SchemaViolation] = {}
    more = 0
    for error in problem.errors(include_url=False, include_context=True, include_input=False):
        if error["type"] == "json_invalid":
            return None
        if INTEGER_OF_NUMBER in error["loc"][-1:] or error["type"] == LISTED_TAG:
            continue
        if len(found) >= MAX_VIOLATIONS:
            more += 1
            continue
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
        violation = SchemaViolation(pointer, _expected(error), got, None if missing else value)
        found.setdefault((pointer, violation.expected), violation)
    return SchemaViolations(list(found.values()), len(found) + more)


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
    for start in ("Input should be ", "Value should have ", "String should ", "List should ", "Dictionary should "):
        if text.startswith(start):
            text = text.removeprefix(start)
            break
    return text.split(", ")[0] if kind.endswith("_parsing") else text
