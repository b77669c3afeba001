"""Facts about results that several stages need: successful bodies, streams, items of pages, the state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from speclient.ir.api import Api, MediaType, Operation
from speclient.ir.types import (
    AliasSchema,
    Anything,
    ArrayOf,
    Named,
    ObjectSchema,
    Scalar,
    ScalarKind,
    Schema,
    TypeRef,
    UnionOf,
)


def is_stream(media: MediaType) -> bool:
    """Whether a response of this media type can be read item by item as it arrives."""
    return media.kind in ("sse", "jsonl")


def success_media(operation: Operation) -> list[tuple[MediaType, ...]]:
    """The bodies that a call can return: those of 2xx, or of `default` without a 2xx; a HEAD request has none."""
    if operation.method == "HEAD":
        return [()]
    successful = [response.media for response in operation.responses if response.status.startswith("2")]
    return successful or [response.media for response in operation.responses if response.status == "default"]


def preferred_media(media: Sequence[MediaType]) -> tuple[MediaType, ...]:
    """The media types of a response that a client asks for: those of JSON where JSON is documented, else all.

    Of JSON, those with a schema and without a range come first.
    """
    preferred = tuple(item for item in media if item.kind == "json")
    for is_better in (_has_type, _is_specific):
        preferred = tuple(item for item in preferred if is_better(item)) or preferred
    return preferred or tuple(media)


def _has_type(media: MediaType) -> bool:
    return not isinstance(media.type, Anything)


def _is_specific(media: MediaType) -> bool:
    return "*" not in media.name


def elements_of(ref: TypeRef, pointer: Sequence[str], schemas: Mapping[str, Schema]) -> Iterator[TypeRef]:
    """The types of the items of the array at a JSON pointer of a body.

    Args:
        ref: the type of the body.
        pointer: the tokens of the JSON pointer.
        schemas: the schemas by id.
    """
    match ref:
        case Named(schema_id):
            schema = schemas.get(schema_id)
            if isinstance(schema, AliasSchema):
                yield from elements_of(schema.type, pointer, schemas)
                return
            member = None
            if isinstance(schema, ObjectSchema) and pointer:
                member = next((each for each in schema.properties if each.name == pointer[0]), None)
            if member is not None:
                yield from elements_of(member.type, pointer[1:], schemas)
            else:
                yield Anything()
        case ArrayOf(items) if not pointer:
            yield items
        case UnionOf(members):
            for variant in members:
                if variant != Scalar(ScalarKind.NULL):
                    yield from elements_of(variant, pointer, schemas)
        case _:
            yield Anything()


def status_operation(operation: Operation, api: Api) -> Operation | None:
    """The operation that returns the state in place of this one (`x-speclient`, `polling.status-operation`)."""
    operation_id = operation.polling.status_operation if operation.polling is not None else None
    if operation_id is None:
        return None
    return next((each for each in api.operations if each.operation_id == operation_id), None)
