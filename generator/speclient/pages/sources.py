"""`x-source`: what a document says about where its statements come from (docs/reference/x-speclient.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from speclient.document import Document, Node
from speclient.document.node import split_pointer
from speclient.pages.facts import Fact, canonical


@dataclass(frozen=True)
class Explanations:
    """Finds the marks that apply to a value."""

    document: Document

    def marks(self, node: Node) -> list[Mapping[str, Any]]:
        """The marks on a value and on the values that contain it, innermost first."""
        found: list[Mapping[str, Any]] = []
        value: Any = self.document.root.value
        trail: list[tuple[Any, str | None]] = []
        for token in split_pointer(node.pointer) if node.pointer else ():
            trail.append((value, token))
            if isinstance(value, Mapping):
                value = value.get(token)
            elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
                value = value[int(token)]
            else:
                return []
        trail.append((value, None))
        for owner, token in reversed(trail):
            mark = owner.get("x-source") if isinstance(owner, Mapping) else None
            if isinstance(mark, Mapping) and (token is None or token in mark.get("properties", [token])):
                found.append(mark)
        return found

    def explains(self, fact: Fact, owners: Iterable[Node]) -> Node | None:
        """The owner whose mark records what the page states, or None."""
        for owner in owners:
            for mark in self.marks(owner):
                if "page" in mark and _records(mark["page"], fact):
                    return owner
        return None

    def records_example(self, owner: Node, value: Any) -> bool:
        """Whether a mark records an example value of the page that the schema rejects."""
        return any("example" in mark and canonical(mark["example"]) == canonical(value) for mark in self.marks(owner))


def _records(page: Any, fact: Fact) -> bool:
    if canonical(page) == canonical(fact.value):
        return True
    if isinstance(page, list):
        names = (fact.subject.field or fact.subject.part.split(" "))[-1]
        return fact.value in page or (fact.kind == "required" and fact.value is True and names in page)
    if isinstance(page, Mapping):
        return fact.kind in page and canonical(page[fact.kind]) == canonical(fact.value)
    return False
