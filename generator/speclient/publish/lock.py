"""The lock file `speclient.lock`: the inputs of a package, the hash of each file, and the names to keep."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from speclient.files import read_regular

LOCK_NAME = "speclient.lock"
_VERSION = 1


def digest(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal of text with LF line ends, so that a checkout on Windows has the same hash."""
    return hashlib.sha256(normal(content)).hexdigest()


def normal(content: bytes) -> bytes:
    """Return the content with LF line ends. All files of a package are text."""
    return content.replace(b"\r\n", b"\n")


@dataclass(frozen=True, slots=True)
class LockedDocument:
    """The document of a package: its path relative to the package's folder, and its title."""

    path: str
    title: str


def document_path(spec: Path, folder: Path) -> str:
    """Return the path of a document for the lock file. It is the same in every checkout of a repository.

    If document and package have only the root of the file system in common, it is the file name, because the lock file
    must not contain absolute paths.
    """
    document, package = os.path.realpath(spec), os.path.realpath(folder)
    try:
        common = os.path.commonpath([document, package])
    except ValueError:  # Different drives.
        return spec.name
    if common == os.path.dirname(common):
        return spec.name
    return Path(os.path.relpath(document, package)).as_posix()


@dataclass(frozen=True, slots=True)
class Lock:
    """The content of a lock file. `spec` and `files` map paths to hashes; `settings` is the hash of the settings.

    `pending` is set while files are being replaced and contains their new hashes. After an interrupted run, files of
    both versions exist, and none was edited.
    """

    generator: str
    spec: Mapping[str, str]
    settings: str
    files: Mapping[str, str]
    pending: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Any = None
    """The name lock of `naming`, as JSON data."""
    document: LockedDocument | None = None
    """None in lock files of earlier versions."""
    errors: int = 0
    """The number of errors. A package with errors is not up to date, so the next run reports them again."""

    def dump(self) -> bytes:
        """Return JSON with one hash per line."""
        value: dict[str, Any] = {
            "lock": _VERSION,
            "generator": self.generator,
            **({"document": asdict(self.document)} if self.document is not None else {}),
            **({"errors": self.errors} if self.errors else {}),
            "settings": self.settings,
            "spec": dict(self.spec),
            "files": dict(sorted(self.files.items())),
            "names": self.names,
        }
        if self.pending:
            value["pending"] = dict(sorted(self.pending.items()))
        return (json.dumps(value, indent=1) + "\n").encode()


def read_lock(folder: Path) -> Lock | None:
    """Return the lock of a package, or None if it is missing or unreadable."""
    try:
        value = json.loads(read_regular(folder / LOCK_NAME))
        if value["lock"] != _VERSION:
            return None
        return Lock(
            str(value["generator"]),
            _hashes(value["spec"]),
            str(value["settings"]),
            _hashes(value["files"]),
            _hashes(value.get("pending", {})),
            value.get("names"),
            _document(value.get("document")),
            int(value.get("errors", 0)),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _document(value: Any) -> LockedDocument | None:
    return None if value is None else LockedDocument(str(value["path"]), str(value["title"]))


def _hashes(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(
        isinstance(text, str) and "\0" not in path for path, text in value.items()
    ):
        raise TypeError
    return value
