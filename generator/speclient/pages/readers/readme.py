"""Pages by ReadMe: each parameter is an element whose parts have class names that begin with `Param-`.

The ends of class names change with every build; their beginnings do not.
"""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborNode

from speclient.pages.facts import Facts, Subject
from speclient.pages.readers.blocks import page_blocks
from speclient.pages.readers.components import Component, add_components, drawn_operation
from speclient.pages.readers.labels import Place, label_of
from speclient.pages.readers.literals import parse_json
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.samples import add_authentication, add_server, read_sample
from speclient.pages.text import PageText, SavedPage, normalised

STYLE: Final = "readme"
MAX_PARAMETERS: Final = 20_000
_READ: Final = (
    "h1, h2, h3, h4, h5, header, label, button, select,"
    " [class*='Param-'], [class*='APISectionHeader'], [class*='APIResponse']"
)

_SKIP: Final = (".rm-Sidebar", ".rm-Header", ".rm-TableOfContents", "[class^='Sidebar']", "#hub-sidebar")
_PART = re.compile(r"(?:^|\s)Param-(name|type|required|description|default|header|format|enum)")
_RESPONSE = re.compile(r"(?:^|\s)APIResponseSchemaPicker-(?:label|option)|(?:^|\s)rm-APIResponse")


def read(page: SavedPage) -> Reading | None:
    """Read a page by ReadMe."""
    if page.format != "html" or not re.search(
        r"rm-APIMethod|rm-ReferenceMain|\"readme-|class=\"[^\"]*\bParam-name", page.text
    ):
        return None
    return _Page(page).read()


class _Page:
    def __init__(self, page: SavedPage) -> None:
        self.text = PageText(page, skip=_SKIP)
        self.blocks = page_blocks(page, self.text)
        self.facts = Facts()

    def read(self) -> Reading | None:
        key = drawn_operation(self.facts, self.text, ".rm-APIMethod, [data-testid='http-method'], [class^='APIMethod']")
        parameters = self._parameters(key)
        if not key and not parameters:
            return None
        if not key:
            self.facts.note("The page shows no method and path; its parameters were not read.")
        else:
            add_components(self.facts, key, parameters, {})
            self._samples(key)
            self.facts.section(key, 1, len(self.text.lines))
        return Reading(STYLE, tuple(self.text.lines), self.facts)

    def _parameters(self, key: str) -> list[Component]:
        parameters: list[Component] = []
        place = Place()
        current: Component | None = None
        for node in self.text.root.css(_READ):
            line = self.text.line(node)
            if not line or len(parameters) >= MAX_PARAMETERS:
                continue
            if node.tag == "select":
                # The values to choose from for the parameter above.
                options = [normalised(option.text()) for option in node.css("option")]
                if current is not None:
                    current.enum = current.enum or [option for option in options if option]
                continue
            classes = node.attributes.get("class") or ""
            part = _PART.search(classes)
            text = normalised(node.text(deep=True, separator=" "))
            if part is None:
                place = self._place(key, place, text, line)
                continue
            if part[1] == "name":
                current = Component(text.split(" ")[0], place, line, self._depth(node))
                parameters.append(current)
            elif current is not None and part[1] == "description":
                current.description = (text, line)
            elif current is not None and part[1] in ("type", "required", "format"):
                current.labels.append((text, line))
                self.facts.use([line])
            elif current is not None and part[1] == "default":
                current.labels.append((text if text.lower().startswith("default") else f"default: {text}", line))
                self.facts.use([line])
        return [parameter for parameter in parameters if parameter.place.kind and parameter.name]

    def _place(self, key: str, place: Place, text: str, line: int) -> Place:
        status = re.match(r"[^\w]*([1-5]\d\d)\b", text)
        if place.kind in ("response", "responses") and status is not None and len(text) < 60 and key:
            self.facts.add(Subject(key, f"response {status[1]}"), "status", status[1], line)
            return Place("response", status[1], place.level)
        label = label_of(text) if len(text) < 60 else None
        if label is not None and label.kind:
            self.facts.use([line])
            if label.kind in ("response", "responses") and not label.name:
                return Place("response", place.name if place.kind == "response" else "")
            return label
        return place

    def _depth(self, node: LexborNode) -> int:
        depth = 0
        parent = node.parent
        while parent is not None and parent.mem_id != self.text.root.mem_id:
            if re.search(
                r"(?:^|\s)Param-(?:children|expand|nested|multi)|(?:^|\s)Collapsed",
                parent.attributes.get("class") or "",
            ):
                depth += 1
            parent = parent.parent
        return depth

    def _samples(self, key: str) -> None:
        rows = [row for block in self.blocks.blocks if block.kind == "code" for row in block.code if row[1]]
        sample = read_sample(rows[:5000])
        add_server(self.facts, key, sample.urls)
        add_authentication(self.facts, key, sample)
        statuses = [
            fact.value for fact in self.facts.facts if fact.kind == "status" and str(fact.value).startswith("2")
        ]
        for block in self.blocks.blocks:
            value = (
                parse_json(block.text.strip())
                if block.kind == "code" and block.text.strip()[:1] in ("{", "[")
                else None
            )
            if value is None or not block.line:
                continue
            if len(statuses) == 1:
                self.facts.add(Subject(key, f"response {statuses[0]}"), "example", value, block.line, block.end)
            else:
                self.facts.note(f"{key}: it is not clear what the JSON of line {block.line} is an example of.")
