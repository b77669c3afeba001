"""Pages of docusaurus-openapi-docs, as built or as saved by a browser.

Each page describes one operation. Newer versions let scripts draw the parameters and schemas, so that a built page has
neither, and show only the selected one of several variants or media types of a request.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import cached_property

from selectolax.lexbor import LexborNode

from speclient.pages.facts import ITEM, VALUE, Facts, Kind, Subject
from speclient.pages.readers import constraints, dom
from speclient.pages.readers.constraints import Constraint
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.type_text import parse_schema_type
from speclient.pages.text import PageText, SavedPage

_PARAMETERS = re.compile(r"(Path|Query|Header|Cookie) Parameters", re.IGNORECASE)
_SECURITY = re.compile(
    r"name:\s*(?P<name>.*?)\s*type:\s*(?P<type>\w+)(?:.*?\bscheme:\s*(?P<scheme>[\w-]+))?(?:.*?\bin:\s*(?P<in>\w+))?"
)
_GENERATED = re.compile(r"\((auto|from schema)\)$")
_TYPES = ("string", "integer", "number", "boolean", "object", "array")
_FORMATS = ("int32", "int64", "float", "double", "date-time", "uuid", "uri", "byte", "binary")
"""Formats that are not titles too, as `email` and `password` may be."""
_FREE_KEY = "property name*"
_CAPTIONS = ("Possible values:", "Default value:", "Constant value:", "Example:", "Examples:")


def read(page: SavedPage) -> Reading | None:
    """Read a page, if it was written by docusaurus-openapi-docs."""
    if page.format != "html" or "ocusaurus" not in page.text:
        return None
    text = PageText(page)
    reader = _Reader(text)
    if not reader.recognises():
        return None
    reader.read()
    return Reading("docusaurus", tuple(text.lines), reader.facts)


@dataclass
class _Row:
    """A property or parameter: its name, the elements behind the name, and the elements below."""

    name: LexborNode
    labels: list[LexborNode]
    details: list[LexborNode]


@dataclass
class _Owner:
    """The row that captions such as `Default value:` belong to.

    Attributes:
        subject: what the row describes.
        value: what its type states.
        nullable: whether it has the label `nullable`.
    """

    subject: Subject
    value: list[Constraint]
    nullable: bool


@dataclass
class _Reader:
    """Reads a page.

    Attributes:
        only_row: whether the schema that is being read has a single row, which may be the schema itself: a type twice.
    """

    text: PageText
    facts: Facts = field(default_factory=Facts)
    only_row: bool = False

    @cached_property
    def callbacks(self) -> range:
        """The lines of callbacks, which describe requests to the caller."""
        for heading in self.text.root.css("h2"):
            if dom.words(heading) == "Callbacks":
                return range(self.text.line(heading), len(self.text.lines) + 1)
        return range(0)

    def recognises(self) -> bool:
        return bool(self.text.tree.css_first("[class*=openapi-], [class*=openapi__]") or self._parameter_lists())

    def _parameter_lists(self) -> list[tuple[str, LexborNode]]:
        lists: list[tuple[str, LexborNode]] = []
        for details in self.text.root.css("details"):
            if self.text.line(details) in self.callbacks:
                continue
            match = _PARAMETERS.fullmatch(dom.words(details.css_first("summary")))
            if match is not None:
                lists.append((match[1].lower(), details))
        return lists

    def read(self) -> None:
        operation = self._operation()
        self.facts.section(operation, 1, len(self.text.lines))
        self._security(operation)
        for place, details in self._parameter_lists():
            self._label(details.css_first("summary"))
            for node in dom.elements(details)[1:]:
                self._rows(node, Subject(operation, place), parameters=True)
        panels: list[LexborNode] = []
        lists = [node for node in self.text.root.css("[role=tablist]") if self.text.line(node) not in self.callbacks]
        for tablist in lists:
            names = [dom.glued(tab) for tab, _ in dom.tabs(tablist)]
            if names and all(dom.STATUS.fullmatch(name) for name in names):
                for (tab, panel), name in zip(dom.tabs(tablist), names, strict=True):
                    self._response(Subject(operation, f"response {name}"), name, tab, panel)
                    panels += [panel] if panel is not None else []
        for tablist in lists:
            if not any(dom.inside(tablist, panel) for panel in panels):
                self._media_types(tablist, Subject(operation, "body"))

    def _operation(self) -> str:
        servers = self._servers()
        for node in self.text.root.css("pre, div, p"):
            found = dom.endpoint(dom.words(node)) if len(node.text()) < 2000 else None
            if found is None:
                continue
            operation, server = dom.key_of(*found, servers)
            line = self.text.line(node)
            self.facts.add(Subject(operation), "operation", operation, line, self.text.end(node))
            if server is not None:
                self.facts.add(Subject(operation), "server", server, line)
                self.facts.use(number for number, row in enumerate(self.text.lines, 1) if row in (server, "Base URL"))
            for number, row in enumerate(self.text.lines, 1):
                is_label = row == "deprecated" and line < number <= line + 2
                if is_label or row.startswith("This endpoint has been deprecated"):
                    self.facts.add(Subject(operation), "deprecated", True, number)
            return operation
        self.facts.note("The page does not contain the method and the path of its operation; a script draws them.")
        return ""

    def _servers(self) -> list[str]:
        """The lines after `Base URL`, and other lines that are a URL."""
        servers = dom.urls(self.text)
        for before, line in itertools.pairwise(row for row in self.text.lines if row != "Edit"):
            if before == "Base URL" and re.fullmatch(r"/\S+", line):
                servers.append(line)
        return servers

    def _security(self, operation: str) -> None:
        for summary in self.text.root.css("details > summary"):
            if not dom.words(summary).startswith("Authorization:") or summary.parent is None:
                continue
            for block in summary.parent.css("pre"):
                match = _SECURITY.match(dom.words(block))
                if match is None:
                    continue
                kind, scheme = match["type"], match["scheme"]
                if kind == "http" and scheme:
                    value = scheme.lower()
                elif kind == "apiKey":
                    value = f"apiKey in {match['in']} {match['name']}"
                else:
                    value = kind
                self._label(summary)
                self.facts.add(Subject(operation), "authentication", value, self.text.line(block), self.text.end(block))

    def _label(self, node: LexborNode | None) -> None:
        if node is not None:
            self.facts.use([self.text.line(node)])

    def _response(self, subject: Subject, status: str, tab: LexborNode, panel: LexborNode | None) -> None:
        self.facts.add(subject, "status", status, self.text.line(tab))
        if panel is None:
            return
        for details in panel.css("details"):
            if dom.words(details.css_first("summary")) == "Response Headers":
                self._label(details.css_first("summary"))
                for node in dom.elements(details)[1:]:
                    self._rows(node, subject, parameters=True)
        for tablist in panel.css("[role=tablist]"):
            self._media_types(tablist, subject)

    def _media_types(self, tablist: LexborNode, subject: Subject) -> None:
        pairs = dom.tabs(tablist)
        names = [dom.glued(tab) for tab, _ in pairs]
        if not names or not all(dom.MEDIA_TYPE.fullmatch(name) for name in names):
            return
        if subject.part == "body":
            self.facts.add(subject, "body", True, self.text.line(tablist))
        for (tab, panel), name in zip(pairs, names, strict=True):
            media = Subject(subject.operation, f"{subject.part} {name}")
            self.facts.add(media, "media-type", name, self.text.line(tab))
            if panel is None:
                continue
            lists = [(node, [dom.words(title) for title, _ in dom.tabs(node)]) for node in panel.css("[role=tablist]")]
            inner = next((node for node, labels in lists if {"Schema", "Body"} & set(labels)), None)
            if inner is None:
                self._schema(panel, media)
                continue
            for schema_tab, content in dom.tabs(inner):
                label = dom.words(schema_tab)
                self._label(schema_tab)
                if content is None:
                    continue
                if label in ("Schema", "Body"):
                    self._schema(content, media)
                elif not _GENERATED.search(label):
                    self._example(content, media)

    def _schema(self, panel: LexborNode, subject: Subject) -> None:
        details = panel.css_first("details")
        parts = dom.elements(details) if details is not None else []
        if not parts:
            return
        summary, *content = parts
        title = dom.words(summary)
        self._label(summary)
        if title.endswith("required") and subject.part.startswith("body"):
            self.facts.add(Subject(subject.operation, "body"), "required", True, self.text.line(summary))
        rows = {node.mem_id for part in content for node in part.css("div, li, details") if _row_of(node) is not None}
        self.only_row = len(rows) == 1
        for node in content:
            self._rows(node, subject)
        self.only_row = False

    def _example(self, panel: LexborNode, subject: Subject) -> None:
        code = panel.css_first("pre")
        if code is not None:
            value = dom.example_of("\n".join(self.text.lines[self.text.line(code) - 1 : self.text.end(code)]))
            self.facts.add(subject, "example", value, self.text.line(code), self.text.end(code))

    def _rows(
        self,
        node: LexborNode,
        subject: Subject,
        *,
        parameters: bool = False,
        variant: bool = False,
        owner: _Owner | None = None,
        level: int = 0,
    ) -> Subject:
        """Read the rows below an element; returns the subject of the rows that follow it."""
        row = _row_of(node)
        if row is not None:
            self._row(row, subject, parameters=parameters, variant=variant, level=level)
            return subject
        if level > dom.MAX_LEVELS:
            return subject
        if node.attributes.get("role") == "tablist":
            for tab, _ in dom.tabs(node):
                self._label(tab)
                if dom.glued(tab) == "null":
                    self.facts.add(subject, "nullable", True, self.text.line(tab))
            return subject
        children = dom.elements(node)
        title = dom.words(children[0]) if children and children[0].tag == "strong" else ""
        if owner is not None and title in _CAPTIONS:
            self._detail(node, title, owner)
            return subject
        if node.tag in ("li", "div", "span") and (mark := dom.words(node)) in ("Array [", "]"):
            self._label(node)
            if mark == "]":
                return Subject(subject.operation, subject.part, subject.field[:-1])
            self.facts.add(subject, "type", "array", self.text.line(node))
            return subject.at(ITEM)
        inner = subject
        within = variant or node.attributes.get("role") == "tabpanel"
        for child in children:
            inner = self._rows(child, inner, parameters=parameters, variant=within, owner=owner, level=level + 1)
        return subject

    def _row(self, row: _Row, subject: Subject, *, parameters: bool, variant: bool, level: int) -> None:
        name = dom.glued(row.name)
        line = self.text.line(row.name)
        labels = [label for node in row.labels if (label := dom.words(node))]
        if re.fullmatch(r"\d+", name) and not labels and not row.details:
            self._label(row.name)  # A character of `circular(...)`, which the tool draws as an object.
            return
        type_text = " ".join(label for label in labels if label not in ("required", "nullable", "deprecated"))
        value = self._value_of(type_text)
        is_header = parameters and subject.part.startswith("response")
        own = subject
        if is_header:
            own = Subject(subject.operation, f"{subject.part} header {name}")
            self.facts.add(own, "header", name, line)
        elif parameters:
            own = Subject(subject.operation, f"{subject.part} {name}")
            self.facts.add(own, "parameter", name, line)
        elif name == _FREE_KEY:
            own = subject.at(VALUE)
        elif name and not (self.only_row and name in _TYPES and re.match(rf"{name}\b", type_text)):
            own = subject.at(name)
            self.facts.add(own, "field", name, line)
        is_discriminator = any(_chooses_variant(row, node) for node in row.details)
        if own != subject and name != _FREE_KEY and not (variant or is_header or is_discriminator):
            self.facts.add(own, "required", "required" in labels, line)
        if "nullable" in labels:
            # The row of free keys with any values has the labels of the object.
            self.facts.add(subject if name == _FREE_KEY and type_text == "any" else own, "nullable", True, line)
        if "deprecated" in labels:
            self.facts.add(own, "deprecated", True, line)
        if not (type_text == "object" and _is_composed(row.details)):
            constraints.record(self.facts, own, value, line)
        owner = _Owner(own, value, nullable="nullable" in labels)
        for node in row.details:
            if _chooses_variant(row, node):
                # Below a discriminator, tabs have the other properties of the object.
                self._rows(node, subject, variant=True, level=level + 1)
            else:
                self._rows(node, own, owner=owner, level=level + 1)

    @staticmethod
    def _value_of(type_text: str) -> list[Constraint]:
        """What the text behind a name states; versions before 4 write the format in place of the type."""
        form = type_text.rstrip("[]")
        if form not in _FORMATS:
            return parse_schema_type(type_text)
        depth = type_text.count("[]")
        arrays = [Constraint("type", "array", (ITEM,) * level) for level in range(depth)]
        return [*arrays, Constraint("format", form, (ITEM,) * depth)]

    def _detail(self, node: LexborNode, title: str, owner: _Owner) -> None:
        """Read a caption and what follows it: `Default value: 25`."""
        subject, value = owner.subject, owner.value
        line, end = self.text.line(node), self.text.end(node)
        body = dom.glued(node)[len(title) :].strip()
        types = constraints.types_of(value)
        items = types == ("array",)
        item_types = constraints.types_of(value, (ITEM,))
        if title == "Default value:":
            default = constraints.literal(body, types)
            place = subject.at(ITEM) if items and not isinstance(default, list) else subject
            if place is not subject:
                default = constraints.literal(body, item_types)
            self.facts.add(place, "default", default, line, end)
        elif title == "Constant value:":
            self.facts.add(subject, "const", constraints.literal(body, types), line, end)
        elif title == "Example:":
            self.facts.add(subject, "example", constraints.literal(body, types), line, end)
        elif title == "Examples:":
            for panel in node.css("[role=tabpanel]"):
                code = panel.css_first("code")
                if code is not None:
                    self.facts.add(subject, "example", constraints.literal(code.text(), types), line, end)
            self.facts.use(range(line, end + 1))
        else:
            self._possible(body, owner, items, item_types or types, line, end)

    def _possible(self, body: str, owner: _Owner, items: bool, types: tuple[str, ...], line: int, end: int) -> None:
        """Read `Possible values:`: bounds, a pattern and enum values of a value or, for an array, of its elements."""
        subject, nullable = owner.subject, owner.nullable
        target = subject.at(ITEM) if items else subject
        self.facts.use(range(line, end + 1))
        enum = re.search(r"(?:^|, )\[(.*)\](?=$|, [<>]=)", body)
        if enum is not None:
            values = [
                constraints.literal(each, types) for each in enum[1].split(", ") if each != "null" or not nullable
            ]
            self.facts.add(target, "enum", values, line, end)
            body = body[: enum.start()] + body[enum.end() :]
        pattern = re.search(r"Value must match regular expression (.*)$", body)
        if pattern is not None:
            self.facts.add(target, "pattern", pattern[1], line, end)
            body = body[: pattern.start()]
        for each in constraints.parse_bounds(body):
            counts = items and each.kind in ("minimum", "maximum")
            if not counts:
                self.facts.add(target, each.kind, each.value, line, end)
            elif not {"integer", "number"} & set(types):
                # Of an array of numbers, the page does not tell whether the array or its elements are bounded.
                kind: Kind = "min-items" if each.kind == "minimum" else "max-items"
                self.facts.add(subject, kind, each.value, line, end)


def _row_of(node: LexborNode) -> _Row | None:
    """The row that an element is: a name in `strong` at its beginning, alone or with labels in a `span`."""
    children = dom.elements(node)
    if not children:
        return None
    first = children[0]
    if node.tag == "details" and first.tag == "summary":
        head = _row_of(first)
        return _Row(head.name, head.labels, children[1:]) if head is not None else None
    if node.tag not in ("div", "li", "summary"):
        return None
    if first.tag == "span" and (inner := dom.elements(first)) and inner[0].tag == "strong":
        return _Row(inner[0], inner[1:], children[1:])
    if first.tag == "strong" and node.tag in ("li", "summary") and dom.words(first) not in _CAPTIONS:
        labels = [child for child in children[1:] if child.tag in ("span", "strong")]
        return _Row(first, labels, [child for child in children[1:] if child.tag not in ("span", "strong")])
    return None


def _chooses_variant(row: _Row, node: LexborNode) -> bool:
    """Whether an element below a row has tabs of the row itself that no badge such as `oneOf` announces."""
    tablist = node.css_first("[role=tablist]")
    if tablist is None or _is_composed(row.details):
        return False
    for parent in dom.ancestors(tablist):
        if any(dom.words(child) in _CAPTIONS for child in dom.elements(parent)[:1]):
            return False
        above = _row_of(parent)
        if above is not None:
            return above.name.mem_id == row.name.mem_id
    return False


def _is_composed(details: list[LexborNode]) -> bool:
    """Whether the first thing below a row is a choice of variants."""
    for node in details:
        for badge in (node, *node.css("span")):
            if badge.tag == "span" and dom.words(badge) in ("oneOf", "anyOf", "allOf"):
                return True
            if dom.elements(badge) and dom.elements(badge)[0].tag == "strong":
                return False
    return False
