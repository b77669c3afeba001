"""The header `Retry-After` (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0
"""Seconds: a longer wait is not plausible for a service that a program calls."""


def seconds_of(value: str, now: datetime | None = None) -> float | None:
    """The seconds to wait; None if the value is neither a number of seconds nor a date, or longer than a day."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
        return seconds if seconds <= LONGEST else None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    seconds = (date - (now or datetime.now(UTC))).total_seconds()
    return max(seconds, 0.0) if abs(seconds) <= LONGEST else None
