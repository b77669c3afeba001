"""Properties that have one possible value: constructors fill it in.

These are required constants, and the property of a discriminator in a variant that one tag selects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from speclient.build.indexes import schema_types
from speclient.ir import (
    Api,
    ArrayOf,
    Const,
    Discriminator,
    EnumSchema,
    MapOf,
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


def with_fixed_values(api: Api) -> Api:
    """Return the same api, with the fixed values of properties."""
    tags = _tags(api)
    schemas = {schema.id: schema for schema in api.schemas}
    return replace(api, schemas=tuple(_with_values(schema, tags, schemas) for schema in api.schemas))


def _with_values(schema: Schema, tags: dict[tuple[str, str], set[str]], schemas: dict[str, Schema]) -> Schema:
    if not isinstance(schema, ObjectSchema) or schema.unknown:
        return schema
    properties = tuple(
        replace(property_, fixed=_fixed(property_, tags.get((schema.id, property_.name), set()), schemas))
        for property_ in schema.properties
    )
    return replace(schema, properties=properties)


def _fixed(property_: Property, tags: set[str], schemas: dict[str, Schema]) -> str | int | bool | None:
    if isinstance(property_.type, Const) and (property_.required or tags):
        return property_.type.value
    return next(iter(tags)) if len(tags) == 1 and _is_text(property_.type, schemas) else None


def _is_text(ref: TypeRef, schemas: dict[str, Schema]) -> bool:
    match ref:
        case Scalar(ScalarKind.STRING):
            return True
        case Named(id_):
            schema = schemas.get(id_)
            return isinstance(schema, EnumSchema) and schema.kind is ScalarKind.STRING
        case _:
            return False


def _tags(api: Api) -> dict[tuple[str, str], set[str]]:
    """The tags that select an object, by its id and the property of the discriminator."""
    tags: dict[tuple[str, str], set[str]] = {}
    for schema in api.schemas:
        for schema_type in schema_types(schema):
            for members, discriminator in _discriminators(schema_type):
                for tag, index in discriminator.mapping:
                    member = members[index]
                    if isinstance(member, Named):
                        tags.setdefault((member.schema, discriminator.member), set()).add(tag)
    return tags


def _discriminators(ref: TypeRef) -> Iterator[tuple[tuple[TypeRef, ...], Discriminator]]:
    match ref:
        case UnionOf(members, discriminator):
            if discriminator is not None:
                yield members, discriminator
            for member in members:
                yield from _discriminators(member)
        case ArrayOf(items, _) | MapOf(items, _):
            yield from _discriminators(items)
        case TupleOf(items):
            for item in items:
                yield from _discriminators(item)
        case _:
            return
