"""`$dynamicRef` as static references (JSON Schema 2020-12, core, section 8.2.3.2).

A generic schema has a `$dynamicRef` to an anchor that the schemas using it define again: a page of any items, a tree
whose nodes may be extended. Each schema that defines the anchor gets a copy of what it uses, in which the anchor is its
own. So every reader sees plain references.

A schema defines the anchors of its own `$dynamicAnchor` and of its `$defs`, whether or not it has an `$id`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from speclient.document.identifiers import DATA, MAPS
from speclient.document.node import Node, escape_pointer, split_pointer
from speclient.document.problems import ReferenceProblem

if TYPE_CHECKING:
    from speclient.document.load import Document

Bindings = Mapping[str, str]
"""Anchor -> pointer of the schema that it refers to."""
_IDENTITY = frozenset({"$id", "$anchor", "$dynamicAnchor", "$defs", "$schema"})
_PLAIN = _IDENTITY | {"$ref", "title", "description", "$comment", "examples", "example", "deprecated"}
_WORK = 300_000
"""Objects that are visited or copied. A `$dynamicRef` that is left then accepts any value, which is reported."""


def bind_dynamic_references(document: Document) -> None:
    """Replace each `$dynamicRef` of the root file by the `$ref` that it stands for."""
    if document.version >= (3, 1) and "$dynamicRef" in document.text:
        _Binder(document).run()


class _Binder:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._used: dict[str, frozenset[str]] = {}
        """Id of a schema -> the anchors that it refers to, itself or through references."""
        self._copies: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
        """Id of a schema and bindings -> pointer of its copy."""
        self._added: dict[str, Any] = {}
        """New components."""
        self._queue: list[tuple[dict[str, Any], Node, Bindings]] = []
        """New components that are still empty, their schema and its bindings."""
        self._work = _WORK

    def run(self) -> None:
        root = self._document.raw_root
        changes: list[tuple[dict[str, Any], dict[str, Any]]] = []
        stack = [root]
        while stack:
            node = stack.pop()
            own = _anchors(node)
            if self._work < 0:
                break
            if isinstance(node.value, dict) and (own or "$dynamicRef" in node.value) and self._uses(node):
                changes.append((node.value, self._scope(node, own)))
            else:
                stack.extend(_children(node))
        while self._queue:
            value, node, bindings = self._queue.pop()
            value.update(self._copy(node, bindings))
        for value, changed in changes:
            value.clear()
            value.update(changed)
        if self._added:
            root.value.setdefault("components", {}).setdefault("schemas", {}).update(self._added)

    def _scope(self, node: Node, bindings: Bindings) -> dict[str, Any]:
        """A schema with its own anchors."""
        reference = node.value.get("$ref")
        target = self._target(node, reference)
        changed: dict[str, Any] = {}
        for key, child in node.items():
            if key == "allOf":
                changed[key] = [self._branch(member, bindings) for member in child.elements()]
            elif key != "$dynamicRef":
                changed[key] = child.value if key in DATA else self._bound(child, bindings)
        if "$dynamicRef" in node.value:
            changed.update(self._static(node, bindings))
        if target is None or not self._uses(target) & bindings.keys():
            return changed
        if node.value.keys() <= _PLAIN:
            # The copy is this schema.
            self._copies.setdefault(self._key(target, bindings), node.pointer)
            del changed["$ref"]
            return {**self._copy(target, bindings), **changed}
        if "$ref" in changed:
            del changed["$ref"]
            changed["allOf"] = [*changed.get("allOf", ()), self._copy(target, bindings)]
        return changed

    def _branch(self, member: Node, bindings: Bindings) -> Any:
        """A branch of `allOf`: a copy of a generic schema, which needs no name of its own."""
        target = self._target(member, member.text("$ref")) if len(member.mapping) == 1 else None
        if target is None or not self._uses(target) & bindings.keys():
            return self._bound(member, bindings)
        return self._copy(target, bindings)

    def _bound(self, node: Node, bindings: Bindings, *, is_copy: bool = False) -> Any:
        """A part of a schema with references according to the bindings.

        The references of a copy do not depend on its location.
        """
        value = node.value
        self._work -= 1
        if isinstance(value, list):
            return [self._bound(each, bindings, is_copy=is_copy) for each in node.elements()]
        if not isinstance(value, dict):
            return value
        own = _anchors(node)
        bindings = {**own, **bindings} if own else bindings
        changed: dict[str, Any] = {}
        are_names = _has_names(node)
        for key, child in node.items():
            if are_names:
                changed[key] = self._bound(child, bindings, is_copy=is_copy)
            elif key in DATA:
                changed[key] = child.value
            elif key == "$ref" and isinstance(child.value, str):
                changed[key] = self._reference(node, child.value, bindings, is_copy=is_copy)
            elif key == "$dynamicRef" and isinstance(child.value, str):
                changed.update(self._static(node, bindings))
            elif not is_copy or key not in _IDENTITY:
                changed[key] = self._bound(child, bindings, is_copy=is_copy)
        return changed

    def _static(self, node: Node, bindings: Bindings) -> dict[str, Any]:
        """The reference that a `$dynamicRef` stands for."""
        reference = node.value["$dynamicRef"]
        anchor = str(reference).rpartition("#")[2]
        target = self._target(node, f"#{bindings[anchor]}" if anchor in bindings else reference)
        return {"$dynamicRef": reference} if target is None else {"$ref": f"#{self._component(target, bindings)}"}

    def _reference(self, node: Node, reference: str, bindings: Bindings, *, is_copy: bool) -> str:
        target = self._target(node, reference)
        if target is None:
            return reference
        if (pointer := self._component(target, bindings)) != target.pointer:
            return f"#{pointer}"
        return f"#{target.pointer}" if is_copy and target.file == self._document.root_file else reference

    def _component(self, target: Node, bindings: Bindings) -> str:
        """The pointer of the schema with these bindings."""
        own, key = _anchors(target), self._key(target, bindings)
        if all(own.get(name) == pointer for name, pointer in key[1]):
            return target.pointer
        if key not in self._copies:
            changed = next(pointer for name, pointer in key[1] if own.get(name) != pointer)
            owner = changed.partition("/$defs/")[0].rpartition("/")[2]
            components = self._document.raw_root.value.get("components", {}).get("schemas", {})
            stem, number = f"{owner}{target.last}", 1
            name = stem
            while name in components or name in self._added:
                number += 1
                name = f"{stem}{number}"
            self._copies[key] = f"/components/schemas/{escape_pointer(name)}"
            self._added[name] = {}
            self._queue.append((self._added[name], target, bindings))
        return self._copies[key]

    def _copy(self, target: Node, bindings: Bindings) -> dict[str, Any]:
        changed = self._bound(target, bindings, is_copy=True)
        return changed if isinstance(changed, dict) else copy.deepcopy(target.value)

    def _key(self, target: Node, bindings: Bindings) -> tuple[str, tuple[tuple[str, str], ...]]:
        used = self._uses(target)
        bound = {**_anchors(target), **bindings}
        return target.id, tuple(sorted((name, pointer) for name, pointer in bound.items() if name in used))

    def _target(self, node: Node, reference: Any) -> Node | None:
        """The schema of the root file that a reference refers to."""
        if not isinstance(reference, str):
            return None
        try:
            target = self._document.follow(node, reference)
        except ReferenceProblem:
            return None
        return target if target.file == self._document.root_file and isinstance(target.value, dict) else None

    def _uses(self, start: Node) -> frozenset[str]:
        known = self._used.get(start.id)
        if known is not None:
            return known
        found: set[str] = set()
        seen: set[str] = set()
        stack = [start]
        while stack:
            node = stack.pop()
            if node.id in seen:
                continue
            if (known := self._used.get(node.id)) is not None:
                found |= known
                continue
            seen.add(node.id)
            self._work -= 1
            if self._work < 0:
                return frozenset()
            reference = node.text("$dynamicRef")
            if reference is not None:
                found.add(reference.rpartition("#")[2])
            if (target := self._target(node, node.text("$ref"))) is not None:
                stack.append(target)
            stack.extend(_children(node))
        return self._used.setdefault(start.id, frozenset(found))


def _anchors(node: Node) -> dict[str, str]:
    """The dynamic anchors that a schema defines."""
    found: dict[str, str] = {}
    name = node.text("$dynamicAnchor")
    if name is not None:
        found[name] = node.pointer
    definitions = node.get("$defs")
    for _, child in definitions.items() if definitions is not None else ():
        name = child.text("$dynamicAnchor")
        if name is not None and "$id" not in child.mapping:
            found.setdefault(name, child.pointer)
    return found


def _children(node: Node) -> Iterator[Node]:
    yield from node.elements()
    are_names = _has_names(node)
    for key, child in node.items():
        if (are_names or key not in DATA) and isinstance(child.value, (dict, list)):
            yield child


def _has_names(node: Node) -> bool:
    """Whether the keys of an object are names that the document chose."""
    are_names = False
    for token in split_pointer(node.pointer):
        are_names = not are_names and token in MAPS
    return are_names
