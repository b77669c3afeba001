"""The client of Mode API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from ._core import _auth
from ._core._links import LinkingClient as SyncClient
from ._core._options import Settings, SyncOptions

if TYPE_CHECKING:
    from .resources.query_runs import QueryRuns

__version__ = "1"
"""Version of this package."""
__spec_version__ = "1"
"""Version of the document that this package was generated from."""


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
        **options: Unpack[SyncOptions],
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
    def query_runs(self) -> QueryRuns:
        """The runs of single queries within a report run."""
        from .resources.query_runs import QueryRuns

        return QueryRuns(self)


def settings(
    username: str | None,
    password: str | None,
    base_url: str | None,
) -> Settings:
    """The settings of a client, from its arguments and the environment."""
    url_given = _auth.setting(base_url, "MODE_BASE_URL")
    url = url_given
    if not url:
        url = "https://app.mode.com/api"
    username = _auth.given("username", username, "MODE_USERNAME")
    password = _auth.given("password", password, "MODE_PASSWORD")
    return Settings(
        base_url=url.rstrip("/"),
        own_servers=not url_given,
        package="mode_client",
        user_agent=f"mode-client/{__version__}",
        schemes={
            "basicAuth": _auth.basic(username, password),
        },
        hints={
            "basicAuth": "username= (environment variable MODE_USERNAME) and password= (environment variable MODE_PASSWORD)",
        },
    )
