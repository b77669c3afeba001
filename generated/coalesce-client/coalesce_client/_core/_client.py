"""The synchronous client: carries out what `_flow` says."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, Unpack, overload

import httpx2

from ._auth import Source
from ._body import Meter, MeteredStream
from ._clock import Clock
from ._errors import RequestError, TokenError
from ._flow import Ask, Call, flow, merged, timeout_of
from ._operation import Operation
from ._options import NO_OPTIONS, CallOptions, Middleware, Settings, SyncOptions
from ._raw import Collected, Paged, Response, StreamedResponse, rebound, whole

T = TypeVar("T")
P = ParamSpec("P")


def checked(settings: Settings, options: Any) -> Settings:
    """The settings, with the options that both kinds of clients have.

    Raises:
        RequestError: there is no usable base URL.
    """
    if not settings.base_url.startswith(("http://", "https://")):
        what = repr(settings.base_url) if settings.base_url else "no server is known"
        raise RequestError(f"base_url: {what}; give one that begins with https:// or http://")
    for name in options:
        if name not in SyncOptions.__annotations__:
            raise TypeError(f"got an unexpected keyword argument {name!r}")
    calls: Any = {"timeout": 60.0, "deadline": 600.0, "max_retries": 2, "policy": "tolerant"}
    for name in ("timeout", "deadline", "max_retries", "policy"):
        if name in options:
            calls[name] = options[name]
    if options.get("http_client") is not None and "timeout" not in options:
        del calls["timeout"]  # Its own counts.
    return replace(
        settings,
        options=calls,
        on_departure=options.get("on_departure"),
        config=options.get("config") or settings.config,
    )


class BaseClient:
    """What both kinds of clients are."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def base_url(self) -> str:
        """Where requests go, without a slash at the end."""
        return self._settings.base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """A client with other options for its calls, over the same connections."""
        made = copy.copy(self)
        # The groups belong to the client that made them.
        made.__dict__ = {name: value for name, value in self.__dict__.items() if name.startswith("_")}
        made._settings = replace(self._settings, options=merged(self._settings.options, options))
        return made


class SyncClient(BaseClient):
    """Base of the generated client. Safe to share between threads, as `httpx2.Client` is."""

    def __init__(self, settings: Settings, options: SyncOptions) -> None:
        super().__init__(checked(settings, options))
        given = options.get("http_client")
        self._owns_http = given is None
        self._http = given or httpx2.Client(transport=options.get("transport"))
        self._clock = options.get("clock") or Clock()
        self._middleware = tuple(options.get("middleware", ()))

    def close(self) -> None:
        """Close the connections; those of an injected client are its owner's business."""
        if self._owns_http:
            self._http.close()

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
        """Call a method of this client; gives its result together with status, headers and departures.

        `client.raw(client.runs.get, 1)` is `client.runs.get(1)` with all that came; of pages, it is the first.
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
        """Call a method of this client without reading the body of a good answer at once.

        `with client.stream(client.files.get, 1) as response:` then has `response.iter_bytes()`.
        """
        stream: Stream[Any] = whole(rebound(method, StreamCaller, "stream")(*args, **kwargs))
        return stream

    def call(
        self,
        operation: Operation[T],
        arguments: tuple[Any, ...],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> T:
        """Send one operation and return its result; generated methods call this."""
        call = Call(self._settings, operation, arguments, options, body, content_type)
        return call.finish(self._run(call), [])

    def _run(self, call: Call[Any]) -> httpx2.Response:
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
                        given = send(step)
                    elif isinstance(step, Ask):
                        given = self._credential(step, call)
                    else:
                        self._clock.sleep(step)
                except httpx2.RequestError as problem:
                    step = steps.throw(problem)
                else:
                    step = steps.send(given)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    def _attempt(self, call: Call[Any], request: httpx2.Request) -> httpx2.Response:
        response = self._http.send(request, stream=True, follow_redirects=False)
        streamed = call.stream and response.status_code < 300
        limit, deadline = (None, None) if streamed else (self._settings.config.max_response_bytes, call.deadline)
        response.stream = MeteredStream(response.stream, Meter(response, limit, deadline, self._clock))
        if not streamed:
            try:
                response.read()
            finally:
                response.close()
        return response

    def _credential(self, step: Ask, call: Call[Any]) -> str:
        source = step.scheme.source
        assert source is not None
        with source.lock:  # One thread asks, the others find what it got.
            now = self._clock.monotonic()
            return source.current(now, step.stale) or source.keep(self._asked(source, call), now)

    def _asked(self, source: Source, call: Call[Any]) -> Any:
        asking: Generator[Any, Any, Any] = source.ask()
        given: Any = None
        try:
            step = next(asking)
            while True:
                if isinstance(step, httpx2.Request):
                    step.extensions["timeout"] = timeout_of(call, self._http, self._owns_http, self._clock)
                    given = self._attempt(call, step)
                else:
                    given = step()
                    if hasattr(given, "__await__"):
                        given.close()
                        raise TokenError("a coroutine function for a credential needs the asynchronous client")
                step = asking.send(given)
        except StopIteration as end:
            return end.value


Send = Callable[[httpx2.Request], httpx2.Response]


def _around(layer: Middleware, send: Send) -> Send:
    return lambda request: layer(request, send)


class RawCaller:
    """Stands in for the client in a group whose methods give `Response`s."""

    def __init__(self, client: SyncClient) -> None:
        self._client = client

    def call(
        self,
        operation: Operation[T],
        arguments: tuple[Any, ...],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> Response[T]:
        """Send one operation; its result with the answer."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        return Response(call, self._client._run(call))


class StreamCaller(RawCaller):
    """Stands in for the client in a group whose methods give `Stream`s."""

    def call(  # type: ignore[override]
        self,
        operation: Operation[T],
        arguments: tuple[Any, ...],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> Stream[T]:
        """What sends the operation when it is entered."""
        call = Call(self._client._settings, operation, arguments, options, body, content_type)
        call.stream = True
        return Stream(self._client, call)


class Stream(Generic[T]):
    """A call that is sent by `with`, and whose answer is closed at its end."""

    def __init__(self, client: SyncClient, call: Call[T]) -> None:
        self._client = client
        self._call = call
        self._response: httpx2.Response | None = None

    def __enter__(self) -> StreamedResponse[T]:
        self._response = self._client._run(self._call)
        return StreamedResponse(self._call, self._response)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._response is not None:
            self._response.close()
