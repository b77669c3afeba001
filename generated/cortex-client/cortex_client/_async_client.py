"""The asynchronous client of Cortex API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from ._client import settings
from ._core._async_client import AsyncClient
from ._core._options import AsyncOptions

if TYPE_CHECKING:
    from ._core._auth import AsyncSecret
    from .async_resources.queries import AsyncQueries


class AsyncCortex(AsyncClient):
    """Client of Cortex API.

    A CQL query runs as a job. Ask for the job until its status is final; the results come with it. A workspace may
    make about 1000 requests a minute.

    Documentation: https://docs.cortex.io/api/rest/queries/retrieve-query-results
    """

    def __init__(
        self,
        token: AsyncSecret | None = None,
        *,
        base_url: str | None = None,
        **options: Unpack[AsyncOptions],
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
    def queries(self) -> AsyncQueries:
        """CQL queries that run as jobs."""
        from .async_resources.queries import AsyncQueries

        return AsyncQueries(self)
