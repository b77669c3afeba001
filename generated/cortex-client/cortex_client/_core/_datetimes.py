"""RFC 3339 date-times."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic_core import core_schema

from ._lazy_text import Formatted, LosslessText, TextFormat

# RFC 3339, section 5.6, in its usual notation. The fallback reads the rest: lower case, leap seconds, and February 29
# in century years.
_DAY = (
    r"[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|[0-9]{2}(?:0[48]|[2468][048]|[13579][26])-02-29"
)
_SECOND = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
ANY_PRECISION = rf"^(?:{_DAY}){_SECOND}(?:\.[0-9]+)?{_OFFSET}$"
# `datetime` cannot represent it.
_MICROSECONDS = rf"^(?:{_DAY}){_SECOND}(?:\.[0-9]{{1,6}})?{_OFFSET}$"
_PLAIN = re.compile(_MICROSECONDS)
_PARTS = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)


class LosslessDateTime(LosslessText, datetime):
    """A point in time that `datetime` cannot represent: more than six digits of a second, or a leap second.

    The value is the preceding `datetime`. `text` is the original and is sent unchanged.
    """

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (read_date_time, (self.text,))


def read_date_time(text: str) -> datetime:
    """Parse an RFC 3339 date-time of any precision.

    Raises:
        ValueError: it is not an RFC 3339 date-time.
    """
    if _PLAIN.fullmatch(text) is not None:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # Year 0.
    match = _PARTS.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 date-time")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction = match[7] or ""
    offset = timedelta(hours=int(match[10] or 0), minutes=int(match[11] or 0))
    if hour > 23 or minute > 59 or second > 60 or int(match[10] or 0) > 23 or int(match[11] or 0) > 59:
        raise ValueError("not an RFC 3339 date-time")
    zone = UTC if not offset else timezone(-offset if match[9] == "-" else offset)
    leap = second == 60
    micro = 999_999 if leap else int(fraction[:6].ljust(6, "0"))
    if year == 0:  # Valid in RFC 3339, but before the first year of `datetime`.
        date(4, month, day)
        year, month, day, hour, minute, second, micro = 1, 1, 1, 0, 0, 0, 0
        exact = False
    else:
        exact = not leap and not fraction[6:].strip("0")
    kind = datetime if exact else LosslessDateTime
    parsed = kind(year, month, day, hour, minute, min(second, 59), micro, tzinfo=zone)
    if leap and not _ends_a_day(parsed):
        raise ValueError("a leap second must be the last second of a day in UTC")
    if isinstance(parsed, LosslessDateTime):
        parsed.text = text
    return parsed


def _ends_a_day(date_time: datetime) -> bool:
    offset = date_time.utcoffset() or timedelta()
    minutes = (date_time.hour * 60 + date_time.minute) * 60 - offset.total_seconds()
    return minutes % 86_400 == 86_340


def from_epoch(value: float | None, per_second: int) -> datetime | None:
    """Return the point in time of a number of units since 1970 in UTC, or None if it is out of range."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value * (1_000_000 // per_second))
    except (OverflowError, ValueError):
        return None


def _read_valid(text: str) -> datetime:
    try:
        # The fast pass validated it. This notation has no more digits than `datetime` can represent.
        return datetime.fromisoformat(text) if len(text) < 28 and text[-1:] == "Z" else read_date_time(text)
    except ValueError:  # Year 0.
        return read_date_time(text)


def _is_aware(value: Any) -> bool:
    return isinstance(value, datetime) and value.utcoffset() is not None


DATE_TIME = TextFormat(
    error="date_time",
    title="an RFC 3339 date-time",
    pattern=ANY_PRECISION,
    read=read_date_time,
    read_valid=_read_valid,
    is_value=_is_aware,
    eager=core_schema.chain_schema(
        [core_schema.str_schema(pattern=_MICROSECONDS, strict=True), core_schema.datetime_schema(strict=False)]
    ),
)
DateTime = Annotated[datetime, Formatted(DATE_TIME)]
"""An RFC 3339 date-time with offset."""
