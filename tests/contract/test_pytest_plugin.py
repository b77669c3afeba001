"""The pytest plugin and the programs that repeat a finding."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "generated" / "etlworks-client"
SPEC = ROOT / "specs" / "etlworks.yaml"


def run(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package that does not repeat a request after 503."""
    folder = tmp_path_factory.mktemp("faulty")
    shutil.copytree(
        PACKAGE / "etlworks_client", folder / "etlworks_client", ignore=shutil.ignore_patterns("__pycache__")
    )
    retry = folder / "etlworks_client" / "_core" / "_retry.py"
    text = retry.read_text(encoding="utf-8")
    assert "502, 503" in text
    retry.write_text(text.replace("502, 503", "502"), encoding="utf-8")
    return folder


def test_each_operation_is_a_test(tmp_path: Path) -> None:
    ini = f"[pytest]\ncontract_packages =\n    {PACKAGE}={SPEC}\n"
    (tmp_path / "pytest.ini").write_text(ini, encoding="utf-8")
    process = run(["pytest", "-v", "-p", "no:cacheprovider", "--contract-examples", "1"], tmp_path)
    assert process.returncode == 0, process.stdout
    assert "3 passed" in process.stdout
    assert "etlworks_client: the package PASSED" in process.stdout
    assert "etlworks_client: GET /rest/v1/executions/{flowid} PASSED" in process.stdout


def test_findings_are_shown_without_a_traceback(faulty: Path) -> None:
    arguments = [
        "pytest",
        "-p",
        "no:cacheprovider",
        "--contract",
        f"etlworks_client={SPEC}",
        "--contract-examples",
        "1",
    ]
    process = run(arguments, faulty)
    assert process.returncode == 1
    assert "retry.count" in process.stdout
    assert "Traceback" not in process.stdout
    assert "pytest_plugin.py" not in process.stdout


@pytest.mark.parametrize("argument", ["no_such_package", "../no-such-folder", "etlworks_client=missing.yaml"])
def test_what_cannot_be_tested_is_a_usage_error(faulty: Path, argument: str) -> None:
    process = run(["pytest", "-p", "no:cacheprovider", "--contract", argument], faulty)
    assert process.returncode == 4
    assert "contract tests of" in process.stderr + process.stdout


def test_the_program_of_a_finding_repeats_it(faulty: Path) -> None:
    arguments = [
        "speclient",
        "contract",
        "client",
        "etlworks_client",
        "--spec",
        str(SPEC),
        "--examples",
        "1",
        "--verbose",
    ]
    process = run(arguments, faulty)
    assert process.returncode == 1
    findings = process.stdout.split("error[SC805]")
    finding = next(text for text in findings if "retry.count" in text and "    program" in text)
    lines = finding[finding.index("    program") :].splitlines()[1:]
    program = "\n".join(line.removeprefix("        ") for line in lines if line.startswith("        ") or not line)
    (faulty / "repeat.py").write_text(program, encoding="utf-8")
    repeated = run(["repeat"], faulty)
    assert repeated.stdout.count("GET http") == 1
    assert "ServiceUnavailableError" in repeated.stderr
