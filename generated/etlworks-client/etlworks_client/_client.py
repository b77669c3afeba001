"""The client of Etlworks API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from ._core import _auth
from ._core._client import SyncClient
from ._core._options import Settings, SyncOptions

if TYPE_CHECKING:
    from ._core._auth import AsyncSecret, Secret
    from .resources.flows import Flows

__version__ = "1"
"""Version of this package."""
__spec_version__ = "v1"
"""Version of the document that this package was generated from."""


class Etlworks(SyncClient):
    """Client of Etlworks API.

    Tells how the execution of a flow stands, while it runs and afterwards.

    Documentation: https://support.etlworks.com/hc/en-us/articles/360013715473-Get-flow-status-API
    """

    def __init__(
        self,
        token: Secret | None = None,
        *,
        host: str | None = None,
        base_url: str | None = None,
        **options: Unpack[SyncOptions],
    ) -> None:
        """Create a client. Omitted arguments are read from the environment.

        Args:
            token: credential; environment variable ETLWORKS_TOKEN.
            host: Host name of the instance (default app.etlworks.com). Environment variable ETLWORKS_HOST.
            base_url: URL of another server; environment variable ETLWORKS_BASE_URL.
            options: timeout and deadline (seconds), max_retries, policy (`tolerant` or `strict`), on_violation,
                http_client, transport, middleware, clock, config: see `_core/_options.py`.
        """
        super().__init__(settings(token, host, base_url), options)

    @cached_property
    def flows(self) -> Flows:
        """Flows and their executions."""
        from .resources.flows import Flows

        return Flows(self)


def settings(
    token: AsyncSecret | None,
    host: str | None,
    base_url: str | None,
) -> Settings:
    """The settings of a client, from its arguments and the environment."""
    host = _auth.setting(host, "ETLWORKS_HOST")
    url_given = _auth.setting(base_url, "ETLWORKS_BASE_URL")
    url = url_given
    if not url:
        if host is not None:
            url = "https://" + (host or "app.etlworks.com")
        else:
            url = "https://app.etlworks.com"
    token = _auth.given("token", token, "ETLWORKS_TOKEN")
    return Settings(
        base_url=url.rstrip("/"),
        own_servers=not url_given,
        package="etlworks_client",
        user_agent=f"etlworks-client/{__version__}",
        schemes={
            "bearerAuth": _auth.bearer(token),
        },
        hints={
            "bearerAuth": "token= (environment variable ETLWORKS_TOKEN)",
        },
    )
