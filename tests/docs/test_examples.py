"""The programs of docs/guides/examples.md run against the mocks of their documents, and type-check."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from run_pages import run_pages
from speclient.cli import main
from speclient.config import Settings
from speclient.pipeline import generate
from tests_support import ROOT

PAGE = ROOT / "docs" / "guides" / "examples.md"
SECTIONS = dict(
    re.findall(r"\(\.\./examples/(\w+)\.yaml\).*?```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
)


@pytest.mark.parametrize("name", ["words", "forge", "till"])
def test_an_example_runs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = ROOT / "docs" / "examples" / f"{name}.yaml"
    assert main(["check", "--strict", str(spec)]) == 0, capsys.readouterr().out
    outcome = generate(spec, Settings(output=str(tmp_path)))
    assert outcome.folder is not None
    page = outcome.folder / "EXAMPLE.md"
    page.write_text(f"# Example\n\n```python\n{SECTIONS[name]}```\n", encoding="utf-8")
    assert run_pages(spec, page) == (1, [])
    program = outcome.folder / "program.py"
    program.write_text(SECTIONS[name], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(program)],
        cwd=outcome.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
