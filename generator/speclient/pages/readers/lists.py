"""Parameters and properties in lists: `limit` (integer, optional): how many."""

from __future__ import annotations

import re

from speclient.pages.readers.blocks import Block
from speclient.pages.readers.tables import Entry, location_of, read_description, read_flags, read_type
from speclient.pages.readers.type_text import parse_type

_LIST_ENTRY = re.compile(
    r"""
    `?(?P<name>[A-Za-z_$][\w.\-$\[\]]*)`? \s*
    (?: \((?P<inner>[^()]{1,80}(?:\([^()]*\)[^()]{0,40})?)\)
      | <(?P<angle>[^<>]{1,40})> | \[(?P<square>[^\[\]]{1,60})\] )? \s*
    (?P<flag>required|optional)? \s*
    (?: [:–—-]+ \s* (?P<text>.*) )?
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def list_entry(text: str, block: Block) -> Entry | None:
    """A parameter or property in a list: `limit` (integer, optional): how many."""
    match = _LIST_ENTRY.fullmatch(text) if len(text) < 2000 else None
    if match is None:
        return None
    inner = match["inner"] or match["angle"] or match["square"] or ""
    rest = match["text"] or ""
    if not inner and not match["flag"] and not rest:
        return None
    entry = Entry(match["name"].rstrip("."), block.line, max(block.level - 1, 0), has_prose=bool(rest))
    entry.description = rest[:400]
    if inner:
        where = location_of(inner.split(",")[-1])
        if where:
            entry.location = where
            inner = inner.rpartition(",")[0]
        kind = read_flags(entry, inner, block.line)
        if kind:
            read_type(entry, kind, block.line)
            if entry.type is None or (entry.type.name and not entry.type.types):
                return None
    elif rest:
        word, _, tail = rest.partition(" ")
        shape = parse_type(word.strip(",.;"))
        if shape is not None:
            entry.type, entry.type_line = shape, block.line
            read_flags(entry, tail[:40], block.line)
        elif not match["flag"] and not text.startswith("`"):
            return None
    if match["flag"]:
        read_flags(entry, match["flag"], block.line)
    if rest:
        read_description(entry, rest, block.line)
    return entry


def read_definition(entry: Entry, text: str, line: int, *, prose: bool) -> None:
    """A definition that may begin with a type: `required String. The id.`"""
    entry.description = text[:400]
    first = re.split(r"[.;,:]\s", text + " ", maxsplit=1)[0].strip(" .")
    if len(first) < 80:
        shown = Entry("", line)
        rest = read_flags(shown, first, line)
        if rest and parse_type(rest) is not None:
            read_type(shown, rest, line)
            entry.type, entry.type_line = entry.type or shown.type, line
            entry.facts.extend(shown.facts)
        if shown.required is not None and first.lower().startswith(("required", "optional", "mandatory")):
            entry.required, entry.required_line = shown.required, line
    words = text.split()
    if entry.type is None and len(words) > 1 and _after_type(words[0], words[1]):
        read_type(entry, words[0].strip(",.;:"), line)
        read_flags(entry, words[1], line)
    if prose:
        read_description(entry, text, line)


def _after_type(first: str, second: str) -> bool:
    """Whether a text begins with a type: `number (optional) How many`."""
    is_flag = second.lower().strip(",.;:()[]") in ("required", "optional", "deprecated", "nullable", "mandatory")
    return parse_type(first.strip(",.;:")) is not None and is_flag
