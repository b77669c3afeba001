"""Copied text of pages by docusaurus-openapi-docs.

Such text has lost the nesting of properties and often the names of parameters and of properties without a structure.
The reader takes names where they stand. Where they do not, it counts: `#1`, `#2`, ... for the parameters of a location
and for the properties of an object that have constraints. A line of description alone does not prove a property,
because a description can have several lines.

Nesting comes from the example of the same media type, as far as the order of its names leaves one possibility. The
token `#0` stands for parents that the text does not determine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from speclient.pages.facts import ITEM, Facts, Kind, Subject, operation_key
from speclient.pages.readers.lines import STATUS, beside_prose, method_and_path, page_lines, unlisted
from speclient.pages.readers.literals import Brackets, parse_json
from speclient.pages.readers.qualifiers import Constraints, read_constraints
from speclient.pages.readers.reading import Reading
from speclient.pages.readers.samples import MEDIA_TYPE, add_authentication, add_server, read_sample, split_url
from speclient.pages.readers.type_text import TypeText, parse_type
from speclient.pages.text import SavedPage

STYLE: Final = "docusaurus-text"
UNKNOWN_PARENT: Final = "#0"
MAX_TABS: Final = 40
"""How many media types of one content are read."""

_LOCATIONS: Final = {
    "path parameters": "path",
    "query parameters": "query",
    "header parameters": "header",
    "cookie parameters": "cookie",
}
_NAME = re.compile(r"[A-Za-z_$@][\w.\-$\[\]]*")
_FLAGS: Final[dict[str, Kind]] = {
    "required": "required", "nullable": "nullable", "deprecated": "deprecated", "readonly": "read-only",
    "read-only": "read-only", "writeonly": "write-only", "write-only": "write-only",
}  # fmt: skip
_CONSTRAINT = re.compile(r"(?:Possible values|Default value|Constant value|Example)\s*:", re.IGNORECASE)
_MEDIA = re.compile(MEDIA_TYPE)
_VARIANTS: Final = frozenset({"anyof", "oneof", "allof"})
_TABS: Final = frozenset({"schema", "example (from schema)", "example (auto)", "example"})
_BRACKETS = re.compile(r"Array ?\[|\]|\[|Array")
_SAMPLE_START = re.compile(r"curl\b|Authorization:|Base URL\b|Security Scheme", re.IGNORECASE)


def read(page: SavedPage) -> Reading | None:
    """Read copied text of a page by docusaurus-openapi-docs."""
    if page.format != "text":
        return None
    lines = page_lines(page)
    starts = _operations(lines)
    if not starts:
        return None
    labels = {unlisted(line).lower() for line in lines}
    if not labels & {"schema", "request"} or not labels & {"schema", "responses", *_LOCATIONS}:
        return None
    if "url params" in labels or not any(_is_status(line) for line in lines):
        return None
    facts = Facts()
    facts.use(number for number, line in enumerate(lines, 1) if not line.strip())
    brackets = Brackets(lines)
    for position, (first, after, method, path) in enumerate(starts):
        last = starts[position + 1][0] if position + 1 < len(starts) else len(lines)
        _Operation(facts, lines, brackets, first, last).read(method, path, after)
        single = len(starts) == 1
        facts.section(operation_key(method, split_url(path)[1] or path), 1 if single else first + 1, last)
    return Reading(STYLE, tuple(lines), facts)


def _operations(lines: list[str]) -> list[tuple[int, int, str, str]]:
    starts: list[tuple[int, int, str, str]] = []
    for index in range(len(lines)):
        found = method_and_path(lines, index)
        if found is not None and not (starts and index < starts[-1][1]):
            method, path, after = found
            starts.append((index, after, method, path))
    return starts


def _is_status(line: str) -> bool:
    return STATUS.fullmatch(unlisted(line)) is not None


@dataclass
class _Entry:
    """A parameter or a property of the text; `name` is empty if it is lost."""

    line: int
    name: str = ""
    type: TypeText | None = None
    type_line: int = 0
    flags: dict[str, int] = field(default_factory=dict)
    constraints: list[tuple[str, int, int]] = field(default_factory=list)
    prose: list[int] = field(default_factory=list)

    @property
    def is_structured(self) -> bool:
        if self.type is None:
            return bool(self.name)
        inner = self.type
        while inner.items is not None:
            inner = inner.items
        return inner.scalar == "object" or bool(inner.name)

    def takes(self, constraint: str) -> bool:
        """Whether a constraint can belong to this entry; otherwise it belongs to one whose name is lost."""
        label = constraint.partition(":")[0].lower()
        if any(text.partition(":")[0].lower() == label for text, _, _ in self.constraints):
            return False
        return not (self.name and self.is_structured) or not (self.prose or "[" in constraint)


@dataclass
class _Operation:
    facts: Facts
    lines: list[str]
    brackets: Brackets
    first: int
    last: int

    def read(self, method: str, path: str, after: int) -> None:
        origin, rest = split_url(path)
        self.key = operation_key(method, rest or "/")
        subject = Subject(self.key)
        self.facts.add(subject, "operation", self.key, self.first + 1, after)
        if origin:
            self.facts.add(subject, "server", origin, self.first + 1, after)
        responses = self._find("responses", after) or self.last
        self._request(after, responses)
        self._samples(after)
        if responses < self.last:
            self._responses(responses)

    def _find(self, label: str, first: int) -> int | None:
        return next((index for index in range(first, self.last) if self._label(index) == label), None)

    def _label(self, index: int) -> str:
        return unlisted(self.lines[index]).lower().rstrip(":")

    # The request.

    def _request(self, first: int, last: int) -> None:
        labels = [
            (index, label)
            for index in range(first, last)
            if (label := self._label(index)) in _LOCATIONS
            or label in ("body", "body required", "bodyrequired", "request body")
        ]
        known = set[str]()
        for position, (index, label) in enumerate(labels):
            end = labels[position + 1][0] if position + 1 < len(labels) else last
            if label in _LOCATIONS:
                self.facts.use([index + 1])
                known.add(_LOCATIONS[label])
                self._parameters(_LOCATIONS[label], index + 1, end)
            else:
                self._body(index, end, required=label.endswith("required"))
        if "path" not in known:
            for name in _path_names(self.key):
                self._parameter(f"path {name}", name, self.first + 1)
        for index in range(first, last):
            if self._label(index) == "deprecated" and not labels:
                self.facts.add(Subject(self.key), "deprecated", True, index + 1)
            elif self._label(index) == "request":
                self.facts.use([index + 1])

    def _parameters(self, location: str, first: int, last: int) -> None:
        entries = list(_entries(self.lines, first, last, single_prose=True))
        names = _path_names(self.key) if location == "path" else []
        certain = len(names) == len([entry for entry in entries if not entry.name]) if names else False
        lost = 0
        for entry in entries:
            name, line = entry.name, entry.line
            if not name:
                lost += 1
                name = names[lost - 1] if certain else f"#{lost}"
            if location == "path" and not entry.name and not certain:
                continue
            subject = self._parameter(f"{location} {name}", name, line)
            if name.startswith("#"):
                self.facts.lost.append((subject, line))
            self._describe(subject, entry)
        for name in names:
            self._parameter(f"path {name}", name, self.first + 1)

    def _parameter(self, part: str, name: str, line: int) -> Subject:
        subject = Subject(self.key, part)
        is_path = part.startswith("path ") and not name.startswith("#")
        own = self.first + 1 if is_path else line
        # The line of a parameter whose name is lost is its description or a constraint.
        with beside_prose(self.facts, own) if name.startswith("#") else nullcontext():
            self.facts.add(subject, "parameter", name, own)
        if is_path:
            self.facts.add(subject, "required", True, own)
        return subject

    def _body(self, first: int, last: int, *, required: bool) -> None:
        subject = Subject(self.key, "body")
        self.facts.add(subject, "body", True, first + 1)
        following = first + 1
        if following < last and self._label(following) == "required":
            required = True
            self.facts.use([following + 1])
        if required:
            self.facts.add(subject, "required", True, first + 1)
        for media in self._media(first + 1, last):
            self._content("body", media)

    def _samples(self, first: int) -> None:
        start = next(
            (index for index in range(first, self.last) if _SAMPLE_START.match(self.lines[index].strip())), None
        )
        if start is None:
            return
        numbered = [(self.lines[index], index + 1) for index in range(start, self.last)]
        sample = read_sample(numbered)
        add_server(self.facts, self.key, sample.urls)
        add_authentication(self.facts, self.key, sample)
        for text, line in numbered:
            match = re.fullmatch(r"scheme:\s*(\w+)", text.strip(), re.IGNORECASE)
            if match is not None:
                self.facts.add(Subject(self.key), "authentication", match[1].lower(), line)

    # The responses.

    def _responses(self, label: int) -> None:
        self.facts.use([label + 1])
        statuses: list[str] = []
        index = label + 1
        while index < self.last and (_is_status(self.lines[index]) or not self.lines[index].strip()):
            if self.lines[index].strip():
                status = unlisted(self.lines[index])
                status = status.lower() if status.lower() == "default" else status.upper()
                statuses.append(status)
                self.facts.add(Subject(self.key, f"response {status}"), "status", status, index + 1)
            index += 1
        for part, first, last in self._of_statuses(statuses, index):
            self._response(part, first, last)

    def _of_statuses(self, statuses: list[str], first: int) -> Iterator[tuple[str, int, int]]:
        """The lines of each response.

        A response has at least a line of description; its content begins with a tab for each media type. With as many
        contents as statuses they belong together; otherwise each line of description counts as a response.
        """
        contents = list(self._contents(first))
        if len(contents) == len(statuses):
            for position, (start, end) in enumerate(contents):
                begin = contents[position - 1][1] if position else first
                yield f"response {statuses[position]}", begin, end if position + 1 < len(contents) else self.last
                del start
            return
        position = 0
        begin = first
        for start, end in contents:
            described = sum(1 for index in range(begin, start) if self._is_prose(index))
            position += max(described, 1)
            headers = next((index for index in range(begin, start) if self._label(index) == "response headers"), start)
            described_first = sum(1 for index in range(begin, headers) if self._is_prose(index))
            if headers < start:
                position += max(described_first, 1) - max(described, 1)
            certain = position <= len(statuses)
            part = f"response {statuses[position - 1]}" if certain else f"response #{position}"
            if not certain:
                self.facts.lose(Subject(self.key, part), start + 1)
                self.facts.note("It is not clear which status each content of a response belongs to.")
            yield part, begin, end
            begin = end
        if not contents and len(statuses) == 1:
            yield f"response {statuses[0]}", first, self.last

    def _is_prose(self, index: int) -> bool:
        return bool(self.lines[index].strip()) and self._label(index) not in {*_TABS, "response headers"}

    def _contents(self, first: int) -> Iterator[tuple[int, int]]:
        """The ranges of lines with a content: from the tabs of media types to the end of the last example."""
        index = first
        while index < self.last:
            if not _is_media(self.lines[index]) or not self._opens_content(index):
                index += 1
                continue
            start = index
            types = 0
            while index < self.last and _is_media(self.lines[index]):
                types += 1
                index += 1
            end = index
            panels = 0
            while index < self.last and panels < types:
                if self._label(index) == "schema":
                    index, end = self._panel(index)
                    panels += 1
                elif _is_json_start(self.lines[index]):
                    end = index = max(self.brackets.end(index, self.last), index + 1)
                elif _is_media(self.lines[index]):
                    break
                else:
                    index += 1
            yield start, end
            index = max(end, start + 1)

    def _opens_content(self, index: int) -> bool:
        following = index + 1
        last = min(self.last, index + MAX_TABS)
        while following < last and (_is_media(self.lines[following]) or not self.lines[following].strip()):
            following += 1
        return following < last and (self._label(following) in _TABS or _is_json_start(self.lines[following]))

    def _panel(self, index: int) -> tuple[int, int]:
        """The end of the tabs, the schema and the examples of one media type that begin at a line."""
        position = index
        end = index + 1
        while position < self.last:
            if _is_json_start(self.lines[position]):
                after = self.brackets.end(position, self.last)
                if after == position:
                    position += 1
                    continue
                following = after
                while following < self.last and not self.lines[following].strip():
                    following += 1
                end = after
                if following < self.last and _is_json_start(self.lines[following]):
                    position = following
                    continue
                return after, after
            if position > index and _is_media(self.lines[position]) and self._opens_content(position):
                # A content without an example: its last lines may describe the next response.
                return position - 1, position - 1
            position += 1
            end = position
        return position, end

    def _response(self, part: str, first: int, last: int) -> None:
        media = list(self._media(first, last))
        start = media[0].first if media else last
        header = next((index for index in range(first, start) if self._label(index) == "response headers"), None)
        if header is not None:
            self.facts.use([header + 1])
            self._headers(part, header + 1, start)
        for content in media:
            self._content(part, content)

    def _headers(self, part: str, first: int, last: int) -> None:
        lost = 0
        for entry in _entries(self.lines, first, last, single_prose=True):
            name = entry.name
            if not name:
                if not entry.constraints:
                    continue
                lost += 1
                name = f"#{lost}"
            subject = Subject(self.key, f"{part} header {name}")
            if not entry.name:
                self.facts.lose(subject, entry.line)
            self.facts.add(subject, "header", name, entry.line)
            self._describe(subject, entry)

    @dataclass
    class Media:
        """The lines of one media type."""

        name: str
        line: int
        first: int
        last: int

    def _media(self, first: int, last: int) -> Iterator[_Operation.Media]:
        index = first
        while index < last and not _is_media(self.lines[index]):
            index += 1
        names: list[tuple[str, int]] = []
        while (
            index < last and len(names) < MAX_TABS and (_is_media(self.lines[index]) or not self.lines[index].strip())
        ):
            if self.lines[index].strip():
                names.append((unlisted(self.lines[index]).lower(), index + 1))
            index += 1
        begin = index
        for position, (name, line) in enumerate(names):
            end = last
            if position + 1 < len(names):
                # The tabs of the next media type stand after an example of this one.
                example = next((at for at in range(begin, last) if _is_json_start(self.lines[at])), last)
                end = next((at for at in range(example, last) if self._label(at) == "schema"), last)
            yield self.Media(name, line, begin, end)
            begin = end

    def _content(self, part: str, media: _Operation.Media) -> None:
        subject = Subject(self.key, f"{part} {media.name}")
        self.facts.add(subject, "media-type", media.name, media.line)
        index = media.first
        while index < media.last and not _is_schema_start(self, index):
            # Tabs: `Schema`, `Example (from schema)`, and a tab for each named example.
            self.facts.use([index + 1] if self._label(index) in _TABS else [])
            if _is_json_start(self.lines[index]):
                break
            index += 1
        examples: list[Any] = []
        ends: list[tuple[int, int, Any]] = []
        position = index
        while position < media.last:
            if _is_json_start(self.lines[position]):
                end = self.brackets.end(position, media.last)
                value = parse_json("\n".join(self.lines[position:end]))
                if end > position and value is not None:
                    ends.append((position, end, value))
                    examples.append(value)
                    position = end
                    continue
            position += 1
        schema_end = ends[0][0] if ends else media.last
        if index < schema_end and self._label(index) == "schema":
            self.facts.use([index + 1])
        _Schema(self, subject, examples[0] if examples else None).read(index + 1, schema_end)
        for start, end, value in ends:
            self.facts.add(subject, "example", value, start + 1, end)

    def _describe(self, subject: Subject, entry: _Entry) -> None:
        if entry.type is not None:
            entry.type.add_to(self.facts, subject, entry.type_line)
            self.facts.use([entry.line, entry.type_line])
        for flag, line in entry.flags.items():
            self.facts.add(subject, _FLAGS[flag], True, line)
        shows_required = not subject.part.startswith("path ") and " header " not in subject.part
        if entry.name and entry.type is not None and "required" not in entry.flags and shows_required:
            self.facts.add(subject, "required", False, entry.type_line)
        constraints = Constraints()
        for text, first, last in entry.constraints:
            read_constraints(text, entry.type.scalar if entry.type is not None else "", first, last, constraints)
        constraints.add_to(self.facts, subject)


def _path_names(key: str) -> list[str]:
    return re.findall(r"\{([^{}/]+)\}", key)


def _is_media(line: str) -> bool:
    return len(line) < 200 and _MEDIA.fullmatch(unlisted(line).lower()) is not None


def _is_json_start(line: str) -> bool:
    text = line.strip()
    return text in ("{", "[", "{}", "[]") or text.startswith(('{"', "[{", '["', '{ "'))


def _is_schema_start(operation: _Operation, index: int) -> bool:
    """Whether a line is the heading above the properties, which follows the tabs."""
    if operation._label(index) != "schema":
        return False
    return (
        index > 0
        and not operation.lines[index].strip().startswith(("-", "•", "*"))
        and not (index + 1 < operation.last and operation._label(index + 1) in _TABS)
    )


def _entries(
    lines: list[str], first: int, last: int, *, single_prose: bool, known: frozenset[str] = frozenset()
) -> Iterator[_Entry]:
    """The parameters or properties in a range of lines.

    Args:
        lines: the lines of the page.
        first: the index of the first line.
        last: the index after the last line.
        known: the names of properties in the example.
        single_prose: whether a second line of description begins the next parameter whose name is lost.
    """
    entry: _Entry | None = None
    index = first
    while index < last:
        text = lines[index].strip()
        low = text.lower()
        if not text or _BRACKETS.fullmatch(text) or low in _VARIANTS:
            index += 1
            continue
        named = _named(lines, index, last, known)
        if named is not None:
            if entry is not None:
                yield entry
            entry, index = named
            continue
        if _CONSTRAINT.match(text):
            end = _constraint_end(lines, index, last)
            constraint = " ".join(line.strip() for line in lines[index:end])
            if entry is None or (not entry.name and entry.prose) or not entry.takes(constraint):
                if entry is not None:
                    yield entry
                entry = _Entry(index + 1)
            entry.constraints.append((constraint, index + 1, end))
            index = end
            continue
        if low in _FLAGS and entry is not None and entry.name:
            entry.flags.setdefault(low, index + 1)
            index += 1
            continue
        if entry is None or (single_prose and not entry.name and entry.prose):
            if entry is not None:
                yield entry
            entry = _Entry(index + 1)
        entry.prose.append(index + 1)
        index += 1
    if entry is not None:
        yield entry


def _constraint_end(lines: list[str], index: int, last: int) -> int:
    """The index after a constraint: a list in brackets goes over several lines."""
    text = lines[index].strip()
    end = index + 1
    if not re.match(r"Possible values", text, re.IGNORECASE):
        return end
    while end < last and end - index < 5000:
        following = lines[end].strip()
        open_list = text.count("[") > text.count("]")
        if open_list or re.match(r"(?:,|\]|and\b|[<>]=?\s)", following):
            text += " " + following
            end += 1
            continue
        break
    return end


_KIND: Final = r"(?:string|integer|number|boolean|object|array)(?:<[^<>]{1,60}>)?(?:\[\])*"
_GLUED_FLAGS = re.compile(rf"(.*?{_KIND})((?:{'|'.join(_FLAGS)})+)")
_GLUED_TYPE = re.compile(rf"([A-Za-z_$@][\w.\-$]*?)({_KIND})")


def _apart(text: str, known: frozenset[str]) -> list[str]:
    """The words of a line in which the name, the type and the flags may have lost the spaces between them.

    Args:
        text: the line, such as `idinteger<int64>required`.
        known: the names of properties in the example, which tell `idinteger` from another word.
    """
    flags: list[str] = []
    if (glued := _GLUED_FLAGS.fullmatch(text)) is not None:
        text = glued[1]
        flags = re.findall("|".join(_FLAGS), glued[2])
    words = text.split()
    glued = _GLUED_TYPE.fullmatch(text) if len(words) == 1 else None
    if glued is not None and glued[1] and (flags or glued[2][-1] in ">]" or glued[1] in known):
        words = [glued[1], glued[2]]
    return [*words, *flags]


def _named(lines: list[str], index: int, last: int, known: frozenset[str]) -> tuple[_Entry, int] | None:
    """An entry with a name: name, type and flags, in a line each or in one line."""
    text = lines[index].strip()
    if len(text) > 300:
        return None
    words = _apart(text, known)
    flags = {}
    while len(words) > 1 and words[-1].lower() in _FLAGS:
        flags[words.pop().lower()] = index + 1
    if len(words) > 1 and _NAME.fullmatch(words[0]):
        shape = _type(" ".join(words[1:]))
        if shape is not None:
            return _flagged(_Entry(index + 1, words[0], shape, index + 1, flags), lines, index + 1, last)
    if len(words) != 1 or not _NAME.fullmatch(words[0]):
        return None
    following = index + 1
    if following >= last:
        return None
    rest = lines[following].split()
    while len(rest) > 1 and rest[-1].lower() in _FLAGS:
        flags[rest.pop().lower()] = following + 1
    shape = _type(" ".join(rest))
    if shape is None:
        is_flag = len(rest) == 1 and rest[0].lower() == "required"
        if is_flag:
            return _flagged(_Entry(index + 1, words[0]), lines, following, last)
        return None
    return _flagged(_Entry(index + 1, words[0], shape, following + 1, flags), lines, following + 1, last)


def _flagged(entry: _Entry, lines: list[str], index: int, last: int) -> tuple[_Entry, int]:
    while index < last and lines[index].strip().lower() in _FLAGS:
        entry.flags.setdefault(lines[index].strip().lower(), index + 1)
        index += 1
    return entry, index


def _type(text: str) -> TypeText | None:
    """A type of these pages: `integer<int64>`, `object[]`, `string nullable`, or a capitalised name with `[]`."""
    shape = parse_type(text)
    if shape is not None and not shape.name:
        return shape
    if re.fullmatch(r"[A-Z]\w*(?:\[\])+", text):
        return parse_type(text, names=True)
    return None


@dataclass
class _Schema:
    """The properties of one media type."""

    operation: _Operation
    subject: Subject
    example: Any

    def read(self, first: int, last: int) -> None:
        lines, facts = self.operation.lines, self.operation.facts
        order = _pre_order(self.example)
        known = frozenset(path[-1] for path, _ in order)
        entries = list(_entries(lines, first, last, single_prose=False, known=known))
        for index in range(first, last):
            text = lines[index].strip()
            if _BRACKETS.fullmatch(text) or text.lower() in _VARIANTS:
                facts.use([index + 1])
        places = self._places(entries, order)
        parents = self._parents(entries, places, order)
        lost: dict[tuple[str, ...], int] = {}
        uncertain = False
        for position, entry in enumerate(entries):
            if entry.name:
                path = places[position]
                if path is None:
                    path = (UNKNOWN_PARENT, entry.name)
                    uncertain = True
                    facts.lost.append((self.subject.at(*path), entry.line))
                field_subject = self.subject.at(*path)
                facts.add(field_subject, "field", entry.name, entry.line)
                self.operation._describe(field_subject, entry)
            elif entry.constraints:
                parent = parents[position]
                uncertain = uncertain or parent == (UNKNOWN_PARENT,)
                lost[parent] = lost.get(parent, 0) + 1
                field_subject = self.subject.at(*parent, f"#{lost[parent]}")
                facts.lost.append((field_subject, entry.line))
                facts.add(field_subject, "field", f"#{lost[parent]}", entry.constraints[0][1], entry.constraints[0][2])
                self.operation._describe(field_subject, entry)
        unnamed = sum(len(entry.prose) for entry in entries)
        if unnamed and lost:
            facts.note(f"{self.subject}: the text lost names of properties; lines of description are not counted.")
        if uncertain:
            facts.note(f"{self.subject}: the text lost which object some properties belong to; their parent is `#0`.")

    def _places(self, entries: list[_Entry], order: list[tuple[tuple[str, ...], bool]]) -> list[tuple[str, ...] | None]:
        """The path of each named entry, where the order of the example's names leaves one possibility."""
        places: list[tuple[str, ...] | None] = [None] * len(entries)
        if not order:
            named = [position for position, entry in enumerate(entries) if entry.name]
            structured = [position for position in named if entries[position].is_structured]
            first = structured[0] if structured else len(entries)
            for position in named:
                # Without an example, all up to the first object are on the top level.
                if position <= first:
                    places[position] = (*self._root(), entries[position].name)
            return places
        at = 0
        for position, entry in enumerate(entries):
            if not entry.name:
                continue
            match = next(
                (
                    index
                    for index in range(at, len(order))
                    if order[index][0][-1] == entry.name and (order[index][1] or not entry.is_structured)
                ),
                None,
            )
            if match is not None:
                places[position] = order[match][0]
                at = match + 1
        return places

    def _root(self) -> tuple[str, ...]:
        return (ITEM,) if isinstance(self.example, list) else ()

    def _parents(
        self, entries: list[_Entry], places: list[tuple[str, ...] | None], order: list[tuple[tuple[str, ...], bool]]
    ) -> list[tuple[str, ...]]:
        """The object that each lost property belongs to; `#0` if several are possible.

        Between two objects of the text there are, in the example, the properties between the same objects.
        """
        index_of = {path: index for index, (path, _) in enumerate(order)}
        following = [len(order)] * (len(entries) + 1)
        for position in range(len(entries) - 1, -1, -1):
            place = places[position] if entries[position].name and entries[position].is_structured else None
            following[position] = index_of[place] if place in index_of else following[position + 1]
        parents: list[tuple[str, ...]] = []
        current = self._root()
        for position, entry in enumerate(entries):
            if entry.name and entry.is_structured:
                place = places[position]
                low = index_of[place] + 1 if place in index_of else None
                high = following[position + 1]
                inner = (
                    {path[:-1] for path, structured in order[low:high] if not structured} if low is not None else set()
                )
                current = inner.pop() if len(inner) == 1 else (UNKNOWN_PARENT,)
            parents.append(current)
        return parents


def _pre_order(example: Any, limit: int = 5000) -> list[tuple[tuple[str, ...], bool]]:
    """The properties of an example from the top, each with whether it is an object or an array of objects."""
    order: list[tuple[tuple[str, ...], bool]] = []
    stack: list[tuple[tuple[str, ...], Any]] = [((), example)]
    while stack and len(order) < limit:
        path, value = stack.pop()
        if path and path[-1] != ITEM:
            inner = value
            while isinstance(inner, list) and inner:
                inner = inner[0]
            order.append((path, isinstance(inner, dict) or inner == []))
        if isinstance(value, dict):
            stack.extend(((*path, name), child) for name, child in reversed(value.items()))
        elif isinstance(value, list) and value:
            stack.append(((*path, ITEM), value[0]))
    return order
