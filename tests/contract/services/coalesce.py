"""Runs with every query parameter, two shapes, cursors and lifecycles."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .base import Rejected, Reply, Request, Service, moment

STATES = ("waitingToRun", "initializing", "rendering", "running")
_VALUES = {
    "orderBy": ("id", "runStartTime", "runEndTime"),
    "orderByDirection": ("asc", "desc"),
    "runType": ("deploy", "refresh"),
    "runStatus": ("canceled", "completed", "failed", "initializing", "rendering", "running", "waitingToRun"),
    "detail": ("true", "false"),
}


class CoalesceService(Service):
    """Sixty runs. By seed: ids as numbers or text, absent or null values, cursors, page sizes, a growing list."""

    environment: ClassVar[Mapping[str, str]] = {"COALESCE_TOKEN": "coalesce-test-token"}
    size: ClassVar[int] = 60

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.cursors = ("none", "opaque", "last")[seed % 3]
        self.text_ids = seed % 4 == 3
        self.page_cap = 20 if seed % 5 == 4 else 1000
        self.grows = seed % 7 == 6
        self.rate_limited = seed % 6 == 5
        self.runs = [self._run(number) for number in range(self.size)]

    def _run(self, number: int) -> dict[str, Any]:
        status = ("completed", "failed", "canceled", "completed", "running", "waitingToRun")[number * 5 % 6]
        if status in STATES and number < self.size - 12:
            status = "completed"
        # Some runs start and end at the same time.
        started = float(number // 2 * 2 * 10)
        return {
            "id": 400 + number,
            "started": started,
            "duration": 3 + number * 7 % 40,
            "type": ("deploy", "refresh", "refresh")[number % 3],
            "status": status,
            "environment": str(1 + number % 4),
            "reads": 0,
            "lasts": 2 + number % 3,
        }

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "Bearer coalesce-test-token"

    def unauthorized(self) -> Reply:
        return _error(401, "Unauthorized")

    def routes(self) -> Mapping[str, Callable[..., Reply]]:
        return {"/api/v1/runs": self.list_runs, "/api/v1/runs/{runID}/results": self.list_results}

    def list_runs(self, request: Request) -> Reply:
        number = len(self.requests)
        if self.rate_limited and number % 23 == 0:
            return Reply(429, headers={"retry-after": "1"})
        if self.grows and number % 9 == 0:
            self.runs.append(self._run(len(self.runs)))
        self._validate(request)
        order, direction = request.get("orderBy") or "id", request.get("orderByDirection") or "desc"
        descending = direction == "desc"
        limit = int(request.get("limit") or 25)
        found = [run for run in self.runs if self._matches(run, request)]
        key = {"id": _id, "runStartTime": _started, "runEndTime": _ended}[order]
        with_key = sorted((run for run in found if key(run) is not None), key=_id, reverse=descending)
        with_key.sort(key=lambda run: key(run) or 0, reverse=descending)
        ordered = [*with_key, *(run for run in found if key(run) is None)]
        cursor = request.get("startingFrom")
        if cursor is not None:
            ordered = self._after(ordered, cursor, order, descending, key)
        page = ordered[: min(limit, self.page_cap)]
        detail = request.get("detail") == "true"
        body: dict[str, Any] = {
            "limit": limit,
            "orderBy": order,
            "orderByDirection": direction,
            "data": [self._shown(run, detail) for run in page],
        }
        if page and len(page) < len(ordered):
            if self.cursors == "opaque":
                text = json.dumps([order, page[-1]["id"]])
                body["next"] = base64.urlsafe_b64encode(text.encode()).decode()
            elif self.cursors == "last" and key(page[-1]) is not None:
                body["next"] = self._cursor_value(page[-1], order)
        elif self.seed % 2:
            body["next"] = None
        for run in page:
            self._advance(run)
        return Reply(200, body)

    def _cursor_value(self, run: dict[str, Any], order: str) -> Any:
        if order == "id":
            return run["id"]
        return moment(run["started"] if order == "runStartTime" else run["started"] + run["duration"])

    @staticmethod
    def _place(ordered: list[dict[str, Any]], cursor: str, order: str) -> int | None:
        try:
            decoded = json.loads(base64.urlsafe_b64decode(cursor))
            place = [run["id"] for run in ordered].index(decoded[1])
        except (ValueError, IndexError, TypeError):
            return None
        return place if decoded[0] == order else None

    def _after(
        self, ordered: list[dict[str, Any]], cursor: str, order: str, descending: bool, key: Callable[[Any], Any]
    ) -> list[dict[str, Any]]:
        if cursor.isdigit() and order == "id":
            return [run for run in ordered if (run["id"] < int(cursor) if descending else run["id"] > int(cursor))]
        if self.cursors == "opaque":
            place = self._place(ordered, cursor, order)
            if place is not None:
                return ordered[place + 1 :]
        values = [self._cursor_value(run, order) for run in ordered if key(run) is not None]
        if order != "id" and cursor in values:
            last = len(values) - 1 - values[::-1].index(cursor)
            return ordered[last + 1 :]
        raise Rejected(_error(400, "startingFrom is not a place in this order"))

    def _validate(self, request: Request) -> None:
        for name, values in _VALUES.items():
            value = request.get(name)
            if value is not None and value not in values:
                raise Rejected(_error(400, f"{name} must be one of {', '.join(values)}"))
        limit = request.get("limit")
        if limit is not None and not (limit.isdigit() and 1 <= int(limit) <= 1000):
            raise Rejected(_error(400, "limit must be a number from 1 to 1000"))

    def _matches(self, run: dict[str, Any], request: Request) -> bool:
        wanted = {"type": "runType", "status": "runStatus", "environment": "environmentID"}
        return all(request.get(name) in (None, run[key]) for key, name in wanted.items())

    def _advance(self, run: dict[str, Any]) -> None:
        """A run goes one state further each time it was read a few times."""
        if run["status"] in STATES:
            run["reads"] += 1
            if run["reads"] % run["lasts"] == 0:
                place = STATES.index(run["status"]) + 1
                run["status"] = STATES[place] if place < len(STATES) else ("completed", "failed")[run["id"] % 2]

    def _shown(self, run: dict[str, Any], detail: bool) -> dict[str, Any]:
        ended = _ended(run)
        number = str(run["id"]) if self.text_ids else run["id"]
        shown: dict[str, Any] = {
            "id": number,
            "runStartTime": moment(run["started"]),
            "runType": run["type"],
            "runStatus": run["status"],
        }
        if ended is not None:
            shown["runEndTime"] = moment(ended)
        elif self.seed % 2:
            shown["runEndTime"] = None
        if not detail:
            shown["environmentID"] = run["environment"]
            if run["status"] == "failed":
                shown["runFailureReason"] = "a node failed"
            return shown
        details: dict[str, Any] = {
            "canceled": run["status"] == "canceled",
            "environmentID": run["environment"],
            "parallelism": 8,
            "nodesInRun": 5,
        }
        if run["type"] == "deploy":
            details["deployCommit"] = "0" * 40
        else:
            details["jobID"] = None
        return {
            **shown,
            "runDetails": details,
            "runHistory": [],
            "runTimeParameters": {"threshold": 3},
            "userCredentials": {"snowflakeAccount": "acme", "snowflakeAuthType": "KeyPair"},
            "userID": "u1",
            "version": 1,
        }

    def list_results(self, request: Request, runID: str) -> Reply:
        if not runID.isdigit():
            return _error(400, "runID must be a number")
        run = next((run for run in self.runs if run["id"] == int(runID)), None)
        if run is None:
            return _error(404, "there is no such run")
        active = run["status"] in STATES
        query = {
            "name": "Insert",
            "queryID": f"q-{runID}",
            "isRunning": active,
            "rowsInserted": 7,
            "sql": "insert into a select 1",
            "startTime": moment(run["started"]),
            "endTime": None if active else moment(run["started"] + 2),
            "status": "Running" if active else "Success",
            "success": not active,
            "error": None,
            "warehouse": "COMPUTE_WH",
        }
        node = {
            "name": "STG_ORDERS",
            "nodeID": f"n-{runID}",
            "isRunning": active,
            "runState": "running" if active else "complete",
            "origin": "API",
            "queryResults": [query],
        }
        return Reply(200, {"data": [node]})


def _id(run: dict[str, Any]) -> int:
    return int(run["id"])


def _started(run: dict[str, Any]) -> float:
    return float(run["started"])


def _ended(run: dict[str, Any]) -> float | None:
    return None if run["status"] in STATES else float(run["started"] + run["duration"])


def _error(status: int, text: str) -> Reply:
    return Reply(status, {"error": {"errorString": text, "errorDetail": text}})
