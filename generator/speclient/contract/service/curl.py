"""A request as a command line that reproduces it, without its credentials."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from ..credentials import Credentials

# What curl sends by itself, or what has no effect on the answer.
_OMITTED = frozenset(
    {"host", "connection", "accept-encoding", "user-agent", "content-length", "x-schemathesis-testcaseid"}
)
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})


def curl(method: str, url: str, headers: Iterable[tuple[str, str]], credentials: Credentials) -> str:
    """`curl -X GET 'https://...' -H 'Authorization: [redacted]'`."""
    secret = _SECRET | {each.place.name.lower() for each in credentials.each if each.place.location == "header"}
    words = ["curl", "-X", method, shlex.quote(credentials.redact(url))]
    for name, value in headers:
        if name.lower() in _OMITTED:
            continue
        shown = "[redacted]" if name.lower() in secret else credentials.redact(value)
        words += ["-H", shlex.quote(f"{name}: {shown}")]
    return " ".join(words)
