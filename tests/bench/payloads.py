"""Answers of the Coalesce operations with varied values, the same for the same seed.

A payload in which every element is alike flatters whoever caches strings or predicts branches. These vary lengths,
numbers, fractions of a second and offsets, have nulls and missing properties, and text that is not ASCII or is escaped.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

WORDS = (
    "orders", "stage", "Größe", "客户", "naïve", "load \"raw\"", "a\\b", "line\nbreak", "tab\tstop", "🚀",
    "customer_dim", "Δ-sync", "\u2028", "fact", "éàü", "</script>",
)  # fmt: skip
STATUSES = ("canceled", "completed", "failed", "initializing", "rendering", "running", "waitingToRun")
EPOCH = datetime(2024, 5, 1, tzinfo=UTC)
ABSENT = object()


class Values:
    """Draws values of each kind from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def whole(self, most: int = 10**6) -> int:
        """An integer, small ones as likely as large ones."""
        return self._random.randrange(10 ** self._random.randrange(1, len(str(most)) + 1))

    def text(self, most: int = 6) -> str:
        """Words, of which some need escapes or are not ASCII."""
        return " ".join(self._random.choices(WORDS, k=self._random.randint(1, most)))

    def date_time(self) -> str:
        """A date-time with up to six digits of a second, in UTC or with an offset."""
        date_time = EPOCH + timedelta(microseconds=self._random.randrange(10**13))
        if self._random.random() < 0.2:
            return date_time.astimezone(timezone(timedelta(hours=self._random.randint(-9, 9)))).isoformat()
        digits = self._random.choice((0, 3, 6))
        return (
            date_time.isoformat(timespec="seconds")[:19]
            + (f".{date_time.microsecond:06}"[: digits + 1] if digits else "")
            + "Z"
        )

    def one_of(self, *values: Any) -> Any:
        """One of some values."""
        return self._random.choice(values)

    def flag(self) -> bool:
        """True or False."""
        return self._random.random() < 0.5

    def maybe(self, value: Callable[[], Any], *, null: bool = True) -> Any:
        """A value; absent in one of eight cases, and null in another one where it may be."""
        chance = self._random.random()
        return ABSENT if chance < 0.125 else None if null and chance < 0.25 else value()

    def written(self, value: Any) -> bytes:
        """JSON text: as UTF-8, or with escapes for what is not ASCII."""
        return json.dumps(present(value), ensure_ascii=self.flag()).encode()


def present(value: Any) -> Any:
    """The value without absent properties."""
    if isinstance(value, dict):
        return {key: present(inner) for key, inner in value.items() if inner is not ABSENT}
    return [present(inner) for inner in value] if isinstance(value, list) else value


def page(count: int, seed: int = 1) -> bytes:
    """An answer of List Runs."""
    values = Values(seed)
    runs = [
        {
            "id": number + values.whole(50), "reRunID": values.maybe(lambda: str(values.whole())),
            "runStartTime": values.maybe(values.date_time), "runEndTime": values.maybe(values.date_time),
            "runType": values.one_of("deploy", "refresh"), "runStatus": values.one_of(*STATUSES),
            "environmentID": values.maybe(lambda: str(values.whole(99)), null=False),
            "runFailureReason": values.maybe(lambda: values.text(12)),
        }
        for number in range(count)
    ]  # fmt: skip
    return values.written({"limit": count, "orderByDirection": "desc", "orderBy": "id", "data": runs})


def results(nodes: int, seed: int = 1) -> bytes:
    """An answer of List Run Results, with ten query results a node."""
    values = Values(seed)

    def query() -> dict[str, Any]:
        return {
            "endTime": values.maybe(values.date_time), "isRunning": values.flag(), "name": values.text(3),
            "queryID": f"01b2-{values.whole():x}-{values.whole():x}",
            "rowsDeleted": values.maybe(values.whole, null=False),
            "rowsInserted": values.maybe(values.whole, null=False),
            "rowsUpdated": values.maybe(values.whole, null=False),
            "sql": "INSERT INTO a SELECT * FROM b WHERE c = '" + values.text(40) + "'",
            "startTime": values.date_time(), "status": values.one_of("Success", "Failed", "Running"),
            "success": values.maybe(values.flag, null=False), "warehouse": values.maybe(lambda: "LOAD_WH", null=False),
        }  # fmt: skip

    return values.written({
        "data": [
            {
                "isRunning": values.flag(), "name": values.text(2), "nodeID": f"{values.whole():x}",
                "runState": values.one_of("complete", "error", "inProgress"),
                "queryResults": [query() for _ in range(10)],
            }
            for _ in range(nodes)
        ]
    })  # fmt: skip


def mixed(count: int, seed: int = 1) -> bytes:
    """An answer of List Runs with `detail`: runs of two shapes."""
    values = Values(seed)

    def details(kind: str) -> dict[str, Any]:
        both = {"canceled": values.flag(), "environmentID": str(values.whole(99)), "parallelism": values.whole(64),
                "nodesInRun": values.whole(999)}  # fmt: skip
        if kind == "deploy":
            return both | {"deployCommit": f"{values.whole():x}", "deployCommitMessage": values.text(9)}
        return both | {"includeNodesSelector": f"{{ {values.text(2)} }}", "excludeNodesSelector": values.text(2),
                       "jobID": str(values.whole(99))}  # fmt: skip

    runs: list[dict[str, Any]] = []
    for number in range(count):
        kind = values.one_of("deploy", "refresh")
        runs.append({
            "id": number, "reRunID": str(values.whole()), "runDetails": details(kind),
            "runEndTime": values.maybe(values.date_time),
            "runHistory": [values.whole() for _ in range(values.whole(9))],
            "runStartTime": values.date_time(), "runStatus": values.one_of(*STATUSES),
            "runTimeParameters": {values.text(1): values.text(2) for _ in range(values.whole(5))}, "runType": kind,
            "userCredentials": {
                "snowflakeAccount": values.text(1), "snowflakeAuthType": values.one_of("Basic", "OAuth", "KeyPair"),
                "snowflakeUsername": values.text(1), "snowflakeRole": values.text(1),
                "snowflakeWarehouse": values.text(1),
            },
            "userID": values.text(1), "version": values.whole(9),
        })  # fmt: skip
    return values.written({"data": runs})
