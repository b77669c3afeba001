"""The pytest plugin: a fixture for each installed package, found by its entry point."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from speclient.mock import PackageError, PackageMock
from tests_support import GENERATED

TESTS = '''
import asyncio
import sys

import pytest


def test_nothing_is_imported_before_use():
    assert "coalesce_client" not in sys.modules


def pipeline():
    """The code under test: it creates its own client."""
    from coalesce_client import Coalesce

    with Coalesce() as client:
        return [run.id for run in client.runs.list(limit=7)]


def test_mine(coalesce_mock):
    assert sorted(map(str, pipeline())) == sorted(coalesce_mock.ids("listRuns"))
    # 60 runs on pages of 7; a page without a cursor in its body does not say that it is the last.
    assert len(coalesce_mock.calls("listRuns")) == 10
    coalesce_mock.assert_called_with("listRuns", query={"limit": 7})


def test_retry(coalesce_mock):
    coalesce_mock.on("listRuns").respond(503, 503)
    with coalesce_mock.client() as client:
        assert client.runs.list(limit=3).first_page()
    coalesce_mock.assert_called("listRuns", 3)


def test_asynchronous(coalesce_mock):
    async def run():
        from coalesce_client import AsyncCoalesce

        async with AsyncCoalesce() as client:
            return len([run async for run in client.runs.list(limit=50)])

    assert asyncio.run(run()) == 60


@pytest.mark.speclient_mock(size=3, seed=4)
def test_options(coalesce_mock):
    assert len(pipeline()) == 3


def test_each_test_has_its_own(coalesce_mock):
    assert coalesce_mock.calls() == []


@pytest.mark.parametrize("state", ["completed", "failed"])
def test_waiting(coalesce_mock, state):
    from coalesce_client import WaitError

    coalesce_mock.add("listRuns", {"runStatus": "running"}, id=9000)
    coalesce_mock.lifecycle("listRuns", ["running", state], id=9000)
    with coalesce_mock.client() as client:
        try:
            client.runs.wait(9000, first_interval=0.001)
        except WaitError:
            assert state == "failed"
        else:
            assert state == "completed"
'''


def run_pytest(folder: Path, *packages: str) -> subprocess.CompletedProcess[str]:
    """pytest in a project where these packages are installed."""
    site = folder / "site"
    for package in packages:
        info = site / f"{package}-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n", encoding="utf-8")
        short = package.removesuffix("_client")
        (info / "entry_points.txt").write_text(f"[speclient.packages]\n{short} = {package}\n", encoding="utf-8")
    roots = [str(site), *(str(path) for path in sorted(GENERATED.iterdir()) if path.is_dir())]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_fixtures_of_installed_packages(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    done = run_pytest(tmp_path, "coalesce_client")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 passed" in done.stdout


def test_a_package_that_is_not_installed_has_no_fixture(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    done = run_pytest(tmp_path, "cortex_client")
    assert "fixture 'coalesce_mock' not found" in done.stdout
    assert "cortex_mock" in done.stdout


def test_every_package_lists_itself() -> None:
    for project in sorted(GENERATED.iterdir()):
        if project.is_dir():
            text = (project / "pyproject.toml").read_text(encoding="utf-8")
            assert '[project.entry-points."speclient.packages"]' in text


def test_an_unknown_package_is_named() -> None:
    with pytest.raises(PackageError, match="'nowhere_client' is not a package"):
        PackageMock("nowhere_client")
    with pytest.raises(PackageError, match="'json' is not a package"):
        PackageMock("json")
