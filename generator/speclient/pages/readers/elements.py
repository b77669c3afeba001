"""Pages drawn by Stoplight Elements.

The reader relies on the attributes `data-test`, `data-level`, `role` and `aria-label`. The page has the schema of the
selected status, media type and variant only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from speclient.pages.facts import ITEM, VALUE, Facts, Subject
from speclient.pages.readers import constraints, dom
from speclient.pages.readers.constraints import Constraint
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.type_text import parse_schema_type
from speclient.pages.text import PageText, SavedPage

_ROW: Final = "schema-row"
_PLACES: Final = {
    "Path Parameters": "path",
    "Query Parameters": "query",
    "Headers": "header",
    "Cookies": "cookie",
}
_SCHEMES: Final = {
    "Basic Auth": "basic",
    "Bearer Auth": "bearer",
    "Digest Auth": "digest",
    "OAuth 2.0": "oauth2",
    "OpenID Connect": "openIdConnect",
}
_API_KEY = re.compile(r"in a (header|query|cookie) parameter called\s*`?([^\s`]+)`?")
_CAPTION = re.compile(r"(Allowed values?|Default|Examples?|Match pattern|Multiple of|Constant|Style):")
_ARRAY_OF_VARIANTS = re.compile(r"array \((?:one|any)Of\) \[.*\]")
_VIEWER: Final = ".JsonSchemaViewer"


def read(page: SavedPage) -> Reading | None:
    """Read a page, if Elements drew it."""
    if page.format != "html" or not re.search("JsonSchemaViewer|HttpOperation", page.text):
        return None
    text = PageText(page, within=(".HttpOperation",))
    reader = _Reader(text)
    reader.read()
    return Reading("elements", tuple(text.lines), reader.facts)


@dataclass
class _Reader:
    text: PageText
    facts: Facts = field(default_factory=Facts)

    def read(self) -> None:
        root = self.text.root
        operation = self._operation()
        if not operation:
            self._schema_page()
            return
        self.facts.section(operation, 1, len(self.text.lines))
        responses = False
        place = ""
        media: Subject | None = None
        tabs = self._statuses(operation)
        for node in root.traverse():
            if node.tag == "h2":
                responses = responses or dom.words(node) == "Responses"
            elif node.tag == "h3":
                place = dom.words(node)
                part = self._part(node, tabs) if responses else "body"
                media = self._body(node, Subject(operation, part)) if place == "Body" and part else None
                if place in _PLACES or media is not None:
                    self.facts.use([self.text.line(node)])
            elif _has_class(node, "JsonSchemaViewer"):
                part = self._part(node, tabs) if responses else ""
                if media is not None:
                    self._viewer(node, media)
                elif responses and part and place == "Headers":
                    self._viewer(node, Subject(operation, part), named="header")
                elif not responses and place in _PLACES:
                    self._viewer(node, Subject(operation, _PLACES[place]), named="parameter")
        self._security(Subject(operation))
        self._response_example(tabs, operation)

    def _operation(self) -> str:
        for node in self.text.root.css("[title]"):
            found = dom.endpoint(dom.words(node).replace(" ", "\n", 1).replace(" ", "").replace("\n", " "))
            if found is None or node.css_first("a") is not None:
                continue
            spans = [span for span in node.css("span") if dom.glued(span)]
            url = dom.glued(spans[0]) if len(spans) > 1 else ""
            servers = [url] if found[1].startswith(url) else []
            operation, server = dom.key_of(found[0], found[1], servers)
            line, end = self.text.line(node), self.text.end(node)
            self.facts.add(Subject(operation), "operation", operation, line, end)
            if server:
                self.facts.add(Subject(operation), "server", server, line, end)
            badge = self.text.root.css_first("[data-testid=badge-deprecated]")
            if badge is not None:
                self.facts.add(Subject(operation), "deprecated", True, self.text.line(badge))
            return operation
        return ""

    def _schema_page(self) -> None:
        """Read a page that describes a schema by its name."""
        title = self.text.root.css_first("h1")
        viewer = self.text.root.css_first(_VIEWER)
        if title is None or viewer is None:
            self.facts.note("The page does not contain an operation.")
            return
        self._viewer(viewer, Subject("", f"schema {dom.words(title)}"))

    def _statuses(self, operation: str) -> list[tuple[str, LexborNode | None]]:
        """Record the statuses; returns them with their panels."""
        found: list[tuple[str, LexborNode | None]] = []
        for tablist in self.text.root.css("[role=tablist]"):
            pairs = dom.tabs(tablist)
            names = [tab.attributes.get("data-key") or dom.glued(tab) for tab, _ in pairs]
            if names and all(dom.STATUS.fullmatch(name) for name in names):
                for (tab, panel), name in zip(pairs, names, strict=True):
                    subject = Subject(operation, f"response {name}")
                    self.facts.add(subject, "status", name, self.text.line(tab))
                    found.append((name, panel))
        return found

    def _part(self, node: LexborNode, tabs: list[tuple[str, LexborNode | None]]) -> str:
        """The response that an element belongs to."""
        for name, panel in tabs:
            if panel is not None and dom.inside(node, panel):
                return f"response {name}"
        return ""

    def _body(self, heading: LexborNode, owner: Subject) -> Subject | None:
        """Record the media types behind a heading; returns the selected one."""
        line = self.text.line(heading)
        if owner.part == "body":
            self.facts.add(owner, "body", True, line)
        around = heading.parent
        if around is None:
            return None
        names = [name for node in around.css("option") if dom.MEDIA_TYPE.fullmatch(name := dom.glued(node))]
        shown = [
            name
            for node in around.css("button, span, div")
            if dom.MEDIA_TYPE.fullmatch(name := dom.glued(node)) and (not names or name in names)
        ]
        names = names or shown[:1]
        for name in names:
            lines = [number for number in range(line, self.text.end(around) + 1) if name in self.text.lines[number - 1]]
            self.facts.add(
                Subject(owner.operation, f"{owner.part} {name}"), "media-type", name, lines[0] if lines else line
            )
            self.facts.use(lines)
        selected = shown[0] if shown else names[0] if names else None
        return Subject(owner.operation, f"{owner.part} {selected}") if selected else None

    def _security(self, subject: Subject) -> None:
        for row in self.text.root.css("[data-test=http-operation-security-row]"):
            for node in row.css("[role=heading]"):
                title = dom.words(node).partition(":")[2]
                line = self.text.line(node)
                for name in re.split(r"\s*(?:,|&|\bor\b|\band\b)\s*", title.strip()):
                    if name in _SCHEMES:
                        self.facts.add(subject, "authentication", _SCHEMES[name], line)
            for match in _API_KEY.finditer(dom.words(row)):
                line, end = self.text.line(row), self.text.end(row)
                self.facts.add(subject, "authentication", f"apiKey in {match[1]} {match[2]}", line, end)

    def _response_example(self, tabs: list[tuple[str, LexborNode | None]], operation: str) -> None:
        """Read the example of the selected response and media type."""
        status = next((name for name, panel in tabs if panel is not None), None)
        media = [
            fact.value
            for fact in self.facts.facts
            if fact.kind == "media-type" and fact.subject.part.startswith(f"response {status} ")
        ]
        if status is None or not media:
            return
        for heading in self.text.root.css("span, [role=heading], h3"):
            if not dom.words(heading).startswith("Response Example"):
                continue
            code = next((code for parent in dom.ancestors(heading) if (code := parent.css_first("pre"))), None)
            if code is None:
                continue
            rows = [
                cells[1].text()
                for row in code.css("div")
                if len(cells := dom.elements(row)) == 2 and dom.glued(cells[0]).isdigit()
            ]
            value = dom.example_of("\n".join(rows) if rows else code.text())
            subject = Subject(operation, f"response {status} {media[0]}")
            self.facts.add(subject, "example", value, self.text.line(code), self.text.end(code))

    def _viewer(self, viewer: LexborNode, subject: Subject, *, named: str = "") -> None:
        """Read the rows of a schema."""
        heads = [node for node in dom.elements(viewer) if "data-level" not in node.attributes]
        variant = False
        for node in heads:
            if node.attributes.get("data-test") == _ROW or node.css_first("[data-level]") is not None:
                continue
            text = dom.words(node)
            is_array = _ARRAY_OF_VARIANTS.fullmatch(text) is not None
            variant = variant or is_array or re.search(r"\((one|any) of\)$", text) is not None
            if text == "array of:" or is_array:
                self.facts.add(subject, "type", "array", self.text.line(node))
                subject = subject.at(ITEM)
            if variant or text == "array of:":
                self.facts.use([self.text.line(node)])
        self._rows(viewer, subject, named=named, variant=variant)

    def _rows(
        self, container: LexborNode, subject: Subject, *, named: str = "", variant: bool = False, level: int = 0
    ) -> None:
        inner, chosen, below = subject, variant, named
        if level > dom.MAX_LEVELS // 2:
            return
        for child in dom.elements(container):
            if child.attributes.get("data-test") == _ROW:
                inner, chosen = self._row(child, subject, named, variant)
                below = ""
            elif "data-level" in child.attributes:
                self._rows(child, inner, named=below, variant=chosen, level=level + 1)
            else:
                self._rows(child, subject, named=named, variant=variant, level=level + 1)

    def _row(self, row: LexborNode, subject: Subject, named: str, variant: bool) -> tuple[Subject, bool]:
        """Read a row; returns the subject of the rows below it, and whether they are those of one variant."""
        name_node = _test(row, "property-name-")
        name = dom.glued(name_node)
        line = self.text.line(name_node or row)
        own = subject
        if name_node is not None:
            if named == "header":
                own = Subject(subject.operation, f"{subject.part} header {name}")
                self.facts.add(own, "header", name, line)
            elif named == "parameter":
                own = Subject(subject.operation, f"{subject.part} {name}")
                self.facts.add(own, "parameter", name, line)
            else:
                own = subject.at(name)
                self.facts.add(own, "field", name, line)
            if not variant and named != "header":
                required = row.css_first("[data-test=property-required]")
                self.facts.add(own, "required", required is not None, line)
            if (required := row.css_first("[data-test=property-required]")) is not None:
                self.facts.use([self.text.line(required)])
        stated: list[Constraint] = []
        type_nodes = row.css("[data-test=property-type]")
        if type_nodes:
            text = " or ".join(dom.glued(node) for node in type_nodes)
            stated = parse_schema_type(text)
            if not stated and text.endswith(" or null"):
                stated = [Constraint("nullable", True)]  # A title in place of the type.
            constraints.record(self.facts, own, stated, self.text.line(type_nodes[0]))
        choice = self._choice(row, own)
        stated += choice or []
        chosen = choice is not None
        for node in row.css("span, div"):
            flag = node.attributes.get("data-test") or ""
            if flag == "property-deprecated":
                self.facts.add(own, "deprecated", True, self.text.line(node))
            elif dom.words(node) in ("read-only", "write-only") and flag.startswith("property-"):
                self.facts.add(
                    own, "read-only" if dom.words(node) == "read-only" else "write-only", True, self.text.line(node)
                )
            elif flag == "property-validation":
                self._validation(node, own, stated)
        inner = (VALUE,) if any(each.field[:1] == (VALUE,) for each in stated) else ()
        arrays = [each for each in stated if each.kind == "type" and each.field[: len(inner)] == inner]
        depth = sum("array" in str(each.value) for each in arrays)
        return own.at(*inner, *[ITEM] * depth), chosen

    def _choice(self, row: LexborNode, subject: Subject) -> list[Constraint] | None:
        """Read a choice of variants, such as `any of: string` or `array (oneOf) [Cat]`."""
        button = row.css_first("[aria-label='Pick a type']")
        if button is None:
            return None
        text = dom.words(button)
        line = self.text.line(button)
        text = text.partition(":")[2].strip() or text
        stated = [Constraint("type", "array")] if _ARRAY_OF_VARIANTS.fullmatch(text) else parse_schema_type(text)
        constraints.record(self.facts, subject, stated, line)
        if any(dom.words(option) == "null" for option in row.css("option")):
            self.facts.add(subject, "nullable", True, line)
        self.facts.use(range(self.text.line(row), self.text.end(row) + 1) if not row.css_first("p") else [line])
        return stated

    def _validation(self, node: LexborNode, subject: Subject, stated: list[Constraint]) -> None:
        """Read bounds, or a caption with values."""
        line, end = self.text.line(node), self.text.end(node)
        children = dom.elements(node)
        caption = _CAPTION.fullmatch(dom.words(children[0])) if children else None
        types = constraints.types_of(stated)
        if caption is None:
            for span in node.css("span"):
                for each in constraints.parse_bounds(dom.words(span)):
                    self.facts.add(subject, each.kind, each.value, line, end)
            return
        leaves = [span for child in children[1:] for span in child.css("span") if not dom.elements(span)]
        values = [dom.glued(leaf) for leaf in leaves]
        self.facts.use(range(line, end + 1))
        title = caption[1]
        is_array = types == ("array",)
        if title.startswith("Allowed value"):
            allowed = constraints.types_of(stated, (ITEM,)) if is_array else types
            nullable = any(each.kind == "nullable" and not each.field for each in stated)
            literals = [constraints.literal(value, allowed) for value in values if value != "null" or not nullable]
            self.facts.add(subject.at(ITEM) if is_array else subject, "enum", literals, line, end)
        elif title == "Default":
            default = [constraints.literal(value, constraints.types_of(stated, (ITEM,))) for value in values]
            whole = constraints.literal(" ".join(values), types)
            self.facts.add(subject, "default", default if is_array and isinstance(whole, str) else whole, line, end)
        elif title in ("Example", "Examples"):
            for value in values:
                self.facts.add(subject, "example", constraints.literal(value, types), line, end)
        elif title == "Match pattern" and values:
            self.facts.add(subject, "pattern", values[0], line, end)
        elif title == "Multiple of" and values and re.fullmatch(r"[\d.eE+-]+", values[0]):
            self.facts.add(subject, "multiple-of", constraints.number(values[0]), line, end)
        elif title == "Constant" and values:
            self.facts.add(subject, "const", constraints.literal(values[0], types), line, end)


def _has_class(node: LexborNode, name: str) -> bool:
    if node.tag is None or node.tag.startswith("-"):
        return False
    return name in (node.attributes.get("class") or "").split()


def _test(row: LexborNode, prefix: str) -> LexborNode | None:
    """The first element of a row whose `data-test` begins with a prefix."""
    return row.css_first(f"[data-test^='{prefix}']")
