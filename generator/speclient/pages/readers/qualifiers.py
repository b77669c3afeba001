"""Constraints as pages write them: `Possible values: >= 1 and <= 100`, `Default value: 25`, `[a, b]`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from speclient.pages.facts import Facts, Kind, Subject
from speclient.pages.readers.literals import number, parse_value

_LENGTHS: Final = re.compile(r"characters?|chars?|letters?", re.IGNORECASE)
_ITEMS: Final = re.compile(r"items?|elements?|entries", re.IGNORECASE)
_BOUND = re.compile(r"(>=|<=|>|<|≥|≤|=>|=<)\s*(-?[\d.,_]+(?:e[+-]?\d+)?)(?:\s+(\w+))?", re.IGNORECASE)
_LABEL = re.compile(
    r"\s*(Possible values?|Allowed values?|Default(?: value)?|Constant value|Example)\s*[:=]\s*", re.IGNORECASE
)


@dataclass
class Constraints:
    """What a page states about a value, each kind with its lines."""

    values: dict[Kind, tuple[Any, int, int]] = field(default_factory=dict)

    def put(self, kind: Kind, value: Any, first: int, last: int) -> None:
        self.values.setdefault(kind, (value, first, last))

    def add_to(self, facts: Facts, subject: Subject) -> None:
        for kind, (value, first, last) in self.values.items():
            facts.add(subject, kind, value, first, last)


def read_constraints(text: str, kind: str, first: int, last: int, into: Constraints) -> None:
    """Read a constraint with its label.

    Args:
        text: the text, in one line.
        kind: the type of the value; empty if the page does not show it.
        first: the first line.
        last: the last line.
        into: where the constraints go.
    """
    label = _LABEL.match(text)
    if label is None:
        return
    name, rest = label[1].lower(), text[label.end() :].strip()
    if name.startswith("default"):
        into.put("default", parse_value(rest, kind), first, last)
    elif name.startswith("constant"):
        into.put("const", parse_value(rest, kind), first, last)
    elif name.startswith("example"):
        into.put("example", parse_value(rest, kind), first, last)
    else:
        _possible(rest, kind, first, last, into)


def _possible(text: str, kind: str, first: int, last: int, into: Constraints) -> None:
    listed = re.search(r"\[(.*)\]", text, re.DOTALL)
    if listed is not None and not re.search(r"regular expression|pattern", text[: listed.start()], re.IGNORECASE):
        values = [parse_value(value, kind) for value in _split(listed[1])]
        into.put("enum", values, first, last)
        text = text[: listed.start()] + " " + text[listed.end() :]
    pattern = re.search(r"(?:regular expression|pattern)\s*:?\s*[`\"/]?(\S+?)[`\"/]?\s*$", text, re.IGNORECASE)
    if pattern is not None:
        into.put("pattern", pattern[1], first, last)
        text = text[: pattern.start()]
    if re.search(r"\bnon-empty\b", text, re.IGNORECASE):
        into.put("min-length", 1, first, last)
    for match in _BOUND.finditer(text):
        value = number(match[2])
        if value is None:
            continue
        unit = match[3] or ""
        lower = ">" in match[1] or match[1] == "≥"
        strict = match[1] in (">", "<")
        if _LENGTHS.fullmatch(unit):
            into.put("min-length" if lower else "max-length", value, first, last)
        elif _ITEMS.fullmatch(unit):
            into.put("min-items" if lower else "max-items", value, first, last)
        elif strict:
            into.put("exclusive-minimum" if lower else "exclusive-maximum", value, first, last)
        else:
            into.put("minimum" if lower else "maximum", value, first, last)


def _split(text: str) -> list[str]:
    """The values of a list; a comma in quotes separates nothing."""
    return [value.strip() for value in re.findall(r"""(?:"[^"]*"|'[^']*'|[^,])+""", text) if value.strip()]
