"""Variants of a schema: the model of hierarchies that the builder, the values, the mock and the linter share.

A parent with a `discriminator` and without a union of its own stands for every component that extends it by `allOf`
(OpenAPI 3.1, section 4.8.25.4). A union may also list schemas that extend the schema that contains it; then `$ref`
refers to a schema that is already applied to the same instance, and the union adds nothing there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from speclient.document import Document, Node
from speclient.schema.composition import related_schemas


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A parent with a discriminator, and all components that extend it, directly or indirectly.

    `tags` maps a discriminator value to an index in `variants`; the parent has the index after the last.
    `unknown` contains the nodes of mappings that do not name a variant.
    """

    parent: Node
    property: str
    variants: tuple[Node, ...]
    tags: tuple[tuple[str, int], ...]
    unknown: tuple[Node, ...] = ()


@dataclass(slots=True)
class Hierarchies:
    """The hierarchies of a document."""

    document: Document
    _children: dict[str, list[Node]] = field(default_factory=dict[str, list[Node]])
    _parents: dict[str, list[Node]] = field(default_factory=dict[str, list[Node]])
    _links: dict[str, tuple[Node, Node]] = field(default_factory=dict[str, tuple[Node, Node]])
    """Id of a reference by which a component extends another one -> the two."""
    _known: dict[str, Hierarchy | None] = field(default_factory=dict[str, "Hierarchy | None"])

    def __post_init__(self) -> None:
        components = self.document.root.get("components")
        section = components.get("schemas") if components is not None else None
        for _, component in section.items() if section is not None else ():
            for reference in _extended(component):
                parent = reference.resolve_or_none()
                if parent is None:  # Reported where the type is built.
                    continue
                self._children.setdefault(parent.id, []).append(component)
                self._parents.setdefault(component.id, []).append(parent)
                self._links[reference.id] = (component, parent)

    def of(self, node: Node) -> Hierarchy | None:
        """The hierarchy below a schema; None when it has no discriminator or nothing extends it."""
        if node.id not in self._children:
            return None
        if node.id not in self._known:
            self._known[node.id] = self._read(node)
        return self._known[node.id]

    def base_of(self, node: Node) -> Node | None:
        """The schema with a hierarchy that a component extends directly."""
        return next((parent for parent in self._parents.get(node.id, ()) if self.of(parent) is not None), None)

    def is_extension(self, reference: Node) -> bool:
        """Whether a component extends another one by this reference, which means the schema without its variants."""
        return reference.id in self._links

    def is_circular(self, reference: Node) -> bool:
        """Whether a component extends, by this reference, a schema whose union lists it or a schema that extends it.

        The union is then already applied to the same instance.
        """
        link = self._links.get(reference.id)
        if link is None:
            return False
        component, parent = link
        return any(self.extends(branch, component) for branch in _branches(parent))

    def extends(self, node: Node, parent: Node) -> bool:
        """Whether a component is a parent itself or extends it, directly or indirectly."""
        return node == parent or any(node == variant for variant in self._descendants(parent))

    def _descendants(self, parent: Node) -> Iterator[Node]:
        seen, queue = {parent.id}, list(self._children.get(parent.id, ()))
        while queue:
            node = queue.pop(0)
            if node.id not in seen:
                seen.add(node.id)
                yield node
                queue.extend(self._children.get(node.id, ()))

    def _read(self, parent: Node) -> Hierarchy | None:
        discriminator = self._discriminator(parent)
        name = discriminator.text("propertyName") if discriminator is not None else None
        variants = tuple(self._descendants(parent))
        if discriminator is None or name is None or not variants:
            return None
        indexes = {node.id: index for index, node in enumerate((*variants, parent))}
        tags: dict[str, int] = {}
        unknown: list[Node] = []
        mapping = discriminator.get("mapping")
        for tag, entry in mapping.items() if mapping is not None else ():
            target = named_schema(entry, entry.value) if isinstance(entry.value, str) else None
            index = indexes.get(target.id) if target is not None else None
            if index is not None:
                tags[tag] = index
            elif discriminator.pointer.startswith(f"{parent.pointer}/"):
                unknown.append(entry)
        mapped = set(tags.values())
        for index, node in enumerate(variants):
            stated = tuple(_own_tags(node, name))
            for tag in stated or (() if index in mapped else (node.last,)):
                tags.setdefault(tag, index)
        return Hierarchy(parent, name, variants, tuple(tags.items()), tuple(unknown))

    def _discriminator(self, node: Node) -> Node | None:
        """The discriminator of a schema without a union of its own, or the inherited one."""
        queue, seen = [node], set[str]()
        while queue:
            current = queue.pop(0)
            if current.id in seen:
                continue
            seen.add(current.id)
            for part in _own_parts(current):
                if "oneOf" in part.mapping or "anyOf" in part.mapping:
                    return None
                discriminator = part.get("discriminator")
                if discriminator is not None and isinstance(discriminator.value, dict):
                    return discriminator
            queue.extend(self._parents.get(current.id, ()))
        return None


def union_tags(node: Node) -> tuple[str, tuple[tuple[str, Node], ...]] | None:
    """The discriminator property of a union and its tags, each with the branch that it selects.

    None where a branch is not a reference, has no tag or does not define the property: the discriminator cannot work.
    """
    discriminator = node.get("discriminator")
    name = discriminator.text("propertyName") if discriminator is not None else None
    branches = list(_union(node))
    if discriminator is None or name is None or not branches:
        return None
    by_target: dict[str, Node] = {}
    for branch in branches:
        target = branch.resolve_or_none() if "$ref" in branch.mapping else None
        if target is None or not _defines(target, name):
            return None
        by_target.setdefault(target.id, branch)
    tags: dict[str, Node] = {}
    mapping = discriminator.get("mapping")
    for tag, entry in mapping.items() if mapping is not None else ():
        target = named_schema(entry, entry.value) if isinstance(entry.value, str) else None
        if target is not None and target.id in by_target:
            tags[tag] = by_target[target.id]
    mapped = {branch.id for branch in tags.values()}
    for branch in by_target.values():
        target = branch.resolve()
        stated = tuple(_own_tags(target, name))
        for tag in stated or (() if branch.id in mapped else (target.last,)):
            tags.setdefault(tag, branch)
    selected = {branch.id for branch in tags.values()}
    return (name, tuple(tags.items())) if all(branch.id in selected for branch in by_target.values()) else None


def _union(node: Node) -> Iterator[Node]:
    """The branches of a schema with one union."""
    unions = [union for key in ("oneOf", "anyOf") if (union := node.get(key)) is not None]
    if len(unions) == 1:
        yield from unions[0].elements()


def _branches(node: Node) -> Iterator[Node]:
    """The schemas that the unions of a schema refer to."""
    for part in _own_parts(node):
        for key in ("oneOf", "anyOf"):
            union = part.get(key)
            for branch in union.elements() if union is not None else ():
                target = branch.resolve_or_none() if "$ref" in branch.mapping else None
                if target is not None and target != node:
                    yield target


def _defines(node: Node, name: str) -> bool:
    """Whether a schema defines a property, itself or through `$ref` and `allOf`."""
    sections = (schema.get("properties") for schema in related_schemas([node]))
    return any(section is not None and name in section.mapping for section in sections)


def _own_parts(node: Node) -> Iterator[Node]:
    """A schema and the schemas in its `allOf`, without those that are references."""
    queue, seen = [node], set[str]()
    while queue:
        current = queue.pop(0)
        if current.id in seen or "$ref" in current.mapping:
            continue
        seen.add(current.id)
        yield current
        parts = current.get("allOf")
        queue.extend(parts.elements() if parts is not None else ())


def _extended(node: Node) -> Iterator[Node]:
    """The references under `allOf` of a schema."""
    for part in _own_parts(node):
        parts = part.get("allOf")
        yield from (each for each in parts.elements() if "$ref" in each.mapping) if parts is not None else ()


def _own_tags(node: Node, name: str) -> Iterator[str]:
    """The tags that a variant itself defines, by a constant or an enumeration of its discriminator property."""
    for part in _own_parts(node):
        properties = part.get("properties")
        schema = properties.get(name) if properties is not None else None
        listed = schema.mapping.get("enum") if schema is not None else None
        values = [schema.mapping["const"]] if schema is not None and "const" in schema.mapping else listed
        yield from (value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def named_schema(node: Node, name: str) -> Node | None:
    """The schema that a discriminator names: a component's key, or a reference."""
    document = node.document
    component = document.at(document.root_file, "/components/schemas")
    if component is not None and name in component.mapping:
        return component.get(name)
    if "/" not in name and "#" not in name and "." not in name:
        return None
    return node.follow_or_none(name)
