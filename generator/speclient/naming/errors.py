"""Names of the exception classes for error statuses."""

from __future__ import annotations

_NAMES = {
    400: "BadRequestError", 401: "UnauthorizedError", 402: "PaymentRequiredError", 403: "ForbiddenError",
    404: "NotFoundError", 405: "MethodNotAllowedError", 406: "NotAcceptableError", 408: "RequestTimeoutError",
    409: "ConflictError", 410: "GoneError", 412: "PreconditionFailedError", 413: "ContentTooLargeError",
    415: "UnsupportedMediaTypeError", 422: "UnprocessableContentError", 423: "LockedError", 429: "TooManyRequestsError",
    500: "InternalServerError", 501: "NotImplementedStatusError", 502: "BadGatewayError",
    503: "ServiceUnavailableError",
    504: "GatewayTimeoutError",
}  # fmt: skip


def error_class(status: str) -> str:
    """The exception class of an error status; a test compares the table with the runtime."""
    if status.isdigit():
        return _NAMES.get(int(status), f"Status{status}Error")
    return "StatusError"
