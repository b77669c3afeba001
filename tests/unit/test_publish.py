"""Publishing: all of a package or nothing of it, and no hand's work lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from speclient.diagnostics import Diagnostic, FatalError
from speclient.publish.lock import LOCK_NAME, Lock, digest, read_lock
from speclient.publish.write import compare, write
from speclient.render import GeneratedFile

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
