"""Make the values of one resource agree with each other: times in order, and properties that fit its state."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from speclient.mock.states import Phase
from speclient.values.wanted import words_of

START = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)
"""When the first resource of a collection was created; each further one six hours later."""
_STEP = timedelta(hours=6)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CREATED = {"created", "create", "creation", "inserted", "queued", "submitted", "requested", "received", "registered"}
_STARTED = {"start", "started", "begin", "began", "begun", "opened", "executed", "launched"}
_ENDED = {
    "end", "ended", "finish", "finished", "complete", "completed", "completion", "closed", "stop", "stopped", "done",
    "failed", "canceled", "cancelled", "succeeded", "terminated", "resolved",
}  # fmt: skip
_UPDATED = {"updated", "update", "modified", "changed", "edited", "accessed", "seen", "last", "used"}
_LATER = {
    "expires",
    "expire",
    "expiry",
    "expiration",
    "expired",
    "due",
    "next",
    "deadline",
    "until",
    "deleted",
    "archived",
}
_TIME = {"at", "time", "date", "timestamp", "on", "datetime"}
_RESULT = {"result", "results", "output", "outputs", "rows"}
_PROBLEM = {"error", "errors", "failure", "exception", "reason"}


def creation_time(number: int) -> datetime:
    """When the resource with that number was created."""
    return START + number * _STEP


def _rank(name: str) -> int | None:
    words = words_of(name)
    for rank, known in ((4, _LATER), (1, _STARTED), (2, _ENDED), (0, _CREATED), (3, _UPDATED)):
        if known & set(words):
            return rank
    return None


def is_time(name: str, value: Any) -> bool:
    """Whether a property is a moment, by its name and its value."""
    words = set(words_of(name))
    if isinstance(value, str):
        return _DATE_TIME.fullmatch(value) is not None or _DATE.fullmatch(value) is not None
    if isinstance(value, int) and not isinstance(value, bool) and (_rank(name) is not None or words & _TIME):
        return 10**9 < value < 4 * 10**9 or 10**12 < value < 4 * 10**12
    return False


def order_times(value: Any, number: int, rng: Random) -> Any:
    """The same value with the times of each object in order: created, started, ended, updated, expires."""
    start = creation_time(number)
    begun = start + timedelta(seconds=rng.randrange(1, 60))
    ended = begun + timedelta(seconds=rng.randrange(60, 3600))
    moments = {
        0: start,
        1: begun,
        2: ended,
        3: ended + timedelta(seconds=rng.randrange(1, 60)),
        4: start + timedelta(90),
    }

    def changed(name: str, old: Any) -> Any:
        if isinstance(old, dict):
            return {key: changed(key, each) for key, each in old.items()}
        if isinstance(old, list):
            return [changed(name, each) for each in old]
        return _like(old, moments[_rank(name) or 0]) if is_time(name, old) else old

    return changed("", value)


def _like(old: Any, moment: datetime) -> Any:
    """A moment in the form of another value."""
    if isinstance(old, int):
        seconds = int(moment.timestamp())
        return seconds if old < 10**11 else seconds * 1000
    if _DATE.fullmatch(old):
        return date(moment.year, moment.month, moment.day).isoformat()
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def misplaced(name: str, value: Any, phase: Phase) -> bool:
    """Whether a resource in a phase has no such property yet: no end while it runs, no error after success."""
    words = set(words_of(name))
    timed = is_time(name, value) or bool(words & _TIME)
    if timed and phase in (Phase.WAITING, Phase.RUNNING) and _rank(name) == 2:
        return True
    if timed and phase is Phase.WAITING and _rank(name) == 1:
        return True
    if timed:
        return False
    if words & _PROBLEM:
        return phase is not Phase.FAILURE
    return bool(words & _RESULT) and phase is not Phase.SUCCESS
