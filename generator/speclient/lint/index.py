"""Every object of a document, by kind, collected by one walk over the structure that OpenAPI defines.

A walk over plain keys would treat the properties of examples, enumerations and defaults as objects of the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from speclient.diagnostics import Diagnostic
from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.document.structure import COMPOSING, FREE, STRUCTURE, Shape
from speclient.openapi.operations import OperationEntry, read_operations
from speclient.schema.variants import Hierarchies, named_schema


@dataclass(slots=True)
class Index:
    """The objects of a document."""

    document: Document
    objects: dict[str, list[Node]] = field(default_factory=dict[str, list[Node]])
    composed_in: dict[str, Node] = field(default_factory=dict[str, Node])
    """Id of a schema under `allOf` and similar keywords -> the schema that contains it."""
    unresolved: list[Diagnostic] = field(default_factory=list[Diagnostic])
    """Reasons why references cannot be resolved."""
    _used: set[int] = field(default_factory=set[int])
    _seen: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])

    def of(self, kind: str) -> tuple[Node, ...]:
        """All objects of a kind, in document order, each location once; references are excluded."""
        return tuple(self.objects.get(kind, ()))

    def kinds(self) -> Iterator[tuple[str, Node]]:
        """Every object with its kind."""
        for kind, nodes in self.objects.items():
            for node in nodes:
                yield kind, node

    def close_used(self) -> None:
        """Mark all objects added so far as used by operations."""
        self._used = {identity for _, identity in self._seen}

    def is_used(self, node: Node) -> bool:
        """Whether an object is reachable from operations or webhooks, by references or YAML aliases."""
        return id(node.value) in self._used

    def operations(self) -> tuple[OperationEntry, ...]:
        """The operations under `paths`, with path and path item."""
        return tuple(read_operations(self.document))

    def walk(self, kind: str, start: Node) -> None:
        """Add an object and everything that it contains or refers to."""
        stack = [(kind, start)]
        while stack:
            kind, node = stack.pop()
            value = node.value
            if not isinstance(value, dict):
                if isinstance(value, bool) and kind == "schema":
                    self.objects.setdefault(kind, []).append(node)
                continue
            # By identity: YAML aliases and references lead to one object by several paths.
            if (kind, id(value)) in self._seen:
                continue
            self._seen.add((kind, id(value)))
            target = self._target(node)
            if target is not None:
                stack.append((kind, target))
                if kind not in ("schema", "path item"):
                    continue
            self.objects.setdefault(kind, []).append(node)
            below = list(self._below(kind, node))
            stack.extend(reversed(below))

    def _target(self, node: Node) -> Node | None:
        reference = node.text("$ref")
        if reference is None:
            return None
        try:
            node.resolve()
            return node.document.follow(node, reference)
        except ReferenceProblem as problem:
            self.unresolved.append(problem.diagnostic)
            return None

    def _below(self, kind: str, node: Node) -> Iterator[tuple[str, Node]]:
        free = FREE.get(kind)
        if free is not None:
            for key, child in node.items():
                if not key.startswith("x-"):
                    yield free, child
            return
        rules = STRUCTURE.get(kind, {})
        for key, member in node.items():
            # Methods are case-insensitive here, as in the generator.
            rule = rules.get(key.lower() if kind == "path item" and key not in rules else key)
            if rule is None:
                continue
            child_kind, shape = rule
            children: list[Node]
            if shape is Shape.ONE:
                # `items` as a list is the tuple form of earlier drafts.
                children = [member] if not isinstance(member.value, list) else list(member.elements())
            elif shape is Shape.LIST:
                children = list(member.elements())
            else:
                children = [child for _, child in member.items()]
            for child in children:
                if kind == "schema" and key in COMPOSING:
                    self.composed_in[child.id] = node
                yield child_kind, child
        for target in _pointed_at(kind, node):
            yield "schema", target


def _pointed_at(kind: str, node: Node) -> Iterator[Node]:
    """Schemas that are named without `$ref`: by a discriminator's mapping, and by `response-by`."""
    names: Any = None
    if kind == "discriminator":
        names = node.mapping.get("mapping")
    elif kind == "operation":
        extension = node.get("x-speclient")
        chosen = extension.get("response-by") if extension else None
        names = chosen.mapping.get("schemas") if chosen else None
    for name in names.values() if isinstance(names, dict) else ():
        if isinstance(name, str):
            target = named_schema(node, name)
            if target is not None:
                yield target


def build_index(document: Document) -> Index:
    """Walk a document: first the objects that operations use, then the rest."""
    index = Index(document)
    root = document.root
    for key, kind in (("paths", "paths"), ("webhooks", "webhooks")):
        section = root.get(key)
        if section is None:
            continue
        if kind == "paths":
            index.walk("paths", section)
        else:
            for _, item in section.items():
                index.walk("path item", item)
    _follow_extensions(index)
    _follow_hierarchies(index)
    index.close_used()
    index.walk("document", root)
    return index


_COMPONENT_KINDS = {section: kind for section, (kind, _) in STRUCTURE["components"].items()}


def _follow_extensions(index: Index) -> None:
    """The target of an extension counts as used, although only its vendor knows how."""
    document = index.document
    stack: list[tuple[Any, bool]] = [(document.root.value, False)]
    seen: set[tuple[int, bool]] = set()
    while stack:
        value, inside = stack.pop()
        if isinstance(value, (dict, list)):
            if (id(value), inside) in seen:
                continue
            seen.add((id(value), inside))
        if isinstance(value, dict):
            stack.extend((each, inside or key.startswith("x-")) for key, each in value.items())
        elif isinstance(value, list):
            stack.extend((each, inside) for each in value)
        elif inside and isinstance(value, str) and value.startswith("#/components/"):
            target = document.at(document.root_file, value[1:])
            kind = _COMPONENT_KINDS.get(value.split("/")[2])
            if target is not None and kind is not None:
                index.walk(kind, target)


def _follow_hierarchies(index: Index) -> None:
    """A schema with a discriminator and no `oneOf` stands for every schema that has it under `allOf`."""
    hierarchies = Hierarchies(index.document)
    done: set[str] = set()
    queue = [node for node in index.of("schema") if "discriminator" in node.mapping]
    while queue:
        parent = queue.pop()
        hierarchy = hierarchies.of(parent)
        if hierarchy is not None and parent.id not in done:
            done.add(parent.id)
            for variant in hierarchy.variants:
                index.walk("schema", variant)
            queue.extend(hierarchy.variants)
