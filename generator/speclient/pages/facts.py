"""Facts of documentation pages.

A fact is one statement of a page about one subject: "the query parameter `limit` of `GET /runs` has the maximum 1000".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

Kind = Literal[
    # Operations.
    "operation", "deprecated", "server", "authentication",
    # What exists.
    "parameter", "body", "status", "media-type", "header", "field",
    # What applies to a value.
    "type", "format", "required", "nullable", "read-only", "write-only",
    "minimum", "maximum", "exclusive-minimum", "exclusive-maximum", "multiple-of",
    "min-length", "max-length", "pattern", "min-items", "max-items", "unique-items",
    "default", "enum", "const", "example",
]  # fmt: skip
"""What a fact states. `docs/reference/pages.md` lists the values of each kind."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

ITEM: Final = "[]"
"""The token of a field path for the elements of an array."""
VALUE: Final = "{}"
"""The token of a field path for the values of an object with free keys."""

KEYWORDS: Final[Mapping[Kind, str]] = {
    "format": "format",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive-minimum": "exclusiveMinimum",
    "exclusive-maximum": "exclusiveMaximum",
    "multiple-of": "multipleOf",
    "min-length": "minLength",
    "max-length": "maxLength",
    "pattern": "pattern",
    "min-items": "minItems",
    "max-items": "maxItems",
    "unique-items": "uniqueItems",
    "default": "default",
    "enum": "enum",
    "const": "const",
    "read-only": "readOnly",
    "write-only": "writeOnly",
    "deprecated": "deprecated",
}
"""Kind of fact -> keyword of a schema."""

EXISTENCE: Final = frozenset({"operation", "parameter", "body", "status", "media-type", "header", "field"})
"""Kinds of facts that only state that something exists."""

_LOST = re.compile(r"#\d+")
_PARAMETER = re.compile(r"(?<![\w}]):([\w-]+?)(?=/|$|[.?:,;()]|-:)")


@dataclass(frozen=True, order=True, slots=True)
class Subject:
    """What a fact is about.

    Attributes:
        operation: `GET /runs/{id}`; empty for what the page states outside an operation.
        part: empty for the operation itself, or one of `query NAME`, `path NAME`, `header NAME`, `cookie NAME`, `body`,
            `body MEDIA-TYPE`, `response STATUS`, `response STATUS MEDIA-TYPE`, `response STATUS header NAME`,
            `schema NAME`. A name that the page lost is `#1`, `#2`, ..., its position among those of its location.
        field: the path to a property in a body or in the schema of a parameter: property names, `[]` for the elements
            of an array, `{}` for the values of an object with free keys. Variants (`oneOf`, `anyOf`) have no token.
    """

    operation: str = ""
    part: str = ""
    field: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the subject as text, for messages."""
        place = " ".join(part for part in (self.operation, self.part) if part)
        return f"{place} {dotted(self.field)}".strip() if self.field else place or "the page"

    @property
    def is_lost(self) -> bool:
        """Whether the page lost a name of the subject."""
        return any(_LOST.fullmatch(token) for token in (*self.part.split(" "), *self.field))

    def outer(self) -> Iterator[Subject]:
        """The subjects that contain this one, outermost first."""
        if self.part:
            yield Subject(self.operation)
        words = self.part.split(" ")
        for length in range(1, len(words)):
            yield Subject(self.operation, " ".join(words[:length]))
        for length in range(len(self.field)):
            yield Subject(self.operation, self.part, self.field[:length])

    def at(self, *tokens: str) -> Subject:
        """The subject of a field below this one."""
        return Subject(self.operation, self.part, (*self.field, *tokens))


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of a page.

    Attributes:
        subject: what it is about.
        kind: what it states.
        value: JSON data; `True` for kinds that only state that something exists.
        line: the line of the page's text (`PageText.lines`), from 1; 0 in facts that come from a document.
        end: the last line, of facts that take several lines.
    """

    subject: Subject
    kind: Kind
    value: Any
    line: int = 0
    end: int = 0

    @property
    def key(self) -> tuple[Subject, Kind]:
        """What two facts have in common that can contradict each other."""
        return self.subject, self.kind

    @property
    def id(self) -> tuple[Subject, Kind, str]:
        """What equal facts have in common; the line does not count."""
        return self.subject, self.kind, canonical(self.value)

    def __str__(self) -> str:
        """Return the fact as text, for messages."""
        if self.kind in ("operation", "parameter", "body", "status", "media-type", "header", "field"):
            return f"{self.subject}" if self.value is True else f"{self.subject}: {self.kind} {brief(self.value)}"
        return f"{self.subject}: {self.kind} {brief(self.value)}"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements of one page that cannot both be true."""

    subject: Subject
    message: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A range of lines that describes an operation; `operation` is empty for the rest of the page."""

    operation: str
    first: int
    last: int


@dataclass
class Facts:
    """Collects what a reader finds on a page.

    Attributes:
        facts: in the order of the page, each once.
        sections: ranges of lines by operation, in order.
        lost: subjects whose names the saved page does not contain, with their lines.
        notes: what could not be read, as sentences for the user.
        used: lines that a fact comes from.
    """

    facts: list[Fact] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    lost: list[tuple[Subject, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)

    def add(self, subject: Subject, kind: Kind, value: Any = True, line: int = 0, end: int = 0) -> None:
        """Add a fact, unless it is known already."""
        self.used.update(range(line, max(line, end) + 1))
        key = f"{subject!r}\n{kind}\n{canonical(value)}"
        if key not in self._seen:
            self._seen.add(key)
            self.facts.append(Fact(subject, kind, value, line, max(line, end)))

    def use(self, lines: Iterable[int]) -> None:
        """Mark lines that are part of a fact, such as the label in front of a value."""
        self.used.update(lines)

    def lose(self, subject: Subject, line: int) -> None:
        """Record a name that the page does not contain."""
        self.lost.append((subject, line))
        self.used.add(line)

    def section(self, operation: str, first: int, last: int) -> None:
        """Record the lines that describe an operation."""
        self.sections.append(Section(operation, first, last))

    def note(self, message: str) -> None:
        """Record what could not be read."""
        if message not in self.notes:
            self.notes.append(message)


def canonical(value: Any) -> str:
    """JSON text that is equal for equal JSON values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def brief(value: Any, limit: int = 60) -> str:
    """A value as JSON text of limited length, for messages."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= limit else f"{text[: limit - 4]} ..."


def dotted(path: Iterable[str]) -> str:
    """A field path as text: `data[].id`."""
    text = ""
    for token in path:
        text += token if token in (ITEM, VALUE) else f".{token}" if text else token
    return text


def operation_key(method: str, path: str) -> str:
    """The name of an operation, from a method and a path as pages write them.

    `:name` becomes `{name}`; a query, a fragment and a trailing slash are dropped.
    """
    path = re.split(r"[?#]", path.strip(), maxsplit=1)[0]
    path = _PARAMETER.sub(r"{\1}", path)
    path = "/" + path.strip("/")
    return f"{method.strip().upper()} {path}"
