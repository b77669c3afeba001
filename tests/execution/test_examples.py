"""Every program that README and reference of a package show is run, against the mock of its service on a socket."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from run_pages import run_pages
from served import served
from speclient.cli import main
from speclient.config import Settings
from speclient.pipeline import generate
from tests_support import GENERATED, PACKAGES, ROOT

FEATURE_FOLDER = ROOT / "tests" / "features"
FEATURES = sorted(path.parent.name for path in FEATURE_FOLDER.glob("*/openapi.yaml"))


def made(spec: Path, folder: Path) -> Path:
    """The package of a feature, as its folder asks for it."""
    chosen = spec.parent / "settings.json"
    settings: dict[str, Any] = json.loads(chosen.read_text(encoding="utf-8")) if chosen.exists() else {}
    outcome = generate(Path(spec.name), Settings(output=str(folder), **settings))
    assert outcome.folder is not None
    return outcome.folder


def told(failures: list[dict[str, Any]]) -> list[str]:
    return [f"{failure['title']}: {failure['error']}\n{failure['program']}" for failure in failures]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_pages_of_a_package(name: str) -> None:
    project = GENERATED / f"{name}-client"
    count, failures = run_pages(ROOT / "specs" / f"{name}.yaml", project / "README.md", project / "REFERENCE.md")
    assert told(failures) == []
    operations = json.loads(next(project.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))["operations"]
    # Each operation on both pages; and the first program, the asynchronous one, a test, and the one about errors.
    assert count == 2 * len(operations) + 4


@pytest.mark.parametrize("feature", FEATURES)
def test_the_pages_of_a_feature(feature: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FEATURE_FOLDER / feature)
    project = made(FEATURE_FOLDER / feature / "openapi.yaml", tmp_path)
    # The bundled copy has what overlays and other files say.
    document = next(project.glob("*/_spec/openapi.json"))
    count, failures = run_pages(document, project / "README.md", project / "REFERENCE.md")
    rows = json.loads((document.parent / "operations.json").read_text(encoding="utf-8"))["operations"]
    # Where the document has no answer that is a success, its program ends with the error.
    errors = {f"client.{row['call']}" for row in rows if not any(status[0] in "2d" for status in row["responses"])}
    assert told([failure for failure in failures if failure["title"].split(": ")[1] not in errors]) == []
    assert count > 0


def test_a_program_that_fails_is_told_by_its_operation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "openapi.yaml"
    spec.write_text(
        "openapi: 3.1.0\ninfo: {title: Odd, version: '1'}\nservers: [{url: 'https://api.example.com'}]\n"
        "paths:\n  /a:\n    get: {operationId: a, tags: [things], responses: {'204': {description: none}}}\n"
        "  /b:\n    get: {operationId: b, tags: [things], responses: {'500': {description: always}}}\n",
        encoding="utf-8",
    )
    _, failures = run_pages(spec, made(spec, tmp_path / "out") / "REFERENCE.md")
    assert [failure["title"] for failure in failures] == ["REFERENCE.md: client.things.b"]


def test_the_readme_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert programs != []
    with served(ROOT / "specs" / "coalesce.yaml") as url:
        environment = {**os.environ, "COALESCE_BASE_URL": url, "PYTHONPATH": str(GENERATED / "coalesce-client")}
        for program in programs:
            done = subprocess.run(
                [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", PACKAGES)
def test_the_contract_command_finds_nothing_wrong_with_the_mock(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    secret = "v3ry-s3cret"
    for variable in ("TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"{name.upper()}_{variable}", secret)
    code = main(["contract", "service", name, "--mock", "--max-requests", "40"])
    shown = capsys.readouterr().out
    assert code == 0, shown
    assert secret not in shown


def test_the_readme_shows_what_make_prints(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["check"]) == 0
    assert main(["generate"]) == 0
    assert main(["demo"]) == 0
    printed = capsys.readouterr().out.splitlines()
    shown = re.search(r"```console\n\$ make\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    lines = [line for line in shown[1].splitlines() if line != "..."]
    assert len(lines) > 8
    for line in lines:
        assert any(each == line or each.startswith(line.removesuffix(" ...")) for each in printed), line


def test_the_contract_command_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["contract", "service", "nothing", "--url", "http://127.0.0.1:9"]) == 2
    assert "nothing" in capsys.readouterr().err
    assert main(["contract", "service", "cortex", "--url", "http://127.0.0.1:9", "--param", "nope=1"]) == 2
    assert main(["contract", "service", "cortex", "--url", "http://127.0.0.1:9"]) == 2
