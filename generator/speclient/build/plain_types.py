"""Types of schemas without unions: enumerations, and one type per JSON type."""

from __future__ import annotations

from dataclasses import replace

from speclient.build.arrays import array_type
from speclient.build.context import Site, TypeBuilder
from speclient.build.enumerations import distinct_values, enumeration_type, fits_types, is_scalar, json_type
from speclient.build.objects import object_type
from speclient.build.scalars import NUMERIC, TEXTUAL, number_type, string_type
from speclient.build.type_refs import NULL, flatten, union_of
from speclient.ir import Scalar, ScalarKind, TypeRef
from speclient.schema.merge import Shape

_IMPLIED_TYPES = (
    ("object", ("properties", "required", "additional", "closed", "patterned")),
    ("array", ("has_items",)),
)


def plain_type(shape: Shape, site: Site, types: TypeBuilder) -> TypeRef:
    """The type of merged keywords without `oneOf` and `anyOf`.

    Args:
        shape: the merged keywords.
        site: the schema.
        types: builds the types inside.
    """
    if shape.enum is not None:
        if not shape.enum:  # Null is the only value.
            return NULL
        values = distinct_values(shape)
        if all(is_scalar(value) for value in values):
            return enumeration_type(values, shape, site, types)
        if not any(fits_types(value, shape.types) for value in values):
            why = f"no value of the enumeration is of the type {' or '.join(shape.types or ())}"
            return types.log.degraded(site.node, why)
        types.log.not_enforced(site.node, "an enumeration of arrays or objects is not enforced")
        shape = replace(shape, enum=None, types=shape.types or list(dict.fromkeys(map(json_type, values))))
    names = shape.types or _implied_types(shape, site, types)
    if len(names) == 1:
        return union_of(flatten([_of_type(names[0], shape, site, types)]))
    return union_of(flatten([_of_type(name, shape, replace(site, id=f"{site.id}/{name}"), types) for name in names]))


def _implied_types(shape: Shape, site: Site, types: TypeBuilder) -> list[str]:
    """The types that the keywords apply to, where the schema has no `type`."""
    for name, keywords in _IMPLIED_TYPES:
        if any(getattr(shape, keyword) for keyword in keywords):
            types.log.not_enforced(site.node, f"no `type`; {name} is inferred from the other keywords")
            return [name]
    if any(key in shape.constraints for key in TEXTUAL):
        return ["string"]
    if any(key in shape.constraints for key in NUMERIC):
        return ["number"]
    return []


def _of_type(name: str, shape: Shape, site: Site, types: TypeBuilder) -> TypeRef:
    match name:
        case "string":
            return string_type(shape, site, types.log)
        case "integer" | "number":
            return number_type(ScalarKind(name), shape, site, types.log)
        case "boolean":
            return Scalar(ScalarKind.BOOLEAN)
        case "array":
            return array_type(shape, site, types)
        case "object":
            return object_type(shape, site, types)
        case _:
            return NULL
