"""Pages drawn by Redoc.

The class names of Redoc change with each build; the reader relies on the attributes `kind` and `title` of cells with
names, on the order of cells and on captions. Of several variants and media types, the page has the selected one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from speclient.pages.facts import ITEM, VALUE, Facts, Subject
from speclient.pages.readers import constraints, dom
from speclient.pages.readers.constraints import Constraint
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.type_text import parse_schema_type
from speclient.pages.text import PageText, SavedPage

_PARAMETERS = re.compile(r"(path|query|header|cookie) parameters", re.IGNORECASE)
_TYPE = re.compile(r"((?:Array of )*)([A-Za-z]+(?: or [A-Za-z]+)*)((?:\s*<[^<>]*>)*)\s*")
_NUMBER: Final = r"[-+]?[\d.]+(?:e[-+]?\d+)?"
_UNIT: Final = r"(?: (?:characters|items|properties))?"
_BOUND = re.compile(
    rf"\s*([\[(] {_NUMBER} \.\. {_NUMBER} [\])]{_UNIT}|[<>]=? {_NUMBER}{_UNIT}|= {_NUMBER}{_UNIT}|non-empty"
    rf"|multiple of {_NUMBER}|decimal places <= \d+|unique)(?=\s|$|\[)"
)
_TITLED = re.compile(r"(?=.*\()(?:[^()]+ \([a-z]+\)|[a-z]+)(?: or (?:[^()]+ \([a-z]+\)|[a-z]+))+(?: \([^()]*\))?\s*")
_ARRAY = re.compile(r"Array( \(.*\))?")
_TYPES: Final = ("string", "integer", "number", "boolean", "object", "array")
_ITEMS: Final = "[ items"
_HIDDEN_PATTERN: Final = "Show pattern"


def read(page: SavedPage) -> Reading | None:
    """Read a page, if Redoc drew it."""
    if page.format != "html" or "data-section-id" not in page.text:
        return None
    text = PageText(page, skip=(".menu-content",))
    reader = _Reader(text)
    reader.read()
    return Reading("redoc", tuple(text.lines), reader.facts)


@dataclass(frozen=True)
class _Type:
    """The first line of a row.

    Attributes:
        constraints: what it states.
        types: the types of the value.
        depth: how many arrays are around the elements.
    """

    constraints: list[Constraint]
    types: tuple[str, ...]
    depth: int
    recursive: bool


@dataclass
class _Reader:
    text: PageText
    facts: Facts = field(default_factory=Facts)

    def read(self) -> None:
        sections = self._sections()
        if not sections:
            self.facts.note("The page does not contain an operation.")
        for section, (method, path), line in sections:
            self._operation(section, method, path, line)

    def _sections(self) -> list[tuple[LexborNode, tuple[str, str], int]]:
        """The largest elements with one operation each: those with one button that has a method and a path."""
        buttons = [
            (button, found)
            for button in self.text.root.css("button")
            if (found := dom.endpoint(_endpoint(button))) is not None
        ]
        around: dict[int, int] = {}
        for button, _ in buttons:
            for node in dom.ancestors(button):
                around[node.mem_id] = around.get(node.mem_id, 0) + 1
        sections: list[tuple[LexborNode, tuple[str, str], int]] = []
        for button, found in buttons:
            section = button
            for node in dom.ancestors(button):
                if around[node.mem_id] > 1 or node.tag in ("body", "html"):
                    break
                section = node
            sections.append((section, found, self.text.line(button)))
        return sections

    def _operation(self, section: LexborNode, method: str, path: str, line: int) -> None:
        operation, _ = dom.key_of(method, path, [])
        subject = Subject(operation)
        self.facts.section(operation, self.text.line(section), self.text.end(section))
        self.facts.add(subject, "operation", operation, line)
        for span in section.css("[role=button] span"):
            url = dom.glued(span)
            shown = dom.glued(span.parent)
            if re.match(r"(https?:/)?/", url) and shown == url + path:
                self.facts.add(subject, "server", url.rstrip("/") or url, self.text.line(span), self.text.end(span))
        title = section.css_first("h1, h2")
        if title is not None and any(dom.words(span) == "Deprecated" for span in title.css("span")):
            self.facts.add(subject, "deprecated", True, self.text.line(title))
        for heading in section.css("h5"):
            self._part(heading, operation)
        for table in section.css("table"):
            match = _PARAMETERS.fullmatch(dom.words(_before(table)))
            if match is not None:
                self._label(_before(table))
                self._table(table, Subject(operation, match[1].lower()), parameters="parameter")
        for button in section.css("button[aria-expanded]"):
            status = button.css_first("strong")
            if status is not None and dom.STATUS.fullmatch(dom.words(status)):
                self._response(button, Subject(operation, f"response {dom.words(status)}"))
        self._samples(section, operation)

    def _label(self, node: LexborNode | None) -> None:
        if node is not None:
            self.facts.use([self.text.line(node)])

    def _part(self, heading: LexborNode, operation: str) -> None:
        """Read the schema of a request body behind its heading."""
        if not dom.words(heading).lower().startswith("request body schema"):
            return
        body = Subject(operation, "body")
        self.facts.add(body, "body", True, self.text.line(heading), self.text.end(heading))
        if any(dom.words(node) == "required" for node in heading.css("div, span, strong")):
            self.facts.add(body, "required", True, self.text.line(heading))
        selected = self._media_types(heading, body)
        if selected is not None:
            self._content(heading, selected)

    def _response(self, button: LexborNode, subject: Subject) -> None:
        self.facts.add(subject, "status", subject.part.partition(" ")[2], self.text.line(button))
        if button.parent is None:
            return
        for caption in button.parent.css("caption"):
            if dom.words(caption) == "Response Headers" and caption.parent is not None:
                self._label(caption)
                self._table(caption.parent, subject, parameters="header")
        for heading in button.parent.css("h5"):
            if dom.words(heading).lower().startswith("response schema"):
                self._label(heading)
                selected = self._media_types(heading, subject)
                if selected is not None:
                    self._content(heading, selected)

    def _media_types(self, heading: LexborNode, owner: Subject) -> Subject | None:
        """Record the media types in a heading; returns the selected one, whose schema follows."""
        options = heading.css("option") or [
            node for node in heading.css("span, div") if not dom.elements(node) and "/" in dom.glued(node)
        ]
        names = [name for option in options if dom.MEDIA_TYPE.fullmatch(name := dom.glued(option))]
        for option, name in zip(options, names, strict=False):
            self.facts.add(Subject(owner.operation, f"{owner.part} {name}"), "media-type", name, self.text.line(option))
        label = dom.glued(heading.css_first("label"))
        self._label(heading.css_first("label"))
        selected = label if label in names else names[0] if names else ""
        return Subject(owner.operation, f"{owner.part} {selected}") if selected else None

    def _content(self, heading: LexborNode, subject: Subject) -> None:
        """Read the schema behind a heading."""
        node = heading.next
        while node is not None:
            if node.tag in ("h3", "h5") or (node.tag == "div" and node.css_first("h3, h5") is not None):
                return
            if node.tag and not node.tag.startswith("-"):
                self._schema(node, subject)
            node = node.next

    def _schema(self, node: LexborNode, subject: Subject, *, variant: bool = False, level: int = 0) -> None:
        """Read the tables below an element; `Array` and the choice of variants apply to what follows them."""
        if level > dom.MAX_LEVELS:
            return
        if node.tag == "table":
            self._table(node, subject, variant=variant)
            return
        children = dom.elements(node)
        words = [dom.words(child) if not child.css_first("table") else "" for child in children]
        if words and _ARRAY.fullmatch(words[0]) and node.tag == "div":
            self._label(children[0])
            self.facts.add(subject, "type", "array", self.text.line(children[0]))
            for each in constraints.parse_bounds(re.sub(r"[(),]+", " ", words[0]), lengths="items"):
                self.facts.add(subject, each.kind, each.value, self.text.line(children[0]))
            subject = subject.at(ITEM)
        elif words and words[0] in ("One of", "Any of", "All of"):
            self._label(children[0])
            variant = True
        elif node.tag == "div" and not node.css_first("table, button") and children and _is_line(children[0]):
            value = _parse(children[0].text(separator=" "))
            if value is not None and len(dom.words(children[0])) < constraints.MAX_TEXT:
                self._value(node, value, subject)
                return
        for child in children:
            self._schema(child, subject, variant=variant, level=level + 1)

    def _table(self, table: LexborNode, subject: Subject, *, parameters: str = "", variant: bool = False) -> None:
        last: Subject | None = None
        depth = 0
        body = table.css_first("tbody")
        rows = dom.elements(body) if body is not None else []
        # A property with a list in its details chooses the variant that the table describes.
        variant = variant or any(dom.own(row, "select") for row in rows)
        for row, following in zip(rows, [*rows[1:], None], strict=False):
            cells = [cell for cell in dom.elements(row) if cell.tag == "td"]
            if len(cells) == 1 and last is not None:
                # The properties of the row before.
                inner = last.at(*[ITEM] * depth)
                begin = self.text.line(cells[0])
                is_array = 0 < begin <= len(self.text.lines) and _ARRAY.fullmatch(self.text.lines[begin - 1])
                for child in dom.elements(cells[0]):
                    self._schema(child, last if is_array else inner)
            elif len(cells) == 2 and "title" in cells[0].attributes:
                has_variants = re.match(r"(One|Any) of\b", dom.words(following)) is not None
                last, depth = self._row(cells[0], cells[1], subject, parameters, variant, has_variants)

    def _row(
        self,
        head: LexborNode,
        details: LexborNode,
        subject: Subject,
        parameters: str,
        variant: bool,
        has_variants: bool,
    ) -> tuple[Subject, int]:
        name = head.attributes.get("title") or ""
        line = self.text.line(head)
        self.facts.use(range(line, self.text.end(head) + 1))
        is_required = any(node.tag == "div" and dom.words(node) == "required" for node in dom.elements(head))
        if parameters == "parameter":
            own = Subject(subject.operation, f"{subject.part} {name}")
            self.facts.add(own, "parameter", name, line)
        elif parameters == "header":
            own = Subject(subject.operation, f"{subject.part} header {name}")
            self.facts.add(own, "header", name, line)
        elif head.attributes.get("kind") == "additionalProperties":
            own = subject.at(VALUE)
        elif head.attributes.get("kind") == "field":
            own = subject.at(name)
            self.facts.add(own, "field", name, line)
        else:
            return subject.at(name), 0
        if head.attributes.get("kind") == "field" and not variant and parameters != "header":
            self.facts.add(own, "required", is_required, line)
        block = details.css_first("div")
        first = dom.elements(block)[0] if block is not None and dom.elements(block) else None
        value = _parse(first.text(separator=" ")) if first is not None else None
        if block is None or value is None:
            return own, 0
        if has_variants:
            # The types of all variants, one after the other: each is a type of its own.
            separate = [
                replace(each, value=name)
                for each in value.constraints
                for name in (each.value if each.kind == "type" and isinstance(each.value, list) else [each.value])
            ]
            value = replace(value, constraints=separate)
        self._value(block, value, own, name)
        return own, value.depth

    def _value(self, block: LexborNode, value: _Type, subject: Subject, name: str = "") -> None:
        """Read the lines of a row: the type, `Deprecated`, `Default:`, `Enum:`, `Example:`."""
        first, *rest = dom.elements(block)
        if not value.recursive:
            constraints.record(self.facts, subject, value.constraints, self.text.line(first), self.text.end(first))
        self.facts.use([self.text.line(first)])
        described = is_example = False
        item = subject.at(*[ITEM] * max(value.depth, 1))
        for node in rest:
            text, line, end = dom.words(node), self.text.line(node), self.text.end(node)
            caption, _, body = text.partition(":")
            body = body.strip()
            is_enum = caption in ("Enum", "Value", "Items Enum", "Items Value")
            if text == "Deprecated":
                self.facts.add(subject, "deprecated", True, line)
            elif caption == "Default" and not described:
                default = _json(body, value.types)
                if value.types != ("array",) or not isinstance(default, str):
                    # The default of a parameter is written as in a URL.
                    self.facts.add(subject, "default", default, line, end)
            elif caption == "Value" and described:
                self.facts.add(subject, "const", _json(body, value.types), line, end)
            elif is_enum and not described:
                values = [
                    each
                    for each in constraints.parse_json_values(dom.glued(node).partition(":")[2])
                    if each is not None
                ]
                if not values:
                    continue
                self.facts.add(item if caption.startswith("Items") else subject, "enum", values, line, end)
            elif caption == "Example" and not described:
                self._example(body, subject, value, name, line, end)
            elif node.tag == "span" and (text == "Examples:" or is_example):
                if is_example:
                    self._example(dom.glued(node), subject, value, name, line, end)
                is_example = True
            elif node.css_first("div, p") is not None or not text:
                described = True

    def _example(self, body: str, subject: Subject, value: _Type, name: str, line: int, end: int) -> None:
        """Read the example of a parameter, which is written as in a URL."""
        self.facts.use(range(line, end + 1))
        if subject.part.startswith(("query", "cookie")):
            if not body.startswith(f"{name}="):
                return
            body = unquote(body[len(name) + 1 :])
        elif subject.part.startswith("path"):
            body = unquote(body)
        if not {"array", "object"} & set(value.types):
            body = body[1:-1] if body.startswith('"') and body.endswith('"') and len(body) > 1 else body
            self.facts.add(subject, "example", constraints.literal(body, value.types), line, end)

    def _samples(self, section: LexborNode, operation: str) -> None:
        """Read the samples of the selected media type of the request and of each response that the page has."""
        for heading in section.css("h3"):
            title = dom.words(heading)
            if title not in ("Request samples", "Response samples") or heading.parent is None:
                continue
            self._label(heading)
            tablist = heading.parent.css_first("[role=tablist]")
            for tab, panel in dom.tabs(tablist) if tablist is not None else ():
                label = dom.words(tab)
                self._label(tab)
                part = "body" if label == "Payload" else f"response {label}"
                sample = panel.css_first(".redoc-json code, code, pre") if panel is not None else None
                if panel is None or sample is None or (part != "body" and not dom.STATUS.fullmatch(label)):
                    continue
                leaves = [node for node in panel.css("label, div") if not dom.elements(node)]
                names = [name for node in leaves if dom.MEDIA_TYPE.fullmatch(name := dom.glued(node))]
                if names:
                    value = dom.example_of(dom.glued(sample))
                    line, end = self.text.line(sample), self.text.end(sample)
                    media = Subject(operation, f"{part} {names[0]}")
                    self.facts.add(media, "media-type", names[0], line)
                    self.facts.add(media, "example", value, line, end)


def _is_line(node: LexborNode) -> bool:
    """Whether an element can be the first line of a row."""
    return node.tag == "div" and all(inner.mem_id == node.mem_id for inner in node.css("div, p"))


def _endpoint(button: LexborNode) -> str:
    """Method and path of a button, with a space between them."""
    text = dom.words(button)
    return text if len(text) < constraints.MAX_TEXT else ""


def _before(table: LexborNode) -> LexborNode | None:
    """The element before a table."""
    node = table.prev
    while node is not None and (not node.tag or node.tag.startswith("-")):
        node = node.prev
    return node


def _parse(text: str) -> _Type | None:
    """Read the first line of a row: `Array of strings <uuid> non-empty [ items <= 12 characters ]`."""
    text = " ".join(text.split())
    head, mark, items = text.partition(_ITEMS)
    if (titled := _TITLED.fullmatch(head.removeprefix("Array of "))) is not None:
        return _titled(titled[0], is_array=head.startswith("Array of "))
    match = _TYPE.match(head)
    if match is None:
        return None
    depth = match[1].count("Array of ")
    stated = _array_of(match[2], depth) if depth else parse_schema_type(match[2])
    levels, inner = _items(items) if mark else (0, [])
    if depth and levels:
        # `Array of integers[ items ]` is an array of arrays: the page names the innermost type.
        bounded = any(each.kind not in ("min-items", "max-items", "unique-items") for each in inner[-1])
        nested = levels - bounded
        for _ in range(nested):
            stated = [Constraint("type", "array"), *(_below(each) for each in stated)]
        depth += nested
    innermost = (ITEM,) * depth
    stated += [
        Constraint("format", form.strip(), innermost)
        for form in re.findall(r"<([^<>]*)>", match[3])[:1]
    ]  # fmt: skip
    rest = head[match.end() :]
    rest = _without_title(rest)
    is_array = depth > 0
    while (bound := _BOUND.match(rest)) is not None:
        lengths = "items" if is_array and bound[1] == "non-empty" else ""
        stated += constraints.parse_bounds(bound[1], lengths=lengths)
        rest = rest[bound.end() :]
    rest = rest.strip()
    recursive = rest.endswith("Recursive")
    rest = rest.removesuffix("Recursive").removesuffix("Hide pattern").strip()
    if rest and not rest.endswith(_HIDDEN_PATTERN):
        stated.append(Constraint("pattern", rest))
    for level, each in enumerate(inner, 1):
        stated += [Constraint(one.kind, one.value, (ITEM,) * level) for one in each if one.kind != "format"]
    return _Type(stated, constraints.types_of(stated), depth, recursive)


def _array_of(text: str, depth: int) -> list[Constraint]:
    """Read what stands behind `Array of`: types of the elements in the plural, other types of the value itself."""
    names = text.split(" or ")
    own = [name for name in names if name in (*_TYPES, "null")]
    stated = parse_schema_type(" or ".join(name for name in names if name not in own))
    for _ in range(depth):
        stated = [Constraint("type", "array"), *(_below(each) for each in stated)]
    others = parse_schema_type(" or ".join(own))
    types = [each.value for each in others if each.kind == "type" and isinstance(each.value, str)]
    if types:
        stated[0] = Constraint("type", sorted(["array", *types]))
    return [*stated, *(each for each in others if each.kind != "type")]


def _titled(text: str, *, is_array: bool) -> _Type:
    """Read the types of variants with titles: `Cat (object) or Dog (object) or null`."""
    names = [match[1] if (match := re.search(r"\(([a-z]+)\)", part)) else part for part in text.strip().split(" or ")]
    stated = parse_schema_type(" or ".join(dict.fromkeys(names)))
    if is_array:
        stated = [Constraint("type", "array"), *(_below(each) for each in stated)]
    return _Type(stated, constraints.types_of(stated), int(is_array), recursive=False)


def _below(each: Constraint) -> Constraint:
    return Constraint(each.kind, each.value, (ITEM, *each.field))


def _items(text: str) -> tuple[int, list[list[Constraint]]]:
    """What stands behind `[ items`, by level of nested arrays."""
    levels: list[list[Constraint]] = []
    for part in text.split(_ITEMS):
        found: list[Constraint] = []
        if (form := re.match(r"\s*<([^<>]*)>", part)) is not None:
            found.append(Constraint("format", form[1].strip()))
            part = part[form.end() :]
        while (bound := _BOUND.match(part)) is not None:
            found += constraints.parse_bounds(bound[1])
            part = part[bound.end() :]
        pattern = re.sub(r"[\s\]]+$", "", part).strip()
        if pattern and not pattern.endswith(_HIDDEN_PATTERN):
            closed = part.strip()
            found.append(Constraint("pattern", closed[:-1].strip() if closed.endswith("]") else closed))
        levels.append(found)
    return len(levels), levels


def _without_title(text: str) -> str:
    """The text without the title of the schema at its beginning, `(Pet)`."""
    if not text.startswith("(") or _BOUND.match(text):
        return text
    depth = 0
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return text[index + 1 :]
    return text


def _json(text: str, types: tuple[str, ...]) -> Any:
    try:
        return constraints.parse_json(text)
    except ValueError:
        return constraints.literal(text, types)
