"""The page of diagnostics says what the registry says."""

from __future__ import annotations

from pathlib import Path

from speclient.diagnostics import CODES
from speclient.lint.reference import diagnostics_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "diagnostics.md"


def test_the_page_is_up_to_date() -> None:
    again = "run: python -m speclient.lint.reference > docs/reference/diagnostics.md"
    assert PAGE.read_text(encoding="utf-8") == diagnostics_page(), again


def test_every_code_has_an_entry() -> None:
    assert [line[4:9] for line in diagnostics_page().splitlines() if line.startswith("### ")] == sorted(CODES)
