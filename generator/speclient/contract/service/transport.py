"""The one way of a contract run to the service: each request is paced, counted, bounded and recorded.

schemathesis sends its requests through `session`, generated clients through `Transport`. Neither reads `~/.netrc`.
The proxies of the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY) are used, as generated clients use them.
"""

from __future__ import annotations

import io
import math
import socket
import ssl
import threading
import zlib
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2
import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse

from .clock import Clock, SystemClock
from .parameters import UsageError
from .retry_after import seconds_of

_WRITE_BYTES = 2**14
_LONGEST_BACK_OFF = 8.0
"""Seconds to wait after a refusal that does not tell how long."""
_HOP_HEADERS = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a run. Raises `UsageError` for those that make no sense.

    Args:
        requests: how many requests are sent in the whole run, at least 1.
        timeout: seconds for one request, from connecting to the last byte of the response.
        duration: seconds for the whole run.
        response_bytes: size of one response: of all that is received, and of the body after unpacking.
        rate: requests per second; None is unlimited.
    """

    requests: int = 300
    timeout: float = 20.0
    duration: float = 300.0
    response_bytes: int = 10 * 2**20
    rate: float | None = None

    def __post_init__(self) -> None:
        for name, option in (("requests", "--max-requests"), ("response_bytes", "response_bytes")):
            if (number := getattr(self, name)) < 1:
                raise UsageError(f"{option}: at least 1, not {number}")
        for name, option in (("timeout", "--timeout"), ("duration", "--max-time")):
            if not 0 < (seconds := getattr(self, name)) < math.inf:
                raise UsageError(f"{option}: a number of seconds above 0, not {seconds:g}")
        if self.rate is not None and not 0 < self.rate < math.inf:
            raise UsageError(f"--rate: a number of requests per second above 0, not {self.rate:g}")


class RunEnded(httpx2.RequestError):
    """The limits of the run allow no further request."""


class ResponseTooLarge(httpx2.RemoteProtocolError):
    """The response is larger than the limits allow."""


class Budget:
    """What is left of the limits of a run.

    Args:
        limits: of the run.
        clock: tells the time and waits.
    """

    def __init__(self, limits: Limits, clock: Clock | None = None) -> None:
        self.limits = limits
        self.clock = clock or SystemClock()
        self.requests = 0
        self.responses = 0
        self.ended = ""
        """Why a request was not sent, or not waited for; empty as long as the limits of the run hold nothing back."""
        self._ends = self.clock.now() + limits.duration
        self._not_before = self.clock.now()
        self._refusals = 0

    @property
    def left(self) -> int:
        """How many requests may still be sent; 0 when the run has ended."""
        return 0 if self.spent() else self.limits.requests - self.requests

    def spent(self) -> str:
        """Which limit of the run is reached; empty if none is."""
        if self.ended:
            return self.ended
        if self.clock.now() >= self._ends:
            return f"the time of {self.limits.duration:g} seconds is over"
        if self.requests >= self.limits.requests:
            return f"the {self.limits.requests} requests of the run are sent"
        return ""

    def exchange(self) -> Exchange:
        """Wait until the next request may be sent, and count it. Raises `RunEnded` when the budget is used up."""
        wait = self._not_before - self.clock.now()
        if not self.spent() and wait > 0:
            if self._not_before >= self._ends:
                self.ended = (
                    f"the next request has to wait {wait:.0f} seconds after 429 or 503, beyond the time of the run"
                )
            else:
                self.clock.sleep(wait)
        if problem := self.spent():
            self.ended = problem
            raise RunEnded(problem)
        self.requests += 1
        if self.limits.rate is not None:
            self._not_before = self.clock.now() + 1 / self.limits.rate
        return Exchange(self, min(self.clock.now() + self.limits.timeout, self._ends))

    def observe(self, status: int, retry_after: str | None) -> None:
        """Wait before the next request if a response asks for it: as `Retry-After` says, else longer each time."""
        if status not in (429, 503):
            self._refusals = 0
            return
        self._refusals += 1
        seconds = None if retry_after is None else seconds_of(retry_after)
        if seconds is None:
            seconds = min(2.0 ** (self._refusals - 1), _LONGEST_BACK_OFF)
        self._not_before = max(self._not_before, self.clock.now() + seconds)

    def time_is_over(self) -> None:
        """An exchange ran out of time: remember it if that is the time of the run."""
        if self.clock.now() >= self._ends:
            self.ended = f"the time of {self.limits.duration:g} seconds is over"


class Exchange:
    """One request and its response: when they must be complete, and how much may still be received."""

    def __init__(self, budget: Budget, ends: float) -> None:
        self._budget = budget
        self._ends = ends
        self._bytes_left = budget.limits.response_bytes

    def seconds(self, error: type[Exception]) -> float:
        """Seconds that are left for the next step. Raises `error` when no time is left."""
        if (left := self._ends - self._budget.clock.now()) <= 0:
            raise error("the timeout has expired")
        return left

    def received(self, size: int) -> None:
        """Count received bytes. Raises `ResponseTooLarge`."""
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise _too_large(self._budget.limits)


@dataclass(frozen=True)
class Record:
    """One request with its response, or with the error in its place."""

    request: httpx2.Request
    response: httpx2.Response | None
    started: float
    seconds: float
    error: httpx2.RequestError | None = None


class Transport(httpx2.BaseTransport):
    """Sends each request over a connection of its own and reads the whole response, within the limits.

    The body of the response is unpacked (gzip and deflate, which the request asks for) and its `Content-Encoding`
    removed, so that no reader of it can be made to unpack more than the limit.

    Args:
        budget: the limits of the run.
        authorization: value of `Authorization` for requests to `origin` that have none (user and password of its URL).
        origin: scheme, host and port.
        service: a transport that calls the service in process, in place of a connection.
    """

    def __init__(
        self,
        budget: Budget,
        authorization: str = "",
        origin: str = "",
        service: httpx2.BaseTransport | None = None,
    ) -> None:
        self.budget = budget
        self.records: list[Record] = []
        self._authorization = authorization
        self._origin = origin
        self._service = service
        self._proxies = {scheme: address for scheme, address in getproxies().items() if address}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Raises the errors of httpx2, `ResponseTooLarge` and `RunEnded`."""
        exchange = self.budget.exchange()
        started = self.budget.clock.now()
        try:
            response = self._in_process(request, exchange) if self._service else self._exchange(request, exchange)
        except httpx2.RequestError as error:
            # As httpx2 does itself: readers of the error ask for it.
            error.request = request
            if isinstance(error, httpx2.TimeoutException):
                self.budget.time_is_over()
            self.records.append(Record(request, None, started, self.budget.clock.now() - started, error))
            raise
        self.records.append(Record(request, response, started, self.budget.clock.now() - started))
        if "prefer" not in request.headers:
            self.budget.observe(response.status_code, response.headers.get("retry-after"))
        return response

    def _in_process(self, request: httpx2.Request, exchange: Exchange) -> httpx2.Response:
        assert self._service is not None
        sent = httpx2.Request(request.method, request.url, headers=request.headers, content=request.read())
        if self._authorization and "authorization" not in sent.headers:
            sent.headers["Authorization"] = self._authorization
        response = self._service.handle_request(sent)
        content = bytearray()
        try:
            for piece in response.iter_raw():
                content += piece
                exchange.received(len(piece))
        finally:
            response.close()
        exchange.seconds(httpx2.ReadTimeout)
        self.budget.responses += 1
        unpacked = _unpacked(bytes(content), response.headers.raw, self.budget.limits)
        headers = [(name, value) for name, value in response.headers.raw if name.lower() not in _HOP_HEADERS]
        stream = httpx2.ByteStream(unpacked)
        return httpx2.Response(response.status_code, headers=headers, stream=stream, request=request)

    def _exchange(self, request: httpx2.Request, exchange: Exchange) -> httpx2.Response:
        content = bytearray()
        with _httpx2_errors(), self._pool(request.url, exchange) as pool:
            response = pool.handle_request(self._core_request(request))
            try:
                for piece in response.iter_stream():
                    content += piece
            finally:
                response.close()
        exchange.seconds(httpx2.ReadTimeout)
        self.budget.responses += 1
        unpacked = _unpacked(bytes(content), response.headers, self.budget.limits)
        headers = [(name, value) for name, value in response.headers if name.lower() not in _HOP_HEADERS]
        kept = {
            name: response.extensions[name] for name in ("http_version", "reason_phrase") if name in response.extensions
        }
        return httpx2.Response(
            response.status, headers=headers, stream=httpx2.ByteStream(unpacked), extensions=kept, request=request
        )

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        return httpx2.create_ssl_context()

    def _pool(self, url: httpx2.URL, exchange: Exchange) -> httpcore2.ConnectionPool:
        address = None if proxy_bypass(url.host) else self._proxies.get(url.scheme) or self._proxies.get("all")
        proxy = None
        if address:
            given = httpx2.Proxy(address if "://" in address else f"http://{address}")
            proxy = httpcore2.Proxy(url=_core_url(given.url), auth=given.raw_auth, headers=given.headers.raw)
        context = self._ssl_context if url.scheme == "https" else None
        return httpcore2.ConnectionPool(ssl_context=context, proxy=proxy, network_backend=_Backend(exchange))

    def _core_request(self, request: httpx2.Request) -> httpcore2.Request:
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]
        headers.append((b"Accept-Encoding", b"gzip, deflate"))
        if self._authorization and "authorization" not in request.headers and origin_of(request.url) == self._origin:
            headers.append((b"Authorization", self._authorization.encode("latin-1")))
        return httpcore2.Request(request.method, _core_url(request.url), headers=headers, content=request.stream)


def origin_of(url: httpx2.URL) -> str:
    """Scheme, host and port of a URL."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def session(transport: Transport) -> requests.Session:
    """A session of requests, as schemathesis takes it, that sends through `transport`."""
    made = _Session()
    # Or it would read ~/.netrc and send what it finds there.
    made.trust_env = False
    made.headers = CaseInsensitiveDict({"Accept": "*/*"})
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Adapter(transport))
    return made


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        """Nothing: redirects are judged, not followed, and a `Location` may be anything."""
        return


class _Adapter(HTTPAdapter):
    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body: Any = request.body or b""
        headers = [(_header_bytes(name), _header_bytes(value)) for name, value in request.headers.items()]
        sent = httpx2.Request(str(request.method), str(request.url), headers=headers, content=body)
        response = self._transport.handle_request(sent)
        raw = HTTPResponse(
            io.BytesIO(response.read()),
            headers=HTTPHeaderDict(
                [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
            ),
            status=response.status_code,
            version=10 if response.http_version == "HTTP/1.0" else 11,
            reason=response.reason_phrase,
            preload_content=False,
            request_method=request.method,
        )
        return self.build_response(request, raw)


def _header_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")


def _core_url(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


@contextmanager
def _httpx2_errors() -> Generator[None]:
    """Turn the exceptions of httpcore2 into those of the same name in httpx2."""
    try:
        yield
    except Exception as error:
        for kind in type(error).__mro__:
            if kind.__module__.startswith("httpcore2") and (same := getattr(httpx2, kind.__name__, None)) is not None:
                raise same(str(error)) from error
        raise


class _Stream(httpcore2.NetworkStream):
    """A connection that asks its exchange before each step; the timeouts of httpcore2 do not count."""

    def __init__(self, stream: httpcore2.NetworkStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        data = self._stream.read(max_bytes, self._exchange.seconds(httpcore2.ReadTimeout))
        self._exchange.received(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        view = memoryview(buffer)
        for start in range(0, len(view), _WRITE_BYTES):
            # In pieces, because the stream below applies the timeout to every part that the system accepts.
            piece = bytes(view[start : start + _WRITE_BYTES])
            self._stream.write(piece, self._exchange.seconds(httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        seconds = self._exchange.seconds(httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._exchange)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        problem: Exception = httpcore2.ConnectError(f"no address for {host}")
        for address in _addresses(host, port, self._exchange.seconds(httpcore2.ConnectTimeout)):
            seconds = self._exchange.seconds(httpcore2.ConnectTimeout)
            try:
                stream = self._backend.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return _Stream(stream, self._exchange)
        raise problem

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.NetworkStream:
        raise NotImplementedError


def _addresses(host: str, port: int, seconds: float) -> list[str]:
    """Look up a host in a thread, because the system's resolver has no timeout."""
    found: list[str] = []
    problems: list[Exception] = []

    def look_up() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            problems.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise httpcore2.ConnectTimeout("the timeout has expired")
    if problems:
        raise httpcore2.ConnectError(str(problems[0])) from problems[0]
    return list(dict.fromkeys(found))


def _too_large(limits: Limits) -> ResponseTooLarge:
    return ResponseTooLarge(f"a response of more than {limits.response_bytes} bytes")


def _unpacked(content: bytes, headers: Iterable[tuple[bytes, bytes]], limits: Limits) -> bytes:
    codings = b",".join(value for name, value in headers if name.lower() == b"content-encoding")
    coding = codings.decode("latin-1").strip().lower()
    if not content or coding in ("", "identity"):
        return content
    windows: Mapping[str, tuple[int, ...]] = {
        "gzip": (zlib.MAX_WBITS | 16,),
        "x-gzip": (zlib.MAX_WBITS | 16,),
        # Some services send it without the header of zlib (RFC 9110, 8.4.1.2).
        "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS),
    }
    if coding not in windows:
        raise httpx2.RemoteProtocolError(f"the content coding {coding[:40]!r}, which was not asked for")
    for bits in windows[coding]:
        unpacker = zlib.decompressobj(bits)
        try:
            unpacked = unpacker.decompress(content, limits.response_bytes + 1)
        except zlib.error:
            continue
        if len(unpacked) > limits.response_bytes:
            raise _too_large(limits)
        if unpacker.eof:
            return unpacked
    raise httpx2.RemoteProtocolError(f"a body that is not valid {coding}")
