"""Convert schema objects to types: a schema with a class becomes a named schema, any other schema is inlined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from speclient.build.context import Site
from speclient.build.limitations import LimitationLog
from speclient.build.plain_types import plain_type
from speclient.build.type_refs import nullable
from speclient.build.unions import extended_hierarchy, extended_variants, is_own_union, union_type
from speclient.document import Node, split_pointer
from speclient.document.limits import is_component
from speclient.document.problems import ReferenceProblem
from speclient.ir import (
    AliasSchema,
    Anything,
    Discriminator,
    Named,
    NameHint,
    Schema,
    TypeRef,
    UnionOf,
)
from speclient.schema.composition import (
    Leaves,
    applied_ids,
    is_lone_reference,
    merged_shape,
    read_atoms,
    read_leaves,
)
from speclient.schema.merge import annotate, constraining, merge
from speclient.schema.variants import Hierarchies, Hierarchy

_DEPTH_LIMIT = 40
"""Depth of nested schemas without `$ref`; third-party libraries recurse, and no hand-written document is this deep."""
_STRUCTURAL = frozenset({
    "components", "schemas", "properties", "items", "schema", "content", "allOf", "anyOf", "oneOf", "paths",
    "responses", "requestBodies", "parameters", "application/json", "$defs", "definitions",
})  # fmt: skip
"""Tokens of a pointer that do not help to name a schema."""


@dataclass(slots=True)
class SchemaBuilder:
    """Builds each schema once. `schemas` fills as types refer to it; call `drain` after the last type was requested."""

    log: LimitationLog
    hierarchies: Hierarchies
    schemas: dict[str, Schema | None] = field(default_factory=dict[str, "Schema | None"])
    inherited_properties: int = 0
    """The number of properties that `allOf` copied into other schemas."""
    _queue: list[tuple[Node, NameHint]] = field(default_factory=list[tuple[Node, NameHint]])
    _shared: dict[str, TypeRef] = field(default_factory=dict[str, "TypeRef"])
    """Types of schemas that occur at several locations of the document as one value."""
    _has_null: dict[str, bool] = field(default_factory=dict[str, bool])
    """Whether a named schema accepts null beside the values of its class."""
    _depth: int = 0

    def mark(self) -> tuple[int, int]:
        """A point to roll back to; the queue must be empty."""
        return len(self.schemas), len(self.log.limitations)

    def forget(self, mark: tuple[int, int]) -> None:
        """Restore the state before an operation that cannot be expressed."""
        schemas, limitations = mark
        for key in list(self.schemas)[schemas:]:
            del self.schemas[key]
        del self.log.limitations[limitations:]
        self._shared.clear()
        self._queue.clear()

    # Named schemas

    def named(self, target: Node) -> TypeRef:
        """Refer to a schema that a `$ref` names; it is built when the queue is drained.

        A class cannot be null, so the null of a nullable object or enumeration is added to each reference.
        """
        hierarchy = self.hierarchies.of(target)
        name = self.component(target) if hierarchy is None else self._variants(hierarchy)
        if target.id not in self._has_null:
            shape = merged_shape(target)
            self._has_null[target.id] = (
                shape is not None and shape.nullable and not shape.unions and bool(shape.properties or shape.enum)
            )
        return nullable(name, self._has_null[target.id])

    def component(self, target: Node) -> Named:
        """Refer to a schema as written, without the schemas that extend it."""
        if target.id not in self.schemas:
            self.schemas[target.id] = None
            name = target.document.component_names.get(id(target.value))
            words = (name or target.last,)
            component = name is not None or re.fullmatch(r"/components/schemas/[^/]+", target.pointer) is not None
            self._queue.append((target, NameHint(words if component else _pointer_words(target), component=component)))
        return Named(target.id)

    def _variants(self, hierarchy: Hierarchy) -> Named:
        """The open union of a parent and the schemas that extend it; an unknown tag gives the parent's class."""
        parent = hierarchy.parent
        key = f"{parent.id}+variants"
        if key not in self.schemas:
            self.schemas[key] = None
            for entry in hierarchy.unknown:
                why = f"the mapping {entry.last!r} does not name a schema that extends the parent; it is ignored"
                self.log.not_enforced(entry, why, code="SC207")
            members = tuple(self.component(node) for node in (*hierarchy.variants, parent))
            discriminator = Discriminator(hierarchy.property, hierarchy.tags, len(hierarchy.variants))
            name = parent.document.component_names.get(id(parent.value)) or parent.last
            union = UnionOf(members, discriminator)
            text = parent.text("description")
            self.schemas[key] = AliasSchema(key, NameHint(("Any", name)), parent.location, union, text)
        return Named(key)

    def body_type(self, node: Node, hint: NameHint) -> TypeRef:
        """The type of a JSON body. It is named, so that its whole schema is checked when the body is parsed."""
        ref = self.type_of(node, hint)
        if isinstance(ref, (Named, Anything)):
            return ref
        key = f"{node.id}+alias"
        self.schemas.setdefault(key, AliasSchema(key, hint, node.location, ref))
        return Named(key)

    def drain(self) -> None:
        """Build all referenced schemas."""
        while self._queue:
            node, hint = self._queue.pop(0)
            with self.log.owned_by(node.id):
                self._define(node, hint)

    def _define(self, node: Node, hint: NameHint) -> None:
        self._report_ignored([node])
        home = node.document.child(node.file, "", node.value)
        # A component that a YAML alias makes the same object as another component.
        is_alias = is_component(home.pointer) and home != node
        try:
            leaves = Leaves([home]) if is_alias else read_leaves([node])
        except ReferenceProblem as problem:
            unreadable = self.log.unreadable(problem, node)
            self.schemas[node.id] = AliasSchema(node.id, hint, node.location, unreadable)
            return
        ref: TypeRef
        only = leaves.nodes[0] if len(leaves.nodes) == 1 and self.hierarchies.base_of(node) is None else None
        if only is not None and only is not node and (is_alias or _refers_to(node, only)):
            ref = nullable(self.named(only), leaves.nullable)
        else:
            ref = self._type_of_leaves(leaves, Site(node.id, hint, node))
        if self.schemas.get(node.id) is None:
            shape = merge([node] if isinstance(node.value, dict) else [])
            self.schemas[node.id] = AliasSchema(
                node.id, hint.named(shape.explicit), node.location, ref, shape.description, shape.deprecated
            )

    # Types

    def type_of(self, node: Node, hint: NameHint) -> TypeRef:
        """The type of the schema at a node."""
        return self.type_of_all([node], node.id, hint)

    def type_of_all(self, nodes: Sequence[Node], id_: str, hint: NameHint) -> TypeRef:
        """The type of a value that satisfies all the schemas.

        Args:
            nodes: the schemas, at least one.
            id_: the id of a named schema, if the type needs one.
            hint: the input for its name.
        """
        site = Site(id_, hint, nodes[0])
        if len(nodes) > 1 or id(site.node.value) not in site.node.document.homes:
            return self._type_of_all(nodes, site)
        # The schema occurs several times: built once, under the component's name if it has one.
        if is_component(site.node.pointer):
            return self.named(site.node)
        if site.node.id not in self._shared:
            self._shared[site.node.id] = self._type_of_all(nodes, replace(site, id=site.node.id))
        return self._shared[site.node.id]

    def type_of_atoms(self, atoms: Sequence[Node], site: Site, *, extensible: bool = True) -> TypeRef:
        """The type of a value that satisfies all the schema objects without `$ref`.

        Args:
            atoms: the schema objects.
            site: the schema that they belong to.
            extensible: whether a hierarchy that the schema extends becomes the union of its extended variants.
        """
        return self._type_of_atoms(atoms, site, False, frozenset(), extensible=extensible)

    def _type_of_all(self, nodes: Sequence[Node], site: Site) -> TypeRef:
        self._report_ignored(nodes)
        try:
            leaves = read_leaves(nodes)
        except ReferenceProblem as problem:
            return self.log.unreadable(problem, site.node)
        if len(leaves.nodes) == 1 and leaves.nodes[0] not in nodes:
            return nullable(self.named(leaves.nodes[0]), leaves.nullable)
        if self._depth >= _DEPTH_LIMIT:
            why = f"schemas nested deeper than {_DEPTH_LIMIT} levels accept any value; use `$ref` to reduce the nesting"
            return self.log.degraded(site.node, why)
        self._depth += 1
        try:
            return self._type_of_leaves(leaves, site)
        finally:
            self._depth -= 1

    def _type_of_leaves(self, leaves: Leaves, site: Site) -> TypeRef:
        nodes = [leaf for leaf in leaves.nodes if isinstance(leaf.value, dict)]
        others = [leaf for leaf in leaves.nodes if not isinstance(leaf.value, dict)]
        if any(leaf.value is not True for leaf in others):
            is_false = any(leaf.value is False for leaf in others)
            why = "the schema `false` allows no value" if is_false else "a schema must be a mapping or a boolean"
            return self.log.degraded(others[0], why)
        if not nodes:
            return Anything()
        try:
            atoms, applied = read_atoms(nodes), applied_ids(nodes)
        except ReferenceProblem as problem:
            return self.log.unreadable(problem, site.node)
        return self._type_of_atoms(atoms, site, leaves.nullable, applied)

    def _type_of_atoms(
        self, atoms: Sequence[Node], site: Site, add_null: bool, applied: frozenset[str], *, extensible: bool = True
    ) -> TypeRef:
        shape = merge(atoms)
        for node, why in shape.problems:
            self.log.degraded(node, why)
        for node, why in shape.malformed:
            self.log.not_enforced(node, why, code="SC207")
        for keyword, node in shape.unenforced:
            self.log.not_enforced(node.get(keyword) or node, f"`{keyword}` is not enforced")
        annotate(shape, site.node, len(atoms))
        site = replace(site, hint=site.hint.named(shape.explicit))
        shape.unions = [
            (keyword, branches)
            for keyword, branches in shape.unions
            if not is_own_union(branches, keyword, applied, site.node, self.log)
        ]
        hierarchy = extended_hierarchy(atoms, site.node, self.hierarchies) if extensible and not shape.unions else None
        if hierarchy is not None:
            ref = extended_variants(hierarchy, atoms, site, self)
        elif shape.unions:
            ref = union_type(atoms, shape, site, self)
        else:
            ref = plain_type(shape, site, self)
        return nullable(ref, shape.nullable or add_null)

    def _report_ignored(self, nodes: Sequence[Node]) -> None:
        """Report the keywords beside `$ref` that OpenAPI 3.0 ignores."""
        for node in nodes:
            all_of = node.get("allOf")
            for schema in (node, *(all_of.elements() if all_of is not None else ())):
                if not is_lone_reference(schema):
                    continue
                for key in (*constraining(schema.mapping), *(["allOf"] if "allOf" in schema.mapping else ())):
                    why = f"`{key}` beside `$ref` is ignored, according to OpenAPI 3.0"
                    self.log.not_enforced(schema.get(key) or schema, why)


def _refers_to(node: Node, leaf: Node) -> bool:
    """Whether a schema is a reference to its only leaf."""
    return leaf.id != node.id and ("$ref" in node.mapping or "allOf" in node.mapping)


def _pointer_words(node: Node) -> tuple[str, ...]:
    """Words for the name of a schema that is not a component."""
    words = [word for word in split_pointer(node.pointer) if word not in _STRUCTURAL and not word.isdigit()]
    return tuple(words[-3:]) or (node.file.rsplit("/", 1)[-1].split(".")[0],)
