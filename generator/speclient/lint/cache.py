"""A cache of the validator's output, by the content of the document.

The validator takes a second to start, and its output depends only on the content. `SPECLIENT_CACHE`: a folder or `off`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path


def path_of(asked: str) -> Path | None:
    """The cache file for an input; None when the cache is disabled."""
    chosen = os.environ.get("SPECLIENT_CACHE")
    if chosen == "off":
        return None
    try:
        folder = (
            Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "speclient"
        )
    except RuntimeError:  # There is no home folder.
        return None
    text = f"{version('openapi-spec-validator')}\n{asked}"
    return folder / "validator" / f"{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}.jsonl"


def read(path: Path) -> str | None:
    """The cached output, or None."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def write(path: Path, said: str) -> None:
    """Write the output atomically. A cache that cannot be written is not an error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(said)
        os.replace(file.name, path)
    except OSError:
        return
