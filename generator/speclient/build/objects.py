"""Types of objects: classes with properties, and maps without."""

from __future__ import annotations

from speclient.build.context import Site, TypeBuilder
from speclient.build.limitations import UNION_LIMIT
from speclient.build.scalars import size_bounds
from speclient.build.type_refs import flatten, json_scalar, union_of
from speclient.document import Node, escape_pointer
from speclient.document.problems import ReferenceProblem
from speclient.ir import Anything, MapOf, Named, NameHint, ObjectSchema, Property, TypeRef
from speclient.schema.annotations import is_read_only, is_secret, is_write_only, unit_of
from speclient.schema.merge import Shape, merge

_INHERITED_LIMIT = 50_000
"""Inherited properties of all classes of a document."""


def object_type(shape: Shape, site: Site, types: TypeBuilder) -> TypeRef:
    """The type of an object: a class if it has properties, forbids others or has variants, else a map.

    Args:
        shape: the merged keywords.
        site: the schema.
        types: builds the types of the properties, and receives the class.
    """
    hierarchy = types.hierarchies.of(site.node) if site.is_own_schema else None
    if not shape.properties and hierarchy is None and not (shape.closed and not shape.patterned):
        return _map_type(shape, site, types)
    if types.schemas.get(site.id) is not None:
        return Named(site.id)
    own = f"{site.node.id}/"
    types.inherited_properties += sum(1 for nodes in shape.properties.values() if not nodes[0].id.startswith(own))
    if types.inherited_properties > _INHERITED_LIMIT:
        message = f"`allOf` copies more than {_INHERITED_LIMIT:,} properties into other schemas"
        return types.log.unreadable(ReferenceProblem("SC006", message, site.node.location), site.node)
    types.schemas.setdefault(site.id, None)
    additional = _additional_type(shape, site, types) if shape.closed or shape.additional else Anything()
    never = _report_unenforced(shape, site, types)
    properties = tuple(
        _property(name, nodes, name in shape.required, site.id, types)
        for name, nodes in shape.properties.items()
        if name not in never
    )
    base = types.hierarchies.base_of(site.node) if site.is_own_schema else None
    types.schemas[site.id] = ObjectSchema(
        site.id, site.hint, site.node.location, properties, additional, shape.description, shape.deprecated,
        shape.secret, base.id if base is not None else None,
    )  # fmt: skip
    return Named(site.id)


def _map_type(shape: Shape, site: Site, types: TypeBuilder) -> MapOf:
    bounds = size_bounds(shape, "Properties")
    if shape.required:
        types.log.not_enforced(site.node, "`required` is not enforced for properties without a schema")
    values = [*shape.additional, *shape.patterned]
    if len(values) > UNION_LIMIT:
        return MapOf(types.log.too_many_variants(site.node, len(values)), bounds)
    return MapOf(union_of(flatten([types.type_of(node, site.hint.inner("Value")) for node in values])), bounds)


def _additional_type(shape: Shape, site: Site, types: TypeBuilder) -> TypeRef | None:
    """The type of the properties that `properties` does not list: of any pattern, or of those without a pattern."""
    hint = NameHint(("Value",), parent=site.id)
    if len(shape.patterned) > UNION_LIMIT:
        return types.log.too_many_variants(site.node, len(shape.patterned))
    value_types = [types.type_of(node, hint) for node in shape.patterned]
    if shape.additional and not shape.closed:
        value_types.append(types.type_of_all(shape.additional, f"{site.id}/additionalProperties", hint))
    members = flatten(value_types)
    return union_of(members) if members else None


def _report_unenforced(shape: Shape, site: Site, types: TypeBuilder) -> set[str]:
    """Report the rules that a class does not enforce; the names of the optional properties that must be absent."""
    if size_bounds(shape, "Properties"):
        types.log.not_enforced(site.node, "the number of properties is not enforced")
    undefined = [name for name in shape.required if name not in shape.properties]
    if undefined:
        why = f"`required` names {undefined[0]!r}, which `properties` does not define"
        types.log.not_enforced(site.node, why)
    never = {name for name, nodes in shape.properties.items() if any(node.value is False for node in nodes)}
    never -= shape.required.keys()
    for name in sorted(never):
        types.log.not_enforced(shape.properties[name][0], f"that {name!r} must be absent is not enforced")
    return never


def _property(name: str, nodes: list[Node], required: bool, owner: str, types: TypeBuilder) -> Property:
    """A property of the class `owner` that satisfies all the schemas."""
    property_id = nodes[0].id if len(nodes) == 1 else f"{owner}/properties/{escape_pointer(name)}"
    property_type = types.type_of_all(nodes, property_id, NameHint((name,), parent=owner))
    shape = merge(node for node in nodes if isinstance(node.value, dict))
    return Property(
        name=name, type=property_type, required=required, description=shape.description,
        read_only=is_read_only(nodes), write_only=is_write_only(nodes),
        deprecated=shape.deprecated, secret=is_secret(nodes), unit=unit_of(nodes),
        default=json_scalar(nodes[0].mapping.get("default")), origin=nodes[0].location,
    )  # fmt: skip
