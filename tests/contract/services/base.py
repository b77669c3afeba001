"""What the reference services have in common: requests and replies as plain data, routing, and credentials."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote

START = datetime(2024, 3, 1, 6, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Request:
    """A request. `path` is percent-encoded and relative to the server's base path; header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Request:
        """A request from a request target such as `/runs?limit=2`."""
        path, _, query = target.partition("?")
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        return cls(method, path, pairs, {name.lower(): value for name, value in headers.items()}, body)

    def get(self, name: str) -> str | None:
        """The value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    def without(self, *names: str) -> Request:
        """The same request without some query parameters."""
        return replace(self, query=tuple(pair for pair in self.query if pair[0] not in names))

    def with_query(self, **values: str) -> Request:
        """The same request with some query parameters replaced."""
        kept = self.without(*values)
        return replace(kept, query=(*kept.query, *values.items()))


@dataclass(frozen=True)
class Reply:
    """A reply. `delay` is the time that the service takes; with `cut`, the connection breaks within the body."""

    status: int
    body: Any = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    delay: float = 0.01
    cut: bool = False

    @property
    def content(self) -> bytes:
        """The body as bytes; None is no body, bytes are sent as they are."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return json.dumps(self.body).encode()

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers, `Content-Type` included if there is a body."""
        return {**({"content-type": self.content_type} if self.body is not None else {}), **self.headers}


class Rejected(Exception):
    """The request is refused."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.status))
        self.reply = reply


class Service:
    """A correct service.

    Args:
        seed: varies the data, and what the document leaves open.
    """

    base_path: ClassVar[str] = ""
    environment: ClassVar[Mapping[str, str]]
    params: ClassVar[Mapping[str, str]] = {}
    """Parameters that a user of the service would know."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.requests: list[Request] = []

    def routes(self) -> Mapping[str, Callable[..., Reply]]:
        """Path templates of GET operations -> function of the request and the path parameters."""
        raise NotImplementedError

    def is_authorized(self, request: Request) -> bool:
        """Whether the credentials are right."""
        raise NotImplementedError

    def unauthorized(self) -> Reply:
        """The reply to wrong credentials."""
        return Reply(401)

    def handle(self, request: Request) -> Reply:
        """The reply to a request."""
        self.requests.append(request)
        for template, function in self.routes().items():
            values = _match(template, request.path)
            if values is None:
                continue
            if request.method != "GET":
                return Reply(405, headers={"allow": "GET"})
            if not self.is_authorized(request):
                return self.unauthorized()
            try:
                return function(request, **values)
            except Rejected as rejected:
                return rejected.reply
        return Reply(404)


def _match(template: str, path: str) -> dict[str, str] | None:
    parts, pieces = template.split("/"), path.split("/")
    if len(parts) != len(pieces):
        return None
    values: dict[str, str] = {}
    for part, piece in zip(parts, pieces, strict=True):
        if part.startswith("{"):
            values[part[1:-1]] = unquote(piece)
        elif part != piece:
            return None
    return values


def moment(minutes: float) -> str:
    """A date-time, in minutes from a fixed day."""
    return (START + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
