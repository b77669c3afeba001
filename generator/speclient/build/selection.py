"""Which operations of a document are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from speclient.document import Node


@dataclass(frozen=True, slots=True)
class Selection:
    """Patterns `tag:...`, `path:...` and `operation:...` (an operationId), with `*` and `?`."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude)

    def takes(self, path: str, node: Node) -> bool:
        """Whether the operation at `node` is wanted: included, if anything is, and not excluded."""
        included = not self.include or any(_matches(pattern, path, node) for pattern in self.include)
        return included and not any(_matches(pattern, path, node) for pattern in self.exclude)


def _matches(pattern: str, path: str, node: Node) -> bool:
    kind, _, text = pattern.partition(":")
    match kind:
        case "tag":
            tags = node.get("tags")
            names = (tag.value for tag in tags.elements()) if tags is not None else ()
            return any(isinstance(name, str) and fnmatchcase(name, text) for name in names)
        case "path":
            return fnmatchcase(path, text)
        case _:
            return fnmatchcase(node.text("operationId") or "", text)
