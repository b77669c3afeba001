"""Saved documentation pages as lines of text, bounded.

Line numbers are those of the text that a reader of the page sees, one block per line: a saved HTML file may have all of
its text in a single line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity
from speclient.files import read_regular
from speclient.pages import limits

Format = Literal["html", "markdown", "text"]

MAX_BYTES: Final = 20_000_000
MAX_ELEMENTS: Final = 1_000_000
MAX_DEPTH: Final = 500
MAX_LINES: Final = 200_000

_SKIPPED: Final = frozenset({
    "script", "style", "template", "noscript", "svg", "head", "nav", "header", "footer", "aside", "iframe", "object",
    "canvas", "video", "audio", "dialog",
})  # fmt: skip
_SKIPPED_ROLES: Final = frozenset({
    "navigation", "menu", "menubar", "search", "banner", "contentinfo", "complementary", "dialog", "tooltip",
})  # fmt: skip
_INLINE: Final = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
})  # fmt: skip
_ADMONITIONS: Final = frozenset(
    {"notice", "warning", "success", "note", "tip", "info", "caution", "danger", "important"}
)
_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A saved page.

    Attributes:
        name: the file's name without its suffix.
        location: the file, for messages.
        format: how the file is written.
        text: its content.
    """

    name: str
    location: str
    format: Format
    text: str


def load_page(path: Path) -> SavedPage:
    """Read a saved page.

    Raises:
        FatalError: SC701, the file cannot be read, is too large, or is not text.
    """
    try:
        data = read_regular(path, MAX_BYTES)
    except OSError as problem:
        raise unreadable(path.as_posix(), problem.strerror or str(problem)) from None
    return page_of(path.stem, path.as_posix(), data, path.suffix)


def page_of(name: str, location: str, data: bytes, suffix: str = "") -> SavedPage:
    """A page from its bytes.

    Raises:
        FatalError: SC701, it is too large or is not text.
    """
    if len(data) > MAX_BYTES:
        raise unreadable(location, f"it has more than {MAX_BYTES // 1_000_000} MB")
    text = _decoded(data, location)
    start = text[:2000].lstrip().lower()
    markdown = suffix.lower() in (".md", ".mdx", ".markdown")
    html = suffix.lower() in (".html", ".htm", ".xhtml") or start.startswith(("<!doctype html", "<html"))
    return SavedPage(name, location, "markdown" if markdown else "html" if html else "text", text)


def unreadable(location: str, why: str) -> FatalError:
    """The error for a page that cannot be read."""
    return FatalError(
        Diagnostic("SC701", Severity.ERROR, f"the page cannot be read: {why}", Location(location), CODES["SC701"].hint)
    )


def _decoded(data: bytes, location: str) -> str:
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise unreadable(location, "it is not text")
    charset = re.search(rb"""<meta[^>]{0,200}charset=["']?([\w-]{2,40})""", data[:4096], re.IGNORECASE)
    candidates = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig"]
    if charset is not None:
        candidates.append(charset[1].decode("ascii"))
    for encoding in (*candidates, "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", errors="replace")


def _is_admonition(tag: str, classes: str | None) -> bool:
    """Whether an `aside` is a note within the documentation, as Slate writes them."""
    return tag == "aside" and bool(_ADMONITIONS & set((classes or "").split()))


def normalised(text: str) -> str:
    """Text with single spaces and without invisible characters."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


@dataclass
class PageText:
    """The text of an HTML page, and which line each element begins at.

    Args:
        page: the page.
        skip: CSS selectors of elements whose text is not part of the documentation, besides navigation and scripts.
        within: CSS selectors of the element with the documentation, for pages where it is not `main` or `article`.

    Raises:
        FatalError: SC701, the page has too many elements, lines, or levels.
    """

    page: SavedPage
    skip: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    lines: list[str] = field(default_factory=list)
    _first: dict[int, int] = field(default_factory=dict)
    _last: dict[int, int] = field(default_factory=dict)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page."""
        if (limit := limits.exceeded(self.page.text)) is not None:
            raise unreadable(self.page.location, limit)
        return LexborHTMLParser(self.page.text)

    @cached_property
    def root(self) -> LexborNode:
        """The element with the documentation: `main`, `article`, or the body."""
        for selector in (*self.within, "main", "[role=main]", "article"):
            if len(found := self.tree.css(selector)) == 1:
                return found[0]
        body = self.tree.body
        if body is None:
            raise unreadable(self.page.location, "it has no body")
        return body

    def __post_init__(self) -> None:
        """Read the lines."""
        self._read()

    def line(self, node: LexborNode) -> int:
        """The line at which an element begins, from 1; 0 if it has no text."""
        return self._first.get(node.mem_id, 0)

    def end(self, node: LexborNode) -> int:
        """The line at which an element ends."""
        return self._last.get(node.mem_id, self.line(node))

    def _read(self) -> None:
        skipped = {node.mem_id for selector in self.skip for node in self.tree.css(selector)}
        parts: list[str] = []
        count = 0

        def finish(*, verbatim: bool = False) -> None:
            text = "".join(parts)
            parts.clear()
            for row in text.split("\n") if verbatim else (text,):
                shown = _INVISIBLE.sub("", row).rstrip() if verbatim else normalised(row)
                if shown.strip():
                    self.lines.append(shown)
            if len(self.lines) > MAX_LINES:
                raise unreadable(self.page.location, f"it has more than {MAX_LINES} lines")

        # Steps of a depth-first walk without recursion: an element to enter, or one to leave.
        stack: list[tuple[Any, bool, bool, int]] = [(self.root, False, False, 0)]
        while stack:
            node, leaving, verbatim, depth = stack.pop()
            tag = node.tag
            if tag == "-text":
                parts.append(node.text_content or "" if verbatim else _SPACE.sub(" ", node.text_content or ""))
                continue
            block = tag not in _INLINE and not (verbatim and tag != "pre")
            if leaving:
                if block:
                    finish(verbatim=verbatim)
                self._last[node.mem_id] = len(self.lines) + bool("".join(parts).strip())
                continue
            count += 1
            if count > MAX_ELEMENTS or depth > MAX_DEPTH:
                raise unreadable(self.page.location, "it has too many elements or levels")
            attributes = node.attributes if tag and not tag.startswith("-") else {}
            if (
                tag is None
                or tag.startswith(("-", "!"))
                or (
                    tag in _SKIPPED
                    and node.mem_id != self.root.mem_id
                    and not _is_admonition(tag, attributes.get("class"))
                )
                or node.mem_id in skipped
                or attributes.get("role") in _SKIPPED_ROLES
            ):
                continue
            if tag == "br":
                if verbatim:
                    parts.append("\n")
                else:
                    finish()
                continue
            if block:
                finish(verbatim=verbatim)
            inner = verbatim or tag == "pre"
            # An inline element may begin in the middle of a line.
            self._first[node.mem_id] = len(self.lines) + 1
            stack.append((node, True, inner, depth))
            children = list(node.iter(include_text=True))
            stack.extend((child, False, inner, depth + 1) for child in reversed(children))
        finish()
