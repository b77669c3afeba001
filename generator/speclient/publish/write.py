"""Bring a package's folder to what was generated: all of it, or nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity
from speclient.publish.lock import LOCK_NAME, Lock, digest, read_lock
from speclient.render import GeneratedFile

_IGNORED = {"__pycache__", "dist", "build", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between a folder and a package, as paths. `edited` were changed by hand since they were made."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def _fatal(code: str, message: str, path: Path) -> FatalError:
    return FatalError(Diagnostic(code, Severity.ERROR, message, Location(path.as_posix()), CODES[code].hint))


def compare(folder: Path, files: Sequence[GeneratedFile]) -> Changes:
    """What writing would change."""
    lock = read_lock(folder)
    recorded = lock.files if lock is not None else {}
    wanted = {file.path: file.content for file in files}
    added, changed, edited = [], [], []
    for path, content in wanted.items():
        try:
            present = (folder / path).read_bytes()
        except OSError:
            added.append(path)
            continue
        if present != content:
            changed.append(path)
            if recorded.get(path) != digest(present):
                edited.append(path)
    removed = [path for path in recorded if path not in wanted and (folder / path).is_file() and _inside(folder, path)]
    edited += [path for path in removed if digest((folder / path).read_bytes()) != recorded[path]]
    return Changes(tuple(added), tuple(changed), tuple(removed), tuple(edited))


def _inside(folder: Path, path: str) -> bool:
    """A lock is a file that anybody can edit: it must not make us delete outside its folder."""
    return (folder / path).resolve().is_relative_to(folder.resolve())


def write(folder: Path, files: Sequence[GeneratedFile], lock: Lock, *, force: bool) -> Changes:
    """Write what differs, and the lock last. A new folder appears whole or not at all.

    Raises:
        FatalError: SC401 a file was edited by hand, SC404 the folder is somebody else's, SC402 it can't be written.
    """
    changes = compare(folder, files)
    known = read_lock(folder)
    if known is None and folder.exists() and not force and _foreign(folder):
        raise _fatal("SC404", "the folder is not empty and has no speclient.lock", folder)
    if changes.edited and not force:
        shown = ", ".join(changes.edited[:5]) + (f" and {len(changes.edited) - 5} more" if len(changes.edited) > 5 else "")
        raise _fatal("SC401", f"changed by hand since it was generated: {shown}", folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".speclient-", dir=folder.parent) as name:
            staging = Path(name) / folder.name
            wanted = {file.path: file.content for file in files}
            new = not folder.exists() or not any(folder.iterdir())
            chosen = wanted if new else {path: wanted[path] for path in (*changes.added, *changes.changed)}
            for path, content in (*chosen.items(), (LOCK_NAME, lock.dump())):
                target = staging / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            if new:
                with contextlib.suppress(FileNotFoundError):
                    folder.rmdir()
                os.replace(staging, folder)
            else:
                _replace(folder, staging, chosen, changes.removed)
    except OSError as problem:
        raise _fatal("SC402", f"{problem.strerror or problem}", folder) from None
    return changes


def _replace(folder: Path, staging: Path, paths: Sequence[str] | dict[str, bytes], removed: Sequence[str]) -> None:
    for path in (*paths, LOCK_NAME):
        if path == LOCK_NAME and not _differs(folder / path, staging / path):
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        os.replace(staging / path, folder / path)
    for path in removed:
        (folder / path).unlink(missing_ok=True)
        parent = (folder / path).parent
        while parent != folder and parent.is_relative_to(folder):
            left = [entry for entry in parent.iterdir() if entry.name not in _IGNORED]
            if left:
                break
            shutil.rmtree(parent)
            parent = parent.parent


def _differs(old: Path, new: Path) -> bool:
    try:
        return old.read_bytes() != new.read_bytes()
    except OSError:
        return True


def _foreign(folder: Path) -> bool:
    return not folder.is_dir() or any(entry.name not in _IGNORED for entry in folder.iterdir())
