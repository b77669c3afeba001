"""What a call can raise. The tree:

APIError
├── MissingCredentialsError      no credentials for an operation that asks for some
├── TokenError                   no token could be had
├── RequestError (ValueError)    an argument that can't be put on the wire
├── WebhookError (ValueError)    a body that the service sent breaks its schema
├── PaginationError                  pages that lead in a circle, to another host, or nowhere
├── WaitError                    of a method that waits: .state, .last
│   ├── FailedStateError         it ended in a state of failure
│   └── WaitTimeoutError         it did not end in time
├── APIConnectionError           no answer came
│   └── APITimeoutError          no answer in time
└── ResponseError                .response, .status_code, .headers, .request_id
    ├── UndecodableResponseError not of a documented content type, or no JSON
    │   └── ResponseTooLargeError a body over the limit
    ├── InvalidResponseError     the JSON breaks the schema: .violations
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
        └── ...                      one for each other status that has a name
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
"""Status to class, for the documented ones."""
