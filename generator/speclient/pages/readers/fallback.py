"""Any page: methods and paths, URLs in sample code, tables, JSON and status codes, where they can be told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from speclient.pages.facts import Facts
from speclient.pages.readers.blocks import MAX_CELLS, Block, Blocks, Cell, Row, page_blocks, used_blank
from speclient.pages.readers.labels import label_of
from speclient.pages.readers.lines import method_and_path, page_lines, split_lines, unlisted
from speclient.pages.readers.literals import Brackets
from speclient.pages.readers.operations import sections
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.reference import Reference
from speclient.pages.readers.samples import METHODS
from speclient.pages.readers.tables import Entry, read_type
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
    blocks.blocks = list(_with_entries(list(_with_mentions(blocks.blocks))))
    facts = Facts()
    facts.use(used_blank(blocks))
    found = Reference(blocks, facts, curl=True).read()
    sections(facts, blocks, found)
    _describe(facts)
    _say_what_was_lost(facts, blocks)
    return Reading(STYLE, tuple(blocks.lines), facts)


def _describe(facts: Facts) -> None:
    """Say what was read and what was not."""
    operations = {fact.value for fact in facts.facts if fact.kind == "operation"}
    if not operations:
        facts.note("The style of the page is unknown, and no method with a path was found: nothing was read.")
    else:
        facts.note(
            f"The style of the page is unknown: {len(operations)} operation{'s' * (len(operations) != 1)} and"
            f" {len(facts.facts)} facts were read"
            " from methods with paths, sample code, tables, lists and JSON; what else the page states was not read."
        )


_GLUED = re.compile(
    r"(?:Name|Parameter|Field|Key|Property|Attribute)"
    r"(?:Type|Data ?type|In|Location|Required|Default|Description|Notes){2,}"
)
"""The header of a table whose columns the saved text lost: `NameTypeDescription`."""


def _say_what_was_lost(facts: Facts, blocks: Blocks) -> None:
    for block in blocks.blocks:
        if len(block.text) < 100 and _GLUED.fullmatch(block.text):
            facts.note(
                f"The columns of the table at line {block.line} run together, so it was not read;"
                " save the page as HTML from a browser."
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


_NAME = re.compile(r"[A-Za-z_$@][\w.\-$\[\]]{0,80}")
_ATTRIBUTE = re.compile(
    r"\(?(?:required|optional|deprecated|nullable|read[- ]only|write[- ]only|query|path|header|cookie|body)\)?"
    r"|(?:default(?:s to| value)?|example|enum|(?:allowed|possible) values|one of|min(?:imum)?|max(?:imum)?)\b.{1,300}"
    r"|(?:>=?|<=?|≥|≤)\s*-?\d[\w. ]*",
    re.IGNORECASE,
)
"""What pages write below a name and a type."""


_METHOD = re.compile(rf"(?:http |request )?(?:method|verb|type)\s*:?\s+({'|'.join(METHODS)})", re.IGNORECASE)
_TARGET = re.compile(
    r"(?:api |request |http |resource )?(?:endpoint|url|uri|path|resource)\s*:?\s+((?:https?://|/)\S+)", re.IGNORECASE
)


def _with_mentions(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks; `Method: GET` and `URL: /pets`, in paragraphs or rows of a table, become `GET /pets` before them."""
    position = 0
    while position < len(blocks):
        block = blocks[position]
        near = [block] if block.kind == "table" else list(blocks[position : position + 5])
        mention = _mention(near)
        if mention is not None:
            yield mention
            # The second of the two is not read again.
            while position < len(blocks) and blocks[position].line <= mention.end and block.kind != "table":
                yield blocks[position]
                position += 1
            if block.kind != "table":
                continue
        yield block
        position += 1


def _mention(blocks: Sequence[Block]) -> Block | None:
    method: tuple[str, int] | None = None
    target: tuple[str, int] | None = None
    for number, block in enumerate(blocks):
        rows = [(" ".join(cell.text for cell in row), row[0].line) for row in block.rows if len(row) == 2]
        if block.kind in ("paragraph", "item"):
            rows = [(block.text, block.line)]
        for text, line in rows[:40]:
            if len(text) < 400 and (found := _METHOD.fullmatch(text)) is not None:
                method = method or (found[1].upper(), line)
            elif len(text) < 400 and (found := _TARGET.fullmatch(text)) is not None:
                target = target or (found[1], line)
        if number == 0 and method is None and target is None:
            return None
    if method is None or target is None:
        return None
    first, last = min(method[1], target[1]), max(method[1], target[1])
    return Block("paragraph", f"{method[0]} {target[0]}", first, last)


def _with_entries(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks; a name with a type beside or below it, and what is stated below them, become an item of a list."""
    index = 0
    while index < len(blocks):
        entry = _entry(blocks, index)
        if entry is None:
            yield blocks[index]
            index += 1
        else:
            block, index = entry
            yield block


def _entry(blocks: Sequence[Block], index: int) -> tuple[Block, int] | None:
    block = blocks[index]
    if block.kind not in ("paragraph", "heading") or len(block.text) > 200 or label_of(block.text) is not None:
        return None
    words = block.text.split()
    if not words or not _NAME.fullmatch(words[0].rstrip("*")) or words[0].upper() in METHODS:
        return None
    after = index + 1
    rest = " ".join(words[1:])
    if not rest:
        if after >= len(blocks) or blocks[after].kind not in ("paragraph", "item") or len(blocks[after].text) > 100:
            return None
        rest = blocks[after].text
        after += 1
    elif len(words) > 6 or block.kind == "heading":
        return None
    shown = Entry("", 0)
    read_type(shown, rest, 0)
    if shown.type is None or not (shown.type.types or shown.type.nullable):
        return None
    attributes: list[str] = ["required"] if words[0].endswith("*") else []
    stated: list[str] = []
    while after < len(blocks) and blocks[after].kind in ("paragraph", "item", "heading") and len(stated) < 8:
        text = blocks[after].text.strip()
        if not _ATTRIBUTE.fullmatch(text) or len(text) > 300:
            break
        (attributes if re.fullmatch(r"\(?[\w -]+\)?", text) and len(text) < 20 else stated).append(text.strip("()"))
        after += 1
    inner = ", ".join([rest.replace("(", "<").replace(")", ">"), *attributes])
    text = f"{words[0].rstrip('*')} ({inner})" + (f": {'. '.join(stated)}." if stated else "")
    return Block("item", text, block.line, max(blocks[after - 1].end, block.end), 1), after


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
