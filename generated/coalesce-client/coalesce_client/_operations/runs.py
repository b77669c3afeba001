"""The operations of `client.runs` as data."""

from __future__ import annotations

from .. import models
from .._core._listing import ItemLookup, Listing
from .._core._operation import Media, Operation, Param, PathParam
from .._core._pages import Pagination
from .._core._polling import Polling
from ._errors import documented_errors

LIST: Operation[models.RunSummaries | models.DetailedRuns] = Operation(
    method="GET",
    path="/api/v1/runs",
    params={
        "limit": Param("limit"),
        "starting_from": Param("startingFrom"),
        "order_by": Param("orderBy"),
        "order_by_direction": Param("orderByDirection"),
        "run_type": Param("runType"),
        "run_status": Param("runStatus"),
        "environment_id": Param("environmentID"),
        "detail": Param("detail"),
    },
    answers={
        "200": (Media("application/json", "json", lambda: models.RunsResponse),),
        "400": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "401": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "403": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "429": (),
        "500": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "502": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "503": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "504": (Media("application/json", "json", lambda: models.ErrorResponse),),
    },
    security=(("bearerAuth",),),
    accept="application/json",
    chosen_by=(
        "detail",
        False,
        {
            False: (Media("application/json", "json", lambda: models.RunSummaries),),
            True: (Media("application/json", "json", lambda: models.DetailedRuns),),
        },
    ),
    errors=documented_errors,
)
LIST_PAGINATION = Pagination(
    kind="cursor",
    items=("data",),
    next=("next",),
    identity=("id",),
    parameter="starting_from",
    size="limit",
    member_from="order_by",
)
LIST_RESULTS: Operation[models.RunResultsResponse] = Operation(
    method="GET",
    path="/api/v1/runs/{runID}/results",
    params={"run_id": PathParam("runID")},
    answers={
        "200": (Media("application/json", "json", lambda: models.RunResultsResponse),),
        "400": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "401": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "403": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "404": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "429": (),
        "500": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "502": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "503": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "504": (Media("application/json", "json", lambda: models.ErrorResponse),),
    },
    security=(("bearerAuth",),),
    accept="application/json",
    errors=documented_errors,
)
LIST_RESULTS_POLLING = Polling(
    status=("runStatus",),
    success=("completed",),
    failure=("failed", "canceled"),
    message=("runFailureReason",),
    source=Listing(
        lambda: (LIST, LIST_PAGINATION),
        ItemLookup(
            parameter="starting_from", offset=1, order={"order_by": "id", "order_by_direction": "desc", "limit": 1}
        ),
    ),
)
