"""SC115."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from speclient.lint.context import Context, Finding, at


class SecurityStated:
    """Each operation or the document declares the required credentials; `security: []` declares none.

    When no operation of the document declares security, that is one finding, not one per operation.

    Bad::

        paths:
          /runs: {get: {operationId: listRuns}}     # and no `security` at the root
    """

    code: ClassVar[str] = "SC115"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        root = context.document.root
        if "security" in root.mapping:
            return
        operations = context.index.operations()
        silent = [operation for operation in operations if "security" not in operation.node.mapping]
        if operations and len(silent) == len(operations):
            yield at(root.get("paths") or root, "neither the document nor any operation declares security requirements")
            return
        for operation in silent:
            yield at(operation.node, f"{operation.key} does not declare security requirements")
