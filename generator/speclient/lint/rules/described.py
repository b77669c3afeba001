"""SC118."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.lint.context import Context, Finding, at


class Described:
    """Operations have a `summary` or `description`, and parameters a `description` (that of their schema counts).

    Bad::

    Parameters
    ----------
          - {name: limit, in: query, schema: {type: integer}}
    """

    code: ClassVar[str] = "SC118"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        for operation in context.index.operations():
            owners = (operation.node, operation.item)
            if not any(owner.text("summary") or owner.text("description") for owner in owners):
                yield at(operation.node, "the operation has no summary and no description")
        for parameter in context.index.of("parameter"):
            if not parameter.text("description") and not _schema_says(parameter):
                yield at(parameter, f"the parameter {parameter.text('name')!r} has no description")


def _schema_says(parameter: Node) -> bool:
    schema = parameter.get("schema")
    if schema is None:
        return False
    try:
        return bool(schema.text("description") or schema.resolve().text("description"))
    except ReferenceProblem:
        return False
