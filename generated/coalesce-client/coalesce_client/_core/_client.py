"""The synchronous client: sends what `_request` built, hands the answer to `_response`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from . import _request, _response, _retry
from ._auth import Credential, choose
from ._errors import APIConnectionError, APITimeoutError, MissingCredentialsError, RequestError
from ._operation import Operation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client was made with. Nothing secret shows in its `repr`."""

    base_url: str
    user_agent: str
    credentials: Mapping[str, Credential | None] = field(default_factory=dict[str, "Credential | None"])
    credentials_hint: str = ""
    timeout: float | httpx2.Timeout = 60.0
    max_retries: int = 2


class SyncClient:
    """Base of the generated client. Safe to share between threads, as `httpx2.Client` is."""

    def __init__(self, settings: Settings, http_client: httpx2.Client | None) -> None:
        if not settings.base_url.startswith(("http://", "https://")):
            what = repr(settings.base_url) if settings.base_url else "no server is known"
            raise RequestError(f"base_url: {what}; give one that begins with https:// or http://")
        self._settings = settings
        self._owns_http = http_client is None
        self._http = http_client or httpx2.Client(timeout=settings.timeout)
        self._timeout = self._http.timeout.as_dict()
        self._sleep: Callable[[float], object] = time.sleep

    @property
    def base_url(self) -> str:
        """Where requests go, without a slash at the end."""
        return self._settings.base_url

    def close(self) -> None:
        """Close the connections; those of an injected client are its owner's business."""
        if self._owns_http:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def call(
        self, operation: Operation[T], arguments: tuple[Any, ...], body: Any = None, content_type: str | None = None
    ) -> T:
        """Send one operation and return its result; generated methods call this."""
        settings = self._settings
        try:
            credentials = choose(operation.name, operation.security, settings.credentials, settings.credentials_hint)
        except MissingCredentialsError:
            if self._owns_http:
                raise
            credentials = []  # An injected client may carry its own.
        base_url = operation.servers[0] if operation.servers else settings.base_url
        parts = _request.build(operation, base_url, arguments, body, credentials, content_type)
        if not any(name.lower() == "user-agent" for name in parts.headers):  # An argument may be one.
            parts.headers["User-Agent"] = settings.user_agent
        response = self._send(operation.name, parts)
        return _response.read(operation, response, arguments)  # type: ignore[no-any-return]

    def _send(self, name: str, parts: _request.RequestParts) -> httpx2.Response:
        """Send until an answer comes that is not to be tried again."""
        attempt = 0
        while True:
            request = self._request(parts)
            response: httpx2.Response | None = None
            failure: APIConnectionError | None = None
            try:
                response = self._http.send(request)
            except httpx2.TimeoutException as problem:
                failure = APITimeoutError(f"{name}: no answer in time ({type(problem).__name__})", request)
                failure.__cause__ = problem
            except httpx2.RequestError as problem:
                failure = APIConnectionError(f"{name}: no answer ({type(problem).__name__})", request)
                failure.__cause__ = problem
            wait = None
            if attempt < self._settings.max_retries and parts.method in _retry.IDEMPOTENT:
                wait = _retry.wait_before(attempt, response)
            if wait is None:
                if response is None:
                    assert failure is not None
                    raise failure
                return response
            if response is not None:
                response.close()
            self._sleep(wait)
            attempt += 1

    def _request(self, parts: _request.RequestParts) -> httpx2.Request:
        try:
            if self._owns_http and not parts.files:
                # What the client's own build_request would add is set already; this costs half as much.
                return httpx2.Request(
                    parts.method,
                    parts.url,
                    headers=parts.headers,
                    content=parts.content,
                    extensions={"timeout": self._timeout},
                )
            return self._http.build_request(
                parts.method,
                parts.url,
                headers=parts.headers,
                content=parts.content,
                files=parts.files or None,
            )
        except httpx2.InvalidURL as problem:
            raise RequestError(f"the URL can't be built: {problem}") from None
