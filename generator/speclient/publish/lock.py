"""`speclient.lock`: what a package was made from, and the hash of each file, so that a change by hand is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOCK_NAME = "speclient.lock"
_VERSION = 1


def digest(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


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

    def dump(self) -> bytes:
        """As JSON, one hash a line."""
        value: dict[str, Any] = {
            "lock": _VERSION,
            "generator": self.generator,
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
        value = json.loads((folder / LOCK_NAME).read_bytes())
        if value["lock"] != _VERSION:
            return None
        return Lock(
            str(value["generator"]),
            _hashes(value["spec"]),
            str(value["settings"]),
            _hashes(value["files"]),
            _hashes(value.get("pending", {})),
            value.get("names"),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _hashes(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(
        isinstance(text, str) and "\0" not in path for path, text in value.items()
    ):
        raise TypeError
    return value
