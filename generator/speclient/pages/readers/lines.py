"""The lines of a page, whatever it is saved as."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from speclient.pages.facts import Facts
from speclient.pages.text import MAX_LINES, PageText, SavedPage, normalised, unreadable

METHOD_LINE = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE)\s*(/\S*|https?://\S+)")
_METHOD = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE)")
STATUS = re.compile(r"[1-5]\d\d|[1-5]XX|default", re.IGNORECASE)
MAX_LINE: Final = 20_000
"""Longer lines are not searched."""


def page_lines(page: SavedPage) -> list[str]:
    """The lines that a reader of the page sees. Lines of text keep their numbers and their indentation.

    Raises:
        FatalError: SC701, the page has too many lines.
    """
    if page.format == "html":
        return PageText(page).lines
    lines = text_lines(page.text)
    if len(lines) > MAX_LINES:
        raise unreadable(page.location, f"it has more than {MAX_LINES} lines")
    return lines


def text_lines(text: str) -> list[str]:
    """The lines of a text, with single spaces, without invisible characters, with their indentation."""
    lines: list[str] = []
    for row in split_lines(text):
        content = normalised(row)
        indentation = len(row.expandtabs(4)) - len(row.expandtabs(4).lstrip()) if content else 0
        lines.append(" " * min(indentation, 400) + content)
    return lines


def split_lines(text: str) -> list[str]:
    """The lines of a text as they are, whatever ends them."""
    return re.split(r"\r\n|\r|\n|\f|\v|\x85|\u2028|\u2029", text)


def method_and_path(lines: list[str], index: int) -> tuple[str, str, int] | None:
    """The method and path at a line, in one line or in two, and the index of the next line."""
    text = lines[index].strip()
    if len(text) > 2000:
        return None
    if (match := METHOD_LINE.fullmatch(text)) is not None:
        return match[1], match[2], index + 1
    if _METHOD.fullmatch(text):
        following = index + 1
        while following < len(lines) and not lines[following].strip():
            following += 1
        if following < len(lines) and re.fullmatch(r"(?:/|https?://)\S*", lines[following].strip()):
            return text, lines[following].strip(), following + 1
    return None


def unlisted(line: str) -> str:
    """A line without the mark of a list item."""
    return re.sub(r"^\s*(?:[-*•◦▪‣·]|\d{1,2}[.)])\s+", "", line).strip()


@contextmanager
def beside_prose(facts: Facts, line: int) -> Generator[None]:
    """Facts added within come from a line with prose: unless the line is used already, it stays residue."""
    used = line in facts.used
    yield
    if not used:
        facts.used.discard(line)
