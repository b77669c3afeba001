"""The exceptions that a call can raise:

APIError
├── MissingCredentialsError      no credentials for an operation that requires them
├── TokenError                   the token request failed
├── RequestError (ValueError)    an argument that can't be serialized
├── WebhookError (ValueError)    a webhook body that violates its schema
├── PaginationError              a next page that is repeated, unknown or on another host
├── WaitError                    raised by methods that wait: .state, .last
│   ├── FailedStateError         the terminal state is a failure
│   └── WaitTimeoutError         no terminal state in time
├── APIConnectionError           no response
│   └── APITimeoutError          no response in time
└── ResponseError                .response, .status_code, .headers, .request_id
    ├── UndecodableResponseError an undocumented content type, or invalid JSON
    │   └── ResponseTooLargeError a body larger than the limit
    ├── InvalidResponseError     the body violates its schema: .violations
    └── StatusError              .body, .body_error, .retry_after
        ├── BadRequestError          400
        ├── UnauthorizedError        401
        ├── ForbiddenError           403
        ├── NotFoundError            404
        ├── TooManyRequestsError     429
        ├── InternalServerError      500
        ├── BadGatewayError          502
        ├── ServiceUnavailableError  503
        ├── GatewayTimeoutError      504
        └── ...                      one for each other status code with a name
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import _errors
from ._core._errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    ClientUsageError,
    ConflictError,
    ContentTooLargeError,
    FailedStateError,
    GoneError,
    InvalidResponseError,
    LockedError,
    MethodNotAllowedError,
    MissingCredentialsError,
    NotAcceptableError,
    NotImplementedStatusError,
    PaginationError,
    PaymentRequiredError,
    PreconditionFailedError,
    RequestError,
    RequestTimeoutError,
    ResponseError,
    ResponseTooLargeError,
    SchemaViolation,
    StatusError,
    TokenError,
    UndecodableResponseError,
    UnexpectedStatusError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    WaitError,
    WaitTimeoutError,
    WebhookError,
)

if TYPE_CHECKING:
    from . import models

__all__ = [
    "BY_STATUS",
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "BadGatewayError",
    "BadRequestError",
    "ClientUsageError",
    "ConflictError",
    "ContentTooLargeError",
    "FailedStateError",
    "ForbiddenError",
    "GatewayTimeoutError",
    "GoneError",
    "InternalServerError",
    "InvalidResponseError",
    "LockedError",
    "MethodNotAllowedError",
    "MissingCredentialsError",
    "NotAcceptableError",
    "NotFoundError",
    "NotImplementedStatusError",
    "PaginationError",
    "PaymentRequiredError",
    "PreconditionFailedError",
    "RequestError",
    "RequestTimeoutError",
    "ResponseError",
    "ResponseTooLargeError",
    "SchemaViolation",
    "ServiceUnavailableError",
    "StatusError",
    "TokenError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UndecodableResponseError",
    "UnexpectedStatusError",
    "UnprocessableContentError",
    "UnsupportedMediaTypeError",
    "WaitError",
    "WaitTimeoutError",
    "WebhookError",
]


class BadRequestError(_errors.BadRequestError):
    """400 Bad Request: The request is invalid."""

    status = 400
    body: models.ErrorResponse | None


class UnauthorizedError(_errors.UnauthorizedError):
    """401 Unauthorized: The token is missing, invalid, or lacks permissions."""

    status = 401
    body: models.ErrorResponse | None


class ForbiddenError(_errors.ForbiddenError):
    """403 Forbidden: The owner of the token lacks the permission."""

    status = 403
    body: models.ErrorResponse | None


class NotFoundError(_errors.NotFoundError):
    """404 Not Found: The run does not exist."""

    status = 404
    body: models.ErrorResponse | None


class TooManyRequestsError(_errors.TooManyRequestsError):
    """429 Too Many Requests: Too many requests in a short time; wait and try again."""

    status = 429
    body: None


class InternalServerError(_errors.InternalServerError):
    """500 Internal Server Error: Internal error of the service."""

    status = 500
    body: models.ErrorResponse | None


class BadGatewayError(_errors.BadGatewayError):
    """502 Bad Gateway: An upstream system returned an error."""

    status = 502
    body: models.ErrorResponse | None


class ServiceUnavailableError(_errors.ServiceUnavailableError):
    """503 Service Unavailable: The service is temporarily unavailable."""

    status = 503
    body: models.ErrorResponse | None


class GatewayTimeoutError(_errors.GatewayTimeoutError):
    """504 Gateway Timeout: An upstream system did not respond in time."""

    status = 504
    body: models.ErrorResponse | None


BY_STATUS: dict[int, type[StatusError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    429: TooManyRequestsError,
    500: InternalServerError,
    502: BadGatewayError,
    503: ServiceUnavailableError,
    504: GatewayTimeoutError,
}
"""Documented status code -> exception class."""
