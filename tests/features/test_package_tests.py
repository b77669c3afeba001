"""`speclient generate --tests`: the written tests run against the mock, and notice a faulty package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SPEC = Path(__file__).resolve().parents[1] / "contract" / "everything.yaml"


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("generated")
    generated = run("speclient", "generate", str(SPEC), "--tests", "--output", str(output), cwd=output)
    assert generated.returncode == 0, generated.stderr
    return output / "everything-client"


def test_without_the_option_there_are_none(tmp_path: Path) -> None:
    run("speclient", "generate", str(SPEC), "--output", str(tmp_path), cwd=tmp_path)
    assert (tmp_path / "everything-client" / "pyproject.toml").exists()
    assert not (tmp_path / "everything-client" / "tests").exists()


def test_the_tests_pass_and_fail_for_a_faulty_package(project: Path) -> None:
    passing = run("pytest", "-q", "-p", "no:cacheprovider", cwd=project)
    assert passing.returncode == 0, passing.stdout
    errors = project / "everything_client" / "errors.py"
    source = errors.read_text(encoding="utf-8")
    assert "404: NotFoundError," in source
    errors.write_text(source.replace("404: NotFoundError,", ""), encoding="utf-8")
    assert run("pytest", "-q", "-p", "no:cacheprovider", cwd=project).returncode == 1
