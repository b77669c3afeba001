"""Decisions on redirects and on URLs in responses. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from ._operation import Operation

MAX_REDIRECTS = 5
_STATUSES = frozenset({301, 302, 303, 307, 308})
_KEEP_METHOD = frozenset({307, 308})
_PORTS = {"http": 80, "https": 443}


def same_origin(first: httpx2.URL, second: httpx2.URL) -> bool:
    """Return whether credentials for the first URL may be sent to the second: same scheme, host and port (RFC 6454)."""
    return (first.scheme, first.host, _port(first)) == (second.scheme, second.host, _port(second))


def refusal(first: httpx2.URL, second: httpx2.URL) -> str | None:
    """Return why no request is sent to the second URL, which a service at the first one returned, or None.

    A redirect from http to https on the same host is allowed.
    """
    if same_origin(first, second):
        return None
    if first.host != second.host:
        return "is on another host"
    if (first.scheme, second.scheme) == ("http", "https"):
        return None
    if first.scheme != second.scheme:
        return f"uses {second.scheme}, not {first.scheme}"
    return "uses another port"


def upgraded(first: httpx2.URL, second: httpx2.URL) -> httpx2.URL:
    """Return the second URL, with https if a service behind TLS returns http URLs of its own host."""
    if (
        first.scheme == "https"
        and second.scheme == "http"
        and first.host == second.host
        and _port(second) in (80, _port(first))
    ):
        return second.copy_with(scheme="https", port=first.port)
    return second


def redirect_target(request: httpx2.Request, response: httpx2.Response) -> httpx2.URL | None:
    """Return the target of a redirect, or None for another status or an invalid `Location`."""
    location = response.headers.get("location")
    if response.status_code not in _STATUSES or location is None:
        return None
    try:
        # A user and password in a URL would replace the client's own.
        return request.url.join(location).copy_with(userinfo=b"")
    except (httpx2.InvalidURL, ValueError):
        return None


def redirect_refusal(
    operation: Operation[Any], request: httpx2.Request, response: httpx2.Response, target: httpx2.URL, replayable: bool
) -> str | None:
    """Return why a redirect is not followed, or None."""
    status = response.status_code
    if str(status) in operation.answers:
        return "the document describes this status as a response"
    if request.method not in ("GET", "HEAD"):
        if status not in _KEEP_METHOD:
            return f"{request.method} is repeated only after 307 or 308"
        if not replayable:
            return "the body can be sent only once"
    reason = refusal(request.url, target)
    return None if reason is None else f"the target {reason}"


def _port(url: httpx2.URL) -> int | None:
    return url.port if url.port is not None else _PORTS.get(url.scheme)
