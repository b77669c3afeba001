"""Combine types: unions, null, and values of the document as immutable JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from speclient.ir import Anything, Json, Scalar, ScalarKind, TypeRef, UnionOf

NULL = Scalar(ScalarKind.NULL)


def nullable(ref: TypeRef, add_null: bool) -> TypeRef:
    """The type, with null if `add_null`."""
    if not add_null or isinstance(ref, Anything) or ref == NULL:
        return ref
    if isinstance(ref, UnionOf) and ref.discriminator is None:
        return ref if NULL in ref.members else UnionOf((*ref.members, NULL))
    return UnionOf((ref, NULL))


def flatten(types: Sequence[TypeRef]) -> list[TypeRef]:
    """The distinct members of types and of their unions, null last; one of any value replaces all others."""
    members: list[TypeRef] = []
    for ref in types:
        for member in ref.members if isinstance(ref, UnionOf) and ref.discriminator is None else (ref,):
            if member not in members:
                members.append(member)
    anything = next((member for member in members if isinstance(member, Anything)), None)
    if anything is not None:
        return [anything]
    if NULL in members:
        members = [member for member in members if member != NULL] + [NULL]
    return members


def union_of(members: Sequence[TypeRef]) -> TypeRef:
    """The union of flattened members; any value without members."""
    if not members:
        return Anything()
    return members[0] if len(members) == 1 else UnionOf(tuple(members))


def json_scalar(value: Any) -> Json:
    """A scalar or an array of scalars as an immutable value; None for anything else."""
    if isinstance(value, list):
        return tuple(json_scalar(item) for item in value)
    return value if isinstance(value, (str, int, float, bool)) else None
