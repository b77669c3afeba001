"""The operations of `client.queries` as data."""

from __future__ import annotations

from .. import models
from .._core._operation import Media, Operation, PathParam
from .._core._polling import Polling
from ._errors import documented_errors

GET_RESULTS: Operation[models.QueryResults] = Operation(
    method="GET",
    path="/api/v1/queries/{jobId}",
    params={"job_id": PathParam("jobId")},
    answers={
        "200": (Media("application/json", "json", lambda: models.QueryResults),),
        "401": (),
        "403": (),
        "404": (Media("application/json", "json", lambda: models.ErrorResponse),),
        "429": (Media("application/problem+json", "json", lambda: models.RateLimitProblem),),
    },
    security=(("bearerAuth",),),
    accept="application/json, application/problem+json",
    errors=documented_errors,
)
GET_RESULTS_POLLING = Polling(status=("status",), success=("DONE",), failure=("FAILURE", "CANCELLED", "TIMED_OUT"))
