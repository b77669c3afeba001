"""The input of the rules, and the definition of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from speclient.diagnostics import Location
from speclient.document import Document, Node
from speclient.lint.index import Index
from speclient.schema.table import Side
from speclient.schema.validator import Validator


@dataclass(slots=True)
class Context:
    """A document with its index and a validator for each side; shared by the rules."""

    document: Document
    index: Index
    _validators: dict[Side, Validator] = field(default_factory=dict[Side, Validator])

    def validator(self, side: Side) -> Validator:
        """The validator for values of this side."""
        if side not in self._validators:
            self._validators[side] = Validator(self.document, side)
        return self._validators[side]


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation of a rule, before its code adds severity and hint."""

    location: Location
    message: str
    hint: str | None = None


def at(node: Node, message: str, hint: str | None = None) -> Finding:
    """A finding at a node."""
    return Finding(node.location, message, hint)


class Rule(Protocol):
    """One rule. Its docstring states what it checks and why, with an example; the reference page includes it."""

    code: ClassVar[str]

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        ...
