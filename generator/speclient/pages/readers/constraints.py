"""What documentation pages write about a value: types, bounds, defaults and enum values, as short texts.

`parse_type("Array of strings <uuid> or null")` and `parse_bounds("[ 1 .. 100 ] items")` return what the text states; a
text of another form states nothing, so that prose is never taken for a type.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from speclient.pages.facts import ITEM, VALUE, Facts, Kind, Subject

MAX_TEXT: Final = 2_000
"""Longer texts are prose."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A statement about a value, or about a part of it.

    Attributes:
        kind: what is stated.
        value: JSON data.
        field: the part of the value, such as `("[]",)` for the elements of an array.
    """

    kind: Kind
    value: Any
    field: tuple[str, ...] = ()


_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "array", "object"})
_ALIASES: Final[dict[str, tuple[str, str | None]]] = {
    "str": ("string", None),
    "text": ("string", None),
    "int": ("integer", None),
    "long": ("integer", None),
    "bool": ("boolean", None),
    "float": ("number", None),
    "double": ("number", None),
    "decimal": ("number", None),
    "list": ("array", None),
    "map": ("object", None),
    "dict": ("object", None),
    "int32": ("integer", "int32"),
    "int64": ("integer", "int64"),
    "uuid": ("string", "uuid"),
    "date": ("string", "date"),
    "datetime": ("string", "date-time"),
    "date-time": ("string", "date-time"),
    "uri": ("string", "uri"),
    "url": ("string", "uri"),
    "email": ("string", "email"),
    "file": ("string", "binary"),
}
FORMATS: Final = frozenset({
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "decimal", "byte",
    "binary", "base64", "base64url", "date", "date-time", "time", "duration", "email", "idn-email", "hostname",
    "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "uri-template", "url", "iri", "iri-reference", "uuid",
    "json-pointer", "relative-json-pointer", "regex", "password", "char", "html", "commonmark", "media-range",
})  # fmt: skip
"""Names that are a format also where a page writes them in parentheses, as it does with titles."""

_FORMAT = re.compile(
    r"^(.+?)\s*(?:<\s*([^<>]*[^<>\s])\s*>|\(\s*(\$[^()]*|[\w.:/-]+)\s*\)|\[\s*(date-time|date|uuid|int32|int64)\s*\])$"
)
_COLLECTION = re.compile(r"^(array|list|set|enum|map|dictionary|dict|record)\s*[\[<(]\s*(.+?)\s*[\]>)]$", re.IGNORECASE)
_ARRAY_OF = re.compile(r"^(?:array|list)s? of (?:an? )?(.+)$", re.IGNORECASE)
_MAP_OF = re.compile(r"^(?:map|dictionary|object)s? of (?:string to )?(.+)$", re.IGNORECASE)
_TITLE = re.compile(r"^(.+?)\s*\([^()]*\)$")


def parse_type(text: str, *, strict: bool = False) -> list[Constraint]:
    """Return what a type expression states: types, formats, nullability, also of array elements and map values.

    Args:
        text: such as `string<date-time>`, `integer($int64)[]`, `Array of objects (Pet)`, `string or null`.
        strict: take the types of JSON Schema only, for pages that a tool writes; else also `int`, `datetime`, `list`.

    Returns:
        The statements; none if the text is not a type expression.
    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_TEXT:
        return []
    return _type(text, 0, strict) or []


def _type(text: str, depth: int, strict: bool) -> list[Constraint] | None:
    if depth > 20:
        return None
    text = text.strip()
    if text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]):
        return _type(text[1:-1], depth + 1, strict)
    parts = _split(text)
    if len(parts) > 1:
        return _union(parts, depth, strict)
    if text.endswith("[]"):
        return _array(text[:-2], depth, strict)
    if (match := _ARRAY_OF.match(text)) is not None:
        return _array(match[1], depth, strict)
    if (match := _COLLECTION.match(text)) is not None:
        name = match[1].lower()
        if name == "enum":
            return _type(match[2], depth + 1, strict)
        if name in ("map", "dictionary", "dict", "record"):
            return _map(match[2].partition(",")[2] or match[2], depth, strict)
        if match[2] not in FORMATS or match[2] in _ALIASES:
            return _array(match[2], depth, strict) or [Constraint("type", "array")]
    if (match := _MAP_OF.match(text)) is not None:
        return _map(match[1], depth, strict)
    name = text if strict else text.lower()
    if name in _TYPES or (name.endswith("s") and name[:-1] in _TYPES):
        return [Constraint("type", name if name in _TYPES else name[:-1])]
    if name == "null":
        return [Constraint("nullable", True)]
    if name in ("any", "mixed", "unknown", "any type", "anything"):
        return []
    if name in _ALIASES and not strict:
        alias, form = _ALIASES[name]
        return [Constraint("type", alias), *([Constraint("format", form)] if form else [])]
    return _formatted(text, depth, strict)


def _formatted(text: str, depth: int, strict: bool) -> list[Constraint] | None:
    """A type with a format or a title behind it."""
    if (match := _FORMAT.match(text)) is not None:
        form = (match[2] or match[3] or match[4]).removeprefix("$").strip()
        inner = _type(match[1], depth + 1, strict)
        if inner is not None and (match[3] is None or "$" in text or form in FORMATS):
            array = [constraint.field for constraint in inner if constraint.kind == "type"]
            deepest = max(array, key=len, default=())
            own = [constraint for constraint in inner if constraint.kind != "format" or constraint.field != deepest]
            return [*own, Constraint("format", form, deepest)]
    if (match := _TITLE.match(text)) is not None:
        return _type(match[1], depth + 1, strict)
    return None


def _array(item: str, depth: int, strict: bool) -> list[Constraint] | None:
    inner = _type(item, depth + 1, strict)
    if inner is None:
        # The elements have a name that is not a type, such as `Pet[]`.
        return [Constraint("type", "array")] if re.fullmatch(r"[\w.<>\[\]-]*", item.strip()) else None
    return [Constraint("type", "array"), *(replace(each, field=(ITEM, *each.field)) for each in inner)]


def _map(value: str, depth: int, strict: bool) -> list[Constraint] | None:
    inner = _type(value, depth + 1, strict)
    return [Constraint("type", "object"), *(replace(each, field=(VALUE, *each.field)) for each in inner or ())]


def _union(parts: Sequence[str], depth: int, strict: bool) -> list[Constraint] | None:
    found: list[Constraint] = []
    for part in parts:
        inner = _type(part, depth + 1, strict)
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


_NUMBER: Final = r"[-+]?\d[\d_]{0,99}(?:\.\d{1,100})?(?:[eE][-+]?\d{1,2}(?!\d))?"
_UNIT = r"(?:\s*(characters?|chars?|letters|items?|elements?|entries|properties|bytes))?"
_RANGE = re.compile(rf"([\[(])\s*({_NUMBER})\s*(?:\.\.|,|…|to)\s*({_NUMBER})\s*([\])]){_UNIT}")
_COMPARISON = re.compile(rf"(>=|<=|≥|≤|>|<|(?<![<>=!])=(?!=))\s*({_NUMBER})(?![\w.]){_UNIT}")
_BETWEEN = re.compile(rf"\bbetween ({_NUMBER}) and ({_NUMBER}){_UNIT}", re.IGNORECASE)
_NO_COUNT: Final = "(?![ _-]?(?:length|items|properties))"
_WORDS: Final[tuple[tuple[Kind, str], ...]] = (
    ("min-length", r"min(?:imum)?[ _-]?length"),
    ("max-length", r"max(?:imum)?[ _-]?length"),
    ("min-items", r"min(?:imum)?[ _-]?items"),
    ("max-items", r"max(?:imum)?[ _-]?items"),
    ("exclusive-minimum", r"exclusive[ _-]?min(?:imum)?"),
    ("exclusive-maximum", r"exclusive[ _-]?max(?:imum)?"),
    ("minimum", rf"(?<!exclusive)(?<!exclusive[ _-])min(?:imum)?(?: value)?{_NO_COUNT}"),
    ("maximum", rf"(?<!exclusive)(?<!exclusive[ _-])max(?:imum)?(?: value)?{_NO_COUNT}"),
    ("multiple-of", r"multiple[ _-]?of"),
)
_NAMED: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(rf"\b(?:{words})\s*[:=]?\s*({_NUMBER})(?![\w.])", re.IGNORECASE)) for kind, words in _WORDS
)
_PATTERN = re.compile(
    r"(?:must match (?:the )?regular expression|match(?:es)? pattern|pattern|regex)\s*[:=]?\s*`?(.+?)`?$", re.IGNORECASE
)
_DECIMALS = re.compile(r"\bdecimal places <= (\d{1,2})\b")


def number(text: str) -> int | float:
    """A number as JSON data: an int unless it has a fraction."""
    value = float(text.replace("_", ""))
    return int(value) if value.is_integer() and not re.search(r"[.eE]", text) else value


def parse_bounds(text: str, *, lengths: str = "") -> list[Constraint]:
    """Return the bounds that a text states.

    Args:
        text: such as `[ 1 .. 100 ] items`, `>= 4 characters and <= 40 characters`, `non-empty`, `multiple of 0.5`.
        lengths: `items` if bounds without a unit count the elements of an array.
    """
    if len(text) > MAX_TEXT:
        return []
    bounds: list[Constraint] = []

    def add(lower: bool, exclusive: bool, value: str, unit: str | None) -> None:
        unit = (unit or lengths).lower()
        kind: Kind
        if unit.startswith(("char", "letter", "byte")):
            kind = "min-length" if lower else "max-length"
        elif unit.startswith(("item", "element", "entr")):
            kind = "min-items" if lower else "max-items"
        elif unit.startswith("propert"):
            return
        elif exclusive:
            kind = "exclusive-minimum" if lower else "exclusive-maximum"
        else:
            kind = "minimum" if lower else "maximum"
        bounds.append(Constraint(kind, number(value)))

    for match in _RANGE.finditer(text):
        add(True, match[1] == "(", match[2], match[5])
        add(False, match[4] == ")", match[3], match[5])
    text = _RANGE.sub(" ", text)
    for match in _DECIMALS.finditer(text):
        bounds.append(Constraint("multiple-of", float(f"1e-{match[1]}")))
    text = _DECIMALS.sub(" ", text)
    for match in _BETWEEN.finditer(text):
        add(True, False, match[1], match[3])
        add(False, False, match[2], match[3])
    for match in _COMPARISON.finditer(text):
        sign = match[1]
        if sign in (">=", "≥", ">", "="):
            add(True, sign == ">", match[2], match[3])
        if sign in ("<=", "≤", "<", "="):
            add(False, sign == "<", match[2], match[3])
    for kind, pattern in _NAMED:
        bounds.extend(Constraint(kind, number(match[1])) for match in pattern.finditer(text))
    if re.search(r"\bnon-empty\b", text):
        bounds.append(Constraint("min-items" if lengths == "items" else "min-length", 1))
    if re.search(r"(?:^|[\s,])unique(?: items)?(?:$|[\s,])", text):
        bounds.append(Constraint("unique-items", True))
    return bounds


def parse_pattern(text: str) -> list[Constraint]:
    """Return the regular expression behind the words that announce it."""
    match = _PATTERN.search(text.strip())
    return [Constraint("pattern", match[1].strip())] if match is not None and len(text) <= MAX_TEXT else []


def parse_json(text: str) -> Any:
    """Parse JSON text; `NaN`, infinite numbers and too deep nesting raise ValueError."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("too deep") from None


def parse_json_values(text: str) -> list[Any]:
    """Parse the JSON values of a text that stand one after the other, up to the first text that is not JSON."""
    values: list[Any] = []
    index = 0
    while index < len(text):
        if text[index].isspace():
            index += 1
            continue
        try:
            value, index = _DECODER.raw_decode(text, index)
        except (ValueError, RecursionError):
            break
        values.append(value)
    return values


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _not_json(text: str) -> float:
    raise ValueError(text)


_DECODER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_not_json)


def literal(text: str, types: Iterable[str] = ()) -> Any:
    """The JSON value that a text stands for.

    Args:
        text: such as `25`, `true`, `"cat"`, `cat`.
        types: types that the value may have; a text is a number only if a number is allowed. None: any.
    """
    text = text.strip()
    allowed = set(types)
    if "string" in allowed and not text.startswith('"') and len(allowed) == 1:
        return text
    try:
        value = parse_json(text)
    except ValueError:
        lowered = text.lower()
        if "boolean" in allowed and lowered in ("true", "false"):
            return lowered == "true"
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'`":
            return text[1:-1]
        return text
    return value


def types_of(constraints: Iterable[Constraint], field: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The types among constraints of a value, or of a part of it."""
    for each in constraints:
        if each.kind == "type" and each.field == field:
            return tuple(each.value) if isinstance(each.value, list) else (each.value,)
    return ()


def is_array(constraints: Iterable[Constraint]) -> bool:
    """Whether the type among constraints is `array`."""
    return "array" in types_of(constraints)


def record(facts: Facts, subject: Subject, constraints: Iterable[Constraint], line: int, end: int = 0) -> None:
    """Add constraints as facts about a subject."""
    for each in constraints:
        facts.add(subject.at(*each.field), each.kind, each.value, line, end)
