"""Request bodies whose properties are arguments of their method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from speclient.ir.api import MediaType, Operation
from speclient.ir.results import is_stream, success_media
from speclient.ir.types import (
    AliasSchema,
    ArrayOf,
    Const,
    EnumSchema,
    Named,
    ObjectSchema,
    Property,
    Scalar,
    ScalarKind,
    Schema,
    TupleOf,
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
        constants: wire name and value of the required properties that have one possible value: they are sent, and are
            not arguments.
    """

    media: MediaType
    schema: ObjectSchema
    properties: tuple[Property, ...]
    switch: str | None = None
    constants: tuple[tuple[str, str | int | bool], ...] = ()


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
    arguments = tuple(member for member in members if member.name != switch)
    constants = tuple((member.name, value) for member in arguments if (value := _constant(member, schemas)) is not None)
    others = tuple(member for member in arguments if member.name not in dict(constants))
    if not others:  # Without arguments, nothing would show that the method has a body.
        return BodyArguments(media, schema, arguments, switch)
    return BodyArguments(media, schema, others, switch, constants)


def _constant(member: Property, schemas: Mapping[str, Schema]) -> str | int | bool | None:
    """The only value of a required property."""
    if not member.required:
        return None
    ref = member.type
    for _ in range(_ALIASES):
        alias = schemas.get(ref.schema) if isinstance(ref, Named) else None
        if not isinstance(alias, AliasSchema):
            break
        ref = alias.type
    return ref.value if isinstance(ref, Const) else member.fixed


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


def _object(ref: TypeRef, schemas: Mapping[str, Schema], depth: int = 0) -> ObjectSchema | None:
    """The object behind names; of a union, its only member that a JSON object can be."""
    if depth > _ALIASES:
        return None
    match ref:
        case UnionOf(members):
            objects = [member for member in members if _may_be_object(member, schemas)]
            return _object(objects[0], schemas, depth + 1) if len(objects) == 1 else None
        case Named(id_):
            schema = schemas.get(id_)
            if isinstance(schema, AliasSchema):
                return _object(schema.type, schemas, depth + 1)
            return schema if isinstance(schema, ObjectSchema) else None
        case _:
            return None


def _may_be_object(ref: TypeRef, schemas: Mapping[str, Schema], depth: int = 0) -> bool:
    match ref:
        case Scalar() | Const() | ArrayOf() | TupleOf():
            return False
        case UnionOf(members):
            return depth > _ALIASES or any(_may_be_object(member, schemas, depth + 1) for member in members)
        case Named(id_):
            schema = schemas.get(id_)
            if isinstance(schema, AliasSchema):
                return depth > _ALIASES or _may_be_object(schema.type, schemas, depth + 1)
            return not isinstance(schema, EnumSchema)
        case _:
            return True


_ALIASES = 20
"""The most aliases in a chain that are followed."""
