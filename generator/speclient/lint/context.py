"""What the rules look at, and the form of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from speclient.diagnostics import Location
from speclient.document import Document, Node
from speclient.lint.index import Index
from speclient.lint.judge import Judge
from speclient.lint.schema_table import Side


@dataclass(slots=True)
class Context:
    """A document with its index and a judge for each side; the rules share them."""

    document: Document
    index: Index
    _judges: dict[Side, Judge] = field(default_factory=dict[Side, Judge])

    def judge(self, side: Side) -> Judge:
        """The judge for values that travel this way."""
        if side not in self._judges:
            self._judges[side] = Judge(self.document, side)
        return self._judges[side]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, before its code gives it severity and hint."""

    location: Location
    message: str
    hint: str | None = None


def at(node: Node, message: str, hint: str | None = None) -> Finding:
    """A finding at a node."""
    return Finding(node.location, message, hint)


class Rule(Protocol):
    """One rule. Its docstring says what it looks for and why, with an example; the reference page shows it."""

    code: ClassVar[str]

    def check(self, context: Context) -> Iterator[Finding]:
        """Everything that breaks the rule."""
        ...
