"""Models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .._core._datetimes import DateTime
from .._core._enums import OpenStrEnum
from .._core._model import Model, Omittable
from .._core._pydantic import resolve_references
from ._error_message import ErrorMessage


class RunOrigin(OpenStrEnum):
    """Where the run was started."""

    API = "API"
    CLI = "CLI"
    UI = "UI"
    FIVETRAN_API = "fivetranAPI"


class RunResultsResponse(Model):
    """Results of the nodes of a run."""

    data: list[NodeResult]
    """The nodes of the run."""


class NodeResult(Model):
    """Result of a node in a run."""

    is_running: Annotated[Omittable[bool], Field(alias="isRunning")] = None
    """Whether work is still under way."""

    name: Omittable[str] = None
    """The node's name."""

    node_id: Annotated[Omittable[str], Field(alias="nodeID")] = None
    """The node's identifier."""

    run_state: Annotated[Omittable[str], Field(alias="runState")] = None
    """The state of the node in this run."""

    origin: Omittable[RunOrigin] = None

    query_results: Annotated[list[QueryResult], Field(alias="queryResults")]
    """The queries that the node ran, one for each stage; `name` says which stage."""

    render_query_result: Annotated[Omittable[QueryResult], Field(alias="renderQueryResult")] = None
    """The query that rendered the node."""


class QueryResult(Model):
    """The outcome of one query."""

    end_time: Annotated[DateTime | None, Field(alias="endTime")] = None
    """When the query ended."""

    error: ErrorMessage | None = None
    """What went wrong, if the query failed."""

    is_running: Annotated[Omittable[bool], Field(alias="isRunning")] = None
    """Whether the query is still under way."""

    name: Omittable[str] = None
    """The stage that the query belongs to, such as Delete Table or Rename Table."""

    query_id: Annotated[Omittable[str], Field(alias="queryID")] = None
    """The query's identifier."""

    rows_deleted: Annotated[Omittable[int], Field(alias="rowsDeleted")] = None
    """Rows deleted by the query.

    Unit: rows.
    """

    rows_inserted: Annotated[Omittable[int], Field(alias="rowsInserted")] = None
    """Rows inserted by the query.

    Unit: rows.
    """

    rows_updated: Annotated[Omittable[int], Field(alias="rowsUpdated")] = None
    """Rows updated by the query.

    Unit: rows.
    """

    sql: Omittable[str] = None
    """The statement that was run."""

    start_time: Annotated[DateTime | None, Field(alias="startTime")] = None
    """When the query began."""

    status: Omittable[str] = None
    """Status of the query."""

    success: Omittable[bool] = None
    """Whether the query succeeded."""

    warehouse: Omittable[str] = None
    """The warehouse that ran it."""


resolve_references(globals())
