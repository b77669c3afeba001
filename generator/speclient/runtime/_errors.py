"""Everything that a call can raise.

    APIError
    ├── MissingCredentialsError         no credentials for an operation that asks for some
    ├── RequestError (ValueError)       an argument that can't be put on the wire
    ├── WebhookError (ValueError)       a body that a service sent is no JSON, or breaks its schema: .departures
    ├── APIConnectionError              no answer: connection refused, reset, broken off
    │   └── APITimeoutError             no answer in time
    └── ResponseError                   an answer came: .response, .status_code, .headers, .request_id
        ├── UndecodableResponseError    success, but not of a documented content type, or no JSON
        ├── InvalidResponseError        success, but the JSON breaks the schema: .departures
        └── StatusError                 any other status: .body (typed where documented), .retry_after
            ├── BadRequestError, NotFoundError, TooManyRequestsError, ... one for each status that has a name
            └── UnexpectedStatusError   a status that is not documented

Messages are short. They hold no body, no value that came, and no credential.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import httpx2


class APIError(Exception):
    """Base of all errors of this client."""


class MissingCredentialsError(APIError):
    """The operation asks for credentials, and none of those that it accepts were given."""


class RequestError(APIError, ValueError):
    """An argument can't be put on the wire."""


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
class Departure:
    """A place where a body departs from its schema: JSON pointer, what is expected there, JSON type of what came."""

    pointer: str
    expected: str
    got: str
    value: Any = field(default=None, repr=False, compare=False)
    """What came. It may be secret, so it shows in no message."""

    def __str__(self) -> str:
        return f"{self.pointer or 'the body'}: expected {self.expected}, got {self.got}"


class WebhookError(APIError, ValueError):
    """A body that a service sent to us is no JSON, or breaks its schema at each of `departures`."""

    def __init__(self, message: str, departures: Sequence[Departure] = ()) -> None:
        super().__init__(message)
        self.departures = tuple(departures)


class ResponseError(APIError):
    """An answer came that the call can't return. `operation` is its method and path template."""

    def __init__(self, message: str, response: httpx2.Response, operation: str) -> None:
        super().__init__(message)
        self.message = message
        self.response = response
        self.operation = operation

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


class InvalidResponseError(ResponseError):
    """The answer is a success, but its JSON breaks the schema at each of `departures`."""

    def __init__(
        self, message: str, response: httpx2.Response, operation: str, departures: Sequence[Departure] = ()
    ) -> None:
        super().__init__(message, response, operation)
        self.departures = tuple(departures)


class StatusError(ResponseError):
    """The answer's status is no success. `body` is None when there is none, or when it can't be read: `body_error`."""

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

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from the header `Retry-After` in either of its forms; None without it."""
        return retry_after(self.response.headers)


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


def retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds to wait, from `Retry-After` as a number or as a date (RFC 9110, section 10.2.3)."""
    text = headers.get("retry-after")
    if text is None:
        return None
    try:
        return (
            max(0.0, float(text))
            if text.strip().isdigit()
            else max(0.0, parsedate_to_datetime(text).timestamp() - time())
        )
    except (TypeError, ValueError, OverflowError):
        return None
