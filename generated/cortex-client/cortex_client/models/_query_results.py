"""Models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .._core._datetimes import DateTime
from .._core._enums import OpenStrEnum
from .._core._model import Model, Number, Omittable
from .._core._pydantic import resolve_references


class QueryStatus(OpenStrEnum):
    """Status of the job. All states except `IN_PROGRESS` are terminal."""

    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILURE = "FAILURE"
    TIMED_OUT = "TIMED_OUT"


class QueryResults(Model):
    """A query job and, once it is done, its results."""

    progress: Omittable[Number] = None
    """Progress of the job."""

    query_details: Annotated[QueryDetails, Field(alias="queryDetails")]

    result: Omittable[list[QueryResultEntity]] = None
    """The entities that the query found."""

    status: QueryStatus


class QueryDetails(Model):
    """The job itself."""

    initiated_at: Annotated[DateTime, Field(alias="initiatedAt")]
    """When the job began."""

    job_id: Annotated[str, Field(alias="jobId")]
    """The job's identifier, by which its status can be asked for. It cannot start the query anew: that is done in the
    app.
    """

    query: str
    """The CQL text."""


class QueryResultEntity(Model):
    """An entity that the query found."""

    description: Omittable[str] = None
    """Description of the entity."""

    name: str
    """The entity's name."""

    tag: str
    """The entity's unique tag."""

    type: str
    """The entity's type."""


resolve_references(globals())
