"""OAuth 2.0 client credentials: a token that the client gets and renews by itself."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urljoin

from ._auth import AsyncSecret, Scheme, Source, Token, bearer
from ._errors import TokenError

if TYPE_CHECKING:
    import httpx2


class ClientCredentials(Source):
    """A token by client credentials (RFC 6749, section 4.4)."""

    __slots__ = ("_basic", "_form", "_url")

    def __init__(self, token_url: str, client_id: str, client_secret: str, scopes: Sequence[str] = ()) -> None:
        super().__init__(None)
        self._url = token_url
        pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
        self._basic = f"Basic {b64encode(pair.encode()).decode()}"
        self._form = "grant_type=client_credentials" + (f"&scope={quote_plus(' '.join(scopes))}" if scopes else "")

    def ask(self) -> Generator[Any, Any, str | Token]:
        """Yields the request to the token endpoint."""
        import httpx2

        headers = {
            "Authorization": self._basic,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        response: httpx2.Response = yield httpx2.Request(
            "POST", self._url, headers=headers, content=self._form.encode()
        )
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):
            body = None
        told: dict[str, Any] = body if isinstance(body, dict) else {}
        value, lifetime = told.get("access_token"), told.get("expires_in")
        if response.status_code != 200 or not isinstance(value, str) or not value:
            # The error codes of RFC 6749, section 5.2, are no secret; anything else might be one.
            code = told.get("error")
            known = f" ({code})" if code in _OAUTH_ERRORS else ""
            raise TokenError(f"the token endpoint answered {response.status_code}{known}, and gave no token")
        return Token(value, float(lifetime) if isinstance(lifetime, (int, float)) else None)


_OAUTH_ERRORS = (
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
    "invalid_scope",
)  # fmt: skip


def oauth2(
    token: AsyncSecret | None,
    client_id: str | None,
    client_secret: str | None,
    base_url: str,
    token_url: str,
    scopes: Sequence[str] = (),
) -> Scheme | None:
    """A token that was given, or one that the client gets by itself. `token_url` may be relative to `base_url`."""
    if token:
        return bearer(token)
    if not client_id or not client_secret:
        return None
    source = ClientCredentials(urljoin(base_url.rstrip("/") + "/", token_url), client_id, client_secret, scopes)
    return Scheme("header", "Authorization", source, "Bearer ")
