"""Follow `$ref` and `allOf` from a schema to the schema objects that apply to the same value."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.schema.merge import Shape, merge, says_something

_CHAIN_LIMIT = 64
"""Length of a chain of schemas that extend one another by `allOf`: each has all properties of its ancestors."""


def is_lone_reference(node: Node) -> bool:
    """Whether it is a reference of a 3.0 document, where keywords beside `$ref` are ignored.

    `nullable` is applied nevertheless, because authors intend it.
    """
    return "$ref" in node.mapping and node.document.version < (3, 1)


@dataclass(frozen=True, slots=True)
class Leaves:
    """The schemas inside the wrappers of a schema, and whether a wrapper adds null.

    A wrapper has only `$ref`, `allOf` and annotations. A leaf is the target of a `$ref`, which may be a wrapper itself,
    or a schema object with constraints of its own.
    """

    nodes: list[Node]
    nullable: bool = False


def read_leaves(nodes: Sequence[Node]) -> Leaves:
    """The distinct leaves of schemas that apply to the same value, without empty schemas beside others.

    Raises:
        ReferenceProblem: a reference is unresolved or circular.
    """
    reader = _LeafReader()
    for node in nodes:
        reader.visit(node, ())
    leaves = list(dict.fromkeys(reader.leaves))
    if len(leaves) > 1:
        leaves = [leaf for leaf in leaves if not isinstance(leaf.value, dict) or leaf.value] or leaves[:1]
    return Leaves(leaves, reader.nullable)


@dataclass(slots=True)
class _LeafReader:
    leaves: list[Node] = field(default_factory=list[Node])
    nullable: bool = False
    _visited: set[str] = field(default_factory=set[str])

    def visit(self, node: Node, trail: tuple[str, ...]) -> None:
        """Add the leaves of a schema; `trail` are the ids of the wrappers around it."""
        value = node.value
        if not isinstance(value, dict):
            self.leaves.append(node)
            return
        if node.id in trail:
            raise _circular(node)
        if node.id in self._visited:
            return
        reference = value.get("$ref", "")
        if not isinstance(reference, str):
            raise ReferenceProblem("SC010", f"`$ref` must be a string, not {reference!r}", node.location)
        lone = is_lone_reference(node)
        constrains = says_something(value) and not lone
        if value.get("nullable") is True and not constrains:
            self.nullable = True
        if "$ref" in value:
            self.leaves.append(node.resolve())
        all_of = None if lone else node.get("allOf")
        parts = list(all_of.elements()) if all_of is not None else []
        for part in parts:
            self.visit(part, (*trail, node.id))
        if constrains or ("$ref" not in value and not parts):
            self.leaves.append(node)
        self._visited.add(node.id)


def read_atoms(nodes: Sequence[Node]) -> list[Node]:
    """The schema objects without `$ref` that apply to the same value, ready to be merged.

    Raises:
        ReferenceProblem: a reference is unresolved or circular, or the chain of references is too long.
    """
    atoms: dict[Node, None] = {}
    stack: list[tuple[Node, tuple[str, ...]]] = [(node, ()) for node in reversed(nodes)]
    while stack:
        node, trail = stack.pop()
        if node.id in trail:
            raise _circular(node)
        if len(trail) > _CHAIN_LIMIT:
            message = f"more than {_CHAIN_LIMIT} schemas extend one another by `allOf`"
            raise ReferenceProblem("SC006", message, node.location)
        leaves = read_leaves([node]).nodes
        if leaves == [node]:
            parts = node.mapping.get("allOf")
            if isinstance(parts, list) and parts and not says_something(node.value):
                raise _circular(node)
            atoms.setdefault(node)
            continue
        for leaf in reversed(leaves):
            if leaf == node:
                atoms.setdefault(node)
            else:
                stack.append((leaf, (*trail, node.id)))
    return list(atoms)


def applied_ids(nodes: Sequence[Node]) -> frozenset[str]:
    """Ids of the schemas that references apply to a value of all the schemas.

    Raises:
        ReferenceProblem: a reference is unresolved or circular.
    """
    applied, queue = set[str](), list(nodes)
    while queue:
        node = queue.pop()
        if node.id not in applied:
            applied.add(node.id)
            queue.extend(leaf for leaf in read_leaves([node]).nodes if leaf != node)
    return frozenset(applied)


def related_schemas(schemas: Iterable[Node], keywords: Sequence[str] = ("allOf",)) -> Iterator[Node]:
    """The schemas, then those that they refer to or contain under these keywords, the nearest first.

    Unresolved references are ignored; they are reported where the type is built.
    """
    queue, seen = deque(schemas), set[str]()
    while queue:
        node = queue.popleft()
        if node.id in seen:
            continue
        seen.add(node.id)
        yield node
        target = node.follow_or_none(node.text("$ref"))
        if target is not None:
            queue.append(target)
        for keyword in keywords:
            inner = node.get(keyword)
            if inner is not None:
                queue.extend(inner.elements() if isinstance(inner.value, list) else [inner])


def readable_atoms(node: Node) -> list[Node] | None:
    """The atoms of a schema; None where a reference is unresolved, which is reported where the type is built."""
    try:
        return read_atoms([node])
    except ReferenceProblem:
        return None


def merged_shape(node: Node) -> Shape | None:
    """The merged keywords of a schema; None where a reference is unresolved."""
    atoms = readable_atoms(node)
    return None if atoms is None else merge(atom for atom in atoms if isinstance(atom.value, dict))


def without_union(node: Node, branches: Node) -> Node:
    """A schema object without the union that has these branches, and without its discriminator."""
    for keyword in ("oneOf", "anyOf"):
        if node.get(keyword) == branches:
            rest = {key: value for key, value in node.value.items() if key not in (keyword, "discriminator")}
            return Node(node.document, node.file, node.pointer, rest)
    return node


def _circular(node: Node) -> ReferenceProblem:
    return ReferenceProblem("SC011", "circular `allOf`: it refers to the schema that contains it", node.location)
