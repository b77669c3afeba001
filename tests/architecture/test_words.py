"""The worst patterns of unclear language stay out of messages, documentation and templates (CONTRIBUTING.md, Style)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT

PATTERNS = {
    r"(?<!here )\bis none\b|\bare none\b": "is not",
    r"(?<!here )\bis no (?!longer\b)\w+": "is not a",
    r"\bpassed over\b": "ignored",
    r"\bleads? nowhere\b": "unresolved",
    r"\bmend(s|ed)?\b": "fix",
    r"\bsalvag": "partial validation",
    r"\bledgers?\b": "generation report",
    r"\bdepartures?\b|\bdeparts from\b": "violation",
    r"\bsecond look\b": "fallback validation",
    r"\bheld against\b|\bholds? against\b": "compared with",
    r"\bof (its|their|one's) own accord\b": "automatically",
    r"\bwithout a word\b": "silently",
    r"\bstands (twice|where|at|in)\b": "is",
    r"\bone \w+ a (status|document|member|call|line)\b": "one per",
    r"\bthe page (says|tells|gives)\b": "the page states",
    r"\bwhat came\b": "the value",
}
TEXT = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "generator").rglob("*.jinja"))
CODE = tuple((ROOT / "generator" / "speclient").rglob("*.py"))


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """Docstrings and messages with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def _findings(text: str, place: str) -> Iterator[str]:
    for pattern, better in PATTERNS.items():
        for match in re.finditer(pattern, text):
            yield f"{place}: {match[0]!r}; write {better!r}"


@pytest.mark.parametrize("path", TEXT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_texts_are_plain(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [finding for number, line in enumerate(lines, 1) for finding in _findings(line, f"line {number}")] == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT / "generator").as_posix())
def test_messages_and_docstrings_are_plain(path: Path) -> None:
    assert [finding for line, text in _strings(path) for finding in _findings(text, f"line {line}")] == []


@pytest.mark.parametrize("text", ["it is passed over", "1 is none", "the reference leads nowhere", "mend it"])
def test_patterns_match(text: str) -> None:
    assert list(_findings(text, ""))
