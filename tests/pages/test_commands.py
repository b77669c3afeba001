"""What the actions of `speclient pages` have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from speclient.cli import main


@pytest.mark.parametrize("action", ["check", "diff", "propose", "fetch"])
def test_without_documents_each_action_says_what_is_missing(
    action: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["pages", action]) == 2
    assert "no document given" in capsys.readouterr().err


PAGE = "# Songs\n\nGET https://api.example.test/songs\n\n## Query parameters\n\n- `limit` (integer): at most 20.\n"


def test_a_file_is_read_and_compared_without_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.md").write_text(PAGE, encoding="utf-8")
    Path("new.md").write_text(PAGE.replace("20", "50"), encoding="utf-8")
    assert main(["pages", "extract", "old.md"]) == 0
    assert "GET /songs query limit" in capsys.readouterr().out
    assert main(["pages", "diff", "old.md", "new.md"]) == 1


def test_a_name_without_a_project_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["pages", "extract", "missing.md"]) == 2
    assert "'missing.md' is neither a file nor the name of a page" in capsys.readouterr().err
