"""Reads a page that a test writes, and looks its facts up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from speclient.pages.facts import Fact, dotted
from speclient.pages.readers import Reading, read_page
from speclient.pages.text import page_of


def read(text: str, suffix: str = ".txt") -> Reading:
    return read_page(page_of("page", f"page{suffix}", text.encode(), suffix))


def table(reading: Reading, kind: str) -> dict[str, Any]:
    """The facts of a kind: the value by the subject's text without its operation."""
    return {name(fact): fact.value for fact in reading.facts.facts if fact.kind == kind}


def name(fact: Fact) -> str:
    parts = (fact.subject.part, dotted(fact.subject.field))
    return " ".join(part for part in parts if part) or fact.subject.operation


def operations(reading: Reading) -> list[str]:
    return [fact.value for fact in reading.facts.facts if fact.kind == "operation"]


def triples(reading: Reading) -> set[tuple[str, str, str]]:
    """All facts without their lines."""
    return {(str(fact.subject), fact.kind, repr(fact.value)) for fact in reading.facts.facts}


def residue(reading: Reading) -> list[str]:
    return [line for number, line in enumerate(reading.lines, 1) if number not in reading.facts.used and line.strip()]


def lost(reading: Reading) -> list[str]:
    return [str(subject) for subject, _ in reading.facts.lost]


def text(rows: Iterable[str]) -> str:
    return "\n".join(rows)
