"""A user's folder of templates: which files it may contain."""

from __future__ import annotations

import difflib
import importlib.resources
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from speclient.diagnostics import Diagnostic, FatalError, Location, Severity


def known_templates() -> tuple[str, ...]:
    """The names of all templates, below `speclient/templates/package`."""
    return tuple(sorted(_names(importlib.resources.files("speclient") / "templates" / "package", "")))


def check_templates(folder: Path) -> None:
    """Refuse a file that replaces no template: most likely its name is misspelled, and it would have no effect.

    A name that begins with `_` is free for files that the user's own templates include.

    Raises:
        FatalError: SC303, a file has the name of no template.
    """
    known = known_templates()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name in known or any(part.startswith((".", "_")) for part in name.split("/")):
            continue
        message = f"{name}: there is no template of this name to replace{_suggestion(name, known)}"
        hint = "rename or remove it; names that begin with `_` are free for parts that your templates include"
        raise FatalError(Diagnostic("SC303", Severity.ERROR, message, Location(path.as_posix()), hint))


def _suggestion(name: str, known: Sequence[str]) -> str:
    by_lower = {each.lower(): each for each in known} | {each.rpartition("/")[2].lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), by_lower, 1)
    return f" (did you mean {by_lower[close[0]]!r}?)" if close else ""


def _names(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _names(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".jinja"):
            yield f"{prefix}{entry.name}"
