"""Client of Mode API: see `Mode`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import errors as errors, models as models
    from ._client import Mode as Mode, __version__ as __version__
    from ._core._model import to_jsonable as to_jsonable
    from .errors import (
        APIConnectionError as APIConnectionError,
        APIError as APIError,
        APITimeoutError as APITimeoutError,
        BadGatewayError as BadGatewayError,
        BadRequestError as BadRequestError,
        ConflictError as ConflictError,
        ContentTooLargeError as ContentTooLargeError,
        Departure as Departure,
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
        PaymentRequiredError as PaymentRequiredError,
        PreconditionFailedError as PreconditionFailedError,
        RequestError as RequestError,
        RequestTimeoutError as RequestTimeoutError,
        ResponseError as ResponseError,
        ServiceUnavailableError as ServiceUnavailableError,
        StatusError as StatusError,
        TooManyRequestsError as TooManyRequestsError,
        UnauthorizedError as UnauthorizedError,
        UndecodableResponseError as UndecodableResponseError,
        UnexpectedStatusError as UnexpectedStatusError,
        UnprocessableContentError as UnprocessableContentError,
        UnsupportedMediaTypeError as UnsupportedMediaTypeError,
        WebhookError as WebhookError,
    )

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "BadGatewayError",
    "BadRequestError",
    "ConflictError",
    "ContentTooLargeError",
    "Departure",
    "ForbiddenError",
    "GatewayTimeoutError",
    "GoneError",
    "InternalServerError",
    "InvalidResponseError",
    "LockedError",
    "MethodNotAllowedError",
    "MissingCredentialsError",
    "Mode",
    "NotAcceptableError",
    "NotFoundError",
    "NotImplementedStatusError",
    "PaymentRequiredError",
    "PreconditionFailedError",
    "RequestError",
    "RequestTimeoutError",
    "ResponseError",
    "ServiceUnavailableError",
    "StatusError",
    "TooManyRequestsError",
    "UnauthorizedError",
    "UndecodableResponseError",
    "UnexpectedStatusError",
    "UnprocessableContentError",
    "UnsupportedMediaTypeError",
    "WebhookError",
    "__version__",
    "errors",
    "models",
    "to_jsonable",
]

# Nothing is imported before it is used, so that importing this package costs next to nothing.
_PLACES: dict[str, str] = {
    "Mode": "._client",
    "__version__": "._client",
    "to_jsonable": "._core._model",
    "APIConnectionError": ".errors",
    "APIError": ".errors",
    "APITimeoutError": ".errors",
    "BadGatewayError": ".errors",
    "BadRequestError": ".errors",
    "ConflictError": ".errors",
    "ContentTooLargeError": ".errors",
    "Departure": ".errors",
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
    "PaymentRequiredError": ".errors",
    "PreconditionFailedError": ".errors",
    "RequestError": ".errors",
    "RequestTimeoutError": ".errors",
    "ResponseError": ".errors",
    "ServiceUnavailableError": ".errors",
    "StatusError": ".errors",
    "TooManyRequestsError": ".errors",
    "UnauthorizedError": ".errors",
    "UndecodableResponseError": ".errors",
    "UnexpectedStatusError": ".errors",
    "UnprocessableContentError": ".errors",
    "UnsupportedMediaTypeError": ".errors",
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
