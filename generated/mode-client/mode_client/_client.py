"""The client of Mode API."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from ._core import _auth
from ._core._client import Settings, SyncClient

if TYPE_CHECKING:
    import httpx2

    from .resources.query_runs import QueryRuns

__version__ = "1"


class Mode(SyncClient):
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
        timeout: float | httpx2.Timeout = 60.0,
        max_retries: int = 2,
        http_client: httpx2.Client | None = None,
    ) -> None:
        """Make a client. Arguments that are left out are read from the environment.

        Args:
            username: credential; environment variable MODE_USERNAME.
            password: credential; environment variable MODE_PASSWORD.
            base_url: where to send requests instead; environment variable MODE_BASE_URL.
            timeout: seconds to wait for a connection, for data to be sent, and for data to come.
            max_retries: how often an idempotent call is tried again at most.
            http_client: an `httpx2.Client` of your own, for proxies, certificates or tests; you close it, and its own
                timeout counts.
        """
        url = base_url or os.environ.get("MODE_BASE_URL")
        if not url:
            url = "https://app.mode.com/api"
        username = _auth.given(username, "MODE_USERNAME")
        password = _auth.given(password, "MODE_PASSWORD")
        super().__init__(
            Settings(
                base_url=url.rstrip("/"),
                user_agent=f"mode-client/{__version__}",
                credentials={
                    "basicAuth": _auth.basic(username, password),
                },
                credentials_hint="give username= (environment variable MODE_USERNAME) or password= (environment variable MODE_PASSWORD)",
                timeout=timeout,
                max_retries=max_retries,
            ),
            http_client,
        )

    @cached_property
    def query_runs(self) -> QueryRuns:
        """The operations of `client.query_runs`."""
        from .resources.query_runs import QueryRuns

        return QueryRuns(self)
