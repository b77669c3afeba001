"""Fallback validation: accepts every valid notation of a value, and lists the violations of invalid data.

The validator is derived from the core schema of the fast pass, so both agree on everything else.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from pydantic import ValidationError
from pydantic_core import SchemaValidator, core_schema

from ._errors import MAX_VIOLATIONS, SchemaViolation, SchemaViolations
from ._fast_pass import LISTED_TAG, rewritten, wide_number
from ._lazy_text import MARK, TextFormat
from ._lossless import INTEGER_OF_NUMBER, LosslessNumber
from ._pydantic import validator


def derive(schema: Any) -> SchemaValidator:
    """Return a validator like the one for `schema` that accepts all valid notations."""
    return validator(widened(schema))


def widened(schema: Any) -> Any:
    """Return a core schema that accepts all valid notations."""
    return rewritten(schema, _wide, {})


def _wide(schema: Any) -> Any:
    mark = schema["metadata"].get(MARK) if isinstance(schema.get("metadata"), dict) else None
    if isinstance(mark, TextFormat):
        return mark.widened(schema)
    if isinstance(mark, dict):
        return {**schema, "json_schema": wide_number(mark)}
    if mark == "unlisted":  # Large numbers are put back afterwards.
        return {**schema, "json_schema": core_schema.any_schema()}
    return None


def lossless_json(content: bytes) -> tuple[Any, bytes, bool]:
    """Return the data of a JSON text, the text with integral numbers written as integers, and whether the data contains
    numbers that a float would round. In the data, these are `LosslessNumber`.

    `1.0` and `1e3` are integers (JSON Schema 2020-12, validation, section 6.1.1).

    Raises:
        ValueError: it is not JSON (RFC 8259): another encoding than UTF-8, `NaN`, an unpaired surrogate.
    """
    exact: list[LosslessNumber] = []

    def lossless(text: str) -> LosslessNumber:
        exact.append(LosslessNumber(text))
        return exact[-1]

    def integer(text: str) -> int | LosslessNumber:
        return int(text) if len(text) <= _INTEGER_DIGITS else lossless(text)

    def number(text: str) -> int | float | LosslessNumber:
        near = float(text)
        try:
            value = Decimal(text)
            # A number beyond the range of a float is not expanded; its digits could fill the memory.
            if value.adjusted() <= _EXPONENT and value == value.to_integral_value():
                return int(value)
        except InvalidOperation:  # The exponent has more digits than `Decimal` accepts.
            return near if near == 0 else lossless(text)
        return near if isfinite(near) and Decimal(repr(near)) == value else lossless(text)

    data = json.loads(content.decode("utf-8-sig"), parse_int=integer, parse_float=number, parse_constant=_no_number)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return data, text.encode(), bool(exact)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


_INTEGER_DIGITS = 4_000  # Python limits the conversion of text to 4,300 digits.
_EXPONENT = 400
_NAMES: dict[type, str] = {
    dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number",
    LosslessNumber: "number",
    type(None): "null",
}  # fmt: skip


def violations(problem: ValidationError, data: Any) -> SchemaViolations | None:
    """Return each violation with its JSON pointer, or None if the text is not JSON. The messages contain no values.

    After the first hundred, violations are only counted; branches of a union that reject the same value count each.
    """
    by_location: dict[tuple[str, str], SchemaViolation] = {}
    more = 0
    for error in problem.errors(include_url=False, include_context=True, include_input=False):
        if error["type"] == "json_invalid":
            return None
        if INTEGER_OF_NUMBER in error["loc"][-1:] or error["type"] in _IGNORED:
            continue
        if len(by_location) >= MAX_VIOLATIONS:
            more += 1
            continue
        value, pointer, missing = data, "", False
        for step in error["loc"]:
            # Locations also contain names of variants and validators, which are not part of the data.
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
        by_location.setdefault((pointer, violation.expected), violation)
    return SchemaViolations(list(by_location.values()), len(by_location) + more)


_IGNORED = (LISTED_TAG, "needs_python_object")
"""Errors of the variants that stand for all others; the listed variants have errors of their own."""


def _expected(error: Any) -> str:
    """Return what pydantic expected, from its message without the value."""
    kind: str = error["type"]
    if kind == "missing":
        return "a value, because the property is required"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return f"a known value of {error.get('ctx', {}).get('discriminator', 'the discriminator')}"
    if kind == "extra_forbidden":
        return "no such property"
    text: str = error["msg"]
    for start in ("Input should be ", "Value should have ", "String should ", "List should ", "Dictionary should "):
        if text.startswith(start):
            text = text.removeprefix(start)
            break
    return text.split(", ")[0] if kind.endswith("_parsing") else text
