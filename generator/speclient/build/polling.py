"""`polling` of an operation's `x-speclient` (docs/reference/x-speclient.md)."""

from __future__ import annotations

from speclient.document import Node, split_pointer
from speclient.ir import ItemLookup, Json, Polling


def read_polling(extension: Node) -> Polling | None:
    """The rules by which a client waits for a terminal state; None when they are absent or do not name a status."""
    node = extension.get("polling")
    status = node.text("status") if node is not None else None
    if node is None or status is None:
        return None
    message = node.text("message")
    return Polling(
        status=split_pointer(status),
        success=_states(node, "success"),
        failure=_states(node, "failure"),
        message=split_pointer(message) if message is not None else None,
        status_operation=node.text("status-operation"),
        lookup=_lookup(node.get("lookup")),
    )


def _states(polling: Node, name: str) -> tuple[str | int | bool, ...]:
    section = polling.get(name)
    values = [element.value for element in section.elements()] if section is not None else []
    return tuple(value for value in values if isinstance(value, (str, int, bool)))


def _lookup(node: Node | None) -> ItemLookup | None:
    if node is None or not isinstance(node.value, dict):
        return None
    offset, order = node.mapping.get("offset"), node.get("order")
    values: list[tuple[str, Json]] = []
    for name, entry in order.items() if order is not None else ():
        if entry.value is None or isinstance(entry.value, (str, int, float, bool)):
            values.append((name, entry.value))
    return ItemLookup(
        parameter=node.text("parameter"), offset=offset if type(offset) is int else None, order=tuple(values)
    )
