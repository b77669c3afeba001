"""Schemas that a page describes under a name, and the values that refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from speclient.pages.facts import ITEM, Facts, Subject
from speclient.pages.readers.type_text import TypeText

MAX_EXPANDED: Final = 60_000
"""The most facts that come from named schemas in responses and bodies."""


@dataclass
class Pending:
    """A value whose schema the page describes under its name; `entered` are the names of schemas around it."""

    subject: Subject
    name: str
    line: int
    entered: frozenset[str] = frozenset()


def expand(facts: Facts, references: Sequence[Pending]) -> None:
    """Add the properties of named schemas where responses and bodies refer to them."""
    count = len(facts.facts)
    by_name: dict[str, list[tuple[tuple[str, ...], Any, Any, int, int]]] = {}
    for fact in facts.facts:
        if not fact.subject.operation and fact.subject.part.startswith("schema "):
            rows = by_name.setdefault(fact.subject.part[7:].lower(), [])
            rows.append((fact.subject.field, fact.kind, fact.value, fact.line, fact.end))
    inner: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for pending in references:
        if pending.subject.part.startswith("schema ") and not pending.subject.operation:
            inner.setdefault(pending.subject.part[7:].lower(), []).append((pending.subject.field, pending.name.lower()))
    work = [(pending.subject, pending.name.lower(), pending.entered) for pending in references]
    while work:
        subject, name, entered = work.pop(0)
        if name in entered or name not in by_name or len(subject.field) > 30:
            continue
        if subject.part.startswith("schema ") and not subject.operation and subject.part[7:].lower() == name:
            continue
        if len(facts.facts) - count > MAX_EXPANDED:
            facts.note("The page has too many properties in named schemas; not all were read.")
            return
        entered = entered | {name}
        below = inner.get(name, ())
        recursive = [path for path, other in below if other in entered]
        for path, kind, value, line, end in by_name[name]:
            if kind in ("field", "required"):
                is_inner = any(len(path) > len(other) and path[: len(other)] == other for other in recursive)
            else:
                is_inner = any(path[: len(other)] == other for other in recursive)
            if not is_inner:
                facts.add(subject.at(*path), kind, value, line, end)
        work.extend((subject.at(*path), other, entered) for path, other in below)


def innermost(subject: Subject, shape: TypeText) -> tuple[Subject, TypeText]:
    """The elements of an array, of arrays of arrays too; otherwise the value itself."""
    while shape.items is not None:
        subject = subject.at(ITEM)
        shape = shape.items
    return subject, shape
