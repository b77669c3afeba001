"""Constraints with their label, as docusaurus-openapi-docs writes them: `Possible values: >= 1 and <= 100, [a, b]`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from speclient.pages.facts import Facts, Kind, Subject
from speclient.pages.readers.constraints import parse_bounds, parse_pattern
from speclient.pages.readers.literals import parse_value

_LABEL: Final = re.compile(
    r"\s*(Possible values?|Allowed values?|Default(?: value)?|Constant value|Example)\s*[:=]\s*", re.IGNORECASE
)
_VALUES: Final = re.compile(r"""(?:"[^"]*"|'[^']*'|[^,])+""")


@dataclass
class Constraints:
    """What a page states about a value, each kind with its lines."""

    values: dict[Kind, tuple[Any, int, int]] = field(default_factory=dict)

    def put(self, kind: Kind, value: Any, first: int, last: int) -> None:
        """Add a statement, unless there is one of its kind."""
        self.values.setdefault(kind, (value, first, last))

    def add_to(self, facts: Facts, subject: Subject) -> None:
        """Add the statements as facts."""
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
    for pattern in parse_pattern(text):
        into.put(pattern.kind, pattern.value, first, last)
        text = re.split(r"Value must match|regular expression", text, maxsplit=1, flags=re.IGNORECASE)[0]
    listed = re.search(r"\[(.*)\]", text, re.DOTALL)
    if listed is not None:
        values = [value.strip() for value in _VALUES.findall(listed[1]) if value.strip()]
        into.put("enum", [parse_value(value, kind) for value in values], first, last)
        text = text[: listed.start()] + " " + text[listed.end() :]
    for bound in parse_bounds(text, lengths="items" if kind == "array" else ""):
        into.put(bound.kind, bound.value, first, last)
