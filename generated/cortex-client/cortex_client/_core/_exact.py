"""Numbers of more digits than a float holds: found without reading every number, and put back after reading."""

from __future__ import annotations

import json
import re
import secrets
from decimal import Decimal
from typing import Any

_DIGITS = 18
"""Significant digits. A float's shortest text has 17 at most: a number of more was never one."""
_TABLE = bytes(48 if 48 <= sign <= 57 else 101 if sign in b"eE" else 32 for sign in range(256))
_RUN = b"0" * _DIGITS
_HUGE = re.compile(rb"[:,\[\s]-?[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]{3,}\s*[,\]}]")
_FRACTION = re.compile(rb"\.([0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(rb"[0-9]+$")


seen = False
"""Whether there ever was an `ExactNumber`: until then nothing needs to look for one."""


class ExactNumber(float):
    """A number that a float can't hold: it is the closest float, and `text` is what came and is sent again."""

    text: str

    def __new__(cls, text: str) -> ExactNumber:
        global seen  # noqa: PLW0603 - it only ever becomes True
        seen = True
        made = super().__new__(cls, text)
        made.text = text
        return made

    @property
    def decimal(self) -> Decimal:
        """The number itself."""
        return Decimal(self.text)

    def __reduce__(self) -> Any:
        return (ExactNumber, (self.text,))


def has_long_number(content: bytes) -> bool:
    """Whether a JSON text may hold a number with a fraction or an exponent that no float holds."""
    runs = content.translate(_TABLE, b".")
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


def has_no_number(content: bytes) -> bool:
    """Whether there may stand what pydantic's parser takes for a number, where any value may be, and can't be one.

    That is `NaN` and `Infinity`, which JSON does not have, and what is larger than any float.
    """
    if b"NaN" in content or b"Infinity" in content:
        return True
    return b"e000" in content.translate(_TABLE, b".+") and _HUGE.search(content) is not None


def put_back(value: Any, data: Any) -> Any:
    """The value that was read from JSON `data`, with an `ExactNumber` where the data has a Decimal."""
    if isinstance(data, Decimal):
        return ExactNumber(str(data)) if isinstance(value, float) else value
    if isinstance(data, list):
        if isinstance(value, list):
            value[:] = [put_back(item, raw) for item, raw in zip(value, data, strict=True)]
        elif isinstance(value, tuple):
            return tuple(put_back(item, raw) for item, raw in zip(value, data, strict=True))
    elif isinstance(data, dict):
        fields = getattr(type(value), "model_fields", None)
        if fields is not None:
            members, extra = value.__dict__, value.__pydantic_extra__ or {}
            names = {field.alias or name: name for name, field in fields.items()}
            for wire, raw in data.items():
                name = names.get(wire)
                if name in members:
                    members[name] = put_back(members[name], raw)
                elif wire in extra:
                    extra[wire] = put_back(extra[wire], raw)
        elif isinstance(value, dict):
            value.update((key, put_back(item, data[key])) for key, item in value.items() if key in data)
    return value


def dumps(data: Any) -> str:
    """JSON text of plain data, in which a Decimal is written with all its digits.

    Raises:
        TypeError: it holds something that JSON has no form for.
        ValueError: it holds a number that is none.
    """
    marks: dict[str, str] = {}
    key = secrets.token_hex(8)

    def mark(value: Any) -> str:
        if not isinstance(value, Decimal):
            raise TypeError(f"a {type(value).__name__} has no form in JSON")
        if not value.is_finite():
            raise ValueError(f"{value} is no number of JSON")
        name = f"{key}-{len(marks)}"
        marks[f'"{name}"'] = str(value)
        return name

    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=mark)
    return re.sub(rf'"{key}-[0-9]+"', lambda match: marks[match[0]], text) if marks else text
