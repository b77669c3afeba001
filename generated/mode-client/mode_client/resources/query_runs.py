"""The operations of `client.query_runs`."""

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


class QueryRuns:
    """The operations of `client.query_runs`."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def list(self, account: str, report: str, run: str, **options: Unpack[CallOptions]) -> models.QueryRunCollection:
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
        return self._client.call(_LIST, {"account": account, "report": report, "run": run}, options)

    def get(
        self, account: str, report: str, run: str, query_run: str, **options: Unpack[CallOptions]
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
            _GET, {"account": account, "report": report, "run": run, "query_run": query_run}, options
        )

    def wait(
        self, account: str, report: str, run: str, query_run: str, **options: Unpack[WaitOptions]
    ) -> models.QueryRun:
        """Wait until `get` tells a final state, and give its answer.

        Final are succeeded, completed, and of failure failed, cancelled; any other state is waited out.

        Args:
            options: `wait_timeout` (seconds in all, default 3600), `first_interval` and `longest_interval`
                (seconds), `raise_on_failure`, and for each call `timeout` (seconds), `max_retries`, `policy` and
                `extra_headers`.

        Raises:
            FailedStateError: it ended in a state of failure; `last` is the answer.
            WaitTimeoutError: it did not end in time; `last` is the last answer.
        """
        return wait(
            self._client,
            _GET,
            _GET_POLLING,
            {"account": account, "report": report, "run": run, "query_run": query_run},
            options,
        )


def _errors() -> Mapping[int, type[StatusError]]:
    from .. import errors

    return errors.BY_STATUS


_LIST: Operation[models.QueryRunCollection] = Operation(
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
    accept="application/hal+json, application/json, text/html",
    errors=_errors,
)
_GET: Operation[models.QueryRun] = Operation(
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
    accept="application/hal+json, application/json, text/html",
    errors=_errors,
)
_GET_POLLING = Polling(status=("state",), success=("succeeded", "completed"), failure=("failed", "cancelled"))
