"""The mock behind an httpx2 client: in process, no socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2

from speclient.document import Document
from speclient.mock.messages import AT_ONCE, Delivery, Request, Response
from speclient.mock.service import Mock


class MockTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A transport for `httpx2.Client` and `httpx2.AsyncClient` that calls a `Mock`; threads may share it.

    Args:
        service: the mock.
        sleep: called with seconds where a fault delays a response to a synchronous client; a test may pass its own.
    """

    def __init__(self, service: Mock, *, sleep: Callable[[float], Any] = time.sleep) -> None:
        self.service = service
        self._sleep = sleep

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Handle a request of a synchronous client."""
        request.read()
        response = self.service.handle(_received(request))
        if response.delivery is not AT_ONCE:
            self._wait(response.delivery.latency, request)
            _check(response.delivery, request)
        return _sent(response, request, _Stream(response, request, self._sleep))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Handle a request of an asynchronous client."""
        await request.aread()
        response = self.service.handle(_received(request))
        if response.delivery is not AT_ONCE:
            limit = _timeout(request)
            await asyncio.sleep(min(response.delivery.latency, limit))
            if response.delivery.latency > limit:
                raise httpx2.ReadTimeout("the response takes too long", request=request)
            _check(response.delivery, request)
        return _sent(response, request, _Stream(response, request, self._sleep))

    def _wait(self, seconds: float, request: httpx2.Request) -> None:
        limit = _timeout(request)
        if seconds > 0:
            self._sleep(min(seconds, limit))
        if seconds > limit:
            raise httpx2.ReadTimeout("the response takes too long", request=request)


def mock(spec: Document | Path | str, *, seed: int = 0, **options: Any) -> MockTransport:
    """A transport that responds according to the document: `httpx2.Client(transport=mock("openapi.yaml"))`.

    `options` are those of `Mock`.

    Raises:
        FatalError: the path is not that of an OpenAPI document (SC001 to SC006).
    """
    return MockTransport(Mock(spec, seed=seed, **options))


class _Stream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The body of a response, sent as its delivery says."""

    def __init__(self, response: Response, request: httpx2.Request, sleep: Callable[[float], Any]) -> None:
        self._body, self._delivery = response.body, response.delivery
        self._request, self._sleep = request, sleep

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces():
            if self._delivery.drip:
                self._sleep(self._delivery.drip)
            yield piece
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces():
            if self._delivery.drip:
                await asyncio.sleep(self._delivery.drip)
            yield piece
        self._end()

    def _pieces(self) -> Iterator[bytes]:
        body = self._body if self._delivery.cut is None else self._body[: self._delivery.cut]
        step = self._delivery.piece if self._delivery.drip else max(1, len(body))
        for start in range(0, len(body), step):
            yield body[start : start + step]

    def _end(self) -> None:
        if self._delivery.cut is not None:
            raise httpx2.RemoteProtocolError(
                "peer closed connection without sending complete message body", request=self._request
            )


def _check(delivery: Delivery, request: httpx2.Request) -> None:
    if delivery.refuse:
        raise httpx2.RemoteProtocolError("Server disconnected without sending a response.", request=request)


def _timeout(request: httpx2.Request) -> float:
    limit = request.extensions.get("timeout", {}).get("read")
    return float("inf") if limit is None else float(limit)


def _received(request: httpx2.Request) -> Request:
    url = request.url
    path, _, query = url.raw_path.partition(b"?")
    return Request(
        method=request.method,
        path=path.decode("ascii"),
        query=query.decode("ascii"),
        headers=tuple(request.headers.multi_items()),
        body=request.content,
        origin=f"{url.scheme}://{url.netloc.decode('ascii')}",
    )


def _sent(response: Response, request: httpx2.Request, stream: _Stream) -> httpx2.Response:
    # A stream, not `content`: only a streamed response is timed, and `.elapsed` raises on others.
    known = any(name.lower() == "content-length" for name, _ in response.headers)
    length = () if known else (("content-length", str(len(response.body))),)
    return httpx2.Response(response.status, headers=[*response.headers, *length], stream=stream, request=request)
