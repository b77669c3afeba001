"""The package of each feature folder, as the checkers of its users see it: all in one run of each checker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from speclient.config import Settings
from speclient.pipeline import generate

FEATURES = ROOT / "tests" / "features"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages, side by side."""
    out = tmp_path_factory.mktemp("features")
    together = out / "together"
    together.mkdir()
    for folder in sorted(path.parent for path in FEATURES.glob("*/openapi.yaml")):
        chosen = folder / "settings.json"
        settings: dict[str, Any] = json.loads(chosen.read_text(encoding="utf-8")) if chosen.exists() else {}
        if settings.get("templates"):
            continue  # What a user's template makes is the user's.
        name = f"{folder.name.replace('_', '-')}-feature"
        made = generate(folder / "openapi.yaml", Settings(output=str(out), package=name))
        assert made.folder is not None
        package = next(path.parent for path in made.folder.glob("*/__init__.py"))
        package.rename(together / package.name)
        (made.folder / "pyproject.toml").replace(together / "pyproject.toml")  # The checkers' settings are the same.
    return together


@pytest.mark.parametrize(
    "command",
    [("mypy", "--strict"), ("basedpyright", "--pythonpath", sys.executable, "--level", "error")],
    ids=("mypy", "basedpyright"),
)
def test_the_packages_are_clean(packages: Path, command: tuple[str, ...]) -> None:
    names = sorted(path.name for path in packages.iterdir() if path.is_dir() and (path / "__init__.py").exists())
    assert len(names) > 40
    done = subprocess.run(
        [sys.executable, "-m", *command, *names], cwd=packages, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
