"""Everything that a call can raise.

    APIError
    ├── ClientUsageError (RuntimeError) the client is closed, or belongs to another process or event loop
    ├── MissingCredentialsError         no credentials for an operation that asks for some
    ├── TokenError                      no token could be had: its function or the token endpoint failed
    ├── RequestError (ValueError)       an argument that can't be put on the wire
    ├── WebhookError (ValueError)       a body that a service sent is no JSON, or breaks its schema: .violations
    ├── PaginationError                     pages that lead in a circle, to another host, or nowhere
    ├── WaitError                       of a method that waits: .state, .last
    │   ├── FailedStateError            it ended in a state of failure
    │   └── WaitTimeoutError            it did not end in time
    ├── APIConnectionError              no answer: connection refused, reset, broken off
    │   └── APITimeoutError             no answer in time
    └── ResponseError                   an answer came: .response, .status_code, .headers, .request_id
        ├── UndecodableResponseError    success, but not of a documented content type, or no JSON
        │   └── ResponseTooLargeError   a body over the limit
        ├── InvalidResponseError        success, but the JSON breaks the schema: .violations
        └── StatusError                 any other status: .body (typed where documented), .retry_after
            ├── BadRequestError, NotFoundError, TooManyRequestsError, ... one for each status that has a name
            └── UnexpectedStatusError   a status that is not documented

Messages are short. They hold no body, no value that came, and no credential. All can be pickled and copied; what is
pickled is the answer, and of the request only method and URL without its query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import httpx2


class APIError(Exception):
    """Base of all errors of this client."""


class ClientUsageError(APIError, RuntimeError):
    """The client can't be used so: it is closed, or its connections belong to another process or event loop."""


class MissingCredentialsError(APIError):
    """The operation asks for credentials, and none of those that it accepts were given."""


class TokenError(APIError):
    """No token could be had: the function that gives it gave none, or the token endpoint refused."""


class RequestError(APIError, ValueError):
    """An argument can't be put on the wire."""


class PaginationError(APIError):
    """The pages of a service lead in a circle, to another host, or nowhere."""


class WaitError(APIError):
    """What was waited for did not come: `last` is the last answer, or the element that tells the `state`."""

    def __init__(self, message: str, state: Any = None, last: Any = None) -> None:
        super().__init__(message)
        self.state = state
        self.last = last

    def __reduce__(self) -> Any:
        return (type(self), (str(self), self.state, self.last))


class FailedStateError(WaitError):
    """It ended in a state that the document calls a failure."""


class WaitTimeoutError(WaitError):
    """It did not end within the timeout."""


class APIConnectionError(APIError):
    """No answer came: the connection was refused, reset or broken off. `request` is what was sent."""

    def __init__(self, message: str, request: httpx2.Request | None = None) -> None:
        super().__init__(message)
        self.request = request

    def __reduce__(self) -> Any:
        return (type(self), (str(self),))


class APITimeoutError(APIConnectionError):
    """No answer came in time."""


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A place where a body departs from its schema: JSON pointer, what is expected there, JSON type of what came."""

    pointer: str
    expected: str
    got: str
    value: Any = field(default=None, repr=False, compare=False)
    """What came. It may be secret, so it shows in no message."""

    def __str__(self) -> str:
        return f"{self.pointer or 'the body'}: expected {self.expected}, got {self.got}"


MAX_VIOLATIONS = 100
"""How many violations of one response are kept; the rest are counted."""


class SchemaViolations(list[SchemaViolation]):
    """The first hundred violations of a response; `total` counts all."""

    def __init__(self, violations: Sequence[SchemaViolation] = (), total: int | None = None) -> None:
        super().__init__()
        self.total = 0
        self.add(violations, total)

    def add(self, violations: Sequence[SchemaViolation], total: int | None = None) -> None:
        """Count violations, and keep them while there is room."""
        self.total += getattr(violations, "total", len(violations)) if total is None else total
        self.extend(violations[: MAX_VIOLATIONS - len(self)])

    def __str__(self) -> str:
        shown = "; ".join(str(violation) for violation in self[:3])
        return f"{shown}; and {self.total - 3} more" if self.total > 3 else shown


class WebhookError(APIError, ValueError):
    """A body that a service sent to us is no JSON, or breaks its schema at each of `violations`."""

    def __init__(self, message: str, violations: Sequence[SchemaViolation] = ()) -> None:
        super().__init__(message)
        self.violations = tuple(violations)

    def __reduce__(self) -> Any:
        return (type(self), (str(self), self.violations))


class ResponseError(APIError):
    """An answer came that the call can't return. `operation` is its method and path template."""

    def __init__(self, message: str, response: httpx2.Response, operation: str) -> None:
        super().__init__(message)
        self.message = message
        self.response = response
        self.operation = operation

    def _extra(self) -> tuple[Any, ...]:
        """What stands behind the first three arguments."""
        return ()

    def __reduce__(self) -> Any:
        return (_rebuilt, (type(self), self.message, _kept(self.response), self.operation, *self._extra()))

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def headers(self) -> httpx2.Headers:
        """The headers of the answer."""
        return self.response.headers

    @property
    def request_id(self) -> str | None:
        """The service's id of this request, for its support."""
        return self.response.headers.get("x-request-id")


class UndecodableResponseError(ResponseError):
    """The answer is a success, but not of a documented content type, cut off, or no JSON."""


class ResponseTooLargeError(UndecodableResponseError):
    """The body is larger than the limit (`Config.max_response_bytes`); `response` holds its beginning."""


class InvalidResponseError(ResponseError):
    """The answer is a success, but its JSON breaks the schema at each of `violations`."""

    def __init__(
        self, message: str, response: httpx2.Response, operation: str, violations: Sequence[SchemaViolation] = ()
    ) -> None:
        super().__init__(message, response, operation)
        self.violations = tuple(violations)
        """The first hundred."""
        self.violation_count: int = getattr(violations, "total", len(violations))
        """Of all."""

    def _extra(self) -> tuple[Any, ...]:
        return (SchemaViolations(self.violations, self.violation_count),)


class StatusError(ResponseError):
    """The answer's status is no success.

    `body` is None when there is none or it can't be read; `body_error` tells what is wrong with it.
    """

    status: ClassVar[int | None] = None
    body: Any

    def __init__(
        self,
        message: str,
        response: httpx2.Response,
        operation: str,
        body: Any = None,
        body_error: ResponseError | None = None,
    ) -> None:
        super().__init__(message, response, operation)
        self.body = body
        self.body_error = body_error

    def _extra(self) -> tuple[Any, ...]:
        return (self.body, self.body_error)

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before another attempt, as the service asks (see `asked_wait`); None when it doesn't."""
        return asked_wait(self.response, time())


class UnexpectedStatusError(StatusError):
    """A status that is not documented for the operation and has no class of its own."""


class BadRequestError(StatusError):
    """400."""

    status = 400


class UnauthorizedError(StatusError):
    """401: the credentials are missing, wrong or expired."""

    status = 401


class PaymentRequiredError(StatusError):
    """402."""

    status = 402


class ForbiddenError(StatusError):
    """403: the credentials don't allow this."""

    status = 403


class NotFoundError(StatusError):
    """404."""

    status = 404


class MethodNotAllowedError(StatusError):
    """405."""

    status = 405


class NotAcceptableError(StatusError):
    """406."""

    status = 406


class RequestTimeoutError(StatusError):
    """408: the service gave up waiting for the request."""

    status = 408


class ConflictError(StatusError):
    """409."""

    status = 409


class GoneError(StatusError):
    """410."""

    status = 410


class PreconditionFailedError(StatusError):
    """412."""

    status = 412


class ContentTooLargeError(StatusError):
    """413."""

    status = 413


class UnsupportedMediaTypeError(StatusError):
    """415."""

    status = 415


class UnprocessableContentError(StatusError):
    """422: the request is well-formed, and wrong."""

    status = 422


class LockedError(StatusError):
    """423."""

    status = 423


class TooManyRequestsError(StatusError):
    """429: wait `retry_after` seconds."""

    status = 429


class InternalServerError(StatusError):
    """500."""

    status = 500


class NotImplementedStatusError(StatusError):
    """501."""

    status = 501


class BadGatewayError(StatusError):
    """502."""

    status = 502


class ServiceUnavailableError(StatusError):
    """503."""

    status = 503


class GatewayTimeoutError(StatusError):
    """504."""

    status = 504


BY_STATUS: dict[int, type[StatusError]] = {
    kind.status: kind for kind in StatusError.__subclasses__() if kind.status is not None
}


def asked_wait(response: httpx2.Response, now: float) -> float | None:
    """Seconds that an answer asks to wait; None when it doesn't say.

    From `Retry-After` as a number or a date (RFC 9110, section 10.2.3); else from `retryAfter` in a JSON body, as
    problem details carry it; else, when the limit of the rate is reached, from the headers that tell its reset.
    `now` is in seconds since 1970.
    """
    headers = response.headers
    text = headers.get("retry-after")
    found = None if text is None else _seconds(text)
    if text is not None and found is None:
        try:
            found = max(0.0, parsedate_to_datetime(text).timestamp() - now)
        except (TypeError, ValueError, OverflowError):
            pass
    if found is None and response.status_code >= 400:
        found = _from_body(response)
    if found is None and response.status_code == 429:
        for name in _RESETS:
            date_time = _seconds(headers.get(name, ""))
            if date_time is not None:
                # Some count from now, some since 1970, in seconds or milliseconds.
                date_time = date_time / 1000 if date_time > 1e11 else date_time
                return max(0.0, date_time - now) if date_time > 1e8 else date_time
        if match := re.search(r"(?:\bt|\breset)=([0-9]+)", headers.get("ratelimit", "")):
            found = float(match[1])
    return found


_RESETS = ("ratelimit-reset", "x-ratelimit-reset-after", "x-ratelimit-reset", "x-rate-limit-reset")


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*[0-9]{1,15}(\.[0-9]{1,9})?\s*", text) else None


def _from_body(response: httpx2.Response) -> float | None:
    if "json" not in response.headers.get("content-type", "") or not response.is_closed:
        return None
    try:
        content = response.content
        body = json.loads(content) if b"etry" in content and len(content) < 100_000 else None
    except (ValueError, RecursionError):
        return None
    if isinstance(body, Mapping):
        value = body.get("retryAfter", body.get("retry_after"))
        if type(value) in (int, float) and 0 <= value < 1e15:
            return float(value)
    return None


def _kept(response: httpx2.Response) -> tuple[Any, ...]:
    """What of an answer is pickled: nothing that may hold credentials, such as headers and query of the request."""
    import httpx2

    request = response.request
    try:
        content = response.content
    except httpx2.ResponseNotRead:
        content = b""
    url = str(request.url.copy_with(query=None, fragment=None, userinfo=b""))
    dropped = (b"set-cookie", b"content-encoding", b"transfer-encoding")
    headers = [(name, value) for name, value in response.headers.raw if name.lower() not in dropped]
    return (response.status_code, headers, content, request.method, url)


def _rebuilt(kind: type[ResponseError], message: str, kept: tuple[Any, ...], operation: str, *extra: Any) -> Any:
    import httpx2

    status, headers, content, method, url = kept
    response = httpx2.Response(status, headers=headers, content=content, request=httpx2.Request(method, url))
    return kind(message, response, operation, *extra)
