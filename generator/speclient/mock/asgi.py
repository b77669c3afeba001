"""Mocks as one ASGI application: the services, a page for people at `/`, and an admin API at `/__mock/`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs

from speclient.mock.admin import AdminError, administer, overview
from speclient.mock.messages import Request, Response, json_response, problem, read_json
from speclient.mock.service import Mock

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ADMIN = "/__mock"
_LARGEST_BODY = 10_000_000
_BODILESS = (204, 205, 304)


class MockApplication:
    """An ASGI application. One mock answers at the root; several answer below `/<name>`.

    Args:
        mocks: the mocks by name.
        latency: seconds by which each response is delayed.
    """

    def __init__(self, mocks: Mapping[str, Mock], *, latency: float = 0.0) -> None:
        self.mocks = dict(mocks)
        self.latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection event of a server."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        body = await _body(receive)
        if body is None:
            await _send(problem(413, "Content Too Large", f"at most {_LARGEST_BODY} bytes"), scope, receive, send)
            return
        request = _request(scope, body)
        response = self.respond(request)
        await _send(response, scope, receive, send, self.latency if not _is_ours(request.path) else 0.0)

    def respond(self, request: Request) -> Response:
        """The response to a request: of the page, of the admin API, or of a mock."""
        if request.path == ADMIN or request.path.startswith(f"{ADMIN}/"):
            return self._admin(request)
        single = next(iter(self.mocks.values())) if len(self.mocks) == 1 else None
        if request.path == "/" and request.method == "GET" and not _serves_root(single):
            page = (files("speclient.mock") / "page.html").read_bytes()
            policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
            return Response(
                200, (("content-type", "text/html; charset=utf-8"), ("content-security-policy", policy)), page
            )
        if single is not None:
            return single.handle(request)
        name, _, rest = request.path.removeprefix("/").partition("/")
        chosen = self.mocks.get(name)
        if chosen is None:
            return problem(404, "Not Found", f"the mocks are below {', '.join(f'/{each}' for each in self.mocks)}")
        inner = Request(
            request.method, f"/{rest}", request.query, request.headers, request.body, f"{request.origin}/{name}"
        )
        return chosen.handle(inner)

    def _admin(self, request: Request) -> Response:
        origin, host = request.header("origin"), request.header("host")
        if origin is not None and origin.partition("://")[2] != host:
            return problem(403, "Forbidden", "the admin API is closed to web pages of other servers")
        if not _is_local(host):
            return problem(403, "Forbidden", "the admin API is open under local addresses only")
        parts = [part for part in request.path.removeprefix(ADMIN).split("/") if part]
        if not parts:
            return json_response(200, "application/json", overview(self.mocks))
        mock = self.mocks.get(parts[0])
        if mock is None:
            return problem(404, "Not Found", f"no mock {parts[0]!r}; there are {', '.join(self.mocks)}")
        try:
            value = read_json(request.body) if request.body else None
            query = {name: values[-1] for name, values in parse_qs(request.query).items()}
            found = administer(mock, request.method, "/".join(parts[1:]), value, query)
        except AdminError as wrong:
            return problem(wrong.status, "Bad Request" if wrong.status == 400 else "Not Found", str(wrong))
        except (ValueError, RecursionError):
            return problem(400, "Bad Request", "the body is not JSON")
        return json_response(200, "application/json", found)


def _is_local(host: str | None) -> bool:
    """Whether a name cannot be that of a foreign page whose address was changed (DNS rebinding)."""
    name = (host or "").rpartition(":")[0] if ":" in (host or "").rpartition("]")[2] else host or ""
    return name in ("localhost", "[::1]", "") or name.replace(".", "").isdigit() or "." not in name


def _is_ours(path: str) -> bool:
    return path == "/" or path.startswith(ADMIN)


def _serves_root(mock: Mock | None) -> bool:
    return mock is not None and any(
        each.path.split("?")[0].split("#")[0] == "/" and each.method == "GET" for each in mock.operations
    )


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _body(receive: Receive) -> bytes | None:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > _LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return b"".join(pieces)


def _request(scope: Scope, body: bytes) -> Request:
    raw = scope.get("raw_path") or scope["path"].encode()
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    host = next((value for name, value in headers if name == "host"), "localhost")
    return Request(
        scope["method"],
        raw.partition(b"?")[0].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        headers,
        body,
        f"{scope.get('scheme', 'http')}://{host}",
    )


async def _send(response: Response, scope: Scope, receive: Receive, send: Send, latency: float = 0.0) -> None:
    delivery = response.delivery
    if delivery.latency or latency:
        await asyncio.sleep(delivery.latency + latency)
    if delivery.refuse:
        _abort(receive)
        return
    bodiless = scope["method"] == "HEAD" or response.status in _BODILESS or response.status < 200
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.headers]
    if not bodiless and not any(name == b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    body = b"" if bodiless else response.body
    if delivery.cut is not None:
        await send({"type": "http.response.body", "body": body[: delivery.cut], "more_body": True})
        _abort(receive)
        return
    if delivery.drip:
        for start in range(0, len(body), delivery.piece):
            await asyncio.sleep(delivery.drip)
            piece = body[start : start + delivery.piece]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        body = b""
    await send({"type": "http.response.body", "body": body})


def _abort(receive: Receive) -> None:
    """End the connection. ASGI has no word for it: uvicorn's transport is found behind `receive`, if it is there."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("the mock ends this connection")
    transport.close()
