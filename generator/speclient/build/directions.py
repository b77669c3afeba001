"""`readOnly` and `writeOnly`: the required properties of an object depend on its direction.

OpenAPI 3.1, section 4.8.24.2: `required` applies to a `readOnly` property in responses only, and to a `writeOnly`
property in requests only. A schema that is used in both directions and differs becomes two classes; the one for
requests is named `...Input`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

from speclient.build.indexes import schema_types, users_of
from speclient.ir import (
    AliasSchema,
    Api,
    ArrayOf,
    MapOf,
    Named,
    NameHint,
    ObjectSchema,
    Operation,
    Schema,
    TupleOf,
    TypeRef,
    UnionOf,
    named_in,
)

_SUFFIX = "+input"


def split_directions(api: Api) -> Api:
    """Return the same api, with the required properties of each object adapted to its direction."""
    schemas = {schema.id: schema for schema in api.schemas}
    in_responses = reachable(schemas, response_types(api))
    requests = reachable(
        schemas, (request_type for operation in api.operations for request_type in _request_types(operation))
    )
    differing = {
        schema.id
        for schema in api.schemas
        if isinstance(schema, ObjectSchema)
        and any(property_.required and (property_.read_only or property_.write_only) for property_ in schema.properties)
    }
    if not differing:
        return api
    twice = users_of(api.schemas, differing & requests & in_responses) & requests & in_responses
    split: list[Schema] = []
    for schema in api.schemas:
        only_sent = schema.id in requests and schema.id not in in_responses
        split.append(_relaxed(schema, sent=only_sent, names=twice if only_sent else frozenset()))
        if schema.id in twice:
            split.append(_input(_relaxed(schema, sent=True, names=twice)))
    operations = tuple(_with_inputs(operation, twice) for operation in api.operations) if twice else api.operations
    return replace(api, schemas=tuple(split), operations=operations)


def response_types(api: Api) -> Iterable[TypeRef]:
    """The types of everything that the client receives."""
    return chain(
        (response_type for operation in api.operations for response_type in _response_types(operation)),
        (hook.type for hook in api.webhooks),
    )


def _response_types(operation: Operation) -> Iterable[TypeRef]:
    for response in operation.responses:
        for media in response.media:
            yield media.type
    for _, kind in operation.response_by.cases if operation.response_by is not None else ():
        yield kind


def _request_types(operation: Operation) -> Iterable[TypeRef]:
    for media in operation.body.media if operation.body is not None else ():
        yield media.type
    for parameter in operation.parameters:
        yield parameter.type


def reachable(schemas: Mapping[str, Schema], roots: Iterable[TypeRef]) -> frozenset[str]:
    """Ids of the schemas that types refer to, directly or indirectly."""
    reached: set[str] = set()
    stack = [used for root in roots for used in named_in(root)]
    while stack:
        current = stack.pop()
        if current in reached or current not in schemas:
            continue
        reached.add(current)
        stack.extend(used for schema_type in schema_types(schemas[current]) for used in named_in(schema_type))
    return frozenset(reached)


def _relaxed(schema: Schema, *, sent: bool, names: frozenset[str]) -> Schema:
    if isinstance(schema, ObjectSchema):
        properties = tuple(
            replace(
                property_,
                type=_renamed(property_.type, names),
                required=property_.required and not (property_.read_only if sent else property_.write_only),
            )
            for property_ in schema.properties
        )
        additional = _renamed(schema.additional, names) if schema.additional is not None else None
        base = f"{schema.base}{_SUFFIX}" if schema.base in names else schema.base
        return replace(schema, properties=properties, additional=additional, base=base)
    if isinstance(schema, AliasSchema):
        return replace(schema, type=_renamed(schema.type, names))
    return schema


def _input(schema: Schema) -> Schema:
    hint = schema.hint
    explicit = f"{hint.explicit}Input" if hint.explicit is not None else None
    named = NameHint((*hint.words, "Input"), hint.parent, hint.operation, explicit, hint.component)
    return replace(schema, id=schema.id + _SUFFIX, hint=named)


def _with_inputs(operation: Operation, names: frozenset[str]) -> Operation:
    body = operation.body
    if body is not None:
        media = tuple(replace(media_type, type=_renamed(media_type.type, names)) for media_type in body.media)
        body = replace(body, media=media)
    parameters = tuple(replace(parameter, type=_renamed(parameter.type, names)) for parameter in operation.parameters)
    return replace(operation, body=body, parameters=parameters)


def _renamed(ref: TypeRef, names: frozenset[str]) -> TypeRef:
    match ref:
        case Named(schema):
            return Named(schema + _SUFFIX) if schema in names else ref
        case ArrayOf(items, constraints):
            return ArrayOf(_renamed(items, names), constraints)
        case TupleOf(items):
            return TupleOf(tuple(_renamed(item, names) for item in items))
        case MapOf(values, constraints):
            return MapOf(_renamed(values, names), constraints)
        case UnionOf(members, discriminator):
            return UnionOf(tuple(_renamed(member, names) for member in members), discriminator)
        case _:
            return ref
