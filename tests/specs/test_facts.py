"""The specs state what the docs pages state, and nothing else without a mark (`speclient pages check`)."""

from __future__ import annotations

import os

import pytest

from speclient.cli import main
from tests_support import ROOT

PAGES = os.environ.get("SPECLIENT_PAGES")


@pytest.fixture(autouse=True)
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_specs_and_recorded_facts_agree(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("SPECLIENT_PAGES", raising=False)
    assert main(["pages", "check", "--strict", "--pages", "no/such/folder"]) == 0, capsys.readouterr().out


@pytest.mark.skipif(PAGES is None, reason="SPECLIENT_PAGES names no folder with the saved pages")
def test_specs_and_saved_pages_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pages", "check", "--strict"]) == 0, capsys.readouterr().out
    assert "no saved copy" not in capsys.readouterr().out
