"""SC111."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from speclient.diagnostics import did_you_mean
from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.document.structure import COMPOSING
from speclient.lint.context import Context, Finding, at
from speclient.lint.index import Index


class RequiredDefined:
    """A name under `required` must be a property of the schema.

    Properties from all schemas of the same value count: `$ref`, `allOf`, `anyOf`, `oneOf`, and the schema around a
    branch. An object with `additionalProperties: true` or a schema there declares other properties, and a schema
    without any property may be a constraint for other schemas: neither is reported.

    Bad::

        required: [identifier]
        properties: {id: {type: string}}
    """

    code: ClassVar[str] = "SC111"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        for schema in context.index.of("schema"):
            required = schema.get("required")
            if required is None or not isinstance(required.value, list):
                continue
            known = _Known(context.index, schema)
            if known.open or not known.names:
                continue
            for entry in required.elements():
                if isinstance(entry.value, str) and not known.has(entry.value):
                    close = known.nearest(entry.value)
                    yield at(entry, f"the required property {entry.value!r} is not defined{close}")


class _Known:
    """The properties that a value of the schema is known to have."""

    def __init__(self, index: Index, schema: Node) -> None:
        self.names: set[str] = set()
        self.patterns: list[str] = []
        self.open = False
        self._seen: set[str] = set()
        top = schema
        while top.id in index.composed_in:
            top = index.composed_in[top.id]
        self._collect(top)

    def _collect(self, start: Node) -> None:
        todo = [start]
        while todo:
            node = todo.pop()
            if node.id in self._seen or not isinstance(node.value, dict):
                continue
            self._seen.add(node.id)
            extra = node.mapping.get("additionalProperties")
            if extra is True or isinstance(extra, dict):
                self.open = True
            properties, patterns = node.get("properties"), node.get("patternProperties")
            self.names.update(properties.mapping if properties else ())
            self.patterns.extend(patterns.mapping if patterns else ())
            if node.text("$ref") is not None:
                try:
                    todo.append(node.resolve())
                except ReferenceProblem:
                    self.open = True
            for keyword in COMPOSING:
                child = node.get(keyword)
                if child is not None and isinstance(child.value, list):
                    todo.extend(child.elements())
                elif child is not None and keyword == "dependentSchemas":
                    todo.extend(each for _, each in child.items())
                elif child is not None:
                    todo.append(child)

    def has(self, name: str) -> bool:
        if name in self.names:
            return True
        for pattern in self.patterns:
            try:
                if re.search(pattern, name):
                    return True
            except re.error:
                return True
        return False

    def nearest(self, name: str) -> str:
        return did_you_mean(name, sorted(self.names))
