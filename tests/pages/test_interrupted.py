"""Commands that write are killed at each of their writes: every file is old or new, and a second run completes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from speclient.cli import main

PAGE = """# Songs

## GET https://api.example.test/songs

### Query parameters

| Name | Type | Description |
|---|---|---|
| `limit` | integer | Maximum 20. |

### Status codes

| Code | Description |
|---|---|
| 200 | The songs. |
"""
KILLED = 9

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPECLIENT_PAGES", raising=False)
    monkeypatch.chdir(tmp_path)


def files(folder: Path) -> dict[str, bytes]:
    """The content of the files, without leftovers of interrupted writes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".tmp")
    }


def killed_at(number: int, folder: Path, arguments: list[str]) -> bool:
    """Run a command in a process that dies in the given write, half of it done; tell whether it came to that."""
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        count = 0

        def dying(write: Callable[..., Any], *, half: bool) -> Callable[..., Any]:
            def wrapper(target: Any, content: Any, *rest: Any, **options: Any) -> Any:
                nonlocal count
                count += 1
                if count == number:
                    if half:
                        write(target, content[: len(content) // 2], *rest, **options)
                    os._exit(KILLED)
                return write(target, content, *rest, **options)

            return wrapper

        Path.write_bytes = dying(Path.write_bytes, half=True)  # type: ignore[method-assign]
        Path.write_text = dying(Path.write_text, half=True)  # type: ignore[method-assign]
        os.replace = dying(os.replace, half=False)
        shutil.copyfile = dying(shutil.copyfile, half=False)
        try:
            main(arguments)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == KILLED


def project(folder: Path) -> None:
    folder.mkdir(parents=True)
    page = folder.parent / "songs.md"
    page.write_text(PAGE, encoding="utf-8")
    assert main(["init", str(folder), "--page", str(page)]) == 0


def changed_project(folder: Path) -> None:
    project(folder)
    copy = folder / ".speclient" / "pages" / "songs.md"
    copy.write_text(copy.read_text(encoding="utf-8").replace("Maximum 20", "Maximum 50"), encoding="utf-8")


def empty_project(folder: Path) -> None:
    (folder / "specs").mkdir(parents=True)
    (folder / "specs" / "api.yaml").write_text("openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\n")
    (folder / "songs.md").write_text(PAGE)


def check_each_write(tmp_path: Path, arguments: list[str], prepare: Callable[[Path], None]) -> int:
    """Kill a command at each of its writes; return the number of writes."""
    complete = tmp_path / "complete" / "api"
    prepare(complete)
    before = files(complete)
    assert not killed_at(0, complete, arguments)
    after = files(complete)
    assert after != before
    number = 0
    while True:
        number += 1
        folder = tmp_path / f"run{number}" / "api"
        prepare(folder)
        if not killed_at(number, folder, arguments):
            return number - 1
        for name, content in files(folder).items():
            assert content in (before.get(name), after.get(name)), (number, name)
        assert not killed_at(0, folder, arguments)
        assert files(folder) == after, number


def test_propose(tmp_path: Path) -> None:
    assert check_each_write(tmp_path, ["pages", "propose", "--write"], changed_project) == 6


def test_extract(tmp_path: Path) -> None:
    arguments = ["pages", "extract", "songs.md", "--spec", "specs/api.yaml", "--write"]
    assert check_each_write(tmp_path, arguments, empty_project) == 6


def test_init(tmp_path: Path) -> None:
    page = tmp_path / "songs.md"
    page.write_text(PAGE)
    number = 0
    while True:
        number += 1
        folder = tmp_path / f"run{number}" / "api"
        folder.parent.mkdir()
        arguments = ["init", "api", "--page", str(page)]
        if not killed_at(number, folder.parent, arguments):
            break
        assert not folder.exists()
        assert not killed_at(0, folder.parent, arguments)
        assert files(folder).keys() >= {"specs/api.yaml", "pyproject.toml", "specs/facts/songs.yaml"}
    assert number > 8


def test_a_failure_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path / "api")
    monkeypatch.chdir(tmp_path / "api")
    copy = Path(".speclient/pages/songs.md")
    copy.write_text(copy.read_text().replace("Maximum 20", "Maximum 50"))
    before = files(Path())
    original = os.replace
    calls = 0

    def failing(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(28, "No space left on device", str(target))
        original(source, target)

    monkeypatch.setattr(os, "replace", failing)
    assert main(["pages", "propose", "--write"]) == 2
    assert files(Path()) == before
    assert not list(Path().rglob("*.tmp"))
