"""Update the folder of a package: all files or none."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity
from speclient.files import read_regular
from speclient.publish.lock import LOCK_NAME, Lock, digest, normal, read_lock
from speclient.publish.staging import staging_folder
from speclient.render import GeneratedFile

_IGNORED = {"__pycache__", "dist", "build", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences between a folder and a package, as paths. `edited` files differ from the lock file."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def described(self) -> str:
        """The files that writing would touch, the first few by name."""
        kinds = (("missing", self.added), ("different", self.changed), ("no longer generated", self.removed))
        parts: list[str] = []
        for what, paths in kinds:
            if paths:
                shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
                parts.append(f"{what} {shown}")
        return "; ".join(parts)


def _fatal(code: str, message: str, path: Path, hint: str | None = None) -> FatalError:
    return FatalError(Diagnostic(code, Severity.ERROR, message, Location(path.as_posix()), hint or CODES[code].hint))


def compare(folder: Path, files: Sequence[GeneratedFile]) -> Changes:
    """Return what writing would change."""
    lock = read_lock(folder)
    before, pending = (lock.files, lock.pending) if lock is not None else ({}, {})
    wanted = {file.path: file.content for file in files}
    added, changed, removed, edited = [], [], [], []

    def ours(path: str, content: bytes) -> bool:
        return digest(content) in (before.get(path), pending.get(path))

    for path, content in wanted.items():
        try:
            present = read_regular(folder / path)
        except FileNotFoundError:
            added.append(path)
            continue
        except OSError:
            if (folder / path).is_dir():  # Writing will fail with a message.
                added.append(path)
                continue
            # A pipe, device or unreadable file: not a generated file.
            changed.append(path)
            edited.append(path)
            continue
        if normal(present) != normal(content):
            changed.append(path)
            if not ours(path, present):
                edited.append(path)
    for path in {**before, **pending}:
        if path not in wanted and _inside(folder, path) and (folder / path).is_file():
            removed.append(path)
            if not ours(path, read_regular(folder / path)):
                edited.append(path)
    return Changes(tuple(added), tuple(changed), tuple(removed), tuple(edited))


def _inside(folder: Path, path: str) -> bool:
    """Check a path in the lock file. Anyone can edit it, and it must not lead outside the folder."""
    return (folder / path).resolve().is_relative_to(folder.resolve())


def write(folder: Path, files: Sequence[GeneratedFile], lock: Lock, *, force: bool) -> Changes:
    """Write the files that differ, and the lock file last. A new folder appears complete or not at all.

    Raises:
        FatalError: SC401 a file was edited, SC404 the folder was not created by speclient, SC405 the package of
            another document, SC402 it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise _fatal("SC402", "a file exists in place of the package's folder", folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with staging_folder(folder) as staging:
            return _write(folder, files, lock, staging, force=force)
    except OSError as problem:
        raise _fatal("SC402", _what_failed(problem, folder), folder) from None


def _write(folder: Path, files: Sequence[GeneratedFile], lock: Lock, staging: Path, *, force: bool) -> Changes:
    changes = compare(folder, files)
    known = read_lock(folder)
    if not force:
        refuse_other_document(folder, known, lock)
    if known is None and not force and _foreign(folder):
        if (folder / LOCK_NAME).exists():
            raise _fatal("SC404", f"{LOCK_NAME} cannot be read (unresolved merge conflict?)", folder)
        raise _fatal("SC404", f"the folder is not empty and has no {LOCK_NAME}", folder)
    if changes.edited and not force:
        shown = ", ".join(changes.edited[:5]) + (
            f" and {len(changes.edited) - 5} more" if len(changes.edited) > 5 else ""
        )
        raise _fatal("SC401", f"edited since they were generated: {shown}", folder)
    wanted = {file.path: file.content for file in files}
    new = not folder.exists() or not any(folder.iterdir())
    chosen = tuple(wanted) if new else (*changes.added, *changes.changed)
    _refuse_links(folder, (*chosen, *changes.removed))
    _fill(staging / "new", {**{path: wanted[path] for path in chosen}, LOCK_NAME: lock.dump()})
    if new:
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()
        os.replace(staging / "new", folder)
    elif changes or _differs(folder / LOCK_NAME, staging / "new" / LOCK_NAME):
        switch = _Switch(folder, staging / "new", staging / "before", chosen, changes.removed)
        switch.run(replace(known or Lock("", {}, "", {}), pending=lock.files))
    return changes


def refuse_other_document(folder: Path, known: Lock | None, lock: Lock) -> None:
    """Raise if the package of one document would replace that of another.

    A document that was moved is recognized by its title.

    Raises:
        FatalError: SC405.
    """
    if known is None or lock.document is None:
        return
    if known.document is None:  # A lock file of an earlier version has only the file name.
        before = next(iter(known.spec), "")
        if before in ("", Path(lock.document.path).name):
            return
        title = ""
    else:
        before = known.document.path
        moved = known.document.title == lock.document.title and not _exists(folder, before)
        if before == lock.document.path or moved:
            return
        title = f" ({known.document.title!r})"
    message = (
        f"this is the package of another document, {_shown(folder, before)}{title}; "
        f"{_shown(folder, lock.document.path)} ({lock.document.title!r}) would overwrite it"
    )
    hint = (
        "choose another name with --package NAME or `x-speclient: {package: ...}`, or another --output; "
        "if the document was moved or renamed, pass --force once"
    )
    raise _fatal("SC405", message, folder, hint)


def _shown(folder: Path, document: str) -> str:
    """Return a recorded path relative to the current folder."""
    return Path(os.path.normpath(folder / document)).as_posix() if "/" in document else document


def _exists(folder: Path, document: str) -> bool:
    """Return whether the recorded document exists. For a bare file name this is unknown and assumed."""
    return "/" not in document or os.path.lexists(folder / document)


def _refuse_links(folder: Path, paths: Sequence[str]) -> None:
    """Return a symbolic link among the folders of the package, or None."""
    for parent in {parent for path in paths for parent in Path(path).parents if parent.name}:
        if (folder / parent).is_symlink():
            message = f"{parent.as_posix()} is a symbolic link; its target is not part of the package"
            raise _fatal("SC402", message, folder, "replace the link with a folder, or remove it")


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _what_failed(problem: OSError, folder: Path) -> str:
    why = problem.strerror or str(problem)
    for name in (problem.filename2, problem.filename):
        if isinstance(name, str) and Path(name) != folder and Path(name).is_relative_to(folder):
            return f"{Path(name).relative_to(folder).as_posix()}: {why}"
    return f"cannot be written: {why}"


@dataclass(frozen=True, slots=True)
class _Switch:
    """Replaces files of an existing package, and undoes all changes on an exception.

    After a kill, the next run completes the replacement; the hashes in `pending` show that no edit is lost.
    """

    folder: Path
    staging: Path
    backup: Path
    chosen: Sequence[str]
    removed: Sequence[str]

    def run(self, journal: Lock) -> None:
        for path in (*self.chosen, *self.removed, LOCK_NAME):
            if (self.folder / path).is_file():
                (self.backup / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / path, self.backup / path)
        _fill(self.backup, {f"{LOCK_NAME}.pending": journal.dump()})
        done = [LOCK_NAME]
        try:
            if self.chosen or self.removed:
                os.replace(self.backup / f"{LOCK_NAME}.pending", self.folder / LOCK_NAME)
            for path in self.chosen:
                done.append(path)
                (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(self.staging / path, self.folder / path)
            for path in self.removed:
                done.append(path)
                (self.folder / path).unlink(missing_ok=True)
                self._prune(path)
            os.replace(self.staging / LOCK_NAME, self.folder / LOCK_NAME)
        except BaseException:
            for path in reversed(done):
                with contextlib.suppress(OSError):
                    self._restore(path)
            raise

    def _restore(self, path: str) -> None:
        if (self.backup / path).is_file():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.backup / path, self.folder / path)
        else:
            (self.folder / path).unlink(missing_ok=True)
            self._prune(path)

    def _prune(self, path: str) -> None:
        """Remove empty folders."""
        parent = (self.folder / path).parent
        while parent != self.folder and parent.is_relative_to(self.folder):
            if any(entry.name not in _IGNORED for entry in parent.iterdir()):
                break
            shutil.rmtree(parent)
            parent = parent.parent


def _differs(old: Path, new: Path) -> bool:
    try:
        return old.read_bytes() != new.read_bytes()
    except OSError:
        return True


def _foreign(folder: Path) -> bool:
    return folder.is_dir() and any(entry.name not in _IGNORED for entry in folder.iterdir())
