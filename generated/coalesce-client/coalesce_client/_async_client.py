"""The asynchronous client of Coalesce API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from ._client import settings
from ._core._async_client import AsyncClient
from ._core._options import AsyncOptions

if TYPE_CHECKING:
    from ._core._auth import AsyncSecret
    from .async_resources.runs import AsyncRuns


class AsyncCoalesce(AsyncClient):
    """Client of Coalesce API.

    Deploys and refreshes that Coalesce carried out in Snowflake: which runs there were, how they ended, and what each
    node did. Read-only.

    Documentation: https://docs.coalesce.io/reference/getruns, https://docs.coalesce.io/reference/getrunresults
    """

    def __init__(
        self,
        token: AsyncSecret | None = None,
        *,
        region: str | None = None,
        base_url: str | None = None,
        **options: Unpack[AsyncOptions],
    ) -> None:
        """Create a client. Omitted arguments are read from the environment.

        Args:
            token: credential; environment variable COALESCE_TOKEN.
            region: Region and cloud of the account: `eu`, `us-east-1.aws`, `us-west-2.aws`, `europe-west1.gcp`,
                `australia-southeast1.gcp`, `eastus2.azure`. The list grows, hence no enumeration (default eu).
                Environment variable COALESCE_REGION.
            base_url: URL of another server; environment variable COALESCE_BASE_URL.
            options: timeout and deadline (seconds), max_retries, policy (`tolerant` or `strict`), on_violation,
                http_client, transport, middleware, clock, config: see `_core/_options.py`.
        """
        super().__init__(settings(token, region, base_url), options)

    @cached_property
    def runs(self) -> AsyncRuns:
        """Deploys and refreshes, and their results."""
        from .async_resources.runs import AsyncRuns

        return AsyncRuns(self)
