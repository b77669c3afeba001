"""Facts derived from the ir, computed once."""

from __future__ import annotations

from collections.abc import Iterable

from speclient.ir import (
    AliasSchema,
    Api,
    Limitation,
    LimitationKind,
    Named,
    ObjectSchema,
    Operation,
    Schema,
    TypeRef,
    named_in,
)


def operation_types(operation: Operation) -> Iterable[TypeRef]:
    """The types that an operation itself contains."""
    for parameter in operation.parameters:
        yield parameter.type
    for media in operation.body.media if operation.body is not None else ():
        yield media.type
    for response in operation.responses:
        for media in response.media:
            yield media.type
    for _, case_type in operation.response_by.cases if operation.response_by is not None else ():
        yield case_type


def schema_types(schema: Schema) -> Iterable[TypeRef]:
    """The types that a schema itself contains."""
    match schema:
        case ObjectSchema():
            for property_ in schema.properties:
                yield property_.type
            if schema.additional is not None:
                yield schema.additional
            if schema.base is not None:
                yield Named(schema.base)
        case AliasSchema():
            yield schema.type
        case _:
            return


def users_of(schemas: Iterable[Schema], wanted: Iterable[str]) -> frozenset[str]:
    """The ids in question, and those of all schemas that refer to one of them, directly or indirectly."""
    users: dict[str, set[str]] = {}
    for schema in schemas:
        for schema_type in schema_types(schema):
            for used in named_in(schema_type):
                users.setdefault(used, set()).add(schema.id)
    using = set(wanted)
    stack = list(using)
    while stack:
        for user in users.get(stack.pop(), ()):
            if user not in using:
                using.add(user)
                stack.append(user)
    return frozenset(using)


def refused_count(limitations: Iterable[Limitation], *, webhooks: bool = False) -> int:
    """The number of omitted operations, or of webhooks and callbacks without a function that parses them."""
    return sum(
        1
        for limitation in limitations
        if limitation.kind is LimitationKind.REFUSED and limitation.owner.startswith("webhook ") is webhooks
    )


def degraded_operations(api: Api, limitations: Iterable[Limitation]) -> frozenset[str]:
    """Keys of the operations with a limitation: in themselves, in a schema that they use, or in their security.

    If one alternative of the security has no limitation, the operation can be called as documented.
    """
    owners = {limitation.owner for limitation in limitations if limitation.kind is LimitationKind.DEGRADED}
    if not owners:
        return frozenset()
    tainted = users_of(api.schemas, (schema.id for schema in api.schemas if schema.id in owners))
    return frozenset(
        operation.key
        for operation in api.operations
        if operation.key in owners
        or (
            operation.security
            and all(any(f"security {scheme}" in owners for scheme in needed) for needed in operation.security)
        )
        or any(used in tainted for operation_type in operation_types(operation) for used in named_in(operation_type))
    )
