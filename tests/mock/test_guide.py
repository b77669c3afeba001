"""What the guide shows runs, and prints what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "guides" / "mock.md").read_text(encoding="utf-8"), re.DOTALL
)
WHOLE = [block for block in BLOCKS if "print(" in block and "_client" not in block]


@pytest.mark.parametrize("block", WHOLE, ids=range(len(WHOLE)))
def test_examples_print_what_they_say(
    block: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(block, "docs/guides/mock.md", "exec"), {})
    assert capsys.readouterr().out.split() == re.findall(r"#\s(.*)$", block, re.MULTILINE)[-1].split()
