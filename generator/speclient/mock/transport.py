"""The mock behind an httpx2 client: in process, no socket."""

from __future__ import annotations

from pathlib import Path

import httpx2

from speclient.document import Document
from speclient.mock.messages import Request, Response
from speclient.mock.service import MockService


class MockTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A transport for `httpx2.Client` and `httpx2.AsyncClient` that calls a `MockService`; threads may share it."""

    def __init__(self, service: MockService) -> None:
        self.service = service

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Handle a request of a synchronous client."""
        request.read()
        return _sent(self.service.handle(_received(request)), request)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Handle a request of an asynchronous client."""
        await request.aread()
        return _sent(self.service.handle(_received(request)), request)


def mock(spec: Document | Path | str, *, seed: int = 0) -> MockTransport:
    """A transport that responds according to the document: `httpx2.Client(transport=mock("openapi.yaml"))`.

    Raises:
        FatalError: the path is not that of an OpenAPI document (SC001 to SC006).
    """
    return MockTransport(MockService(spec, seed=seed))


def _received(request: httpx2.Request) -> Request:
    path, _, query = request.url.raw_path.partition(b"?")
    return Request(
        method=request.method,
        path=path.decode("ascii"),
        query=query.decode("ascii"),
        headers=tuple(request.headers.multi_items()),
        body=request.content,
    )


def _sent(response: Response, request: httpx2.Request) -> httpx2.Response:
    # A stream, not `content`: only a streamed response is timed, and `.elapsed` raises on others.
    return httpx2.Response(
        response.status,
        headers=[*response.headers, ("content-length", str(len(response.body)))],
        stream=httpx2.ByteStream(response.body),
        request=request,
    )
