"""The selection of operations of a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from speclient.diagnostics import Severity, Sink, did_you_mean
from speclient.document import Node


@dataclass(frozen=True, slots=True)
class Selection:
    """Patterns `tag:...`, `path:...` and `operation:...` (an operationId), with `*` and `?`."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude)

    def takes(self, path: str, node: Node) -> bool:
        """Whether the operation at `node` is selected: included (if there is an `include`), and not excluded."""
        return _included(self, path, node) and not any(_matches(pattern, path, node) for pattern in self.exclude)


def report_unmatched(selection: Selection, operations: Sequence[tuple[str, Node]], root: Node, sink: Sink) -> None:
    """Report patterns that match no operation: errors where no operation is left at all, else warnings.

    Args:
        selection: the patterns.
        operations: path and node of each operation of the document.
        root: the root of the document.
        sink: receives the diagnostics.
    """
    if not operations:
        return
    empty = not any(selection.takes(path, node) for path, node in operations)
    for name, patterns in (("include", selection.include), ("exclude", selection.exclude)):
        for pattern in patterns:
            if not any(_matches(pattern, path, node) for path, node in operations):
                kind, _, text = pattern.partition(":")
                known = dict.fromkeys(word for path, node in operations for word in _words(kind, path, node))
                message = f"no operation matches {pattern!r} ({name}){did_you_mean(text, known)}"
                severity = Severity.ERROR if empty and name == "include" else Severity.WARNING
                sink.report("SC502", message, root.location, severity=severity)
    if empty and any(_included(selection, path, node) for path, node in operations):
        message = "`exclude` matches every operation that `include` selects"
        sink.report("SC502", message, root.location, severity=Severity.ERROR)


def _included(selection: Selection, path: str, node: Node) -> bool:
    return not selection.include or any(_matches(pattern, path, node) for pattern in selection.include)


def _words(kind: str, path: str, node: Node) -> Iterator[str]:
    """The values that a pattern of a kind is compared with."""
    match kind:
        case "tag":
            tags = node.get("tags")
            for tag in tags.elements() if tags is not None else ():
                if isinstance(tag.value, str):
                    yield tag.value
        case "path":
            yield path
        case _:
            yield node.text("operationId") or ""


def _matches(pattern: str, path: str, node: Node) -> bool:
    kind, _, text = pattern.partition(":")
    return any(fnmatchcase(word, text) for word in _words(kind, path, node))
