"""What the validator said of a document, remembered by the document's content.

It takes a second to start, and says the same of the same content. `SPECLIENT_CACHE` names another folder, or is `off`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path


def path_of(asked: str) -> Path | None:
    """The file for a question; None when nothing is to be remembered."""
    chosen = os.environ.get("SPECLIENT_CACHE")
    if chosen == "off":
        return None
    try:
        folder = (
            Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "speclient"
        )
    except RuntimeError:  # There is no home.
        return None
    text = f"{version('openapi-spec-validator')}\n{asked}"
    return folder / "validator" / f"{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}.jsonl"


def read(path: Path) -> str | None:
    """What was said, or None when nothing is remembered."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def write(path: Path, said: str) -> None:
    """Remember it, whole or not at all. A cache that can't be written is no problem of the user's."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(said)
        os.replace(file.name, path)
    except OSError:
        return
