"""Client of Etlworks API: see `Etlworks`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors as errors, models as models
    from ._async_client import AsyncEtlworks as AsyncEtlworks
    from ._client import Etlworks as Etlworks, __spec_version__ as __spec_version__, __version__ as __version__
    from ._core._auth import Token as Token
    from ._core._clock import AsyncClock as AsyncClock, Clock as Clock
    from ._core._formats import Duration as Duration
    from ._core._model import MissingPropertyError as MissingPropertyError, to_jsonable as to_jsonable
    from ._core._options import CallOptions as CallOptions, Config as Config
    from ._core._raw import (
        AsyncStreamedResponse as AsyncStreamedResponse,
        Response as Response,
        StreamedResponse as StreamedResponse,
    )
    from ._core._report import Report as Report
    from ._core._retry import Retry as Retry
    from ._core._tracing import AsyncTracing as AsyncTracing, Tracing as Tracing
    from ._core._transport import AsyncTransport as AsyncTransport, Transport as Transport
    from .errors import (
        APIConnectionError as APIConnectionError,
        APIError as APIError,
        APITimeoutError as APITimeoutError,
        BadGatewayError as BadGatewayError,
        BadRequestError as BadRequestError,
        ClientUsageError as ClientUsageError,
        ConflictError as ConflictError,
        ContentTooLargeError as ContentTooLargeError,
        FailedStateError as FailedStateError,
        ForbiddenError as ForbiddenError,
        GatewayTimeoutError as GatewayTimeoutError,
        GoneError as GoneError,
        InternalServerError as InternalServerError,
        InvalidResponseError as InvalidResponseError,
        LockedError as LockedError,
        MethodNotAllowedError as MethodNotAllowedError,
        MissingCredentialsError as MissingCredentialsError,
        NotAcceptableError as NotAcceptableError,
        NotFoundError as NotFoundError,
        NotImplementedStatusError as NotImplementedStatusError,
        PaginationError as PaginationError,
        PaymentRequiredError as PaymentRequiredError,
        PreconditionFailedError as PreconditionFailedError,
        RequestError as RequestError,
        RequestTimeoutError as RequestTimeoutError,
        ResponseError as ResponseError,
        ResponseTooLargeError as ResponseTooLargeError,
        SchemaViolation as SchemaViolation,
        ServiceUnavailableError as ServiceUnavailableError,
        StatusError as StatusError,
        TokenError as TokenError,
        TooManyRequestsError as TooManyRequestsError,
        UnauthorizedError as UnauthorizedError,
        UndecodableResponseError as UndecodableResponseError,
        UnexpectedStatusError as UnexpectedStatusError,
        UnprocessableContentError as UnprocessableContentError,
        UnsupportedMediaTypeError as UnsupportedMediaTypeError,
        WaitError as WaitError,
        WaitTimeoutError as WaitTimeoutError,
        WebhookError as WebhookError,
    )

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AsyncClock",
    "AsyncEtlworks",
    "AsyncStreamedResponse",
    "AsyncTracing",
    "AsyncTransport",
    "BadGatewayError",
    "BadRequestError",
    "CallOptions",
    "ClientUsageError",
    "Clock",
    "Config",
    "ConflictError",
    "ContentTooLargeError",
    "Duration",
    "Etlworks",
    "FailedStateError",
    "ForbiddenError",
    "GatewayTimeoutError",
    "GoneError",
    "InternalServerError",
    "InvalidResponseError",
    "LockedError",
    "MethodNotAllowedError",
    "MissingCredentialsError",
    "MissingPropertyError",
    "NotAcceptableError",
    "NotFoundError",
    "NotImplementedStatusError",
    "PaginationError",
    "PaymentRequiredError",
    "PreconditionFailedError",
    "Report",
    "RequestError",
    "RequestTimeoutError",
    "Response",
    "ResponseError",
    "ResponseTooLargeError",
    "Retry",
    "SchemaViolation",
    "ServiceUnavailableError",
    "StatusError",
    "StreamedResponse",
    "Token",
    "TokenError",
    "TooManyRequestsError",
    "Tracing",
    "Transport",
    "UnauthorizedError",
    "UndecodableResponseError",
    "UnexpectedStatusError",
    "UnprocessableContentError",
    "UnsupportedMediaTypeError",
    "WaitError",
    "WaitTimeoutError",
    "WebhookError",
    "__spec_version__",
    "__version__",
    "errors",
    "models",
    "to_jsonable",
]

# Everything is imported on first use, so that importing this package is fast.
_PLACES: dict[str, str] = {
    "Etlworks": "._client",
    "AsyncEtlworks": "._async_client",
    "__spec_version__": "._client",
    "__version__": "._client",
    "to_jsonable": "._core._model",
    "Token": "._core._auth",
    "AsyncClock": "._core._clock",
    "Clock": "._core._clock",
    "MissingPropertyError": "._core._model",
    "CallOptions": "._core._options",
    "Config": "._core._options",
    "AsyncStreamedResponse": "._core._raw",
    "Report": "._core._report",
    "Response": "._core._raw",
    "StreamedResponse": "._core._raw",
    "Retry": "._core._retry",
    "AsyncTracing": "._core._tracing",
    "Tracing": "._core._tracing",
    "AsyncTransport": "._core._transport",
    "Transport": "._core._transport",
    "Duration": "._core._formats",
    "APIConnectionError": ".errors",
    "APIError": ".errors",
    "APITimeoutError": ".errors",
    "BadGatewayError": ".errors",
    "BadRequestError": ".errors",
    "ClientUsageError": ".errors",
    "ConflictError": ".errors",
    "ContentTooLargeError": ".errors",
    "FailedStateError": ".errors",
    "ForbiddenError": ".errors",
    "GatewayTimeoutError": ".errors",
    "GoneError": ".errors",
    "InternalServerError": ".errors",
    "InvalidResponseError": ".errors",
    "LockedError": ".errors",
    "MethodNotAllowedError": ".errors",
    "MissingCredentialsError": ".errors",
    "NotAcceptableError": ".errors",
    "NotFoundError": ".errors",
    "NotImplementedStatusError": ".errors",
    "PaginationError": ".errors",
    "PaymentRequiredError": ".errors",
    "PreconditionFailedError": ".errors",
    "RequestError": ".errors",
    "RequestTimeoutError": ".errors",
    "ResponseError": ".errors",
    "ResponseTooLargeError": ".errors",
    "SchemaViolation": ".errors",
    "ServiceUnavailableError": ".errors",
    "StatusError": ".errors",
    "TokenError": ".errors",
    "TooManyRequestsError": ".errors",
    "UnauthorizedError": ".errors",
    "UndecodableResponseError": ".errors",
    "UnexpectedStatusError": ".errors",
    "UnprocessableContentError": ".errors",
    "UnsupportedMediaTypeError": ".errors",
    "WaitError": ".errors",
    "WaitTimeoutError": ".errors",
    "WebhookError": ".errors",
}


def __getattr__(name: str) -> Any:
    if name in ("errors", "models"):
        return import_module(f".{name}", __name__)
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(place, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
