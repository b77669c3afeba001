"""The client of Etlworks API."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from ._core import _auth
from ._core._client import Settings, SyncClient

if TYPE_CHECKING:
    import httpx2

    from .resources.flows import Flows

__version__ = "1"


class Etlworks(SyncClient):
    """Client of Etlworks API.

    Tells how the execution of a flow stands, while it runs and afterwards.

    Documentation: https://support.etlworks.com/hc/en-us/articles/360013715473-Get-flow-status-API
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        host: str | None = None,
        base_url: str | None = None,
        timeout: float | httpx2.Timeout = 60.0,
        max_retries: int = 2,
        http_client: httpx2.Client | None = None,
    ) -> None:
        """Make a client. Arguments that are left out are read from the environment.

        Args:
            token: credential; environment variable ETLWORKS_TOKEN.
            host: Host name of the instance (default app.etlworks.com). Environment variable ETLWORKS_HOST.
            base_url: where to send requests instead; environment variable ETLWORKS_BASE_URL.
            timeout: seconds to wait for a connection, for data to be sent, and for data to come.
            max_retries: how often an idempotent call is tried again at most.
            http_client: an `httpx2.Client` of your own, for proxies, certificates or tests; you close it, and its own
                timeout counts.
        """
        host = host or os.environ.get("ETLWORKS_HOST")
        url = base_url or os.environ.get("ETLWORKS_BASE_URL")
        if not url:
            if host is not None:
                url = "https://" + (host or "app.etlworks.com")
            else:
                url = "https://app.etlworks.com"
        token = _auth.given(token, "ETLWORKS_TOKEN")
        super().__init__(
            Settings(
                base_url=url.rstrip("/"),
                user_agent=f"etlworks-client/{__version__}",
                credentials={
                    "bearerAuth": _auth.bearer(token),
                },
                credentials_hint="give token= (environment variable ETLWORKS_TOKEN)",
                timeout=timeout,
                max_retries=max_retries,
            ),
            http_client,
        )

    @cached_property
    def flows(self) -> Flows:
        """The operations of `client.flows`."""
        from .resources.flows import Flows

        return Flows(self)
