"""Parameters and properties that pages show as components: a name, labels beside it, and a description.

ReadMe and Mintlify draw each parameter so, in HTML and in the sources of pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from speclient.pages.facts import Facts, Kind, Subject, operation_key
from speclient.pages.readers.labels import Place
from speclient.pages.readers.literals import parse_value
from speclient.pages.readers.operations import add_path_parameters, template_path, unnamed_status
from speclient.pages.readers.samples import METHODS, split_url
from speclient.pages.readers.tables import Entry, add_entries, read_description, read_flags, read_type
from speclient.pages.text import PageText, normalised

_KINDS: Final[dict[str, Kind]] = {
    "default": "default", "example": "example", "enum": "enum", "format": "format", "minimum": "minimum",
    "maximum": "maximum", "min": "minimum", "max": "maximum",
}  # fmt: skip
"""The words before a colon in a label."""
MAX_BADGES: Final = 100
_BESIDE = re.compile(
    r"(?P<path>(?:https?://[^/]+)?/.*?)(?:(?:Tryit|Copy|Send|Recent|Time|Log).*)?$", re.IGNORECASE | re.DOTALL
)
"""A path, and the words of buttons beside it."""


@dataclass
class Component:
    """A parameter or a property.

    Attributes:
        name: its name.
        place: what it belongs to.
        line: its line.
        depth: how deep it is nested in other components.
        labels: the short texts beside the name, such as `integer`, `required`, `default: 25`, each with its line.
        description: the text below, with its line.
        enum: values that a list of options shows.
    """

    name: str
    place: Place
    line: int
    depth: int = 0
    labels: list[tuple[str, int]] = field(default_factory=list)
    description: tuple[str, int] = ("", 0)
    enum: list[str] = field(default_factory=list)

    def entry(self, *, required_shown: bool) -> Entry:
        """The component as an entry; without the label `required` it is optional if pages of this style show it."""
        entry = Entry(self.name, self.line, self.depth)
        for text, line in self.labels:
            self._label(entry, text.strip(), line)
        if entry.required is None and required_shown:
            entry.required, entry.required_line = False, self.line
        text, line = self.description
        if text:
            read_description(entry, text, line)
        if self.enum and not any(kind == "enum" for kind, _, _ in entry.facts):
            entry.facts.append(("enum", [parse_value(value, entry.scalar) for value in self.enum], self.line))
        return entry

    @staticmethod
    def _label(entry: Entry, text: str, line: int) -> None:
        match = re.match(
            r"(default|example|enum|format|minimum|maximum|min|max)s?(?: to)?\s*:?\s+(.+)", text, re.IGNORECASE
        )
        match = match or re.match(
            r"(default|example|enum|format|minimum|maximum|min|max)\s*:\s*(.+)", text, re.IGNORECASE
        )
        if match is not None:
            kind, value = _KINDS[match[1].lower()], match[2]
            if kind in ("minimum", "maximum"):
                number = parse_value(value, "number")
                if isinstance(number, (int, float)):
                    entry.facts.append((kind, number, line))
            elif kind != "enum":
                scalar = "string" if kind == "format" else entry.scalar
                entry.facts.append((kind, parse_value(value, scalar), line))
            return
        rest = read_flags(entry, text, line)
        if rest and entry.type is None:
            shown = Entry("", line)
            read_type(shown, rest, line)
            # A label that is not a type is another word, such as a version.
            if shown.type is not None and not (shown.type.name and not shown.type.types):
                entry.type, entry.type_line = shown.type, line
                entry.facts.extend(shown.facts)


def drawn_operation(facts: Facts, text: PageText, selector: str) -> str:
    """Add the operation whose method is drawn as a badge, with the path beside it; return its key, or nothing.

    Args:
        facts: where the facts go.
        text: the page.
        selector: the badges.
    """
    badges = [badge for badge in text.root.css(selector) if text.line(badge)]
    for badge in badges[:MAX_BADGES]:
        word = normalised(badge.text(deep=True)).upper()
        method = "DELETE" if word == "DEL" else word
        around: LexborNode | None = badge.parent
        for _ in range(5):
            if method not in METHODS or around is None:
                break
            joined = re.sub(r"\s+", "", around.text(deep=True))
            target = _BESIDE.match(joined[len(word) :]) if joined.upper().startswith(word) else None
            if target is not None and len(target["path"]) < 500:
                origin, path = split_url(target["path"])
                key = operation_key(method, template_path(path or "/"))
                line, end = text.line(badge), text.end(around)
                facts.add(Subject(key), "operation", key, line, end if end - line < 30 else line)
                if origin:
                    facts.add(Subject(key), "server", origin, line)
                add_path_parameters(facts, key, line)
                return key
            around = around.parent
    return ""


def add_components(facts: Facts, key: str, components: Sequence[Component], media: dict[str, str]) -> None:
    """Add the facts of components.

    Args:
        facts: where they go.
        key: the operation.
        components: in the order of the page.
        media: the media type of the body (`body`) and of each response (its status), where the page names one.
    """
    shown = any(label.lower().strip() == "required" for component in components for label, _ in component.labels)
    position = 0
    while position < len(components):
        component = components[position]
        end = position + 1
        while end < len(components) and components[end].place == component.place:
            end += 1
        group = [each.entry(required_shown=shown) for each in components[position:end]]
        _add_group(facts, key, component.place, group, media)
        position = end


def _add_group(facts: Facts, key: str, place: Place, entries: list[Entry], media: dict[str, str]) -> None:
    if place.kind == "parameters":
        _add_parameters(facts, key, place.name, entries)
        return
    if place.kind == "body":
        facts.add(Subject(key, "body"), "body", True, entries[0].line)
        part = f"body {media['body']}" if "body" in media else "body"
    elif place.kind == "headers":
        for entry in entries:
            subject = Subject(key, f"response {place.name} header {entry.name}")
            facts.add(subject, "header", entry.name, entry.line)
            entry.required = None
            entry.add_to(facts, subject)
        return
    elif place.kind == "schema":
        add_entries(facts, Subject("", f"schema {place.name}"), entries)
        return
    else:
        status = place.name or unnamed_status(facts, key, entries[0].line)
        part = f"response {status}"
        if status in media:
            part = f"{part} {media[status]}"
    add_entries(facts, Subject(key, part), entries)


def _add_parameters(facts: Facts, key: str, location: str, entries: list[Entry]) -> None:
    in_path = re.findall(r"\{([^{}/]+)\}", key)
    position = 0
    while position < len(entries):
        entry = entries[position]
        position += 1
        where = location if location not in ("", "url") else "path" if entry.name in in_path else "query"
        subject = Subject(key, f"{where} {entry.name}")
        facts.add(subject, "parameter", entry.name, entry.line)
        if where == "path":
            entry.required, entry.required_line = True, entry.line
        entry.add_to(facts, subject)
        nested = position
        while nested < len(entries) and entries[nested].depth > entry.depth:
            nested += 1
        if nested > position:
            add_entries(facts, subject, entries[position:nested])
            position = nested
