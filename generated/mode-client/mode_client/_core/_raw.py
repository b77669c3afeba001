"""Results of calls together with their responses."""

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
    """Attributes of both kinds of responses."""

    http_response: httpx2.Response
    """The response of httpx2."""
    attempts: int
    """The number of attempts."""

    @property
    def status_code(self) -> int:
        """The HTTP status code."""
        return self.http_response.status_code

    @property
    def headers(self) -> httpx2.Headers:
        """The response headers."""
        return self.http_response.headers

    @property
    def request_id(self) -> str | None:
        """The service's request id, for support requests."""
        return self.http_response.headers.get("x-request-id")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.status_code}]>"


class Response(_Answer, Generic[T]):
    """The result of a call as `value`, with its response."""

    def __init__(self, call: Call[T], http_response: httpx2.Response) -> None:
        self.http_response = http_response
        self.attempts = call.attempts
        violations = SchemaViolations()
        self.value: T = result(call, http_response, violations)
        self.violations: tuple[SchemaViolation, ...] = tuple(violations)
        """The first hundred violations of the schema."""
        self.violation_count = violations.total
        """The number of all violations."""

    @property
    def content(self) -> bytes:
        """The body, decompressed."""
        return self.http_response.content


class _Streamed(_Answer, Generic[T]):
    def __init__(self, call: Call[T], http_response: httpx2.Response) -> None:
        self._call = call
        self.http_response = http_response
        self.attempts = call.attempts
        if http_response.status_code >= 300:  # The body of an error must not be mistaken for the result.
            result(call, http_response)

    def _errors(self) -> Any:
        return stream_errors(self._call.operation.name, self.http_response)

    def _limit(self) -> None:
        """Limit the rest of the body in size and time, since it is read into memory."""
        limit_body(self._call, self.http_response)

    def _check(self) -> None:
        check_stream(self._call.operation.name, self.http_response)


class StreamedResponse(_Streamed[T]):
    """A response whose body is unread, to be read in chunks or as a whole."""

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the decompressed body in chunks of `chunk_size` bytes, or as received.

        Raises:
            APIConnectionError: the connection was closed.
            UndecodableResponseError: the body is not compressed as its content encoding declares.
        """
        with self._errors():
            yield from self.http_response.iter_bytes(chunk_size)
        self._check()

    def iter_lines(self) -> Iterator[str]:
        """Yield the body in lines of text, without line ends."""
        with self._errors():
            yield from self.http_response.iter_lines()
        self._check()

    def read(self) -> bytes:
        """Return the whole body, within the limits on size and time."""
        self._limit()
        with self._errors():
            content = self.http_response.read()
        self._check()
        return content

    def parse(self) -> T:
        """Read the whole body and return the result of the call."""
        with suppress(UndecodableResponseError):  # `result` raises the same error, or the body is that of an error.
            self.read()
        return result(self._call, self.http_response)


class AsyncStreamedResponse(_Streamed[T]):
    """A response whose body is unread, to be read in chunks or as a whole."""

    async def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """Yield the decompressed body in chunks of `chunk_size` bytes, or as received.

        Raises:
            APIConnectionError: the connection was closed.
            UndecodableResponseError: the body is not compressed as its content encoding declares.
        """
        with self._errors():
            async for chunk in self.http_response.aiter_bytes(chunk_size):
                yield chunk
        self._check()

    async def iter_lines(self) -> AsyncIterator[str]:
        """Yield the body in lines of text, without line ends."""
        with self._errors():
            async for line in self.http_response.aiter_lines():
                yield line
        self._check()

    async def read(self) -> bytes:
        """Return the whole body, within the limits on size and time."""
        self._limit()
        with self._errors():
            content = await self.http_response.aread()
        self._check()
        return content

    async def parse(self) -> T:
        """Read the whole body and return the result of the call."""
        with suppress(UndecodableResponseError):  # `result` raises the same error, or the body is that of an error.
            await self.read()
        return result(self._call, self.http_response)


@contextmanager
def stream_errors(name: str, response: httpx2.Response) -> Generator[None]:
    """Convert exceptions of httpx2 while a body is read."""
    problem: httpx2.RequestError | None = None
    try:
        yield
    except httpx2.RequestError as error:
        problem = error
    if problem is not None:
        raise connection_error(name, problem, response.request)


def check_stream(name: str, response: httpx2.Response) -> None:
    """Raise the error for a body that ended early."""
    problem = response.extensions.get(PROBLEM)
    if problem is not None:
        kind = ResponseTooLargeError if problem == TOO_LARGE else UndecodableResponseError
        raise kind(f"{name}: the body is {problem}", response, name)


def success_in_chunks(response: httpx2.Response) -> bool:
    """Whether a body is read immediately: not for a success, which the caller reads in chunks."""
    return response.status_code >= 300


def limit_body(call: Call[Any], response: httpx2.Response) -> None:
    """Limit a body that is read to its end after reading in chunks has begun."""
    meter = response.extensions.get(METER)
    if meter is not None:
        meter.limit, meter.deadline = call.settings.config.max_response_bytes, call.deadline
    exchange = response.request.extensions.get(EXCHANGE)
    if exchange is not None:
        exchange.deadline = call.deadline


class Paged(Protocol[Page_co]):
    """The return type of paginated methods."""

    def first_page(self) -> Page_co:
        """Return the first page."""
        ...


class Collected(Protocol[Page_co]):
    """The return type of methods that stream items."""

    def collect(self) -> Page_co:
        """Return all items."""
        ...


def whole(made: Any) -> Any:
    """Return a result, or the result of one request for methods that send requests only when read."""
    for name in ("first_page", "collect"):
        if hasattr(made, name):
            return getattr(made, name)()
    return made


def rebound(method: Callable[..., Any], client: type[Any], kind: str) -> Callable[..., Any]:
    """Return the same method of a copy of its group whose calls go through `client(group's client)`."""
    group = getattr(method, "__self__", None)
    if group is None or not hasattr(group, "_client"):
        raise TypeError(f"client.{kind}() requires a method of the client, such as client.runs.get, and its arguments")
    return getattr(type(group)(client(group._client)), method.__name__)  # type: ignore[no-any-return]
