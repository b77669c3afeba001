"""All exceptions that a call can raise.

    APIError
    ├── ClientUsageError (RuntimeError) the client is closed, or belongs to another process or event loop
    ├── MissingCredentialsError         the operation requires credentials, and none are available
    ├── TokenError                      a credential function or the token endpoint failed
    ├── RequestError (ValueError)       an argument cannot be sent
    ├── WebhookError (ValueError)       a webhook body is not JSON, or violates its schema: .violations
    ├── PaginationError                 the next page is circular, on another host, or unknown
    ├── WaitError                       raised by `wait` methods: .state, .last
    │   ├── FailedStateError            the terminal state is a failure
    │   └── WaitTimeoutError            no terminal state in time
    ├── APIConnectionError              no response: connection refused, reset or closed
    │   └── APITimeoutError             timeout while waiting for the response
    └── ResponseError                   .response, .status_code, .headers, .request_id
        ├── UndecodableResponseError    success with an undocumented content type or invalid JSON
        │   └── ResponseTooLargeError   the body exceeds the limit
        ├── InvalidResponseError        success, but the JSON violates the schema: .violations
        └── StatusError                 any other status: .body (typed if documented), .retry_after
            ├── BadRequestError, NotFoundError, TooManyRequestsError, ... one class per status code
            └── UnexpectedStatusError   an undocumented status code without a class

Messages are short and contain no body, no value of a response and no credential. All exceptions can be pickled and
copied; of the request, only the method and the URL without its query are pickled.
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
    """Base of all exceptions of this client."""


class ClientUsageError(APIError, RuntimeError):
    """The client cannot be used here: it is closed, or its connections belong to another process or event loop."""


class MissingCredentialsError(APIError):
    """The operation requires credentials, and none that it accepts are available."""


class TokenError(APIError):
    """No token: the credential function returned none, or the token endpoint failed."""


class RequestError(APIError, ValueError):
    """An argument cannot be sent."""


class PaginationError(APIError):
    """The next page is circular, on another host, or unknown."""


class WaitError(APIError):
    """Waiting failed. `last` is the last response, or the item that contains the `state`."""

    def __init__(self, message: str, state: Any = None, last: Any = None) -> None:
        super().__init__(message)
        self.state = state
        self.last = last

    def __reduce__(self) -> Any:
        return (type(self), (str(self), self.state, self.last))


class FailedStateError(WaitError):
    """The terminal state is a failure."""


class WaitTimeoutError(WaitError):
    """No terminal state within the timeout."""


class APIConnectionError(APIError):
    """No response was received: the connection was refused, reset or closed. `request` is the request sent."""

    def __init__(self, message: str, request: httpx2.Request | None = None) -> None:
        super().__init__(message)
        self.request = request

    def __reduce__(self) -> Any:
        return (type(self), (str(self),))


class APITimeoutError(APIConnectionError):
    """No response was received in time."""


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A schema violation of a body: JSON pointer, the expected value, and the JSON type of the actual value."""

    pointer: str
    expected: str
    got: str
    value: Any = field(default=None, repr=False, compare=False)
    """The value. It may be secret, so it is in no message."""

    def __str__(self) -> str:
        return f"{self.pointer or 'the body'}: expected {self.expected}, got {self.got}"


MAX_VIOLATIONS = 100
"""Maximum number of violations kept per response. The rest is only counted."""


class SchemaViolations(list[SchemaViolation]):
    """The first hundred violations of a response. `total` is the number of all."""

    def __init__(self, violations: Sequence[SchemaViolation] = (), total: int | None = None) -> None:
        super().__init__()
        self.total = 0
        self.add(violations, total)

    def add(self, violations: Sequence[SchemaViolation], total: int | None = None) -> None:
        """Count violations, and keep them up to the maximum."""
        self.total += getattr(violations, "total", len(violations)) if total is None else total
        self.extend(violations[: MAX_VIOLATIONS - len(self)])

    def __str__(self) -> str:
        shown = "; ".join(str(violation) for violation in self[:3])
        return f"{shown}; and {self.total - 3} more" if self.total > 3 else shown


class WebhookError(APIError, ValueError):
    """The body of a webhook is not JSON, or violates its schema at each of `violations`."""

    def __init__(self, message: str, violations: Sequence[SchemaViolation] = ()) -> None:
        super().__init__(message)
        self.violations = tuple(violations)

    def __reduce__(self) -> Any:
        return (type(self), (str(self), self.violations))


class ResponseError(APIError):
    """The response cannot be returned. `operation` is the method and path template."""

    def __init__(self, message: str, response: httpx2.Response, operation: str) -> None:
        super().__init__(message)
        self.message = message
        self.response = response
        self.operation = operation

    def _extra(self) -> tuple[Any, ...]:
        """Further arguments of the constructor, for pickling."""
        return ()

    def __reduce__(self) -> Any:
        return (_rebuilt, (type(self), self.message, _pickled(self.response), self.operation, *self._extra()))

    @property
    def status_code(self) -> int:
        """The HTTP status code."""
        return self.response.status_code

    @property
    def headers(self) -> httpx2.Headers:
        """The response headers."""
        return self.response.headers

    @property
    def request_id(self) -> str | None:
        """The service's request id, for support requests."""
        return self.response.headers.get("x-request-id")


class UndecodableResponseError(ResponseError):
    """A successful response has an undocumented content type, is truncated, or is not JSON."""


class ResponseTooLargeError(UndecodableResponseError):
    """The body exceeds the limit (`Config.max_response_bytes`). `response` contains its beginning."""


class InvalidResponseError(ResponseError):
    """The JSON of a successful response violates its schema at each of `violations`."""

    def __init__(
        self, message: str, response: httpx2.Response, operation: str, violations: Sequence[SchemaViolation] = ()
    ) -> None:
        super().__init__(message, response, operation)
        self.violations = tuple(violations)
        """The first hundred violations."""
        self.violation_count: int = getattr(violations, "total", len(violations))
        """The number of all violations."""

    def _extra(self) -> tuple[Any, ...]:
        return (SchemaViolations(self.violations, self.violation_count),)


class StatusError(ResponseError):
    """The status code is not a success.

    `body` is None if there is no body or it cannot be decoded; `body_error` is the reason.
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
        """Seconds to wait before a retry according to the response (see `retry_delay`), or None."""
        return retry_delay(self.response, time())


class UnexpectedStatusError(StatusError):
    """An undocumented status code without a class of its own."""


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
    """403: the credentials do not permit the operation."""

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
    """408: the service timed out waiting for the request."""

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
    """422: the request is well-formed but invalid."""

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


def retry_delay(response: httpx2.Response, now: float) -> float | None:
    """Return the seconds to wait before a retry according to a response, or None.

    Read from `Retry-After` as a number or a date (RFC 9110, section 10.2.3), else from `retryAfter` in a JSON body, as
    in problem details, else for a 429 from the headers with the reset time of the rate limit.
    `now` is in seconds since 1970.
    """
    headers = response.headers
    text = headers.get("retry-after")
    seconds = None if text is None else _seconds(text)
    if text is not None and seconds is None:
        try:
            seconds = max(0.0, parsedate_to_datetime(text).timestamp() - now)
        except (TypeError, ValueError, OverflowError):
            pass
    if seconds is None and response.status_code >= 400:
        seconds = _from_body(response)
    if seconds is None and response.status_code == 429:
        for name in _RESETS:
            date_time = _seconds(headers.get(name, ""))
            if date_time is not None:
                # Relative or absolute, in seconds or milliseconds.
                date_time = date_time / 1000 if date_time > 1e11 else date_time
                return max(0.0, date_time - now) if date_time > 1e8 else date_time
        if match := re.search(r"(?:\bt|\breset)=([0-9]+)", headers.get("ratelimit", "")):
            seconds = float(match[1])
    return seconds


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


def _pickled(response: httpx2.Response) -> tuple[Any, ...]:
    """Return what is pickled of a response: nothing that may contain credentials, such as the request's headers."""
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


def _rebuilt(kind: type[ResponseError], message: str, pickled: tuple[Any, ...], operation: str, *extra: Any) -> Any:
    import httpx2

    status, headers, content, method, url = pickled
    response = httpx2.Response(status, headers=headers, content=content, request=httpx2.Request(method, url))
    return kind(message, response, operation, *extra)
