"""Each folder beside this file is a feature: a document, the tree that it must give, and the messages.

`settings.json` holds what the run is asked for, where the feature is about that.

After a change that is meant, `SPECLIENT_UPDATE=1 pytest tests/features` writes the trees and messages anew; read the
difference before committing it.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from speclient.config import Settings
from speclient.diagnostics import render_text
from speclient.pipeline import generate

HERE = Path(__file__).parent
FEATURES = sorted(folder.name for folder in HERE.iterdir() if (folder / "openapi.yaml").is_file())
UPDATE = os.environ.get("SPECLIENT_UPDATE") == "1"


def _shown(path: Path) -> bool:
    """What of a package a feature is about: not the runtime, not the copy of the document, no hashes."""
    whole = path.parent.name in ("resources", "_operations", "models") or path.name in (
        "report.json",
        "_client.py",
        "webhooks.py",
    )
    return whole and "_core" not in path.parts


@pytest.mark.parametrize("feature", FEATURES)
def test_tree_and_messages(feature: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = HERE / feature
    monkeypatch.chdir(folder)
    asked: dict[str, Any] = json.loads(Path("settings.json").read_text()) if Path("settings.json").exists() else {}
    outcome = generate(Path("openapi.yaml"), Settings(output=str(tmp_path), **asked))
    assert outcome.folder is not None
    made = {
        path.relative_to(outcome.folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(outcome.folder.rglob("*"))
        if path.is_file() and _shown(path.relative_to(outcome.folder)) and path.read_text(encoding="utf-8")
    }
    messages = render_text(outcome.diagnostics)
    messages = f"{messages}\n" if messages else ""
    if UPDATE:
        shutil.rmtree(folder / "expected", ignore_errors=True)
        for name, text in made.items():
            target = folder / "expected" / f"{name}.txt"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        (folder / "messages.txt").write_text(messages, encoding="utf-8")
    expected = {
        path.relative_to(folder / "expected").as_posix().removesuffix(".txt"): path.read_text(encoding="utf-8")
        for path in (folder / "expected").rglob("*.txt")
    }
    assert sorted(made) == sorted(expected)
    for name, text in made.items():
        assert text == expected[name], f"{feature}: {name} differs"
    assert messages == (folder / "messages.txt").read_text(encoding="utf-8")


def test_there_are_features() -> None:
    assert len(FEATURES) >= 10
