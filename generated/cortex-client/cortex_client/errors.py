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
        ├── UnauthorizedError        401
        ├── ForbiddenError           403
        ├── NotFoundError            404
        ├── TooManyRequestsError     429
        └── ...                      one for each other status that has a name
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
"""Status to class, for the documented ones."""
