"""Date-times of RFC 3339 as exact instants.

Python's `datetime` has no leap seconds, no year 0 and six digits of fraction; the wire has all three.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_DATE_TIME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"[Tt](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<offset_hour>[0-9]{2}):(?P<offset_minute>[0-9]{2}))"
)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """Seconds since the start of year 0, UTC. A leap second stays one apart from the second after it."""

    seconds: int
    leap: bool
    fraction: Fraction


def instant(text: str) -> Instant | None:
    """Return the instant of `text`, or None if it is not an RFC 3339 date-time (section 5.6)."""
    match = _DATE_TIME.fullmatch(text)
    if match is None or not text.isascii():
        return None
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    offset_hour, offset_minute = int(match["offset_hour"] or 0), int(match["offset_minute"] or 0)
    leap_year = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _MONTH_DAYS[month - 1] + (month == 2 and leap_year):
        return None
    if hour > 23 or minute > 59 or second > 60 or offset_hour > 23 or offset_minute > 59:
        return None
    days = 365 * year + (year + 3) // 4 - (year + 99) // 100 + (year + 399) // 400
    days += sum(_MONTH_DAYS[: month - 1]) + (month > 2 and leap_year) + day - 1
    offset = (offset_hour * 60 + offset_minute) * 60 * (-1 if match["sign"] == "-" else 1)
    leap = second == 60
    seconds = days * 86400 + hour * 3600 + minute * 60 + min(second, 59) - offset
    if leap and seconds % 86400 != 86399:
        # Leap seconds happen at the end of a UTC day only (section 5.7).
        return None
    return Instant(seconds, leap, Fraction(match["fraction"] or 0))
