"""Webhooks and callbacks: the requests that a service sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.document.structure import operations_of
from speclient.openapi.operations import read_operations


@dataclass(frozen=True, slots=True)
class WebhookEntry:
    """A request that the service sends; `owner` is the key of the operation that has the callback."""

    name: str
    owner: str | None
    method: str
    node: Node

    @property
    def key(self) -> str:
        """The name of the request in the generation report."""
        return " ".join(filter(None, ("webhook", self.owner, self.name, self.method)))


def read_webhook_operations(
    document: Document, unreadable: Callable[[ReferenceProblem], None]
) -> Iterator[WebhookEntry]:
    """The requests of all webhooks of the document, then of the callbacks of its operations.

    Args:
        document: the document.
        unreadable: receives the problem of each path item that cannot be read.
    """
    for name, owner, item in _path_items(document):
        try:
            operations = list(operations_of(item.resolve()))
        except ReferenceProblem as problem:
            unreadable(problem)
            continue
        for method, node in operations:
            yield WebhookEntry(name, owner, method, node)


def _path_items(document: Document) -> Iterator[tuple[str, str | None, Node]]:
    """Name, key of the operation that owns it, and path item, with `$ref` unresolved."""
    webhooks = document.root.get("webhooks") or document.root.get("x-webhooks")
    for name, item in webhooks.items() if webhooks else ():
        yield name, None, item
    for entry in read_operations(document):
        callbacks = entry.node.get("callbacks")
        for name, node in callbacks.items() if callbacks else ():
            callback = node.resolve_or_none()
            for _, item in callback.items() if callback is not None else ():
                yield name, entry.key, item
