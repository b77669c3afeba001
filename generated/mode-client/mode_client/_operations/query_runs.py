"""The operations of `client.query_runs` as data."""

from __future__ import annotations

from .. import models
from .._core._operation import Media, Operation, PathParam
from .._core._polling import Polling
from ._errors import documented_errors

LIST: Operation[models.QueryRunCollection] = Operation(
    method="GET",
    path="/{account}/reports/{report}/runs/{run}/query_runs",
    params={"account": PathParam("account"), "report": PathParam("report"), "run": PathParam("run")},
    answers={
        "200": (Media("application/hal+json", "json", lambda: models.QueryRunCollection),),
        "401": (Media("application/json", "json", lambda: models.ErrorResponse), Media("text/html", "text")),
        "403": (),
        "404": (Media("application/json", "json", lambda: models.ErrorResponse), Media("text/html", "text")),
        "429": (),
    },
    security=(("basicAuth",),),
    accept="application/hal+json, application/json",
    errors=documented_errors,
)
GET: Operation[models.QueryRun] = Operation(
    method="GET",
    path="/{account}/reports/{report}/runs/{run}/query_runs/{query_run}",
    params={
        "account": PathParam("account"),
        "report": PathParam("report"),
        "run": PathParam("run"),
        "query_run": PathParam("query_run"),
    },
    answers={
        "200": (Media("application/hal+json", "json", lambda: models.QueryRun),),
        "401": (Media("application/json", "json", lambda: models.ErrorResponse), Media("text/html", "text")),
        "403": (),
        "404": (Media("application/json", "json", lambda: models.ErrorResponse), Media("text/html", "text")),
        "429": (),
    },
    security=(("basicAuth",),),
    accept="application/hal+json, application/json",
    errors=documented_errors,
)
GET_POLLING = Polling(status=("state",), success=("succeeded", "completed"), failure=("failed", "cancelled"))
