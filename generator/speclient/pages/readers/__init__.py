"""Readers of documentation pages, one module per style of page."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from speclient.pages.readers import (
    docusaurus,
    docusaurus_text,
    elements,
    fallback,
    hal,
    help_article,
    markdown,
    mdx_api,
    mintlify,
    readme,
    redoc,
    slate,
    swagger_ui,
)
from speclient.pages.readers.reading import Reader, Reading
from speclient.pages.secrets import masked
from speclient.pages.text import SavedPage

__all__ = ["READERS", "Reader", "Reading", "read_page"]

READERS: tuple[Reader, ...] = (
    docusaurus.read,
    redoc.read,
    swagger_ui.read,
    elements.read,
    mdx_api.read,
    mintlify.read,
    slate.read,
    readme.read,
    hal.read,
    docusaurus_text.read,
    help_article.read,
    markdown.read,
    fallback.read,
)
"""In the order in which they are tried. The last one reads what any page has."""


def read_page(page: SavedPage) -> Reading:
    """Read a page with the first reader that recognises it."""
    reading = next(reading for reader in READERS if (reading := reader(page)) is not None)
    facts = [replace(fact, value=masked(fact.value)) if fact.kind in _VALUES else fact for fact in reading.facts.facts]
    reading.facts.facts[:] = facts
    return reading


_VALUES: Final = ("example", "default")
"""Kinds of facts whose values a page may copy from a real account."""
