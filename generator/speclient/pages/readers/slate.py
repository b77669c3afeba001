"""Pages by Slate, and the Markdown that widdershins writes for it."""

from __future__ import annotations

import re
from typing import Final

from speclient.pages.facts import Facts
from speclient.pages.readers.blocks import page_blocks, used_blank
from speclient.pages.readers.operations import sections
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.reference import Reference
from speclient.pages.text import PageText, SavedPage

STYLE: Final = "slate"
_NAVIGATION: Final = (
    ".toc-wrapper", ".tocify-wrapper", "#nav-button", ".lang-selector", ".toc-footer", ".search-results", "#toc",
)  # fmt: skip


def read(page: SavedPage) -> Reading | None:
    """Read a page by Slate, or the Markdown for one."""
    start = page.text[:200_000]
    if page.format == "html":
        is_slate = "toc-wrapper" in start or "tocify-wrapper" in start or "toc-link" in start
        if not (is_slate and re.search(r"page-wrapper|dark-box", page.text)):
            return None
        blocks = page_blocks(page, PageText(page, skip=_NAVIGATION))
    elif page.format == "markdown":
        if "Generator: Widdershins" not in start and not re.search(r"^language_tabs:", start[:5000], re.MULTILINE):
            return None
        blocks = page_blocks(page)
    else:
        return None
    facts = Facts()
    facts.use(used_blank(blocks))
    # widdershins copies descriptions and shows all constraints that it knows of apart.
    found = Reference(blocks, facts, prose="Generator: Widdershins" not in page.text).read()
    sections(facts, blocks, found)
    return Reading(STYLE, tuple(blocks.lines), facts)
