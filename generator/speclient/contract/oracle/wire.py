"""One request as a server sees it, and the call that it ought to express."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpx2

from ..credentials import Credentials
from ..jsontypes import Json
from ..operations import Operation, ParameterKey


@dataclass(frozen=True)
class WireRequest:
    """One HTTP request, undecoded.

    `target` is the request line's path and query, header names are as sent.
    """

    method: str
    origin: str
    target: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes

    @classmethod
    def from_httpx2(cls, request: httpx2.Request) -> WireRequest:
        """What `request` looks like on the wire; its body must have been read."""
        url = request.url
        return cls(
            method=request.method,
            origin=f"{url.scheme}://{url.netloc.decode('ascii')}",
            target=url.raw_path.decode("ascii"),
            headers=decoded_headers(request.headers.raw),
            body=request.content,
        )

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query without its question mark, still percent-encoded."""
        return self.target.partition("?")[2]

    @property
    def comparable(self) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
        """Method, headers and body with the same boundary in every multipart body, which clients choose at random."""
        boundary = re.search(r"boundary=([^;\s]+)", "".join(self.header("content-type")))
        if boundary is None:
            return self.method, self.headers, self.body
        headers = tuple((name, value.replace(boundary[1], "boundary")) for name, value in self.headers)
        return self.method, headers, self.body.replace(boundary[1].encode("latin-1"), b"boundary")

    def header(self, name: str) -> list[str]:
        """Every value sent under this name, in any case."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


def decoded_headers(raw: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Header fields as text, byte for byte (ISO 8859-1, RFC 9110 section 5.5)."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


@dataclass(frozen=True)
class Call:
    """An operation called with these arguments: what the wire is judged against.

    `arguments` holds what is to be sent, by place and wire name; None as `body_type` means that no body is
    sent.
    """

    operation: Operation
    base_url: str
    arguments: Mapping[ParameterKey, Json]
    credentials: Credentials
    body: Json = None
    body_type: str | None = None

    @property
    def template(self) -> str:
        """The path template without its fragment: it tells operations of one path apart, and is never sent."""
        return self.operation.path.partition("#")[0]

    @property
    def fixed_pairs(self) -> int:
        """How many pairs of the query stand in the template itself; arguments come behind them."""
        _, mark, query = self.template.partition("?")
        return query.count("&") + 1 if mark else 0
