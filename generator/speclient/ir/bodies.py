"""Request bodies whose properties are arguments of their method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from speclient.ir.api import MediaType, Operation
from speclient.ir.results import is_stream, success_media
from speclient.ir.types import (
    AliasSchema,
    Named,
    ObjectSchema,
    Property,
    Scalar,
    ScalarKind,
    Schema,
    TypeRef,
    UnionOf,
)

KINDS = ("json", "form", "multipart")
"""Kinds of media types that an object can be sent as."""


@dataclass(frozen=True, slots=True)
class BodyArguments:
    """An object body whose properties are arguments.

    Attributes:
        media: its media type, the first of the body.
        schema: its schema.
        properties: the properties that are arguments.
        switch: wire name of the boolean property that asks for the response as a stream: the method that streams sends
            it, and it is not an argument.
    """

    media: MediaType
    schema: ObjectSchema
    properties: tuple[Property, ...]
    switch: str | None = None


def body_arguments(operation: Operation, schemas: Mapping[str, Schema]) -> BodyArguments | None:
    """The first media type of the body, if it is an object with properties that a request can send; else None."""
    media = operation.body.media[0] if operation.body is not None and operation.body.media else None
    if media is None or media.kind not in KINDS:
        return None
    schema = _object(media.type, schemas)
    members = tuple(member for member in schema.properties if not member.read_only) if schema is not None else ()
    if schema is None or not members:
        return None
    switch = _switch(operation, members)
    return BodyArguments(media, schema, tuple(member for member in members if member.name != switch), switch)


def _switch(operation: Operation, members: tuple[Property, ...]) -> str | None:
    """The property that `x-speclient` names, or a boolean `stream`, of an operation with both forms of a response."""
    media = [item for response in success_media(operation) for item in response]
    if not any(map(is_stream, media)) or all(map(is_stream, media)):
        return None
    wanted = operation.stream_property or "stream"
    member = next((member for member in members if member.name == wanted), None)
    return wanted if member is not None and _is_boolean(member.type) else None


def _is_boolean(ref: TypeRef) -> bool:
    kinds = ref.members if isinstance(ref, UnionOf) else (ref,)
    flags = [kind for kind in kinds if kind != Scalar(ScalarKind.NULL)]
    return len(flags) == 1 and isinstance(flags[0], Scalar) and flags[0].kind is ScalarKind.BOOLEAN


def _object(ref: TypeRef, schemas: Mapping[str, Schema]) -> ObjectSchema | None:
    for _ in range(_ALIASES):
        if isinstance(ref, UnionOf):
            others = [member for member in ref.members if member != Scalar(ScalarKind.NULL)]
            if len(others) != 1:
                return None
            ref = others[0]
        schema = schemas.get(ref.schema) if isinstance(ref, Named) else None
        if not isinstance(schema, AliasSchema):
            return schema if isinstance(schema, ObjectSchema) else None
        ref = schema.type
    return None


_ALIASES = 20
"""The most aliases in a chain that are followed."""
