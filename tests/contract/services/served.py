"""The reference services in process: as a transport for httpx2 with a clock of its own, and as ASGI applications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx2

from .base import Reply, Request
from .faults import FaultyService


class FakeClock:
    """A clock that moves only when something waits."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        """Seconds."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.time += seconds


class ServiceTransport(httpx2.BaseTransport):
    """A transport that calls a service. Its delays move the clock; nobody waits."""

    def __init__(self, service: FaultyService, clock: FakeClock) -> None:
        self.service, self.clock = service, clock

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        target = request.url.raw_path.decode("ascii").removeprefix(self.service.service.base_path)
        headers = dict(request.headers.items())
        reply = self.service.handle(Request.parse(request.method, target, headers, request.read()))
        self.clock.sleep(reply.delay)
        if reply.cut:
            raise httpx2.RemoteProtocolError("peer closed connection without sending complete message body")
        stream = httpx2.ByteStream(b"" if request.method == "HEAD" else reply.content)
        return httpx2.Response(reply.status, headers=reply.all_headers, stream=stream)


Scope = MutableMapping[str, Any]


def asgi(service: FaultyService) -> Callable[..., Awaitable[None]]:
    """The service as an ASGI application; delays are left out."""

    async def app(
        scope: Scope, receive: Callable[[], Awaitable[Scope]], send: Callable[[Scope], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        query = scope["query_string"].decode()
        path = scope.get("raw_path", scope["path"].encode()).decode().removeprefix(service.service.base_path)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        reply = service.handle(Request.parse(scope["method"], f"{path}?{query}", headers))
        sent = [(name.encode(), value.encode()) for name, value in reply.all_headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": sent})
        await send({"type": "http.response.body", "body": _half(reply)})

    return app


def _half(reply: Reply) -> bytes:
    return reply.content[: len(reply.content) // 2] if reply.cut else reply.content
