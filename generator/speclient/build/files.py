"""Files in multipart bodies: the binary properties of their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from speclient.build.directions import reachable, response_types
from speclient.ir import AliasSchema, Api, ArrayOf, Named, ObjectSchema, Scalar, ScalarKind, Schema, TypeRef, UnionOf


def with_files(api: Api) -> Api:
    """Return the same api, in which the binary properties of multipart bodies are files.

    A schema that responses contain keeps its types: JSON has no files.
    """
    schemas = {schema.id: schema for schema in api.schemas}
    forms = {
        id_
        for operation in api.operations
        for media in (operation.body.media if operation.body is not None else ())
        if media.kind == "multipart"
        for id_ in _objects(media.type, schemas)
    }
    forms -= reachable(schemas, response_types(api))
    if not forms:
        return api
    return replace(
        api,
        schemas=tuple(
            _with_files(schema, schemas) if isinstance(schema, ObjectSchema) and schema.id in forms else schema
            for schema in api.schemas
        ),
    )


def _objects(ref: TypeRef, schemas: Mapping[str, Schema], seen: tuple[str, ...] = ()) -> Iterator[str]:
    match ref:
        case Named(id_) if id_ not in seen:
            schema = schemas.get(id_)
            if isinstance(schema, AliasSchema):
                yield from _objects(schema.type, schemas, (*seen, id_))
            elif isinstance(schema, ObjectSchema):
                yield id_
        case UnionOf(members):
            for member in members:
                yield from _objects(member, schemas, seen)
        case _:
            return


def _with_files(schema: ObjectSchema, schemas: Mapping[str, Schema]) -> ObjectSchema:
    properties = tuple(replace(property_, type=_file(property_.type, schemas, ())) for property_ in schema.properties)
    return replace(schema, properties=properties)


def _file(ref: TypeRef, schemas: Mapping[str, Schema], seen: tuple[str, ...]) -> TypeRef:
    match ref:
        case Scalar(ScalarKind.STRING, _, "binary"):
            return Scalar(ScalarKind.FILE, (), "binary")
        case ArrayOf(items, constraints):
            return ArrayOf(_file(items, schemas, seen), constraints)
        case UnionOf(members, discriminator):
            return UnionOf(tuple(_file(member, schemas, seen) for member in members), discriminator)
        case Named(id_) if id_ not in seen:
            schema = schemas.get(id_)
            if not isinstance(schema, AliasSchema):
                return ref
            changed = _file(schema.type, schemas, (*seen, id_))
            return ref if changed == schema.type else changed
        case _:
            return ref
