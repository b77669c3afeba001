"""Variants of a schema: the branches of a union, and the children of a parent with a discriminator."""

from __future__ import annotations

from speclient.document import Node
from speclient.document.problems import ReferenceProblem


def named_schema(node: Node, name: str) -> Node | None:
    """The schema that a discriminator names: a component's key, or a reference."""
    document = node.document
    component = document.at(document.root_file, "/components/schemas")
    if component is not None and name in component.mapping:
        return component.get(name)
    if "/" not in name and "#" not in name and "." not in name:
        return None
    try:
        return document.follow(node, name)
    except ReferenceProblem:
        return None
