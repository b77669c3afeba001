"""The asynchronous operations of `client.queries`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .. import models
from .._core._polling import WaitOptions, wait_async
from ..resources.queries import _GET_RESULTS, _GET_RESULTS_POLLING

if TYPE_CHECKING:
    from .._core._async_client import AsyncClient
    from .._core._options import CallOptions


class AsyncQueries:
    """The operations of `client.queries`."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def get_results(self, job_id: str, **options: Unpack[CallOptions]) -> models.QueryResults:
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
        return await self._client.call(_GET_RESULTS, {"job_id": job_id}, options)

    async def wait(self, job_id: str, **options: Unpack[WaitOptions]) -> models.QueryResults:
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
        return await wait_async(self._client, _GET_RESULTS, _GET_RESULTS_POLLING, {"job_id": job_id}, options)
