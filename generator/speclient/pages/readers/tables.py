"""Tables of parameters, properties, responses and enumerated values: what their columns mean, and their rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from speclient.pages.facts import ITEM, VALUE, Facts, Kind, Subject
from speclient.pages.readers.blocks import Cell, Row
from speclient.pages.readers.constraints import parse_bounds
from speclient.pages.readers.lines import beside_prose
from speclient.pages.readers.literals import parse_value
from speclient.pages.readers.type_text import TypeText, parse_type

_ROLES: Final[dict[str, tuple[str, ...]]] = {
    "name": (
        "name", "parameter", "parameters", "param", "params", "field", "fields", "field name", "property", "properties",
        "property name", "key", "attribute", "attributes", "argument", "header", "header name", "query parameter",
        "path parameter", "url parameter", "parameter name", "param name", "variable", "query param", "key name",
        "query parameters", "path parameters", "member", "json field", "attribute name", "body parameter",
    ),
    "in": ("in", "location", "located in", "parameter type", "param type", "passed in", "sent in"),
    "type": ("type", "data type", "datatype", "value type", "json type", "format type", "types"),
    "schema": ("schema", "model", "response schema", "response type", "body schema", "response model"),
    "required": ("required", "mandatory", "req", "is required", "presence", "requirement", "required optional", "need"),
    "optional": ("optional", "is optional", "opt"),
    "nullable": ("nullable", "null", "can be null"),
    "default": ("default", "default value", "defaults"),
    "description": (
        "description", "descriptions", "details", "notes", "note", "meaning", "explanation", "comment", "comments",
        "remarks", "definition", "info", "about", "summary", "purpose", "reason", "text", "cause", "usage",
    ),
    "enum": (
        "values", "allowed values", "possible values", "valid values", "enum", "enums", "accepted values", "options",
        "allowed", "enum values", "choices",
    ),
    "value": ("value",),
    "format": ("format",),
    "example": ("example", "examples", "sample", "example value", "eg"),
    "constraints": ("constraints", "restrictions", "validation", "validations", "limits", "rules", "range", "bounds"),
    "minimum": ("min", "minimum", "min value"),
    "maximum": ("max", "maximum", "max value"),
    "status": (
        "status", "status code", "statuscode", "code", "http status", "http code", "http status code", "response code",
        "response", "http response", "error code", "http", "response status",
    ),
    "media": ("content type", "media type", "mime type", "produces"),
}  # fmt: skip
_ROLE_OF: Final = {name: role for role, names in _ROLES.items() for name in names}

_LOCATIONS: Final = {
    "query": "query", "querystring": "query", "query string": "query", "url query": "query", "path": "path",
    "url": "path", "uri": "path", "url path": "path", "route": "path", "header": "header", "headers": "header",
    "request header": "header", "cookie": "cookie", "body": "body", "request body": "body", "json body": "body",
    "formdata": "body", "form data": "body", "form": "body", "json": "body", "payload": "body",
}  # fmt: skip
_YES: Final = frozenset(
    {"yes", "y", "true", "required", "mandatory", "✓", "✔", "✅", "☑", "x", "always", "*", "1", "req"}
)
_NO: Final = frozenset(
    {"no", "n", "false", "optional", "✗", "✘", "❌", "-", "–", "—", "0", "opt", "", "none", "not required"}
)
_NOTHING: Final = frozenset({"", "none", "-", "–", "—", "n/a", "na", "null"})
_MARKERS = re.compile(r"^(?:[»›>└├│─↳∟·•.\s\u2500-\u257f]|&nbsp;|-(?=\s|-|>))+")
_NAME = re.compile(r"(?:\[\]\.?)*[A-Za-z_$@][\w$.\-:\[\]{}]*|\d+")
_FORMATTED = re.compile(r"(?P<type>\w+\s*(?:<\s*\$?[\w-]+\s*>|\(\s*\$?[\w-]+\s*\)))\s*(?P<rest>\S.*)")
_FLAG = re.compile(
    r"[\s(\[,;*]*\b(required|mandatory|optional|deprecated|nullable|read[- ]?only|write[- ]?only|unique)\b[)\],;.]*",
    re.IGNORECASE,
)
STATUS = re.compile(r"\s*`?([1-5]\d\d|[1-5]XX|default)\b", re.IGNORECASE)


def roles(header: Row) -> dict[str, int]:
    """The columns of a table by what they contain; a role of several columns is that of the first."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(header):
        name = re.sub(r"[^a-z ]+", " ", cell.text.lower()).strip()
        role = _ROLE_OF.get(" ".join(name.split()))
        if role is not None:
            columns.setdefault(role, index)
    return columns


def location_of(text: str) -> str:
    """The location of a parameter from a word for it; empty for any other word."""
    return _LOCATIONS.get(text.lower().strip(" ()`"), "")


@dataclass
class Entry:
    """A parameter or a property in a table or list.

    Attributes:
        name: its name; empty for the value itself.
        depth: how deep it is nested.
        line: the line of its name.
        type: its type.
        required: whether it is required, None where the page does not state it.
        facts: other facts, each with its line.
        location: the parameter's location.
        has_prose: whether the line also has a description.
        description: the description, if it is short.
        free: whether it describes the values of an object with free keys.
    """

    name: str
    line: int
    depth: int = 0
    type: TypeText | None = None
    type_line: int = 0
    required: bool | None = None
    required_line: int = 0
    facts: list[tuple[Kind, Any, int]] = field(default_factory=list)
    location: str = ""
    has_prose: bool = False
    free: bool = False
    description: str = ""

    @property
    def scalar(self) -> str:
        """The name of its type, if it is exactly one."""
        return self.type.scalar if self.type is not None else ""

    def add_to(self, facts: Facts, subject: Subject) -> None:
        """Add the facts about its value."""
        with_prose = [self.line] if self.has_prose else []
        used = [line for line in with_prose if line not in facts.used]
        if self.type is not None:
            self.type.add_to(facts, subject, self.type_line or self.line)
        if self.required is not None:
            facts.add(subject, "required", self.required, self.required_line or self.line)
        for kind, value, line in self.facts:
            facts.add(subject, kind, value, line)
        facts.used.difference_update(used)


def entries_of(rows: Sequence[Row], columns: dict[str, int] | None = None, *, prose: bool = True) -> list[Entry]:
    """The rows of a table of parameters or properties.

    Args:
        rows: the rows; the header is the first one unless columns are named.
        columns: the columns by what they contain.
        prose: whether descriptions state constraints in fixed words.
    """
    body = rows if columns is not None else rows[1:]
    columns = dict(columns if columns is not None else roles(rows[0]))
    if "in" in columns and "type" not in columns:
        words = [row[columns["in"]].text for row in body if len(row) > columns["in"]]
        if not any(location_of(word) for word in words):
            # `Parameter type` can be either.
            columns["type"] = columns.pop("in")
    return [entry for row in body if (entry := _entry(row, columns, prose)) is not None]


def _entry(row: Row, columns: dict[str, int], prose: bool) -> Entry | None:
    def cell(role: str) -> Cell | None:
        index = columns.get(role)
        return row[index] if index is not None and index < len(row) else None

    named = cell("name")
    if named is None:
        return None
    entry = _named(named)
    if entry is None:
        return None
    if (where := cell("in")) is not None:
        entry.location = location_of(where.text)
    if (kind := cell("type")) is not None or (kind := cell("schema")) is not None:
        read_type(entry, kind.text, kind.line)
    _flags(entry, cell("required"), cell("optional"), cell("nullable"))
    _values(entry, cell)
    description = cell("description")
    if description is not None and description.text.lower() not in _NOTHING and description.line == named.line:
        entry.has_prose = True
    if description is not None:
        entry.description = description.text[:400]
    if description is not None and prose:
        read_description(entry, description.text, description.line)
    return entry


def _named(cell: Cell) -> Entry | None:
    text = cell.text
    marker = _MARKERS.match(text)
    depth = 0
    if marker is not None:
        depth = (
            marker[0].count("»")
            or marker[0].count("›")
            or marker[0].count(">")
            or marker[0].count("└") + marker[0].count("├") + marker[0].count("│")
        )
        depth = depth or (1 if re.search(r"\S", marker[0].replace("•", "").replace(".", "")) else 0)
        text = text[marker.end() :]
    text = text.replace("\\_", "_").strip().strip("`*\"'").strip().removeprefix(":")
    match = _NAME.match(text)
    if match is None:
        return None
    entry = Entry(match[0].rstrip(".:"), cell.line, depth)
    rest = text[match.end() :].strip().strip("`*")
    if rest.startswith("?"):
        entry.required, entry.required_line, rest = False, cell.line, rest[1:].strip()
    if entry.name in ("anonymous",):
        entry.name = ""
    elif entry.name == "additionalProperties":
        entry.free = True
    if rest:
        kind = read_flags(entry, rest, cell.line)
        if kind:
            if " " in kind and parse_type(kind) is None and location_of(kind) == "" and len(kind.split()) > 3:
                return None
            read_type(entry, kind, cell.line)
    if text[match.end() :].strip().startswith("*") and entry.required is None:
        entry.required, entry.required_line = True, cell.line
    return entry


def read_flags(entry: Entry, text: str, line: int) -> str:
    """Read the words for required, optional and the like in a short text; return the rest of the text."""
    for match in _FLAG.finditer(text):
        word = match[1].lower().replace(" ", "-")
        if word in ("required", "mandatory"):
            if re.search(r"\bnot\s*$", text[: match.start(1)], re.IGNORECASE):
                entry.required, entry.required_line = False, line
            elif entry.required is None:
                entry.required, entry.required_line = True, line
        elif word == "optional":
            entry.required, entry.required_line = False, line
        elif word == "deprecated":
            entry.facts.append(("deprecated", True, line))
        elif word == "nullable":
            entry.facts.append(("nullable", True, line))
        elif word.startswith("read"):
            entry.facts.append(("read-only", True, line))
        elif word.startswith("write"):
            entry.facts.append(("write-only", True, line))
    rest = _FLAG.sub(" ", text)
    return text.strip() if rest == text else re.sub(r"\b(?:not|is)\s*$", "", rest).strip(" ,;()*")


def read_type(entry: Entry, text: str, line: int) -> None:
    """Read a type with flags, a default or bounds beside it."""
    rest = read_flags(entry, text, line)
    if not rest:
        return
    shape = parse_type(rest)
    if shape is None and (match := _FORMATTED.match(rest)) is not None:
        # A format and bounds: `integer <int32> [ 1 .. 100 ]`.
        shape = parse_type(match["type"])
        bounds = parse_bounds(match["rest"]) if shape is not None else []
        entry.facts.extend((bound.kind, bound.value, line) for bound in bounds)
    if (
        shape is None
        and (match := re.match(r"(.+?)[\s,;(]*\b(?:default|defaults to)\b[\s:=]*(.+?)\)?$", rest, re.IGNORECASE))
        is not None
    ):
        shape = parse_type(match[1].strip(" ,;("))
        if shape is not None:
            entry.facts.append(("default", parse_value(match[2], shape.scalar), line))
    if shape is None:
        words = re.split(r"[\s,(:;]+", rest, maxsplit=1)
        shape = parse_type(words[0]) if len(words) > 1 else None
        if shape is not None:
            for bound in parse_bounds(words[1]):
                entry.facts.append((bound.kind, bound.value, line))
    if shape is None:
        shape = parse_type(rest, names=True)
    if shape is not None:
        entry.type, entry.type_line = shape, line


def _flags(entry: Entry, required: Cell | None, optional: Cell | None, nullable: Cell | None) -> None:
    for cell, positive in ((required, True), (optional, False)):
        if cell is None:
            continue
        word = cell.text.lower().strip(" .`")
        if word in _YES or word.startswith(("yes", "required", "true")):
            entry.required = positive if word != "optional" else False
        elif word in _NO or word.startswith(("no", "optional", "false")):
            entry.required = not positive
        if word in ("optional",):
            entry.required = False
        if entry.required is not None:
            entry.required_line = cell.line if cell.text else entry.line
    if nullable is not None and nullable.text.lower().strip() in _YES:
        entry.facts.append(("nullable", True, nullable.line))


def _values(entry: Entry, cell: Any) -> None:
    found: Cell | None
    if (found := cell("default")) is not None and found.text.lower() not in (_NOTHING - {"null"}):
        entry.facts.append(("default", parse_value(found.text, entry.scalar), found.line))
    if (found := cell("format")) is not None and found.text.lower() not in _NOTHING and " " not in found.text:
        entry.facts.append(("format", found.text.strip("`"), found.line))
    if (found := cell("enum")) is not None and found.text.lower() not in _NOTHING:
        values = listed(found.text)
        if len(values) > 1:
            entry.facts.append(("enum", [parse_value(value, entry.scalar) for value in values], found.line))
    if (found := cell("example")) is not None and found.text.lower() not in _NOTHING:
        entry.facts.append(("example", parse_value(found.text, entry.scalar), found.line))
    for role in ("minimum", "maximum"):
        if (found := cell(role)) is not None and (value := re.fullmatch(r"-?\d+(?:\.\d+)?", found.text)) is not None:
            entry.facts.append((role, parse_value(value[0], "number"), found.line))
    if (found := cell("constraints")) is not None and found.text.lower() not in _NOTHING:
        read_flags(entry, found.text, found.line)
        entry.facts.extend((bound.kind, bound.value, found.line) for bound in parse_bounds(found.text))


_DEFAULT = re.compile(
    r"(?:^|[.;(,:]\s*|\b(?:the|by)\s+)defaults?(?: value)?(?:"
    r"\s*(?:is|to|:|=|of|being)\s*(?P<marked>`[^`]+`|\"[^\"]*\"|'[^']*'|[\w\-+]+(?:\.\d+)?(?=\s*(?:[.,;)\]]|$)))"
    r"|\s+(?P<bare>`[^`]+`|\"[^\"]*\"|'[^']*'|-?\d+(?:\.\d+)?\b|true\b|false\b))",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(r"[(\[*]*(required|optional)\b(?:[)\].,:;*]|$)", re.IGNORECASE)
_ENUM = re.compile(
    r"""
    \b (?: one\ of | enum
        | (?:possible|allowed|valid|accepted|supported|available)\ (?:values|options)(?:\ are|\ include)? )
    \s* :? \s* (?P<values>.+?) (?: \.(?:\s|$) | $ )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_RANGE = re.compile(
    r"""
    (?P<kind>min(?:imum)?|max(?:imum)?) (?:\ value)? (?:\ is|:|=)? \s* (?P<value>-?\d+(?:\.\d+)?)
    (?! [\w.]* \s* (?:char|item|element|byte|digit|letter) )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def read_description(entry: Entry, text: str, line: int) -> None:
    """Read the constraints that a description states in fixed words: `Default: 10`, `One of: a, b`, `Maximum 100`."""
    if len(text) > 2000:
        return
    known = {kind for kind, _, _ in entry.facts}
    if entry.required is None and (match := _FIRST_WORD.match(text)) is not None:
        entry.required, entry.required_line = match[1].lower() == "required", line
    if "default" not in known and (match := _DEFAULT.search(text)) is not None:
        entry.facts.append(("default", parse_value(match["marked"] or match["bare"], entry.scalar), line))
    if "enum" not in known and (match := _ENUM.search(text)) is not None:
        values = listed(match["values"])
        if len(values) > 1:
            entry.facts.append(("enum", [parse_value(value, entry.scalar) for value in values], line))
    if entry.scalar in ("integer", "number"):
        for match in _RANGE.finditer(text):
            kind: Kind = "minimum" if match["kind"].lower().startswith("min") else "maximum"
            if kind not in known:
                entry.facts.append((kind, parse_value(match["value"], "number"), line))


def listed(text: str) -> list[str]:
    """The values of a list such as `a`, `b` or `c`; empty if any of them has several words."""
    quoted = re.findall(r"`([^`]+)`|\"([^\"]+)\"|“([^”]+)”|'([^']+)'", text)
    if len(quoted) > 1:
        rest = re.sub(r"`[^`]+`|\"[^\"]+\"|“[^”]+”|'[^']+'", "", text)
        if re.fullmatch(r"(?:[\s,|/;•()\[\]]|\bor\b|\band\b)*\.?", rest):
            return ["".join(groups) for groups in quoted]
        return []
    text = text.strip(" .[]()")
    parts = [
        part.strip(" `\"'") for part in re.split(r"\s*(?:,\s*(?:or|and)\s+|,|\||\s+or\s+|\s+and\s+|\s+/\s+|;)\s*", text)
    ]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        words = text.split()
        parts = words if len(words) > 1 and all(re.fullmatch(r"[A-Z][A-Z0-9_]+", word) for word in words) else parts
    return parts if len(parts) > 1 and all(re.fullmatch(r"[\w.\-+:/]+", part) for part in parts) else []


def add_entries(facts: Facts, root: Subject, entries: Sequence[Entry]) -> list[tuple[Subject, Entry]]:
    """Add properties below a subject; deeper ones belong to the nearest one that is less deep above them.

    Returns:
        Each entry with its subject.
    """
    placed: list[tuple[Subject, Entry]] = []
    stack: list[tuple[int, Subject, Entry]] = []
    named: dict[str, tuple[Subject, Entry]] = {}
    names = {entry.name for entry in entries}
    above = {name.partition("[]")[0] for name in names if "[]." in name}
    # `ids[]` is a name of its own unless `ids` or `ids[].x` is listed too.
    bare = {name for name in names if name.endswith("[]") and name[:-2] not in names | above}
    for entry in entries:
        while stack and stack[-1][0] >= entry.depth:
            stack.pop()
        parent = _within(stack[-1][1], stack[-1][2]) if stack else root
        name = entry.name
        prefix, dot, last = name.rpartition(".")
        if dot and prefix in named and not stack:
            # `user.name` below `user`.
            parent, name = _within(*named[prefix]), last
        if entry.free:
            subject = parent.at(VALUE)
        elif not name:
            subject = parent
        elif name in bare:
            subject = parent.at(name)
        else:
            subject = parent.at(*_tokens(name))
        named.setdefault(entry.name, (subject, entry))
        if len(subject.field) > 60:
            continue
        if entry.name and not entry.free:
            line = entry.line
            with beside_prose(facts, line) if entry.has_prose else nullcontext():
                facts.add(subject, "field", subject.field[-1], line)
        else:
            entry.required = None
        entry.add_to(facts, subject)
        placed.append((subject, entry))
        stack.append((entry.depth, subject, entry))
    return placed


def _within(subject: Subject, entry: Entry) -> Subject:
    """The object whose properties are listed below an entry: the entry itself, or the elements of its arrays."""
    shape = entry.type
    while shape is not None and shape.scalar == "array":
        subject = subject.at(ITEM)
        shape = shape.items
    return subject


def _tokens(name: str) -> tuple[str, ...]:
    """The path of a name such as `items[].id`; a name with dots alone stays one name."""
    if "[]" not in name:
        return (name,)
    tokens: list[str] = []
    for part in name.split("."):
        bare = part.rstrip("[]") if part.endswith("[]") else part
        if bare:
            tokens.append(bare)
        tokens.extend([ITEM] * part.count("[]"))
    return tuple(tokens)
