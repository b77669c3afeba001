"""What documentation pages write about a value: bounds, defaults and enum values, as short texts.

`parse_bounds("[ 1 .. 100 ] items")` returns what the text states; a text of another form states nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from speclient.pages.facts import Facts, Kind, Subject

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
