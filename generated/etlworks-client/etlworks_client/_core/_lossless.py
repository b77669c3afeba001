"""Numbers of more digits than a float holds: found without reading every number, and put back after reading."""

from __future__ import annotations

import math
import re
import secrets
from decimal import Decimal
from typing import Any

from pydantic_core import SchemaSerializer, core_schema

INTEGER_OF_NUMBER = "integer of number"
"""The branch of a number that keeps integers; what breaks it breaks the other branch too."""
_DIGITS = 18
"""Significant digits. A float's shortest text has 17 at most: a number of more was never one."""
_TABLE = bytes(48 if 48 <= sign <= 57 else 101 if sign in b"eE" else 45 if sign == 45 else 32 for sign in range(256))
_RUN = b"0" * _DIGITS
_SMALLEST = 1e-290
_HUGE = re.compile(rb"(?:^|[:,\[\s])(-?[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]{3,})(?=\s*(?:$|[,\]}]))")
_FRACTION = re.compile(rb"\.([0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(rb"[0-9]+$")


class SourceMap:
    """Text in place of each `LosslessNumber` while pydantic writes JSON; `replaced` puts the digits there.

    pydantic calls the serializer of `LosslessNumber` for its instances only, so that others cost nothing.
    """

    __slots__ = ("_key", "_numbers")

    def __init__(self) -> None:
        self._key = ""
        self._numbers: list[str] = []

    def mark(self, number: str) -> str:
        """The text that stands for a number."""
        if not self._key:
            self._key = secrets.token_hex(8)
        self._numbers.append(number)
        return f"{self._key}-{len(self._numbers) - 1}"

    def replaced(self, text: str) -> str:
        """JSON text with the numbers in place of their marks."""
        if not self._numbers:
            return text
        return re.sub(rf'"{self._key}-([0-9]+)"', lambda match: self._numbers[int(match[1])], text)

    def restored(self, data: Any) -> Any:
        """JSON data with numbers of type `LosslessNumber` in place of their marks."""
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
    """A number as JSON data, which has no infinity."""
    return number if math.isfinite(number) else text


class LosslessNumber(float):
    """A number that a float can't hold: it is the closest float, and `text` is what came and is sent again."""

    # Without a `__dict__`: pydantic would take it for a model where one should be.
    __slots__ = ("text",)
    text: str
    __pydantic_serializer__ = SchemaSerializer(
        core_schema.any_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(_serialize, info_arg=True)
        )
    )

    def __new__(cls, text: str) -> LosslessNumber:
        made = super().__new__(cls, text)
        made.text = text
        return made

    @property
    def decimal(self) -> Decimal:
        """The number itself."""
        return Decimal(self.text)

    def __repr__(self) -> str:
        return self.text

    def __reduce__(self) -> Any:
        return (LosslessNumber, (self.text,))


def has_odd_number(content: bytes, *, anywhere: bool) -> bool:
    """Whether a JSON text may hold a number with a fraction or an exponent that no float holds.

    It has too many digits, or is too close to zero. `anywhere`: where any value may be, no validator refuses what is
    out of the range of a float, so that it is looked for too.
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
    # Close to zero, a float holds fewer digits.
    return _SMALLEST < abs(float(text)) < math.inf


def has_no_number(content: bytes) -> bool:
    """Whether there may stand `NaN` or `Infinity`, which pydantic's parser takes for numbers and JSON does not have."""
    return b"NaN" in content or b"Infinity" in content


def put_back(value: Any, data: Any) -> Any:
    """The value that was read from JSON `data`, with an `LosslessNumber` where the data has one."""
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
            members, extra = value.__dict__, value.__pydantic_extra__ or {}
            names = {name if field.alias is None else field.alias: name for name, field in fields.items()}
            for wire, raw in data.items():
                name = names.get(wire)
                if name in members:
                    members[name] = put_back(members[name], raw)
                elif wire in extra:
                    extra[wire] = put_back(extra[wire], raw)
        elif isinstance(value, dict):
            value.update((key, put_back(item, data[key])) for key, item in value.items() if key in data)
    return value
