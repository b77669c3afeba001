"""What a call does, step by step, without any I/O: a client carries the steps out, sync or async."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx2

from . import _request, _response
from ._auth import Scheme, choose
from ._errors import APIConnectionError, APITimeoutError, Departure, MissingCredentialsError, RequestError
from ._operation import Operation
from ._options import CallOptions, Settings
from ._raw import Report

if TYPE_CHECKING:
    from ._clock import _Clock

T = TypeVar("T")
MOST_REDIRECTS = 5
OPERATION, ATTEMPT = "speclient.operation", "speclient.attempt"
"""Extensions of each request, for middleware: method and path template, and which attempt it is (from 1)."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Ask:
    """A step: a credential is wanted, another one than `stale`."""

    scheme: Scheme
    stale: str | None = None


Step = httpx2.Request | Ask | float
"""Send a request, get a credential, or wait for seconds. What the client sends back is a response, a text, nothing."""


class Call(Generic[T]):
    """One call: what is called, with which arguments and options, and how it went."""

    __slots__ = (
        "arguments", "attempts", "body", "content_type", "deadline", "operation", "options", "settings", "stream",
        "url",
    )  # fmt: skip

    def __init__(
        self,
        settings: Settings,
        operation: Operation[T],
        arguments: tuple[Any, ...],
        options: CallOptions,
        body: Any,
        content_type: str | None,
    ) -> None:
        self.settings = settings
        self.operation = operation
        self.arguments = arguments
        self.options: CallOptions = merged(settings.options, options) if options else settings.options
        self.body = body
        self.content_type = content_type
        self.stream = False
        """Whether the body of a good answer is left to be read by the caller."""
        self.url: str | None = None
        """The absolute URL of a further page, as the service tells it; it holds all but headers."""
        self.attempts = 0
        self.deadline: float | None = None
        """A moment of the monotonic clock."""

    def finish(self, response: httpx2.Response, found: list[Departure]) -> T:
        """The result of the call; departures from the schema are added to `found`, and reported.

        Raises:
            ResponseError: the answer is no success, or none that can be returned.
        """
        value: T = _response.read(self.operation, response, self.arguments, self.options, self.settings, found)
        if found:
            self.report(response, found)
        return value

    def report(self, response: httpx2.Response, found: Sequence[Departure]) -> None:
        """Tell the departures of an answer to whom listens, else to the log."""
        report = Report(self.operation.name, response, tuple(found))
        if self.settings.on_departure is not None:
            self.settings.on_departure(report)
        else:
            logging.getLogger(self.settings.package).warning("%s", report)


def merged(first: CallOptions, second: CallOptions) -> CallOptions:
    """The second options over the first; headers and query parameters add up.

    Raises:
        TypeError: there is no such option. It takes the place of Python's own check of keyword arguments.
    """
    for name in second:
        if name not in CallOptions.__annotations__:
            raise TypeError(f"got an unexpected keyword argument {name!r}")
    made: CallOptions = {**first, **second}
    if "extra_headers" in first and "extra_headers" in second:
        made["extra_headers"] = {**first["extra_headers"], **second["extra_headers"]}
    if "extra_query" in first and "extra_query" in second:
        made["extra_query"] = {**first["extra_query"], **second["extra_query"]}
    return made


def flow(
    call: Call[Any], http: httpx2.Client | httpx2.AsyncClient, owned: bool, clock: _Clock
) -> Generator[Step, Any, httpx2.Response]:
    """The steps of a call; returns the answer that counts.

    Raises:
        APIConnectionError: no answer came.
        MissingCredentialsError: the operation needs credentials, and there are none.
        RequestError: an argument can't be put on the wire.
    """
    settings, operation, options = call.settings, call.operation, call.options
    retry = settings.config.retry
    started = clock.monotonic()
    seconds = options.get("deadline")
    call.deadline = None if seconds is None else started + seconds
    schemes = _schemes(call, owned)
    values = yield from _values(schemes, {})
    parts = _build(call, schemes, values)
    told = options.get("idempotent", operation.idempotent)
    may_repeat = parts.method in retry.methods if told is None else told
    log = logging.getLogger(settings.package)
    renewed, redirects, attempt = False, 0, 0
    while True:
        call.attempts += 1
        request = _request_of(call, parts, http, owned, timeout_of(call, http, owned, clock))
        began = clock.monotonic()
        response: httpx2.Response | None = None
        failure: APIConnectionError | None = None
        try:
            response = yield request
        except httpx2.RequestError as problem:
            failure = _failure(operation.name, problem, request)
        _log(log, call, response, failure, clock.monotonic() - began)
        if response is not None:
            status = response.status_code
            if status < 300:
                return response
            if status == 401 and values and not renewed and _request.rewind(parts):
                renewed = True
                stale = values
                values = yield from _values(schemes, stale)
                if values != stale:
                    parts = _build(call, schemes, values)
                    continue
            if status in _REDIRECTS and redirects < MOST_REDIRECTS:
                target = _redirected(operation, request, response)
                if target is not None:
                    redirects += 1
                    parts.url = target
                    continue
        wait = None
        if may_repeat and attempt < options.get("max_retries", 0) and _request.rewind(parts):
            wait = retry.wait(attempt, response, clock.time(), clock.jitter())
        if wait is None or (call.deadline is not None and clock.monotonic() + wait >= call.deadline):
            if failure is not None:
                raise failure
            assert response is not None
            return response
        log.debug("%s: trying again in %.2f s", operation.name, wait)
        yield wait
        attempt += 1


def _values(schemes: Sequence[Scheme], stale: Mapping[Scheme, str]) -> Generator[Step, Any, dict[Scheme, str]]:
    """The credentials that functions and services give, other ones than the stale."""
    found: dict[Scheme, str] = {}
    for scheme in schemes:
        if scheme.source is not None:
            found[scheme] = yield Ask(scheme, stale.get(scheme))
    return found


def _build(call: Call[Any], schemes: Sequence[Scheme], values: Mapping[Scheme, str]) -> _request.RequestParts:
    parts = _request.build(call, [(scheme, scheme.text(values.get(scheme))) for scheme in schemes])
    if call.url is not None:
        parts.url = _request.with_keys(call.url, schemes, values)
    return parts


def _schemes(call: Call[Any], owned: bool) -> Sequence[Scheme]:
    settings = call.settings
    try:
        return choose(call.operation.name, call.operation.security, settings.schemes, settings.hint)
    except MissingCredentialsError:
        if owned and not any(name.lower() == "authorization" for name in call.options.get("extra_headers", ())):
            raise
        return ()  # An injected client may carry its own.


def _failure(name: str, problem: httpx2.RequestError, request: httpx2.Request) -> APIConnectionError:
    late = isinstance(problem, httpx2.TimeoutException)
    what = "no answer in time" if late else "no answer"
    failure = (APITimeoutError if late else APIConnectionError)(f"{name}: {what} ({type(problem).__name__})", request)
    # Within the libraries' frames stand headers and URLs with credentials, which some tools print with a traceback.
    problem.__cause__ = problem.__context__ = None
    failure.__cause__ = problem.with_traceback(None)
    return failure


def timeout_of(
    call: Call[Any], http: httpx2.Client | httpx2.AsyncClient, owned: bool, clock: _Clock
) -> Mapping[str, float | None]:
    """How long to wait for each part of an attempt; never longer than until the deadline."""
    given = call.options.get("timeout", 60.0) if owned or "timeout" in call.options else http.timeout
    if isinstance(given, float) and call.deadline is not None and call.deadline - clock.monotonic() >= given:
        return {"connect": given, "read": given, "write": given, "pool": given}
    if isinstance(given, httpx2.Timeout):
        found: dict[str, float | None] = given.as_dict()
    else:
        found = {"connect": given, "read": given, "write": given, "pool": given}
    if call.deadline is None:
        return found
    left = max(0.001, call.deadline - clock.monotonic())
    return {name: left if value is None or value > left else value for name, value in found.items()}


def _request_of(
    call: Call[Any],
    parts: _request.RequestParts,
    http: httpx2.Client | httpx2.AsyncClient,
    owned: bool,
    timeout: Mapping[str, float | None],
) -> httpx2.Request:
    content = parts.content
    extensions = {"timeout": timeout, OPERATION: call.operation.name, ATTEMPT: call.attempts}
    only_async = hasattr(content, "__aiter__") and not hasattr(content, "__iter__")
    if only_async and not isinstance(http, httpx2.AsyncClient):
        raise RequestError("body: an asynchronous iterator needs the asynchronous client")
    try:
        if owned and not parts.files and (content is None or isinstance(content, bytes)):
            # All that the client's own build_request would add is set here, at half its cost.
            url = httpx2.URL(parts.url)
            headers = {"Host": url.netloc.decode("ascii"), **parts.headers}
            if content is not None or parts.method in ("POST", "PUT", "PATCH"):
                headers["Content-Length"] = str(len(content or b""))
            body = httpx2.ByteStream(content) if content else _NO_BODY
            request = _Request(parts.method, url, headers=headers, stream=body, extensions=extensions)
            request.read()  # So that middleware may look at its content.
            return request
        if isinstance(http, httpx2.AsyncClient) and not (only_async or content is None or isinstance(content, bytes)):
            content = _request.in_pieces(content)
        made = http.build_request(
            parts.method,
            parts.url,
            headers=parts.headers,
            content=content,
            files=parts.files or None,
            extensions=extensions,
        )
        made.__class__ = _Request
        return made
    except httpx2.InvalidURL as problem:
        raise RequestError(f"the URL can't be built: {problem}") from None


class _Request(httpx2.Request):
    """A request whose text, which tools print with tracebacks, has no query, where a key may stand."""

    def __repr__(self) -> str:
        return f"<Request({self.method!r}, {str(self.url.copy_with(query=None, userinfo=b''))!r})>"


_NO_BODY = httpx2.ByteStream(b"")


def _redirected(operation: Operation[Any], request: httpx2.Request, response: httpx2.Response) -> str | None:
    """Where a redirect leads that may be followed: of a reading method, to the same origin, not documented itself."""
    location = response.headers.get("location")
    if location is None or request.method not in ("GET", "HEAD") or str(response.status_code) in operation.answers:
        return None
    try:
        target = request.url.join(location)
    except httpx2.InvalidURL:
        return None
    # A name and password in an address would take the place of the client's own.
    return str(target.copy_with(userinfo=b"")) if same_origin(request.url, target) else None


def same_origin(first: httpx2.URL, second: httpx2.URL) -> bool:
    """Whether credentials for the first URL may go to the second: scheme, host and port are equal (RFC 6454)."""
    return (first.scheme, first.host, _port(first)) == (second.scheme, second.host, _port(second))


def _port(url: httpx2.URL) -> int | None:
    return url.port if url.port is not None else {"http": 80, "https": 443}.get(url.scheme)


def _log(
    log: logging.Logger,
    call: Call[Any],
    response: httpx2.Response | None,
    failure: APIConnectionError | None,
    seconds: float,
) -> None:
    """One line an attempt: no URL, header or body, where secrets could stand."""
    if not log.isEnabledFor(logging.DEBUG):
        return
    came = type(failure).__name__ if response is None else str(response.status_code)
    log.debug("%s: attempt %d, %s after %.0f ms", call.operation.name, call.attempts, came, seconds * 1000)
