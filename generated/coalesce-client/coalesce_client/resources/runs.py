"""The operations of `client.runs`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, Unpack, overload

from .. import models
from .._core._options import UNSET
from .._core._pagination import PaginationOptions, Paginator
from .._core._polling import WaitOptions, wait
from .._operations import runs as _operations

if TYPE_CHECKING:
    import httpx2

    from .._core._client import SyncClient
    from .._core._options import RequestOptions, Unset


class Runs:
    """Deploys and refreshes, and their results."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    @overload
    def list(
        self,
        *,
        limit: int | None = None,
        starting_from: int | str | datetime | None = None,
        order_by: models.RunOrder | Literal["id", "runStartTime", "runEndTime"] | None = None,
        order_by_direction: models.SortDirection | Literal["asc", "desc"] | None = None,
        run_type: models.RunType | Literal["deploy", "refresh"] | None = None,
        run_status: models.RunStatus
        | Literal["canceled", "completed", "failed", "initializing", "rendering", "running", "waitingToRun"]
        | None = None,
        environment_id: str | None = None,
        detail: Literal[False] | None = None,
        max_items: int | None = None,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[PaginationOptions],
    ) -> Paginator[models.RunSummary, models.RunSummaries]: ...

    @overload
    def list(
        self,
        *,
        detail: Literal[True],
        limit: int | None = None,
        starting_from: int | str | datetime | None = None,
        order_by: models.RunOrder | Literal["id", "runStartTime", "runEndTime"] | None = None,
        order_by_direction: models.SortDirection | Literal["asc", "desc"] | None = None,
        run_type: models.RunType | Literal["deploy", "refresh"] | None = None,
        run_status: models.RunStatus
        | Literal["canceled", "completed", "failed", "initializing", "rendering", "running", "waitingToRun"]
        | None = None,
        environment_id: str | None = None,
        max_items: int | None = None,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[PaginationOptions],
    ) -> Paginator[models.DetailedRun, models.DetailedRuns]: ...

    @overload
    def list(
        self,
        *,
        limit: int | None = None,
        starting_from: int | str | datetime | None = None,
        order_by: models.RunOrder | Literal["id", "runStartTime", "runEndTime"] | None = None,
        order_by_direction: models.SortDirection | Literal["asc", "desc"] | None = None,
        run_type: models.RunType | Literal["deploy", "refresh"] | None = None,
        run_status: models.RunStatus
        | Literal["canceled", "completed", "failed", "initializing", "rendering", "running", "waitingToRun"]
        | None = None,
        environment_id: str | None = None,
        detail: bool | None = None,
        max_items: int | None = None,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[PaginationOptions],
    ) -> Paginator[models.RunSummary | models.DetailedRun, models.RunSummaries | models.DetailedRuns]: ...

    def list(
        self,
        *,
        limit: int | None = None,
        starting_from: int | str | datetime | None = None,
        order_by: models.RunOrder | Literal["id", "runStartTime", "runEndTime"] | None = None,
        order_by_direction: models.SortDirection | Literal["asc", "desc"] | None = None,
        run_type: models.RunType | Literal["deploy", "refresh"] | None = None,
        run_status: models.RunStatus
        | Literal["canceled", "completed", "failed", "initializing", "rendering", "running", "waitingToRun"]
        | None = None,
        environment_id: str | None = None,
        detail: bool | None = None,
        max_items: int | None = None,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[PaginationOptions],
    ) -> Paginator[models.RunSummary | models.DetailedRun, models.RunSummaries | models.DetailedRuns]:
        """List runs.

        Gives one page of runs, newest first unless told otherwise. The elements are short summaries; with
        `detail` they are whole runs, whose details depend on `runType`.

        Pagination goes by `startingFrom`: pass the last element's value of the field that `orderBy` names.
        Ordered by a time, runs that share that very time with the last element can be skipped, and a run
        under way has no end time yet; order by `id` to see each run once.

        Args:
            limit: Maximum number of runs on a page (<= 1000; default 25).
            starting_from: Where the page begins: a run's identifier, start or end time, whichever `orderBy` orders
                by. The run at that place is itself left out.
            order_by: The field that orders the runs (one of id, runStartTime, runEndTime).
            order_by_direction: Sort direction (one of asc, desc; default 'desc').
            run_type: Return only runs of this type (one of deploy, refresh).
            run_status: Return only runs with this status (one of canceled, completed, failed, initializing,
                rendering, running, waitingToRun).
            environment_id: Return only runs in this environment.
            detail: Return complete runs instead of summaries (default False).

        Returns:
            One page of runs, as summaries or in full.

        Raises:
            BadRequestError: 400: The request is invalid.
            UnauthorizedError: 401: The token is missing, invalid, or lacks permissions.
            ForbiddenError: 403: The owner of the token lacks the permission.
            TooManyRequestsError: 429: Too many requests in a short time; wait and try again.
            InternalServerError: 500: Internal error of the service.
            BadGatewayError: 502: An upstream system returned an error.
            ServiceUnavailableError: 503: The service is temporarily unavailable.
            GatewayTimeoutError: 504: An upstream system did not respond in time.

        Source: GET /api/v1/runs, https://docs.coalesce.io/reference/getruns
        """
        return Paginator(
            self._client,
            _operations.LIST,
            _operations.LIST_PAGINATION,
            {
                "limit": limit,
                "starting_from": starting_from,
                "order_by": order_by,
                "order_by_direction": order_by_direction,
                "run_type": run_type,
                "run_status": run_status,
                "environment_id": environment_id,
                "detail": detail,
            },
            {**options, "max_items": max_items, "timeout": timeout, "policy": policy},
        )

    def list_results(
        self,
        run_id: int | str,
        *,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[RequestOptions],
    ) -> models.RunResultsResponse:
        """List the results of a run.

        Gives what each node of a deploy or refresh did: its state and the outcome of every query. While the
        run is under way the answer grows, and `isRunning` tells which nodes and queries are not finished.

        Args:
            run_id: The run, by the number that counts runs (not by the UUID that addresses in the app hold) (>= 0;
                pattern ^[0-9]+$).

        Returns:
            The nodes of the run with their query results.

        Raises:
            BadRequestError: 400: The request is invalid.
            UnauthorizedError: 401: The token is missing, invalid, or lacks permissions.
            ForbiddenError: 403: The owner of the token lacks the permission.
            NotFoundError: 404: The run does not exist.
            TooManyRequestsError: 429: Too many requests in a short time; wait and try again.
            InternalServerError: 500: Internal error of the service.
            BadGatewayError: 502: An upstream system returned an error.
            ServiceUnavailableError: 503: The service is temporarily unavailable.
            GatewayTimeoutError: 504: An upstream system did not respond in time.

        Source: GET /api/v1/runs/{runID}/results, https://docs.coalesce.io/reference/getrunresults
        """
        return self._client.call(
            _operations.LIST_RESULTS, {"run_id": run_id}, {**options, "timeout": timeout, "policy": policy}
        )

    def wait(
        self,
        run_id: int | str,
        *,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[WaitOptions],
    ) -> models.RunResultsResponse:
        """Call `list_results` until it returns a terminal state, and return that response.

        Terminal states: completed (success); failed, canceled (failure).

        Args:
            run_id: The run, by the number that counts runs (not by the UUID that addresses in the app hold) (>= 0;
                pattern ^[0-9]+$).
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
        return wait(
            self._client,
            _operations.LIST_RESULTS,
            _operations.LIST_RESULTS_POLLING,
            {"run_id": run_id},
            {**options, "timeout": timeout, "policy": policy},
        )
