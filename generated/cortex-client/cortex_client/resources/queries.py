"""The operations of `client.queries`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from .. import models
from .._core._operation import Media, Operation, PathParam
from .._core._polling import Polling, WaitOptions, wait

if TYPE_CHECKING:
    from .._core._client import SyncClient
    from .._core._errors import StatusError
    from .._core._options import CallOptions


class Queries:
    """The operations of `client.queries`."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def get_results(self, job_id: str, **options: Unpack[CallOptions]) -> models.QueryResults:
        """Retrieve query results.

        Gives the status of a query job and, once it is done, the entities that the query found.

        `DONE`, `FAILURE`, `CANCELLED` and `TIMED_OUT` are final. A job cannot be run again through this
        interface.

        Args:
            job_id: The job to ask for, as named when the query was started.

        Returns:
            The job was found.

        Raises:
            UnauthorizedError: 401: The API key is missing or wrong.
            ForbiddenError: 403: The API key may not use the query builder.
            NotFoundError: 404: The job does not exist.
            TooManyRequestsError: 429: The rate limit is used up; wait and try again.

        Source: GET /api/v1/queries/{jobId}, https://docs.cortex.io/api/rest/queries/retrieve-query-results
        """
        return self._client.call(_GET_RESULTS, {"job_id": job_id}, options)

    def wait(self, job_id: str, **options: Unpack[WaitOptions]) -> models.QueryResults:
        """Wait until `get_results` tells a final state, and give its answer.

        Final are DONE, and of failure FAILURE, CANCELLED, TIMED_OUT; any other state is waited out.

        Args:
            options: `wait_timeout` (seconds in all, default 3600), `first_interval` and `longest_interval`
                (seconds), `raise_on_failure`, and for each call `timeout` (seconds), `max_retries`, `policy` and
                `extra_headers`.

        Raises:
            FailedStateError: it ended in a state of failure; `last` is the answer.
            WaitTimeoutError: it did not end in time; `last` is the last answer.
        """
        return wait(self._client, _GET_RESULTS, _GET_RESULTS_POLLING, {"job_id": job_id}, options)


def _errors() -> Mapping[int, type[StatusError]]:
    from .. import errors

    return errors.BY_STATUS


_GET_RESULTS: Operation[models.QueryResults] = Operation(
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
    errors=_errors,
)
_GET_RESULTS_POLLING = Polling(status=("status",), success=("DONE",), failure=("FAILURE", "CANCELLED", "TIMED_OUT"))
