"""SC114 and SC119."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from speclient.document import Node
from speclient.lint.context import Context, Finding, at


class OperationIdPresent:
    """Every operation has an `operationId`: its method name is derived from it and stays when the path changes.

    Bad::

        get:
          summary: List runs
    """

    code: ClassVar[str] = "SC114"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        for operation in context.index.operations():
            if not operation.node.text("operationId"):
                yield at(operation.node, "the operation has no operationId")


class OperationIdUnique:
    """No two operations share an `operationId`.

    Bad::

        /runs: {get: {operationId: list}}
        /jobs: {get: {operationId: list}}
    """

    code: ClassVar[str] = "SC119"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        first: dict[str, Node] = {}
        for operation in context.index.of("operation"):
            node = operation.get("operationId")
            if node is None or not isinstance(node.value, str):
                continue
            other = first.setdefault(node.value, operation)
            if other is not operation:
                yield at(node, f"the operationId {node.value!r} is also used by #{other.pointer}")
