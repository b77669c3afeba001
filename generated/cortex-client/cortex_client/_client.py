"""The client of Cortex API."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from ._core import _auth
from ._core._client import Settings, SyncClient

if TYPE_CHECKING:
    import httpx2

    from .resources.queries import Queries

__version__ = "1"


class Cortex(SyncClient):
    """Client of Cortex API.

    A CQL query runs as a job. Ask for the job until its status is final; the results come with it. A workspace may
    make about 1000 requests a minute.

    Documentation: https://docs.cortex.io/api/rest/queries/retrieve-query-results
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx2.Timeout = 60.0,
        max_retries: int = 2,
        http_client: httpx2.Client | None = None,
    ) -> None:
        """Make a client. Arguments that are left out are read from the environment.

        Args:
            token: credential; environment variable CORTEX_TOKEN.
            base_url: where to send requests instead; environment variable CORTEX_BASE_URL.
            timeout: seconds to wait for a connection, for data to be sent, and for data to come.
            max_retries: how often an idempotent call is tried again at most.
            http_client: an `httpx2.Client` of your own, for proxies, certificates or tests; you close it, and its own
                timeout counts.
        """
        url = base_url or os.environ.get("CORTEX_BASE_URL")
        if not url:
            url = "https://api.getcortexapp.com"
        token = _auth.given(token, "CORTEX_TOKEN")
        super().__init__(
            Settings(
                base_url=url.rstrip("/"),
                user_agent=f"cortex-client/{__version__}",
                credentials={
                    "bearerAuth": _auth.bearer(token),
                },
                credentials_hint="give token= (environment variable CORTEX_TOKEN)",
                timeout=timeout,
                max_retries=max_retries,
            ),
            http_client,
        )

    @cached_property
    def queries(self) -> Queries:
        """The operations of `client.queries`."""
        from .resources.queries import Queries

        return Queries(self)
