"""The asynchronous operations of `client.queries`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from .. import models
from .._core._options import UNSET
from .._core._polling import WaitOptions, wait_async
from .._operations import queries as _operations

if TYPE_CHECKING:
    import httpx2

    from .._core._async_client import AsyncClient
    from .._core._options import RequestOptions, Unset


class AsyncQueries:
    """CQL queries that run as jobs."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def get_results(
        self,
        job_id: str,
        *,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[RequestOptions],
    ) -> models.QueryResults:
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
        return await self._client.call(
            _operations.GET_RESULTS, {"job_id": job_id}, {**options, "timeout": timeout, "policy": policy}
        )

    async def wait(
        self,
        job_id: str,
        *,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[WaitOptions],
    ) -> models.QueryResults:
        """Call `get_results` until it returns a terminal state, and return that response.

        Terminal states: DONE (success); FAILURE, CANCELLED, TIMED_OUT (failure).

        Args:
            job_id: The job to ask for, as named when the query was started.
            timeout: seconds for each step of a call.
            policy: how a response that violates its schema is handled.
            options: `wait_timeout` (seconds for the whole wait, default 3600), `first_interval` and
                `longest_interval` (seconds between calls), `raise_on_failure`, and for each call
                `max_retries` and `extra_headers`.

        Returns:
            The response with the terminal state.

        Raises:
            FailedStateError: the state is a failure; `last` is the response.
            WaitTimeoutError: there was no terminal state in time; `last` is the last response.
        """
        return await wait_async(
            self._client,
            _operations.GET_RESULTS,
            _operations.GET_RESULTS_POLLING,
            {"job_id": job_id},
            {**options, "timeout": timeout, "policy": policy},
        )
