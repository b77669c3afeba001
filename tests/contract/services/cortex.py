"""Jobs that end after a few polls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .base import Reply, Request, Service, moment


class CortexService(Service):
    """Three jobs. By seed: how many polls a job takes, how it ends, optional properties, a rate limit."""

    environment: ClassVar[Mapping[str, str]] = {"CORTEX_TOKEN": "cortex-test-token"}
    params: ClassVar[Mapping[str, str]] = {"jobId": "8b2f-nightly"}

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.rate_limited = seed % 4 == 3
        self.polls: dict[str, int] = {"8b2f-nightly": 0, "other": 0, "third": 0}
        self.lasts = 1 + seed % 5
        self.end = "DONE" if seed % 3 == 0 else ("DONE", "FAILURE", "CANCELLED", "TIMED_OUT")[seed % 4]

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "Bearer cortex-test-token"

    def routes(self) -> Mapping[str, Callable[..., Reply]]:
        return {"/api/v1/queries/{jobId}": self.get_results}

    def get_results(self, request: Request, jobId: str) -> Reply:
        if self.rate_limited and len(self.requests) % 11 == 0:
            problem = {"type": "about:blank", "title": "Too Many Requests", "status": 429, "retryAfter": 1}
            return Reply(429, problem, "application/problem+json", {"retry-after": "1"})
        if jobId not in self.polls:
            error = {"message": "There is no such job.", "type": "NOT_FOUND", "httpStatus": 404}
            return Reply(404, error)
        self.polls[jobId] += 1
        ended = self.polls[jobId] > self.lasts
        body: dict[str, Any] = {
            "queryDetails": {"initiatedAt": moment(5), "jobId": jobId, "query": "entity.type() == 'service'"},
            "status": self.end if ended else "IN_PROGRESS",
            "progress": 1 if ended else round(self.polls[jobId] / (self.lasts + 1), 2),
        }
        if ended and self.end == "DONE":
            body["result"] = [
                {
                    "name": f"service {number}",
                    "tag": f"service-{number}",
                    "type": "service",
                    "description": "A service.",
                }
                for number in range(3)
            ]
        if self.seed % 2:
            del body["progress"]
        return Reply(200, body)
