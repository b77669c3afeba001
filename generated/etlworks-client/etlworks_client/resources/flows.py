"""The operations of `client.flows`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack
from uuid import UUID

from typing_extensions import deprecated

from .. import models
from .._core._operation import Media, Operation, Param, PathParam
from .._core._polling import Polling, WaitOptions, wait

if TYPE_CHECKING:
    from .._core._client import SyncClient
    from .._core._errors import StatusError
    from .._core._options import CallOptions


class Flows:
    """The operations of `client.flows`."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def get_status(
        self,
        flow_id: int,
        *,
        message_id: str | UUID | None = None,
        audit_id: int | None = None,
        **options: Unpack[CallOptions],
    ) -> models.FlowStatus:
        """Get the status of a flow.

        Gives one execution of a flow, also while it is under way. Name the execution by `auditId` or
        `messageId`; with neither, the answer can be about any execution of the flow.

        The token's user needs the role Executer, Editor or Administrator.

        Args:
            flow_id: The flow, by the number that the list of flows shows.
            message_id: Chooses the execution that this message started. A flow behind an endpoint of one's own
                answers a payload with its message's identifier.
            audit_id: Chooses the execution with this entry in the audit trail. The call that runs a flow by its name
                answers with it. A repetition after a failure has a new one and names the old one in `parentAuditId`.

        Returns:
            The execution.

        Raises:
            UnauthorizedError: 401: The access token is missing, wrong or too old. No body is documented.
            ForbiddenError: 403: The user lacks the role for this. No body is documented.
            InternalServerError: 500: Internal error of the service. No body is documented.

        Source: GET /rest/v1/executions/{flowid},
        https://support.etlworks.com/hc/en-us/articles/360013715473-Get-flow-status-API
        """
        return self._client.call(
            _GET_STATUS, {"flow_id": flow_id, "message_id": message_id, "audit_id": audit_id}, options
        )

    def wait(
        self,
        flow_id: int,
        *,
        message_id: str | UUID | None = None,
        audit_id: int | None = None,
        **options: Unpack[WaitOptions],
    ) -> models.FlowStatus:
        """Wait until `get_status` tells a final state, and give its answer.

        Final are success, warning, and of failure error, canceled; any other state is waited out.

        Args:
            options: `wait_timeout` (seconds in all, default 3600), `first_interval` and `longest_interval`
                (seconds), `raise_on_failure`, and for each call `timeout` (seconds), `max_retries`, `policy` and
                `extra_headers`.

        Raises:
            FailedStateError: it ended in a state of failure; `last` is the answer.
            WaitTimeoutError: it did not end in time; `last` is the last answer.
        """
        return wait(
            self._client,
            _GET_STATUS,
            _GET_STATUS_POLLING,
            {"flow_id": flow_id, "message_id": message_id, "audit_id": audit_id},
            options,
        )

    @deprecated("GET /plugins/dashboard/rest/v1/flows/{flowid} is deprecated")
    def get_status_legacy(
        self,
        flow_id: int,
        *,
        message_id: str | UUID | None = None,
        audit_id: int | None = None,
        **options: Unpack[CallOptions],
    ) -> models.FlowStatus:
        """Get the status of a flow (legacy path).

        Deprecated.

        The former path of `getFlowStatus`, with the same parameters and the same answer; it stays for the
        sake of old callers.

        The token's user needs the role Executer, Editor or Administrator.

        Args:
            flow_id: The flow, by the number that the list of flows shows.
            message_id: Chooses the execution that this message started. A flow behind an endpoint of one's own
                answers a payload with its message's identifier.
            audit_id: Chooses the execution with this entry in the audit trail. The call that runs a flow by its name
                answers with it. A repetition after a failure has a new one and names the old one in `parentAuditId`.

        Returns:
            The execution.

        Raises:
            UnauthorizedError: 401: The access token is missing, wrong or too old. No body is documented.
            ForbiddenError: 403: The user lacks the role for this. No body is documented.
            InternalServerError: 500: Internal error of the service. No body is documented.

        Source: GET /plugins/dashboard/rest/v1/flows/{flowid},
        https://support.etlworks.com/hc/en-us/articles/360013715473-Get-flow-status-API
        """
        return self._client.call(
            _GET_STATUS_LEGACY, {"flow_id": flow_id, "message_id": message_id, "audit_id": audit_id}, options
        )


def _errors() -> Mapping[int, type[StatusError]]:
    from .. import errors

    return errors.BY_STATUS


_GET_STATUS: Operation[models.FlowStatus] = Operation(
    method="GET",
    path="/rest/v1/executions/{flowid}",
    params={"flow_id": PathParam("flowid"), "message_id": Param("messageId"), "audit_id": Param("auditId")},
    answers={"200": (Media("application/json", "json", lambda: models.FlowStatus),), "401": (), "403": (), "500": ()},
    security=(("bearerAuth",),),
    accept="application/json",
    errors=_errors,
)
_GET_STATUS_POLLING = Polling(status=("status",), success=("success", "warning"), failure=("error", "canceled"))
_GET_STATUS_LEGACY: Operation[models.FlowStatus] = Operation(
    method="GET",
    path="/plugins/dashboard/rest/v1/flows/{flowid}",
    params={"flow_id": PathParam("flowid"), "message_id": Param("messageId"), "audit_id": Param("auditId")},
    answers={"200": (Media("application/json", "json", lambda: models.FlowStatus),), "401": (), "403": (), "500": ()},
    security=(("bearerAuth",),),
    accept="application/json",
    errors=_errors,
)
