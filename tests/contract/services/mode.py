"""Query runs of one report run, as HAL."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .base import Reply, Request, Service, moment

STATES = ("pending", "enqueued", "running")
_PAIR = "Basic " + base64.b64encode(b"mode-test-token:mode-test-secret").decode()
_PREFIX = "/{account}/reports/{report}/runs/{run}/query_runs"


class ModeService(Service):
    """Twelve query runs. By seed: ids as numbers or text, absent or null values, a rate limit."""

    base_path = "/api"
    environment: ClassVar[Mapping[str, str]] = {"MODE_USERNAME": "mode-test-token", "MODE_PASSWORD": "mode-test-secret"}
    params: ClassVar[Mapping[str, str]] = {"account": "acme", "report": "a1b2c3d4e5f6", "run": "0f1e2d3c4b5a"}

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.rate_limited = seed % 4 == 3
        self.query_runs = [self._query_run(number) for number in range(12)]

    def _query_run(self, number: int) -> dict[str, Any]:
        return {
            "id": 1300 + number,
            "token": f"q{number:02x}f23owhg{self.seed}",
            "state": ("succeeded", "completed", "failed", "cancelled", "pending", "running")[number % 6],
            "reads": 0,
            "lasts": 1 + number % 3,
        }

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == _PAIR

    def unauthorized(self) -> Reply:
        return Reply(401, {"id": "unauthorized", "message": "The token or its secret is wrong."})

    def routes(self) -> Mapping[str, Callable[..., Reply]]:
        return {_PREFIX: self.list_query_runs, _PREFIX + "/{query_run}": self.get_query_run}

    def _is_known(self, account: str, report: str, run: str) -> bool:
        return {"account": account, "report": report, "run": run} == dict(self.params)

    def _limited(self) -> Reply | None:
        if self.rate_limited and len(self.requests) % 19 == 0:
            return Reply(429, headers={"x-ratelimit-limit": "40", "retry-after": "1"})
        return None

    def list_query_runs(self, request: Request, account: str, report: str, run: str) -> Reply:
        if (limited := self._limited()) is not None:
            return limited
        if not self._is_known(account, report, run):
            return _not_found()
        items = [self._shown(each) for each in self.query_runs]
        links = {"self": {"href": f"/api/{account}/reports/{report}/runs/{run}/query_runs"}}
        return Reply(200, {"_links": links, "_embedded": {"query_runs": items}}, "application/hal+json")

    def get_query_run(self, request: Request, account: str, report: str, run: str, query_run: str) -> Reply:
        if (limited := self._limited()) is not None:
            return limited
        found = next((each for each in self.query_runs if each["token"] == query_run), None)
        if found is None or not self._is_known(account, report, run):
            return _not_found()
        shown = self._shown(found)
        if found["state"] in STATES:
            found["reads"] += 1
            if found["reads"] % found["lasts"] == 0:
                place = STATES.index(found["state"]) + 1
                found["state"] = STATES[place] if place < len(STATES) else ("succeeded", "failed")[found["id"] % 2]
        return Reply(200, shown, "application/hal+json")

    def _shown(self, each: dict[str, Any]) -> dict[str, Any]:
        number = each["id"] - 1300
        href = "/api/acme/reports/a1b2c3d4e5f6/runs/0f1e2d3c4b5a/query_runs"
        active = each["state"] in STATES
        shown = {
            "id": str(each["id"]) if self.seed % 2 else each["id"],
            "token": each["token"],
            "raw_source": "select 1",
            "state": each["state"],
            "created_at": moment(number * 3),
            "completed_at": None if active else moment(number * 3 + 2),
            "data_source_id": 42,
            "limit": False,
            "query_token": f"fng3b2fjp{number % 3}",
            "parameters": {},
            "max_result_bytes": 5_000_000_000,
            "error_message": "division by zero" if each["state"] == "failed" else None,
            "_links": {"self": {"href": f"{href}/{each['token']}", "templated": False}},
            "_embedded": {},
        }
        if self.seed % 3 == 0:
            del shown["error_message"]
        return shown


def _not_found() -> Reply:
    return Reply(404, {"id": "not_found", "message": "The requested resource was not found."})
