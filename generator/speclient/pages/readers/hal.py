"""Reference pages of HAL interfaces: blocks `Properties`, `URL Params` and `Responses`, and sample code.

Each name, flag and type has a line of its own, or they share one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from speclient.pages.facts import Facts, Kind, Subject, operation_key
from speclient.pages.readers.lines import METHOD_LINE, beside_prose, method_and_path, page_lines, unlisted
from speclient.pages.readers.literals import Brackets, parse_json, parse_value
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.samples import add_authentication, add_server, read_sample, split_url
from speclient.pages.readers.type_text import TypeText, parse_type
from speclient.pages.text import SavedPage

STYLE: Final = "hal"

_PARAMETERS: Final = {
    "url params": "", "url parameters": "", "path params": "path", "path parameters": "path", "query params": "query",
    "query parameters": "query", "header params": "header", "headers": "header", "parameters": "",
}  # fmt: skip
_BODIES: Final = frozenset({
    "body", "body params", "body parameters", "request body", "request params", "attributes", "payload", "data params",
})  # fmt: skip
_PROPERTIES: Final = frozenset({"properties", "object properties", "fields"})
_RESPONSES: Final = frozenset({"responses", "response codes", "status codes"})
_LABELS: Final = frozenset({*_PARAMETERS, *_BODIES, *_PROPERTIES, *_RESPONSES})
_OBJECT = re.compile(r"(?P<name>[A-Z]\w*(?: [\w-]+){0,5}) (?:object|resource)", re.IGNORECASE)
_REFERENCE = re.compile(r"(?P<name>\w[\w -]{0,80}?)\s*(?P<many>collection\s*)?response", re.IGNORECASE)
_STATUS = re.compile(r"([1-5]\d\d|[1-5]XX|default)(?:\s+(.*))?", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_$@][\w.\-$\[\]]{0,120}")
_FLAGS: Final[dict[str, tuple[Kind, bool]]] = {
    "required": ("required", True), "optional": ("required", False), "deprecated": ("deprecated", True),
    "nullable": ("nullable", True), "read-only": ("read-only", True), "readonly": ("read-only", True),
    "write-only": ("write-only", True),
}  # fmt: skip
_BULLET = re.compile(r"\s*[•*\-◦▪‣·]\s+([A-Za-z_$@][\w.\-:$]{0,120})")
_CODE = re.compile(
    r"^\s+\S|^\W|\w\(|[{};,\\]$|\s=>?\s|['\"]\S+['\"]|^(?:import|from|require|var|let|const|puts|print|end|else|if|return|def|for|curl)\b"
)
_SAMPLE = re.compile(r"(?:curl|import|from \w+ import|require|var|const|let|fetch|axios|http)\b", re.IGNORECASE)


def read(page: SavedPage) -> Reading | None:
    """Read a reference page of a HAL interface."""
    if page.format == "markdown":
        return None
    lines = page_lines(page)
    labels = {unlisted(line).lower() for line in lines if len(line) < 40}
    described = any(
        _OBJECT.fullmatch(lines[index].strip()) and _next_label(lines, index) in _PROPERTIES
        for index in range(len(lines))
        if len(lines[index]) < 200
    )
    has_method = any(METHOD_LINE.fullmatch(line.strip()) for line in lines if len(line) < 2000)
    if not (has_method and labels & {"url params", "url parameters"}) and not (
        described and (has_method or "_links" in labels)
    ):
        return None
    return _Page(lines).read()


def _next_label(lines: list[str], index: int, last: int | None = None) -> str:
    end = index + 12 if last is None else min(last, index + 12)
    following = next((line for line in lines[index + 1 : end] if line.strip()), "")
    return following.strip().lower().rstrip(":")


@dataclass
class _Property:
    name: str
    line: int
    type: TypeText | None = None
    type_line: int = 0
    flags: list[tuple[Kind, bool, int]] = field(default_factory=list)
    members: list[tuple[str, int]] = field(default_factory=list)
    default: tuple[str, int] | None = None


@dataclass
class _Schema:
    name: str
    line: int
    properties: list[_Property] = field(default_factory=list)
    examples: list[tuple[Any, int, int]] = field(default_factory=list)


@dataclass
class _Operation:
    first: int
    last: int
    index: int
    method: str = ""
    path: str = ""
    end: int = 0


@dataclass
class _Page:
    lines: list[str]
    facts: Facts = field(default_factory=Facts)
    schemas: dict[str, _Schema] = field(default_factory=dict)

    @cached_property
    def brackets(self) -> Brackets:
        """Where JSON ends."""
        return Brackets(self.lines)

    def read(self) -> Reading:
        self.facts.use(number for number, line in enumerate(self.lines, 1) if not line.strip())
        operations = list(self._operations())
        edges = {operation.first: operation for operation in operations}
        starts = sorted(edges)
        index = 0
        while index < len(self.lines):
            if index in edges:
                index = max(edges[index].last, index + 1)
                continue
            following = bisect_right(starts, index)
            stop = starts[following] if following < len(starts) else len(self.lines)
            match = _OBJECT.fullmatch(self.lines[index].strip()) if len(self.lines[index]) < 200 else None
            if match is not None and _next_label(self.lines, index, stop) in _PROPERTIES:
                index = self._schema(match["name"], index, stop)
            else:
                index += 1
        for schema in self.schemas.values():
            self._add_schema(Subject("", f"schema {schema.name}"), schema)
        for operation in operations:
            self._operation(operation)
        return Reading(STYLE, tuple(self.lines), self.facts)

    def _operations(self) -> Iterator[_Operation]:
        """The operations. One begins after the sample code of the one before, with its heading."""
        begin = 0
        for index in range(len(self.lines)):
            found = method_and_path(self.lines, index) if index >= begin else None
            if found is None:
                continue
            method, path, after = found
            end = self._code_end(after)
            first = self._first(begin, index)
            yield _Operation(first, end, index, method, path, after)
            begin = end

    def _first(self, begin: int, index: int) -> int:
        """The heading of the operation whose method is in a line."""
        label = next(
            (at for at in range(begin, index) if self._label(at) and self._label(at) not in _PROPERTIES), index
        )
        # After the last object of the page: its example, its properties.
        first = begin
        for at in range(begin, label):
            if self._label(at) in _PROPERTIES:
                first = self._block_end(at + 1, label)
        while first < label and not self.lines[first].strip():
            first += 1
        return first

    def _block_end(self, first: int, last: int) -> int:
        """The index after the properties and the example of an object."""
        examples = [at for at in range(first, last) if self.lines[at].strip() in ("{", "[")]
        index = first
        for at in examples:
            if at >= index:
                index = max(self.brackets.end(at, last), at + 1)
        if index > first:
            return index
        ends = [entry.type_line for entry in self._entries(first, last)]
        return max((line for line in ends if line), default=first)

    def _code_end(self, index: int) -> int:
        """The index after the sample code that follows a method and path."""
        last = index
        position = index
        started = False
        while position < len(self.lines):
            text = self.lines[position]
            if not text.strip():
                position += 1
                continue
            if not started and not _SAMPLE.match(text.strip()):
                if position > index + 12:
                    break
                position += 1
                continue
            started = True
            if not _CODE.search(text) and not _SAMPLE.match(text.strip()):
                break
            position += 1
            last = position
        return last

    def _label(self, index: int) -> str:
        """The label at a line; empty if the line is the name of a property, with its flag or type below."""
        label = self.lines[index].strip().lower().rstrip(":")
        if label not in _LABELS:
            return ""
        following = _next_label(self.lines, index)
        return "" if following in _FLAGS or parse_type(following) is not None else label

    # Blocks.

    def _schema(self, name: str, index: int, last: int) -> int:
        schema = _Schema(name, index + 1)
        start = next((at for at in range(index + 1, last) if self._label(at) in _PROPERTIES), index)
        self.facts.use([index + 1, start + 1])
        stop = next(
            (
                at
                for at in range(start + 1, last)
                if _OBJECT.fullmatch(self.lines[at].strip()) and _next_label(self.lines, at, last) in _PROPERTIES
            ),
            last,
        )
        json_first = next((at for at in range(start, stop) if self.lines[at].strip() in ("{", "[")), stop)
        schema.properties.extend(self._entries(start + 1, json_first))
        at = json_first
        while at < stop:
            if self.lines[at].strip() in ("{", "["):
                end = self.brackets.end(at, stop)
                value = parse_json("\n".join(self.lines[at:end])) if end > at else None
                if value is not None:
                    schema.examples.append((value, at + 1, end))
                    at = end
                    continue
            at += 1
        self.schemas.setdefault(_key(name), schema)
        return stop

    def _entries(self, first: int, last: int) -> Iterator[_Property]:
        """The properties or parameters in a range of lines."""
        entry: _Property | None = None
        index = first
        while index < last:
            text = self.lines[index].strip()
            if not text:
                index += 1
                continue
            started = self._entry(index, last)
            if started is not None:
                if entry is not None:
                    yield entry
                entry, index = started
                continue
            bullet = _BULLET.fullmatch(self.lines[index])
            if entry is not None and bullet is not None and entry.type is not None and entry.type.scalar == "object":
                entry.members.append((bullet[1], index + 1))
            elif entry is not None and (match := re.fullmatch(r"Default(?: value)?:?\s*(\S+)", text)) is not None:
                entry.default = (match[1], index + 1)
            index += 1
        if entry is not None:
            yield entry

    def _entry(self, index: int, last: int) -> tuple[_Property, int] | None:
        """A name with its flags and its type, in lines of their own or in one line."""
        words = self.lines[index].strip().split(" ")
        if not _NAME.fullmatch(words[0]) or words[0].lower() in _FLAGS:
            return None
        entry = _Property(words[0], index + 1)
        if len(words) > 1:
            rest = words[1:]
            while rest and rest[0].lower() in _FLAGS:
                kind, value = _FLAGS[rest.pop(0).lower()]
                entry.flags.append((kind, value, index + 1))
            shape = parse_type(rest[0].strip("()")) if rest else None
            if shape is None or (not entry.flags and len(rest) > 1):
                return None
            entry.type, entry.type_line = shape, index + 1
            return entry, index + 1
        at = index + 1
        while at < last:
            text = self.lines[at].strip()
            if not text:
                at += 1
                continue
            if text.lower() in _FLAGS:
                kind, value = _FLAGS[text.lower()]
                entry.flags.append((kind, value, at + 1))
                at += 1
                continue
            word, _, tail = text.partition(" ")
            if word.lower() in _FLAGS and parse_type(tail.split(" ")[0]) is not None:
                kind, value = _FLAGS[word.lower()]
                entry.flags.append((kind, value, at + 1))
                word = tail.split(" ")[0]
            shape = parse_type(text) or parse_type(word)
            if shape is not None:
                entry.type, entry.type_line = shape, at + 1
                at += 1
            break
        if entry.type is None and not entry.flags:
            return None
        return entry, at

    # Facts.

    def _describe(self, subject: Subject, entry: _Property, *, is_path: bool = False) -> None:
        if entry.type is not None:
            has_prose = len(self.lines[entry.type_line - 1].split()) > 3
            with beside_prose(self.facts, entry.type_line) if has_prose else nullcontext():
                entry.type.add_to(self.facts, subject, entry.type_line)
        stated = False
        for kind, value, line in entry.flags:
            self.facts.add(subject, kind, value, line)
            stated = stated or kind == "required"
        if is_path:
            self.facts.add(subject, "required", True, entry.line)
        elif not stated:
            self.facts.add(subject, "required", False, entry.line)
        if entry.default is not None:
            scalar = entry.type.scalar if entry.type is not None else ""
            self.facts.add(subject, "default", parse_value(entry.default[0], scalar), entry.default[1])

    def _add_schema(self, subject: Subject, schema: _Schema) -> None:
        for entry in schema.properties:
            own = subject.at(entry.name)
            self.facts.add(own, "field", entry.name, entry.line)
            self._describe(own, entry)
            for name, line in entry.members:
                self.facts.add(own.at(name), "field", name, line)
        for value, first, last in schema.examples:
            self.facts.add(subject, "example", value, first, last)

    def _operation(self, operation: _Operation) -> None:
        origin, rest = split_url(operation.path)
        key = operation_key(operation.method, rest or "/")
        subject = Subject(key)
        line = operation.index + 1
        self.facts.add(subject, "operation", key, line, operation.end)
        if origin:
            self.facts.add(subject, "server", origin, line)
        self.facts.section(key, operation.first + 1, operation.last)
        numbered = [(self.lines[index], index + 1) for index in range(operation.index, operation.last)]
        sample = read_sample(numbered)
        add_server(self.facts, key, sample.urls)
        add_authentication(self.facts, key, sample)
        in_path = re.findall(r"\{([^{}/]+)\}", key)
        described = set[str]()
        has_body = False
        labels = [
            index
            for index in range(operation.first, operation.index)
            if self._label(index) and self._label(index) not in _PROPERTIES
        ]
        statuses: list[tuple[str, str, int]] = []
        for position, index in enumerate(labels):
            label = self._label(index)
            last = labels[position + 1] if position + 1 < len(labels) else operation.index
            self.facts.use([index + 1])
            if label in _RESPONSES:
                statuses.extend(self._statuses(index + 1, last))
            elif label in _PARAMETERS:
                for entry in self._entries(index + 1, last):
                    location = _PARAMETERS[label] or ("path" if entry.name in in_path else "query")
                    own = Subject(key, f"{location} {entry.name}")
                    self.facts.add(own, "parameter", entry.name, entry.line)
                    described.add(entry.name)
                    self._describe(own, entry, is_path=location == "path")
            else:
                has_body = True
                self._body(key, index, last, [name for name, _ in sample.content_type])
        for name in in_path:
            if name not in described:
                own = Subject(key, f"path {name}")
                self.facts.add(own, "parameter", name, line)
                self.facts.add(own, "required", True, line)
        if (has_body or sample.has_body) and operation.method not in ("GET", "HEAD"):
            self.facts.add(Subject(key, "body"), "body", True, line)
            for name, at in sample.content_type:
                self.facts.add(Subject(key, f"body {name}"), "media-type", name, at)
        self._responses(key, statuses, sample.accept)

    def _body(self, key: str, index: int, last: int, media: list[str]) -> None:
        self.facts.add(Subject(key, "body"), "body", True, index + 1)
        part = f"body {media[0]}" if media else "body"
        for entry in self._entries(index + 1, last):
            own = Subject(key, part, (entry.name,))
            self.facts.add(own, "field", entry.name, entry.line)
            self._describe(own, entry)

    def _statuses(self, first: int, last: int) -> Iterator[tuple[str, str, int]]:
        status: tuple[str, str, int] | None = None
        for index in range(first, last):
            text = self.lines[index].strip()
            match = _STATUS.fullmatch(unlisted(text))
            if match is not None:
                if status is not None:
                    yield status
                status = (match[1], match[2] or "", index + 1)
            elif status is not None and text and not status[1]:
                status = (status[0], text, status[2])
        if status is not None:
            yield status

    def _responses(self, key: str, statuses: list[tuple[str, str, int]], accept: list[tuple[str, int]]) -> None:
        media = list(dict.fromkeys(name for name, _ in accept))
        for status, text, line in statuses:
            part = f"response {status}"
            self.facts.add(Subject(key, part), "status", status, line)
            if not status.startswith("2"):
                continue
            for name, at in accept:
                self.facts.add(Subject(key, f"{part} {name}"), "media-type", name, at)
            reference = _REFERENCE.fullmatch(text)
            if reference is None:
                continue
            schema = self.schemas.get(_key(reference["name"] + (reference["many"] or "")))
            if schema is None:
                self.facts.note(f"{key}: the page does not describe the object of its response: {text}.")
                continue
            self._add_schema(Subject(key, f"{part} {media[0]}" if len(media) == 1 else part), schema)
            self.facts.use(at for at in range(line + 1, line + 6) if self._at(at) == text)

    def _at(self, line: int) -> str:
        return self.lines[line - 1].strip() if line <= len(self.lines) else ""


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
