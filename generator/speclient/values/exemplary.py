"""Example values for documentation: short, deterministic, and taken from the document where possible."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from speclient.schema import marks
from speclient.values.facts import Facts, Schema, has_kind
from speclient.values.generator import Generator

_SHALLOW = 4
"""From this depth on, arrays are empty where allowed."""
_PLACEHOLDERS = ("string", "", None)
_PROSE = ("description", "message", "detail", "details", "note", "notes", "reason", "summary", "comment", "text")
SECRET = "..."
"""The placeholder for a secret; a realistic value could be taken for a real secret."""


@dataclass(slots=True)
class Exemplary(Generator):
    """Chooses the first of several options, and generates only required properties.

    Args:
        some: the number of properties to show of an object that requires none, at the top level.
    """

    some: int = 0

    def _ordered(self, branches: Sequence[Any], keyword: str, depth: int) -> list[Any]:  # noqa: ARG002
        def last(branch: Any) -> bool:
            facts = self._peek(branch)
            return facts is None or facts.kinds() == ["null"] or any(name in self._open for name in self._names(branch))

        return sorted(branches, key=last)

    def _plain(self, facts: Facts, flat: list[Schema], hint: str, depth: int) -> Any:
        kinds = facts.kinds()
        if facts.secret and "string" in kinds and self._admitted(SECRET, flat):
            return SECRET
        kind = self._kind(kinds, depth)
        if facts.enum is None and kind in ("integer", "number", "string"):
            example = self._example(facts, flat, kinds, depth)
            if example is not None:
                return example
            if kind == "string":
                words = _words(hint)
                prose = bool(words) and words[-1] in _PROSE
                otherwise = f"A short {' '.join(words)}" if prose else "-".join(words)[:30].strip("-") or "text"
                return self._text(facts, "" if prose else hint, otherwise)
            if self._admitted(1, flat):
                return 1
        return Generator._plain(self, facts, flat, hint, depth)

    def _listed(self, facts: Facts, kinds: Sequence[str]) -> Any:
        for value in facts.enum or ():
            if value not in _PLACEHOLDERS and (not kinds or facts.types is None or has_kind(value, kinds)):
                return value
        return Generator._listed(self, facts, kinds)

    def _example(self, facts: Facts, flat: list[Schema], kinds: Sequence[str], depth: int) -> Any:  # noqa: ARG002
        if facts.secret or not kinds or "object" in kinds:
            return None
        stated = [*facts.examples, *(schema["default"] for schema in flat if "default" in schema)]
        for example in stated:
            telling = example not in _PLACEHOLDERS and example != []
            if telling and has_kind(example, kinds) and self._admitted(example, flat):
                return example
        return None

    def _admitted(self, value: Any, flat: list[Schema]) -> bool:
        return all(self.admits(schema, value) for schema in flat if marks.TAGGED not in schema)

    def _kind(self, kinds: Sequence[str], depth: int) -> str:  # noqa: ARG002
        return next((kind for kind in kinds if kind != "null"), kinds[0] if kinds else "string")

    def _object(self, facts: Facts, depth: int) -> dict[str, Any]:
        if not facts.required and depth <= 1 and self.some:
            telling = [name for name in facts.properties if self._telling(facts, name)]
            facts.required.update(dict.fromkeys(telling[: self.some]))
        return Generator._object(self, facts, depth)

    def _telling(self, facts: Facts, name: str) -> bool:
        """Whether a property is a scalar that is sent."""
        schemas = facts.properties[name]
        if any(isinstance(each, dict) and each.get(marks.OMIT) for each in schemas):
            return False
        inner = self._peek({"allOf": schemas})
        return (
            inner is not None and not inner.unions and self._kind(inner.kinds(), 0) not in ("object", "array", "null")
        )

    def _skips(self, schemas: Sequence[Any], depth: int) -> bool:  # noqa: ARG002
        return True

    def _array(self, facts: Facts, hint: str, depth: int) -> list[Any]:
        least = facts.limits.get("minItems", 0)
        if not facts.prefix:
            one = max(least, 1 if depth < _SHALLOW else 0)
            facts.limits["maxItems"] = min(one, facts.limits.get("maxItems", one))
        return Generator._array(self, facts, hint, depth)


def _words(hint: str) -> list[str]:
    """The words of a name, in lower case."""
    return re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1-\2", hint).lower())[:6]
