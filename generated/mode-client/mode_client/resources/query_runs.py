"""The operations of `client.query_runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from .. import models
from .._core._options import UNSET
from .._core._polling import WaitOptions, wait
from .._operations import query_runs as _operations

if TYPE_CHECKING:
    import httpx2

    from .._core._client import SyncClient
    from .._core._options import RequestOptions, Unset


class QueryRuns:
    """The runs of single queries within a report run."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def list(
        self,
        account: str,
        report: str,
        run: str,
        *,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[RequestOptions],
    ) -> models.QueryRunCollection:
        """List query runs.

        Gives all query runs of one report run in one answer.

        Without a valid login the service can also answer 200 with a login page in HTML.

        Args:
            account: The user name of the workspace, or of a person.
            report: The token of the report.
            run: The token of the report run.

        Returns:
            The query runs of the report run.

        Raises:
            UnauthorizedError: 401: The token or its secret is missing or wrong.
            ForbiddenError: 403: The token's owner may not see this.
            NotFoundError: 404: There is no such report run (or query run) in this account.
            TooManyRequestsError: 429: Too many requests; a user has about 40 in 10 seconds.

        Source: GET /{account}/reports/{report}/runs/{run}/query_runs,
        https://mode.com/developer/api-reference/analytics/query-runs
        """
        return self._client.call(
            _operations.LIST,
            {"account": account, "report": report, "run": run},
            {**options, "timeout": timeout, "policy": policy},
        )

    def get(
        self,
        account: str,
        report: str,
        run: str,
        query_run: str,
        *,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[RequestOptions],
    ) -> models.QueryRun:
        """Get a query run.

        Gives one query run: its state, the statement that was run, and links to its result.

        Without a valid login the service can also answer 200 with a login page in HTML.

        Args:
            account: The user name of the workspace, or of a person.
            report: The token of the report.
            run: The token of the report run.
            query_run: The token of the query run.

        Returns:
            The query run.

        Raises:
            UnauthorizedError: 401: The token or its secret is missing or wrong.
            ForbiddenError: 403: The token's owner may not see this.
            NotFoundError: 404: There is no such report run (or query run) in this account.
            TooManyRequestsError: 429: Too many requests; a user has about 40 in 10 seconds.

        Source: GET /{account}/reports/{report}/runs/{run}/query_runs/{query_run},
        https://mode.com/developer/api-reference/analytics/query-runs
        """
        return self._client.call(
            _operations.GET,
            {"account": account, "report": report, "run": run, "query_run": query_run},
            {**options, "timeout": timeout, "policy": policy},
        )

    def wait(
        self,
        account: str,
        report: str,
        run: str,
        query_run: str,
        *,
        timeout: float | httpx2.Timeout | None | Unset = UNSET,
        policy: Literal["tolerant", "strict"] | Unset = UNSET,
        **options: Unpack[WaitOptions],
    ) -> models.QueryRun:
        """Call `get` until it returns a terminal state, and return that response.

        Terminal states: succeeded, completed (success); failed, cancelled (failure).

        Args:
            account: The user name of the workspace, or of a person.
            report: The token of the report.
            run: The token of the report run.
            query_run: The token of the query run.
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
            _operations.GET,
            _operations.GET_POLLING,
            {"account": account, "report": report, "run": run, "query_run": query_run},
            {**options, "timeout": timeout, "policy": policy},
        )
