"""Which package belongs to a document, and from which files it was generated."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from speclient import __version__
from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity
from speclient.files import read_regular
from speclient.publish.lock import LOCK_NAME, Lock, digest, document_path, read_lock

if TYPE_CHECKING:
    from speclient.document import Document

GENERATOR = f"speclient {__version__}"


def up_to_date(spec: Path, output: Path, fingerprint: str) -> Path | None:
    """The folder of a package that was generated from exactly this input and not changed since.

    Args:
        spec: the document.
        output: the folder of all packages.
        fingerprint: of the settings.
    """
    try:
        content = digest(read_regular(spec))
    except OSError:
        return None
    for lock_path in sorted(output.glob(f"*/{LOCK_NAME}")):
        folder = lock_path.parent
        lock = read_lock(folder)
        if (
            lock is None
            or lock.pending
            or lock.errors
            or not _is_of(lock, spec, folder)
            or lock.generator != GENERATOR
            or lock.settings != digest(fingerprint.encode())
        ):
            continue
        (name, first), *others = lock.spec.items() or [("", "")]
        if name != spec.name or first != content:
            continue
        if any(_hash(spec.parent / other) != value for other, value in others):
            continue
        if all(_hash(folder / path) == value for path, value in lock.files.items()):
            return folder
    return None


def package_of(spec: Path, output: Path) -> Path | None:
    """The folder of the package that was generated from a document."""
    for lock_path in sorted(output.glob(f"*/{LOCK_NAME}")):
        lock = read_lock(lock_path.parent)
        if lock is not None and _is_of(lock, spec, lock_path.parent):
            return lock_path.parent
    return None


def _is_of(lock: Lock, spec: Path, folder: Path) -> bool:
    """Whether a package is that of a document. Locks of earlier versions record only the file's name."""
    if lock.document is None:
        return next(iter(lock.spec), None) == spec.name
    return lock.document.path == document_path(spec, folder)


def _hash(path: Path) -> str | None:
    try:
        return digest(read_regular(path))
    except OSError:
        return None


def inputs_of(spec: Path, document: Document) -> dict[str, str]:
    """The files that a package depends on, with their hashes."""
    texts = {Path(name).name if name == document.root_file else name: text for name, text in document.texts()}
    overlays = [Path(os.path.relpath(overlay, spec.parent)).as_posix() for overlay in document.overlays]
    return {name: _input_digest(spec, name, texts) for name in (*texts, *overlays)}


def _input_digest(spec: Path, name: str, texts: Mapping[str, str]) -> str:
    if name.startswith(("http://", "https://")):
        return digest(texts[name].encode())
    return digest(read_regular(spec if name == spec.name else spec.parent / name))


def refuse_taken(spec: Path, folder: Path, taken: Collection[Path]) -> None:
    """Refuse to write over the package of another document of the same run.

    Raises:
        FatalError: SC405.
    """
    if folder in taken:
        message = f"the package {folder.name!r} is that of another document of this run"
        location = Location(spec.as_posix(), "/info/title")
        raise FatalError(Diagnostic("SC405", Severity.ERROR, message, location, CODES["SC405"].hint))
