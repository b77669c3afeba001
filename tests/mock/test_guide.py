"""What the guide shows runs, and prints what it says; its pytest files pass."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mock.test_plugin import run_pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "guides" / "mock.md").read_text(encoding="utf-8"), re.DOTALL
)
WHOLE = [block for block in BLOCKS if "print(" in block and "_client" not in block]
FILES = {found[1]: block for block in BLOCKS if (found := re.match(r"# (\w+\.py)\n", block))}


@pytest.mark.parametrize("block", WHOLE, ids=range(len(WHOLE)))
def test_examples_print_what_they_say(
    block: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(block, "docs/guides/mock.md", "exec"), {})
    assert capsys.readouterr().out.split() == re.findall(r"#\s(.*)$", block, re.MULTILINE)[-1].split()


def test_the_files_of_the_guide_pass(tmp_path: Path) -> None:
    assert sorted(FILES) == ["pipeline.py", "test_pipeline.py", "test_tasks.py"]
    for name, block in FILES.items():
        (tmp_path / name).write_text(block, encoding="utf-8")
    done = run_pytest(tmp_path, "coalesce_client")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
