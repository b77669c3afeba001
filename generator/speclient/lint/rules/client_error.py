"""SC116."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from speclient.lint.context import Context, Finding, at


class ClientErrorDocumented:
    """Each operation documents at least one response to an invalid request: a 4xx status, `4XX` or `default`.

    Bad::

        responses:
          '200': {description: Fine.}
    """

    code: ClassVar[str] = "SC116"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        for operation in context.index.operations():
            responses = operation.node.get("responses")
            statuses = responses.mapping if responses else {}
            if not any(status.startswith("4") or status.lower() == "default" for status in statuses):
                yield at(responses or operation.node, "the operation documents neither a 4xx response nor a default")
