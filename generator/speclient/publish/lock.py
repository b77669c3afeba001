"""`speclient.lock`: what a package was made from, and the hash of each file, so that a change by hand is seen."""

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
    """SHA-256 in hexadecimal, of text whose lines end in LF: a checkout on Windows changes nothing."""
    return hashlib.sha256(normal(content)).hexdigest()


def normal(content: bytes) -> bytes:
    """The content with LF at the end of lines. All files of a package are text."""
    return content.replace(b"\r\n", b"\n")


@dataclass(frozen=True, slots=True)
class LockedDocument:
    """The document that a package is generated from: its path, relative to the package's folder, and its title."""

    path: str
    title: str


def document_path(spec: Path, folder: Path) -> str:
    """The path of a document as the lock of a package records it: the same in every checkout of a repository.

    Where the two have only the root of the file system in common, it is the file's name: the lock must not name
    folders of one machine.
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
    """The lock of one package. `spec` and `files` are path -> hash; `settings` is the hash of what was set.

    `pending` stands in it while files are being replaced only: their hashes to come. A run that was broken off leaves
    files of both kinds, and none of them was changed by hand.
    """

    generator: str
    spec: Mapping[str, str]
    settings: str
    files: Mapping[str, str]
    pending: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Any = None
    """What `naming` has to know the next time, as JSON data."""
    document: LockedDocument | None = None
    """None in locks of earlier versions."""
    errors: int = 0
    """How many errors were reported; such a package is not up to date, so that the next run reports them again."""

    def dump(self) -> bytes:
        """As JSON, one hash a line."""
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
    """The lock of a package's folder, or None when there is none that can be read."""
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
