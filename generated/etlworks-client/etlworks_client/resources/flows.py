"""The operations of `client.flows`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack
from uuid import UUID

from typing_extensions import deprecated

from .. import models
from .._core._options import UNSET
from .._core._polling import WaitOptions, wait
from .._operations import flows as _operations

if TYPE_CHECKING:
    import httpx2

    from .._core._client import SyncClient
    from .._core._options import RequestOptions, Unset


class Flows:
    """Flows and their executions."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def get_status(
        self,
        flow_id: int,
        *,
        message_id: str | UUID | None = None,
        audit_id: int | None = None,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[RequestOptions],
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
            _operations.GET_STATUS,
            {"flow_id": flow_id, "message_id": message_id, "audit_id": audit_id},
            {**options, "timeout": timeout, "policy": policy},
        )

    def wait(
        self,
        flow_id: int,
        *,
        message_id: str | UUID | None = None,
        audit_id: int | None = None,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[WaitOptions],
    ) -> models.FlowStatus:
        """Call `get_status` until it returns a terminal state, and return that response.

        Terminal states: success, warning (success); error, canceled (failure).

        Args:
            flow_id: The flow, by the number that the list of flows shows.
            message_id: Chooses the execution that this message started. A flow behind an endpoint of one's own
                answers a payload with its message's identifier.
            audit_id: Chooses the execution with this entry in the audit trail. The call that runs a flow by its name
                answers with it. A repetition after a failure has a new one and names the old one in `parentAuditId`.
            timeout: seconds for each step of a call.
            policy: how a response that violates its schema is handled.
            options: `wait_timeout` (seconds for the whole wait, default 3600), `first_interval` and
                `longest_interval` (seconds between calls), `raise_on_failure`, and for each call
                `max_retries` and `extra_headers`.

        Returns:
            The response with the terminal state.

        Raises:
            FailedStateError: the state is a failure; `last` is the response.
            WaitTimeoutError: there was no terminal state in time; `last` is the last response.
        """
        return wait(
            self._client,
            _operations.GET_STATUS,
            _operations.GET_STATUS_POLLING,
            {"flow_id": flow_id, "message_id": message_id, "audit_id": audit_id},
            {**options, "timeout": timeout, "policy": policy},
        )

    @deprecated("GET /plugins/dashboard/rest/v1/flows/{flowid} is deprecated")
    def get_status_legacy(
        self,
        flow_id: int,
        *,
        message_id: str | UUID | None = None,
        audit_id: int | None = None,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[RequestOptions],
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
            _operations.GET_STATUS_LEGACY,
            {"flow_id": flow_id, "message_id": message_id, "audit_id": audit_id},
            {**options, "timeout": timeout, "policy": policy},
        )
