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
        ├── InternalServerError      500
        └── ...                      one for each other status code with a name
"""

from __future__ import annotations

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
    InvalidResponseError,
    LockedError,
    MethodNotAllowedError,
    MissingCredentialsError,
    NotAcceptableError,
    NotFoundError,
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
    TooManyRequestsError,
    UndecodableResponseError,
    UnexpectedStatusError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    WaitError,
    WaitTimeoutError,
    WebhookError,
)

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
    """401 Unauthorized: The access token is missing, wrong or too old. No body is documented."""

    status = 401
    body: None


class ForbiddenError(_errors.ForbiddenError):
    """403 Forbidden: The user lacks the role for this. No body is documented."""

    status = 403
    body: None


class InternalServerError(_errors.InternalServerError):
    """500 Internal Server Error: Internal error of the service. No body is documented."""

    status = 500
    body: None


BY_STATUS: dict[int, type[StatusError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    500: InternalServerError,
}
"""Documented status code -> exception class."""
