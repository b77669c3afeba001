"""OAuth 2.0 client credentials: the client requests and renews the token."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urljoin

from ._auth import Scheme, Sending, Source, Token
from ._errors import TokenError
from ._sealed import Sealed
from ._steps import Steps

if TYPE_CHECKING:
    import httpx2

_LONGEST = 10 * 366 * 86_400.0
"""Seconds. Longer lifetimes are reduced to this."""
_ERRORS = (
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
    "invalid_scope",
)  # fmt: skip
"""Error codes of RFC 6749, section 5.2. Other text of the service may contain a secret."""


class ClientCredentials(Source):
    """Token source with client credentials (RFC 6749, section 4.4)."""

    __slots__ = ("_basic", "_form", "_secret", "_url")

    def __init__(self, token_url: str, client_id: str, client_secret: str, scopes: Sequence[str] = ()) -> None:
        super().__init__(None, "the token endpoint")
        self._url = token_url
        self._secret = Sealed(client_secret)
        self._basic = Sealed(b64encode(f"{quote_plus(client_id)}:{quote_plus(client_secret)}".encode()).decode())
        self._form = "grant_type=client_credentials" + (f"&scope={quote_plus(' '.join(scopes))}" if scopes else "")

    def steps(self, sending: Sending) -> Steps[Sealed]:
        """Send the token request.

        Raises:
            TokenError: the response contains no token.
        """
        response: httpx2.Response = yield from sending.send(self._request)
        try:
            body: Any = json.loads(response.content)
        except (ValueError, RecursionError):
            body = None
        token = Sealed(body if isinstance(body, Mapping) else {})
        body = None
        if response.status_code != 200 or not isinstance(token.value.get("access_token"), str):
            code = token.value.get("error")
            reason = f" ({code})" if code in _ERRORS else ""
            raise TokenError(f"the token endpoint returned {response.status_code}{reason} without a token")
        lifetime = token.value.get("expires_in")
        seconds = min(lifetime, _LONGEST) if type(lifetime) in (int, float) and lifetime > 0 else None
        return self.keep(Sealed(Token(token.value["access_token"], seconds)), sending.now())

    def _request(self) -> httpx2.Request:
        import httpx2

        headers = {
            "Authorization": f"Basic {self._basic.value}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return httpx2.Request("POST", self._url, headers=headers, content=self._form.encode())

    def secrets(self) -> list[str]:
        """The strings that must not appear in messages."""
        return [str(self._secret.value), str(self._basic.value), *super().secrets()]


def oauth2(
    token: Any, client_id: Any, client_secret: Any, base_url: str, token_url: str, scopes: Sequence[str] = ()
) -> Scheme | None:
    """Return a fixed token, or a source that requests one. `token_url` may be relative to `base_url`."""
    source = token
    if source is None:
        if client_id is None or client_secret is None:
            return None
        source = ClientCredentials(urljoin(base_url.rstrip("/") + "/", token_url), client_id, client_secret, scopes)
    return Scheme("header", "Authorization", source, "Bearer ")
