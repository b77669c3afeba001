"""Types, values and JSON as documentation pages write them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from speclient.pages.facts import ITEM, VALUE, Facts, Subject
from speclient.pages.readers.constraints import FORMATS

MAX_JSON: Final = 2_000_000
"""The longest JSON example that is parsed, in characters."""
MAX_JSON_DEPTH: Final = 200

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


_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_QUOTES: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’"}


def parse_value(text: str, kind: str = "") -> Any:
    """A value as a page writes it, as JSON data of the type that the page states.

    Args:
        text: the text of the value, with or without quotes.
        kind: `string`, `integer`, `number`, `boolean`, `array`, `object`, or empty for an unknown type: then a text
            that is a number or a boolean in JSON is one.
    """
    text = text.strip()
    bare = text
    for _ in range(2):
        if len(bare) >= 2 and _QUOTES.get(bare[0]) == bare[-1]:
            quoted = bare[0] != "`"
            bare = bare[1:-1]
            if quoted and kind in ("", "string"):
                return bare
    if kind == "string":
        return bare
    if len(bare) < 400 and _NUMBER.fullmatch(bare):
        # `json` refuses integers of more digits than the interpreter's limit.
        value = json.loads(bare) if len(bare) < 300 else bare
        if kind in ("", "number", "integer"):
            return int(value) if isinstance(value, float) and kind == "integer" and value.is_integer() else value
    if bare.lower() in ("true", "false") and kind in ("", "boolean"):
        return bare.lower() == "true"
    if bare == "null" and kind != "string":
        return None
    if bare[:1] in ("[", "{"):
        parsed = parse_json(bare)
        if parsed is not None:
            return parsed
    return bare


def number(text: str) -> int | float | None:
    """A number as pages write bounds: `1000`, `1,000`, `0.5`; None if the text is not a number."""
    text = text.strip().rstrip(".").replace(",", "").replace("_", "")
    if len(text) > 60 or not _NUMBER.fullmatch(text):
        return None
    value: int | float = json.loads(text)
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return value


def parse_json(text: str) -> Any:
    """The JSON value that a text consists of; None if it is not JSON, or is too long or too deep."""
    if len(text) > MAX_JSON or _depth(text) > MAX_JSON_DEPTH:
        return None
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        token = match[0]
        if token in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in "]}":
            depth -= 1
    return deepest


_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|//.*|[\[{\]}]')


class Brackets:
    """Where values in brackets end, for all lines of a page at once.

    Args:
        lines: the lines; what follows `//` outside a text does not count.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        depth = 0
        after = [0]
        for line in lines:
            for token in _TOKENS.findall(line):
                if token in ("[", "{"):
                    depth += 1
                elif token in ("]", "}"):
                    depth -= 1
            after.append(depth)
        # For each line the next one after which no bracket of it is open.
        self._ends = [0] * len(lines)
        stack: list[int] = []
        for index in range(len(lines) - 1, -1, -1):
            while stack and after[stack[-1] + 1] > after[index + 1]:
                stack.pop()
            stack.append(index)
            position = len(stack) - 1
            low, high = 0, position
            # The stack is sorted: the deepest lines are on top, the nearest first.
            while low < high:
                middle = (low + high + 1) // 2
                if after[stack[middle] + 1] <= after[index]:
                    low = middle
                else:
                    high = middle - 1
            self._ends[index] = stack[low] + 1 if after[stack[low] + 1] <= after[index] else 0

    def end(self, first: int, last: int) -> int:
        """The index after the value that begins at a line; `first` if it does not end before `last`."""
        end = self._ends[first]
        return end if first < end <= last else first
