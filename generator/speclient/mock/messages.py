"""Requests and responses as plain data; no transport is known here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Headers = tuple[tuple[str, str], ...]


def _find(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: `path` and `query` (without `?`) still percent-encoded."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return _find(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, ready to be sent."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return _find(self.headers, name)

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


def json_response(status: int, media_type: str, value: Any, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """An answer whose body is a JSON value."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, (("content-type", media_type), *headers), body)


def problem(status: int, title: str, detail: str, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A problem document (RFC 9457), for what the document describes no body for."""
    value = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return json_response(status, "application/problem+json", value, headers)
