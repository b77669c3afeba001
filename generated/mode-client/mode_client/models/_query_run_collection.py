"""Models."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypeAliasType

from .._core._datetimes import DateTime
from .._core._enums import OpenStrEnum
from .._core._model import Model, Omittable
from .._core._pydantic import resolve_references


class QueryRunState(OpenStrEnum):
    """How the query run stands. Other words may come."""

    PENDING = "pending"
    ENQUEUED = "enqueued"
    RUNNING = "running"
    RUNNING_NOTEBOOK = "running_notebook"
    SUCCEEDED = "succeeded"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class QueryRunCollection(Model):
    """The query runs of one report run."""

    links: Annotated[CollectionLinks, Field(alias="_links")]

    embedded: Annotated[EmbeddedQueryRuns, Field(alias="_embedded")]


class CollectionLinks(Model):
    """Links of a collection."""

    self_: Annotated[Link, Field(alias="self")]
    """This collection."""


class EmbeddedQueryRuns(Model):
    """What a collection holds."""

    query_runs: list[QueryRun]
    """The query runs."""


class Link(Model):
    """A link to another resource."""

    href: str
    """The target, relative to the server's origin."""

    templated: Omittable[bool] = None
    """Whether the target is a URI template."""


class QueryRun(Model):
    """One run of one SQL query."""

    id: NumericId
    """The query run's number."""

    token: str
    """The query run's token, which addresses it."""

    raw_source: str | None = None
    """The statement as it was written."""

    statement_annotation: str | None = None
    """A remark on the statement."""

    state: QueryRunState

    created_at: DateTime
    """When the query run was asked for."""

    completed_at: DateTime | None
    """When the query run came to its end; null while it is under way."""

    data_source_id: NumericId
    """The number of the database connection."""

    data_source_token: Omittable[str] = None
    """The token of the database connection."""

    limit: bool | str
    """Whether the number of rows was limited."""

    query_token: str
    """The token of the query."""

    query_name: Omittable[str] = None
    """The name of the query."""

    query_created_at: Omittable[DateTime] = None
    """When the query was written."""

    dbt_metric_id: int | str | None = None
    """The number of the dbt metric, for a query that came from one."""

    dbt_metric_token: str | None = None
    """The token of the dbt metric, for a query that came from one."""

    parameters: dict[str, Any] | str
    """The values of the report's parameters in this run, by name."""

    rendered_source: str | None = None
    """The statement as it was run, with parameters filled in."""

    max_result_bytes: Omittable[int | str] = None
    """How large a result may grow.

    Unit: bytes.
    """

    help_url: str | None = None
    """Where to read more about the error."""

    error_code: str | None = None
    """The code of the error, for a query run that failed."""

    error_type: str | None = None
    """The kind of the error, for a query run that failed."""

    error_message: str | None = None
    """What went wrong, for a query run that failed."""

    links: Annotated[QueryRunLinks, Field(alias="_links")]

    embedded: Annotated[Omittable[dict[str, Any]], Field(alias="_embedded")] = None
    """Related resources that were sent along."""


class QueryRunLinks(Model):
    """Links from a query run to what belongs to it."""

    executed_by: Omittable[Link] = None
    """Who ran it."""

    query: Omittable[Link] = None
    """The query."""

    query_web: Omittable[Link] = None
    """The query, for people."""

    report_run: Omittable[Link] = None
    """The report run that it belongs to."""

    report_run_web: Omittable[Link] = None
    """The report run, for people."""

    result: Omittable[Link] = None
    """The result."""

    result_web: Omittable[Link] = None
    """The result, for people."""

    self_: Annotated[Link, Field(alias="self")]
    """This query run."""

    view: Omittable[Link] = None
    """A view of it. (Listed on the page, missing from its example.)"""


NumericId = TypeAliasType("NumericId", int | str)
"""A number that identifies something."""

resolve_references(globals())
