"""The steps of a call, without I/O. The clients perform them, synchronously or asynchronously."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import httpx2

from . import _request
from ._auth import Scheme, Source, choose
from ._call import Call
from ._errors import APIConnectionError, APITimeoutError, MissingCredentialsError, RequestError, TokenError
from ._exchange import EXCHANGE, Exchange
from ._redirects import MAX_REDIRECTS, redirect_refusal, redirect_target
from ._sealed import Sealed
from ._steps import Renew, Send, Sleep, Steps

if TYPE_CHECKING:
    from ._clock import _Clock

OPERATION, ATTEMPT = "speclient.operation", "speclient.attempt"
"""Extensions of each request, for middleware: the method and path template, and the attempt number from 1."""
_TOKEN_BYTES = 2**20
_NOTHING_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_WHAT = (
    (httpx2.ConnectTimeout, "timeout while connecting"),
    (httpx2.PoolTimeout, "timeout while waiting for a free connection"),
    (httpx2.WriteTimeout, "timeout while sending the request"),
    (httpx2.TimeoutException, "timeout while waiting for the response"),
    (httpx2.ConnectError, "no connection"),
    (httpx2.RemoteProtocolError, "the connection was closed, or the response is not HTTP"),
    (httpx2.NetworkError, "the connection was closed"),
    (httpx2.ProxyError, "the proxy refused the connection"),
    (httpx2.RequestError, "no response"),
)
"""Descriptions of transport exceptions. Their own text may contain data of the service."""


class Sender(Protocol):
    """Sends the requests of a client: a transport or an injected client."""

    injected: Any
    """The injected `httpx2.Client` or `httpx2.AsyncClient`, or None."""
    is_async: bool
    own_agent: bool
    """Whether requests have our `User-Agent`; an injected client may have its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the calls of a client share."""

    sender: Sender
    clock: _Clock


def flow(call: Call[Any], line: Line) -> Steps[httpx2.Response]:
    """The steps of a call. Returns the final response.

    Raises:
        APIConnectionError: no response was received.
        MissingCredentialsError: the operation requires credentials, and none are available.
        RequestError: an argument cannot be sent.
        TokenError: no token is available.
    """
    operation, clock = call.operation, line.clock
    _start(call, clock)
    schemes = _schemes(call, line.sender)
    values = yield from _values(call, line, schemes, {})
    parts = _build(call, schemes, values)
    idempotent = _is_idempotent(call, parts)
    renewed, redirects, attempt = False, 0, 0
    while True:
        request, response, failure, sent = yield from _attempt(call, parts, line)
        if response is not None and response.status_code < 300:
            return response
        call.replayable = _request.rewind(parts)
        if response is not None:
            status = response.status_code
            if status == 401 and values and not renewed and call.replayable:
                renewed = True
                stale = values
                values = yield from _values(call, line, schemes, stale)
                if values != stale:
                    parts = _build(call, schemes, values)
                    continue
            target = redirect_target(request, response) if redirects < MAX_REDIRECTS else None
            if target is not None:
                if redirect_refusal(operation, request, response, target, call.replayable) is None:
                    redirects += 1
                    _request.redirect(parts, str(target), _paired(schemes, values))
                    continue
                return response
        may_repeat = call.replayable and (idempotent or not sent)
        wait = _pause(call, clock, attempt, response) if may_repeat else None
        if wait is None:
            if failure is not None:
                raise failure
            assert response is not None
            return response
        logging.getLogger(call.settings.package).debug("%s: retrying in %.2f s", operation.name, wait)
        yield Sleep(wait)
        attempt += 1


def _attempt(
    call: Call[Any], parts: _request.RequestParts, line: Line
) -> Steps[tuple[httpx2.Request, httpx2.Response | None, APIConnectionError | None, bool]]:
    """Send the request once. Returns the request, the response or the failure, and whether bytes were written."""
    call.attempts += 1
    exchange = Exchange(line.clock, timeouts_of(call, line.sender), call.deadline)
    request = _request_of(call, parts, line.sender, exchange)
    began = line.clock.monotonic()
    response: httpx2.Response | None = None
    failure: APIConnectionError | None = None
    sent = True
    try:
        response = yield Send(request, call.reads, call.deadline, call.settings.config.max_response_bytes)
    except httpx2.RequestError as problem:
        failure = connection_error(call.operation.name, problem, request)
        sent = exchange.written > 0 if exchange.tracked else not isinstance(problem, _NOTHING_SENT)
    if response is not None:
        _link(response, request)
    _log(logging.getLogger(call.settings.package), call, response, failure, line.clock.monotonic() - began)
    return request, response, failure, sent


def _link(response: httpx2.Response, request: httpx2.Request) -> None:
    """Set the request of a response that middleware built."""
    try:
        _ = response.request
    except RuntimeError:
        response.request = request


def _start(call: Call[Any], clock: _Clock) -> None:
    seconds = call.options.get("deadline")
    if seconds is not None:
        ends = clock.monotonic() + seconds
        call.deadline = ends if call.deadline is None else min(ends, call.deadline)


def _is_idempotent(call: Call[Any], parts: _request.RequestParts) -> bool:
    """Return whether the request may be repeated although the service may have processed it."""
    declared = call.options.get("idempotent", call.operation.idempotent)
    if declared is not None:
        return declared
    return parts.method in call.settings.config.retry.methods or any(
        name.lower() == "idempotency-key" for name in parts.headers
    )


def _pause(call: Call[Any], clock: _Clock, attempt: int, response: httpx2.Response | None) -> float | None:
    """Return the seconds to wait before the next attempt, or None for no retry."""
    if attempt >= call.options.get("max_retries", 0):
        return None
    wait = call.settings.config.retry.wait(attempt, response, clock.time(), clock.jitter())
    late = wait is not None and call.deadline is not None and clock.monotonic() + wait >= call.deadline
    return None if late else wait


def connection_error(name: str, problem: httpx2.RequestError, request: httpx2.Request) -> APIConnectionError:
    """Convert an exception of the transport, without the headers and URLs in its frames."""
    kind = APITimeoutError if isinstance(problem, httpx2.TimeoutException) else APIConnectionError
    what = next(text for declared, text in _WHAT if isinstance(problem, declared))
    # The messages of the operating system and the TLS library contain no text of the service.
    cause = str(problem)[:200] if isinstance(problem, httpx2.ConnectError) else type(problem).__name__
    host = request.url.netloc.decode("ascii", "replace")
    error = kind(f"{name}: {what} ({host}: {cause})", request)
    # The frames of the libraries contain headers and URLs with credentials, which some tools print with a traceback.
    problem.__cause__ = problem.__context__ = None
    if isinstance(problem, (httpx2.ProtocolError, httpx2.ProxyError, httpx2.DecodingError)):
        problem.args = (what,)  # The message repeats data of the service.
    error.__cause__ = problem.with_traceback(None)
    return error


@dataclass(frozen=True, slots=True)
class _TokenSending:
    """Sends the requests of a credential source within the limits of the call."""

    call: Call[Any]
    line: Line

    def now(self) -> float:
        return self.line.clock.monotonic()

    def send(self, request: Callable[[], httpx2.Request]) -> Steps[httpx2.Response]:
        """Send a request with retries. Requesting a token twice is harmless."""
        call, clock = self.call, self.line.clock
        attempt = 0
        while True:
            exchange = Exchange(clock, timeouts_of(call, self.line.sender), call.deadline)
            response: httpx2.Response | None = None
            error: TokenError | None = None
            try:
                sent = request()
            except httpx2.InvalidURL:
                raise TokenError("the URL of the token endpoint is not valid") from None
            sent.__class__ = _Request
            sent.extensions = {"timeout": exchange.as_timeout(), EXCHANGE: exchange}
            try:
                response = yield Send(sent, _always, call.deadline, _TOKEN_BYTES, through_middleware=False)
            except httpx2.RequestError as problem:
                error = TokenError(f"the token endpoint: {connection_error('request', problem, sent)}")
            if response is not None and response.status_code not in call.settings.config.retry.statuses:
                return response
            wait = _pause(call, clock, attempt, response)
            if wait is None:
                if error is not None:
                    raise error
                assert response is not None
                return response
            yield Sleep(wait)
            attempt += 1


def _always(_: httpx2.Response) -> bool:
    return True


def _values(
    call: Call[Any], line: Line, schemes: Sequence[Scheme], stale: Mapping[Scheme, Sealed]
) -> Steps[dict[Scheme, Sealed]]:
    """Return the credentials of all sources, other than the stale ones."""
    values: dict[Scheme, Sealed] = {}
    for scheme in schemes:
        if scheme.source is not None:
            current = scheme.source.current(line.clock.monotonic(), stale.get(scheme))
            values[scheme] = current or (yield _renewal(call, line, scheme.source, stale.get(scheme)))
            scheme.check(values[scheme])
    return values


def _renewal(call: Call[Any], line: Line, source: Source, stale: Sealed | None) -> Renew:
    clock = line.clock
    return Renew(
        source.guard,
        lambda: source.current(clock.monotonic(), stale),
        lambda: source.steps(_TokenSending(call, line)),
        None if call.deadline is None else max(0.0, call.deadline - clock.monotonic()),
    )


def _build(call: Call[Any], schemes: Sequence[Scheme], values: Mapping[Scheme, Sealed]) -> _request.RequestParts:
    return _request.build(call, _paired(schemes, values))


def _paired(schemes: Sequence[Scheme], values: Mapping[Scheme, Sealed]) -> list[tuple[Scheme, Sealed | None]]:
    return [(scheme, values.get(scheme)) for scheme in schemes]


def _schemes(call: Call[Any], sender: Sender) -> Sequence[Scheme]:
    settings = call.settings
    own: Sequence[Scheme] = () if settings.user_info is None else (settings.user_info,)
    try:
        schemes = choose(call.operation.name, call.operation.security, settings.schemes, settings.hints)
    except MissingCredentialsError:
        given = any(name.lower() == "authorization" for name in call.options.get("extra_headers", ()))
        if sender.injected is None and not given and not own:
            raise
        return own  # An injected client may have its own credentials.
    if own and any(scheme.name.lower() == "authorization" and scheme.place == "header" for scheme in schemes):
        return schemes
    return [*own, *schemes]


def timeouts_of(call: Call[Any], sender: Sender) -> httpx2.Timeout:
    """Return the timeouts of an attempt: those of the call, the client, or the injected client."""
    if sender.injected is not None and "timeout" not in call.options:
        timeout: httpx2.Timeout = sender.injected.timeout
        return timeout
    given = call.options.get("timeout", 60.0)
    return given if isinstance(given, httpx2.Timeout) else _timeout(given)


_known: dict[float | None, httpx2.Timeout] = {}


def _timeout(seconds: float | None) -> httpx2.Timeout:
    timeout = _known.get(seconds)
    if timeout is None:
        timeout = httpx2.Timeout(seconds)
        if len(_known) < 100:
            _known[seconds] = timeout
    return timeout


def _request_of(call: Call[Any], parts: _request.RequestParts, sender: Sender, exchange: Exchange) -> httpx2.Request:
    content = parts.content
    extensions = {
        "timeout": exchange.as_timeout(), OPERATION: call.operation.name, ATTEMPT: call.attempts, EXCHANGE: exchange,
    }  # fmt: skip
    only_async = hasattr(content, "__aiter__") and not hasattr(content, "__iter__")
    if only_async and not sender.is_async:
        raise RequestError("body: an asynchronous iterator requires the asynchronous client")
    url = _url_of(parts)
    plain = content is None or isinstance(content, bytes)
    headers = parts.headers
    if sender.own_agent and "User-Agent" not in headers and not any(name.lower() == "user-agent" for name in headers):
        headers = {"User-Agent": call.settings.user_agent, **headers}
    if sender.injected is None and not parts.files and plain:
        # Sets everything that `build_request` would add, at half its cost.
        headers = {"Host": url.netloc.decode("ascii"), **headers}
        if content is not None or parts.method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = str(len(content or b""))
        body = httpx2.ByteStream(content) if content else _NO_BODY
        request: httpx2.Request = _Request(
            parts.method, url, headers=_latin(headers), stream=body, extensions=extensions
        )
        request.read()  # So that middleware can read its content.
        return request
    if sender.is_async and not only_async and content is not None and not isinstance(content, bytes):
        content = _request.in_chunks(content)
    builder: Callable[..., httpx2.Request] = _Request
    if sender.injected is not None:
        builder, url = sender.injected.build_request, _with_params(url, sender.injected.params)
        headers = _with_cookies(call, url, headers, sender.injected.cookies)
    request = builder(
        parts.method,
        url,
        headers=_latin(headers),
        content=content,
        files=parts.files or None,
        extensions=extensions,
    )
    request.__class__ = _Request
    request.url = url  # The parameters of an injected client must not replace those of the call.
    return request


def _with_params(url: httpx2.URL, params: httpx2.QueryParams) -> httpx2.URL:
    """Return the URL with the parameters of an injected client that it lacks."""
    declared = url.params
    lacking = httpx2.QueryParams([pair for pair in params.multi_items() if pair[0] not in declared])
    if not lacking:
        return url
    return url.copy_with(query="&".join(filter(None, [url.query.decode("ascii"), str(lacking)])).encode("ascii"))


def _with_cookies(call: Call[Any], url: httpx2.URL, headers: dict[str, str], cookies: httpx2.Cookies) -> dict[str, str]:
    """Return the headers with the cookies of an injected client that the call lacks; httpx2 merges no cookies."""
    own = headers.get("Cookie")
    if own is None or any(name.lower() == "cookie" for name in call.options.get("extra_headers", {})):
        return headers
    request = httpx2.Request("GET", url)
    cookies.set_cookie_header(request)
    declared = {pair.partition("=")[0] for pair in own.split("; ")}
    others = [pair for pair in request.headers.get("cookie", "").split("; ") if pair.partition("=")[0] not in declared]
    return {**headers, "Cookie": "; ".join([own, *filter(None, others)])}


def _url_of(parts: _request.RequestParts) -> httpx2.URL:
    try:
        return httpx2.URL(parts.url)
    except httpx2.InvalidURL as error:
        problem = str(error)
    raise RequestError(f"the URL cannot be built: {problem}")


def _latin(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Encode headers. httpx2 would reject non-ASCII text with a message that contains it."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


class _Request(httpx2.Request):
    """A request whose `repr` has no query, which may contain a key. Some tools print it with tracebacks."""

    def __repr__(self) -> str:
        return f"<Request({self.method!r}, {str(self.url.copy_with(query=None, userinfo=b''))!r})>"


_NO_BODY = httpx2.ByteStream(b"")


def _log(
    log: logging.Logger,
    call: Call[Any],
    response: httpx2.Response | None,
    failure: APIConnectionError | None,
    seconds: float,
) -> None:
    """Log one line per attempt, without URL, headers or body, which may contain secrets."""
    if not log.isEnabledFor(logging.DEBUG):
        return
    outcome = type(failure).__name__ if response is None else str(response.status_code)
    log.debug("%s: attempt %d, %s after %.0f ms", call.operation.name, call.attempts, outcome, seconds * 1000)
