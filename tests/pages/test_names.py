"""Names of pages: browsers save pages under their title."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from speclient.cli import main

PAGE = "# Runs\n\n## List runs\n\n`GET /runs`\n\nResponse 200\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SPECLIENT_PAGES", raising=False)
    (tmp_path / "List runs & more.md").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_init_accepts_any_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["init", "api", "--page", "List runs & more.md"]) == 0
    monkeypatch.chdir(folder / "api")
    assert main(["pages", "diff", "List-runs-more"]) == 0


def test_extract_keeps_a_copy_for_the_next_steps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "api"]) == 0
    shutil.copytree("api/specs", "specs")
    shutil.copyfile("api/pyproject.toml", "pyproject.toml")
    assert main(["pages", "extract", "List runs & more.md", "--spec", "specs/api.yaml", "--write"]) == 0
    main(["pages", "propose", "List-runs-more", "--write"])
    assert "facts recorded" in capsys.readouterr().out
    assert "/runs:" in (folder / "specs" / "api.yaml").read_text(encoding="utf-8")
    # An incomplete copy must not remove operations.
    (folder / ".speclient" / "pages" / "List-runs-more.md").write_text("# Runs\n", encoding="utf-8")
    assert main(["pages", "propose", "List-runs-more", "--write"]) == 2
    assert "/runs:" in (folder / "specs" / "api.yaml").read_text(encoding="utf-8")


def test_a_name_cannot_leave_the_folder(folder: Path) -> None:
    arguments = ["pages", "extract", "List runs & more.md", "--spec", "specs/a.yaml", "--write"]
    assert main([*arguments, "--name", "../../x"]) == 2
