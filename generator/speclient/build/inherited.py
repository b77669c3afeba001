"""What a schema says of a value through references and compositions: its unit, and that it is secret.

Unlike a description, both hold wherever the schema is used, and for an array or a map when they hold for its elements.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from speclient.document import Node
from speclient.document.load import ReferenceProblem


def unit_of(schemas: Iterable[Node]) -> str | None:
    """The unit; what stands nearest says it."""
    for node in _about(schemas):
        extension = node.get("x-speclient")
        unit = extension.text("unit") if extension is not None else None
        if unit is not None:
            return unit
    return None


def is_secret(schemas: Iterable[Node]) -> bool:
    """Whether the value must never be shown."""
    for node in _about(schemas):
        extension = node.get("x-speclient")
        if node.text("format") == "password" or (extension is not None and extension.flag("secret")):
            return True
    return False


def _about(schemas: Iterable[Node]) -> Iterator[Node]:
    """The schemas themselves, then those that they refer to or are composed of, the nearest first."""
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
            except ReferenceProblem:  # Reported where the type is made.
                continue
        for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
            branches = node.get(key)
            queue.extend(branches.elements() if branches is not None else ())
        for key in ("items", "additionalProperties"):
            inner = node.get(key)
            queue.extend([inner] if inner is not None else ())
