"""Arguments of methods: names, annotations and documentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from speclient.ir import (
    AliasSchema,
    Body,
    Encoding,
    EnumSchema,
    MediaType,
    Named,
    Operation,
    Parameter,
    Property,
    Scalar,
    ScalarKind,
    Schema,
    TypeRef,
    UnionOf,
    body_arguments,
    text_format,
)
from speclient.naming import OperationNames
from speclient.render.annotations import Annotations, joined
from speclient.render.escape import data_literal, literal, one_line
from speclient.render.kinds import Annotation, Name, Text

_STREAMED = "bytes | IO[bytes] | Iterator[bytes]"
"""A body that can be sent piece by piece. Of all iterables only iterators are accepted: they can be read once."""
_ASYNC_STREAMED = f"{_STREAMED} | AsyncIterator[bytes]"

_BOUNDS = {
    "minimum": ">= {}", "maximum": "<= {}", "exclusiveMinimum": "> {}", "exclusiveMaximum": "< {}",
    "minLength": "at least {} characters", "maxLength": "at most {} characters", "multipleOf": "multiple of {}",
    "pattern": "pattern {}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """One argument of a method."""

    name: Name
    """Name of the argument."""
    annotation: Annotation
    """Its type in the synchronous client."""
    async_annotation: Annotation
    """Its type in the asynchronous client, which also sends asynchronous iterators."""
    optional: bool
    """Whether it can be left out."""
    default: Name
    """Its value when it is left out."""
    positional: bool
    """Whether it can be passed by position; all others are keyword-only."""
    doc: Text
    """Its line in the docstring."""
    wire: Text | None = None
    """Name of the property of the body that it is sent as; None for other arguments."""
    kind: Literal["argument", "property", "extra", "body", "accept"] = "argument"
    """Whether it is a property of the body, further properties, the whole body in their place, or `accept`."""
    is_shared: bool = False
    """Whether it is a parameter of almost all operations, which follows those of the operation itself."""


_SHARE = 0.9
"""A parameter of this share of the operations is shared."""
_OPERATIONS = 10
"""In documents with fewer operations, no parameter is shared."""


def shared_parameters(operations: Sequence[Operation]) -> frozenset[tuple[str, str]]:
    """Location and name of the parameters of almost all operations, such as `alt` and `prettyPrint`."""
    counts = Counter(
        (parameter.place, parameter.name)
        for operation in operations
        for parameter in operation.parameters
        if parameter.place != "path"
    )
    many = max(_SHARE * len(operations), _OPERATIONS)
    return frozenset(key for key, count in counts.items() if count >= many)


def method_arguments(
    operation: Operation,
    names: OperationNames,
    schemas: Mapping[str, Schema],
    annotations: Annotations,
    shared: Collection[tuple[str, str]] = (),
) -> tuple[ArgumentView, ...]:
    """The arguments of a method in the order of the docstring: parameters, body, content type, shared parameters.

    Args:
        operation: the operation.
        names: the names of the operation.
        schemas: the schemas by id.
        annotations: the annotations of types.
        shared: location and name of the parameters that all operations of the API share.
    """
    views = [
        replace(
            _view(
                names.arguments[(parameter.place, parameter.name)],
                annotations.argument(parameter.type),
                required=parameter.required,
                positional=parameter.place == "path",
                doc=_parameter_doc(parameter, schemas),
            ),
            is_shared=(parameter.place, parameter.name) in shared,
        )
        for parameter in operation.parameters
    ]
    body = operation.body
    if body is not None:
        annotation = joined(_body_annotation(media, annotations) for media in body.media)
        if names.body:
            views += _property_views(operation, names, schemas, annotations)
            doc = _body_doc(replace(body, description="the whole body, instead of its properties"))
            views.append(replace(_view("body", annotation, required=True, positional=False, doc=doc), kind="body"))
        else:
            views.append(_view("body", annotation, required=body.required, positional=False, doc=_body_doc(body)))
        if len(body.media) > 1:
            listed = ", ".join(literal(media.name) for media in body.media)
            doc = f"how the body is sent (default {literal(body.media[0].name)})."
            views.append(_view("content_type", f"Literal[{listed}]", required=False, positional=False, doc=doc))
    return tuple(sorted(views, key=lambda view: view.is_shared))


def accept_argument(names: Iterable[str], default: Iterable[str]) -> ArgumentView:
    """The argument that asks for one of several media types."""
    annotation = f"Literal[{', '.join(map(literal, names))}]"
    doc = f"the media type to ask for (default {', '.join(default)})."
    return replace(_view("accept", annotation, required=False, positional=False, doc=doc), kind="accept")


def _property_views(
    operation: Operation, names: OperationNames, schemas: Mapping[str, Schema], annotations: Annotations
) -> Iterator[ArgumentView]:
    arguments = body_arguments(operation, schemas)
    assert arguments is not None, "naming and rendering agree on which bodies have arguments"
    for member in arguments.properties:
        annotation = annotations.argument(member.type)
        if is_nullable(member.type, schemas):
            annotation = _optional(annotation)
        view = _view(
            names.body[member.name], annotation, required=True, positional=False, doc=_property_doc(member, schemas)
        )
        view = replace(view, wire=Text(member.name), kind="property")
        yield view if member.required else unset(view)
    if arguments.schema.additional is not None:
        doc = "further properties of the body."
        view = _view("extra_body", "Mapping[str, Any]", required=False, positional=False, doc=doc)
        yield replace(view, kind="extra")


def is_nullable(ref: TypeRef, schemas: Mapping[str, Schema]) -> bool:
    """Whether null is a value of a type."""
    return ScalarKind.NULL in {scalar.kind for scalar in scalars_of(ref, schemas)}


def is_encoded(ref: TypeRef, schemas: Mapping[str, Schema]) -> bool:
    """Whether bytes or decimals are values of a type, which are sent as text."""
    return any(text_format(scalar) in ("byte", "decimal") for scalar in scalars_of(ref, schemas))


def scalars_of(ref: TypeRef, schemas: Mapping[str, Schema]) -> Iterator[Scalar]:
    """The scalars among the alternatives of a type."""
    match ref:
        case Scalar():
            yield ref
        case UnionOf(members):
            for member in members:
                yield from scalars_of(member, schemas)
        case Named(schema_id) if isinstance(alias := schemas.get(schema_id), AliasSchema) and alias.type != ref:
            yield from scalars_of(alias.type, schemas)
        case _:
            return


def unset(view: ArgumentView) -> ArgumentView:
    """The argument with a default that is not sent: None is a value that can be sent."""
    if view.optional:
        return view
    shown = [
        Annotation(text if text == "Any" else f"{text} | Unset") for text in (view.annotation, view.async_annotation)
    ]
    return replace(view, annotation=shown[0], async_annotation=shown[1], optional=True, default=Name("UNSET"))


def _property_doc(member: Property, schemas: Mapping[str, Schema]) -> str:
    text = one_line(member.description or "", 600).rstrip(".")
    facts = _bounds(member.type, schemas)
    if member.deprecated:
        facts.append("deprecated")
    description = text or f"property `{one_line(member.name, 80)}` of the body"
    return f"{description} ({'; '.join(facts)})." if facts else f"{description}."


def in_signature_order(arguments: Iterable[ArgumentView]) -> tuple[ArgumentView, ...]:
    """Arguments as a signature lists them: positional ones, required keywords, optional keywords; shared ones last."""
    # A required path parameter is positional; an optional positional argument does not exist.
    return tuple(sorted(arguments, key=lambda view: (not view.positional, view.optional, view.is_shared)))


def _view(name: str, annotation: str, *, required: bool, positional: bool, doc: str) -> ArgumentView:
    shown = annotation if required else _optional(annotation)
    return ArgumentView(
        name=Name(name),
        annotation=Annotation(shown),
        async_annotation=Annotation(shown.replace(_STREAMED, _ASYNC_STREAMED)),
        optional=not required,
        default=Name("None"),
        positional=positional and required,
        doc=Text(doc),
    )


def _body_annotation(media: MediaType, annotations: Annotations) -> str:
    if media.kind in ("text", "bytes"):
        return ("str | " if media.kind == "text" else "") + _STREAMED
    if media.kind in ("form", "multipart") and not annotations.takes_object(media.type):
        return "Mapping[str, Any]"
    return annotations.argument(media.type)


def _optional(annotation: str) -> str:
    return annotation if annotation in ("Any", "None") or annotation.endswith("| None") else f"{annotation} | None"


def _parameter_doc(parameter: Parameter, schemas: Mapping[str, Schema]) -> str:
    text = one_line(parameter.description or "", 600).rstrip(".")
    facts: list[str] = []
    if parameter.unit:
        facts.append(one_line(parameter.unit, 60))
    facts += _bounds(parameter.type, schemas)
    if parameter.is_call_key:
        facts.append("default a UUID that all retries of the call share")
    elif parameter.default is not None:
        facts.append(f"default {data_literal(parameter.default)}")
    if parameter.deprecated:
        facts.append("deprecated")
    description = text or f"{parameter.place} parameter `{one_line(parameter.name, 80)}`"
    return f"{description} ({'; '.join(facts)})." if facts else f"{description}."


def _body_doc(body: Body) -> str:
    text = one_line(body.description or "", 300) or "the request body"
    doc = f"{text} ({', '.join(media.name for media in body.media)})"
    headers = [_header_doc(rule) for media in body.media for rule in media.encoding if rule.headers]
    return f"{doc}; headers of parts: {'; '.join(headers)}" if headers else doc


def _header_doc(rule: Encoding) -> str:
    """The headers of a part, which a caller passes as `(file name, content, media type, headers)`."""
    listed = (
        one_line(header.name, 80) + (" (required)" if header.required and header.value is None else "")
        for header in rule.headers
    )
    return f"{one_line(rule.member, 80)} has {', '.join(listed)}"


def _bounds(ref: TypeRef, schemas: Mapping[str, Schema]) -> list[str]:
    match ref:
        case Scalar(_, constraints):
            return [_BOUNDS[keyword].format(one_line(str(value), 80)) for keyword, value in constraints]
        case Named(schema_id):
            schema = schemas.get(schema_id)
            if isinstance(schema, EnumSchema):
                shown = ", ".join(one_line(str(value), 40) for value in schema.values[:12])
                return [f"one of {shown}{', ...' if len(schema.values) > 12 else ''}"]
            return _bounds(schema.type, schemas) if isinstance(schema, AliasSchema) and schema.type != ref else []
        case UnionOf(members):
            return [fact for member in members if isinstance(member, Scalar) for fact in _bounds(member, schemas)]
        case _:
            return []
