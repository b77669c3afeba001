"""Types of arrays: lists, and tuples where the length is fixed."""

from __future__ import annotations

import math

from speclient.build.context import Site, TypeBuilder
from speclient.build.limitations import UNION_LIMIT
from speclient.build.scalars import size_bounds
from speclient.build.type_refs import flatten, union_of
from speclient.document import Node
from speclient.ir import Anything, ArrayOf, TupleOf, TypeRef
from speclient.schema.merge import Shape

_TUPLE_LIMIT = 16
"""Length of a tuple, if fewer items have a schema of their own."""


def array_type(shape: Shape, site: Site, types: TypeBuilder) -> TypeRef:
    """The type of an array.

    Args:
        shape: the merged keywords.
        site: the schema.
        types: builds the types of the items.
    """
    rest = [rule.rest for rule in shape.arrays if rule.rest is not None]
    length = max((len(rule.prefix) for rule in shape.arrays), default=0)
    if length > UNION_LIMIT:
        return ArrayOf(types.log.too_many_variants(site.node, length), size_bounds(shape, "Items"))
    if length:
        return _positional(shape, rest, site, types)
    if not rest:
        return ArrayOf(Anything(), size_bounds(shape, "Items"))
    items_id = rest[0].id if len(rest) == 1 else f"{site.id}/items"
    return ArrayOf(types.type_of_all(rest, items_id, site.hint.inner("Item")), size_bounds(shape, "Items"))


def _positional(shape: Shape, rest: list[Node], site: Site, types: TypeBuilder) -> TypeRef:
    """An array whose first items have schemas of their own: a tuple if its length is fixed, else a list.

    Args:
        shape: the merged keywords.
        rest: the schemas of all further items.
        site: the schema.
        types: builds the types of the items.
    """
    length = max(len(rule.prefix) for rule in shape.arrays)
    low = shape.constraints.get("minItems", 0)
    ends = [len(rule.prefix) for rule in shape.arrays if rule.closed]
    high = min([*ends, shape.constraints.get("maxItems", math.inf)])
    is_tuple = 0 < low == high <= max(length, _TUPLE_LIMIT)
    count = int(high if is_tuple else min(length, high))
    positions = [_position(shape, index, site, types) for index in range(count)]
    if is_tuple:
        return TupleOf(tuple(positions))
    if high < math.inf:
        shape.constraints["maxItems"] = int(high)
    if high > length:
        further = types.type_of_all(rest, f"{site.id}/items", site.hint.inner("Item")) if rest else Anything()
        positions.append(further)
    members = flatten(positions)
    if len(set(positions)) > 1:
        why = "`prefixItems` of an array without a fixed length: read as a list of any of these types"
        types.log.degraded(site.node, why)
    if members == [Anything()]:
        return ArrayOf(Anything("items after `prefixItems` may have any value"), size_bounds(shape, "Items"))
    return ArrayOf(union_of(members), size_bounds(shape, "Items"))


def _position(shape: Shape, index: int, site: Site, types: TypeBuilder) -> TypeRef:
    """The type of the item at an index."""
    nodes: list[Node] = []
    for rule in shape.arrays:
        node = rule.prefix[index] if index < len(rule.prefix) else rule.rest
        if node is not None and node not in nodes:
            nodes.append(node)
    if not nodes:
        return Anything()
    item_id = nodes[0].id if len(nodes) == 1 else f"{site.id}/prefixItems/{index}"
    return types.type_of_all(nodes, item_id, site.hint.inner(f"Item{index + 1}"))
