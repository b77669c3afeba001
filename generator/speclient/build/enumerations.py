"""Types of enumerations: constants, enumeration classes, and what neither can express."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from speclient.build.context import Site, TypeBuilder
from speclient.build.limitations import UNION_LIMIT
from speclient.build.scalars import has_unpaired_surrogate
from speclient.build.type_refs import NULL, union_of
from speclient.ir import Const, EnumSchema, Named, Scalar, ScalarKind, TypeRef, UnionOf
from speclient.schema.merge import Shape, json_key

_SCALAR_TYPES = ((ScalarKind.STRING, (str,)), (ScalarKind.NUMBER, (int, float)), (ScalarKind.BOOLEAN, (bool,)))
_JSON_TYPES = (
    ("boolean", bool), ("string", str), ("integer", int), ("number", float), ("array", list), ("object", dict),
)  # fmt: skip


def distinct_values(shape: Shape) -> list[Any]:
    """The distinct values of an enumeration that fit its `type`; all of them if none fits."""
    fitting = [value for value in shape.enum or () if fits_types(value, shape.types)] or shape.enum or ()
    distinct: dict[Any, Any] = {}
    for value in fitting:
        distinct.setdefault(json_key(value), value)
    return list(distinct.values())


def is_scalar(value: object) -> bool:
    """Whether a value is a JSON scalar other than null."""
    return isinstance(value, (str, int, float, bool))


def fits_types(value: Any, types: list[str] | None) -> bool:
    """Whether a value is of one of the JSON types; without types, every value is."""
    if types is None:
        return True
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, str):
        return "string" in types
    if isinstance(value, int):
        return "integer" in types or "number" in types
    if isinstance(value, float):
        return "number" in types or ("integer" in types and value.is_integer())
    return json_type(value) in types


def json_type(value: Any) -> str:
    """The JSON type of a value other than null."""
    return next(name for name, python_type in _JSON_TYPES if isinstance(value, python_type))


def enumeration_type(values: Sequence[Any], shape: Shape, site: Site, types: TypeBuilder) -> TypeRef:
    """The type of an enumeration of scalars.

    Args:
        values: the distinct values, without null.
        shape: the merged keywords.
        site: the schema.
        types: the builder, which receives an enumeration class.
    """
    log = types.log
    if not values:  # Null is the only value.
        return NULL
    if any(has_unpaired_surrogate(value) for value in values):
        log.not_enforced(site.node, "a value contains an unpaired surrogate, which is not valid in JSON")
        return Scalar(ScalarKind.STRING)
    if any(isinstance(value, float) and not value.is_integer() for value in values):
        log.not_enforced(site.node, "an enumeration of non-integer numbers is not enforced")
        kinds = [kind for kind, classes in _SCALAR_TYPES if any(type(value) in classes for value in values)]
        return union_of([Scalar(kind) for kind in kinds])
    member_names = _member_names(values, shape)
    values = [int(value) if isinstance(value, float) else value for value in values]
    constants = tuple(Const(value) for value in values)
    if len(values) == 2 and all(isinstance(value, bool) for value in values):
        return Scalar(ScalarKind.BOOLEAN)
    if len(values) == 1:
        return constants[0]
    classes = {type(value) for value in values}
    if classes - {str, int}:
        return UnionOf(constants) if len(constants) <= UNION_LIMIT else log.too_many_variants(site.node, len(constants))
    if shape.format in ("date-time", "date") and classes == {str}:
        log.not_enforced(site.node, f"an enumeration of values of the format {shape.format} is not enforced")
        return Scalar(ScalarKind(shape.format))
    kind = ScalarKind.STRING if classes == {str} else ScalarKind.INTEGER if classes == {int} else None
    if types.schemas.get(site.id) is None:
        types.schemas[site.id] = EnumSchema(
            site.id, site.hint, site.node.location, tuple(values), kind, member_names, shape.description,
            shape.deprecated,
        )  # fmt: skip
    return Named(site.id)


def _member_names(values: Sequence[Any], shape: Shape) -> tuple[str, ...] | None:
    """The names of the values, when the document names each of them."""
    by_value = {json_key(value): name for value, name in reversed(shape.member_names)}
    names = [by_value.get(json_key(value)) for value in values]
    return tuple(name for name in names if name) if names and all(names) else None
