"""Annotations of a schema, collected through references and compositions: direction, unit, secrecy.

Unlike a description, these apply wherever the schema is used.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from speclient.document import Node
from speclient.document.problems import ReferenceProblem

_SAME = ("allOf",)
_PARTS = ("allOf", "anyOf", "oneOf", "prefixItems", "items", "additionalProperties")


def is_read_only(schemas: Iterable[Node]) -> bool:
    """Whether only the service sends the property."""
    return any(node.flag("readOnly") for node in _about(schemas, _SAME))


def is_write_only(schemas: Iterable[Node]) -> bool:
    """Whether the property is only sent to the service."""
    return any(node.flag("writeOnly") for node in _about(schemas, _SAME))


def unit_of(schemas: Iterable[Node]) -> str | None:
    """The unit of the value, or of its items; the nearest annotation wins."""
    for node in _about(schemas, _PARTS):
        extension = node.get("x-speclient")
        unit = extension.text("unit") if extension is not None else None
        if unit is not None:
            return unit
    return None


def is_secret(schemas: Iterable[Node]) -> bool:
    """Whether the value, or one of its items, must never be shown."""
    for node in _about(schemas, _PARTS):
        extension = node.get("x-speclient")
        if node.text("format") == "password" or (extension is not None and extension.flag("secret")):
            return True
    return False


def _about(schemas: Iterable[Node], keywords: Sequence[str]) -> Iterator[Node]:
    """The schemas themselves, then those that they refer to or contain under these keywords, the nearest first."""
    queue, seen = deque(schemas), set[str]()
    while queue:
        node = queue.popleft()
        if node.id in seen:
            continue
        seen.add(node.id)
        yield node
        reference = node.text("$ref")
        if reference is not None:
            try:
                queue.append(node.document.follow(node, reference))
            except ReferenceProblem:  # Reported where the type is built.
                continue
        for key in keywords:
            inner = node.get(key)
            if inner is not None:
                queue.extend(inner.elements() if isinstance(inner.value, list) else [inner])
