"""References in Markdown: headings with a method and a path, tables of parameters, examples in JSON."""

from __future__ import annotations

from typing import Final

from speclient.pages.facts import Facts
from speclient.pages.readers.blocks import page_blocks, used_blank
from speclient.pages.readers.operations import sections
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.reference import Reference
from speclient.pages.text import SavedPage

STYLE: Final = "markdown"


def read(page: SavedPage) -> Reading | None:
    """Read Markdown that names at least one operation."""
    if page.format != "markdown":
        return None
    blocks = page_blocks(page)
    facts = Facts()
    facts.use(used_blank(blocks))
    found = Reference(blocks, facts).read()
    if not found and not any(fact.kind == "operation" for fact in facts.facts):
        return None
    sections(facts, blocks, found)
    return Reading(STYLE, tuple(blocks.lines), facts)
