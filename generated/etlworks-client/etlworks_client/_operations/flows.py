"""The operations of `client.flows` as data."""

from __future__ import annotations

from .. import models
from .._core._operation import Media, Operation, Param, PathParam
from .._core._polling import Polling
from ._errors import documented_errors

GET_STATUS: Operation[models.FlowStatus] = Operation(
    method="GET",
    path="/rest/v1/executions/{flowid}",
    params={"flow_id": PathParam("flowid"), "message_id": Param("messageId"), "audit_id": Param("auditId")},
    answers={"200": (Media("application/json", "json", lambda: models.FlowStatus),), "401": (), "403": (), "500": ()},
    security=(("bearerAuth",),),
    accept="application/json",
    errors=documented_errors,
)
GET_STATUS_POLLING = Polling(status=("status",), success=("success", "warning"), failure=("error", "canceled"))
GET_STATUS_LEGACY: Operation[models.FlowStatus] = Operation(
    method="GET",
    path="/plugins/dashboard/rest/v1/flows/{flowid}",
    params={"flow_id": PathParam("flowid"), "message_id": Param("messageId"), "audit_id": Param("auditId")},
    answers={"200": (Media("application/json", "json", lambda: models.FlowStatus),), "401": (), "403": (), "500": ()},
    security=(("bearerAuth",),),
    accept="application/json",
    errors=documented_errors,
)
