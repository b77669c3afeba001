"""Types of unions: `oneOf`, `anyOf`, and parents with the schemas that extend them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from speclient.build.context import Site, TypeBuilder
from speclient.build.discriminators import read_discriminator
from speclient.build.enumerations import distinct_values, enumeration_type
from speclient.build.limitations import UNION_LIMIT, LimitationLog
from speclient.build.type_refs import flatten, union_of
from speclient.build.variant_names import variant_words
from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.ir import AliasSchema, Discriminator, Named, TypeRef, UnionOf
from speclient.schema.composition import merged_shape, read_atoms, readable_atoms, without_union
from speclient.schema.merge import Shape, merge
from speclient.schema.variants import Hierarchies, Hierarchy

_PRODUCT_LIMIT = 64
"""Combinations of the branches of several unions of one schema."""


def union_type(atoms: Sequence[Node], shape: Shape, site: Site, types: TypeBuilder) -> TypeRef:
    """The type of a schema with `oneOf` or `anyOf`.

    Args:
        atoms: the schema objects without `$ref` that apply to the value.
        shape: their merged keywords.
        site: the schema.
        types: builds the types of the variants, and receives a union with a name.

    Raises:
        ReferenceProblem: a variant is an unresolved reference.
    """
    keyword, branches = shape.unions[0]
    members = list(branches.elements())
    too_many = len(members) > UNION_LIMIT
    bare = (shape.bare or (not too_many and _is_closed_anyway(shape, members))) and len(shape.unions) == 1
    if not bare and all(map(_only_requires, members)):
        types.log.not_enforced(branches, f"`{keyword}` of required properties is not enforced")
        return types.type_of_atoms([without_union(atom, branches) for atom in atoms], site)
    if bare and (values := _open_enumeration(members)) is not None:
        return _open_enumeration_type(values, shape, site, types)
    if too_many:
        return types.log.too_many_variants(branches, len(members))
    if keyword == "oneOf" and len(members) > 1:
        types.log.not_enforced(branches, "that exactly one branch of `oneOf` matches is not enforced")
    if len(members) > 1 and not bare:
        combinations = len(members)
        for _, other in shape.unions[1:]:
            combinations *= len(other.value)
        if combinations > _PRODUCT_LIMIT:
            types.log.degraded(branches, f"{combinations} combinations of `{keyword}` exceed the limit")
            return types.type_of_atoms([without_union(atom, branches) for atom in atoms], site)
    beside = [] if bare else [without_union(atom, branches) for atom in atoms]
    return _variants_type(members, beside, shape, site, types)


def _variants_type(
    members: Sequence[Node], beside: Sequence[Node], shape: Shape, site: Site, types: TypeBuilder
) -> TypeRef:
    """The union of the types of the branches.

    Args:
        members: the branches.
        beside: the schemas that apply to each variant besides its branch.
        shape: the merged keywords.
        site: the schema.
        types: builds the types of the variants.
    """
    keyword, _ = shape.unions[0]
    tag = shape.discriminator.text("propertyName") if shape.discriminator is not None else None
    variants: list[TypeRef] = []
    indexes: list[int] = []
    for index, (member, word) in enumerate(zip(members, variant_words(members, tag), strict=True)):
        others = _without_included(beside, member)
        variant_id = f"{site.id}/{keyword}/{index}" if others else member.id
        variant = types.type_of_all([*others, member], variant_id, site.hint.inner(word))
        if variant not in variants:
            variants.append(variant)
        indexes.append(variants.index(variant))
    flat = flatten(variants)
    if len(flat) == 1 or flat != variants or shape.discriminator is None:
        return union_of(flat)
    if not all(isinstance(variant, Named) for variant in variants):
        return union_of(flat)
    branches = list(zip(indexes, members, strict=True))
    discriminator = read_discriminator(shape.discriminator, branches, types.log)
    union = UnionOf(tuple(flat), discriminator)
    if discriminator is None:
        return union
    if types.schemas.get(site.id) is None:
        types.schemas[site.id] = AliasSchema(
            site.id, site.hint, site.node.location, union, shape.description, shape.deprecated
        )
    return Named(site.id)


def is_own_union(branches: Node, keyword: str, applied: frozenset[str], node: Node, log: LimitationLog) -> bool:
    """Whether a branch of a union is already applied to the same value: the union then adds nothing.

    This is the case for a schema that extends the schema whose union lists it, and for its descendants.

    Args:
        branches: the branches of the union.
        keyword: `oneOf` or `anyOf`.
        applied: ids of the schemas that are applied to the value.
        node: the schema.
        log: records that the union is read as a parent and its variants.
    """
    if branches.pointer.startswith(f"{node.pointer}/") or len(branches.value) > UNION_LIMIT:
        return False
    for member in branches.elements():
        target = member.resolve_or_none() if "$ref" in member.mapping else None
        if target is None or branches.pointer == f"{target.pointer}/{keyword}":
            continue
        if target == node or target.id in applied:
            why = f"`{keyword}` lists a schema that extends it by `allOf`; it is read as a parent and its variants"
            log.not_enforced(branches, why)
            return True
    return False


def _only_requires(branch: Node) -> bool:
    """Whether a branch only names required (or forbidden) properties, itself or through references."""
    atoms = readable_atoms(branch)
    if atoms is None or not all(isinstance(atom.value, dict) for atom in atoms):
        return False
    shape = merge(atoms)
    names_properties = bool(shape.required) or any(keyword == "not" for keyword, _ in shape.unenforced)
    has_others = not replace(shape, required={}).bare or bool(shape.unions)
    return names_properties and not has_others and shape.types in (None, ["object"])


def _is_closed_anyway(shape: Shape, members: Sequence[Node]) -> bool:
    """Whether the only keyword beside a union is an `additionalProperties: false` that each variant has itself."""
    if not shape.closed or not replace(shape, closed=False).bare:
        return False
    return all((inner := merged_shape(member)) is not None and inner.closed for member in members)


def _without_included(beside: Sequence[Node], member: Node) -> Sequence[Node]:
    """The schemas beside a union, or none if the variant includes them all itself."""
    if "$ref" not in member.mapping:
        return beside
    included = {atom.id for atom in readable_atoms(member) or ()}
    return [] if all(node.id in included for node in beside) else beside


# Open enumerations


def _open_enumeration(members: Sequence[Node]) -> Node | None:
    """The enumeration in `anyOf: [{enum of strings}, {type: string}]`, the idiom for an open enumeration."""
    enumerations: list[Node] = []
    for member in members:
        shape = merged_shape(member)
        if shape is None or shape.unions or shape.nullable or shape.types not in (None, ["string"]):
            return None
        if shape.enum is not None and all(isinstance(value, str) for value in shape.enum):
            enumerations.append(member)
        elif not (shape.bare and shape.types == ["string"]):
            return None
    return enumerations[0] if len(enumerations) == 1 and len(members) > 1 else None


def _open_enumeration_type(member: Node, union: Shape, site: Site, types: TypeBuilder) -> TypeRef:
    if "$ref" in member.mapping:
        return types.named(member.resolve())
    shape = merge([member])
    shape.description = union.description or shape.description
    site = replace(site, hint=site.hint.named(shape.explicit))
    return enumeration_type(distinct_values(shape), shape, site, types)


# Hierarchies


def extended_hierarchy(atoms: Sequence[Node], node: Node, hierarchies: Hierarchies) -> Hierarchy | None:
    """The hierarchy that a schema uses and extends without being one of its variants.

    Args:
        atoms: the schema objects without `$ref` that apply to the value.
        node: the schema.
        hierarchies: the hierarchies of the document.
    """
    if len(atoms) < 2:
        return None
    for atom in atoms:
        hierarchy = hierarchies.of(atom)
        if hierarchy is not None and not hierarchies.extends(node, hierarchy.parent):
            return hierarchy
    return None


def extended_variants(hierarchy: Hierarchy, atoms: Sequence[Node], site: Site, types: TypeBuilder) -> TypeRef:
    """The union of the variants of a hierarchy, each extended by the same schemas.

    Args:
        hierarchy: the hierarchy.
        atoms: the schema objects without `$ref` that apply to each variant.
        site: the schema that extends the hierarchy.
        types: builds the variants, and receives the union.
    """
    variants: list[TypeRef] = []
    for index, variant in enumerate((*hierarchy.variants, hierarchy.parent)):
        try:
            merged = read_atoms([variant, *atoms])
        except ReferenceProblem as problem:
            return types.log.unreadable(problem, site.node)
        inner = replace(site, id=f"{site.id}/variants/{index}", hint=site.hint.inner(variant.last))
        variants.append(types.type_of_atoms(merged, inner, extensible=False))
    if not all(isinstance(variant, Named) for variant in variants) or len(set(variants)) < len(variants):
        return union_of(flatten(variants))
    discriminator = Discriminator(hierarchy.property, hierarchy.tags, len(hierarchy.variants))
    union_id = f"{site.id}/variants"
    union = UnionOf(tuple(variants), discriminator)
    types.schemas[union_id] = AliasSchema(union_id, site.hint, site.node.location, union)
    return Named(union_id)
