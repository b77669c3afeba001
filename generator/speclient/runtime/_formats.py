"""The formats `uuid`, `time`, `duration`, `byte` and `decimal`.

A value that was read is written as the text that it was read from.
"""

from __future__ import annotations

import datetime
import re
from base64 import b64decode
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

from ._lazy_text import Formatted, LosslessText, TextFormat, write_text

_T = TypeVar("_T")


class LosslessUUID(LosslessText, UUID):
    """A UUID that was written in capitals. `text` is the original and is sent unchanged."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (_read_uuid, (self.text,))


_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_ANY_UUID = re.compile(_UUID.strip("^$"), re.IGNORECASE)


def _read_uuid(text: str) -> UUID:
    if not text.isascii() or _ANY_UUID.fullmatch(text) is None:
        raise ValueError("not a UUID")
    if text == text.lower():
        return UUID(text)
    return _with_text(LosslessUUID(text), text)


class LosslessTime(LosslessText, datetime.time):
    """A time of the day that `time` writes in another way, or cannot represent: a leap second, more than six digits of
    a second. `text` is the original and is sent unchanged.
    """

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (_read_time, (self.text,))


_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = rf"^{_CLOCK}:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-]{_CLOCK})$"
_TIME_PARTS = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))", re.ASCII
)


def _read_time(text: str) -> datetime.time:
    match = _TIME_PARTS.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 time")
    hour, minute, second = (int(part) for part in match.groups()[:3])
    offset_hour, offset_minute = int(match[6] or 0), int(match[7] or 0)
    if hour > 23 or minute > 59 or second > 60 or offset_hour > 23 or offset_minute > 59:
        raise ValueError("not an RFC 3339 time")
    offset = datetime.timedelta(hours=offset_hour, minutes=offset_minute) * (-1 if match[5] == "-" else 1)
    if second == 60 and (hour * 60 + minute - offset // datetime.timedelta(minutes=1)) % 1440 != 1439:
        raise ValueError("a leap second must be the last second of a day in UTC")
    micro = 999_999 if second == 60 else int((match[4] or "")[:6].ljust(6, "0"))
    fields = (hour, minute, min(second, 59), micro, datetime.timezone(offset) if offset else datetime.UTC)
    value = datetime.time(*fields)
    return value if write_text(value) == text else _with_text(LosslessTime(*fields), text)


class Duration(str):
    """An ISO 8601 duration, such as `P3DT4H` or `P1M`. It is the text itself."""

    __slots__ = ()

    @property
    def timedelta(self) -> datetime.timedelta:
        """The same as a `timedelta`.

        Raises:
            ValueError: it has months or years, whose length depends on the date, it is too long, or it is not valid.
        """
        match = _DURATION_PARTS.fullmatch(self)
        if match is None:
            raise ValueError(f"{str(self)!r} is not an ISO 8601 duration")
        sign, years, months, *rest = match.groups(default="")
        if years or months:
            raise ValueError(f"{str(self)!r} has months or years, whose length depends on the date")
        weeks, days, hours, minutes, seconds = (float(part.replace(",", ".") or 0) for part in rest)
        try:
            length = datetime.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        except OverflowError:
            raise ValueError(f"{str(self)!r} is too long for a timedelta") from None
        return -length if sign == "-" else length

    @classmethod
    def of(cls, length: datetime.timedelta) -> Duration:
        """The duration of a `timedelta`, in days and seconds."""
        sign = "-" if length < datetime.timedelta() else ""
        length = abs(length)
        seconds = f"{length.seconds}.{length.microseconds:06}".rstrip("0").rstrip(".")
        days = f"{length.days}D" if length.days else ""
        return cls(f"{sign}P{days}" if days and seconds == "0" else f"{sign}P{days}T{seconds}S")


_AMOUNT = r"[0-9]+(?:[.,][0-9]+)?"
_DURATION_PARTS = re.compile(
    rf"([+-])?P(?=[0-9T])(?:({_AMOUNT})Y)?(?:({_AMOUNT})M)?(?:({_AMOUNT})W)?(?:({_AMOUNT})D)?"
    rf"(?:T(?=[0-9])(?:({_AMOUNT})H)?(?:({_AMOUNT})M)?(?:({_AMOUNT})S)?)?",
    re.ASCII,
)
# RFC 3339, appendix A. The fallback reads the rest of ISO 8601: signs and fractions.
_TIMES = r"T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)"
_DATES = r"(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)"
_DURATION = rf"^P(?:{_DATES}(?:{_TIMES})?|{_TIMES}|[0-9]+W)$"


def _read_duration(text: str) -> Duration:
    if _DURATION_PARTS.fullmatch(text) is None:
        raise ValueError("not an ISO 8601 duration")
    return Duration(text)


class LosslessBytes(LosslessText, bytes):
    """The bytes of a base64 text. `text` is the original and is sent unchanged."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (_read_base64, (self.text,))


_BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
# RFC 4648, section 5, and the line breaks of RFC 2045, which services send although the format excludes them.
_ANY_BASE64 = re.compile(r"([A-Za-z0-9+/_-]*)={0,2}")
_TO_BASE64 = {ord("-"): "+", ord("_"): "/", **dict.fromkeys(map(ord, "\t\n\r "))}


def _read_base64(text: str) -> LosslessBytes:
    match = _ANY_BASE64.fullmatch(text.translate(_TO_BASE64))
    if match is None:
        raise ValueError("not base64")
    digits = match[1]
    if len(digits) % 4 == 1 or (match.end() > len(digits) and match.end() % 4):
        raise ValueError("not base64")
    return _with_text(LosslessBytes(b64decode(digits + "=" * (-len(digits) % 4))), text)


class LosslessDecimal(LosslessText, Decimal):
    """A decimal number in a string. `text` is the original and is sent unchanged."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (_read_decimal, (self.text,))

    def __copy__(self) -> LosslessDecimal:
        return self

    def __deepcopy__(self, memo: Any) -> LosslessDecimal:
        return self


_DECIMAL = r"^-?[0-9]+(?:\.[0-9]+)?$"
_ANY_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")


def _read_decimal(text: str) -> LosslessDecimal:
    if _ANY_DECIMAL.fullmatch(text) is None:
        raise ValueError("not a decimal number")
    return _with_text(LosslessDecimal(text), text)


def _with_text(value: _T, text: str) -> _T:
    object.__setattr__(value, "text", text)
    return value


def _is_uuid(value: Any) -> bool:
    return isinstance(value, UUID)


def _is_duration(value: Any) -> bool:
    return isinstance(value, Duration)


def _is_time(value: Any) -> bool:
    return isinstance(value, datetime.time) and value.utcoffset() is not None


def _is_bytes(value: Any) -> bool:
    return isinstance(value, bytes)


def _is_decimal(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


UUID_FORMAT = TextFormat(
    error="uuid_text",
    title="a UUID",
    pattern=_UUID,
    read=_read_uuid,
    read_valid=_read_uuid,
    is_value=_is_uuid,
)
TIME_FORMAT = TextFormat(
    error="time_text",
    title="an RFC 3339 time",
    pattern=_TIME,
    read=_read_time,
    read_valid=_read_time,
    is_value=_is_time,
)
DURATION_FORMAT = TextFormat(
    error="duration_text",
    title="an ISO 8601 duration",
    pattern=_DURATION,
    read=_read_duration,
    read_valid=Duration,
    is_value=_is_duration,
)
BYTE_FORMAT = TextFormat(
    error="base64_text",
    title="base64 text",
    pattern=_BASE64,
    read=_read_base64,
    read_valid=_read_base64,
    is_value=_is_bytes,
)
DECIMAL_FORMAT = TextFormat(
    error="decimal_text",
    title="a decimal number in a string",
    pattern=_DECIMAL,
    read=_read_decimal,
    read_valid=_read_decimal,
    is_value=_is_decimal,
)
UuidText = Annotated[UUID, Formatted(UUID_FORMAT)]
"""A UUID (RFC 4122, section 3)."""
TimeText = Annotated[datetime.time, Formatted(TIME_FORMAT)]
"""An RFC 3339 time of the day with offset."""
DurationText = Annotated[Duration, Formatted(DURATION_FORMAT)]
"""An ISO 8601 duration."""
Base64Text = Annotated[bytes, Formatted(BYTE_FORMAT)]
"""Bytes in base64 (RFC 4648, section 4)."""
DecimalText = Annotated[Decimal, Formatted(DECIMAL_FORMAT)]
"""A decimal number in a string."""
