"""Options of clients and of calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ._retry import Retry

if TYPE_CHECKING:
    import httpx2

    from ._auth import Scheme
    from ._clock import AsyncClock, Clock
    from ._raw import Report

Policy = Literal["tolerant", "strict"]
"""What becomes of an answer that departs from its schema.

`tolerant` gives what is right typed and what is wrong as it came, and reports it; `strict` raises
`InvalidResponseError`.
"""


class CallOptions(TypedDict, total=False):
    """What each call takes besides its own arguments, and `with_options` for all calls."""

    timeout: float | httpx2.Timeout | None
    """Seconds to wait for a connection, for data to be sent, and for data to come; None for ever."""
    deadline: float | None
    """Seconds for the whole call, with all attempts and waits; None for ever."""
    max_retries: int
    """How often a call is tried again at most."""
    idempotent: bool
    """Whether the call may be sent again though it may have had its effect (default: by its HTTP method)."""
    extra_headers: Mapping[str, str]
    """Headers that are sent besides, or in place of, the client's own."""
    extra_query: Mapping[str, str | Sequence[str]]
    """Query parameters that are sent besides the documented ones."""
    policy: Policy
    """What becomes of an answer that departs from its schema."""


class _ClientOptions(TypedDict, total=False):
    timeout: float | httpx2.Timeout | None
    """Seconds to wait for a connection, for data to be sent, and for data to come (default 60); None for ever."""
    deadline: float | None
    """Seconds for a whole call, with all attempts and waits (default 600); None for ever."""
    max_retries: int
    """How often an idempotent call is tried again at most (default 2)."""
    policy: Policy
    """What becomes of an answer that departs from its schema (default `tolerant`)."""
    on_departure: Callable[[Report], object]
    """Called with the report of each answer that departs from its schema; without it, a warning is logged."""
    config: Config
    """What is rarely set."""


class SyncOptions(_ClientOptions, total=False):
    """Options of the synchronous client."""

    http_client: httpx2.Client
    """An `httpx2.Client` of your own, for proxies, certificates or tests; you close it, and its timeout counts."""
    transport: httpx2.BaseTransport
    """A transport for the client's own `httpx2.Client`."""
    middleware: Sequence[Middleware]
    """Called around each attempt, the first one outermost."""
    clock: Clock
    """Another clock, for tests."""


class AsyncOptions(_ClientOptions, total=False):
    """Options of the asynchronous client."""

    http_client: httpx2.AsyncClient
    """An `httpx2.AsyncClient` of your own, for proxies, certificates or tests; you close it, and its timeout counts."""
    transport: httpx2.AsyncBaseTransport
    """A transport for the client's own `httpx2.AsyncClient`."""
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
    """The largest body of an answer, unpacked. Streamed bodies have no limit."""
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
    hint: str = ""
    """How to give credentials, for the message that they are missing."""
    options: CallOptions = field(default_factory=CallOptions)
    on_departure: Callable[[Report], object] | None = None
    config: Config = field(default_factory=Config)


if TYPE_CHECKING:
    Middleware = Callable[[httpx2.Request, Callable[[httpx2.Request], httpx2.Response]], httpx2.Response]
    AsyncMiddleware = Callable[
        [httpx2.Request, Callable[[httpx2.Request], Awaitable[httpx2.Response]]], Awaitable[httpx2.Response]
    ]
else:
    Middleware = AsyncMiddleware = Any
