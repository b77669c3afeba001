"""Models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypeAliasType

from .._core._datetimes import from_epoch
from .._core._enums import OpenStrEnum
from .._core._formats import UuidText
from .._core._model import Model, Omittable
from .._core._pydantic import resolve_references


class FlowExecutionStatus(OpenStrEnum):
    """How the execution stands. Other words may come."""

    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"
    RUNNING = "running"
    QUEUED = "queued"
    CANCELED = "canceled"


class TriggerType(OpenStrEnum):
    """What set a flow off. Other words may come."""

    FLOW_EXECUTION_SCHEDULER = "flow.execution.scheduler"
    FLOW_EXECUTION_ON_DEMAND = "flow.execution.on.demand"


class FlowStatus(Model):
    """One execution of a flow."""

    audit_id: Annotated[Omittable[int], Field(alias="auditId")] = None
    """The entry in the audit trail, one for each execution."""

    parent_audit_id: Annotated[int | None, Field(alias="parentAuditId")] = None
    """For a repetition after a failure, the entry of the first attempt; else null."""

    retries: int | None = None
    """How often the execution was repeated."""

    flow_id: Annotated[Omittable[int], Field(alias="flowId")] = None
    """The flow."""

    flow_name: Annotated[Omittable[str], Field(alias="flowName")] = None
    """The name of the flow."""

    event_id: Annotated[int | None, Field(alias="eventId")] = None
    """The schedule that started the flow."""

    event_name: Annotated[str | None, Field(alias="eventName")] = None
    """The name of that schedule; null for a flow without one."""

    message_id: Annotated[UuidText | None, Field(alias="messageId")] = None
    """The message whose payload started the flow; null if none did."""

    tenant_id: Annotated[int | None, Field(alias="tenantId")] = None
    """The tenant, where a super-admin ran the flow; else null."""

    status: FlowExecutionStatus

    trigger_type: Annotated[TriggerType | None, Field(alias="triggerType")] = None
    """What set the flow off."""

    started_by: Annotated[Omittable[str], Field(alias="startedBy")] = None
    """The login name of the user who started the flow, or the word scheduler."""

    started: Omittable[int] = None
    """When the execution began.

    Unit: epoch-milliseconds.
    """

    ended: int | None = None
    """When the execution ended.

    Unit: epoch-milliseconds.
    """

    duration: str | None = None
    """How long the execution took, in words."""

    code: str | None = None
    """The SQL statement that was run last, if there was an error."""

    exception: str | None = None
    """The stack trace, or what the flow itself logged with `etlConfig.log(message)`."""

    warnings: str | None = None
    """Warnings, if there were any."""

    metrics: Omittable[Metrics] = None
    """Figures about the flow."""

    file_metrics: Annotated[Omittable[Metrics], Field(alias="fileMetrics")] = None
    """Figures about the files that the flow worked on."""

    error_location_in_sql: Annotated[int | None, Field(alias="errorLocationInSql")] = None
    """The line in the last SQL statement where the error is."""

    file_name: Annotated[Any, Field(alias="fileName")] = None
    """Unused so far."""

    records: int | None = None
    """Unused so far."""

    @property
    def started_datetime(self) -> datetime | None:
        """`started` as a datetime in UTC; None if it is absent or not a valid number."""
        return from_epoch(self.started, 1000)

    @property
    def ended_datetime(self) -> datetime | None:
        """`ended` as a datetime in UTC; None if it is absent or not a valid number."""
        return from_epoch(self.ended, 1000)


Metrics = TypeAliasType("Metrics", list[dict[str, Any]] | None)
"""Figures. What they look like is documented nowhere."""

resolve_references(globals())
