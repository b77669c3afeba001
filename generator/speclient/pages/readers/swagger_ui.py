"""Pages drawn by Swagger UI.

Documents of OpenAPI 3.0 are drawn as models (`{ ... }` with a line per keyword), those of 3.1 as nested articles. The
class names are those that the tool documents for themes; they do not change with each build.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from selectolax.lexbor import LexborNode

from speclient.pages.facts import ITEM, VALUE, Facts, Kind, Subject
from speclient.pages.readers import constraints, dom
from speclient.pages.readers.constraints import Constraint
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.type_text import parse_schema_type
from speclient.pages.text import PageText, SavedPage, normalised

_BLOCK: Final = ".opblock"
_PROPERTY = re.compile(r"([A-Za-z]+):\s?(.*)", re.DOTALL)
_CAPTION = re.compile(r"(Default value|Available values|Example|Examples)\s*:\s*(.*)", re.DOTALL)
_KEYWORDS: Final[dict[str, Kind]] = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive-minimum",
    "exclusiveMaximum": "exclusive-maximum",
    "multipleOf": "multiple-of",
    "minLength": "min-length",
    "maxLength": "max-length",
    "pattern": "pattern",
    "minItems": "min-items",
    "maxItems": "max-items",
    "uniqueItems": "unique-items",
    "default": "default",
    "example": "example",
    "nullable": "nullable",
    "readOnly": "read-only",
    "writeOnly": "write-only",
    "deprecated": "deprecated",
}
_FLAGS: Final[frozenset[Kind]] = frozenset({"unique-items", "nullable", "read-only", "write-only", "deprecated"})
_TEXTS: Final[frozenset[Kind]] = frozenset({"pattern", "default", "example"})
_VARIANTS: Final = ("oneOf", "anyOf", "allOf")
_ARTICLE: Final = "json-schema-2020-12"


def read(page: SavedPage) -> Reading | None:
    """Read a page, if Swagger UI drew it."""
    if page.format != "html" or "opblock" not in page.text:
        return None
    text = PageText(page, within=(".swagger-ui", "#swagger-ui"))
    reader = _Reader(text)
    reader.read()
    return Reading("swagger-ui", tuple(text.lines), reader.facts)


@dataclass
class _Reader:
    text: PageText
    facts: Facts = field(default_factory=Facts)

    def read(self) -> None:
        blocks = [
            node for node in self.text.root.css(_BLOCK) if "opblock" in (node.attributes.get("class") or "").split()
        ]
        if not blocks:
            self.facts.note("The page does not contain an operation.")
        for block in blocks:
            self._operation(block)

    def _operation(self, block: LexborNode) -> None:
        path_node = block.css_first("[data-path]")
        method = block.css_first(".opblock-summary-method")
        path = path_node.attributes.get("data-path") if path_node is not None else None
        if path is None or method is None or not path.startswith("/"):
            return  # Webhooks have a name instead of a path.
        operation, _ = dom.key_of(dom.words(method), path, [])
        subject = Subject(operation)
        line = self.text.line(method)
        self.facts.section(operation, self.text.line(block), self.text.end(block))
        self.facts.add(subject, "operation", operation, line, self.text.end(path_node or method))
        servers = block.css(".operation-servers option") or self.text.root.css(
            ".schemes-server-container .servers option"
        )
        for option in servers:
            url = option.attributes.get("value")
            if url:
                self.facts.add(subject, "server", url, self.text.line(option))
        for heading in block.css("h4"):
            if dom.words(heading).endswith("Deprecated") and "opblock-title_normal" in (
                heading.attributes.get("class") or ""
            ):
                self.facts.add(subject, "deprecated", True, self.text.line(heading))
        for row in block.css("tr[data-param-name][data-param-in]"):
            self._parameter(row, operation)
        body = block.css_first(".opblock-section-request-body")
        if body is not None:
            self._body(body, operation)
        for row in block.css("tr.response[data-code]"):
            self._response(row, operation)

    def _parameter(self, row: LexborNode, operation: str) -> None:
        name = row.attributes.get("data-param-name") or ""
        subject = Subject(operation, f"{row.attributes.get('data-param-in')} {name}")
        line = self.text.line(row)
        cells = dom.elements(row)
        if len(cells) < 2:
            return
        self.facts.add(subject, "parameter", name, line, self.text.end(cells[0]))
        title = row.css_first(".parameter__name")
        self.facts.add(subject, "required", _has_class(title, "required"), line)
        flag = row.css_first(".parameter__deprecated")
        if flag is not None and dom.words(flag) == "deprecated":
            self.facts.add(subject, "deprecated", True, self.text.line(flag))
        type_node = row.css_first(".parameter__type")
        stated = parse_schema_type(_type_text(type_node)) if type_node is not None else []
        if type_node is not None:
            constraints.record(self.facts, subject, stated, self.text.line(type_node))
        self._model_example(cells[1], subject)
        for node in cells[1].css(".parameter__extension"):
            self._keyword(dom.glued(node), subject, stated, node)
        for node in cells[1].css(".renderedMarkdown"):
            match = _CAPTION.fullmatch(dom.glued(node))
            if match is not None and node.css_first("i") is not None:
                self._caption(match[1], match[2], subject, stated, node)

    def _caption(self, caption: str, body: str, subject: Subject, stated: list[Constraint], node: LexborNode) -> None:
        line, end = self.text.line(node), self.text.end(node)
        types = constraints.types_of(stated)
        is_array = types == ("array",)
        item_types = constraints.types_of(stated, (ITEM,))
        if caption == "Available values":
            target = subject.at(ITEM) if is_array else subject
            allowed = item_types if is_array else types
            values = [constraints.literal(value, allowed) for value in body.split(", ")]
            self.facts.add(target, "enum", values, line, end)
        elif caption == "Default value":
            self.facts.add(subject, "default", constraints.literal(_plain(body), types), line, end)
        elif caption == "Example":
            self.facts.add(subject, "example", constraints.literal(_plain(body), types), line, end)

    def _body(self, section: LexborNode, operation: str) -> None:
        subject = Subject(operation, "body")
        heading = section.css_first("h4")
        line = self.text.line(heading or section)
        self.facts.add(subject, "body", True, line)
        if _has_class(heading, "required"):
            self.facts.add(subject, "required", True, line)
        media = self._media_types(section.css_first("select.content-type"), subject)
        if media is None:
            return
        self._model_example(section, media)
        for row in section.css("tr[data-property-name]"):
            self._form_field(row, media)

    def _form_field(self, row: LexborNode, media: Subject) -> None:
        """Read a property of a form, which is drawn like a parameter."""
        name = row.attributes.get("data-property-name") or ""
        subject = media.at(name)
        line = self.text.line(row)
        self.facts.add(subject, "field", name, line)
        self.facts.add(subject, "required", _has_class(row.css_first(".parameter__name"), "required"), line)
        type_node = row.css_first(".parameter__type")
        if type_node is not None:
            stated = parse_schema_type(_type_text(type_node))
            constraints.record(self.facts, subject, stated, self.text.line(type_node))
            for node in row.css(".parameter__extension"):
                self._keyword(dom.glued(node), subject, stated, node)
        flag = row.css_first(".parameter__deprecated")
        if flag is not None and dom.words(flag) == "deprecated":
            self.facts.add(subject, "deprecated", True, self.text.line(flag))

    def _response(self, row: LexborNode, operation: str) -> None:
        status = row.attributes.get("data-code") or ""
        subject = Subject(operation, f"response {status}")
        self.facts.add(subject, "status", status, self.text.line(row))
        for header in row.css("table.headers tbody tr"):
            cells = dom.elements(header)
            if len(cells) == 3:
                own = Subject(operation, f"{subject.part} header {dom.glued(cells[0])}")
                self.facts.add(own, "header", dom.glued(cells[0]), self.text.line(cells[0]))
                stated = parse_schema_type(dom.glued(cells[2]))
                constraints.record(self.facts, own, stated, self.text.line(cells[2]))
        media = self._media_types(row.css_first("select.content-type"), subject)
        if media is not None:
            self._model_example(row, media)

    def _media_types(self, select: LexborNode | None, subject: Subject) -> Subject | None:
        """Record the media types of a list; returns the selected one, which the page describes."""
        selected: Subject | None = None
        for option in select.css("option") if select is not None else ():
            name = option.attributes.get("value") or dom.glued(option)
            media = Subject(subject.operation, f"{subject.part} {name}")
            self.facts.add(media, "media-type", name, self.text.line(option))
            if selected is None or "selected" in option.attributes:
                selected = media
        return selected

    def _model_example(self, node: LexborNode, subject: Subject) -> None:
        """Read the selected one of the tabs `Example Value` and `Schema`."""
        for tab in node.css(".model-example [role=tab]"):
            self.facts.use([self.text.line(tab)])
        for panel in node.css("[data-name=modelPanel]"):
            article = panel.css_first("article[data-json-schema-level]")
            if article is not None:
                self._article(article, subject)
            elif (model := panel.css_first(".model")) is not None:
                self._model(model, subject)
        for panel in node.css("[data-name=examplePanel]"):
            code = panel.css_first("pre, code")
            if code is not None:
                value = dom.example_of("\n".join(self.text.lines[self.text.line(code) - 1 : self.text.end(code)]))
                self.facts.add(subject, "example", value, self.text.line(code), self.text.end(code))

    # Models of OpenAPI 3.0.

    def _model(self, model: LexborNode, subject: Subject, level: int = 0, *, variant: bool = False) -> None:
        """Read a model: a primitive, `[ ... ]` or `{ ... }`."""
        if level > dom.MAX_LEVELS // 4:
            return
        stated: list[Constraint] = []
        line = self.text.line(model)
        type_node = _own(model, ".prop-type")
        if type_node is not None:
            form = _own(model, ".prop-format")
            stated = parse_schema_type(dom.glued(type_node) + (dom.glued(form) if form is not None else ""))
            line = self.text.line(type_node)
        elif _own(model, ".brace-open") is not None and _has_properties(model):
            # Schemas without a type are drawn as `{ }` too.
            stated = [Constraint("type", "object")]
        inner = _own(model, ".model")
        is_array = type_node is None and inner is not None and _own(model, ".brace-open") is None
        if is_array:
            stated = [Constraint("type", "array")]
        composed = any(dom.words(cell).removesuffix(" ->") in _VARIANTS for cell in _keys(model))
        if not composed:
            constraints.record(self.facts, subject, stated, line)
        self._keywords(model, subject, stated)
        if is_array and inner is not None:
            self._model(inner, subject.at(ITEM), level + 1)
        for row in _rows(model):
            cells = dom.elements(row)
            if len(cells) == 2:
                self._property(row, cells[0], cells[1], subject, level, variant=variant)

    def _property(
        self, row: LexborNode, head: LexborNode, details: LexborNode, subject: Subject, level: int, *, variant: bool
    ) -> None:
        text = dom.words(head)
        models = dom.outermost(details.css(".model"))
        if _has_class(row, "property-row"):
            star = head.css_first(".star")
            name = dom.glued(head)
            name = name[:-1] if star is not None and name.endswith("*") else name
            own = subject.at(name)
            line = self.text.line(head)
            self.facts.add(own, "field", name, line)
            if not variant:
                self.facts.add(own, "required", _has_class(row, "required") or star is not None, line)
            if _has_class(row, "deprecated"):
                self.facts.add(own, "deprecated", True, line)
            for model in models[:1]:
                self._model(model, own, level + 1)
        elif re.fullmatch(r"<\s*\*\s*>\s*:", text):
            self.facts.use([self.text.line(head)])
            for model in models[:1]:
                self._model(model, subject.at(VALUE), level + 1)
        elif text.removesuffix(" ->") in _VARIANTS:
            self.facts.use([self.text.line(head)])
            for model in models:
                self._model(model, subject, level + 1, variant=text.removesuffix(" ->") != "allOf")

    def _keywords(self, model: LexborNode, subject: Subject, stated: list[Constraint]) -> None:
        nodes = [node for node in model.css(".property") if _nearest_model(node) == model.mem_id]
        texts = {match[1]: match[2] for node in nodes if (match := _PROPERTY.fullmatch(dom.glued(node))) is not None}
        for node in nodes:
            text = dom.glued(node)
            match = _PROPERTY.fullmatch(text)
            for bound in ("Minimum", "Maximum"):
                # In OpenAPI 3.0, `exclusiveMinimum: true` changes what `minimum` means.
                if match is not None and texts.get(f"exclusive{bound}") == "true":
                    if match[1] == f"exclusive{bound}":
                        text = f"{match[1]}: {texts.get(bound.lower(), '')}"
                    elif match[1] == bound.lower():
                        text = ""
                        self.facts.use([self.text.line(node)])
            self._keyword(text, subject, stated, node)
        for node in model.css(".prop-enum"):
            if _nearest_model(node) == model.mem_id:
                body = dom.glued(node).partition(":")[2].strip()
                if body.startswith("[") and body.endswith("]"):
                    types = constraints.types_of(stated)
                    values = [constraints.literal(value, types) for value in body[1:-1].strip().split(", ")]
                    if texts.get("nullable") == "true":
                        values = [value for value in values if value not in (None, "null")]
                    self.facts.add(subject, "enum", values, self.text.line(node), self.text.end(node))

    def _keyword(self, text: str, subject: Subject, stated: list[Constraint], node: LexborNode) -> None:
        """Read a line such as `minimum: 1`."""
        match = _PROPERTY.fullmatch(text)
        kind = _KEYWORDS.get(match[1]) if match is not None else None
        if match is None or kind is None:
            return
        body = match[2].strip()
        line, end = self.text.line(node), self.text.end(node)
        if kind in _FLAGS:
            if body == "true":
                self.facts.add(subject, kind, True, line, end)
            return
        if kind in _TEXTS:
            types = constraints.types_of(stated)
            body = _plain(body)
            self.facts.add(subject, kind, body if kind == "pattern" else constraints.literal(body, types), line, end)
            return
        if re.fullmatch(r"[-+]?[\d.]+(?:e[-+]?\d+)?", body):
            self.facts.add(subject, kind, constraints.number(body), line, end)

    # Articles of OpenAPI 3.1.

    def _article(self, article: LexborNode, subject: Subject, level: int = 0, *, variant: bool = False) -> None:
        """Read a schema: its head with type and bounds, its body with the other keywords."""
        if level > dom.MAX_LEVELS // 4:
            return
        parts = dom.elements(article)
        if not parts:
            return
        head, *bodies = parts
        keywords = [keyword for body in bodies for keyword in dom.elements(body)]
        names = {_keyword_name(keyword) for keyword in keywords}
        self._head(head, subject, is_composed=bool({"oneOf", "anyOf", "allOf", "$ref"} & names))
        for keyword in keywords:
            name = _keyword_name(keyword)
            inner = dom.outermost(keyword.css(f"article.{_ARTICLE}"))
            if name in ("properties", "allOf", "oneOf", "anyOf", "items", "additionalProperties", "enum", "default"):
                self.facts.use([self.text.line(keyword)])
            if name == "properties":
                for each in inner:
                    self._article_property(each, subject, level, variant=variant)
            elif name in _VARIANTS:
                for each in inner:
                    self._article(each, subject, level + 1, variant=variant or name != "allOf")
            elif name in ("items", "additionalProperties"):
                for each in inner[:1]:
                    self._article(each, subject.at(ITEM if name == "items" else VALUE), level + 1)
            elif name in ("default", "const", "enum", "example", "examples"):
                self._viewer(keyword, name, subject)

    def _article_property(self, article: LexborNode, subject: Subject, level: int, *, variant: bool) -> None:
        title = article.css_first(f".{_ARTICLE}__title")
        name = dom.glued(title)
        own = subject.at(name)
        line = self.text.line(title or article)
        self.facts.add(own, "field", name, line)
        if not variant:
            self.facts.add(own, "required", _has_class(article.parent, f"{_ARTICLE}-property--required"), line)
        self._article(article, own, level + 1)

    def _head(self, head: LexborNode, subject: Subject, *, is_composed: bool) -> list[Constraint]:
        line = self.text.line(head)
        stated: list[Constraint] = []
        for node in head.css(f".{_ARTICLE}__attribute"):
            text = dom.glued(node)
            if text == "deprecated":
                self.facts.add(subject, "deprecated", True, self.text.line(node))
            elif text in ("read-only", "write-only"):
                self.facts.add(subject, text, True, self.text.line(node))  # type: ignore[arg-type]
            else:
                stated = parse_schema_type(text)
        for node in head.css(f".{_ARTICLE}__constraint"):
            stated += _constraint(dom.glued(node))
            self.facts.use([self.text.line(node)])
        if is_composed:
            stated = [each for each in stated if each.kind not in ("type", "nullable")]
        constraints.record(self.facts, subject, stated, line, self.text.end(head))
        return stated

    def _viewer(self, keyword: LexborNode, name: str, subject: Subject) -> None:
        """Read a JSON value that is drawn as a tree."""
        value = _json_of(keyword)
        line, end = self.text.line(keyword), self.text.end(keyword)
        if name == "enum" and isinstance(value, list) and value:
            self.facts.add(subject, "enum", [each for each in value if each is not None], line, end)
        elif name == "examples" and isinstance(value, list):
            for each in value:
                self.facts.add(subject, "example", each, line, end)
        elif name in ("default", "const", "example"):
            self.facts.add(subject, name, value, line, end)  # type: ignore[arg-type]


def _type_text(node: LexborNode) -> str:
    """The type and the format in an element that may also have bounds."""
    parts = [child for child in node.iter(include_text=True) if child.tag in ("-text", "span")]
    return normalised("".join(part.text() if part.tag != "-text" else part.text_content or "" for part in parts))


def _plain(text: str) -> str:
    """JSON as the tool writes it without the names of the collections: `List [ "a" ]`."""
    if not text.startswith(("List [", "Map {", "OrderedMap {")):
        return text
    return re.sub(r"\b(?:List|OrderedMap|Map) (?=[\[{])", "", text)


def _has_class(node: LexborNode | None, name: str) -> bool:
    return node is not None and name in (node.attributes.get("class") or "").split()


def _nearest_model(node: LexborNode) -> int:
    """The model that an element belongs to."""
    for parent in dom.ancestors(node):
        if parent.tag == "span" and _has_class(parent, "model"):
            return parent.mem_id
    return 0


def _own(model: LexborNode, selector: str) -> LexborNode | None:
    """The first element of a model that is not part of a model inside it."""
    for node in model.css(selector):
        if node.mem_id != model.mem_id and node.tag == "span" and _nearest_model(node) == model.mem_id:
            return node
    return None


def _rows(model: LexborNode) -> list[LexborNode]:
    return [row for row in model.css("tr") if _nearest_model(row) == model.mem_id]


def _has_properties(model: LexborNode) -> bool:
    """Whether a model draws properties, free keys or variants."""
    rows = _rows(model)
    return any(_has_class(row, "property-row") for row in rows) or any(
        dom.words(key).startswith("<") or dom.words(key).removesuffix(" ->") in _VARIANTS for key in _keys(model)
    )


def _keys(model: LexborNode) -> list[LexborNode]:
    return [cells[0] for row in _rows(model) if (cells := dom.elements(row))]


def _keyword_name(node: LexborNode) -> str:
    """The keyword that a part of an article draws."""
    for name in (node.attributes.get("class") or "").split():
        if name.startswith(f"{_ARTICLE}-keyword--"):
            return name.removeprefix(f"{_ARTICLE}-keyword--")
    return ""


def _constraint(text: str) -> list[Constraint]:
    """A note in the head of an article: bounds, a pattern, or the format."""
    if text.startswith("matches "):
        return [Constraint("pattern", text.removeprefix("matches "))]
    if (match := re.fullmatch(r"multiple of ([\d.]+)(?:/(\d+))?", text)) is not None:
        value = constraints.number(match[1])
        return [Constraint("multiple-of", value / int(match[2]) if match[2] else value)]
    if (match := re.fullmatch(r"(\d+) (characters|items|unique items)", text)) is not None:
        text = f"[{match[1]}, {match[1]}] {match[2]}"
    unique = "unique items" in text
    bounds = constraints.parse_bounds(text.replace("unique items", "items"))
    if unique:
        bounds.append(Constraint("unique-items", True))
    if bounds or re.search(r"properties|items|content", text):
        return bounds
    return [Constraint("format", text)] if re.fullmatch(r"[\w.:/-]+", text) else []


def _json_of(node: LexborNode, level: int = 0) -> Any:
    """The JSON value of a tree: a value, or names with values below them."""
    children = [child for child in dom.elements(node) if child.tag == "ul"]
    if not children or level > dom.MAX_LEVELS // 4:
        value = node.css_first(f".{_ARTICLE}-json-viewer__value")
        return dom.example_of(dom.glued(value)) if value is not None else None
    pairs: list[tuple[str, Any]] = []
    for row in dom.elements(children[0]):
        inner = row.css_first(f".{_ARTICLE}-json-viewer")
        if inner is not None:
            name = inner.css_first(f".{_ARTICLE}-json-viewer__name")
            pairs.append((dom.glued(name), _json_of(inner, level + 1)))
    if all(re.fullmatch(r"#\d+", name) for name, _ in pairs):
        return [value for _, value in pairs]
    return dict(pairs)
