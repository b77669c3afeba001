"""The client of Cortex API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from ._core import _auth
from ._core._client import SyncClient
from ._core._options import Settings, SyncOptions

if TYPE_CHECKING:
    from ._core._auth import AsyncSecret, Secret
    from .resources.queries import Queries

__version__ = "1"
"""Version of this package."""
__spec_version__ = "v1"
"""Version of the document that this package was generated from."""


class Cortex(SyncClient):
    """Client of Cortex API.

    A CQL query runs as a job. Ask for the job until its status is final; the results come with it. A workspace may
    make about 1000 requests a minute.

    Documentation: https://docs.cortex.io/api/rest/queries/retrieve-query-results
    """

    def __init__(
        self,
        token: Secret | None = None,
        *,
        base_url: str | None = None,
        **options: Unpack[SyncOptions],
    ) -> None:
        """Create a client. Omitted arguments are read from the environment.

        Args:
            token: credential; environment variable CORTEX_TOKEN.
            base_url: URL of another server; environment variable CORTEX_BASE_URL.
            options: timeout and deadline (seconds), max_retries, policy (`tolerant` or `strict`), on_violation,
                http_client, transport, middleware, clock, config: see `_core/_options.py`.
        """
        super().__init__(settings(token, base_url), options)

    @cached_property
    def queries(self) -> Queries:
        """CQL queries that run as jobs."""
        from .resources.queries import Queries

        return Queries(self)


def settings(
    token: AsyncSecret | None,
    base_url: str | None,
) -> Settings:
    """The settings of a client, from its arguments and the environment."""
    url_given = _auth.setting(base_url, "CORTEX_BASE_URL")
    url = url_given
    if not url:
        url = "https://api.getcortexapp.com"
    token = _auth.given("token", token, "CORTEX_TOKEN")
    return Settings(
        base_url=url.rstrip("/"),
        own_servers=not url_given,
        package="cortex_client",
        user_agent=f"cortex-client/{__version__}",
        schemes={
            "bearerAuth": _auth.bearer(token),
        },
        hints={
            "bearerAuth": "token= (environment variable CORTEX_TOKEN)",
        },
    )
