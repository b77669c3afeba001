"""Suggestions for misspelled names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_COMPARED = 300
"""The number of names that are compared; comparing is slow."""


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """The end of a message that names the most similar known name; empty if no name is similar."""
    names = list(known)
    if len(names) > _COMPARED:  # Only names with similar length and the same start.
        start = wanted[:1].lower()
        names = [name for name in names if abs(len(name) - len(wanted)) <= 2 and name[:1].lower() == start]
    close = difflib.get_close_matches(wanted, names[:_COMPARED], 1)
    return f"; did you mean {close[0]!r}?" if close else ""
