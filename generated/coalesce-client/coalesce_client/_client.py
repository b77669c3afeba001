"""The client of Coalesce API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from ._core import _auth
from ._core._client import SyncClient
from ._core._options import Settings, SyncOptions

if TYPE_CHECKING:
    from ._core._auth import AsyncSecret, Secret
    from .resources.runs import Runs

__version__ = "1"
"""Version of this package."""
__spec_version__ = "1"
"""Version of the document that this package was generated from."""


class Coalesce(SyncClient):
    """Client of Coalesce API.

    Deploys and refreshes that Coalesce carried out in Snowflake: which runs there were, how they ended, and what each
    node did. Read-only.

    Documentation: https://docs.coalesce.io/reference/getruns, https://docs.coalesce.io/reference/getrunresults
    """

    def __init__(
        self,
        token: Secret | None = None,
        *,
        region: str | None = None,
        base_url: str | None = None,
        **options: Unpack[SyncOptions],
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
    def runs(self) -> Runs:
        """Deploys and refreshes, and their results."""
        from .resources.runs import Runs

        return Runs(self)


def settings(
    token: AsyncSecret | None,
    region: str | None,
    base_url: str | None,
) -> Settings:
    """The settings of a client, from its arguments and the environment."""
    region = _auth.setting(region, "COALESCE_REGION")
    url_given = _auth.setting(base_url, "COALESCE_BASE_URL")
    url = url_given
    if not url:
        if region is not None:
            url = "https://app." + (region or "eu") + ".coalescesoftware.io"
        else:
            url = "https://app.coalescesoftware.io"
    token = _auth.given("token", token, "COALESCE_TOKEN")
    return Settings(
        base_url=url.rstrip("/"),
        own_servers=not url_given,
        package="coalesce_client",
        user_agent=f"coalesce-client/{__version__}",
        schemes={
            "bearerAuth": _auth.bearer(token),
        },
        hints={
            "bearerAuth": "token= (environment variable COALESCE_TOKEN)",
        },
    )
