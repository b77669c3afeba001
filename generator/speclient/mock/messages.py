"""Requests and responses as plain data, independent of the transport."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Headers = tuple[tuple[str, str], ...]


def _find(headers: Headers, name: str) -> str | None:
    wanted, length = name.lower(), len(name)
    for key, value in headers:
        if len(key) == length and key.lower() == wanted:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Request:
    """A request as received: `path` and `query` (without `?`) are percent-encoded.

    `origin` is scheme and host, for links in responses.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    origin: str = ""

    def header(self, name: str) -> str | None:
        """The first header with that name, in any case."""
        return _find(self.headers, name)

    def json(self) -> Any:
        """The body parsed as JSON.

        Raises:
            ValueError: it is not JSON.
        """
        return read_json(self.body)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a response is sent, if not at once and in full.

    Args:
        latency: seconds before the first byte.
        refuse: end the connection before the first byte.
        cut: send that many bytes of the body, then end the connection.
        drip: seconds between pieces of the body of `piece` bytes.
    """

    latency: float = 0.0
    refuse: bool = False
    cut: int | None = None
    drip: float = 0.0
    piece: int = 16


AT_ONCE = Delivery()


@dataclass(frozen=True, slots=True)
class Response:
    """A response, ready to be sent."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    delivery: Delivery = AT_ONCE

    def header(self, name: str) -> str | None:
        """The first header with that name, in any case."""
        return _find(self.headers, name)

    def json(self) -> Any:
        """The body parsed as JSON."""
        return json.loads(self.body)


def read_json(text: bytes) -> Any:
    """JSON data (RFC 8259): UTF-8 without a byte order mark, finite numbers, no unpaired surrogates.

    Raises:
        ValueError: it is not that; the message says why.
        RecursionError: it is nested too deeply.
    """
    decoded = text.decode("utf-8")
    if decoded.startswith("\ufeff"):
        raise ValueError("it begins with a byte order mark")
    value = json.loads(decoded, parse_constant=_no_constant, parse_float=_finite)
    if "\\u" in decoded:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("a string contains an unpaired surrogate") from None
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text[:20]} is too large")
    return number


def json_response(status: int, media_type: str, value: Any, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A response whose body is a JSON value."""
    return Response(status, (("content-type", media_type), *headers), json_bytes(value))


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def json_bytes(value: Any) -> bytes:
    """A JSON value as compact UTF-8 text."""
    return _ENCODER.encode(value).encode()


def problem(status: int, title: str, detail: str, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A problem document (RFC 9457), for errors whose body the document does not describe."""
    value = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return json_response(status, "application/problem+json", value, headers)
