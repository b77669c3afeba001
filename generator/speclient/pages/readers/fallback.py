"""Any page: methods and paths, URLs in sample code, tables, JSON and status codes, where they can be told apart."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from speclient.pages.facts import Facts
from speclient.pages.readers.blocks import MAX_CELLS, Block, Blocks, Cell, Row, page_blocks
from speclient.pages.readers.labels import label_of
from speclient.pages.readers.lines import method_and_path, page_lines, split_lines, unlisted
from speclient.pages.readers.literals import Brackets
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.reference import Reference, sections, used_blank
from speclient.pages.text import SavedPage, normalised

STYLE: Final = "unknown"

_MARKDOWN = re.compile(r"^(?:#{1,6} \S|```|\|.+\|\s*$)", re.MULTILINE)


def read(page: SavedPage) -> Reading:
    """Read what any page has."""
    if page.format == "text" and not _MARKDOWN.search(page.text):
        blocks = _of_text(page_lines(page), split_lines(page.text))
    elif page.format == "text":
        blocks = page_blocks(replace(page, format="markdown"))
    else:
        blocks = page_blocks(page)
    facts = Facts()
    facts.use(used_blank(blocks))
    found = Reference(blocks, facts, curl=True).read()
    sections(facts, blocks, found)
    _describe(facts)
    return Reading(STYLE, tuple(blocks.lines), facts)


def _describe(facts: Facts) -> None:
    """Say what was read and what was not."""
    operations = {fact.value for fact in facts.facts if fact.kind == "operation"}
    if not operations:
        facts.note("The style of the page is unknown, and no method with a path was found: nothing was read.")
    else:
        facts.note(
            f"The style of the page is unknown: {len(operations)} operations and {len(facts.facts)} facts were read"
            " from methods with paths, sample code, tables, lists and JSON; what else the page states was not read."
        )


def _of_text(lines: list[str], rows: list[str]) -> Blocks:
    """The blocks of plain text: a line each, but JSON and commands over several lines are code, and tabs make a table.

    Args:
        lines: the lines as they are shown.
        rows: the lines as they are.
    """
    blocks: list[Block] = []
    tables: list[list[Row]] = []
    brackets = Brackets(lines)
    index = 0
    while index < len(lines):
        text = lines[index].strip()
        line = index + 1
        if not text:
            index += 1
            continue
        end = index
        language = ""
        if text[0] in "{[" and (text in ("{", "[", "{}", "[]") or text[1:2] in ('"', "{", "[", " ")):
            end = brackets.end(index, len(lines))
        elif re.match(r"(?:\$ )?curl\b", text):
            language = "shell"
            end = index + 1
            while end < len(lines) and (lines[end - 1].rstrip().endswith("\\") or re.match(r"\s+-", lines[end])):
                end += 1
        if end > index:
            code = tuple((lines[at], at + 1) for at in range(index, end) if lines[at].strip())
            content = "\n".join(lines[index:end])
            blocks.append(Block("code", content, line, end, language=language, code=code))
            index = end
            continue
        cells = _cells(rows[index], line)
        if len(cells) > 1:
            last = blocks[-1] if blocks else None
            if last is not None and last.kind == "table" and last.end == line - 1:
                tables[-1].append(cells)
                blocks[-1] = replace(last, end=line)
            else:
                tables.append([cells])
                blocks.append(Block("table", "", line, line))
        elif method_and_path(lines, index) is not None:
            found = method_and_path(lines, index)
            assert found is not None
            method, path, after = found
            blocks.append(Block("paragraph", f"{method} {path}", line, after))
            index = after
            continue
        else:
            blocks.append(_line_block(lines[index], line))
        index += 1
    filled = iter(tables)
    shown = [replace(block, rows=tuple(next(filled))) if block.kind == "table" else block for block in blocks]
    return Blocks(lines, shown)


def _line_block(row: str, line: int) -> Block:
    """A line of its own: an item of a list, a label, or words."""
    if re.match(r"\s*[-*•]\s", row):
        return Block("item", unlisted(row), line, line, 1)
    text = row.strip()
    return Block("paragraph", text, line, line) if label_of(text) is None else Block("heading", text, line, line, 3)


def _cells(row: str, line: int) -> Row:
    """The cells of a line with tabs or bars between them."""
    if "\t" not in row.strip() and " | " not in row:
        return ()
    parts = row.strip("\n").split("\t") if "\t" in row.strip() else row.strip().strip("|").split("|")
    return tuple(Cell(normalised(part), line, line) for part in parts[:MAX_CELLS])
