"""Contradictions of a page with itself: two values for one thing, or an example that violates its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from speclient.pages.facts import ITEM, Contradiction, Fact, Kind, Subject, brief, canonical
from speclient.pages.readers import Reading

_SINGLE: Final[frozenset[Kind]] = frozenset({
    "type", "format", "required", "minimum", "maximum", "exclusive-minimum", "exclusive-maximum", "multiple-of",
    "min-length", "max-length", "pattern", "min-items", "max-items", "default", "enum", "const",
})  # fmt: skip
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_ELEMENTS: Final = 20
"""How many elements of an array of an example are compared."""


@dataclass
class _Facts:
    """The facts of a page by subject."""

    table: dict[tuple[Subject, Kind], list[Fact]] = field(default_factory=dict[tuple[Subject, Kind], list[Fact]])
    required: dict[Subject, list[Fact]] = field(default_factory=dict[Subject, list[Fact]])
    """The required fields of an object."""

    def add(self, fact: Fact) -> None:
        subject = fact.subject
        self.table.setdefault(fact.key, []).append(fact)
        if fact.kind == "required" and fact.value is True and subject.field and not subject.is_lost:
            parent = Subject(subject.operation, subject.part, subject.field[:-1])
            self.required.setdefault(parent, []).append(fact)


def contradictions(reading: Reading) -> list[Contradiction]:
    """The contradictions of a page: different values of one kind, then examples that violate a table."""
    facts = _Facts()
    for fact in reading.facts.facts:
        facts.add(fact)
    return [*_different_values(facts), *_examples(facts)]


def _different_values(facts: _Facts) -> Iterator[Contradiction]:
    for (subject, kind), found in facts.table.items():
        if kind not in _SINGLE or subject.is_lost or len({canonical(fact.value) for fact in found}) < 2:
            continue
        shown = " and ".join(brief(fact.value) for fact in found[:3])
        yield Contradiction(subject, f"the page states {kind} {shown}", tuple(fact.line for fact in found))


def _examples(facts: _Facts) -> Iterator[Contradiction]:
    for (subject, kind), found in facts.table.items():
        if kind == "example" and not subject.is_lost:
            for fact in found:
                yield from _example(subject, fact.value, fact, facts)


def _example(subject: Subject, value: Any, example: Fact, facts: _Facts) -> Iterator[Contradiction]:
    """Compare a value of an example, and the values in it, with what tables say about its fields."""
    stated = facts.table.get((subject, "type"), [])
    names = [str(name) for fact in stated for name in _listed(fact.value)]
    if names and value is not None and not any(_is_of(value, name) for name in names):
        message = f"the example has {brief(value)}, but the page states type {brief(stated[0].value)}"
        yield Contradiction(subject, message, (example.line, stated[0].line))
        return
    for fact in facts.table.get((subject, "enum"), []):
        if isinstance(value, (str, int, float)) and canonical(value) not in map(canonical, _listed(fact.value)):
            message = f"the example has {brief(value)}, but the page states the values {brief(fact.value)}"
            yield Contradiction(subject, message, (example.line, fact.line))
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _example(subject.at(str(name)), inner, example, facts)
        for fact in facts.required.get(subject, ()):
            if fact.subject.field[-1] not in value:
                message = "the page states that it is required, but its example does not have it"
                yield Contradiction(fact.subject, message, (fact.line, example.line))
    elif isinstance(value, list):
        for inner in value[:_ELEMENTS]:
            yield from _example(subject.at(ITEM), inner, example, facts)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_of(value: Any, name: str) -> bool:
    if name not in _TYPES:
        return True
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])
