"""Whole runs: from an empty folder to an import, the run in which nothing changed, and two runs compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests_support import ROOT

SPEC = ROOT / "specs" / "mode.yaml"
_PROBE = """
import sys
from speclient.cli import main
code = main(sys.argv[1:])
print(" ".join(sorted(name for name in sys.modules if "." not in name)))
sys.exit(code)
"""


def _python(
    arguments: Sequence[str], cwd: Path, extra: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "generator"), **(extra or {})}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def _bytes(folder: Path) -> dict[str, bytes]:
    """Every file; without the place of the document, which the lock names as seen from the package."""
    return {
        path.relative_to(folder).as_posix(): re.sub(rb'"path": "[^"]*/([^/"]*)"', rb'"path": "\1"', path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package of one spec, made by a process in it, from a relative path."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "mode.yaml").write_bytes(SPEC.read_bytes())
    done = _python(["-m", "speclient", "generate", "mode.yaml", "--output", "out"], folder, {"PYTHONHASHSEED": "1"})
    assert done.returncode == 0, done.stderr
    return folder


def test_an_unchanged_package_loads_no_generator_and_writes_nothing(generated: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in generated.rglob("*")}
    done = _python(["-c", _PROBE, "generate", "mode.yaml", "--output", "out"], generated)
    shown, modules = done.stdout.splitlines()
    assert done.returncode == 0
    assert shown.endswith("up to date")
    assert {path: path.stat().st_mtime_ns for path in generated.rglob("*")} == before
    assert not {"datamodel_code_generator", "jinja2", "yaml", "httpx2", "pydantic", "schemathesis"} & set(
        modules.split()
    )


@pytest.mark.parametrize("where", ["absolute", "other_folder", "other_seed"])
def test_two_generations_are_byte_identical(generated: Path, where: str, tmp_path: Path) -> None:
    folder = tmp_path / "deeper" / "folder with a space"
    folder.mkdir(parents=True)
    (folder / "mode.yaml").write_bytes(SPEC.read_bytes())
    spec = {"absolute": str(folder / "mode.yaml"), "other_folder": "folder with a space/mode.yaml"}.get(
        where, "mode.yaml"
    )
    cwd = folder.parent if where == "other_folder" else folder
    output = tmp_path / "out"
    seed = {"PYTHONHASHSEED": "2", "TZ": "Pacific/Apia", "LC_ALL": "C"}
    done = _python(["-m", "speclient", "generate", spec, "--output", str(output)], cwd, seed)
    assert done.returncode == 0, done.stderr
    assert _bytes(output) == _bytes(generated / "out")
    assert not any(str(tmp_path).encode() in content for content in _bytes(output).values())


def test_from_init_to_a_call(tmp_path: Path) -> None:
    """What `speclient init` makes is fine at once: it checks, generates, and its package can be imported and called."""
    for command in (["init", "my-api"], ["check", "--strict"], ["generate", "--strict"], ["generate", "--check"]):
        cwd = tmp_path if command[0] == "init" else tmp_path / "my-api"
        done = _python(["-m", "speclient", *command], cwd)
        assert done.returncode == 0, done.stdout + done.stderr
    program = (
        "import httpx2, my_api_client\n"
        "transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json={'id': request.url.path}))\n"
        "client = my_api_client.MyApi(token='t', http_client=httpx2.Client(transport=transport))\n"
        "print(client.things.get('a/b').id)\n"
    )
    package = tmp_path / "my-api" / "generated" / "my-api-client"
    done = _python(["-c", program], tmp_path, {"PYTHONPATH": str(package)})
    assert (done.returncode, done.stdout) == (0, "/things/a/b\n"), done.stderr
