"""The result of reading a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from speclient.pages.facts import Facts
from speclient.pages.text import SavedPage


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got from a page.

    Attributes:
        style: the style of the page, such as `redoc`.
        lines: the text of the page, one block per line; facts and sections refer to these lines, counted from 1.
        facts: the facts, sections, lost names and notes.
    """

    style: str
    lines: tuple[str, ...]
    facts: Facts


Reader = Callable[[SavedPage], Reading | None]
"""Reads a page; returns None for a page of another style. It may raise FatalError with SC701."""
