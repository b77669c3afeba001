"""Saved copies of docs pages. They are not committed: their text belongs to the vendors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

VARIABLE: Final = "SPECLIENT_PAGES"
DEFAULT: Final = Path(".speclient/pages")
SUFFIXES: Final = (".html", ".htm", ".mdx", ".md", ".txt")


def folders(given: str | None) -> tuple[Path, ...]:
    """The folders that are searched, in order: the option, the environment variable, `.speclient/pages`."""
    names = [given, os.environ.get(VARIABLE)]
    return (*(Path(name) for name in names if name), DEFAULT)


def find_copy(name: str, places: Sequence[Path]) -> Path | None:
    """The saved copy of a page, or None."""
    for folder in places:
        for suffix in SUFFIXES:
            path = folder / f"{name}{suffix}"
            if path.is_file():
                return path
    return None
