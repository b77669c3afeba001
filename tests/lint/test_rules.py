"""Each folder holds a document and what our own rules find in it: code, line and place, one finding a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from speclient.diagnostics import Sink
from speclient.document import load
from speclient.lint import RULES, Context, apply_rules
from speclient.lint.index import build_index

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.rglob("openapi.yaml"))


def findings(path: Path) -> list[str]:
    sink = Sink()
    document = load(path, sink)
    apply_rules(Context(document, build_index(document)), sink)
    lines: list[str] = []
    for found in sink.located(document.locate):
        assert found.location is not None
        lines.append(f"{found.code} line {found.location.line} #{found.location.pointer}: {found.message}")
    return lines


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.relative_to(HERE).as_posix())
def test_findings(case: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert findings(case / "openapi.yaml") == expected


def test_every_rule_has_a_bad_and_a_good_case() -> None:
    told = {line[:5] for case in CASES for line in (case / "expected.txt").read_text(encoding="utf-8").splitlines()}
    assert {rule.code for rule in RULES} <= told
    rules = {case.parent for case in CASES}
    assert all({"bad", "good"} <= {case.name for case in CASES if case.parent == rule} for rule in rules)
    assert not any((case / "expected.txt").read_text(encoding="utf-8") for case in CASES if case.name == "good")


def test_every_rule_says_what_it_is_about() -> None:
    for rule in RULES:
        assert rule.__doc__ is not None
        assert "Bad::" in rule.__doc__
