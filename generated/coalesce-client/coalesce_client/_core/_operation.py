"""Operations as data: what the generated modules say, and all that the runtime needs to know of a document."""

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
    """A parameter: wire name, place (`path`, `query`, `header`, `cookie`), and how it is written (OpenAPI, `style`)."""

    name: str
    place: str = "query"
    style: str = "form"
    explode: bool = True
    required: bool = False
    allow_reserved: bool = False
    json: bool = False
    """Whether the value travels as JSON text (a `content` parameter)."""


def PathParam(name: str, style: str = "simple", *, explode: bool = False, json: bool = False) -> Param:
    """A parameter in the path."""
    return Param(name, "path", style, explode, required=True, json=json)


def HeaderParam(name: str, *, explode: bool = False, required: bool = False, json: bool = False) -> Param:
    """A parameter in a header."""
    return Param(name, "header", "simple", explode, required, json=json)


@dataclass(slots=True)
class Media:
    """A documented body: media type, how it is read (`json`, `text`, `bytes`), and its type, made on first use."""

    name: str
    kind: str = "json"
    type: Callable[[], Any] | None = None
    decoder: Decoder | None = field(default=None, repr=False)


@dataclass(slots=True)
class Operation(Generic[T]):
    """One operation; `T` is what a call returns.

    `params` maps the name of a method's argument to the parameter that carries it.
    `answers` maps a status (`200`, `4XX`, `default`) to its bodies. With `chosen_by`, the value of that argument
    chooses the type of a successful answer: (argument, value when it is left out, value -> body).
    """

    method: str
    path: str
    params: Mapping[str, Param] = field(default_factory=dict[str, Param])
    body: tuple[tuple[str, str], ...] = ()
    """Media types and kinds (`json`, `form`, `multipart`, `text`, `bytes`) of the request body, the usual one first."""
    body_required: bool = False
    encoding: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Any])
    """Media type of a form -> member -> how it is written, where that is not the usual way (see `_forms`)."""
    answers: Mapping[str, tuple[Media, ...]] = field(default_factory=dict[str, "tuple[Media, ...]"])
    security: tuple[tuple[str, ...], ...] = ()
    accept: str = "*/*"
    chosen_by: tuple[str, Any, Mapping[Any, tuple[Media, ...]]] | None = None
    errors: Callable[[], Mapping[int, type[StatusError]]] | None = None
    servers: tuple[str, ...] = ()
    idempotent: bool | None = None
    """Whether it may be sent again, where the document says so; else the method decides."""

    @property
    def name(self) -> str:
        """Method and path template, for messages."""
        return f"{self.method} {self.path}"
