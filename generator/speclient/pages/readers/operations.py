"""Finds the operations of an API reference, by lines with a method and a path or by sample code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from speclient.pages.facts import Facts, Subject, operation_key
from speclient.pages.readers.blocks import Block, Blocks
from speclient.pages.readers.labels import SCHEMAS, label_of
from speclient.pages.readers.samples import METHODS, Sample, path_pattern, read_sample, split_url

MAX_OPERATIONS: Final = 3000
MAX_ALIASES: Final = 20

_METHODS: Final = "|".join(METHODS)
_TARGET: Final = r"(?:https?://[^\s`]+|(?:\{\{?[\w.-]+\}?\}|<[\w.-]+>|\$[\w.{}]+)?/[^\s`]*)"
MENTION = re.compile(rf"(?P<method>{_METHODS})\s*[:|]?\s*`?(?P<target>{_TARGET})`?(?:\s+HTTP/\d(?:\.\d)?)?")
_EDGE: Final = r"[\s`*_:|()\[\]–—-]*"


@dataclass
class PageOperation:
    """An operation on the page."""

    key: str
    index: int
    start: int
    end: int = 0
    level: int = 0
    url: str = ""
    sample: Sample = field(default_factory=Sample)
    deprecated: int = 0
    secured: bool = False
    query: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other operations that the page describes in the same place, each on a line of its own."""

    @property
    def method(self) -> str:
        return self.key.partition(" ")[0]


def find_operations(blocks: Sequence[Block], facts: Facts, *, curl: bool = False) -> list[PageOperation]:
    """The operations of a page, each with its range of blocks.

    Args:
        blocks: of the page.
        facts: where notes go.
        curl: whether an operation may come from sample code alone.
    """
    found: list[PageOperation] = []
    heading = -1
    taken = True
    for index, block in enumerate(blocks):
        if block.kind == "heading" and label_of(block.text) is None:
            if not MENTION.search(block.text):
                heading, taken = index, False
            else:
                heading, taken = -1, True
        mention = _mention(block)
        if mention is None:
            continue
        key, origin, path, query = _key_of(*mention)
        current = found[-1] if found else None
        if current is not None and taken and _same(current, key, block):
            continue
        start = heading if not taken and heading >= 0 else index
        if current is not None and start <= current.index:
            start = index
        level = blocks[start].level if blocks[start].kind == "heading" else 0
        url = f"{origin}{path}" if origin else ""
        aliases = tuple(each for each in _listed(block) if each != key)
        found.append(PageOperation(key, index, start, level=level, url=url, query=query, aliases=aliases))
        taken = True
    if not found and curl:
        found = _from_samples(blocks)
    if len(found) > MAX_OPERATIONS:
        facts.note(f"The page has more than {MAX_OPERATIONS} operations; the rest was not read.")
        del found[MAX_OPERATIONS:]
    for position, operation in enumerate(found):
        last = found[position + 1].start if position + 1 < len(found) else len(blocks)
        operation.end = _end(blocks, operation, last)
    return found


def _same(current: PageOperation, key: str, block: Block) -> bool:
    """Whether a mention within the section of an operation is that operation, or an example of it."""
    if block.kind == "code":
        return True
    if key == current.key:
        return True
    method, _, path = key.partition(" ")
    return (
        method == current.method
        and path_pattern(current.key.partition(" ")[2]).fullmatch(f"https://x{path}") is not None
    )


def _mention(block: Block) -> tuple[str, str] | None:
    if block.kind == "code":
        first = block.code[0][0].strip() if block.code else ""
        if block.language in ("json", "javascript", "js", "python", "ruby", "shell", "bash", "curl", "sh"):
            return None
        match = MENTION.fullmatch(first) if len(first) < 2000 else None
    elif block.kind == "heading":
        match = MENTION.search(block.text) if len(block.text) < 2000 else None
    elif block.kind in ("paragraph", "quote", "item") and len(block.text) < 500:
        match = re.fullmatch(
            rf"(?:(?:http )?(?:request|endpoint|url|uri|path|route|method)\b)?{_EDGE}{MENTION.pattern}{_EDGE}",
            block.text,
            re.IGNORECASE,
        )
        if match is not None and match["method"] != match["method"].upper():
            match = None
    else:
        return None
    return (match["method"], match["target"].rstrip("`*).,;")) if match is not None else None


def _from_samples(blocks: Sequence[Block]) -> list[PageOperation]:
    """Operations from sample code alone: a method and a URL."""
    found: list[PageOperation] = []
    heading = -1
    for index, block in enumerate(blocks):
        if block.kind == "heading" and label_of(block.text) is None:
            heading = index
        if block.kind != "code":
            continue
        sample = read_sample(block.code)
        if not sample.method or not sample.urls:
            continue
        _, path = split_url(sample.urls[0][0])
        key = operation_key(sample.method, template_path(path) or "/")
        if any(operation.key == key for operation in found):
            continue
        start = heading if heading >= 0 and not (found and heading <= found[-1].index) else index
        level = blocks[start].level if blocks[start].kind == "heading" else 0
        found.append(PageOperation(key, index, start, level=level, url=sample.urls[0][0]))
    return found


def _end(blocks: Sequence[Block], operation: PageOperation, last: int) -> int:
    """The index after the blocks of an operation: a heading of its level or above that is not a label ends it."""
    for index in range(operation.index + 1, last):
        block = blocks[index]
        if block.kind != "heading" or not operation.level or block.level > operation.level:
            continue
        if label_of(block.text) is None or (block.level < operation.level and block.text.lower().strip() in SCHEMAS):
            return index
    return last


def _key_of(method: str, target: str) -> tuple[str, str, str, tuple[str, ...]]:
    """The operation of a method and a path or URL, with the origin, the path and the names of a query template."""
    origin, path = split_url(target)
    if not origin:
        path = re.sub(r"^(?:\{\{?[\w.-]+\}?\}|<[\w.-]+>|\$[\w.{}]+)(?=/)", "", path)
    path, query = _without_query_template(path)
    return operation_key(method, template_path(path or "/")), origin, path, query


def _listed(block: Block) -> list[str]:
    """The operations of a code block that has one per line and nothing else."""
    rows = [text.strip() for text, _ in block.code[: MAX_ALIASES + 1]]
    matches = [MENTION.fullmatch(row) if len(row) < 2000 else None for row in rows]
    if len(block.code) > MAX_ALIASES + 1 or any(match is None for match in matches):
        return []
    return list(dict.fromkeys(_key_of(match["method"], match["target"])[0] for match in matches if match is not None))


def _without_query_template(path: str) -> tuple[str, tuple[str, ...]]:
    """A path without `{?limit,offset}` at its end, and the names in it (RFC 6570, section 3.2.8)."""
    names: list[str] = []
    for match in re.finditer(r"\{[?&]([^{}]*)\}", path):
        names.extend(name.strip(" *") for name in match[1].split(","))
    return re.sub(r"\{[?&][^{}]*\}", "", path), tuple(name for name in names if re.fullmatch(r"[\w.\-\[\]]+", name))


def template_path(path: str) -> str:
    """A path with parameters in braces: `<id>` and `:id` and `[id]` are written in other ways."""
    path = re.sub(
        r"<([\w.\- ]+)>|\[([\w.\-]+)\]", lambda match: "{" + (match[1] or match[2]).replace(" ", "_") + "}", path
    )
    path = re.sub(r"(?<=/)\$(?:\{(\w+)\}|(\w+))(?=/|$|\?)", lambda match: "{" + (match[1] or match[2]) + "}", path)
    return re.sub(r"\{\{([\w.\-]+)\}\}", r"{\1}", path)


def add_path_parameters(facts: Facts, key: str, line: int) -> None:
    """Add the parameters in the path of an operation."""
    for name in re.findall(r"\{([^{}/]+)\}", key):
        own = Subject(key, f"path {name}")
        facts.add(own, "parameter", name, line)
        facts.add(own, "required", True, line)


def unnamed_status(facts: Facts, key: str, line: int) -> str:
    """Record that the page does not name the status of the response that it describes; return what stands for it."""
    subject = Subject(key, "response #1")
    if subject not in {lost for lost, _ in facts.lost}:
        facts.lost.append((subject, line))
        facts.note(f"{key}: the page does not name the status of the response that it describes.")
    return "#1"


def sections(facts: Facts, page: Blocks, found: Sequence[PageOperation]) -> None:
    """Record the lines of each operation."""
    for operation in found:
        own = [block for block in page.blocks[operation.start : operation.end] if block.line]
        if own:
            facts.section(operation.key, own[0].line, max(block.end for block in own))
