"""A client of either kind, called in the same way, on a clock that a test holds in its hands."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from operator import attrgetter
from types import ModuleType
from typing import Any

import httpx2
import pytest

KINDS = ("sync", "async")
Reply = httpx2.Response | Exception
Handler = Callable[[httpx2.Request], httpx2.Response]


class Script:
    """A service that answers in turn, the last answer for ever; keeps the requests. An exception is raised."""

    def __init__(self, *replies: Reply | Handler) -> None:
        self.replies = list(replies)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx2.Response):
            stream = reply.stream if isinstance(reply.stream, Both) else None
            if stream is not None:
                return httpx2.Response(reply.status_code, headers=reply.headers, stream=stream)
            return httpx2.Response(reply.status_code, headers=reply.headers, stream=httpx2.ByteStream(reply.read()))
        return reply(request)


class Both(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body in pieces, for either kind of client."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces():
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


class Twin:
    """A client of one kind; `call` and its like wait for what a coroutine gives."""

    def __init__(
        self, kind: str, package: ModuleType, name: str, service: Handler, *given: Any, **options: Any
    ) -> None:
        self.kind = kind
        self.package = package
        self.waits: list[float] = []
        self.now = 1_000.0
        self.loop = asyncio.new_event_loop()
        self.service = service
        factory = getattr(package, name if kind == "sync" else f"Async{name}")
        if options.setdefault("clock", self._clock()) is None:
            del options["clock"]  # That of the system.
        if options.get("http_client") is not None:
            options["transport"] = None
        if options.setdefault("transport", httpx2.MockTransport(service)) is None:
            del options["transport"]  # The client's own.
        self.client: Any = factory(*given, **options)

    def _clock(self) -> Any:
        twin = self

        class Manual:
            def monotonic(self) -> float:
                return twin.now

            def time(self) -> float:
                return 1_700_000_000.0 + twin.now

            def jitter(self) -> float:
                return 0.5

        if self.kind == "sync":

            class SyncClock(Manual, self.package.Clock):  # type: ignore[misc, name-defined]
                def sleep(self, seconds: float) -> None:
                    twin.pass_time(seconds)

            return SyncClock()

        class AsynchronousClock(Manual, self.package.AsyncClock):  # type: ignore[misc, name-defined]
            async def sleep(self, seconds: float) -> None:
                twin.pass_time(seconds)

        return AsynchronousClock()

    def pass_time(self, seconds: float) -> None:
        """Wait, as the client does."""
        self.waits.append(seconds)
        self.now += seconds

    def wait(self, value: Any) -> Any:
        """The value, or what it is once it is there."""
        return self.loop.run_until_complete(value) if inspect.isawaitable(value) else value

    def call(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """The result of a method: `call("runs.list", limit=1)`."""
        made = attrgetter(path)(self.client)(*args, **kwargs)
        return self.wait(made.first_page() if hasattr(made, "first_page") else made)

    def items(self, path: str, *args: Any, **kwargs: Any) -> list[Any]:
        """The elements of all pages of a method."""
        made = attrgetter(path)(self.client)(*args, **kwargs)
        return self.listed(made)

    def pages(self, path: str, *args: Any, **kwargs: Any) -> list[Any]:
        """The pages of a method."""
        return self.listed(attrgetter(path)(self.client)(*args, **kwargs).pages())

    def listed(self, made: Any) -> list[Any]:
        """All that an iterable of either kind gives."""
        if self.kind == "sync":
            return list(made)

        async def run() -> list[Any]:
            return [item async for item in made]

        return list(self.wait(run()))

    def raw(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """The response of a method."""
        return self.wait(self.client.raw(attrgetter(path)(self.client), *args, **kwargs))

    def stream(self, path: str, use: Callable[[Any], Any], *args: Any, **kwargs: Any) -> Any:
        """What `use` makes of a streamed response; iterators give lists."""
        context = self.client.stream(attrgetter(path)(self.client), *args, **kwargs)
        if self.kind == "sync":
            with context as response:
                made = use(response)
                return list(made) if hasattr(made, "__next__") else made

        async def run() -> Any:
            async with context as response:
                made = use(response)
                if hasattr(made, "__aiter__"):
                    return [item async for item in made]
                return await made if inspect.isawaitable(made) else made

        return self.wait(run())

    def close(self) -> None:
        """Close the client and its event loop."""
        self.wait(self.client.close())
        self.loop.close()


@pytest.fixture(params=KINDS)
def twin(request: pytest.FixtureRequest) -> Iterator[Callable[..., Twin]]:
    """Makes clients of both kinds: `twin(package, "Name", service, ...)`."""
    made: list[Twin] = []

    def factory(package: ModuleType, name: str, service: Handler, *given: Any, **options: Any) -> Twin:
        made.append(Twin(request.param, package, name, service, *given, **options))
        return made[-1]

    yield factory
    for each in made:
        each.close()


def answer(body: Any, status: int = 200, **headers: str) -> httpx2.Response:
    """An answer of JSON."""
    return httpx2.Response(
        status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
