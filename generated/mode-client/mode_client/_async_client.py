"""The asynchronous client of Mode API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from ._client import settings
from ._core._async_links import AsyncLinkingClient as AsyncClient
from ._core._options import AsyncOptions

if TYPE_CHECKING:
    from .async_resources.query_runs import AsyncQueryRuns


class AsyncMode(AsyncClient):
    """Client of Mode API.

    Each time a Mode report runs, it runs its queries. This interface tells how those query runs stand.
    Answers are HAL documents: links to related resources stand in `_links`. A link's target begins with
    `/api/` and is relative to the server's origin, not to its base path; links whose name ends in `_web`
    are pages for people.

    The page's samples send two headers: `Accept: application/hal+json`, and `Content-Type:
    application/json`, which means nothing for a request without a body.

    Documentation: https://mode.com/developer/api-reference/analytics/query-runs
    """

    def __init__(
        self,
        username: str | None = None,
        password: str | None = None,
        *,
        base_url: str | None = None,
        **options: Unpack[AsyncOptions],
    ) -> None:
        """Create a client. Omitted arguments are read from the environment.

        Args:
            username: credential; environment variable MODE_USERNAME.
            password: credential; environment variable MODE_PASSWORD.
            base_url: URL of another server; environment variable MODE_BASE_URL.
            options: timeout and deadline (seconds), max_retries, policy (`tolerant` or `strict`), on_violation,
                http_client, transport, middleware, clock, config: see `_core/_options.py`.
        """
        super().__init__(settings(username, password, base_url), options)

    @cached_property
    def query_runs(self) -> AsyncQueryRuns:
        """The runs of single queries within a report run."""
        from .async_resources.query_runs import AsyncQueryRuns

        return AsyncQueryRuns(self)
