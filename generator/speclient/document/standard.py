"""References where OpenAPI does not allow them, resolved once for all readers of a document.

OpenAPI allows `$ref` in place of a few kinds of objects. Documents that are split into files use it everywhere: for an
operation, a `content` map, the list of parameters, the components. Each such reference is replaced by its target,
so that no reader has to handle it. The target keeps its own file and pointer (`Document.homes`): its relative
references stay valid, messages show its line, and an object that is used twice is still one object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from speclient.document.node import Node, escape_pointer
from speclient.document.problems import ReferenceProblem
from speclient.document.structure import FREE, REFERABLE, STRUCTURE, Shape

if TYPE_CHECKING:
    from speclient.document.load import Document


@dataclass(frozen=True, slots=True)
class _Place:
    """The location of an object of a kind: in `holder`, under `key`."""

    kind: str
    shape: Shape
    node: Node
    holder: Any = None
    key: str | int = ""


@dataclass(slots=True)
class _Walk:
    """Walks all objects that can be reached from the root."""

    document: Document
    first: Node | None = None
    _stack: list[_Place | int] = field(default_factory=list["_Place | int"])
    """Locations to enter; a number is the identity of a value to leave."""
    _later: list[_Place] = field(default_factory=list[_Place])
    _on_path: set[int] = field(default_factory=set[int])
    _seen: set[tuple[str, Shape, int]] = field(default_factory=set[tuple[str, Shape, int]])
    _users: dict[int, set[int]] = field(default_factory=dict[int, set[int]])
    """Identity of an object -> those of the objects that need it. Schemas are excluded: they degrade by themselves."""
    _unresolved: list[tuple[int, ReferenceProblem]] = field(default_factory=list[tuple[int, ReferenceProblem]])

    def run(self) -> None:
        self._later.append(_Place("document", Shape.ONE, self.document.raw_root))
        while self._later:
            # The target of a standard reference is not part of the object with the reference: it has its own walk.
            self._stack.append(self._later.pop())
            while self._stack:
                place = self._stack.pop()
                if isinstance(place, int):
                    self._on_path.discard(place)
                else:
                    self._enter(place)
        self._spread()
        self._name_components()

    def _name_components(self) -> None:
        """Keep the names of schemas whose section was resolved in place: their pointer is a different one."""
        components = self.document.raw_root.mapping.get("components")
        section = components.get("schemas") if isinstance(components, dict) else None
        if isinstance(section, dict) and {id(components), id(section)} & self.document.homes.keys():
            for name, schema in section.items():
                self.document.component_names.setdefault(id(schema), name)

    def _enter(self, place: _Place) -> None:
        node = place.node
        if isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            if place.shape is Shape.ONE and place.kind in REFERABLE:
                self._follow(place)
                if place.kind not in ("schema", "path item"):
                    return
            else:
                try:
                    node = self._resolved(place)
                except ReferenceProblem as problem:
                    self._unresolved.append((id(node.value), problem))
                    self._use(place, node.value)
                    return
        value = node.value
        if not isinstance(value, (dict, list)):
            return
        self._use(place, value)
        mark = (place.kind, place.shape, id(value))
        if mark in self._seen:
            return
        self._seen.add(mark)
        self._on_path.add(id(value))
        self._stack.append(id(value))
        self._stack.extend(reversed(list(self._below(place, node))))

    def _use(self, place: _Place, value: Any) -> None:
        if place.holder is not None and place.kind != "schema":
            self._users.setdefault(id(value), set()).add(id(place.holder))

    def _follow(self, place: _Place) -> None:
        try:
            target = place.node.resolve()
        except ReferenceProblem:  # Reported by the stage that needs the target.
            return
        if place.kind != "schema":
            self._users.setdefault(id(target.value), set()).add(id(place.node.value))
            self._use(place, place.node.value)
        if (place.kind, Shape.ONE, id(target.value)) not in self._seen:
            self._later.append(_Place(place.kind, Shape.ONE, target))

    def _resolved(self, place: _Place) -> Node:
        """Replace a reference by its target."""
        node, document = place.node, self.document
        target = node.resolve()
        wanted = list if place.shape is Shape.LIST else dict
        if not isinstance(target.value, wanted):
            what = "a list" if wanted is list else "a mapping"
            message = f"the reference {node.text('$ref')!r} must name {what} here ({place.key})"
            raise ReferenceProblem("SC013", message, node.location)
        if id(target.value) in self._on_path:
            message = f"the reference {node.text('$ref')!r} is circular: it refers to an object that contains it"
            raise ReferenceProblem("SC011", message, node.location)
        if not (place.kind == "media type" and place.shape is Shape.ONE and document.version >= (3, 2)):
            self.first = self.first or node
            document.inlined += 1
        beside = {key: value for key, value in node.value.items() if key != "$ref"}
        if beside and isinstance(target.value, dict):
            for key, value in target.value.items():
                if isinstance(value, (dict, list)) and value:
                    home = (target.file, f"{target.pointer}/{escape_pointer(key)}")
                    document.homes.setdefault(id(value), home)
            merged = {**target.value, **beside}
            place.holder[place.key] = merged
            return Node(document, node.file, node.pointer, merged)
        if target.value:
            document.homes.setdefault(id(target.value), (target.file, target.pointer))
        place.holder[place.key] = target.value
        return target

    def _below(self, place: _Place, node: Node) -> Iterator[_Place]:
        value = node.value
        if isinstance(value, list):
            if place.shape is Shape.LIST or place.kind == "schema":  # `items` as a list: the form of earlier drafts.
                for index, child in enumerate(node.elements()):
                    yield _Place(place.kind, Shape.ONE, child, value, index)
            return
        if place.shape is not Shape.ONE:
            for key, child in node.items():
                yield _Place(place.kind, Shape.ONE, child, value, key)
            return
        if (free := FREE.get(place.kind)) is not None:
            for key, child in node.items():
                if not key.startswith("x-"):
                    yield _Place(free, Shape.ONE, child, value, key)
            return
        rules = STRUCTURE.get(place.kind, {})
        for key, child in node.items():
            rule = rules.get(key.lower() if place.kind == "path item" and key not in rules else key)
            if rule is not None:
                yield _Place(rule[0], rule[1], child, value, key)

    def _spread(self) -> None:
        """Record all objects that need an unresolved one."""
        self.document.unresolved += [problem.diagnostic for _, problem in self._unresolved]
        stack = list(self._unresolved)
        while stack:
            identity, problem = stack.pop()
            if identity not in self.document.broken:
                self.document.broken[identity] = problem
                stack.extend((user, problem) for user in self._users.get(identity, ()))


def standardize(document: Document) -> None:
    """Replace references where OpenAPI does not allow one; report them in one note."""
    walk = _Walk(document)
    walk.run()
    if walk.first is not None:
        number = f"{document.inlined} references occur" if document.inlined > 1 else "a reference occurs"
        reference = walk.first.text("$ref")
        message = f"{number} where OpenAPI does not allow `$ref` (first: {reference!r}); resolved nevertheless"
        document.sink.report("SC016", message, walk.first.location)
