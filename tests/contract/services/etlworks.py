"""Executions of flows, by two paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from .base import Rejected, Reply, Request, Service

STATES = ("queued", "running")


class EtlworksService(Service):
    """Two flows with three executions each. By seed: how they end, absent or null values, unknown flows."""

    environment: ClassVar[Mapping[str, str]] = {"ETLWORKS_TOKEN": "etlworks-test-token"}
    params: ClassVar[Mapping[str, str]] = {"flowid": "1234"}

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        end = ("success", "warning", "error", "canceled")[seed % 4]
        self.executions: list[dict[str, Any]] = [
            {
                "flow": flow,
                "audit": flow * 1000 + number,
                "message": str(UUID(int=flow * 1000 + number)),
                "state": "queued" if number == 2 else "success",
                "reads": 0,
                "lasts": 1 + seed % 3,
                "end": end,
                "started": 1_531_158_730_120 + number * 60_000,
            }
            for flow in (1234, 77)
            for number in range(3)
        ]

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("authorization") == "Bearer etlworks-test-token"

    def routes(self) -> Mapping[str, Callable[..., Reply]]:
        return {"/rest/v1/executions/{flowid}": self.get, "/plugins/dashboard/rest/v1/flows/{flowid}": self.get}

    def get(self, request: Request, flowid: str) -> Reply:
        if not flowid.lstrip("-").isdigit():
            return Reply(400)
        found = [each for each in self.executions if each["flow"] == int(flowid)]
        audit, message = request.get("auditId"), request.get("messageId")
        if audit is not None:
            if not audit.lstrip("-").isdigit():
                return Reply(400)
            found = [each for each in found if each["audit"] == int(audit)]
        if message is not None:
            try:
                UUID(message)
            except ValueError:
                raise Rejected(Reply(400)) from None
            found = [each for each in found if each["message"] == message.lower()]
        if not found:
            return Reply(404)
        execution = found[-1]
        shown = self._shown(execution)
        if execution["state"] in STATES:
            execution["reads"] += 1
            if execution["reads"] % execution["lasts"] == 0:
                execution["state"] = execution["end"] if execution["state"] == "running" else "running"
        return Reply(200, shown)

    def _shown(self, execution: Mapping[str, Any]) -> dict[str, Any]:
        ended = execution["state"] not in STATES
        shown = {
            "auditId": execution["audit"],
            "parentAuditId": None,
            "retries": 0,
            "flowId": execution["flow"],
            "flowName": "Load orders",
            "eventId": None,
            "eventName": None,
            "messageId": execution["message"],
            "status": execution["state"],
            "triggerType": "flow.execution.on.demand",
            "startedBy": "jane",
            "started": execution["started"],
            "ended": execution["started"] + 60_375 if ended else None,
            "duration": "1 minute" if ended else None,
            "metrics": [],
            "records": 1,
        }
        if self.seed % 2:
            shown = {name: value for name, value in shown.items() if value is not None}
        return shown
