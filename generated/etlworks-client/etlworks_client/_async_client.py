"""The asynchronous client of Etlworks API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from ._client import settings
from ._core._async_client import AsyncClient
from ._core._options import AsyncOptions

if TYPE_CHECKING:
    from ._core._auth import AsyncSecret
    from .async_resources.flows import AsyncFlows


class AsyncEtlworks(AsyncClient):
    """Client of Etlworks API.

    Tells how the execution of a flow stands, while it runs and afterwards.

    Documentation: https://support.etlworks.com/hc/en-us/articles/360013715473-Get-flow-status-API
    """

    def __init__(
        self,
        token: AsyncSecret | None = None,
        *,
        host: str | None = None,
        base_url: str | None = None,
        **options: Unpack[AsyncOptions],
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
    def flows(self) -> AsyncFlows:
        """Flows and their executions."""
        from .async_resources.flows import AsyncFlows

        return AsyncFlows(self)
