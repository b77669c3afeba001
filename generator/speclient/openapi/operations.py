"""The operations of a document: one reading for the builder, the linter, the mock and the example values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.document.structure import operations_of
from speclient.openapi.tokens import TOKEN

Refuse = Callable[[str, Node, str, ReferenceProblem | None], None]
"""Receives the key, the node, the reason and the reference problem of an operation that cannot be read."""


@dataclass(frozen=True, slots=True)
class OperationEntry:
    """An operation with its path, its method in capitals, and its path item with `$ref` resolved."""

    path: str
    method: str
    item: Node
    node: Node

    @property
    def key(self) -> str:
        """The name of the operation in messages: `GET /path`."""
        return f"{self.method} {self.path}"

    def parameter_elements(self) -> Iterator[Node]:
        """The parameters of the path item, then of the operation, with `$ref` unresolved."""
        for owner in (self.item, self.node):
            section = owner.get("parameters")
            yield from section.elements() if section else ()

    def parameters(self) -> tuple[Node, ...]:
        """The parameters of the path item and the operation, resolved; the operation's override the path item's."""
        parameters: dict[tuple[str | None, str | None], Node] = {}
        for element in self.parameter_elements():
            parameter = element.resolve_or_none()
            if parameter is not None:
                parameters[(parameter.text("in"), parameter.text("name"))] = parameter
        return tuple(parameters.values())

    def request_body(self) -> Node | None:
        """The request body, resolved; None when it is absent or cannot be read."""
        body = self.node.get("requestBody")
        return body.resolve_or_none() if body is not None else None

    def security(self) -> Node | None:
        """The security requirements of the operation, or else those of the document."""
        own = self.node.get("security")
        if own is not None and isinstance(own.value, list):
            return own
        return self.node.document.root.get("security")

    def requirements(self) -> tuple[Node, ...]:
        """The alternatives of the security requirements."""
        section = self.security()
        return tuple(section.elements()) if section else ()

    def servers(self) -> Node:
        """The node whose `servers` apply to the operation: the operation, its path item or the document."""
        return next((owner for owner in (self.node, self.item) if owner.get("servers")), self.node.document.root)


def read_operations(document: Document, refuse: Refuse | None = None) -> Iterator[OperationEntry]:
    """Yield the operations under `paths`, in document order.

    Args:
        document: the document.
        refuse: receives each operation that cannot be read; without it, they are ignored.
    """

    def tell(key: str, node: Node, why: str, problem: ReferenceProblem | None = None) -> None:
        if refuse is not None:
            refuse(key, node, why, problem)

    paths = document.root.get("paths")
    for path, item in paths.items() if paths else ():
        if path.startswith("x-"):
            continue
        try:
            item = item.resolve()
        except ReferenceProblem as problem:
            tell(f"* {path}", item, problem.diagnostic.message, problem)
            continue
        if not isinstance(item.value, dict):
            tell(f"* {path}", item, "a path item must be a mapping")
            continue
        seen: set[str] = set()
        for name, node in operations_of(item):
            method = name.upper()
            key = f"{method} {path}"
            if not path.startswith("/"):
                # The path would become a part of the host: `https://api.example.com` and `.evil.com/x`.
                tell(key, node, "a path must begin with `/`")
            elif TOKEN.fullmatch(method) is None or method == "CONNECT":
                tell(key, node, f"{name!r} is not an HTTP method that a client can send")
            elif not isinstance(node.value, dict):
                tell(key, node, "an operation must be a mapping")
            elif method in seen:
                tell(key, node, f"the method {name!r} is defined twice, in different spellings")
            else:
                seen.add(method)
                yield OperationEntry(path, method, item, node)


def refuse_unresolved(*nodes: Node | None) -> None:
    """Check that no node is an unresolved reference where OpenAPI allows no reference: it would be empty.

    Raises:
        ReferenceProblem: a node is such a reference.
    """
    for node in nodes:
        if node is not None and (problem := node.document.broken.get(id(node.value))) is not None:
            raise problem
