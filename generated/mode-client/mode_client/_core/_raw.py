"""A call's result together with the answer that it was read from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Generic, Protocol, TypeVar

import httpx2

from ._body import METER, PROBLEM, TOO_LARGE
from ._call import Call
from ._errors import ResponseTooLargeError, SchemaViolation, SchemaViolations, UndecodableResponseError
from ._exchange import EXCHANGE
from ._flow import connection_error
from ._response import result

T = TypeVar("T")
Page_co = TypeVar("Page_co", covariant=True)


class _Answer:
    """What both kinds of responses tell."""

    http_response: httpx2.Response
    """The answer as httpx2 gives it."""
    attempts: int
    """How often the request was sent."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.http_response.status_code

    @property
    def headers(self) -> httpx2.Headers:
        """The headers of the answer."""
        return self.http_response.headers

    @property
    def request_id(self) -> str | None:
        """The service's id of this request, for its support."""
        return self.http_response.headers.get("x-request-id")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code}]>"


class Response(_Answer, Generic[T]):
    """The result of a call as `value`, and what came with it."""

    def __init__(self, call: Call[T], http_response: httpx2.Response) -> None:
        self.http_response = http_response
        self.attempts = call.attempts
        found = SchemaViolations()
        self.value: T = result(call, http_response, found)
        self.violations: tuple[SchemaViolation, ...] = tuple(found)
        """Where the answer departs from its schema, the first hundred; empty when it is as documented."""
        self.violation_count = found.total
        """Of all."""

    @property
    def content(self) -> bytes:
        """The body as it came, unpacked."""
        return self.http_response.content


class _Streamed(_Answer, Generic[T]):
    def __init__(self, call: Call[T], http_response: httpx2.Response) -> None:
        self._call = call
        self.http_response = http_response
        self.attempts = call.attempts
        if http_response.status_code >= 300:  # Or the body of an error would be taken for what was asked for.
            result(call, http_response)

    def _errors(self) -> Any:
        return stream_errors(self._call.operation.name, self.http_response)

    def _limit(self) -> None:
        """Limit the rest of the body in size and time, since it is read into memory."""
        limit_body(self._call, self.http_response)

    def _check(self) -> None:
        check_stream(self._call.operation.name, self.http_response)


class StreamedResponse(_Streamed[T]):
    """An answer whose body is still to be read, piece by piece or as a whole."""

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The body in pieces, unpacked; of `chunk_size` bytes, or as they come.

        Raises:
            APIConnectionError: the connection broke.
            UndecodableResponseError: the body is not packed as its content encoding says.
        """
        with self._errors():
            yield from self.http_response.iter_bytes(chunk_size)
        self._check()

    def iter_lines(self) -> Iterator[str]:
        """The body in lines of text, without their ends."""
        with self._errors():
            yield from self.http_response.iter_lines()
        self._check()

    def read(self) -> bytes:
        """The whole body, within the limits on size and time."""
        self._limit()
        with self._errors():
            content = self.http_response.read()
        self._check()
        return content

    def parse(self) -> T:
        """Read the whole body, and give what the call would have returned."""
        with suppress(UndecodableResponseError):  # Which `result` raises too, or it is an error's body.
            self.read()
        return result(self._call, self.http_response)


class AsyncStreamedResponse(_Streamed[T]):
    """An answer whose body is still to be read, piece by piece or as a whole."""

    async def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """The body in pieces, unpacked; of `chunk_size` bytes, or as they come.

        Raises:
            APIConnectionError: the connection broke.
            UndecodableResponseError: the body is not packed as its content encoding says.
        """
        with self._errors():
            async for piece in self.http_response.aiter_bytes(chunk_size):
                yield piece
        self._check()

    async def iter_lines(self) -> AsyncIterator[str]:
        """The body in lines of text, without their ends."""
        with self._errors():
            async for line in self.http_response.aiter_lines():
                yield line
        self._check()

    async def read(self) -> bytes:
        """The whole body, within the limits on size and time."""
        self._limit()
        with self._errors():
            content = await self.http_response.aread()
        self._check()
        return content

    async def parse(self) -> T:
        """Read the whole body, and give what the call would have returned."""
        with suppress(UndecodableResponseError):  # Which `result` raises too, or it is an error's body.
            await self.read()
        return result(self._call, self.http_response)


@contextmanager
def stream_errors(name: str, response: httpx2.Response) -> Generator[None]:
    """Turn what httpx2 raises within a body into errors of this client."""
    problem: httpx2.RequestError | None = None
    try:
        yield
    except httpx2.RequestError as error:
        problem = error
    if problem is not None:
        raise connection_error(name, problem, response.request)


def check_stream(name: str, response: httpx2.Response) -> None:
    """Raise what went wrong with a body that ended early."""
    problem = response.extensions.get(PROBLEM)
    if problem is not None:
        kind = ResponseTooLargeError if problem == TOO_LARGE else UndecodableResponseError
        raise kind(f"{name}: the body is {problem}", response, name)


def success_in_pieces(response: httpx2.Response) -> bool:
    """Whether a body is read at once, when the caller reads that of a success in pieces."""
    return response.status_code >= 300


def limit_body(call: Call[Any], response: httpx2.Response) -> None:
    """Limit a body that began to be read in pieces, and is read to its end at once."""
    meter = response.extensions.get(METER)
    if meter is not None:
        meter.limit, meter.deadline = call.settings.config.max_response_bytes, call.deadline
    exchange = response.request.extensions.get(EXCHANGE)
    if exchange is not None:
        exchange.deadline = call.deadline


class Paged(Protocol[Page_co]):
    """What methods with pages give."""

    def first_page(self) -> Page_co:
        """The first page."""
        ...


class Collected(Protocol[Page_co]):
    """What methods give whose answers are read while they come."""

    def collect(self) -> Page_co:
        """All items."""
        ...


def whole(made: Any) -> Any:
    """What a method gives, or what one request gives where a method asks for nothing before it is read."""
    for name in ("first_page", "collect"):
        if hasattr(made, name):
            return getattr(made, name)()
    return made


def rebound(method: Callable[..., Any], client: type[Any], kind: str) -> Callable[..., Any]:
    """The method of a group, as that of a group whose calls go through `client(group's client)`."""
    group = getattr(method, "__self__", None)
    if group is None or not hasattr(group, "_client"):
        raise TypeError(f"client.{kind}() takes a method of the client, such as client.runs.get, and its arguments")
    return getattr(type(group)(client(group._client)), method.__name__)  # type: ignore[no-any-return]
