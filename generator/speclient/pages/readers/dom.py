"""Steps in the DOM of a saved page that several readers need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from selectolax.lexbor import LexborNode

from speclient.pages.facts import operation_key
from speclient.pages.readers.constraints import parse_json
from speclient.pages.text import PageText, normalised

METHODS: Final = "GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE|QUERY"
STATUS = re.compile(r"(?:[1-5]\d\d|[1-5]XX|default)", re.IGNORECASE)
MEDIA_TYPE = re.compile(r"[\w*.+-]+/[\w*.+-]+(?:\s*;[^/]*)?")
_ENDPOINT = re.compile(rf"^({METHODS})\s*(/\S*|https?://\S+)$", re.IGNORECASE)
_ORIGIN = re.compile(r"^https?://[^/?#]+")

MAX_LEVELS: Final = 300
"""Levels of nested elements that a reader follows."""


def elements(node: LexborNode) -> list[LexborNode]:
    """The child elements."""
    return [child for child in node.iter() if child.tag and not child.tag.startswith(("-", "!"))]


def words(node: LexborNode | None) -> str:
    """The text of an element in one line."""
    return normalised(node.text(separator=" ")) if node is not None else ""


def glued(node: LexborNode | None) -> str:
    """The text of an element in one line, without spaces at the borders of elements."""
    return normalised(node.text()) if node is not None else ""


def inside(node: LexborNode, outer: LexborNode) -> bool:
    """Whether an element is a descendant of another."""
    parent = node.parent
    while parent is not None:
        if parent.mem_id == outer.mem_id:
            return True
        parent = parent.parent
    return False


def own(row: LexborNode, selector: str) -> bool:
    """Whether a table row has an element that is not in a table inside it."""
    for node in row.css(selector):
        nearest = next((parent for parent in ancestors(node) if parent.tag == "tr"), None)
        if nearest is not None and nearest.mem_id == row.mem_id:
            return True
    return False


def outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """The elements that are not inside another one of the list."""
    known = {node.mem_id for node in nodes}
    kept: list[LexborNode] = []
    for node in nodes:
        parent = node.parent
        while parent is not None and parent.mem_id not in known:
            parent = parent.parent
        if parent is None:
            kept.append(node)
    return kept


def tabs(tablist: LexborNode) -> list[tuple[LexborNode, LexborNode | None]]:
    """The tabs of a list of tabs, each with its panel if the page has it.

    Pages write only the selected panel, or all of them in the order of the tabs, or name the panel in `aria-controls`.
    """
    titles = outermost(tablist.css("[role=tab]"))
    around: LexborNode | None = tablist.parent
    panels: list[LexborNode] = []
    while around is not None and not panels:
        panels = [panel for panel in outermost(around.css("[role=tabpanel]")) if not inside(tablist, panel)]
        around = around.parent
    if len(panels) == len(titles):
        return list(zip(titles, panels, strict=True))
    by_id = {panel.attributes.get("id"): panel for panel in panels}
    pairs: list[tuple[LexborNode, LexborNode | None]] = []
    for title in titles:
        panel = by_id.get(title.attributes.get("aria-controls") or "-")
        if panel is None and len(panels) == 1 and title.attributes.get("aria-selected") == "true":
            panel = panels[0]
        pairs.append((title, panel))
    return pairs


def endpoint(text: str) -> tuple[str, str] | None:
    """Method and path or URL, if a text consists of both."""
    match = _ENDPOINT.match(text)
    return (match[1].upper(), match[2]) if match is not None else None


def split_url(url: str, servers: list[str]) -> tuple[str | None, str]:
    """The server and the path of a URL: the longest of the servers that it begins with, else its origin."""
    known = [server.rstrip("/") for server in servers if url.startswith(server.rstrip("/"))]
    if known:
        server = max(known, key=len)
        return server, url[len(server) :] or "/"
    origin = _ORIGIN.match(url)
    return (origin[0], url[origin.end() :] or "/") if origin is not None else (None, url)


def key_of(method: str, url: str, servers: list[str]) -> tuple[str, str | None]:
    """The name of an operation, and its server if the URL has one."""
    server, path = split_url(url, servers)
    return operation_key(method, path), server


def urls(page: PageText) -> list[str]:
    """Lines of a page that are a URL, such as the server of the operations."""
    return [line for line in page.lines if re.fullmatch(r"https?://[^\s?#]+", line)]


def example_of(text: str) -> Any:
    """The value of an example: parsed JSON, else the text."""
    try:
        return parse_json(text)
    except ValueError:
        return text.strip()


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around an element, from the inside."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
