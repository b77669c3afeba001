"""Models."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from .._core._datetimes import DateTime
from .._core._enums import OpenStrEnum
from .._core._model import FixedValue, Model, Omittable, Tagged
from .._core._pydantic import resolve_references
from .._core._unknown import UnknownVariant, Unlisted
from ._run_id import RunId


class RunOrder(OpenStrEnum):
    """The field that orders the runs."""

    ID = "id"
    RUN_START_TIME = "runStartTime"
    RUN_END_TIME = "runEndTime"


class SortDirection(OpenStrEnum):
    """Sort direction."""

    ASC = "asc"
    DESC = "desc"


class RunType(OpenStrEnum):
    """Type of the run."""

    DEPLOY = "deploy"
    REFRESH = "refresh"


class RunStatus(OpenStrEnum):
    """Status of a run. `canceled`, `completed` and `failed` are terminal states."""

    CANCELED = "canceled"
    COMPLETED = "completed"
    FAILED = "failed"
    INITIALIZING = "initializing"
    RENDERING = "rendering"
    RUNNING = "running"
    WAITING_TO_RUN = "waitingToRun"


class SnowflakeAuthType(OpenStrEnum):
    """How the run signed in to Snowflake."""

    BASIC = "Basic"
    CLOUD = "Cloud"
    KEY_PAIR = "KeyPair"
    O_AUTH = "OAuth"


class RunSummaries(Model):
    """A page of run summaries, the response without `detail`."""

    limit: Omittable[int] = None
    """Maximum number of runs on this page."""

    order_by_direction: Annotated[Omittable[SortDirection], Field(alias="orderByDirection")] = None

    order_by: Annotated[Omittable[RunOrder], Field(alias="orderBy")] = None

    data: list[RunSummary]
    """The runs of this page."""

    next: Omittable[NextCursor] = None


class DetailedRuns(Model):
    """A page of complete runs, the response with `detail`."""

    limit: Omittable[int] = None
    """Maximum number of runs on this page."""

    order_by_direction: Annotated[Omittable[SortDirection], Field(alias="orderByDirection")] = None

    order_by: Annotated[Omittable[RunOrder], Field(alias="orderBy")] = None

    data: list[DetailedRun]
    """The runs of this page."""

    next: Omittable[NextCursor] = None


class RunSummary(Model):
    """Summary of a run."""

    id: Omittable[RunId] = None

    re_run_id: Annotated[int | str | None, Field(alias="reRunID")] = None
    """For a run that repeats another one, the number of that other run."""

    run_start_time: Annotated[DateTime | None, Field(alias="runStartTime")] = None
    """When the run began."""

    run_end_time: Annotated[DateTime | None, Field(alias="runEndTime")] = None
    """When the run ended; missing while it is under way."""

    run_type: Annotated[Omittable[RunType], Field(alias="runType")] = None

    run_status: Annotated[Omittable[RunStatus], Field(alias="runStatus")] = None

    environment_id: Annotated[Omittable[str], Field(alias="environmentID")] = None
    """The environment that the run worked on."""

    run_failure_reason: Annotated[str | None, Field(alias="runFailureReason")] = None
    """Why the run failed, if it did."""


class DetailedDeployRun(Model):
    """A complete deploy."""

    id: Omittable[RunId] = None

    re_run_id: Annotated[int | str | None, Field(alias="reRunID")] = None
    """For a run that repeats another one, the number of that other run."""

    run_details: Annotated[DeployRunDetails, Field(alias="runDetails")]

    run_end_time: Annotated[DateTime | None, Field(alias="runEndTime")] = None
    """When the run ended; missing while it is under way."""

    run_history: Annotated[Omittable[list[RunId]], Field(alias="runHistory")] = None
    """The runs that came before this one in a chain of repetitions."""

    run_start_time: Annotated[DateTime | None, Field(alias="runStartTime")] = None
    """When the run began."""

    run_status: Annotated[Omittable[RunStatus], Field(alias="runStatus")] = None

    run_time_parameters: Annotated[RunTimeParameters, Field(alias="runTimeParameters")]

    run_type: Annotated[Literal["deploy"], Field(alias="runType")] = FixedValue("deploy")
    """Type of the run."""

    user_credentials: Annotated[Omittable[UserCredentials], Field(alias="userCredentials", repr=False)] = None

    user_id: Annotated[Omittable[str], Field(alias="userID")] = None
    """The user who started the run."""

    version: Omittable[RunVersion] = None


class DetailedRefreshRun(Model):
    """A complete refresh."""

    id: Omittable[RunId] = None

    re_run_id: Annotated[int | str | None, Field(alias="reRunID")] = None
    """For a run that repeats another one, the number of that other run."""

    run_details: Annotated[RefreshRunDetails, Field(alias="runDetails")]

    run_end_time: Annotated[DateTime | None, Field(alias="runEndTime")] = None
    """When the run ended; missing while it is under way."""

    run_history: Annotated[Omittable[list[RunId]], Field(alias="runHistory")] = None
    """The runs that came before this one in a chain of repetitions."""

    run_start_time: Annotated[DateTime | None, Field(alias="runStartTime")] = None
    """When the run began."""

    run_status: Annotated[Omittable[RunStatus], Field(alias="runStatus")] = None

    run_time_parameters: Annotated[RunTimeParameters, Field(alias="runTimeParameters")]

    run_type: Annotated[Literal["refresh"], Field(alias="runType")] = FixedValue("refresh")
    """Type of the run."""

    user_credentials: Annotated[Omittable[UserCredentials], Field(alias="userCredentials", repr=False)] = None

    user_id: Annotated[Omittable[str], Field(alias="userID")] = None
    """The user who started the run."""

    version: Omittable[RunVersion] = None


class DeployRunDetails(Model):
    """Parameters of a deploy."""

    canceled: Omittable[bool] = None
    """Whether the run was stopped by a user."""

    deploy_commit: Annotated[Omittable[str], Field(alias="deployCommit")] = None
    """The commit that was deployed, by its whole hash."""

    deploy_commit_message: Annotated[Omittable[str], Field(alias="deployCommitMessage")] = None
    """The message of that commit."""

    environment_id: Annotated[Omittable[str], Field(alias="environmentID")] = None
    """The environment deployed to."""

    parallelism: Omittable[int] = None
    """How many nodes Snowflake's warehouse worked on at the same time."""

    nodes_in_run: Annotated[Omittable[int], Field(alias="nodesInRun")] = None
    """How many nodes were deployed."""


class UserCredentials(Model):
    """The Snowflake account and user that the run worked as."""

    secret_members: ClassVar[bool] = True

    snowflake_account: Annotated[Omittable[str], Field(alias="snowflakeAccount")] = None
    """The Snowflake account."""

    snowflake_auth_type: Annotated[Omittable[SnowflakeAuthType], Field(alias="snowflakeAuthType")] = None

    snowflake_username: Annotated[Omittable[str], Field(alias="snowflakeUsername")] = None
    """The Snowflake user."""

    snowflake_role: Annotated[Omittable[str], Field(alias="snowflakeRole")] = None
    """The Snowflake role."""

    snowflake_warehouse: Annotated[Omittable[str], Field(alias="snowflakeWarehouse")] = None
    """The Snowflake warehouse."""


class RefreshRunDetails(Model):
    """Parameters of a refresh."""

    canceled: Omittable[bool] = None
    """Whether the run was stopped by a user."""

    environment_id: Annotated[Omittable[str], Field(alias="environmentID")] = None
    """The environment refreshed."""

    exclude_nodes_selector: Annotated[str | None, Field(alias="excludeNodesSelector")] = None
    """Selects the nodes to leave out."""

    include_nodes_selector: Annotated[str | None, Field(alias="includeNodesSelector")] = None
    """Selects the nodes to take in."""

    job_id: Annotated[str | None, Field(alias="jobID")] = None
    """The job that was run, if the refresh ran one."""

    parallelism: Omittable[int] = None
    """How many nodes Snowflake's warehouse worked on at the same time."""

    job_name: Annotated[str | None, Field(alias="jobName")] = None
    """The name of that job."""

    nodes_in_run: Annotated[Omittable[int], Field(alias="nodesInRun")] = None
    """How many nodes were refreshed. (The page speaks of deployed ones here too.)"""


class UnknownRunsResponse(UnknownVariant):
    """An object of a variant that the document does not list."""

    limit: Omittable[int] = None
    """Maximum number of runs on this page."""

    order_by_direction: Annotated[Omittable[SortDirection], Field(alias="orderByDirection")] = None

    order_by: Annotated[Omittable[RunOrder], Field(alias="orderBy")] = None

    data: Any
    """The runs of this page."""

    next: Omittable[NextCursor] = None


class UnknownDetailedRun(UnknownVariant):
    """An object of a variant that the document does not list."""

    id: Omittable[RunId] = None

    re_run_id: Annotated[int | str | None, Field(alias="reRunID")] = None
    """For a run that repeats another one, the number of that other run."""

    run_details: Annotated[Any, Field(alias="runDetails")]

    run_end_time: Annotated[DateTime | None, Field(alias="runEndTime")] = None
    """When the run ended; missing while it is under way."""

    run_history: Annotated[Omittable[list[RunId]], Field(alias="runHistory")] = None
    """The runs that came before this one in a chain of repetitions."""

    run_start_time: Annotated[DateTime | None, Field(alias="runStartTime")] = None
    """When the run began."""

    run_status: Annotated[Omittable[RunStatus], Field(alias="runStatus")] = None

    run_time_parameters: Annotated[RunTimeParameters, Field(alias="runTimeParameters")]

    run_type: Annotated[str, Field(alias="runType")]
    """Type of the run."""

    user_credentials: Annotated[Omittable[UserCredentials], Field(alias="userCredentials", repr=False)] = None

    user_id: Annotated[Omittable[str], Field(alias="userID")] = None
    """The user who started the run."""

    version: Omittable[RunVersion] = None


RunsResponse = TypeAliasType("RunsResponse", RunSummaries | DetailedRuns | Unlisted[UnknownRunsResponse])
"""A page of runs. `detail` in the request determines which of the two schemas applies."""


NextCursor = TypeAliasType("NextCursor", str | int | None)
"""Cursor of the next page, if the service returns one."""


DetailedRun = TypeAliasType(
    "DetailedRun",
    Annotated[
        DetailedDeployRun | DetailedRefreshRun | Unlisted[UnknownDetailedRun],
        Tagged("runType", {"deploy": 0, "refresh": 1}),
    ],
)
"""A complete run. `runType` determines which of the two schemas applies."""


RunTimeParameters = TypeAliasType("RunTimeParameters", dict[str, Any])
"""The environment's parameters as they were set. Values that were overridden for a deploy are not among them."""


RunVersion = TypeAliasType("RunVersion", int | str)
"""The version of the run's record."""

resolve_references(globals())
