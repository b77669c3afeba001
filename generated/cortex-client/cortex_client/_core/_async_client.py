"""The asynchronous client: carries out what `_flow` says, under asyncio and trio."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from functools import partial
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

import httpx2

from ._auth import Source
from ._body import AsyncMeteredStream, Meter
from ._client import BaseClient, checked
from ._clock import AsyncClock
from ._flow import Ask, Call, flow, timeout_of
from ._operation import Operation
from ._options import NO_OPTIONS, AsyncMiddleware, AsyncOptions, CallOptions, Settings
from ._raw import AsyncStreamedResponse, Collected, Paged, Response, rebound, whole

T = TypeVar("T")
P = ParamSpec("P")


class AsyncClient(BaseClient):
    """Base of the generated asynchronous client. Safe to share between tasks of one event loop."""

    def __init__(self, settings: Settings, options: AsyncOptions) -> None:
        super().__init__(checked(settings, options))
        given = options.get("http_client")
        self._owns_http = given is None
        self._http = given or httpx2.AsyncClient(transport=options.get("transport"))
        self._clock = options.get("clock") or AsyncClock()
        self._middleware = tuple(options.get("middleware", ()))

    async def close(self) -> None:
        """Close the connections; those of an injected client are its owner's business."""
        if self._owns_http:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @overload
    async def raw(self, method: Callable[P, Paged[Awaitable[T]]], *args: P.args, **kwargs: P.kwargs) -> Response[T]: ...

    @overload
    async def raw(
        self, method: Callable[P, Collected[Awaitable[T]]], *args: P.args, **kwargs: P.kwargs
    ) -> Response[T]: ...

    @overload
    async def raw(self, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> Response[T]: ...

    async def raw(self, method: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> Response[Any]:
        """Call a method of this client; gives its result together with status, headers and departures.

        `await client.raw(client.runs.get, 1)` is `await client.runs.get(1)` with all that came; of pages, it is the
        first.
        """
        response: Response[Any] = await whole(rebound(method, AsyncRawCaller, "raw")(*args, **kwargs))
        return response

    @overload
    def stream(self, method: Callable[P, Paged[Awaitable[T]]], *args: P.args, **kwargs: P.kwargs) -> AsyncStream[T]: ...

    @overload
    def stream(
        self, method: Callable[P, Collected[Awaitable[T]]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncStream[T]: ...

    @overload
    def stream(self, method: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> AsyncStream[T]: ...

    def stream(self, method: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> AsyncStream[Any]:
        """Call a method of this client without reading the body of a good answer at once.

        `async with client.stream(client.files.get, 1) as response:` then has `response.iter_bytes()`.
        """
        return AsyncStream(whole(rebound(method, AsyncStreamCaller, "stream")(*args, **kwargs)))

    async def call(
        self,
        operation: Operation[T],
        arguments: tuple[Any, ...],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> T:
        """Send one operation and return its result; generated methods call this."""
        call = Call(self._settings, operation, arguments, options, body, content_type)
        return call.finish(await self._run(call), [])

    async def _run(self, call: Call[Any]) -> httpx2.Response:
        """Carry out the steps of a call; the answer that counts."""
        steps = flow(call, self._http, self._owns_http, self._clock)
        send: Send = partial(self._attempt, call)
        for layer in reversed(self._middleware):
            send = _around(layer, send)
        given: Any = None
        try:
            step = next(steps)
            while True:
                try:
                    if isinstance(step, httpx2.Request):
                        given = await send(step)
                    elif isinstance(step, Ask):
                        given = await self._credential(step, call)
                    else:
                        await self._clock.sleep(step)
                except httpx2.RequestError as problem:
                    step = steps.throw(problem)
                else:
                    step = steps.send(given)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    async def _attempt(self, call: Call[Any], request: httpx2.Request) -> httpx2.Response:
        response = await self._http.send(request, stream=True, follow_redirects=False)
        streamed = call.stream and response.status_code < 300
        limit, deadline = (None, None) if streamed else (self._settings.config.max_response_bytes, call.deadline)
        response.stream = AsyncMeteredStream(response.stream, Meter(response, limit, deadline, self._clock))
        if not streamed:
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response

    async def _credential(self, step: Ask, call: Call[Any]) -> str:
        source = step.scheme.source
        assert source is not None
        if source.async_lock is None:
            import anyio

            source.async_lock = anyio.Lock()
        async with source.async_lock:  # One task asks, the others find what it got.
            now = self._clock.monotonic()
            return source.current(now, step.stale) or source.keep(await self._asked(source, call), now)

    async def _asked(self, source: Source, call: Call[Any]) -> Any:
        asking: Generator[Any, Any, Any] = source.ask()
        given: Any = None
        try:
            step = next(asking)
            while True:
                if isinstance(step, httpx2.Request):
                    step.extensions["timeout"] = timeout_of(call, self._http, self._owns_http, self._clock)
                    given = await self._attempt(call, step)
                else:
                    given = step()
                    if hasattr(given, "__await__"):
                        given = await given
                step = asking.send(given)
        except StopIteration as end:
            return end.value


Send = Callable[[httpx2.Request], Awaitable[httpx2.Response]]


def _around(layer: AsyncMiddleware, send: Send) -> Send:
    return lambda request: layer(request, send)


class AsyncRawCaller:
    """Stands in for the client in a group whose methods give `Response`s."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def call(
        self,
        operation: Operation[T],
        arguments: tuple[Any, ...],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> Response[T]:
        """Send one operation; its result with the answer."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        return Response(call, await self._client._run(call))


class AsyncStreamCaller(AsyncRawCaller):
    """Stands in for the client in a group whose methods give streamed responses."""

    async def call(  # type: ignore[override]
        self,
        operation: Operation[T],
        arguments: tuple[Any, ...],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> AsyncStreamedResponse[T]:
        """Send one operation; the answer, still to be read."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        call.stream = True
        return AsyncStreamedResponse(call, await self._client._run(call))


class AsyncStream(Generic[T]):
    """A call that is sent by `async with`, and whose answer is closed at its end."""

    def __init__(self, sending: Awaitable[AsyncStreamedResponse[T]]) -> None:
        self._sending = sending
        self._response: AsyncStreamedResponse[T] | None = None

    async def __aenter__(self) -> AsyncStreamedResponse[T]:
        self._response = await self._sending
        return self._response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            await self._response.http_response.aclose()
