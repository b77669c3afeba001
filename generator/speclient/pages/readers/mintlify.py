"""Pages by Mintlify: HTML, and the MDX sources with `<ParamField>` and `<ResponseField>`."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from selectolax.lexbor import LexborNode

from speclient.pages.facts import Facts, Subject, operation_key
from speclient.pages.readers.blocks import Block, Blocks, page_blocks, used_blank
from speclient.pages.readers.components import Component, add_components, drawn_operation
from speclient.pages.readers.embedded import add_document, parse_document
from speclient.pages.readers.labels import OBJECT, Place, label_of
from speclient.pages.readers.literals import parse_json
from speclient.pages.readers.mdx_api import tag_attributes
from speclient.pages.readers.operations import (
    PageOperation,
    add_path_parameters,
    find_operations,
    sections,
    template_path,
    unnamed_status,
)
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.reference import Reference
from speclient.pages.readers.samples import MEDIA_TYPE, METHODS, add_authentication, add_server, read_sample, split_url
from speclient.pages.text import PageText, SavedPage, normalised

STYLE: Final = "mintlify"
MAX_FIELDS: Final = 20_000
MAX_SCHEMES: Final = 20
_HEADINGS: Final = "h1, h2, h3, h4, h5, h6"

_TAG = re.compile(r"<(?P<close>/)?(?P<name>ParamField|ResponseField|Expandable|ResponseExample|RequestExample)\b")
_EXAMPLES = re.compile(r"<(?P<close>/)?(?P<name>ResponseExample|RequestExample)\b")
_FRONT = re.compile(
    r"""^(?P<key>openapi|api|authMethod|deprecated)\s*:\s*["']?(?P<value>[^"'\n]*)["']?\s*$""", re.MULTILINE
)
_METHOD_LINE = re.compile(
    rf"(?:\S+\.(?:json|ya?ml)\s+)?(?P<method>{'|'.join(METHODS)})\s+(?P<target>\S+)", re.IGNORECASE
)
_LOCATIONS: Final = ("query", "path", "header", "cookie", "body")


def read(page: SavedPage) -> Reading | None:
    """Read a page by Mintlify or the source of one."""
    if page.format == "html":
        if 'data-component-part="field-name"' not in page.text and "api-section-heading" not in page.text:
            return None
        return _Html(page).read()
    if page.format == "markdown" and re.search(r"<(?:ParamField|ResponseField)\b", page.text):
        return _Source(page).read()
    return None


class _Source:
    """An MDX source."""

    def __init__(self, page: SavedPage) -> None:
        self.text = re.sub(r"\r\n?", "\n", page.text)
        self.blocks = page_blocks(page)
        self.facts = Facts()
        self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        self.prose: set[int] = set()
        """The lines with a tag and with text."""

    def read(self) -> Reading:
        self.facts.use(used_blank(self.blocks))
        lines = self._lines()
        operations = self._operations()
        if not operations:
            self.facts.note("The page names no method and path; its fields were not read.")
        fields = self._fields()
        objects = self._objects()
        named: dict[str, list[Component]] = {}
        for field in fields:
            if (name := objects.get(field.line)) is not None:
                field.place = Place("schema", name)
                named.setdefault(name, []).append(field)
        for own in named.values():
            add_components(self.facts, "", own, {})
        fields = [field for field in fields if field.place.kind != "schema"]
        for operation, first, last in operations:
            own = [field for field in fields if first <= field.line <= last]
            add_components(self.facts, operation.key, own, self._media(operation))
        if operations and any(
            not any(first <= field.line <= last for _, first, last in operations) for field in fields
        ):
            self.facts.note("Some fields belong to no operation of the page; they were not read.")
        self.facts.used -= self.prose
        return Reading(STYLE, tuple(lines), self.facts)

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def _lines(self) -> list[str]:
        """The lines of the text; of a field, its tag."""
        lines = list(self.blocks.lines)
        rows = self.text.split("\n")
        for match in _TAG.finditer(self.text):
            if match["close"]:
                continue
            _, end = tag_attributes(self.text, match.end())
            first, last = self._line(match.start()), min(self._line(end), len(lines))
            if last - first > 50 or first > len(lines):
                continue
            shown = " ".join(" ".join(rows[first - 1 : last]).split())[:2000]
            if re.search(r"\w", re.sub(r"<[^<>]*>", "", shown)):
                self.prose.add(first)
            lines[first - 1] = shown
            for index in range(first, last):
                lines[index] = ""
        return lines

    def _objects(self) -> dict[int, str]:
        """The name of the object for each line below a heading such as `The Run object`."""
        headings = [block for block in self.blocks.blocks if block.kind == "heading"]
        objects: dict[int, str] = {}
        for position, heading in enumerate(headings):
            match = OBJECT.fullmatch(heading.text.strip())
            if match is None or label_of(heading.text) is not None:
                continue
            following = (other.line for other in headings[position + 1 :] if other.level <= heading.level)
            for line in range(heading.line, next(following, len(self.blocks.lines) + 1)):
                objects[line] = match["name"]
        return objects

    def _operations(self) -> list[tuple[PageOperation, int, int]]:
        """The operations with their lines: that of the front matter has the whole page."""
        for match in _FRONT.finditer(self.blocks.front):
            target = _METHOD_LINE.fullmatch(match["value"].strip()) if match["key"] in ("openapi", "api") else None
            if target is None:
                continue
            origin, path = split_url(target["target"])
            key = operation_key(target["method"], template_path(path or "/"))
            line = self.blocks.front[: match.start()].count("\n") + 2
            found = PageOperation(key, 0, 0, len(self.blocks.blocks), url=target["target"] if origin else "")
            self._open(found, line)
            for other in _FRONT.finditer(self.blocks.front):
                number = self.blocks.front[: other.start()].count("\n") + 2
                if other["key"] == "authMethod" and other["value"].lower() in ("bearer", "basic"):
                    self.facts.add(Subject(key), "authentication", other["value"].lower(), number)
                elif other["key"] == "deprecated" and other["value"].strip() == "true":
                    self.facts.add(Subject(key), "deprecated", True, number)
            self._codes(found, 1, len(self.blocks.lines))
            self.facts.section(key, 1, len(self.blocks.lines))
            return [(found, 1, len(self.blocks.lines))]
        documented = self._documented()
        if documented:
            return documented
        found_all = find_operations(self.blocks.blocks, self.facts)
        ranges: list[tuple[PageOperation, int, int]] = []
        for position, operation in enumerate(found_all):
            first = self.blocks.blocks[operation.start].line
            last = len(self.blocks.lines)
            if position + 1 < len(found_all):
                last = max(self.blocks.blocks[found_all[position + 1].start].line - 1, first)
            self._open(operation, self.blocks.blocks[operation.index].line)
            self._codes(operation, first, last)
            self.facts.section(operation.key, first, last)
            ranges.append((operation, first, last))
        return ranges

    def _documented(self) -> list[tuple[PageOperation, int, int]]:
        """The operation of the OpenAPI document that Mintlify appends to a served page; it has the whole page."""
        for block in self.blocks.blocks:
            if block.kind != "code" or not re.search(r"\bopenapi[\"']?\s*:", block.text[:2000]) or not block.code:
                continue
            data = parse_document(block.text)
            if not isinstance(data, dict) or not isinstance(data.get("paths"), dict):
                continue
            used = set(self.facts.used)
            keys = [key for key, _, _ in add_document(self.facts, data, block.code[0][1], block.code[-1][1])]
            # Facts do not contain descriptions: the lines stay residue.
            self.facts.used = used
            if len(keys) == 1:
                found = PageOperation(keys[0], 0, 0, len(self.blocks.blocks))
                last = len(self.blocks.lines)
                self._codes(found, 1, block.line - 1)
                self.facts.section(found.key, 1, last)
                return [(found, 1, last)]
        return []

    def _open(self, operation: PageOperation, line: int) -> None:
        key = operation.key
        self.facts.add(Subject(key), "operation", key, line)
        if operation.url and not add_server(self.facts, key, [(operation.url, line)]):
            self.facts.add(Subject(key), "server", split_url(operation.url)[0], line)
        add_path_parameters(self.facts, key, line)

    def _codes(self, operation: PageOperation, first: int, last: int) -> None:
        """Sample code, and JSON examples: their title or the label above them names the body or the response."""
        own = [block for block in self.blocks.blocks if first <= block.line <= last]
        code = [block for block in own if block.kind == "code"]
        rows = [row for block in code if block.language not in ("json", "yaml") for row in block.code]
        operation.sample = read_sample(rows[:5000])
        if not operation.url:
            add_server(self.facts, operation.key, operation.sample.urls)
        add_authentication(self.facts, operation.key, operation.sample)
        is_first = operation.method in ("GET", "HEAD")
        place: Place | None = None
        for block in own:
            if block.kind == "heading" and block is not own[0]:
                place, is_first = label_of(block.text), False
            elif block.kind == "paragraph" and (label := label_of(block.text)) is not None and label.kind:
                place = label
            if block.kind != "code" or block.language != "json" or not block.code or block.line in self._within_fields:
                continue
            value = parse_json(block.text.strip())
            if value is None:
                continue
            titled = label_of(block.title) or self._wrapper(block.line) or place
            if titled is None and is_first:
                titled = Place("response")  # Such a request has no body.
            is_first = False
            self._example(operation, titled, value, block)

    def _example(self, operation: PageOperation, place: Place | None, value: Any, block: Block) -> None:
        line, end = block.code[0][1], block.code[-1][1]
        key = operation.key
        media = self._media(operation)
        if place is not None and place.kind == "body":
            self.facts.add(Subject(key, "body"), "body", True, line)
            part = f"body {media['body']}" if "body" in media else "body"
        elif place is not None and place.kind in ("response", "responses"):
            status = place.name or self._success(key) or unnamed_status(self.facts, key, line)
            part = f"response {status}"
            if status != "#1":
                self.facts.add(Subject(key, part), "status", status, block.line)
        else:
            self.facts.note(f"{key}: it is not clear what the JSON of line {block.line} is an example of.")
            return
        self.facts.add(Subject(key, part), "example", value, line, end)

    @cached_property
    def _within_fields(self) -> set[int]:
        """The lines within fields, whose JSON is an example of the field at best."""
        lines: set[int] = set()
        depth = first = 0
        for match in _TAG.finditer(self.text):
            if match["name"] not in ("ParamField", "ResponseField"):
                continue
            if not match["close"]:
                _, end = tag_attributes(self.text, match.end())
                if not self.text[end : end + 20].lstrip().startswith("/>"):
                    first = self._line(match.start()) if not depth else first
                    depth += 1
            elif depth:
                depth -= 1
                if not depth:
                    lines.update(range(first, self._line(match.start()) + 1))
        return lines

    def _wrapper(self, line: int) -> Place | None:
        """What the component around a line says: `<ResponseExample>` or `<RequestExample>`."""
        index = bisect_right(self._example_tags, line, key=lambda tag: tag[0])
        kind = self._example_tags[index - 1][1] if index else ""
        return Place(kind) if kind else None

    @cached_property
    def _example_tags(self) -> list[tuple[int, str]]:
        """The lines of the tags around examples, each with what begins there: `response`, `body` or nothing."""
        kinds = {"ResponseExample": "response", "RequestExample": "body"}
        return [
            (self._line(match.start()), "" if match["close"] else kinds[match["name"]])
            for match in _EXAMPLES.finditer(self.text)
        ]

    def _success(self, key: str) -> str:
        """The status of success, if the page names exactly one for the operation."""
        statuses = {
            str(fact.value)
            for fact in self.facts.facts
            if fact.kind == "status" and fact.subject.operation == key and str(fact.value).startswith("2")
        }
        return statuses.pop() if len(statuses) == 1 else ""

    @staticmethod
    def _media(operation: PageOperation) -> dict[str, str]:
        types = list(dict.fromkeys(name for name, _ in operation.sample.content_type))
        return {"body": types[0]} if len(types) == 1 else {}

    def _fields(self) -> list[Component]:
        statuses = {
            fact.value for fact in self.facts.facts if fact.kind == "status" and str(fact.value).startswith("2")
        }
        status = statuses.pop() if len(statuses) == 1 else ""
        fields: list[Component] = []
        depth = 0
        place = Place("response", status)
        for match in _TAG.finditer(self.text):
            name = match["name"]
            if match["close"]:
                if name in ("ParamField", "ResponseField") and depth:
                    depth -= 1
                continue
            attributes, end = tag_attributes(self.text, match.end())
            if name not in ("ParamField", "ResponseField") or len(fields) >= MAX_FIELDS:
                continue
            own, label = self._place(name, attributes, place, status)
            # What is nested belongs to the field around it.
            place = place if depth else own
            if label:
                fields.append(self._field(label, place, attributes, match.start(), end, depth))
            if not self.text[end : end + 20].lstrip().startswith("/>"):
                depth += 1
        return fields

    def _place(self, tag: str, attributes: dict[str, Any], place: Place, status: str) -> tuple[Place, str]:
        if tag == "ResponseField":
            return Place("response", status), str(attributes.get("name") or "")
        for location in _LOCATIONS:
            if isinstance(attributes.get(location), str):
                kind = Place("body") if location == "body" else Place("parameters", location)
                return kind, attributes[location]
        return place, str(attributes.get("name") or "")

    def _field(
        self, name: str, place: Place, attributes: dict[str, Any], start: int, end: int, depth: int
    ) -> Component:
        first, last = self._line(start), self._line(end)
        self.facts.use(range(first, last + 1))
        labels: list[tuple[str, int]] = []
        for key in ("type", "required", "deprecated", "default"):
            value = attributes.get(key)
            if value is None or value is False:
                continue
            if key in ("required", "deprecated"):
                labels.append((key, first))
            elif key == "type":
                labels.append((str(value), first))
            else:
                text = (
                    value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
                )
                labels.append((f"default: {text}", first))
        for key in ("pre", "post"):
            labels.extend(
                (str(text), first) for text in attributes.get(key) or () if isinstance(attributes.get(key), list)
            )
        following = _TAG.search(self.text, end)
        stop = following.start() if following is not None else len(self.text)
        body = self.text[end : min(stop, end + 4000)]
        description = normalised(re.sub(r"<[^>]{0,400}>", " ", body.partition(">")[2]))
        line = self._line(end)
        return Component(name, place, first, depth, labels, (description, line), [])


class _Html:
    """A page as HTML. Parts of fields have stable attributes; nesting is that of expandable elements."""

    def __init__(self, page: SavedPage) -> None:
        self.page = page
        self.text = PageText(page, skip=("[id^=sidebar]", "#table-of-contents", "#search-bar-entry"))
        self.blocks: Blocks = page_blocks(page, self.text)
        self.facts = Facts()

    def read(self) -> Reading:
        key = drawn_operation(self.facts, self.text, "[class*='method-pill'], [class*='method-nav-pill']")
        if key:
            self._read(key)
            self.facts.section(key, 1, len(self.text.lines))
        else:
            reference = Reference(self.blocks, self.facts)
            found = reference.read()
            sections(self.facts, self.blocks, found)
            if not found:
                self.facts.note("The page shows no method and path; its fields were not read.")
        return Reading(STYLE, tuple(self.text.lines), self.facts)

    def _read(self, key: str) -> None:
        media: dict[str, str] = {}
        place = Place()
        status = ""
        schemes = 0
        fields: list[Component] = []
        selector = (
            f"{_HEADINGS}, [data-component-part='field-name'], [class*='section-heading-subtitle'], button, p, span"
        )
        for node in self.text.root.css(selector):
            line = self.text.line(node)
            if not line or len(fields) >= MAX_FIELDS:
                continue
            text = normalised(node.text(deep=True)) if node.tag != "button" or len(node.text(deep=True)) < 60 else ""
            if node.attributes.get("data-component-part") == "field-name":
                if place.kind == "authentication":
                    if schemes < MAX_SCHEMES:
                        self._authentication(key, node, line)
                    schemes += 1
                elif place.kind:
                    fields.append(self._field(text, place, node, line))
                continue
            if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                new = label_of(re.sub(r"^Authorizations$", "Authorization", text))
                if new is not None and new.kind:
                    place = replace(new, name=status) if new.kind == "response" and not new.name else new
                    self.facts.use([line])
                continue
            if place.kind in ("response", "responses", "body") and len(text) < 60:
                code = re.fullmatch(r"([1-5]\d\d|default)", text)
                if code is not None and place.kind != "body":
                    status = code[1]
                    place = Place("response", status, place.level)
                    self.facts.add(Subject(key, f"response {status}"), "status", status, line)
                for word in re.findall(rf"\b{MEDIA_TYPE}", text.lower()):
                    where = "body" if place.kind == "body" else status
                    if where and word.split("/")[0] in ("application", "text", "multipart", "image", "audio", "video"):
                        media[where] = word
                        part = f"{'body' if where == 'body' else f'response {where}'} {word}"
                        self.facts.add(Subject(key, part), "media-type", word, line)
                        if where == "body":
                            self.facts.add(Subject(key, "body"), "body", True, line)
        add_components(self.facts, key, fields, media)
        rows = [row for block in self.blocks.blocks if block.kind == "code" for row in block.code if row[1]]
        sample = read_sample(rows[:5000])
        add_server(self.facts, key, sample.urls)
        if not any(fact.kind == "authentication" for fact in self.facts.facts):
            add_authentication(self.facts, key, sample)
        for block in self.blocks.blocks:
            value = (
                parse_json(block.text.strip())
                if block.kind == "code" and block.text.strip()[:1] in ("{", "[")
                else None
            )
            if value is not None and status and block.line:
                part = f"response {status} {media[status]}" if status in media else f"response {status}"
                self.facts.add(Subject(key, part), "example", value, block.line, block.end)

    def _authentication(self, key: str, node: LexborNode, line: int) -> None:
        name = normalised(node.text(deep=True))
        text = normalised(self._around(node).text(deep=True))
        if name.lower() == "authorization":
            value = "basic" if re.search(r"\bbasic\b", text, re.IGNORECASE) else "bearer"
        else:
            where = "query" if re.search(r"\bquery\b", text) else "header"
            value = f"apiKey in {where} {name}"
        self.facts.add(Subject(key), "authentication", value, line)

    @staticmethod
    def _around(node: LexborNode) -> LexborNode:
        """The element with the field's name, labels and description."""
        current = node
        for _ in range(8):
            parent = current.parent
            if parent is None or len(parent.css("[data-component-part='field-name']")) > 1:
                break
            current = parent
        return current

    def _field(self, name: str, place: Place, node: LexborNode, line: int) -> Component:
        depth = 0
        parent = node.parent
        head = None
        while parent is not None and parent.mem_id != self.text.root.mem_id:
            classes = (parent.attributes.get("class") or "").split()
            if (
                parent.tag == "details"
                or "expandable" in classes
                or parent.attributes.get("data-component-part") == "expandable"
            ):
                depth += 1
            if head is None and "param-head" in classes:
                head = parent
            parent = parent.parent
        meta = head or node.parent
        labels: list[tuple[str, int]] = []
        for pill in (
            meta.css("[data-component-part$='-pill'], [data-component-part='field-meta-pre']")
            if meta is not None
            else ()
        ):
            label = normalised(" ".join(part.text(deep=True) for part in pill.iter(include_text=True)))
            labels.append((re.sub(r"\s*:\s*", ": ", label), self.text.line(pill)))
            self.facts.use(range(self.text.line(pill), self.text.end(pill) + 1))
        content = head.next if head is not None else None
        while content is not None and content.tag == "-text":
            content = content.next
        description = ("", 0)
        if content is not None and not content.css("[data-component-part='field-name']"):
            options = [normalised(code.text()) for code in content.css("code")]
            text = normalised(content.text(deep=True, separator=" "))
            description = (re.sub(r"Available options\s*:", "Possible values:", text), self.text.line(content))
            if re.search(r"Available options", text) and options:
                return Component(name, place, line, depth, labels, description, options)
        return Component(name, place, line, depth, labels, description)
