"""Options of clients and of calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ._errors import RequestError
from ._retry import Retry

if TYPE_CHECKING:
    import httpx2

    from ._auth import Scheme
    from ._clock import AsyncClock, Clock
    from ._report import Report

Policy = Literal["tolerant", "strict"]
"""What becomes of an answer that departs from its schema.

`tolerant` gives what is right typed and what is wrong as it came, and reports it; `strict` raises
`InvalidResponseError`.
"""


class CallOptions(TypedDict, total=False):
    """What each call takes besides its own arguments, and `with_options` for all calls."""

    timeout: float | httpx2.Timeout | None
    """Seconds for each step of an attempt: connecting, each write, the response headers, each piece of the body.

    None for no limit.
    """
    deadline: float | None
    """Seconds for the whole call, with all attempts and waits; None for no limit.

    A body that is read in pieces may take longer.
    """
    max_retries: int
    """How often a call is tried again at most."""
    idempotent: bool
    """Whether the call may be sent again although it may have had its effect (default: by its HTTP method)."""
    extra_headers: Mapping[str, str]
    """Headers that are sent besides, or in place of, the client's own."""
    extra_query: Mapping[str, str | Sequence[str]]
    """Query parameters that are sent besides the documented ones."""
    policy: Policy
    """What becomes of an answer that departs from its schema."""


class _ClientOptions(TypedDict, total=False):
    timeout: float | httpx2.Timeout | None
    """Seconds for each step of an attempt: connecting, each write, the response headers, each piece of the body.

    The default is 60; None for no limit.
    """
    deadline: float | None
    """Seconds for a whole call, with all attempts and waits (default 600); None for no limit.

    A body that is read in pieces may take longer.
    """
    max_retries: int
    """How often an idempotent call is tried again at most (default 2)."""
    policy: Policy
    """What becomes of an answer that departs from its schema (default `tolerant`)."""
    on_violation: Callable[[Report], object]
    """Called with the report of each answer that departs from its schema; without it, a warning is logged."""
    config: Config
    """What is rarely set."""


class SyncOptions(_ClientOptions, total=False):
    """Options of the synchronous client."""

    http_client: httpx2.Client
    """An `httpx2.Client` of the caller's; the caller closes it, and its timeout, headers and cookies count."""
    transport: httpx2.BaseTransport
    """The transport to send with: a `Transport` with settings of its own, or another one, such as for tests."""
    middleware: Sequence[Middleware]
    """Called around each attempt, the first one outermost."""
    clock: Clock
    """Another clock, for tests."""


class AsyncOptions(_ClientOptions, total=False):
    """Options of the asynchronous client."""

    http_client: httpx2.AsyncClient
    """An `httpx2.AsyncClient` of the caller's; the caller closes it, and its timeout, headers and cookies count."""
    transport: httpx2.AsyncBaseTransport
    """The transport to send with: an `AsyncTransport` with settings of its own, or another one, such as for tests."""
    middleware: Sequence[AsyncMiddleware]
    """Called around each attempt, the first one outermost."""
    clock: AsyncClock
    """Another clock, for tests."""


@dataclass(frozen=True, slots=True)
class Config:
    """What is rarely set."""

    retry: Retry = field(default_factory=Retry)
    """What is tried again, and when."""
    max_response_bytes: int = 256 * 2**20
    """The largest body of an answer, unpacked. Bodies that the caller reads in pieces have no limit."""
    enforce_all: bool = False
    """Whether answers are held against all keywords of their schemas, by the extra `enforce` (jsonschema-rs)."""


NO_OPTIONS: CallOptions = {}
"""For calls that choose nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client was made with. Nothing secret shows in its `repr`."""

    base_url: str
    own_servers: bool
    """Whether operations with a server of their own go there; a base URL that the caller gives is for all."""
    package: str
    """Import name; also the name of the logger."""
    user_agent: str
    schemes: Mapping[str, Scheme | None] = field(default_factory=dict[str, "Scheme | None"])
    """Security scheme to what it sends; None when its credential was not given."""
    hints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Security scheme to how its credential is given, for the message that it is missing."""
    user_info: Scheme | None = None
    """Name and password of the base URL, as HTTP Basic."""
    options: CallOptions = field(default_factory=CallOptions)
    on_violation: Callable[[Report], object] | None = None
    config: Config = field(default_factory=Config)

    def secrets(self) -> list[str]:
        """The credentials that must not show in messages."""
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
    """The second options over the first; headers and query parameters add up.

    Args:
        first: checked options.
        second: options as a caller gave them.
        arguments: names of the method's own arguments, for the message that a name is unknown.

    Raises:
        RequestError: an option has a value that it can't have.
        TypeError: there is no such option. It takes the place of Python's own check of keyword arguments.
    """
    check_options(second, CallOptions.__annotations__, arguments)
    options: CallOptions = {**first, **second}
    if "extra_headers" in first and "extra_headers" in second:
        options["extra_headers"] = {**first["extra_headers"], **second["extra_headers"]}
    if "extra_query" in first and "extra_query" in second:
        options["extra_query"] = {**first["extra_query"], **second["extra_query"]}
    return options


def check_options(options: Mapping[str, Any], known: Iterable[str], arguments: Iterable[str] = ()) -> None:
    """Check names and values of options.

    Raises:
        RequestError: an option has a value that it can't have.
        TypeError: there is no such option.
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
"""Seconds; beyond, the functions of the operating system overflow."""


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
_LIMIT: _Check = (lambda value: value is None or _is_count(value), "a number from 0, or None")
_CHECKS: dict[str, _Check] = {
    "timeout": (_is_timeout, "seconds as a number above 0, an httpx2.Timeout or None"),
    "deadline": _SECONDS,
    "wait_timeout": _SECONDS,
    "first_interval": (_is_seconds, "seconds as a number"),
    "longest_interval": (_is_seconds, "seconds as a number"),
    "max_retries": (_is_count, "a number from 0"),
    "max_items": _LIMIT,
    "max_pages": _LIMIT,
    "idempotent": (lambda value: value is None or isinstance(value, bool), "True or False"),
    "raise_on_failure": (lambda value: isinstance(value, bool), "True or False"),
    "extra_headers": (_is_headers, "a mapping of names to text"),
    "extra_query": (_is_query, "a mapping of names to text or sequences of text"),
    "policy": (lambda value: value in ("tolerant", "strict"), "'tolerant' or 'strict'"),
    "config": (lambda value: value is None or isinstance(value, Config), "a Config"),
    "middleware": (
        lambda value: isinstance(value, Sequence) and all(map(callable, value)),
        "a sequence of functions",
    ),
    "on_violation": (lambda value: value is None or callable(value), "a function"),
}
