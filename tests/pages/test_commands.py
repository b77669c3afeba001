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
