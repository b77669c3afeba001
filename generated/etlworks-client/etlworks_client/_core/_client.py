"""The synchronous client: performs the steps of `_flow`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

import httpx2

from ._base_client import BaseClient, checked, other_process
from ._body import METER, Meter, MeteredStream
from ._call import Call
from ._clock import Clock
from ._errors import APITimeoutError, ClientUsageError, TokenError
from ._exchange import EXCHANGE
from ._flow import Line, flow
from ._operation import Operation
from ._options import NO_OPTIONS, Middleware, Settings, SyncOptions
from ._raw import Collected, Paged, Response, StreamedResponse, rebound, success_in_chunks, whole
from ._response import result
from ._sealed import Sealed
from ._steps import Ask, Renew, Send, Sleep, Step, Steps, carry_out

T = TypeVar("T")
P = ParamSpec("P")


class SyncSender:
    """Sends requests through the default transport, a custom one, or an injected `httpx2.Client`."""

    is_async = False

    def __init__(self, options: SyncOptions) -> None:
        http_client: Any = options.get("http_client")
        self.injected = http_client
        if http_client is not None and not isinstance(http_client, httpx2.Client):
            kind = type(http_client).__name__
            raise ClientUsageError(f"http_client: expected an httpx2.Client, got {kind}")
        self.own_agent = self.injected is None or self.injected.headers.get("user-agent", "").startswith("python-httpx")
        self._custom = options.get("transport")
        if self._custom is not None and http_client is not None:
            raise ClientUsageError("http_client and transport are mutually exclusive: a client has its own transport")
        self._own: dict[int, httpx2.BaseTransport] = {}
        """Process id -> transport. Connections opened before `fork()` belong to the parent."""
        if self._custom is not None and not hasattr(self._custom, "handle_request"):
            raise ClientUsageError(f"transport: expected an httpx2.BaseTransport, got {type(self._custom).__name__}")
        self._process = os.getpid()
        self.closed = False

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. The body of the response is not read yet.

        Raises:
            ClientUsageError: the client is closed, or belongs to another process.
            httpx2.RequestError: no response was received.
        """
        if self.closed or (self.injected is not None and self.injected.is_closed):
            raise ClientUsageError("the client is closed; create a new one")
        process = os.getpid()
        if self._process != process and (self.injected is not None or self._custom is not None):
            raise other_process()
        if self.injected is not None:
            response: httpx2.Response = self.injected.send(request, stream=True, follow_redirects=False)
            return response
        transport = self._custom or self._own.get(process)
        if transport is None:
            from ._transport import Transport

            # If two threads get here, the first transport is kept.
            transport = self._own.setdefault(process, Transport())
        response = transport.handle_request(request)
        response.request = request
        return response

    def close(self) -> None:
        """Close the connections. An injected client stays open."""
        if self.injected is None:
            self.closed = True
            transport = self._custom if self._process == os.getpid() else None
            transport = transport or self._own.pop(os.getpid(), None)
            if transport is not None:
                transport.close()


class SyncClient(BaseClient):
    """Base of the generated client. Safe to share between threads."""

    def __init__(self, settings: Settings, options: SyncOptions) -> None:
        super().__init__(checked(settings, options, SyncOptions.__annotations__))
        self._sender = SyncSender(options)
        self._clock = options.get("clock") or Clock()
        self._line = Line(self._sender, self._clock)
        self._middleware = tuple(options.get("middleware", ()))

    def close(self) -> None:
        """Close the connections. An injected client stays open."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @overload
    def raw(self, method: Callable[P, Paged[T]], *args: P.args, **kwargs: P.kwargs) -> Response[T]: ...

    @overload
    def raw(self, method: Callable[P, Collected[T]], *args: P.args, **kwargs: P.kwargs) -> Response[T]: ...

    @overload
    def raw(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Response[T]: ...

    def raw(self, method: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> Response[Any]:
        """Call a method of this client and return its result with status, headers and violations.

        `client.raw(client.runs.get, 1)` makes the same call as `client.runs.get(1)`. Of pages, the result is the first.
        """
        response: Response[Any] = whole(rebound(method, RawCaller, "raw")(*args, **kwargs))
        return response

    @overload
    def stream(self, method: Callable[P, Paged[T]], *args: P.args, **kwargs: P.kwargs) -> Stream[T]: ...

    @overload
    def stream(self, method: Callable[P, Collected[T]], *args: P.args, **kwargs: P.kwargs) -> Stream[T]: ...

    @overload
    def stream(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Stream[T]: ...

    def stream(self, method: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> Stream[Any]:
        """Call a method of this client without reading the body of a successful response.

        Use it as `with client.stream(client.files.get, 1) as response:` and read `response.iter_bytes()`.
        """
        stream: Stream[Any] = whole(rebound(method, StreamCaller, "stream")(*args, **kwargs))
        return stream

    def call(
        self,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: Mapping[str, Any] = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> T:
        """Send a request for an operation and return its result. Generated methods use this."""
        call = Call(self._settings, operation, arguments, options, body, content_type)
        return result(call, self._send(call))

    def _send(self, call: Call[Any]) -> httpx2.Response:
        """Perform the steps of a call and return the final response."""
        return carry_out(flow(call, self._line), self._perform)

    def _carry_out(self, steps: Steps[T]) -> T:
        """Perform steps of any kind, for example those of waiting."""
        return carry_out(steps, self._perform)

    def _perform(self, step: Step) -> Any:
        match step:
            case Send():
                send: Callable[[httpx2.Request], httpx2.Response] = partial(self._attempt, step)
                if step.through_middleware:
                    for layer in reversed(self._middleware):
                        send = _around(layer, send)
                return send(step.request)
            case Sleep(seconds):
                return self._clock.sleep(seconds)
            case Renew():
                lock = step.guard.lock
                if not lock.acquire(timeout=-1 if step.seconds is None else step.seconds):
                    raise APITimeoutError("timeout while waiting for a credential")
                try:
                    return step.current() or carry_out(step.steps(), self._perform)
                finally:
                    lock.release()
            case Ask(function):
                value = Sealed(function())
                if hasattr(value.value, "__await__"):
                    value.value.close()
                    raise TokenError("a coroutine function as a credential requires the asynchronous client")
                return value

    def _attempt(self, step: Send, request: httpx2.Request) -> httpx2.Response:
        began = self._clock.monotonic()
        if request is not step.request:  # Middleware built another request.
            request.extensions = {**step.request.extensions, **request.extensions}
        response = self._sender.send(request)
        reads = step.reads(response)
        if not reads:
            request.extensions[EXCHANGE].deadline = None
        meter = Meter(response, step.limit if reads else None, step.deadline if reads else None, self._clock, began)
        response.extensions[METER] = meter
        response.stream = MeteredStream(response.stream, meter)
        if reads:
            try:
                response.read()
            finally:
                response.close()
        return response


def _around(
    layer: Middleware, send: Callable[[httpx2.Request], httpx2.Response]
) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda request: layer(request, send)


class RawCaller:
    """Replaces the client in a group whose methods return `Response`."""

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def call(
        self,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: Mapping[str, Any] = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> Response[T]:
        """Send a request for an operation and return its result with the response."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        return Response(call, self._client._send(call))


class StreamCaller(RawCaller):
    """Replaces the client in a group whose methods return `Stream`."""

    def call(  # type: ignore[override]
        self,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: Mapping[str, Any] = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> Stream[T]:
        """Return a stream that sends the request when it is entered."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        call.reads_whole = success_in_chunks
        return Stream(self._client, call)


class Stream(Generic[T]):
    """A call that `with` sends, and whose response it closes."""

    def __init__(self, client: SyncClient, call: Call[T]) -> None:
        self._client = client
        self._call = call
        self._response: httpx2.Response | None = None

    def __enter__(self) -> StreamedResponse[T]:
        self._response = self._client._send(self._call)
        return StreamedResponse(self._call, self._response)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            self._response.close()
