"""Publishing: all of a package or nothing of it, and no hand's work lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from speclient.config import Settings
from speclient.diagnostics import Diagnostic, FatalError
from speclient.pipeline import generate
from speclient.publish.lock import LOCK_NAME, Lock, digest, read_lock
from speclient.publish.packages import package_of
from speclient.publish.write import compare, write
from speclient.render import GeneratedFile
from tests_support import ROOT

Files = Mapping[str, str]
FIRST: Files = {"a.py": "a1", "b/c.py": "c1", "b/d.py": "d1", "e/f.py": "f1", "same.py": "s"}
SECOND: Files = {"a.py": "a2", "b/c.py": "c2", "b/g.py": "g2", "h/i.py": "i2", "same.py": "s"}
THIRD: Files = {"a.py": "a3", "b/c.py": "c3", "h/i.py": "i3", "same.py": "s"}


class Killed(BaseException):
    """What no `except Exception` and no clean-up of ours sees in time."""


def _files(files: Files) -> tuple[GeneratedFile, ...]:
    return tuple(GeneratedFile(path, text.encode()) for path, text in files.items())


def _lock(files: Files) -> Lock:
    return Lock(
        "speclient test",
        {"x.yaml": digest(repr(files).encode())},
        "",
        {p: digest(t.encode()) for p, t in files.items()},
    )


def _write(folder: Path, files: Files, *, force: bool = False) -> None:
    write(folder, _files(files), _lock(files), force=force)


def _nothing(*_: object) -> None:
    """In place of what a killed process does no more."""


def _problem(folder: Path, files: Files) -> Diagnostic | None:
    try:
        _write(folder, files)
    except FatalError as problem:
        return problem.diagnostic
    return None


def _there(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != LOCK_NAME
    }


def _no_debris(tmp_path: Path) -> bool:
    return not list(tmp_path.rglob(".speclient-*")) and all(
        any(path.iterdir()) for path in tmp_path.rglob("*") if path.is_dir()
    )


def _failing_at(
    number: int, real: Callable[..., Any], problem: BaseException, *, for_ever: bool = False
) -> Callable[..., Any]:
    calls = 0

    def failing(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number or (for_ever and calls > number):
            raise problem
        return real(*arguments, **options)

    return failing


def test_a_package_is_brought_to_what_is_wanted(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "package"
    for files in (FIRST, SECOND, THIRD, FIRST):
        _write(folder, files)
        assert _there(folder) == files
        assert read_lock(folder) == _lock(files)
        assert _no_debris(tmp_path)


@pytest.mark.parametrize("function", ["write_bytes", "replace", "mkdir"])
@pytest.mark.parametrize("number", range(1, 8))
def test_a_new_package_is_whole_or_absent(
    function: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out" / "package"
    with monkeypatch.context() as patch:
        owner: Any = os if function == "replace" else Path
        patch.setattr(owner, function, _failing_at(number, getattr(owner, function), OSError(28, "No space left")))
        problem = _problem(folder, FIRST)
    if problem is None:
        assert _there(folder) == FIRST
    else:
        assert problem.code == "SC402"
        assert "No space left" in problem.message
        assert not folder.exists()
    assert not list(tmp_path.rglob(".speclient-*"))
    _write(folder, FIRST)
    assert _there(folder) == FIRST


@pytest.mark.parametrize("function", ["write_bytes", "replace", "unlink"])
@pytest.mark.parametrize("number", range(1, 9))
def test_what_fails_midway_is_undone(
    function: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out" / "package"
    _write(folder, FIRST)
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    before = {**FIRST, "mine.txt": "mine"}
    with monkeypatch.context() as patch:
        owner: Any = os if function == "replace" else Path
        patch.setattr(owner, function, _failing_at(number, getattr(owner, function), OSError(5, "Input/output error")))
        problem = _problem(folder, SECOND)
    if problem is None:
        assert _there(folder) == {**SECOND, "mine.txt": "mine"}
    else:
        assert problem.code == "SC402"
        assert _there(folder) == before
        assert read_lock(folder) == _lock(FIRST)
    assert _no_debris(tmp_path)
    _write(folder, THIRD)
    assert _there(folder) == {**THIRD, "mine.txt": "mine"}


@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize("following", [SECOND, THIRD, FIRST])
def test_what_is_killed_midway_is_mended_by_the_next_run(
    number: int, following: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a power cut: nothing can be undone any more, and no file may count as changed by hand."""
    folder = tmp_path / "out" / "package"
    _write(folder, FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", _failing_at(number, os.replace, Killed(), for_ever=True))
        patch.setattr("speclient.publish.write._Switch._restore", _nothing)
        try:
            _write(folder, SECOND)
        except Killed:
            pass
    _write(folder, following)
    assert _there(folder) == following
    assert read_lock(folder) == _lock(following)


def test_an_edit_is_seen_even_after_a_broken_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "package"
    _write(folder, FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", _failing_at(3, os.replace, Killed(), for_ever=True))
        patch.setattr("speclient.publish.write._Switch._restore", _nothing)
        with pytest.raises(Killed):
            _write(folder, SECOND)
    (folder / "b" / "c.py").write_text("by hand", encoding="utf-8")
    with pytest.raises(FatalError) as caught:
        _write(folder, THIRD)
    assert caught.value.diagnostic.code == "SC401"
    assert "b/c.py" in caught.value.diagnostic.message
    _write(folder, THIRD, force=True)
    assert _there(folder) == THIRD


@pytest.mark.parametrize("path", ["a.py", "b/d.py"])
def test_an_edited_file_is_neither_changed_nor_removed(path: str, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    _write(folder, FIRST)
    (folder / path).write_text("by hand", encoding="utf-8")
    with pytest.raises(FatalError) as caught:
        _write(folder, SECOND)
    assert caught.value.diagnostic.code == "SC401"
    assert _there(folder) == {**FIRST, path: "by hand"}
    assert read_lock(folder) == _lock(FIRST)


def test_an_edit_that_says_what_is_wanted_is_no_edit(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    _write(folder, FIRST)
    (folder / "a.py").write_text("a2", encoding="utf-8")
    _write(folder, SECOND)
    assert _there(folder) == SECOND


def test_a_lock_cannot_name_files_outside_its_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("keep me", encoding="utf-8")
    folder = tmp_path / "package"
    _write(folder, FIRST)
    lock = _lock(FIRST)
    evil = {**lock.files, "../outside.txt": digest(b"keep me"), str(outside): digest(b"keep me")}
    (folder / LOCK_NAME).write_bytes(Lock(lock.generator, lock.spec, lock.settings, evil).dump())
    assert compare(folder, _files(SECOND)).removed == ("b/d.py", "e/f.py")
    _write(folder, SECOND)
    assert outside.read_text(encoding="utf-8") == "keep me"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"lock": 2}', '{"lock": 1}',
     '{"lock": 1, "generator": "", "spec": {}, "settings": "", "files": []}',
     '{"lock": 1, "generator": "", "spec": {}, "settings": "", "files": {"a": 5}}',
     '{"lock": 1, "generator": "", "spec": {}, "settings": "", "files": {"a\\u0000": "b"}}',
     "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n"],
)  # fmt: skip
def test_a_lock_that_cannot_be_read_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text(text, encoding="utf-8")
    assert read_lock(tmp_path) is None


def test_a_lock_comes_back_as_it_was(tmp_path: Path) -> None:
    lock = Lock("g", {"x.yaml": "1"}, "s", {"b": "2", "a": "3"}, {"c": "4"})
    (tmp_path / LOCK_NAME).write_bytes(lock.dump())
    assert read_lock(tmp_path) == lock
    assert b"pending" not in Lock("g", {}, "s", {}).dump()


def test_caches_beside_the_package_are_no_work_of_anybody(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    (folder / "__pycache__").mkdir(parents=True)
    _write(folder, FIRST)
    (folder / "e" / "__pycache__").mkdir()
    (folder / "e" / "__pycache__" / "f.pyc").write_bytes(b"")
    _write(folder, SECOND)
    assert not (folder / "e").exists()


# -- whose package it is ---------------------------------------------------------------------------------------------


SPEC = (
    "openapi: 3.1.0\ninfo: {title: %s, version: '1'}\nservers: [{url: 'https://api.example.com'}]\n"
    "paths: {/a: {get: {operationId: a, responses: {'204': {description: x}}}}}\n"
)


def _spec(folder: Path, name: str, title: str = "Billing API v1") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SPEC % title, encoding="utf-8")
    return path


def _generate(spec: Path, output: Path, **options: Any) -> Diagnostic | None:
    settings = Settings(output=str(output), package=options.pop("package", None))
    try:
        generate(spec, settings, **options)
    except FatalError as problem:
        return problem.diagnostic
    return None


@pytest.mark.parametrize(
    ("name", "title"),
    [("v2.yaml", "Billing API v2"), ("v2/v1.yaml", "Billing API v1"), ("v2.yaml", "Billing API v1")],
)
def test_a_package_is_not_overwritten_by_that_of_another_document(name: str, title: str, tmp_path: Path) -> None:
    first, output = _spec(tmp_path, "v1.yaml"), tmp_path / "out"
    assert _generate(first, output) is None
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    second = _spec(tmp_path, name, title)
    for write_files in (True, False):
        problem = _generate(second, output, write=write_files)
        assert problem is not None
        assert problem.code == "SC405"
        assert "v1.yaml" in problem.message
        assert "--package" in (problem.hint or "")
        assert "--force" in (problem.hint or "")
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before
    assert _generate(second, output, package="billing-two-client") is None
    assert package_of(first, output) == output / "billing-client"
    assert package_of(second, output) == output / "billing-two-client"
    assert _generate(second, output, force=True) is None
    assert package_of(first, output) is None


def test_a_document_may_be_edited_renamed_and_moved(tmp_path: Path) -> None:
    output = tmp_path / "out"
    spec = _spec(tmp_path, "v1.yaml")
    assert _generate(spec, output) is None
    assert _generate(_spec(tmp_path, "v1.yaml", "Billing API v2"), output) is None
    (tmp_path / "specs").mkdir()
    spec.rename(tmp_path / "specs" / "billing.yaml")
    assert _generate(tmp_path / "specs" / "billing.yaml", output) is None
    assert package_of(tmp_path / "specs" / "billing.yaml", output) is not None


def test_the_lock_is_the_same_in_every_checkout(tmp_path: Path) -> None:
    locks = []
    for name in ("one", "two"):
        assert _generate(_spec(tmp_path / name, "specs/v1.yaml"), tmp_path / name / "out") is None
        locks.append((tmp_path / name / "out" / "billing-client" / LOCK_NAME).read_bytes())
    assert locks[0] == locks[1]
    assert b'"path": "../../specs/v1.yaml"' in locks[0]


def test_a_lock_of_an_earlier_version_knows_the_files_name(tmp_path: Path) -> None:
    first, output = _spec(tmp_path, "v1.yaml"), tmp_path / "out"
    assert _generate(first, output) is None
    lock = output / "billing-client" / LOCK_NAME
    value = json.loads(lock.read_bytes())
    del value["document"]
    lock.write_text(json.dumps(value), encoding="utf-8")
    problem = _generate(_spec(tmp_path, "v2.yaml"), output)
    assert problem is not None
    assert problem.code == "SC405"
    assert _generate(first, output, again=True) is None
    assert "document" in json.loads(lock.read_bytes())


# -- line endings ----------------------------------------------------------------------------------------------------


def test_line_endings_are_no_edit(tmp_path: Path) -> None:
    spec, output = _spec(tmp_path, "v1.yaml"), tmp_path / "out"
    assert _generate(spec, output) is None
    package = output / "billing-client"
    assert (package / ".gitattributes").read_text(encoding="utf-8") == "* text=auto eol=lf\n"
    for path in (spec, *package.rglob("*")):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    settings = Settings(output=str(output))
    assert generate(spec, settings).unchanged
    assert generate(spec, settings, write=False, again=True).unchanged
    spec.write_text(SPEC % "Billing API v9", encoding="utf-8")
    outcome = generate(spec, settings)
    assert outcome.written
    readme = package / "README.md"
    readme.write_bytes(readme.read_bytes() + b"mine\r\n")
    problem = _generate(spec, output, again=True)
    assert problem is not None
    assert problem.code == "SC401"


# -- runs that break off, and runs side by side ----------------------------------------------------------------------


_HANG = """
import sys, time
from pathlib import Path
from speclient.publish.staging import staging_folder
with staging_folder(Path(sys.argv[1])) as staging:
    (staging / "half").write_text("half")
    print("ready", flush=True)
    time.sleep(600)
"""


def _hanging(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HANG, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _leftovers(output: Path) -> set[str]:
    return {path.name for path in output.iterdir() if path.name.startswith(".speclient-")}


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    spec, output = _spec(tmp_path, "v1.yaml"), tmp_path / "out"
    output.mkdir()
    killed, alive = _hanging(output / "killed-client"), _hanging(output / "alive-client")
    (output / ".speclient-abcd1234").mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").touch()
    (output / ".speclient-link").symlink_to(outside)
    try:
        killed.kill()
        killed.wait()
        assert ".speclient-killed-client" in _leftovers(output)
        assert _generate(spec, output) is None
        assert _leftovers(output) == {".speclient-alive-client", ".speclient-alive-client.lock"}
        assert (output / ".speclient-alive-client" / "half").exists()
        assert (outside / "mine").exists()
    finally:
        alive.kill()
        alive.wait()
    assert _generate(spec, output) is None  # Up to date, and yet it cleans.
    assert _leftovers(output) == set()


def test_runs_side_by_side_all_succeed(tmp_path: Path) -> None:
    _spec(tmp_path, "v1.yaml")
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "speclient", "generate", "v1.yaml", "--output", "out", "--again"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(8)
    ]
    ends = [(run.communicate()[0], run.returncode) for run in runs]
    assert {code for _, code in ends} == {0}, ends
    assert _leftovers(tmp_path / "out") == set()


def test_force_writes_nothing_behind_a_link(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    _write(folder, FIRST)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "c.py").write_text("mine", encoding="utf-8")
    shutil.rmtree(folder / "b")
    (folder / "b").symlink_to(outside)
    with pytest.raises(FatalError) as caught:
        _write(folder, SECOND, force=True)
    assert caught.value.diagnostic.code == "SC402"
    assert "b is a symbolic link" in caught.value.diagnostic.message
    assert [path.name for path in outside.iterdir()] == ["c.py"]
    assert (outside / "c.py").read_text(encoding="utf-8") == "mine"
