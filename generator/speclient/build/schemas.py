"""Convert schema objects to types: a schema with a class becomes a named schema, any other schema is inlined."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pydantic_core

from speclient.build.variant_names import variant_words
from speclient.diagnostics import Location, Sink
from speclient.document import Node, escape_pointer
from speclient.document.limits import is_component
from speclient.document.problems import ReferenceProblem
from speclient.ir import (
    AliasSchema,
    Anything,
    ArrayOf,
    Const,
    Discriminator,
    EnumSchema,
    Json,
    Limitation,
    LimitationKind,
    MapOf,
    Named,
    NameHint,
    ObjectSchema,
    Property,
    Scalar,
    ScalarKind,
    Schema,
    TupleOf,
    TypeRef,
    UnionOf,
)
from speclient.schema.annotations import is_read_only, is_secret, is_write_only, unit_of
from speclient.schema.merge import Shape, annotate, constraining, json_key, merge, says_something
from speclient.schema.variants import Hierarchies, Hierarchy

NULL = Scalar(ScalarKind.NULL)
_PRODUCT_LIMIT = 64
_UNION_LIMIT = 250
"""Variants of one union; third-party libraries recurse once per variant."""
_TUPLE_LIMIT = 16
"""Length of a tuple, if fewer items have a schema of their own."""
_CHAIN_LIMIT = 64
"""Length of a chain of schemas that extend one another by `allOf`: each has all properties of its ancestors."""
_INHERITED_LIMIT = 50_000
"""Inherited properties of all classes of a document."""
_DEPTH_LIMIT = 40
"""Depth of nested schemas without `$ref`; third-party libraries recurse, and no hand-written document is this deep."""
_NUMERIC = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
_TEXTUAL = ("maxLength", "minLength", "pattern")
_KINDS = ((ScalarKind.STRING, (str,)), (ScalarKind.NUMBER, (int, float)), (ScalarKind.BOOLEAN, (bool,)))
_JSON_TYPES = (
    ("boolean", bool), ("string", str), ("integer", int), ("number", float), ("array", list), ("object", dict),
)  # fmt: skip
_IMPLIED = (
    ("object", ("properties", "required", "additional", "closed", "patterned")),
    ("array", ("has_items",)),
)


@dataclass(slots=True)
class SchemaBuilder:
    """Builds each schema once. `schemas` fills as types refer to it; call `drain` after the last type was requested."""

    sink: Sink
    hierarchies: Hierarchies
    limitations: list[Limitation] = field(default_factory=list[Limitation])
    schemas: dict[str, Schema | None] = field(default_factory=dict[str, "Schema | None"])
    _queue: list[tuple[Node, NameHint]] = field(default_factory=list[tuple[Node, NameHint]])
    _shared: dict[str, TypeRef] = field(default_factory=dict[str, "TypeRef"])
    """Types of schemas that occur at several locations of the document as one value."""
    _null_too: dict[str, bool] = field(default_factory=dict[str, bool])
    _limits_reported: set[str] = field(default_factory=set[str])
    _inherited: int = 0
    _owner: str = ""
    _depth: int = 0

    def lose(
        self, kind: LimitationKind, node: Node | Location, why: str, *, code: str | None = None, reported: bool = False
    ) -> None:
        """Record a limitation once, and report it unless its cause was already reported."""
        location = node.location if isinstance(node, Node) else node
        limitation = Limitation(kind, self._owner, location, why)
        if limitation not in self.limitations:
            self.limitations.append(limitation)
            if not reported:
                usual = "SC204" if kind is LimitationKind.NOT_ENFORCED else "SC203"
                self.sink.report(code or usual, why, location)

    def degrade_operation(self, key: str, node: Node, why: str, *, code: str = "SC202") -> None:
        """Record the limitation of a part of an operation."""
        limitation = Limitation(LimitationKind.DEGRADED, key, node.location, why)
        if limitation not in self.limitations:
            self.limitations.append(limitation)
            self.sink.report(code, why, node.location)

    @contextmanager
    def owned_by(self, owner: str) -> Generator[None]:
        """Record limitations under this owner inside the context."""
        before, self._owner = self._owner, owner
        try:
            yield
        finally:
            self._owner = before

    def mark(self) -> tuple[int, int]:
        """A point to roll back to; the queue must be empty."""
        return len(self.schemas), len(self.limitations)

    def forget(self, mark: tuple[int, int]) -> None:
        """Restore the state before an operation that cannot be expressed."""
        schemas, limitations = mark
        for key in list(self.schemas)[schemas:]:
            del self.schemas[key]
        del self.limitations[limitations:]
        self._shared.clear()
        self._queue.clear()

    def _given_up(self, problem: ReferenceProblem, place: Node) -> Anything:
        """Handle an unreadable schema. A limit that many schemas exceed is reported once; report.json lists each."""
        found = problem.diagnostic
        if found.code != "SC006" or found.message not in self._limits_reported:
            self.sink.add(found)
        if found.code == "SC006":
            self._limits_reported.add(found.message)
        self.lose(LimitationKind.DEGRADED, place, found.message, reported=True)
        return Anything(found.message)

    # Named schemas

    def named(self, target: Node) -> TypeRef:
        """Refer to a schema that a `$ref` names; it is built when the queue is drained.

        A class cannot be null, so the null of a nullable object or enumeration is added to each reference.
        """
        hierarchy = self.hierarchies.of(target)
        made = self.component(target) if hierarchy is None else self._variants(hierarchy)
        if target.id not in self._null_too:
            self._null_too[target.id] = self._has_null(target)
        return _nullable(made, self._null_too[target.id])

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
                self.lose(LimitationKind.NOT_ENFORCED, entry, why, code="SC207")
            members = tuple(self.component(node) for node in (*hierarchy.variants, parent))
            discriminator = Discriminator(hierarchy.property, hierarchy.tags, len(hierarchy.variants))
            name = parent.document.component_names.get(id(parent.value)) or parent.last
            union = UnionOf(members, discriminator)
            text = parent.text("description")
            self.schemas[key] = AliasSchema(key, NameHint(("Any", name)), parent.location, union, text)
        return Named(key)

    def body_type(self, node: Node, hint: NameHint) -> TypeRef:
        """The type of a JSON body. It is named, so that its whole schema is checked when the body is parsed."""
        made = self.type_of(node, hint)
        return made if isinstance(made, (Named, Anything)) else self.alias(node, made, hint)

    def alias(self, node: Node, made: TypeRef, hint: NameHint) -> Named:
        """Name a type that is not a class."""
        key = f"{node.id}+alias"
        self.schemas.setdefault(key, AliasSchema(key, hint, node.location, made))
        return Named(key)

    def _has_null(self, target: Node) -> bool:
        try:
            atoms = self._atoms([target])
        except ReferenceProblem:
            return False
        shape = merge(atom for atom in atoms if isinstance(atom.value, dict))
        return shape.nullable and not shape.unions and bool(shape.properties or shape.enum)

    def drain(self) -> None:
        """Build all referenced schemas."""
        while self._queue:
            node, hint = self._queue.pop(0)
            with self.owned_by(node.id):
                self._define(node, hint)

    def _define(self, node: Node, hint: NameHint) -> None:
        self._report_ignored([node])
        home = node.document.child(node.file, "", node.value)
        same = is_component(home.pointer) and home != node
        try:
            # A component that a YAML alias makes the same object as another component.
            leaves, nullable = ([home], False) if same else self._leaves([node])
        except ReferenceProblem as problem:
            self.schemas[node.id] = AliasSchema(node.id, hint, node.location, self._given_up(problem, node))
            return
        ref: TypeRef
        extends = self.hierarchies.base_of(node) is not None
        if not extends and len(leaves) == 1 and leaves[0] is not node and (same or _is_target(leaves[0], node)):
            ref = self.named(leaves[0])
        else:
            ref = self._typed(leaves, nullable, node.id, hint, node)
            nullable = False
        if self.schemas.get(node.id) is None:
            shape = merge([node] if isinstance(node.value, dict) else [])
            self.schemas[node.id] = AliasSchema(
                node.id, _with(hint, shape.explicit), node.location, _nullable(ref, nullable), shape.description,
                shape.deprecated,
            )  # fmt: skip

    # Types

    def type_of(self, node: Node, hint: NameHint) -> TypeRef:
        """The type of the schema at a node."""
        return self.type_of_all([node], node.id, hint)

    def type_of_all(self, nodes: Sequence[Node], at: str, hint: NameHint) -> TypeRef:
        """The type of a value that satisfies all the schemas. `at` is the id of a class, if one is needed."""
        if len(nodes) == 1 and id(nodes[0].value) in nodes[0].document.homes:
            return self._shared_type(nodes[0], hint)
        return self._type_of_all(nodes, at, hint)

    def _shared_type(self, node: Node, hint: NameHint) -> TypeRef:
        """The type of a schema that occurs several times: built once, under the component's name if it has one."""
        if is_component(node.pointer):
            return self.named(node)
        if node.id not in self._shared:
            self._shared[node.id] = self._type_of_all([node], node.id, hint)
        return self._shared[node.id]

    def _type_of_all(self, nodes: Sequence[Node], at: str, hint: NameHint) -> TypeRef:
        self._report_ignored(nodes)
        try:
            leaves, nullable = self._leaves(nodes)
        except ReferenceProblem as problem:
            return self._given_up(problem, nodes[0])
        if len(leaves) == 1 and leaves[0] not in nodes:
            return _nullable(self.named(leaves[0]), nullable)
        if self._depth >= _DEPTH_LIMIT:
            why = f"schemas nested deeper than {_DEPTH_LIMIT} levels accept any value; use `$ref` to reduce the nesting"
            self.lose(LimitationKind.DEGRADED, nodes[0], why)
            return Anything(why)
        self._depth += 1
        try:
            return self._typed(leaves, nullable, at, hint, nodes[0])
        finally:
            self._depth -= 1

    def _report_ignored(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            for place in (node, *(members.elements() if (members := node.get("allOf")) is not None else ())):
                if not _stands_alone(place):
                    continue
                for key in (*constraining(place.mapping), *(["allOf"] if "allOf" in place.mapping else ())):
                    why = f"`{key}` beside `$ref` is ignored, according to OpenAPI 3.0"
                    self.lose(LimitationKind.NOT_ENFORCED, place.get(key) or place, why)

    def _leaves(self, nodes: Sequence[Node]) -> tuple[list[Node], bool]:
        """Strip wrappers: the schemas with constraints (`$ref` targets unresolved), and whether null is added."""
        leaves: list[Node] = []
        nullable = False
        done: set[str] = set()

        def visit(node: Node, trail: tuple[str, ...]) -> None:
            nonlocal nullable
            value = node.value
            if not isinstance(value, dict):
                leaves.append(node)
                return
            if node.id in trail:
                raise ReferenceProblem(
                    "SC011", "circular `allOf`: it refers to the schema that contains it", node.location
                )
            if node.id in done:
                return
            reference = value.get("$ref", "")
            if not isinstance(reference, str):
                raise ReferenceProblem("SC010", f"`$ref` must be a string, not {reference!r}", node.location)
            alone = _stands_alone(node)
            own = says_something(value) and not alone
            if value.get("nullable") is True and not own:
                nullable = True
            if "$ref" in value:
                leaves.append(node.resolve())
            members = None if alone else node.get("allOf")
            several = list(members.elements()) if members is not None else []
            for member in several:
                visit(member, (*trail, node.id))
            if own or ("$ref" not in value and not several):
                leaves.append(node)
            done.add(node.id)

        for node in nodes:
            visit(node, ())
        distinct = list(dict.fromkeys(leaves))
        if len(distinct) > 1:
            telling = [leaf for leaf in distinct if not isinstance(leaf.value, dict) or leaf.value]
            distinct = telling or distinct[:1]
        return distinct, nullable

    def _atoms(self, leaves: Sequence[Node]) -> list[Node]:
        """Resolve references until only schema objects without `$ref` are left to merge."""
        atoms: dict[Node, None] = {}
        stack: list[tuple[Node, tuple[str, ...]]] = [(leaf, ()) for leaf in reversed(leaves)]
        while stack:
            node, trail = stack.pop()
            if node.id in trail:
                raise ReferenceProblem(
                    "SC011", "circular `allOf`: it refers to the schema that contains it", node.location
                )
            if len(trail) > _CHAIN_LIMIT:
                message = f"more than {_CHAIN_LIMIT} schemas extend one another by `allOf`"
                raise ReferenceProblem("SC006", message, node.location)
            inner, _ = self._leaves([node])
            if inner == [node]:
                parts = node.mapping.get("allOf")
                if isinstance(parts, list) and parts and not says_something(node.value):
                    raise ReferenceProblem(
                        "SC011", "circular `allOf`: it refers to the schema that contains it", node.location
                    )
                atoms.setdefault(node)
            else:
                for leaf in reversed(inner):
                    if leaf == node:
                        atoms.setdefault(node)
                    else:
                        stack.append((leaf, (*trail, node.id)))
        return list(atoms)

    def _typed(self, leaves: Sequence[Node], nullable: bool, at: str, hint: NameHint, place: Node) -> TypeRef:
        odd = [leaf for leaf in leaves if not isinstance(leaf.value, dict)]
        if odd:
            rest = [leaf for leaf in leaves if isinstance(leaf.value, dict)]
            if any(leaf.value is not True for leaf in odd):
                never = any(leaf.value is False for leaf in odd)
                why = "the schema `false` allows no value" if never else "a schema must be a mapping or a boolean"
                self.lose(LimitationKind.DEGRADED, odd[0], why)
                return Anything(why)
            if not rest:
                return Anything()
            leaves = rest
        try:
            atoms = self._atoms(leaves)
        except ReferenceProblem as problem:
            return self._given_up(problem, place)
        return self._from_atoms(atoms, nullable, at, hint, place, self._applied(leaves))

    def _applied(self, leaves: Sequence[Node]) -> frozenset[str]:
        """Ids of the schemas that references apply to an instance of all the leaves."""
        applied, queue = set[str](), list(leaves)
        while queue:
            node = queue.pop()
            if node.id not in applied:
                applied.add(node.id)
                queue.extend(leaf for leaf in self._leaves([node])[0] if leaf != node)
        return frozenset(applied)

    def _from_atoms(
        self,
        atoms: list[Node],
        nullable: bool,
        at: str,
        hint: NameHint,
        place: Node,
        applied: frozenset[str] = frozenset(),
        *,
        extensible: bool = True,
    ) -> TypeRef:
        shape = merge(atoms)
        for node, why in shape.problems:
            self.lose(LimitationKind.DEGRADED, node, why)
        for node, why in shape.malformed:
            self.lose(LimitationKind.NOT_ENFORCED, node, why, code="SC207")
        for keyword, node in shape.unenforced:
            self.lose(LimitationKind.NOT_ENFORCED, node.get(keyword) or node, f"`{keyword}` is not enforced")
        shape.nullable = shape.nullable or nullable
        annotate(shape, place, len(atoms))
        hint = _with(hint, shape.explicit)
        shape.unions = [union for union in shape.unions if not self._is_variant(place, applied, *union)]
        if not shape.unions and extensible and (hierarchy := self._extended(atoms, place)) is not None:
            return _nullable(self._extended_variants(hierarchy, atoms, at, hint, place), shape.nullable)
        if shape.unions:
            return _nullable(self._union(atoms, shape, at, hint, place), shape.nullable)
        return _nullable(self._plain(shape, at, hint, place), shape.nullable)

    # Hierarchies

    def _extended(self, atoms: Sequence[Node], place: Node) -> Hierarchy | None:
        """The hierarchy that a schema uses and extends without being one of its variants."""
        if len(atoms) < 2:
            return None
        for atom in atoms:
            hierarchy = self.hierarchies.of(atom)
            if hierarchy is not None and not self.hierarchies.extends(place, hierarchy.parent):
                return hierarchy
        return None

    def _extended_variants(
        self, hierarchy: Hierarchy, atoms: Sequence[Node], at: str, hint: NameHint, place: Node
    ) -> TypeRef:
        types: list[TypeRef] = []
        for index, variant in enumerate((*hierarchy.variants, hierarchy.parent)):
            try:
                merged = self._atoms([variant, *atoms])
            except ReferenceProblem as problem:
                return self._given_up(problem, place)
            inner, inner_at = _inner(hint, variant.last), f"{at}/variants/{index}"
            types.append(self._from_atoms(merged, False, inner_at, inner, place, extensible=False))
        if not all(isinstance(type_, Named) for type_ in types) or len(set(types)) < len(types):
            flat = _flatten(types)
            return flat[0] if len(flat) == 1 else UnionOf(tuple(flat))
        discriminator = Discriminator(hierarchy.property, hierarchy.tags, len(hierarchy.variants))
        key = f"{at}/variants"
        self.schemas[key] = AliasSchema(key, hint, place.location, UnionOf(tuple(types), discriminator))
        return Named(key)

    # Unions

    def _union(self, atoms: list[Node], shape: Shape, at: str, hint: NameHint, place: Node) -> TypeRef:
        keyword, branches = shape.unions[0]
        members = list(branches.elements())
        few = len(members) <= _UNION_LIMIT
        bare = (shape.bare or (few and self._closed_anyway(shape, members))) and len(shape.unions) == 1
        if not bare and all(self._only_requires(member) for member in members):
            self.lose(LimitationKind.NOT_ENFORCED, branches, f"`{keyword}` of required properties is not enforced")
            return self._without(atoms, branches, at, hint, place)
        if bare and (values := self._open_enum(members)) is not None:
            return self._enum(values, at, hint, place, shape)
        if len(members) > _UNION_LIMIT:
            return self._too_many(branches, len(members))
        if keyword == "oneOf" and len(members) > 1:
            self.lose(
                LimitationKind.NOT_ENFORCED, branches, "that exactly one branch of `oneOf` matches is not enforced"
            )
        if len(members) > 1 and not bare:
            total = len(members)
            for _, other in shape.unions[1:]:
                total *= len(other.value)
            if total > _PRODUCT_LIMIT:
                self.lose(LimitationKind.DEGRADED, branches, f"{total} combinations of `{keyword}` exceed the limit")
                return self._without(atoms, branches, at, hint, place)
        rest = [] if bare else [_Stripped.of(atom, branches) for atom in atoms]
        types: list[TypeRef] = []
        places: list[int] = []
        tag = shape.discriminator.text("propertyName") if shape.discriminator is not None else None
        for index, (member, word) in enumerate(zip(members, variant_words(members, tag), strict=True)):
            inner = _inner(hint, word)
            beside = self._without_known(rest, member)
            made = self.type_of_all([*beside, member], f"{at}/{keyword}/{index}" if beside else member.id, inner)
            if made not in types:
                types.append(made)
            places.append(types.index(made))
        flat = _flatten(types)
        discriminator = self._discriminator(shape, flat, members, places) if len(flat) > 1 and flat == types else None
        if len(flat) == 1:
            return flat[0]
        union = UnionOf(tuple(flat), discriminator)
        if discriminator is None:
            return union
        if at not in self.schemas or self.schemas[at] is None:
            self.schemas[at] = AliasSchema(at, hint, place.location, union, shape.description, shape.deprecated)
        return Named(at)

    def _only_requires(self, branch: Node) -> bool:
        """Whether a branch only names required (or forbidden) properties, itself or through references."""
        try:
            atoms = self._atoms([branch])
        except ReferenceProblem:  # Reported where the type is built.
            return False
        if not all(isinstance(atom.value, dict) for atom in atoms):
            return False
        shape = merge(atoms)
        names = bool(shape.required) or any(keyword == "not" for keyword, _ in shape.unenforced)
        others = not replace(shape, required={}).bare or bool(shape.unions)
        return names and not others and shape.types in (None, ["object"])

    def _is_variant(self, place: Node, applied: frozenset[str], keyword: str, branches: Node) -> bool:
        """Whether a branch of a union is already applied to the same instance: the union then adds nothing.

        This is the case for a schema that extends the schema whose union lists it, and for its descendants.
        """
        if branches.pointer.startswith(f"{place.pointer}/") or len(branches.value) > _UNION_LIMIT:
            return False
        for member in branches.elements():
            try:
                target = member.resolve() if "$ref" in member.mapping else None
            except ReferenceProblem:
                continue
            if target is None or branches.pointer == f"{target.pointer}/{keyword}":
                continue
            if target == place or target.id in applied:
                why = f"`{keyword}` lists a schema that extends it by `allOf`; it is read as a parent and its variants"
                self.lose(LimitationKind.NOT_ENFORCED, branches, why)
                return True
        return False

    def _without_known(self, rest: Sequence[Node], member: Node) -> list[Node]:
        """The schemas beside a union, without those that a variant includes itself."""
        if "$ref" not in member.mapping:
            return list(rest)
        try:
            own = {atom.id for atom in self._atoms([member])}
        except ReferenceProblem:  # Reported where the variant itself is built.
            own = set()
        return list(rest) if not {each.id for each in rest} <= own else []

    def _too_many(self, place: Node, count: int) -> Anything:
        why = f"a union of {count:,} variants is read as any value; the limit is {_UNION_LIMIT}"
        self.lose(LimitationKind.DEGRADED, place, why)
        return Anything(why)

    def _closed_anyway(self, shape: Shape, members: list[Node]) -> bool:
        """Whether the only keyword beside a union is an `additionalProperties: false` that each variant has itself."""
        if not shape.closed or not replace(shape, closed=False).bare:
            return False
        try:
            return all(merge(self._atoms([member])).closed for member in members)
        except ReferenceProblem:  # Reported where the variant itself is built.
            return False

    def _without(self, atoms: list[Node], branches: Node, at: str, hint: NameHint, place: Node) -> TypeRef:
        return self._from_atoms([_Stripped.of(atom, branches) for atom in atoms], False, at, hint, place)

    def _open_enum(self, members: list[Node]) -> Node | None:
        """The enumeration in `anyOf: [{enum of strings}, {type: string}]`, the idiom for an open enumeration."""
        listed: list[Node] = []
        free = 0
        for member in members:
            try:
                atoms = self._atoms([member])
            except ReferenceProblem:
                return None
            shape = merge(atom for atom in atoms if isinstance(atom.value, dict))
            if shape.unions or shape.nullable or (shape.types is not None and shape.types != ["string"]):
                return None
            if shape.enum is not None and all(isinstance(value, str) for value in shape.enum):
                listed.append(member)
            elif shape.bare and shape.types == ["string"]:
                free += 1
            else:
                return None
        return listed[0] if len(listed) == 1 and free == len(members) - 1 > 0 else None

    def _enum(self, member: Node, at: str, hint: NameHint, place: Node, outer: Shape) -> TypeRef:
        if "$ref" in member.mapping:
            return self.named(member.resolve())
        shape = merge([member])
        shape.description = outer.description or shape.description
        return self._values(shape, at, _with(hint, shape.explicit), place)

    def _discriminator(
        self, shape: Shape, types: list[TypeRef], members: list[Node], places: list[int]
    ) -> Discriminator | None:
        if shape.discriminator is None or not all(isinstance(type_, Named) for type_ in types):
            return None
        member = shape.discriminator.text("propertyName")
        if member is None:
            self.lose(
                LimitationKind.DEGRADED, shape.discriminator, "a discriminator requires `propertyName`; it is ignored"
            )
            return None
        variants = {branch.resolve().id: index for index, branch in zip(places, members, strict=True)}
        tags: dict[str, int] = {}
        mapping = shape.discriminator.get("mapping")
        for tag, target in mapping.items() if mapping is not None else ():
            if not isinstance(target.value, str):
                continue
            found = _mapped(target, variants)
            if found is None:
                why = f"the mapping {tag!r} does not name a variant of the union; it is ignored"
                self.lose(LimitationKind.NOT_ENFORCED, target, why, code="SC207")
            else:
                tags[tag] = found
        mapped = set(tags.values())
        for index, branch in zip(places, members, strict=True):
            if index not in mapped and "$ref" in branch.mapping:
                tags.setdefault(branch.resolve().last, index)
        # A discriminator over variants without the property can never work; the union is then selected by structure.
        for index, branch in zip(places, members, strict=True):
            try:
                atoms = merge(atom for atom in self._atoms([branch]) if isinstance(atom.value, dict))
            except ReferenceProblem:  # Reported where the variant itself is built.
                atoms = Shape()
            if member not in atoms.properties:
                why = f"not every variant has the property {member!r}; the first variant that matches is used"
                self.lose(LimitationKind.NOT_ENFORCED, shape.discriminator, why)
                return None
            for tag, place in _constants(atoms, member, index):
                tags.setdefault(tag, place)
        return Discriminator(member, tuple(tags.items())) if tags else None

    # Everything but unions

    def _plain(self, shape: Shape, at: str, hint: NameHint, place: Node) -> TypeRef:
        if shape.enum is not None and shape.enum:
            return self._values(shape, at, hint, place)
        if shape.enum is not None:
            shape.nullable = True
            return NULL
        types = shape.types or self._implied(shape, place)
        several = len(types) > 1
        made = [self._of_type(name, shape, f"{at}/{name}" if several else at, hint, place) for name in types]
        flat = _flatten(made)
        if not flat:
            return Anything()
        return flat[0] if len(flat) == 1 else UnionOf(tuple(flat))

    def _implied(self, shape: Shape, place: Node) -> list[str]:
        for name, signs in _IMPLIED:
            if any(getattr(shape, sign) for sign in signs):
                self.lose(LimitationKind.NOT_ENFORCED, place, f"no `type`; {name} is inferred from the other keywords")
                return [name]
        if any(key in shape.constraints for key in _TEXTUAL):
            return ["string"]
        if any(key in shape.constraints for key in _NUMERIC):
            return ["number"]
        return []

    def _of_type(self, name: str, shape: Shape, at: str, hint: NameHint, place: Node) -> TypeRef:
        match name:
            case "string":
                return self._string(shape, place)
            case "integer" | "number":
                return self._number(ScalarKind(name), shape, place)
            case "boolean":
                return Scalar(ScalarKind.BOOLEAN)
            case "array":
                return self._array(shape, at, hint, place)
            case "object":
                return self._object(shape, at, hint, place)
            case _:
                return NULL

    def _number(self, kind: ScalarKind, shape: Shape, place: Node) -> TypeRef:
        constraints: dict[str, Any] = dict(_constraints(shape, _NUMERIC))
        step = constraints.get("multipleOf")
        if step is not None and (kind is ScalarKind.NUMBER or step != int(step)):
            self.lose(LimitationKind.NOT_ENFORCED, place, "`multipleOf` is enforced for integers only")
            del constraints["multipleOf"]
        if kind is ScalarKind.INTEGER:
            constraints = _whole(constraints)
        else:
            constraints = {key: value for key, value in constraints.items() if abs(value) <= sys.float_info.max}
        return Scalar(kind, tuple(sorted(constraints.items())), shape.format)

    def _string(self, shape: Shape, place: Node) -> TypeRef:
        constraints = _constraints(shape, _TEXTUAL)
        if shape.format in ("date-time", "date"):
            if constraints:
                self.lose(
                    LimitationKind.NOT_ENFORCED, place, f"length and pattern of a {shape.format} are not enforced"
                )
            return Scalar(ScalarKind(shape.format), (), shape.format)
        if shape.format == "uuid":
            constraints = tuple(item for item in constraints if not _holds_for_uuids(*item))
        pattern = shape.constraints.get("pattern")
        if pattern is not None and (why := _unusable(pattern)) is not None:
            self.lose(LimitationKind.NOT_ENFORCED, place.get("pattern") or place, f"`pattern` is not enforced: {why}")
            constraints = tuple(item for item in constraints if item[0] != "pattern")
        return Scalar(ScalarKind.STRING, constraints, shape.format)

    def _array(self, shape: Shape, at: str, hint: NameHint, place: Node) -> TypeRef:
        item_hint = _inner(hint, "Item")
        rest = [rule.rest for rule in shape.arrays if rule.rest is not None]
        length = max((len(rule.prefix) for rule in shape.arrays), default=0)
        if length > _UNION_LIMIT:
            return ArrayOf(self._too_many(place, length), _counts(shape, "Items"))
        if length:
            return self._positional(shape, length, rest, at, hint, place)
        if not rest:
            return ArrayOf(Anything(), _counts(shape, "Items"))
        at_items = rest[0].id if len(rest) == 1 else f"{at}/items"
        return ArrayOf(self.type_of_all(rest, at_items, item_hint), _counts(shape, "Items"))

    def _positional(self, shape: Shape, length: int, rest: list[Node], at: str, hint: NameHint, place: Node) -> TypeRef:
        """An array whose first items have schemas of their own: a tuple if its length is fixed, else a list.

        Args:
            shape: the array.
            length: how many items have a schema of their own.
            rest: the schemas of all further items.
            at: the id of the array.
            hint: its name.
            place: its node.
        """
        low = shape.constraints.get("minItems", 0)
        ends = [len(rule.prefix) for rule in shape.arrays if rule.closed]
        high = min([*ends, shape.constraints.get("maxItems", math.inf)])
        is_tuple = 0 < low == high <= max(length, _TUPLE_LIMIT)
        count = int(high if is_tuple else min(length, high))
        positions = [self._position(shape, index, at, hint) for index in range(count)]
        if is_tuple:
            return TupleOf(tuple(positions))
        if high < math.inf:
            shape.constraints["maxItems"] = int(high)
        if high > length:
            positions.append(self.type_of_all(rest, f"{at}/items", _inner(hint, "Item")) if rest else Anything())
        flat = _flatten(positions)
        if len(set(positions)) > 1:
            why = "`prefixItems` of an array without a fixed length: read as a list of any of these types"
            self.lose(LimitationKind.DEGRADED, place, why)
        if flat == [Anything()]:
            return ArrayOf(Anything("items after `prefixItems` may have any value"), _counts(shape, "Items"))
        items = flat[0] if len(flat) == 1 else UnionOf(tuple(flat)) if flat else Anything()
        return ArrayOf(items, _counts(shape, "Items"))

    def _position(self, shape: Shape, index: int, at: str, hint: NameHint) -> TypeRef:
        """The type of one item of an array."""
        nodes: list[Node] = []
        for rule in shape.arrays:
            node = rule.prefix[index] if index < len(rule.prefix) else rule.rest
            if node is not None and node not in nodes:
                nodes.append(node)
        if not nodes:
            return Anything()
        at_item = nodes[0].id if len(nodes) == 1 else f"{at}/prefixItems/{index}"
        return self.type_of_all(nodes, at_item, _inner(hint, f"Item{index + 1}"))

    def _object(self, shape: Shape, at: str, hint: NameHint, place: Node) -> TypeRef:
        hierarchy = self.hierarchies.of(place) if at == place.id else None
        if not shape.properties and hierarchy is None and not (shape.closed and not shape.patterned):
            if shape.required:
                self.lose(
                    LimitationKind.NOT_ENFORCED, place, "`required` is not enforced for properties without a schema"
                )
            values = [*shape.additional, *shape.patterned]
            if not values:
                return MapOf(Anything(), _counts(shape, "Properties"))
            if len(values) > _UNION_LIMIT:
                return MapOf(self._too_many(place, len(values)), _counts(shape, "Properties"))
            types = [self.type_of(node, _inner(hint, "Value")) for node in values]
            flat = _flatten(types)
            return MapOf(flat[0] if len(flat) == 1 else UnionOf(tuple(flat)), _counts(shape, "Properties"))
        if at in self.schemas and self.schemas[at] is not None:
            return Named(at)
        self._inherited += sum(1 for nodes in shape.properties.values() if not nodes[0].id.startswith(f"{place.id}/"))
        if self._inherited > _INHERITED_LIMIT:
            message = f"`allOf` copies more than {_INHERITED_LIMIT:,} properties into other schemas"
            return self._given_up(ReferenceProblem("SC006", message, place.location), place)
        self.schemas.setdefault(at, None)
        additional: TypeRef | None = Anything()
        if shape.closed or shape.additional:
            additional = self._further(shape, at, place)
        if _counts(shape, "Properties"):
            self.lose(LimitationKind.NOT_ENFORCED, place, "the number of properties is not enforced")
        undefined = [name for name in shape.required if name not in shape.properties]
        if undefined:
            self.lose(
                LimitationKind.NOT_ENFORCED,
                place,
                f"`required` names {undefined[0]!r}, which `properties` does not define",
            )
        never = {name for name, nodes in shape.properties.items() if any(node.value is False for node in nodes)}
        for name in sorted(never := never - shape.required.keys()):
            self.lose(
                LimitationKind.NOT_ENFORCED, shape.properties[name][0], f"that {name!r} must be absent is not enforced"
            )
        properties = tuple(
            self._property(name, nodes, at, name in shape.required)
            for name, nodes in shape.properties.items()
            if name not in never
        )
        base = self.hierarchies.base_of(place) if at == place.id else None
        self.schemas[at] = ObjectSchema(
            at, hint, place.location, properties, additional, shape.description, shape.deprecated, shape.secret,
            base.id if base is not None else None,
        )  # fmt: skip
        return Named(at)

    def _further(self, shape: Shape, at: str, place: Node) -> TypeRef | None:
        """The type of the properties that `properties` does not list: of any pattern, or of those without a pattern."""
        hint = NameHint(("Value",), parent=at)
        if len(shape.patterned) > _UNION_LIMIT:
            return self._too_many(place, len(shape.patterned))
        types = [self.type_of(node, hint) for node in shape.patterned]
        if shape.additional and not shape.closed:
            types.append(self.type_of_all(shape.additional, f"{at}/additionalProperties", hint))
        flat = _flatten(types)
        return None if not flat else flat[0] if len(flat) == 1 else UnionOf(tuple(flat))

    def _property(self, name: str, nodes: list[Node], owner: str, required: bool) -> Property:
        at = nodes[0].id if len(nodes) == 1 else f"{owner}/properties/{escape_pointer(name)}"
        made = self.type_of_all(nodes, at, NameHint((name,), parent=owner))
        shape = merge(node for node in nodes if isinstance(node.value, dict))
        default = nodes[0].mapping.get("default")
        return Property(
            name=name, type=made, required=required, description=shape.description,
            read_only=is_read_only(nodes), write_only=is_write_only(nodes),
            deprecated=shape.deprecated, secret=is_secret(nodes), unit=unit_of(nodes),
            default=json_scalar(default), origin=nodes[0].location,
        )  # fmt: skip

    def _values(self, shape: Shape, at: str, hint: NameHint, place: Node) -> TypeRef:
        fitting = [value for value in shape.enum or () if _fits(value, shape.types)] or shape.enum or ()
        distinct: dict[Any, Any] = {}
        for value in fitting:
            distinct.setdefault(json_key(value), value)
        values = list(distinct.values())
        if not all(isinstance(value, (str, int, float, bool)) for value in values):
            return self._composite_values(values, shape, at, hint, place)
        if not values:  # Null is the only value.
            return NULL
        if any(_half_a_pair(value) for value in values):
            self.lose(
                LimitationKind.NOT_ENFORCED, place, "a value contains an unpaired surrogate, which is not valid in JSON"
            )
            return Scalar(ScalarKind.STRING)
        if any(isinstance(value, float) and not value.is_integer() for value in values):
            self.lose(LimitationKind.NOT_ENFORCED, place, "an enumeration of non-integer numbers is not enforced")
            scalars = [Scalar(kind) for kind, of in _KINDS if any(type(value) in of for value in values)]
            return scalars[0] if len(scalars) == 1 else UnionOf(tuple(scalars))
        names = _names_of(values, shape)
        values = [int(value) if isinstance(value, float) else value for value in values]
        constants = tuple(Const(value) for value in values)
        if all(isinstance(value, bool) for value in values):
            if len(values) == 2:
                return Scalar(ScalarKind.BOOLEAN)
            return constants[0]
        if len(values) == 1:
            return constants[0]
        kinds = {type(value) for value in values}
        if kinds - {str, int}:
            return UnionOf(constants) if len(constants) <= _UNION_LIMIT else self._too_many(place, len(constants))
        if shape.format in ("date-time", "date") and kinds == {str}:
            self.lose(
                LimitationKind.NOT_ENFORCED,
                place,
                f"an enumeration of values of the format {shape.format} is not enforced",
            )
            return Scalar(ScalarKind(shape.format))
        kind = ScalarKind.STRING if kinds == {str} else ScalarKind.INTEGER if kinds == {int} else None
        if self.schemas.get(at) is None:
            self.schemas[at] = EnumSchema(
                at, hint, place.location, tuple(values), kind, names, shape.description, shape.deprecated
            )
        return Named(at)

    def _composite_values(self, values: list[Any], shape: Shape, at: str, hint: NameHint, place: Node) -> TypeRef:
        """An enumeration of arrays or objects: their type, without the restriction to the listed values."""
        if not any(_fits(value, shape.types) for value in values):
            why = f"no value of the enumeration is of the type {' or '.join(shape.types or ())}"
            self.lose(LimitationKind.DEGRADED, place, why)
            return Anything(why)
        self.lose(LimitationKind.NOT_ENFORCED, place, "an enumeration of arrays or objects is not enforced")
        types = shape.types or list(dict.fromkeys(_type_name(value) for value in values))
        return self._plain(replace(shape, enum=None, types=types), at, hint, place)


class _Stripped:
    """A schema object without one union keyword."""

    @staticmethod
    def of(node: Node, branches: Node) -> Node:
        for keyword in ("oneOf", "anyOf"):
            if node.get(keyword) == branches:
                without = {key: value for key, value in node.value.items() if key not in (keyword, "discriminator")}
                return Node(node.document, node.file, node.pointer, without)
        return node


def json_scalar(value: Any) -> Json:
    """A scalar or an array of scalars as an immutable value; None for anything else."""
    if isinstance(value, list):
        return tuple(json_scalar(item) for item in value)
    return value if isinstance(value, (str, int, float, bool)) else None


def _stands_alone(node: Node) -> bool:
    """Whether it is a reference of a 3.0 document. `nullable` is applied nevertheless, because authors intend it."""
    return "$ref" in node.mapping and node.document.version < (3, 1)


def _is_target(leaf: Node, node: Node) -> bool:
    return leaf.id != node.id and ("$ref" in node.mapping or "allOf" in node.mapping)


def _with(hint: NameHint, explicit: str | None) -> NameHint:
    if explicit is None or hint.explicit is not None:
        return hint
    return NameHint(hint.words, hint.parent, hint.operation, explicit, hint.component)


def _inner(hint: NameHint, word: str) -> NameHint:
    return NameHint((*hint.words, word), hint.parent, hint.operation)


def _pointer_words(node: Node) -> tuple[str, ...]:
    """Words for the name of a schema that is not a component."""
    from speclient.document import split_pointer

    skip = {"components", "schemas", "properties", "items", "schema", "content", "allOf", "anyOf", "oneOf", "paths",
            "responses", "requestBodies", "parameters", "application/json", "$defs", "definitions"}  # fmt: skip
    words = [word for word in split_pointer(node.pointer) if word not in skip and not word.isdigit()]
    return tuple(words[-3:]) or (node.file.rsplit("/", 1)[-1].split(".")[0],)


def _nullable(ref: TypeRef, nullable: bool) -> TypeRef:
    if not nullable or isinstance(ref, Anything) or ref == NULL:
        return ref
    if isinstance(ref, UnionOf) and ref.discriminator is None:
        return ref if NULL in ref.members else UnionOf((*ref.members, NULL))
    return UnionOf((ref, NULL))


def _flatten(types: Sequence[TypeRef]) -> list[TypeRef]:
    flat: list[TypeRef] = []
    for made in types:
        for member in made.members if isinstance(made, UnionOf) and made.discriminator is None else (made,):
            if member not in flat:
                flat.append(member)
    free = next((made for made in flat if isinstance(made, Anything)), None)
    if free is not None:
        return [free]
    if NULL in flat:
        flat = [made for made in flat if made != NULL] + [NULL]
    return flat


def _constraints(shape: Shape, keys: Sequence[str]) -> tuple[tuple[str, int | float | str], ...]:
    constraints = {key: shape.constraints[key] for key in sorted(keys) if key in shape.constraints}
    return tuple((key, value) for key, value in constraints.items() if _is_bound(key, value))


def _is_bound(key: str, value: Any) -> bool:
    """Whether a length bound is small enough to have an effect; pydantic cannot represent larger lengths."""
    return isinstance(value, str) or key not in _LENGTHS or value <= _LONGEST


_LENGTHS = frozenset(f"{end}{of}" for end in ("min", "max") for of in ("Length", "Items", "Properties"))
_LONGEST = 2**31 - 1


def _holds_for_uuids(keyword: str, value: Any) -> bool:
    """Whether every UUID satisfies a length bound."""
    return (keyword == "minLength" and value <= _UUID_LENGTH) or (keyword == "maxLength" and value >= _UUID_LENGTH)


_UUID_LENGTH = 36


def _whole(constraints: dict[str, Any]) -> dict[str, Any]:
    """The bounds of an integer as integers: `> 0.5` is `>= 1`."""
    whole: dict[str, Any] = {}
    for key, value in constraints.items():
        if isinstance(value, float) and math.isinf(value):
            continue
        if value == int(value):
            whole[key] = int(value)
        elif "inimum" in key:
            whole["minimum"] = max(math.ceil(value), whole.get("minimum", math.ceil(value)))
        else:
            whole["maximum"] = min(math.floor(value), whole.get("maximum", math.floor(value)))
    return whole


def _counts(shape: Shape, of: str) -> tuple[tuple[str, int], ...]:
    keys = (f"max{of}", f"min{of}")
    return tuple((key, value) for key in keys if _is_bound(key, value := shape.constraints.get(key, _LONGEST + 1)))


def _fits(value: Any, types: list[str] | None) -> bool:
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
    return _type_name(value) in types


def _type_name(value: Any) -> str:
    return next(name for name, of in _JSON_TYPES if isinstance(value, of))


def _names_of(values: list[Any], shape: Shape) -> tuple[str, ...] | None:
    """The names of the values, when the document names each of them."""
    names = {json_key(value): name for value, name in reversed(shape.member_names)}
    found = [names.get(json_key(value)) for value in values]
    return tuple(name for name in found if name) if found and all(found) else None


def _mapped(target: Node, variants: Mapping[str, int]) -> int | None:
    value = target.value
    name = value if value.startswith("#") or "/" in value or "." in value else f"#/components/schemas/{value}"
    try:
        found = target.document.follow(target, name).resolve()
    except ReferenceProblem:
        try:
            found = target.document.follow(target, f"#/components/schemas/{escape_pointer(value)}").resolve()
        except ReferenceProblem:
            return None
    return variants.get(found.id)


def _constants(shape: Shape, member: str, index: int) -> list[tuple[str, int]]:
    """The tags that a variant's own constant or enumeration defines."""
    found: list[tuple[str, int]] = []
    for node in shape.properties.get(member, ()):
        if isinstance(node.value, dict):
            inner = merge([node])
            found.extend((value, index) for value in inner.enum or () if isinstance(value, str))
    return found


def _half_a_pair(value: object) -> bool:
    return isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value)


def _unusable(pattern: str) -> str | None:
    """Why pydantic's regular expression engine cannot use a pattern, or None."""
    if _half_a_pair(pattern):
        return "it contains an unpaired surrogate"
    try:
        pydantic_core.SchemaValidator(pydantic_core.core_schema.str_schema(pattern=pattern))
    except pydantic_core.SchemaError:
        return "the pattern is not valid, or uses features that pydantic's engine lacks (look-around, backreferences)"
    return None
