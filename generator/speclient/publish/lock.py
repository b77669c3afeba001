"""`speclient.lock`: what a package was made from, and the hash of each file, so that a change by hand is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK_NAME = "speclient.lock"
_VERSION = 1


def digest(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of one package. `spec` and `files` are path -> hash; `settings` is the hash of what was set."""

    generator: str
    spec: Mapping[str, str]
    settings: str
    files: Mapping[str, str]

    def dump(self) -> bytes:
        """As JSON, one hash a line."""
        value: dict[str, Any] = {
            "lock": _VERSION,
            "generator": self.generator,
            "settings": self.settings,
            "spec": dict(self.spec),
            "files": dict(sorted(self.files.items())),
        }
        return (json.dumps(value, indent=1) + "\n").encode()


def read_lock(folder: Path) -> Lock | None:
    """The lock of a package's folder, or None when there is none that can be read."""
    try:
        value = json.loads((folder / LOCK_NAME).read_bytes())
        if value["lock"] != _VERSION:
            return None
        return Lock(str(value["generator"]), dict(value["spec"]), str(value["settings"]), dict(value["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
