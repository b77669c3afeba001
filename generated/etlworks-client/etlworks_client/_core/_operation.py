"""Operations as data: the description of the document that generated modules pass to the runtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from ._decode import Decoder
    from ._errors import StatusError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter: wire name, location (`path`, `query`, `header`, `cookie`), and serialization (OpenAPI `style`)."""

    name: str
    place: str = "query"
    style: str = "form"
    explode: bool = True
    required: bool = False
    allow_reserved: bool = False
    json: bool = False
    """Whether the value is sent as JSON text (a `content` parameter)."""
    is_call_key: bool = False
    """Whether the default is a key that all attempts of a call share."""


def PathParam(name: str, style: str = "simple", *, explode: bool = False, json: bool = False) -> Param:
    """A path parameter."""
    return Param(name, "path", style, explode, required=True, json=json)


def HeaderParam(
    name: str, *, explode: bool = False, required: bool = False, json: bool = False, is_call_key: bool = False
) -> Param:
    """A header parameter."""
    return Param(name, "header", "simple", explode, required, json=json, is_call_key=is_call_key)


@dataclass(slots=True)
class Media:
    """A documented body: media type, kind (`json`, `text`, `bytes`), and its type, built on first use."""

    name: str
    kind: str = "json"
    type: Callable[[], Any] | None = None
    decoder: Decoder | None = field(default=None, repr=False)


@dataclass(slots=True)
class Operation(Generic[T]):
    """An operation. `T` is the return type of a call.

    `params` maps a method argument to its parameter.
    `answers` maps a status (`200`, `4XX`, `default`) to its bodies. With `chosen_by`, the value of an argument
    selects the type of a successful response: (argument, default value, value -> body).
    """

    method: str
    path: str
    params: Mapping[str, Param] = field(default_factory=dict[str, Param])
    body: tuple[tuple[str, str], ...] = ()
    """Media types of the request body with kinds (`json`, `form`, `multipart`, `text`, `bytes`), by preference."""
    body_required: bool = False
    encoding: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Any])
    """Media type of a form -> property -> serialization, where it is not the default (see `_forms`)."""
    answers: Mapping[str, tuple[Media, ...]] = field(default_factory=dict[str, "tuple[Media, ...]"])
    security: tuple[tuple[str, ...], ...] = ()
    accept: str = "*/*"
    chosen_by: tuple[str, Any, Mapping[Any, tuple[Media, ...]]] | None = None
    errors: Callable[[], Mapping[int, type[StatusError]]] | None = None
    servers: tuple[str, ...] = ()
    idempotent: bool | None = None
    """Whether the document declares the operation idempotent. None means that the HTTP method decides."""

    @property
    def name(self) -> str:
        """Method and path template, for messages."""
        return f"{self.method} {self.path}"
