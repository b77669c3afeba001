"""The client of Coalesce API."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from ._core import _auth
from ._core._client import Settings, SyncClient

if TYPE_CHECKING:
    import httpx2

    from .resources.runs import Runs

__version__ = "1"


class Coalesce(SyncClient):
    """Client of Coalesce API.

    Deploys and refreshes that Coalesce carried out in Snowflake: which runs there were, how they ended, and what each
    node did. Read-only.

    Documentation: https://docs.coalesce.io/reference/getruns, https://docs.coalesce.io/reference/getrunresults
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        region: str | None = None,
        base_url: str | None = None,
        timeout: float | httpx2.Timeout = 60.0,
        max_retries: int = 2,
        http_client: httpx2.Client | None = None,
    ) -> None:
        """Make a client. Arguments that are left out are read from the environment.

        Args:
            token: credential; environment variable COALESCE_TOKEN.
            region: Region and cloud of the account: `eu`, `us-east-1.aws`, `us-west-2.aws`, `europe-west1.gcp`,
                `australia-southeast1.gcp`, `eastus2.azure`. The list grows, hence no enumeration (default eu).
                Environment variable COALESCE_REGION.
            base_url: where to send requests instead; environment variable COALESCE_BASE_URL.
            timeout: seconds to wait for a connection, for data to be sent, and for data to come.
            max_retries: how often an idempotent call is tried again at most.
            http_client: an `httpx2.Client` of your own, for proxies, certificates or tests; you close it, and its own
                timeout counts.
        """
        region = region or os.environ.get("COALESCE_REGION")
        url = base_url or os.environ.get("COALESCE_BASE_URL")
        if not url:
            if region is not None:
                url = "https://app." + (region or "eu") + ".coalescesoftware.io"
            else:
                url = "https://app.coalescesoftware.io"
        token = _auth.given(token, "COALESCE_TOKEN")
        super().__init__(
            Settings(
                base_url=url.rstrip("/"),
                user_agent=f"coalesce-client/{__version__}",
                credentials={
                    "bearerAuth": _auth.bearer(token),
                },
                credentials_hint="give token= (environment variable COALESCE_TOKEN)",
                timeout=timeout,
                max_retries=max_retries,
            ),
            http_client,
        )

    @cached_property
    def runs(self) -> Runs:
        """The operations of `client.runs`."""
        from .resources.runs import Runs

        return Runs(self)
