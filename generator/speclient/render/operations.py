"""Operations as the data that the runtime reads: method, path, parameters, bodies and responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speclient.ir import (
    Anything,
    Encoding,
    MediaType,
    Named,
    Operation,
    Parameter,
    PartHeader,
    Scalar,
    ScalarKind,
    TypeRef,
    UnionOf,
    is_stream,
    preferred_media,
    success_media,
)
from speclient.naming import Names
from speclient.render.kinds import Annotation, Name


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A parameter as it is sent."""

    argument: Name
    """The argument of the method that carries it."""
    name: str
    """Its name in the request."""
    location: str
    """`path`, `query`, `header` or `cookie`."""
    style: str
    """How the value is serialized (OpenAPI, `style`)."""
    explode: bool
    """Whether each item of an array or object is a parameter of its own."""
    required: bool
    """Whether a request without it is refused."""
    allow_reserved: bool
    """Whether reserved characters are sent as they are."""
    json: bool
    """Whether the value is JSON text (a `content` parameter)."""
    is_call_key: bool
    """Whether it is filled in with a key that all retries of a call share."""


@dataclass(frozen=True, slots=True)
class PartHeaderView:
    """A header of a part of a multipart body."""

    name: str
    """Name of the header."""
    explode: bool
    """Whether an object is written as `name=value` pairs."""
    required: bool
    """Whether a part without it is refused."""
    json: bool
    """Whether the value is JSON text."""
    value: Any
    """What is sent when the caller passes nothing, or None."""


@dataclass(frozen=True, slots=True)
class PartView:
    """How one property of a form is serialized, where that is not the usual way."""

    name: str
    """Name of the property."""
    content_type: str | None
    """Its media type; unused with a `style`."""
    style: str | None
    """How it is serialized as a parameter, or None."""
    explode: bool
    """Of a parameter."""
    allow_reserved: bool
    """Of a parameter."""
    headers: tuple[PartHeaderView, ...]
    """Headers of the part."""


@dataclass(frozen=True, slots=True)
class RequestMediaView:
    """A media type of the request body."""

    name: str
    """The media type."""
    kind: str
    """`json`, `form`, `multipart`, `text` or `bytes`."""
    parts: tuple[PartView, ...]
    """Properties of a form that are not serialized in the usual way."""


@dataclass(frozen=True, slots=True)
class MediaView:
    """A media type of a response."""

    name: str
    """The media type."""
    kind: str
    """`json`, `text`, `bytes`, `sse` or `jsonl`."""
    type: Annotation | None
    """The type that the body is parsed as; None for text and bytes."""


@dataclass(frozen=True, slots=True)
class ResponseView:
    """A documented response."""

    status: str
    """`200`, `4XX` or `default`."""
    media: tuple[MediaView, ...]
    """Its media types; none for a response without a body."""


@dataclass(frozen=True, slots=True)
class ResponseCaseView:
    """The type of a successful response for one value of the argument that decides it."""

    value: Any
    """Value of the argument."""
    media: MediaView
    """The response."""


@dataclass(frozen=True, slots=True)
class ResponseByView:
    """An argument whose value decides the type of a successful response."""

    argument: Name
    """The argument."""
    cases: tuple[ResponseCaseView, ...]
    """One per value; the first is used when the argument is left out."""


@dataclass(frozen=True, slots=True)
class OperationView:
    """An operation as data, for the constant that the runtime reads."""

    method: str
    """HTTP method."""
    path: str
    """Path template."""
    parameters: tuple[ParameterView, ...]
    """All parameters, in the order of the document."""
    body: tuple[RequestMediaView, ...]
    """Media types of the request body, the default first; empty without a body."""
    body_required: bool
    """Whether a request without a body is refused."""
    responses: tuple[ResponseView, ...]
    """Documented responses."""
    security: tuple[tuple[str, ...], ...]
    """Alternatives of security schemes that are needed together."""
    accept: str | None
    """The `Accept` header, or None for any."""
    has_accept: bool
    """Whether the argument `accept` can ask for another media type."""
    response_by: ResponseByView | None
    """The argument that decides the type of a successful response."""
    idempotent: bool | None
    """Whether it can be sent again, where the document states it."""
    servers: tuple[str, ...]
    """Servers of the operation; empty for those of the document."""


def operation_view(
    operation: Operation, names: Names, *, has_stream_twin: bool, has_accept: bool = False
) -> OperationView:
    """An operation as data.

    Args:
        operation: the operation.
        names: the names of the package.
        has_stream_twin: whether a second method reads the streamed media types.
        has_accept: whether the method has the argument `accept`.
    """
    own = names.operations[operation.key]
    body = operation.body
    accept = _accept(operation, has_stream_twin)
    return OperationView(
        method=operation.method,
        path=operation.path,
        parameters=tuple(
            _parameter(parameter, own.arguments[(parameter.place, parameter.name)])
            for parameter in operation.parameters
        ),
        body=() if body is None else tuple(_request_media(media) for media in body.media),
        body_required=body is not None and body.required,
        responses=tuple(
            ResponseView(response.status, tuple(_media(media, names) for media in response.media))
            for response in operation.responses
        ),
        security=operation.security,
        accept=", ".join(accept) if accept else None,
        has_accept=has_accept,
        response_by=_response_by(operation, names),
        idempotent=operation.idempotent,
        servers=(operation.servers[0].url,) if operation.servers and not operation.servers[0].variables else (),
    )


def _accept(operation: Operation, has_stream_twin: bool) -> list[str]:
    """The media types that a request asks for; of errors only those of JSON, if successful responses are JSON."""
    success = [
        tuple(item for item in media if not (has_stream_twin and is_stream(item))) for media in success_media(operation)
    ]
    preferred = [item for media in success for item in preferred_media(media)]
    only_json = any(item.kind == "json" for item in preferred)
    successful = [id(media) for media in success_media(operation)]
    others = [
        item
        for response in operation.responses
        for item in response.media
        if id(response.media) not in successful
        and not (has_stream_twin and is_stream(item))
        and (not only_json or item.kind == "json")
    ]
    return list(dict.fromkeys(item.name for item in (*preferred, *others)))


def argument_of(operation: Operation, names: Names, parameter: str | None) -> str | None:
    """The argument that carries a parameter, by its name in the request.

    Args:
        operation: the operation.
        names: the names of the package.
        parameter: the name in the request.
    """
    arguments = names.operations[operation.key].arguments
    return next(
        (arguments[(each.place, each.name)] for each in operation.parameters if each.name == parameter), parameter
    )


def _parameter(parameter: Parameter, argument: str) -> ParameterView:
    return ParameterView(
        argument=Name(argument),
        name=parameter.name,
        location=parameter.place,
        style=parameter.style,
        explode=parameter.explode,
        required=parameter.required,
        allow_reserved=parameter.allow_reserved,
        json=parameter.content is not None,
        is_call_key=parameter.is_call_key,
    )


def _request_media(media: MediaType) -> RequestMediaView:
    return RequestMediaView(media.name, media.kind, tuple(_part(rule) for rule in media.encoding))


def _part(rule: Encoding) -> PartView:
    headers = tuple(_part_header(header) for header in rule.headers)
    return PartView(rule.member, rule.content_type, rule.style, rule.explode, rule.allow_reserved, headers)


def _part_header(header: PartHeader) -> PartHeaderView:
    return PartHeaderView(header.name, header.explode, header.required, header.is_json, header.value)


def _media(media: MediaType, names: Names) -> MediaView:
    kind = media.kind if media.kind in ("json", "text", "sse", "jsonl") else "bytes"
    parsed = kind in ("json", "sse", "jsonl") and media.type != Scalar(ScalarKind.STRING)
    return MediaView(media.name, kind, Annotation(_parsed_type(media.type, names)) if parsed else None)


def _parsed_type(ref: TypeRef, names: Names) -> str:
    """The type as the decoder needs it; bodies are classes or have a name (see `build.parts`)."""
    match ref:
        case Named(schema):
            return f"models.{names.classes[schema]}"
        case Anything():
            return "Any"
        case UnionOf(members) if Scalar(ScalarKind.NULL) in members:
            variants = [_parsed_type(member, names) for member in members if member != Scalar(ScalarKind.NULL)]
            return " | ".join([*variants, "None"])
        case _:
            raise AssertionError(f"a body of the type {ref} has no name")


def _response_by(operation: Operation, names: Names) -> ResponseByView | None:
    chosen = operation.response_by
    if chosen is None:
        return None
    json = next(item for media in success_media(operation) for item in media if item.kind == "json")
    cases = tuple(
        ResponseCaseView(value, MediaView(json.name, json.kind, Annotation(_parsed_type(ref, names))))
        for value, ref in chosen.cases
    )
    return ResponseByView(Name(argument_of(operation, names, chosen.parameter) or ""), cases)
