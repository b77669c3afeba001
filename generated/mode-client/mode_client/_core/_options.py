"""Options of clients and of calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ._errors import RequestError
from ._report import Report, ViolationCounter
from ._retry import Retry

if TYPE_CHECKING:
    import httpx2

    from ._auth import Scheme
    from ._clock import AsyncClock, Clock

Policy = Literal["tolerant", "strict"]
"""How a response that violates its schema is handled.

`tolerant` returns valid values typed and invalid values unchanged, and reports each violation; `strict` raises
`InvalidResponseError`.
"""


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return self.name


UNSET = Unset.UNSET
"""The default of options that are not passed; None has a meaning of its own."""


class RequestOptions(TypedDict, total=False):
    """Rarely used options of each call."""

    deadline: float | None
    """Seconds for the call with all attempts and waits. None means no limit.

    A body that the caller reads in chunks may take longer.
    """
    max_retries: int
    """Maximum number of retries."""
    idempotent: bool
    """Whether the call may be repeated although it may have been processed (default: by its HTTP method)."""
    extra_headers: Mapping[str, str]
    """Headers that are sent in addition to, or instead of, the client's own."""
    extra_query: Mapping[str, str | Sequence[str]]
    """Query parameters that are sent in addition to the documented ones."""


class CallOptions(RequestOptions, total=False):
    """Options of each call besides its own arguments, and of `with_options` for all calls."""

    timeout: float | httpx2.Timeout | None
    """Seconds for each step of an attempt: connecting, each write, the response headers, each body chunk.

    None means no limit.
    """
    policy: Policy
    """How a response that violates its schema is handled."""


class _ClientOptions(TypedDict, total=False):
    timeout: float | httpx2.Timeout | None
    """Seconds for each step of an attempt: connecting, each write, the response headers, each body chunk.

    The default is 60. None means no limit.
    """
    deadline: float | None
    """Seconds for a call with all attempts and waits (default 600). None means no limit.

    A body that the caller reads in chunks may take longer.
    """
    max_retries: int
    """Maximum number of retries of an idempotent call (default 2)."""
    policy: Policy
    """How a response that violates its schema is handled (default `tolerant`)."""
    on_violation: Callable[[Report], object]
    """Called with the report of each response that violates its schema. By default, each violation is logged once."""
    config: Config
    """Rarely used settings."""


class SyncOptions(_ClientOptions, total=False):
    """Options of the synchronous client."""

    http_client: httpx2.Client
    """An existing `httpx2.Client`. The caller closes it; its timeout, headers and cookies apply."""
    transport: httpx2.BaseTransport
    """A transport: a `Transport` with custom settings, or another one, for example for tests."""
    middleware: Sequence[Middleware]
    """Functions called around each attempt, the first one outermost."""
    clock: Clock
    """A custom clock, for tests."""


class AsyncOptions(_ClientOptions, total=False):
    """Options of the asynchronous client."""

    http_client: httpx2.AsyncClient
    """An existing `httpx2.AsyncClient`. The caller closes it; its timeout, headers and cookies apply."""
    transport: httpx2.AsyncBaseTransport
    """A transport: an `AsyncTransport` with custom settings, or another one, for example for tests."""
    middleware: Sequence[AsyncMiddleware]
    """Functions called around each attempt, the first one outermost."""
    clock: AsyncClock
    """A custom clock, for tests."""


@dataclass(frozen=True, slots=True)
class Config:
    """Rarely used settings."""

    retry: Retry = field(default_factory=Retry)
    """When a call is retried."""
    max_response_bytes: int = 256 * 2**20
    """Maximum size of a decompressed body in bytes. Bodies that the caller reads in chunks have no limit."""
    enforce_all: bool = False
    """Validate responses against all keywords of their schemas; needs the extra `enforce` (jsonschema-rs)."""


NO_OPTIONS: CallOptions = {}
"""For calls without options."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a client. Its `repr` contains no secret."""

    base_url: str
    own_servers: bool
    """Whether operations with their own server use it. A base URL passed by the caller applies to all operations."""
    package: str
    """Import name, which is also the name of the logger."""
    user_agent: str
    schemes: Mapping[str, Scheme | None] = field(default_factory=dict[str, "Scheme | None"])
    """Security scheme -> what it sends, or None if its credential is missing."""
    hints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Security scheme -> how to pass its credential, for the message about a missing one."""
    user_info: Scheme | None = None
    """User and password of the base URL, as HTTP Basic."""
    options: CallOptions = field(default_factory=CallOptions)
    on_violation: Callable[[Report], object] | None = None
    config: Config = field(default_factory=Config)
    counter: ViolationCounter = field(default_factory=ViolationCounter, repr=False, compare=False)

    def secrets(self) -> list[str]:
        """Return the credentials that must not appear in messages."""
        schemes = [*self.schemes.values(), self.user_info]
        return [secret for scheme in schemes if scheme is not None for secret in scheme.secrets()]


if TYPE_CHECKING:
    Middleware = Callable[[httpx2.Request, Callable[[httpx2.Request], httpx2.Response]], httpx2.Response]
    AsyncMiddleware = Callable[
        [httpx2.Request, Callable[[httpx2.Request], Awaitable[httpx2.Response]]], Awaitable[httpx2.Response]
    ]
else:
    Middleware = AsyncMiddleware = Any


def merged(first: CallOptions, second: CallOptions, arguments: Iterable[str] = ()) -> CallOptions:
    """Merge options. The second ones take precedence; headers and query parameters are combined.

    Args:
        first: checked options.
        second: unchecked options of the caller.
        arguments: names of the method's own arguments, for suggestions in messages.

    Raises:
        RequestError: an option has an invalid value.
        TypeError: unknown option; this replaces Python's own check of keyword arguments.
    """
    check_options(second, CallOptions.__annotations__, arguments)
    options: CallOptions = {**first, **second}
    if "extra_headers" in first and "extra_headers" in second:
        options["extra_headers"] = {**first["extra_headers"], **second["extra_headers"]}
    if "extra_query" in first and "extra_query" in second:
        options["extra_query"] = {**first["extra_query"], **second["extra_query"]}
    return options


def without_unset(options: Mapping[str, Any]) -> Any:
    """Return the options that were passed."""
    return {name: value for name, value in options.items() if value is not UNSET}


def check_options(options: Mapping[str, Any], known: Iterable[str], arguments: Iterable[str] = ()) -> None:
    """Check names and values of options.

    Raises:
        RequestError: an option has an invalid value.
        TypeError: unknown option.
    """
    for name, value in options.items():
        if name not in known:
            close = get_close_matches(name, [*arguments, *known], 1)
            hint = f". Did you mean {close[0]!r}?" if close else ""
            raise TypeError(f"got an unexpected keyword argument {name!r}{hint}")
        check = _CHECKS.get(name)
        if check is not None and not check[0](value):
            got = repr(value)[:60] if isinstance(value, (str, int, float)) else type(value).__name__
            raise RequestError(f"{name}: expected {check[1]}, got {got}")


_LONGEST = 1e9
"""Seconds. Larger values overflow in functions of the operating system."""


def _is_seconds(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < _LONGEST


def _is_timeout(value: Any) -> bool:
    import httpx2

    if isinstance(value, httpx2.Timeout):
        return all(map(_is_timeout, value.as_dict().values()))
    return value is None or (_is_seconds(value) and value > 0)


def _is_headers(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


def _is_query(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str)
        and (isinstance(item, str) or (isinstance(item, Sequence) and all(isinstance(each, str) for each in item)))
        for name, item in value.items()
    )


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


_Check = tuple[Callable[[Any], bool], str]
_SECONDS: _Check = (lambda value: value is None or _is_seconds(value), "seconds as a number, or None")
_LIMIT: _Check = (lambda value: value is None or _is_count(value), "a non-negative integer, or None")
_CHECKS: dict[str, _Check] = {
    "timeout": (_is_timeout, "seconds as a positive number, an httpx2.Timeout or None"),
    "deadline": _SECONDS,
    "wait_timeout": _SECONDS,
    "first_interval": (_is_seconds, "seconds as a number"),
    "longest_interval": (_is_seconds, "seconds as a number"),
    "max_retries": (_is_count, "a non-negative integer"),
    "max_items": _LIMIT,
    "max_pages": _LIMIT,
    "idempotent": (lambda value: value is None or isinstance(value, bool), "True or False"),
    "raise_on_failure": (lambda value: isinstance(value, bool), "True or False"),
    "extra_headers": (_is_headers, "a mapping of names to strings"),
    "extra_query": (_is_query, "a mapping of names to strings or sequences of strings"),
    "policy": (lambda value: value in ("tolerant", "strict"), "'tolerant' or 'strict'"),
    "config": (lambda value: value is None or isinstance(value, Config), "a Config"),
    "middleware": (
        lambda value: isinstance(value, Sequence) and all(map(callable, value)),
        "a sequence of functions",
    ),
    "on_violation": (lambda value: value is None or callable(value), "a function"),
}
