"""The asynchronous client: carries out the steps of `_flow`, under asyncio and trio."""

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
from ._options import NO_OPTIONS, AsyncMiddleware, AsyncOptions, CallOptions, Settings
from ._raw import AsyncStreamedResponse, Collected, Paged, Response, rebound, success_in_pieces, whole
from ._response import result
from ._sealed import Sealed
from ._steps import Ask, Renew, Send, Sleep, Step, Steps, carry_out_async, running_loop

T = TypeVar("T")
P = ParamSpec("P")


class AsyncSender:
    """Sends requests through a transport of our own, a given one, or the caller's `httpx2.AsyncClient`."""

    is_async = True

    def __init__(self, options: AsyncOptions) -> None:
        given: Any = options.get("http_client")
        self.injected = given
        if given is not None and not isinstance(given, httpx2.AsyncClient):
            kind = type(given).__name__
            raise ClientUsageError(f"http_client: expected an httpx2.AsyncClient, got {kind}")
        self.own_agent = self.injected is None or self.injected.headers.get("user-agent", "").startswith("python-httpx")
        self._given = options.get("transport")
        if self._given is not None and given is not None:
            raise ClientUsageError("http_client and transport: give one of them; an http_client has its own transport")
        if self._given is not None and not hasattr(self._given, "handle_async_request"):
            raise ClientUsageError(
                f"transport: expected an httpx2.AsyncBaseTransport, got {type(self._given).__name__}"
            )
        self._own: dict[object, httpx2.AsyncBaseTransport] = {}
        """Event loop to transport: connections belong to the loop that they were made in."""
        self._process = os.getpid()
        self._loop: object = None
        self.closed = False

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the body of the response is still to be read.

        Raises:
            ClientUsageError: the client is closed, or its connections belong to another process or event loop.
            httpx2.RequestError: no response came.
        """
        if self.closed or (self.injected is not None and self.injected.is_closed):
            raise ClientUsageError("this client is closed; make a new one")
        given = self.injected is not None or self._given is not None
        loop = running_loop()
        if self._process != os.getpid():
            if given:
                raise other_process()
            self._process = os.getpid()
            self._own.clear()
        if not given:
            return await self._through(self._own.get(loop) or self._new(loop), request)
        first, self._loop = self._loop or loop, self._loop or loop
        try:
            if self.injected is not None:
                response: httpx2.Response = await self.injected.send(request, stream=True, follow_redirects=False)
                return response
            assert self._given is not None
            return await self._through(self._given, request)
        except RuntimeError:
            if first is loop:
                raise
        raise ClientUsageError(
            "the connections of the http_client or transport belong to another event loop; make the client within the "
            "event loop that uses it"
        )

    def _new(self, loop: object) -> httpx2.AsyncBaseTransport:
        from ._transport import AsyncTransport

        # The connections of a loop that has ended can't even be closed.
        for other in [other for other in self._own if getattr(other, "is_closed", bool)()]:
            del self._own[other]
        return self._own.setdefault(loop, AsyncTransport())

    async def _through(self, transport: httpx2.AsyncBaseTransport, request: httpx2.Request) -> httpx2.Response:
        response = await transport.handle_async_request(request)
        response.request = request
        return response

    async def close(self) -> None:
        """Close the connections; those of an injected client are its owner's business."""
        if self.injected is None:
            self.closed = True
            own = self._own.pop(running_loop(), None) if self._process == os.getpid() else None
            transport = self._given or own
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
        """Close the connections; those of an injected client are its owner's business."""
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
        """Call a method of this client; gives its result together with status, headers and violations.

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
        arguments: Mapping[str, Any],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> T:
        """Send one operation and return its result; generated methods call this."""
        call = Call(self._settings, operation, arguments, options, body, content_type)
        return result(call, await self._send(call))

    async def _send(self, call: Call[Any]) -> httpx2.Response:
        """Send a call; the response that counts."""
        return await carry_out_async(flow(call, self._line), self._perform)

    async def _carry_out(self, steps: Steps[T]) -> T:
        """Carry out steps of any kind, such as those of waiting."""
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
                raise APITimeoutError("a credential was not renewed in time")
            case Ask(function):
                given = Sealed(function())
                return Sealed(await given.value) if hasattr(given.value, "__await__") else given

    async def _attempt(self, step: Send, request: httpx2.Request) -> httpx2.Response:
        began = self._clock.monotonic()
        if request is not step.request:  # Middleware built another one.
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
    """Stands in for the client in a group whose methods give `Response`s."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def call(
        self,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> Response[T]:
        """Send one operation; its result with the answer."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        return Response(call, await self._client._send(call))


class AsyncStreamCaller(AsyncRawCaller):
    """Stands in for the client in a group whose methods give streamed responses."""

    async def call(  # type: ignore[override]
        self,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> AsyncStreamedResponse[T]:
        """Send one operation; the answer, still to be read."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        call.reads_whole = success_in_pieces
        return AsyncStreamedResponse(call, await self._client._send(call))


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
