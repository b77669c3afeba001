"""Discriminators of unions: the property that selects the variant, and its tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from speclient.build.limitations import LimitationLog
from speclient.document import Node, escape_pointer
from speclient.ir import Discriminator
from speclient.schema.composition import merged_shape
from speclient.schema.merge import Shape, merge


def read_discriminator(node: Node, branches: Sequence[tuple[int, Node]], log: LimitationLog) -> Discriminator | None:
    """The discriminator of a union, or None if it cannot select every variant.

    Args:
        node: the Discriminator Object.
        branches: the branches of the union, each with the index of its type among the members of the union.
        log: records entries that are ignored.

    Raises:
        ReferenceProblem: a branch is an unresolved reference.
    """
    name = node.text("propertyName")
    if name is None:
        log.degraded(node, "a discriminator requires `propertyName`; it is ignored")
        return None
    tags: dict[str, int] = {}
    variants = {branch.resolve().id: index for index, branch in branches}
    mapping = node.get("mapping")
    for tag, target in mapping.items() if mapping is not None else ():
        if not isinstance(target.value, str):
            continue
        index = _mapped_index(target, variants)
        if index is None:
            why = f"the mapping {tag!r} does not name a variant of the union; it is ignored"
            log.not_enforced(target, why, code="SC207")
        else:
            tags[tag] = index
    mapped = set(tags.values())
    for index, branch in branches:
        if index not in mapped and "$ref" in branch.mapping:
            tags.setdefault(branch.resolve().last, index)
    # A discriminator over variants without the property can never work; the union is then selected by structure.
    for index, branch in branches:
        shape = merged_shape(branch) or Shape()
        if name not in shape.properties:
            why = f"not every variant has the property {name!r}; the first variant that matches is used"
            log.not_enforced(node, why)
            return None
        for tag in _own_tags(shape, name):
            tags.setdefault(tag, index)
    return Discriminator(name, tuple(tags.items())) if tags else None


def _mapped_index(target: Node, variants: Mapping[str, int]) -> int | None:
    """The variant that an entry of `mapping` names: by a reference, or else by the key of a component."""
    name: str = target.value
    component = f"#/components/schemas/{name}"
    is_reference = name.startswith("#") or "/" in name or "." in name
    for reference in (name if is_reference else component, f"#/components/schemas/{escape_pointer(name)}"):
        schema = target.follow_or_none(reference)
        variant = schema.resolve_or_none() if schema is not None else None
        if variant is not None:
            return variants.get(variant.id)
    return None


def _own_tags(shape: Shape, name: str) -> Iterator[str]:
    """The tags that a variant's own constant or enumeration defines."""
    for node in shape.properties.get(name, ()):
        if isinstance(node.value, dict):
            yield from (value for value in merge([node]).enum or () if isinstance(value, str))
