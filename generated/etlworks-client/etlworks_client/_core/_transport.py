"""Transports of httpx2 that enforce timeouts and deadlines: `Transport` and `AsyncTransport`.

They are `httpcore2.ConnectionPool` over network streams that ask an `Exchange` for the timeout of each read and write.
With a plain `httpx2.Client`, they enforce its timeouts in the same way.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any, Generic, TypeVar

import httpcore2
import httpx2

from ._clock import _Clock
from ._errors import ClientUsageError
from ._exchange import EXCHANGE, MAX_OVERHEAD, Exchange, allowances

PoolT = TypeVar("PoolT", httpcore2.ConnectionPool, httpcore2.AsyncConnectionPool)
_T = TypeVar("_T")
_WRITE_BYTES = 2**14
_PORTS = {"http": 80, "https": 443}
_CLOCK = _Clock()


@dataclass(frozen=True, slots=True)
class _Options:
    ssl_context: ssl.SSLContext | None = None
    proxy: httpx2.Proxy | None = field(default=None, repr=False)
    trust_env: bool = True
    pool: Mapping[str, Any] = field(default_factory=dict[str, Any])


def _options(
    ssl_context: ssl.SSLContext | None,
    proxy: str | httpx2.URL | httpx2.Proxy | None,
    limits: httpx2.Limits | None,
    trust_env: bool,
    socket_options: Iterable[Any] | None,
    local_address: str | None,
    uds: str | None,
) -> _Options:
    limits = limits or httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0)
    pool: dict[str, Any] = {
        "max_connections": limits.max_connections,
        "max_keepalive_connections": limits.max_keepalive_connections,
        "keepalive_expiry": limits.keepalive_expiry,
        "socket_options": list(socket_options or ()),
        "local_address": local_address,
        "uds": uds,
    }
    return _Options(
        ssl_context, httpx2.Proxy(proxy) if isinstance(proxy, (str, httpx2.URL)) else proxy, trust_env, pool
    )


class _Pools(Generic[PoolT]):
    """The connection pools of a transport, created on first use: one per proxy, with and without TLS."""

    def __init__(self, kind: Callable[..., PoolT], backend: Any, options: _Options) -> None:
        self._kind: Callable[..., PoolT] = kind
        self._backend = backend
        self._options = options
        self._proxies = _environment_proxies() if options.trust_env and options.proxy is None else {}
        self._lock = threading.Lock()
        self.by_key: dict[tuple[str, bool], PoolT] = {}

    def get(self, url: httpx2.URL) -> PoolT:
        proxy = self._options.proxy
        if self._proxies:
            from urllib.request import proxy_bypass

            if not any(map(proxy_bypass, (url.host, f"{url.host}:{url.port or _PORTS.get(url.scheme)}"))):
                proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        key = (str(proxy.url) if proxy is not None else "", url.scheme == "https")
        pool = self.by_key.get(key)
        if pool is None:
            with self._lock:
                pool = self.by_key.get(key) or self.by_key.setdefault(key, self._new(proxy, tls=url.scheme == "https"))
        return pool

    def _new(self, proxy: httpx2.Proxy | None, *, tls: bool) -> PoolT:
        options = self._options
        context = options.ssl_context
        if context is None and tls:
            try:
                context = httpx2.create_ssl_context(trust_env=options.trust_env)
            except OSError as error:
                raise ClientUsageError(
                    "the certificates cannot be read; see the environment variables SSL_CERT_FILE and SSL_CERT_DIR"
                ) from error
        core = None
        if proxy is not None:
            core = httpcore2.Proxy(
                url=_core_url(proxy.url),
                auth=proxy.raw_auth,
                headers=proxy.headers.raw,
                ssl_context=proxy.ssl_context,
            )
        if core is not None and core.url.scheme.startswith(b"socks") and find_spec("socksio") is None:
            raise ClientUsageError("a SOCKS5 proxy requires the package socksio")
        pool: PoolT = self._kind(ssl_context=context, proxy=core, network_backend=self._backend, **options.pool)
        return pool


def _environment_proxies() -> dict[str, httpx2.Proxy]:
    """The proxies of the environment variables HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, by scheme."""
    from urllib.request import getproxies

    proxies: dict[str, httpx2.Proxy] = {}
    for scheme, address in getproxies().items():
        if scheme in ("http", "https", "all") and address:
            try:
                proxies[scheme] = httpx2.Proxy(address if "://" in address else f"http://{address}")
                continue
            except (httpx2.InvalidURL, ValueError):
                pass  # The message may contain the password of the proxy.
            raise ClientUsageError(
                f"{scheme.upper()}_PROXY in the environment is not the URL of an HTTP, HTTPS or SOCKS5 proxy"
            )
    return proxies


def _core_url(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _core_request(request: httpx2.Request, exchange: Exchange) -> httpcore2.Request:
    return httpcore2.Request(
        method=request.method,
        url=_core_url(request.url),
        headers=request.headers.raw,
        content=request.stream,
        extensions={**request.extensions, "timeout": allowances(exchange)},
    )


def _exchange_of(request: httpx2.Request) -> Exchange:
    exchange: Exchange | None = request.extensions.get(EXCHANGE)
    if exchange is None:
        timeouts = request.extensions.get("timeout", {})
        seconds_by_step = {name: timeouts.get(name) for name in ("connect", "read", "write", "pool")}
        exchange = Exchange(_CLOCK, httpx2.Timeout(**seconds_by_step), None)
    exchange.tracked = True
    exchange.reads = 0
    return exchange


@contextmanager
def _httpx2_errors() -> Generator[None]:
    """Convert the exceptions of httpcore2 and h11 to those of the same name in httpx2."""
    try:
        yield
    except Exception as error:
        for kind in type(error).__mro__:
            if (
                kind.__module__.startswith(("httpcore2", "h11"))
                and (same := getattr(httpx2, kind.__name__, None)) is not None
            ):
                raise same(str(error)) from error
        raise


def _has_unread_bytes(stream: Any) -> bool:
    """Return whether the service sent more than the response; the connection would read it as the next one.

    httpcore2 has no public API for this (as of 2.16): its HTTP/1.1 connection keeps the bytes for the next request.
    Returns False if its internals differ from what is expected.
    """
    state = getattr(getattr(getattr(stream, "_stream", None), "_connection", None), "_h11_state", None)
    trailing = getattr(state, "trailing_data", None)
    return isinstance(trailing, tuple) and bool(trailing[0])


class _Stream:
    """Common part of network streams of both kinds: the exchange in the timeouts."""

    def __init__(self, stream: Any, exchange: Exchange | None) -> None:
        self._stream = stream
        self._exchange = exchange
        self.spoiled = False
        """Whether the connection must not be reused."""

    def _limits(self, timeout: float | None) -> Exchange:
        exchange = getattr(timeout, "exchange", self._exchange)
        if exchange is None:
            exchange = Exchange(_CLOCK, httpx2.Timeout(timeout), None)
        self._exchange = exchange
        return exchange

    def get_extra_info(self, info: str) -> Any:
        # The pool closes an idle connection that has data to read.
        return True if info == "is_readable" and self.spoiled else self._stream.get_extra_info(info)


def _spoil(extensions: Mapping[str, Any]) -> None:
    stream = extensions.get("network_stream")
    if isinstance(stream, _Stream):
        stream.spoiled = True


def _no_time(kind: type[Exception]) -> Exception:
    return kind("the timeout has expired")


_TOO_MUCH = f"more than {MAX_OVERHEAD} bytes without a response or a chunk of its body"


class _NetworkStream(_Stream, httpcore2.NetworkStream):
    def __init__(self, stream: Any, exchange: Exchange | None) -> None:
        super().__init__(stream, exchange)
        self._tunnelled = isinstance(stream, _TunnelStream)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        exchange = self._limits(timeout)
        left = exchange.time_to_read()
        if left == 0:
            raise _no_time(httpcore2.ReadTimeout)
        data: bytes = self._stream.read(max_bytes, self._passed_on(left))
        if not exchange.received(len(data)):
            raise httpcore2.RemoteProtocolError(_TOO_MUCH)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        exchange = self._limits(timeout)
        view = memoryview(buffer)
        # In chunks, because the stream below applies the timeout to every part that the system accepts.
        for start in range(0, len(view), _WRITE_BYTES):
            chunk = view[start : start + _WRITE_BYTES]
            left = exchange.time_to_write(len(chunk))
            if left == 0:
                raise _no_time(httpcore2.WriteTimeout)
            self._stream.write(chunk, self._passed_on(left))

    def _passed_on(self, left: float | None) -> float | None:
        return allowances(self._exchange)["read"] if self._tunnelled and self._exchange is not None else left

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        exchange = self._limits(timeout)
        left = exchange.limited(exchange.timeouts.connect)
        if left == 0:
            raise _no_time(httpcore2.ConnectTimeout)
        if self._stream.get_extra_info("ssl_object") is not None:
            return _NetworkStream(_TunnelStream(self, ssl_context, server_hostname, exchange), exchange)
        return _NetworkStream(self._stream.start_tls(ssl_context, server_hostname, left), exchange)


class _TunnelStream(httpcore2.NetworkStream):
    """TLS through a proxy that is itself connected by TLS.

    The stream of httpcore2 for this applies the whole timeout to each read of a handshake or record.
    """

    def __init__(
        self, outer: _NetworkStream, ssl_context: ssl.SSLContext, server_hostname: str | None, exchange: Exchange
    ) -> None:
        self._outer = outer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = ssl_context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_hostname)
        allowance = allowances(exchange)["connect"]
        try:
            self._transfer(self._tls.do_handshake, allowance)
        except httpcore2.ReadTimeout:
            raise _no_time(httpcore2.ConnectTimeout) from None
        except ssl.SSLError as error:
            raise httpcore2.ConnectError(str(error)) from error

    def _transfer(self, function: Callable[[], _T], timeout: float | None) -> _T:
        while True:
            try:
                result = function()
            except ssl.SSLWantReadError:
                self._flush(timeout)
            else:
                self._flush(timeout)
                return result
            data = self._outer.read(2**16, timeout)
            if data:
                self._incoming.write(data)
            else:
                self._incoming.write_eof()

    def _flush(self, timeout: float | None) -> None:
        if self._outgoing.pending:
            self._outer.write(self._outgoing.read(), timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._transfer(lambda: self._tls.read(max_bytes), timeout)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        except ssl.SSLError as error:
            raise httpcore2.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            while buffer:
                buffer = buffer[self._transfer(partial(self._tls.write, buffer), timeout) :]
        except ssl.SSLError as error:
            raise httpcore2.WriteError(str(error)) from error

    def close(self) -> None:
        self._outer.close()

    def get_extra_info(self, info: str) -> Any:
        return self._tls if info == "ssl_object" else self._outer.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        exchange: Exchange | None = getattr(timeout, "exchange", None)
        seconds = exchange.timeouts.connect if exchange is not None else timeout
        ends = None if seconds is None else _CLOCK.monotonic() + seconds
        problem: Exception = httpcore2.ConnectError(f"no address for {host}")
        addresses = _addresses(host, port)
        for number, address in enumerate(addresses):
            left = None if ends is None else max(0.0, ends - _CLOCK.monotonic())
            left = exchange.limited(left) if exchange is not None else left
            if left is not None:
                left /= len(addresses) - number  # All addresses share the connect timeout.
            if left == 0:
                raise httpcore2.ConnectTimeout("the timeout has expired")
            try:
                stream = self._backend.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return _NetworkStream(stream, exchange)
        raise problem

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore2.NetworkStream:
        exchange: Exchange | None = getattr(timeout, "exchange", None)
        left = exchange.limited(exchange.timeouts.connect) if exchange is not None else timeout
        return _NetworkStream(self._backend.connect_unix_socket(path, left, socket_options), exchange)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


def _addresses(host: str, port: int) -> list[str]:
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in addresses))


class _AsyncNetworkStream(_Stream, httpcore2.AsyncNetworkStream):
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        exchange = self._limits(timeout)
        left = exchange.time_to_read()
        if left == 0:
            raise _no_time(httpcore2.ReadTimeout)
        data: bytes = await self._stream.read(max_bytes, left)
        if not exchange.received(len(data)):
            raise httpcore2.RemoteProtocolError(_TOO_MUCH)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        exchange = self._limits(timeout)
        left = exchange.time_to_write(len(buffer))
        if left == 0:
            raise _no_time(httpcore2.WriteTimeout)
        await self._stream.write(buffer, left)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        exchange = self._limits(timeout)
        left = exchange.limited(exchange.timeouts.connect)
        if left == 0:
            raise _no_time(httpcore2.ConnectTimeout)
        return _AsyncNetworkStream(await self._stream.start_tls(ssl_context, server_hostname, left), exchange)


class _AsyncBackend(httpcore2.AsyncNetworkBackend):
    def __init__(self) -> None:
        backend: Any = httpcore2.AnyIOBackend  # For asyncio and trio.
        self._backend: httpcore2.AsyncNetworkBackend = backend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.AsyncNetworkStream:
        exchange: Exchange | None = getattr(timeout, "exchange", None)
        left = exchange.limited(exchange.timeouts.connect) if exchange is not None else timeout
        stream = await self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _AsyncNetworkStream(stream, exchange)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore2.AsyncNetworkStream:
        exchange: Exchange | None = getattr(timeout, "exchange", None)
        left = exchange.limited(exchange.timeouts.connect) if exchange is not None else timeout
        return _AsyncNetworkStream(await self._backend.connect_unix_socket(path, left, socket_options), exchange)

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class _Body(httpx2.SyncByteStream):
    """The body of a response. Each chunk is a step of the exchange."""

    def __init__(self, response: httpcore2.Response, exchange: Exchange) -> None:
        self._response = response
        self._stream: Any = response.stream
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        with _httpx2_errors():
            self._exchange.next_step()
            for chunk in self._stream:
                yield chunk
                self._exchange.next_step()

    def close(self) -> None:
        if _has_unread_bytes(self._stream):
            _spoil(self._response.extensions)
        with _httpx2_errors():
            self._stream.close()


class _AsyncBody(httpx2.AsyncByteStream):
    """The body of a response. Each chunk is a step of the exchange."""

    def __init__(self, response: httpcore2.Response, exchange: Exchange) -> None:
        self._response = response
        self._stream: Any = response.stream
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _httpx2_errors():
            self._exchange.next_step()
            async for chunk in self._stream:
                yield chunk
                self._exchange.next_step()

    async def aclose(self) -> None:
        if _has_unread_bytes(self._stream):
            _spoil(self._response.extensions)
        with _httpx2_errors():
            await self._stream.aclose()


class Transport(httpx2.BaseTransport):
    """An HTTP/1.1 transport that enforces timeouts and deadlines regardless of what the service sends.

    Pass one to a client for a proxy, certificates or socket options: `transport=Transport(proxy=...)`. DNS lookups
    have only the limit of the system.

    Args:
        ssl_context: for TLS; by default, trusts what httpx2 trusts.
        proxy: URL of an HTTP, HTTPS or SOCKS5 proxy (SOCKS5 needs the package socksio).
        limits: number of connections, and how long they are kept (default 100; 20 idle ones for 5 seconds).
        trust_env: use HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY and SSL_CERT_FILE of the environment.
        socket_options: arguments of `socket.setsockopt`.
        local_address: the address to connect from.
        uds: path of a Unix domain socket.
    """

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | httpx2.URL | httpx2.Proxy | None = None,
        limits: httpx2.Limits | None = None,
        trust_env: bool = True,
        socket_options: Iterable[Any] | None = None,
        local_address: str | None = None,
        uds: str | None = None,
    ) -> None:
        options = _options(ssl_context, proxy, limits, trust_env, socket_options, local_address, uds)
        self._pools = _Pools(httpcore2.ConnectionPool, _Backend(), options)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. The body of the response is not read yet."""
        exchange = _exchange_of(request)
        with _httpx2_errors():
            response = self._pools.get(request.url).handle_request(_core_request(request, exchange))
        body = _Body(response, exchange)
        if exchange.reads == 0:
            _spoil(response.extensions)
            body.close()
            raise httpx2.RemoteProtocolError(_AHEAD)
        return httpx2.Response(response.status, headers=response.headers, stream=body, extensions=response.extensions)

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.by_key.values():
            pool.close()


class AsyncTransport(httpx2.AsyncBaseTransport):
    """The transport of asynchronous clients, under asyncio and trio. Its connections belong to one event loop."""

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | httpx2.URL | httpx2.Proxy | None = None,
        limits: httpx2.Limits | None = None,
        trust_env: bool = True,
        socket_options: Iterable[Any] | None = None,
        local_address: str | None = None,
        uds: str | None = None,
    ) -> None:
        options = _options(ssl_context, proxy, limits, trust_env, socket_options, local_address, uds)
        self._pools = _Pools(httpcore2.AsyncConnectionPool, _AsyncBackend(), options)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. The body of the response is not read yet."""
        exchange = _exchange_of(request)
        with _httpx2_errors():
            response = await self._pools.get(request.url).handle_async_request(_core_request(request, exchange))
        body = _AsyncBody(response, exchange)
        if exchange.reads == 0:
            _spoil(response.extensions)
            await body.aclose()
            raise httpx2.RemoteProtocolError(_AHEAD)
        return httpx2.Response(response.status, headers=response.headers, stream=body, extensions=response.extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.by_key.values():
            await pool.aclose()


_AHEAD = "the response was sent before its request"
