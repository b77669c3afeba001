"""Numbers with more digits than a float: found without parsing every number, and put back after validation."""

from __future__ import annotations

import math
import re
import secrets
from decimal import Decimal
from typing import Any

from pydantic_core import SchemaSerializer, core_schema

INTEGER_OF_NUMBER = "integer of number"
"""The branch of a number that keeps integers. A value that it rejects is rejected by the other branch too."""
_DIGITS = 18
"""Significant digits. The shortest text of a float has at most 17."""
_TABLE = bytes(48 if 48 <= sign <= 57 else 101 if sign in b"eE" else 45 if sign == 45 else 32 for sign in range(256))
_RUN = b"0" * _DIGITS
_SMALLEST = 1e-290
_HUGE = re.compile(rb"(?:^|[:,\[\s])(-?[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]{3,})(?=\s*(?:$|[,\]}]))")
_FRACTION = re.compile(rb"\.([0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(rb"[0-9]+$")


class SourceMap:
    """Placeholders for `LosslessNumber` while pydantic writes JSON. `replaced` inserts the digits.

    pydantic calls the serializer of `LosslessNumber` for its instances only, so other numbers cost nothing.
    """

    __slots__ = ("_key", "_numbers")

    def __init__(self) -> None:
        self._key = ""
        self._numbers: list[str] = []

    def mark(self, number: str) -> str:
        """Return the placeholder of a number."""
        if not self._key:
            self._key = secrets.token_hex(8)
        self._numbers.append(number)
        return f"{self._key}-{len(self._numbers) - 1}"

    def replaced(self, text: str) -> str:
        """Return the JSON text with the numbers instead of their placeholders."""
        if not self._numbers:
            return text
        return re.sub(rf'"{self._key}-([0-9]+)"', lambda match: self._numbers[int(match[1])], text)

    def restored(self, data: Any) -> Any:
        """Return the JSON data with `LosslessNumber` instead of their placeholders."""
        if not self._numbers:
            return data
        if isinstance(data, dict):
            return {key: self.restored(item) for key, item in data.items()}
        if isinstance(data, list):
            return [self.restored(item) for item in data]
        if isinstance(data, str) and data.startswith(self._key):
            number = LosslessNumber(self._numbers[int(data.rpartition("-")[2])])
            return jsonable(number, number.text)
        return data


def _serialize(number: LosslessNumber, info: Any) -> Any:
    if isinstance(info.context, SourceMap):
        return info.context.mark(number.text)
    return jsonable(float(number), number.text) if info.mode == "json" else number


def jsonable(number: float, text: str) -> float | str:
    """Return a number as JSON data, which has no infinity."""
    return number if math.isfinite(number) else text


class LosslessNumber(float):
    """A number that a float would round. It equals the closest float; `text` is the original and is sent unchanged."""

    # Without a `__dict__`, because pydantic would accept it as a model.
    __slots__ = ("text",)
    text: str
    __pydantic_serializer__ = SchemaSerializer(
        core_schema.any_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(_serialize, info_arg=True)
        )
    )

    def __new__(cls, text: str) -> LosslessNumber:
        number = super().__new__(cls, text)
        number.text = text
        return number

    @property
    def decimal(self) -> Decimal:
        """The exact number."""
        return Decimal(self.text)

    def __repr__(self) -> str:
        return self.text

    def __reduce__(self) -> Any:
        return (LosslessNumber, (self.text,))


def has_odd_number(content: bytes, *, anywhere: bool) -> bool:
    """Return whether a JSON text may contain a number with a fraction or exponent that a float would round.

    Such a number has too many digits, or is too close to zero. With `anywhere`, numbers out of the range of a float are
    included, because no validator rejects them where any value is allowed.
    """
    runs = content.translate(_TABLE, b".+")
    extreme = b"e-0" in runs or (anywhere and b"e000" in runs)
    if extreme and not all(map(_is_in_range, _HUGE.findall(content))):
        return True
    if _RUN not in runs:
        return False
    if _RUN + b"e" in runs:
        return True
    for match in _FRACTION.finditer(content):
        whole = _WHOLE.search(content, max(0, match.start() - 400), match.start())
        digits = (whole[0] if whole else b"") + match[1]
        if len(digits) >= _DIGITS and len(digits.lstrip(b"0")) >= _DIGITS:
            return True
    return False


def _is_in_range(text: bytes) -> bool:
    # Close to zero, a float has fewer digits.
    return _SMALLEST < abs(float(text)) < math.inf


def has_no_number(content: bytes) -> bool:
    """Return whether the text may contain `NaN` or `Infinity`, which pydantic accepts although they are not JSON."""
    return b"NaN" in content or b"Infinity" in content


def unset_twins(value: Any, data: Any) -> None:
    """Mark the attributes as unset that pydantic marked as set because an unlisted property has their name.

    Args:
        value: what was read from `data`.
        data: the JSON data.
    """
    if isinstance(data, list) and isinstance(value, (list, tuple)):
        for item, raw in zip(value, data, strict=True):
            unset_twins(item, raw)
    elif isinstance(data, dict):
        fields = getattr(type(value), "model_fields", None)
        if fields is not None:
            names = {name if field.alias is None else field.alias: name for name, field in fields.items()}
            listed = {names[wire] for wire in data if wire in names}
            value.__pydantic_fields_set__.difference_update(fields.keys() - listed)
            for wire, raw in data.items():
                if wire in names:
                    unset_twins(value.__dict__.get(names[wire]), raw)
                else:
                    unset_twins((value.__pydantic_extra__ or {}).get(wire), raw)
        elif isinstance(value, dict):
            for key, item in value.items():
                unset_twins(item, data.get(key))


def put_back(value: Any, data: Any) -> Any:
    """Return the value read from `data`, with `LosslessNumber` where the data has one."""
    if isinstance(data, LosslessNumber):
        return data if isinstance(value, float) else value
    if isinstance(data, list):
        if isinstance(value, list):
            value[:] = [put_back(item, raw) for item, raw in zip(value, data, strict=True)]
        elif isinstance(value, tuple):
            return tuple(put_back(item, raw) for item, raw in zip(value, data, strict=True))
    elif isinstance(data, dict):
        fields = getattr(type(value), "model_fields", None)
        if fields is not None:
            values, extra = value.__dict__, value.__pydantic_extra__ or {}
            names = {name if field.alias is None else field.alias: name for name, field in fields.items()}
            for wire, raw in data.items():
                name = names.get(wire)
                if name in values:
                    values[name] = put_back(values[name], raw)
                elif wire in extra:
                    extra[wire] = put_back(extra[wire], raw)
        elif isinstance(value, dict):
            value.update((key, put_back(item, data[key])) for key, item in value.items() if key in data)
    return value
