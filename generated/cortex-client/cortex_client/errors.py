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
        ├── UnauthorizedError        401
        ├── ForbiddenError           403
        ├── NotFoundError            404
        ├── TooManyRequestsError     429
        └── ...                      one for each other status code with a name
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import _errors
from ._core._errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    BadGatewayError,
    BadRequestError,
    ClientUsageError,
    ConflictError,
    ContentTooLargeError,
    FailedStateError,
    GatewayTimeoutError,
    GoneError,
    InternalServerError,
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
    ServiceUnavailableError,
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


class UnauthorizedError(_errors.UnauthorizedError):
    """401 Unauthorized: The API key is missing or wrong."""

    status = 401
    body: None


class ForbiddenError(_errors.ForbiddenError):
    """403 Forbidden: The API key may not use the query builder."""

    status = 403
    body: None


class NotFoundError(_errors.NotFoundError):
    """404 Not Found: The job does not exist."""

    status = 404
    body: models.ErrorResponse | None


class TooManyRequestsError(_errors.TooManyRequestsError):
    """429 Too Many Requests: The rate limit is used up; wait and try again."""

    status = 429
    body: models.RateLimitProblem | None


BY_STATUS: dict[int, type[StatusError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    429: TooManyRequestsError,
}
"""Documented status code -> exception class."""
