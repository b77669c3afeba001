"""Types as documentation pages write them.

`parse_type` reads the words that people write (`int`, `list of strings`); `parse_schema_type` reads what tools write
from a schema (`Array of strings <uuid>`), where any other word is a title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from speclient.pages.facts import ITEM, VALUE, Facts, Subject
from speclient.pages.readers.constraints import MAX_TEXT, Constraint
from speclient.pages.readers.literals import MAX_JSON_DEPTH

FORMATS: Final = frozenset({
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "decimal", "byte",
    "binary", "base64", "base64url", "date", "date-time", "time", "duration", "email", "idn-email", "hostname",
    "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "uri-template", "url", "iri", "iri-reference", "uuid",
    "json-pointer", "relative-json-pointer", "regex", "password", "char", "html", "commonmark", "media-range",
})  # fmt: skip
"""Names that are a format also where a page writes them in parentheses, as it does with titles."""


_NAMES: Final[dict[str, tuple[str, str]]] = {
    "string": ("string", ""),
    "str": ("string", ""),
    "text": ("string", ""),
    "uuid": ("string", "uuid"),
    "guid": ("string", "uuid"),
    "uri": ("string", "uri"),
    "url": ("string", "uri"),
    "email": ("string", "email"),
    "date": ("string", "date"),
    "date-time": ("string", "date-time"),
    "datetime": ("string", "date-time"),
    "timestamp": ("string", ""),
    "binary": ("string", "binary"),
    "file": ("string", "binary"),
    "integer": ("integer", ""),
    "int": ("integer", ""),
    "int32": ("integer", "int32"),
    "int64": ("integer", "int64"),
    "long": ("integer", "int64"),
    "number": ("number", ""),
    "numeric": ("number", ""),
    "decimal": ("number", ""),
    "float": ("number", "float"),
    "double": ("number", "double"),
    "boolean": ("boolean", ""),
    "bool": ("boolean", ""),
    "object": ("object", ""),
    "hash": ("object", ""),
    "map": ("object", ""),
    "dict": ("object", ""),
    "json": ("object", ""),
    "array": ("array", ""),
    "list": ("array", ""),
}
"""Words for types, with the type and the format. `timestamp` can be a number or a date: it has no format."""
PLAIN: Final = frozenset({"string", "integer", "number", "boolean", "object", "array"})
_ANY: Final = frozenset({"any", "mixed", "*", "anything", "unknown"})
_ENUMS: Final = frozenset({"enum", "enumeration"})

_FORMATTED = re.compile(r"(?P<base>[\w-]+)\s*[<(]\s*\$?(?P<inner>[\w.:+ -]+)\s*[>)]")
_FORMATTED_UNION = re.compile(r"(?P<types>[\w\s,|¦]+)\((?P<format>[\w-]+)\)")
_OBJECT = re.compile(r"(?:an? |the )?([A-Za-z][\w.\-]*) objects?", re.IGNORECASE)
_ARRAY_WORDS = re.compile(
    r"(?:arrays?|lists?|sets?)\s*(?:of\s+|<\s*|\[\s*|\(\s*)(?P<inner>.+?)\s*[>\])]?", re.IGNORECASE
)
_MAP_WORDS = re.compile(
    r"(?:map|dict|dictionary|record|object)\s*<\s*(?:string|str)\s*,\s*(?P<inner>.+?)\s*>", re.IGNORECASE
)
_SEPARATORS = re.compile(r"\s*(?:\||¦|/|,|\bor\b)\s*")


@dataclass(frozen=True, slots=True)
class TypeText:
    """A type as a page writes it.

    Attributes:
        types: the JSON types, sorted, without `null`; empty if the page names no type that JSON has.
        format: the format, such as `date-time`; empty without one.
        nullable: whether the page allows null.
        items: the type of the elements of an array.
        values: the type of the values of an object with free keys.
        name: the name of a schema, where the page has one in place of a type.
    """

    types: tuple[str, ...] = ()
    format: str = ""
    nullable: bool = False
    items: TypeText | None = None
    values: TypeText | None = None
    name: str = ""

    @property
    def scalar(self) -> str:
        """The type if there is exactly one, otherwise an empty string."""
        return self.types[0] if len(self.types) == 1 else ""

    def add_to(self, facts: Facts, subject: Subject, line: int, end: int = 0) -> None:
        """Add the facts about a subject of this type."""
        if self.types:
            facts.add(subject, "type", self.types[0] if len(self.types) == 1 else list(self.types), line, end)
        if self.format:
            facts.add(subject, "format", self.format, line, end)
        if self.nullable:
            facts.add(subject, "nullable", True, line, end)
        if self.items is not None and len(subject.field) < MAX_JSON_DEPTH:
            self.items.add_to(facts, subject.at(ITEM), line, end)
        if self.values is not None and len(subject.field) < MAX_JSON_DEPTH:
            self.values.add_to(facts, subject.at(VALUE), line, end)


def parse_type(text: str, *, names: bool = False, _depth: int = 0) -> TypeText | None:
    """The type that a text consists of, or None if it is not a type.

    Args:
        text: `string`, `integer(int64)`, `string<date-time>`, `object[]`, `array of strings`, `string | null`, ...
        names: whether any other single word is taken for the name of a schema.
    """
    text = text.strip().strip("`").strip()
    if not text or len(text) > 200 or _depth > 8:
        return None
    low = text.lower()
    if low in _NAMES:
        kind, form = _NAMES[low]
        return TypeText((kind,), form)
    if text.startswith("?") or (text.endswith("?") and len(text) > 1):
        inner = parse_type(text.strip("?"), names=names, _depth=_depth + 1)
        return _with_null(inner) if inner is not None else None
    if (match := _OBJECT.fullmatch(text)) is not None:
        return TypeText(("object",), name=match[1])
    if low in _ANY:
        return TypeText()
    if low in _ENUMS:
        return TypeText()
    if low in ("null", "nil", "none"):
        return TypeText(nullable=True)
    if text.endswith("[]"):
        inner = parse_type(text[:-2], names=names, _depth=_depth + 1)
        return TypeText(("array",), items=inner) if inner is not None else None
    if text.startswith("[") and text.endswith("]"):
        inner = parse_type(text[1:-1], names=True, _depth=_depth + 1)
        return TypeText(("array",), items=inner) if inner is not None else None
    if (match := _ARRAY_WORDS.fullmatch(text)) is not None:
        word = match["inner"].strip()
        inner = parse_type(word, _depth=_depth + 1) or parse_type(_singular(word), names=True, _depth=_depth + 1)
        return TypeText(("array",), items=inner) if inner is not None else None
    if (match := _MAP_WORDS.fullmatch(text)) is not None:
        inner = parse_type(match["inner"], names=names, _depth=_depth + 1)
        return TypeText(("object",), values=inner) if inner is not None else None
    if (match := _FORMATTED.fullmatch(text)) is not None:
        return _formatted(match["base"], match["inner"].strip(), names)
    parts = [part for part in _SEPARATORS.split(text) if part]
    if len(parts) > 1 and (match := _FORMATTED_UNION.fullmatch(text)) is not None:
        # widdershins: `string,null(date-time)`.
        union = _union([part for part in _SEPARATORS.split(match["types"]) if part], _depth)
        return replace(union, format=match["format"]) if union is not None else None
    if len(parts) > 1:
        return _union(parts, _depth)
    for word in ("nullable", "optional"):
        if low.startswith(f"{word} ") or low.endswith(f" {word}"):
            rest = re.sub(rf"(?i)\b{word}\b", "", text).strip()
            inner = parse_type(rest, names=names, _depth=_depth + 1)
            return _with_null(inner) if inner is not None and word == "nullable" else inner
    if names and re.fullmatch(r"\w[\w.\-]*", text):
        return TypeText(name=text)
    return None


def _singular(word: str) -> str:
    return word[:-1] if word.lower().endswith("s") and not word.lower().endswith("ss") else word


def _formatted(base: str, inner: str, names: bool) -> TypeText | None:
    low = base.lower()
    if low in _ENUMS:
        return parse_type(inner)
    if low not in _NAMES:
        return TypeText(name=base) if names else None
    kind, form = _NAMES[low]
    if inner.lower() in ("nullable", "null"):
        return TypeText((kind,), form, nullable=True)
    if " " in inner:
        return None
    if inner.lower() in ("enum", "required", "optional"):
        return TypeText((kind,), form)
    return TypeText((kind,), inner.lower() if inner.lower() in FORMATS else inner)


def _with_null(text: TypeText) -> TypeText:
    return replace(text, nullable=True)


def _union(parts: list[str], depth: int) -> TypeText | None:
    members = [parse_type(part, _depth=depth + 1) for part in parts]
    known = [member for member in members if member is not None]
    if len(known) != len(members) or len(known) > 10:
        return None
    types = tuple(sorted({name for member in known for name in member.types}))
    formats = {member.format for member in known if member.types}
    items = [member.items for member in known if member.items is not None]
    return TypeText(
        types,
        formats.pop() if len(formats) == 1 else "",
        any(member.nullable for member in known),
        items[0] if len(items) == 1 else None,
    )


# What tools write.


_SCHEMA_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "array", "object"})
_FORMAT = re.compile(
    r"^(.+?)\s*(?:<\s*([^<>]*[^<>\s])\s*>|\(\s*(\$[^()]*|[\w.:/-]+)\s*\)|\[\s*(date-time|date|uuid|int32|int64)\s*\])$"
)
_COLLECTION = re.compile(r"^(array|list|set|enum|map|dictionary|dict|record)\s*[\[<(]\s*(.+?)\s*[\]>)]$", re.IGNORECASE)
_ARRAY_OF = re.compile(r"^(?:array|list)s? of (?:an? )?(.+)$", re.IGNORECASE)
_MAP_OF = re.compile(r"^(?:map|dictionary|object)s? of (?:string to )?(.+)$", re.IGNORECASE)
_TITLE = re.compile(r"^(.+?)\s*\([^()]*\)$")


def parse_schema_type(text: str) -> list[Constraint]:
    """Return what a type states that a tool writes from a schema: types, formats, nullability, also of inner values.

    Args:
        text: such as `string<date-time>`, `integer($int64)[]`, `Array of objects (Pet)`, `string or null`.

    Returns:
        The statements; none if the text is not a type expression.
    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_TEXT:
        return []
    return _type(text, 0) or []


def _type(text: str, depth: int) -> list[Constraint] | None:
    if depth > 20:
        return None
    text = text.strip()
    if text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]):
        return _type(text[1:-1], depth + 1)
    parts = _split(text)
    if len(parts) > 1:
        return _schema_union(parts, depth)
    if text.endswith("[]"):
        return _array(text[:-2], depth)
    if (match := _ARRAY_OF.match(text)) is not None:
        return _array(match[1], depth)
    if (match := _COLLECTION.match(text)) is not None:
        name = match[1].lower()
        if name == "enum":
            return _type(match[2], depth + 1)
        if name in ("map", "dictionary", "dict", "record"):
            return _map(match[2].partition(",")[2] or match[2], depth)
        if match[2] not in FORMATS:
            return _array(match[2], depth) or [Constraint("type", "array")]
    if (match := _MAP_OF.match(text)) is not None:
        return _map(match[1], depth)
    name = text
    if name in _SCHEMA_TYPES or (name.endswith("s") and name[:-1] in _SCHEMA_TYPES):
        return [Constraint("type", name if name in _SCHEMA_TYPES else name[:-1])]
    if name == "null":
        return [Constraint("nullable", True)]
    if name in ("any", "mixed", "unknown", "any type", "anything"):
        return []
    return _schema_formatted(text, depth)


def _schema_formatted(text: str, depth: int) -> list[Constraint] | None:
    """A type with a format or a title behind it."""
    if (match := _FORMAT.match(text)) is not None:
        form = (match[2] or match[3] or match[4]).removeprefix("$").strip()
        inner = _type(match[1], depth + 1)
        if inner is not None and (match[3] is None or "$" in text or form in FORMATS):
            array = [constraint.field for constraint in inner if constraint.kind == "type"]
            deepest = max(array, key=len, default=())
            own = [constraint for constraint in inner if constraint.kind != "format" or constraint.field != deepest]
            return [*own, Constraint("format", form, deepest)]
    if (match := _TITLE.match(text)) is not None:
        return _type(match[1], depth + 1)
    return None


def _array(item: str, depth: int) -> list[Constraint] | None:
    inner = _type(item, depth + 1)
    if inner is None:
        # The elements have a name that is not a type, such as `Pet[]`.
        return [Constraint("type", "array")] if re.fullmatch(r"[\w.<>\[\]-]*", item.strip()) else None
    return [Constraint("type", "array"), *(replace(each, field=(ITEM, *each.field)) for each in inner)]


def _map(value: str, depth: int) -> list[Constraint] | None:
    inner = _type(value, depth + 1)
    return [Constraint("type", "object"), *(replace(each, field=(VALUE, *each.field)) for each in inner or ())]


def _schema_union(parts: Sequence[str], depth: int) -> list[Constraint] | None:
    found: list[Constraint] = []
    for part in parts:
        inner = _type(part, depth + 1)
        if inner is None:
            return None
        found.extend(inner)
    types = sorted({each.value for each in found if each.kind == "type" and not each.field})
    rest = [each for each in found if each.kind != "type" or each.field]
    unique: list[Constraint] = []
    for each in rest:
        if each not in unique:
            unique.append(each)
    own = [Constraint("type", types[0] if len(types) == 1 else types)] if types else []
    return [*own, *unique]


def _split(text: str) -> list[str]:
    """The alternatives of a union; separators in brackets do not count."""
    parts: list[str] = []
    last = depth = 0
    for match in re.finditer(r"[\[(<]|[\])>]|\s*\|\s*|\s+or\s+", text):
        token = match[0]
        if token in "[(<":
            depth += 1
        elif token in "])>":
            depth -= 1
        elif depth == 0:
            parts.append(text[last : match.start()])
            last = match.end()
    parts.append(text[last:])
    return [part.strip() for part in parts]


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0
