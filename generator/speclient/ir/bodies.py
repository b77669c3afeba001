"""Request bodies whose properties are arguments of their method."""

from __future__ import annotations

from collections.abc import Mapping

from speclient.ir.api import MediaType, Operation
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


def body_object(operation: Operation, schemas: Mapping[str, Schema]) -> tuple[MediaType, ObjectSchema] | None:
    """The first media type of the body and its schema, if that is an object with properties; else None."""
    media = operation.body.media[0] if operation.body is not None and operation.body.media else None
    if media is None or media.kind not in KINDS:
        return None
    schema = _object(media.type, schemas)
    return (media, schema) if schema is not None and body_properties(schema) else None


def body_properties(schema: ObjectSchema) -> tuple[Property, ...]:
    """The properties that a request can send."""
    return tuple(member for member in schema.properties if not member.read_only)


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
