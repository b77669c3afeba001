"""The asynchronous client: performs the steps of `_flow`, under asyncio and trio."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

import httpx2

from ._base_client import BaseClient, checked, other_process
from ._body import METER, AsyncMeteredStream, Meter
from ._call import Call
from ._clock import AsyncClock
from ._errors import APITimeoutError, ClientUsageError
from ._exchange import EXCHANGE
from ._flow import Line, flow
from ._operation import Operation
from ._options import NO_OPTIONS, AsyncMiddleware, AsyncOptions, Settings
from ._raw import AsyncStreamedResponse, Collected, Paged, Response, rebound, success_in_chunks, whole
from ._response import result
from ._sealed import Sealed
from ._steps import Ask, Renew, Send, Sleep, Step, Steps, carry_out_async, running_loop

T = TypeVar("T")
P = ParamSpec("P")


class AsyncSender:
    """Sends requests through the default transport, a custom one, or an injected `httpx2.AsyncClient`."""

    is_async = True

    def __init__(self, options: AsyncOptions) -> None:
        http_client: Any = options.get("http_client")
        self.injected = http_client
        if http_client is not None and not isinstance(http_client, httpx2.AsyncClient):
            kind = type(http_client).__name__
            raise ClientUsageError(f"http_client: expected an httpx2.AsyncClient, got {kind}")
        self.own_agent = self.injected is None or self.injected.headers.get("user-agent", "").startswith("python-httpx")
        self._custom = options.get("transport")
        if self._custom is not None and http_client is not None:
            raise ClientUsageError("http_client and transport are mutually exclusive: a client has its own transport")
        if self._custom is not None and not hasattr(self._custom, "handle_async_request"):
            raise ClientUsageError(
                f"transport: expected an httpx2.AsyncBaseTransport, got {type(self._custom).__name__}"
            )
        self._own: dict[object, httpx2.AsyncBaseTransport] = {}
        """Event loop -> transport. Connections belong to the event loop that opened them."""
        self._process = os.getpid()
        self._loop: object = None
        self.closed = False

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. The body of the response is not read yet.

        Raises:
            ClientUsageError: the client is closed, or its connections belong to another process or event loop.
            httpx2.RequestError: no response was received.
        """
        if self.closed or (self.injected is not None and self.injected.is_closed):
            raise ClientUsageError("the client is closed; create a new one")
        external = self.injected is not None or self._custom is not None
        loop = running_loop()
        if self._process != os.getpid():
            if external:
                raise other_process()
            self._process = os.getpid()
            self._own.clear()
        if not external:
            return await self._through(self._own.get(loop) or self._new(loop), request)
        first, self._loop = self._loop or loop, self._loop or loop
        try:
            if self.injected is not None:
                response: httpx2.Response = await self.injected.send(request, stream=True, follow_redirects=False)
                return response
            assert self._custom is not None
            return await self._through(self._custom, request)
        except RuntimeError:
            if first is loop:
                raise
        raise ClientUsageError(
            "the connections of the http_client or transport belong to another event loop; make the client within the "
            "event loop that uses it"
        )

    def _new(self, loop: object) -> httpx2.AsyncBaseTransport:
        from ._transport import AsyncTransport

        # Connections of an event loop that has ended cannot be closed.
        for other in [other for other in self._own if getattr(other, "is_closed", bool)()]:
            del self._own[other]
        return self._own.setdefault(loop, AsyncTransport())

    async def _through(self, transport: httpx2.AsyncBaseTransport, request: httpx2.Request) -> httpx2.Response:
        response = await transport.handle_async_request(request)
        response.request = request
        return response

    async def close(self) -> None:
        """Close the connections. An injected client stays open."""
        if self.injected is None:
            self.closed = True
            own = self._own.pop(running_loop(), None) if self._process == os.getpid() else None
            transport = self._custom or own
            if transport is not None:
                await transport.aclose()


class AsyncClient(BaseClient):
    """Base of the generated asynchronous client. Safe to share between tasks of one event loop."""

    def __init__(self, settings: Settings, options: AsyncOptions) -> None:
        super().__init__(checked(settings, options, AsyncOptions.__annotations__))
        self._sender = AsyncSender(options)
        self._clock = options.get("clock") or AsyncClock()
        self._line = Line(self._sender, self._clock)
        self._middleware = tuple(options.get("middleware", ()))

    async def close(self) -> None:
        """Close the connections. An injected client stays open."""
        await self._sender.close()

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
        """Call a method of this client and return its result with status, headers and violations.

        `await client.raw(client.runs.get, 1)` makes the call of `await client.runs.get(1)`. For a paginated method,
        the result is the first page.
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
        """Call a method of this client without reading the body of a successful response.

        Use it as `async with client.stream(client.files.get, 1) as response:` and read `response.iter_bytes()`.
        """
        return AsyncStream(whole(rebound(method, AsyncStreamCaller, "stream")(*args, **kwargs)))

    async def call(
        self,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: Mapping[str, Any] = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> T:
        """Send a request for an operation and return its result. Generated methods use this."""
        call = Call(self._settings, operation, arguments, options, body, content_type)
        return result(call, await self._send(call))

    async def _send(self, call: Call[Any]) -> httpx2.Response:
        """Perform the steps of a call and return the final response."""
        return await carry_out_async(flow(call, self._line), self._perform)

    async def _carry_out(self, steps: Steps[T]) -> T:
        """Perform steps of any kind, for example those of waiting."""
        return await carry_out_async(steps, self._perform)

    async def _perform(self, step: Step) -> Any:
        match step:
            case Send():
                send: Callable[[httpx2.Request], Awaitable[httpx2.Response]] = partial(self._attempt, step)
                if step.through_middleware:
                    for layer in reversed(self._middleware):
                        send = _around(layer, send)
                return await send(step.request)
            case Sleep(seconds):
                return await self._clock.sleep(seconds)
            case Renew():
                import anyio

                with anyio.move_on_after(step.seconds):
                    async with step.guard.async_lock:
                        return step.current() or await carry_out_async(step.steps(), self._perform)
                raise APITimeoutError("timeout while waiting for a credential")
            case Ask(function):
                value = Sealed(function())
                return Sealed(await value.value) if hasattr(value.value, "__await__") else value

    async def _attempt(self, step: Send, request: httpx2.Request) -> httpx2.Response:
        began = self._clock.monotonic()
        if request is not step.request:  # Middleware built another request.
            request.extensions = {**step.request.extensions, **request.extensions}
        response = await self._sender.send(request)
        reads = step.reads(response)
        if not reads:
            request.extensions[EXCHANGE].deadline = None
        meter = Meter(response, step.limit if reads else None, step.deadline if reads else None, self._clock, began)
        response.extensions[METER] = meter
        response.stream = AsyncMeteredStream(response.stream, meter)
        if reads:
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response


def _around(
    layer: AsyncMiddleware, send: Callable[[httpx2.Request], Awaitable[httpx2.Response]]
) -> Callable[[httpx2.Request], Awaitable[httpx2.Response]]:
    return lambda request: layer(request, send)


class AsyncRawCaller:
    """Replaces the client in a group whose methods return `Response`."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def call(
        self,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: Mapping[str, Any] = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> Response[T]:
        """Send a request for an operation and return its result with the response."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        return Response(call, await self._client._send(call))


class AsyncStreamCaller(AsyncRawCaller):
    """Replaces the client in a group whose methods return streamed responses."""

    async def call(  # type: ignore[override]
        self,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: Mapping[str, Any] = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> AsyncStreamedResponse[T]:
        """Send a request for an operation and return the response, with its body unread."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        call.reads_whole = success_in_chunks
        return AsyncStreamedResponse(call, await self._client._send(call))


class AsyncStream(Generic[T]):
    """A call that `async with` sends, and whose response it closes."""

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
