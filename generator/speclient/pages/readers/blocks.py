"""A page as a sequence of blocks: headings, paragraphs, list items, tables, code, definitions.

Blocks come from HTML and from Markdown. Lines of Markdown are those of the file: a block's text is at its first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser, LexborNode

from speclient.pages.text import MAX_ELEMENTS, MAX_LINES, PageText, SavedPage, normalised, unreadable

BlockKind = Literal["heading", "paragraph", "item", "quote", "code", "table", "definition"]

MAX_CELLS: Final = 200
"""The most cells of a table row that are read."""
MAX_MARKDOWN: Final = 5_000_000
"""The longest Markdown source, in characters: the parser is slow."""

_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BLOCKS: Final = frozenset({
    "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "form", "hr", "html", "legend", "li", "main", "menu", "ol", "option", "p", "pre", "section", "select",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", *_HEADINGS,
})  # fmt: skip
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight-source|highlight|tab)-([A-Za-z][\w+#]*)")
_SILENT: Final = frozenset({"script", "style", "svg", "title", "path", "button"})
_IGNORED: Final = frozenset({"script", "style", "template", "noscript", "svg", "button", "-comment"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, a term or a definition."""

    text: str
    line: int
    end: int


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page.

    Attributes:
        kind: what it is.
        text: its text, with single spaces; of code, the code.
        line: its first line, from 1; 0 if it has no text.
        end: its last line.
        level: of a heading, 1 to 6; of a list item, its depth.
        language: of code, as the page writes it, in lower case.
        title: of code in Markdown, what stands behind the language: `200` or `[Success response]`.
        rows: of a table, with the header first; of definitions, pairs.
        code: the lines of code, each with its number.
        name: the `id` of a heading.
    """

    kind: BlockKind
    text: str
    line: int
    end: int
    level: int = 0
    language: str = ""
    title: str = ""
    rows: tuple[Row, ...] = ()
    code: tuple[tuple[str, int], ...] = ()
    name: str = ""

    def lines(self) -> range:
        """The numbers of its lines."""
        return range(self.line, self.end + 1)


@dataclass
class Blocks:
    """The blocks of a page and its lines."""

    lines: list[str]
    blocks: list[Block] = field(default_factory=list)
    front: str = ""
    """The front matter of Markdown."""
    front_lines: int = 0


def used_blank(page: Blocks) -> Iterator[int]:
    """The lines without text."""
    return (number for number, line in enumerate(page.lines, 1) if not line.strip())


def page_blocks(page: SavedPage, text: PageText | None = None) -> Blocks:
    """The blocks of a page.

    Raises:
        FatalError: SC701, the page is too large.
    """
    if page.format == "html":
        text = text or PageText(page)
        count = len(text.lines)

        def first(node: LexborNode) -> int:
            # An element without text at the end of the page begins behind the last line.
            return min(text.line(node), count)

        def last(node: LexborNode) -> int:
            return min(text.end(node), count)

        return Blocks(text.lines, list(_of_html(text.root, first, last, shown=text.line)))
    return _of_markdown(page)


# HTML.


def _of_html(
    root: LexborNode,
    first: Callable[[LexborNode], int],
    last: Callable[[LexborNode], int],
    shown: Callable[[LexborNode], int] | None = None,
) -> Iterator[Block]:
    """The blocks below an element, in order.

    Args:
        root: the element.
        first: the line at which an element begins.
        last: the line at which an element ends.
        shown: 0 for an element that is not part of the text.
    """
    line = max(first(root), 1)
    for block in _walk(root, first, last, shown):
        if block.line == 0 and block.text:
            # Text after an element, in no element of its own.
            block = replace(block, line=line, end=line)
        yield block
        line = min(max(block.end + 1, line), max(last(root), 1))


def _walk(
    root: LexborNode,
    first: Callable[[LexborNode], int],
    last: Callable[[LexborNode], int],
    shown: Callable[[LexborNode], int] | None,
) -> Iterator[Block]:
    run: list[str] = []
    run_lines: list[int] = []

    def flush(kind: BlockKind, level: int) -> Iterator[Block]:
        text = normalised("".join(run))
        if text:
            yield Block(kind, text, min(run_lines, default=0), max(run_lines, default=0), level)
        run.clear()
        run_lines.clear()

    # Steps of a walk without recursion: an element to enter, or one to leave.
    stack: list[tuple[LexborNode, bool, BlockKind, int]] = [(root, False, "paragraph", 0)]
    while stack:
        node, leaving, kind, level = stack.pop()
        tag = node.tag or ""
        if leaving:
            yield from flush(kind, level)
            continue
        if tag == "-text":
            run.append(node.text_content or "")
            continue
        if tag == "br":
            yield from flush(kind, level)
            continue
        if tag in _IGNORED or tag.startswith("!") or (shown is not None and not shown(node)):
            continue
        if tag not in _BLOCKS and not _has_block(node):
            _append(run, inline_text(node))
            run_lines.extend((first(node), last(node)))
            continue
        if tag in _BLOCKS:
            outer = _kind_below(node, kind, level)
            yield from flush(kind, level)
            kind, level = outer
        if tag in _HEADINGS:
            yield Block(
                "heading", normalised(inline_text(node)), first(node), last(node), _HEADINGS[tag], name=_id(node)
            )
            continue
        if tag == "pre":
            yield _code_of(node, first(node), last(node))
            continue
        if tag == "table":
            yield _table_of(node, first, last)
            continue
        if tag == "dl":
            yield _definitions_of(node, first, last)
            continue
        if tag in _BLOCKS:
            run_lines.append(first(node))
            stack.append((node, True, kind, level))
        stack.extend((child, False, kind, level) for child in reversed(list(node.iter(include_text=True))))
    yield from flush("paragraph", 0)


def _kind_below(node: LexborNode, kind: BlockKind, level: int) -> tuple[BlockKind, int]:
    """The kind of the text directly below an element."""
    if node.tag == "li":
        return "item", level + 1
    if node.tag == "blockquote":
        return "quote", level
    return kind, level


def _has_block(node: LexborNode) -> bool:
    return any(child.tag in _BLOCKS for child in node.traverse(include_text=False))


def inline_text(node: LexborNode) -> str:
    """The text of an element, with spaces between words of elements that stand side by side."""
    parts: list[str] = []
    last = node.mem_id
    for child in node.traverse(include_text=True):
        if child.tag == "-text":
            parent = child.parent
            if parent is not None and parent.tag not in _SILENT:
                _append(parts, child.text_content or "", parent.mem_id != last)
                last = parent.mem_id
        elif child.tag in _BLOCKS or child.tag == "br":
            parts.append(" ")
    return "".join(parts)


def _append(parts: list[str], text: str, apart: bool = True) -> None:
    """Add text; a space goes between words of different elements, and not within `/pets/{id}` or `string[]`."""
    if apart and parts and parts[-1][-1:].isalnum() and text[:1].isalnum():
        parts.append(" ")
    if text:
        parts.append(text)


def _id(node: LexborNode) -> str:
    own = node.attributes.get("id") or ""
    if own:
        return own
    anchor = node.css_first("[id]")
    return (anchor.attributes.get("id") or "") if anchor is not None else ""


def _code_of(node: LexborNode, first: int, last: int) -> Block:
    text = node.text(deep=True)
    language = ""
    parent = node.parent
    candidates = [node, *node.css("code")[:1], *([parent] if parent is not None else [])]
    if parent is not None and parent.parent is not None:
        candidates.append(parent.parent)
    for candidate in candidates:
        attributes = candidate.attributes
        match = _LANGUAGE.search(f"{attributes.get('class') or ''}")
        explicit = attributes.get("data-lang") or attributes.get("data-language") or attributes.get("language")
        language = (explicit or (match[1] if match is not None else "")).lower()
        if language:
            break
    rows: list[tuple[str, int]] = []
    for row in re.split(r"\r\n|\r|\n", text):
        if row.strip():
            rows.append((row.rstrip(), first + len(rows) if first else 0))
    return Block("code", text, first, max(last, first), language=language, code=tuple(rows))


def _table_of(node: LexborNode, first: Callable[[LexborNode], int], last: Callable[[LexborNode], int]) -> Block:
    rows: list[Row] = []
    for row in node.css("tr"):
        owner = row.parent
        while owner is not None and owner.tag != "table":
            owner = owner.parent
        if owner is None or owner.mem_id != node.mem_id:
            continue
        cells: list[Cell] = []
        for cell in row.iter():
            if cell.tag in ("td", "th") and len(cells) < MAX_CELLS:
                cells.append(Cell(normalised(inline_text(cell)), first(cell), last(cell)))
        if cells:
            rows.append(tuple(cells))
    return Block("table", "", first(node), last(node), rows=tuple(rows))


def _definitions_of(node: LexborNode, first: Callable[[LexborNode], int], last: Callable[[LexborNode], int]) -> Block:
    rows: list[Row] = []
    term: Cell | None = None
    for child in node.css("dt, dd"):
        cell = Cell(normalised(inline_text(child)), first(child), last(child))
        if child.tag == "dt":
            if term is not None:
                rows.append((term,))
            term = cell
        elif term is not None:
            rows.append((term, cell))
            term = None
    if term is not None:
        rows.append((term,))
    return Block("definition", "", first(node), last(node), rows=tuple(rows))


# Markdown.

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_SHOWN = re.compile(r"(?:title|description|summary|openapi|api|deprecated)\s*:(?!\s*[\"']?(?:eJ|H4sI|\{))")
_SHORTCODE = re.compile(r"\{\{[<%]\s*(required|optional|deprecated|nullable)\s*[>%]\}\}", re.IGNORECASE)
_HEADING_ID = re.compile(r"(?<=\S)[ \t]*\{#[\w.:-]+\}[ \t]*$", re.MULTILINE)
_ROUTE = re.compile(
    r"""<[A-Z]\w*\s[^<>]{0,200}?\bmethod=\{?["'](?P<method>get|post|put|patch|delete|head|options)["']\}?
    (?:[^<>]{0,400}?\b(?:path|url|route|endpoint)=\{?["'](?P<path>[^"']{1,500})["']\}?)?[^<>]{0,200}
    (?:/>|>(?P<text>[^<>]{0,800})</[A-Z]\w*>)""",
    re.IGNORECASE | re.VERBOSE,
)
"""A component with a method and, as an attribute or inside, a path."""
_COMPONENT = re.compile(r"^[ \t]*</?[A-Z][\w.]*(?:[\s/>]|$)", re.MULTILINE)
_COMPONENT_TAG = re.compile(
    r"""</?[A-Z][\w.]*(?:\s(?:[^<>"'{}]|"[^"]{0,2000}"|'[^']{0,2000}'|\{[^<>]{0,2000}?\})*)?/?>|\{/\*.*?\*/\}"""
)
_MARKUP = re.compile(r"\[([^\[\]]{0,200})\]\([^()]{0,400}\)|[*`]{1,2}")
_IMPORT = re.compile(r"(?:import\s.+\sfrom\s+['\"]|import\s+['\"]|export\s+(?:const|default|function|let)\b)")


def _of_markdown(page: SavedPage) -> Blocks:
    if len(page.text) > MAX_MARKDOWN:
        raise unreadable(page.location, f"Markdown of more than {MAX_MARKDOWN // 1_000_000} million characters")
    source = re.sub(r"\r\n?|[\x85\u2028\u2029\f\v]", "\n", page.text).replace("\u00a0", " ").replace("\0", "")
    lines = source.split("\n")
    if len(lines) > MAX_LINES:
        raise unreadable(page.location, f"it has more than {MAX_LINES} lines")
    result = Blocks([""] * len(lines))
    front = _FRONT.match(source)
    if front is not None:
        result.front = front[1]
        result.front_lines = front[0].rstrip("\n").count("\n") + 1
        _front(lines[: result.front_lines], result.lines)
        for index in range(result.front_lines):
            lines[index] = ""
    body = _SHORTCODE.sub(r" \1 ", _HEADING_ID.sub("", "\n".join(lines)))
    parser = MarkdownIt("commonmark", {"maxNesting": 40}).enable(["table"])
    if _COMPONENT.search(body):
        # MDX: tags of components are markup, and indentation is not code.
        body = _without_components(_ROUTE.sub(_route, body))
        parser.disable(["code"])
    tokens = parser.parse(body)
    if len(tokens) > MAX_ELEMENTS:
        raise unreadable(page.location, "it has too many elements")
    result.blocks.extend(_of_tokens(tokens))
    for block in result.blocks:
        _place(result.lines, block)
    return result


def _route(match: re.Match[str]) -> str:
    """The method and path that a component shows, as text on as many lines."""
    path = match["path"] or (match["text"] or "").strip()
    shown = f"{match['method'].upper()} {path}" if re.match(r"/|https?://", path) else match[0]
    return shown + "\n" * (match[0].count("\n") - shown.count("\n"))


def _front(rows: list[str], lines: list[str]) -> None:
    """Put what a reader of the page sees of the front matter at its lines: the title and the description."""
    shown = False
    for index, row in enumerate(rows):
        if re.match(r"[\w-]+\s*:", row):
            shown = _SHOWN.match(row) is not None
        if shown and len(row) < 5000:
            lines[index] = normalised(row)


def _shown_of_tag(match: re.Match[str]) -> str:
    """What a reader sees of a tag: the method of a badge, `<Badge text="POST" />`, otherwise nothing."""
    method = re.search(r"""\s(?:text|label|method|type)=["'](GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)["']""", match[0])
    return (method[1] if method is not None else "") + "\n" * match[0].count("\n")


def _without_components(text: str) -> str:
    """A text without the tags of components, with the same lines; code between fences stays as it is."""
    parts = re.split(r"(^[ \t]*(?:```|~~~).*?^[ \t]*(?:```|~~~)[ \t]*$)", text, flags=re.MULTILINE | re.DOTALL)
    for index in range(0, len(parts), 2):
        parts[index] = _COMPONENT_TAG.sub(_shown_of_tag, parts[index])
    # A fence may be indented within a component.
    return re.sub(r"^[ \t]+(?=```|~~~)", "", "".join(parts), flags=re.MULTILINE)


def _title(text: str) -> str:
    """The title of a code block: `[Response]`, `title="Response"`, or words without settings such as `theme={null}`."""
    quoted = re.search(r"""\btitle=(?:"([^"]*)"|'([^']*)')""", text)
    if quoted is not None:
        return quoted[1] or quoted[2] or ""
    return normalised(re.sub(r"""[\w-]+=(?:\{[^{}]*\}|"[^"]*"|'[^']*'|\S+)|\{[^{}]*\}""", " ", text)).strip("[] ")


def _of_tokens(tokens: Sequence[Token]) -> Iterator[Block]:
    depth = 0
    quotes = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif kind in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif kind == "blockquote_open":
            quotes += 1
        elif kind == "blockquote_close":
            quotes -= 1
        elif kind == "heading_open":
            inline = tokens[index + 1]
            first, last = _map(token)
            yield Block("heading", _inline(inline), first, last, int(token.tag[1:]))
            index += 2
        elif kind == "inline":
            first, last = _map(token)
            if re.search(r"^[^\n]+\n:[ \t]", token.content) and not depth:
                yield _defined(token, first, last)
                index += 1
                continue
            text = _inline(token)
            if text and not _IMPORT.match(text):
                yield Block("item" if depth else "quote" if quotes else "paragraph", text, first, last, depth)
        elif kind in ("fence", "code_block"):
            first, last = _map(token)
            start = first + 1 if kind == "fence" else first
            rows = [(row.rstrip(), start + at) for at, row in enumerate(token.content.split("\n")) if row.strip()]
            language, _, title = token.info.strip().partition(" ")
            language, title = language.strip("{}.").lower(), _title(title)
            yield Block("code", token.content, first, last, language=language, title=title, code=tuple(rows))
        elif kind == "html_block":
            yield from _of_fragment(token)
        elif kind == "table_open":
            end = index
            while end < len(tokens) and tokens[end].type != "table_close":
                end += 1
            yield _markdown_table(tokens[index:end])
            index = end
        index += 1


def _of_fragment(token: Token) -> Iterator[Block]:
    """The blocks of HTML within Markdown; markup that is not HTML, such as JSX, counts as text around its content."""
    first, last = _map(token)
    content = re.sub(r"<!--.*?-->", "", token.content, flags=re.DOTALL)
    if not content.strip() or len(content) > 200_000:
        return
    body = LexborHTMLParser(content).body
    if body is not None:
        yield from _of_html(body, lambda _: first, lambda _: last)


def _defined(token: Token, first: int, last: int) -> Block:
    """A list of definitions: a term in a line, its definition in the next one, after a colon."""
    rows: list[Row] = []
    term: Cell | None = None
    for number, row in enumerate(token.content.split("\n")):
        text = normalised(_MARKUP.sub(lambda match: match[1] or "", re.sub(r"^:[ \t]+", "", row)))
        if row.startswith((": ", ":\t")):
            if term is not None:
                rows.append((term, Cell(text, first + number, first + number)))
            term = None
        elif term is None and text:
            term = Cell(text, first + number, first + number)
    return Block("definition", "", first, last, rows=tuple(rows))


def _map(token: Token) -> tuple[int, int]:
    if token.map is None:
        return 0, 0
    return token.map[0] + 1, max(token.map[1], token.map[0] + 1)


def _inline(token: Token) -> str:
    parts: list[str] = []
    for child in token.children or []:
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak") or child.type == "html_inline":
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return normalised("".join(parts))


def _markdown_table(tokens: Sequence[Token]) -> Block:
    rows: list[Row] = []
    cells: list[Cell] = []
    line = 0
    for token in tokens:
        if token.type == "tr_open":
            cells = []
            line = _map(token)[0] or line + 1
        elif token.type == "inline" and len(cells) < MAX_CELLS:
            cells.append(Cell(_inline(token), line, line))
        elif token.type == "tr_close" and cells:
            rows.append(tuple(cells))
    first, last = _map(tokens[0])
    return Block("table", "", first, last, rows=tuple(rows))


def _place(lines: list[str], block: Block) -> None:
    """Put the text of a block of Markdown at its line."""

    def put(line: int, text: str) -> None:
        if 0 < line <= len(lines) and text:
            lines[line - 1] = f"{lines[line - 1]} {text}".strip() if lines[line - 1] else text

    if block.kind == "code":
        for text, line in block.code:
            put(line, text)
    elif block.kind in ("table", "definition"):
        for row in block.rows:
            put(row[0].line, " | ".join(cell.text for cell in row))
    else:
        put(block.line, block.text)
