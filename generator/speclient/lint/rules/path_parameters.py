"""SC120."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from speclient.document.problems import ReferenceProblem
from speclient.lint.context import Context, Finding, at
from speclient.openapi.operations import OperationEntry


class PathParametersFit:
    """Each `{name}` of a path has one parameter with `in: path` and `required: true`, and vice versa.

    Bad::

        /runs/{runId}:
          get:
            parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    """

    code: ClassVar[str] = "SC120"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        reported: set[str] = set()
        for operation in context.index.operations():
            places = re.findall(r"\{([^{}]*)\}", operation.path)
            twice = sorted({name for name in places if places.count(name) > 1})
            for name in twice:
                yield at(operation.item, f"the path {operation.path!r} contains {{{name}}} twice")
            given = {p.text("name"): p for p in operation.parameters() if p.text("in") == "path"}
            if not _complete(operation):
                continue
            for name in dict.fromkeys(places):
                if name not in given:
                    yield at(operation.node, f"no parameter describes {{{name}}} of {operation.path!r}")
            for name, parameter in given.items():
                if name not in places:
                    yield at(parameter, f"the path parameter {name!r} does not occur in {operation.path!r}")
                elif parameter.mapping.get("required") is not True and parameter.id not in reported:
                    reported.add(parameter.id)
                    yield at(parameter, f"the path parameter {name!r} must have `required: true`")


def _complete(operation: OperationEntry) -> bool:
    """Whether all parameters could be read; the target of an unresolved reference is unknown."""
    for owner in (operation.item, operation.node):
        section = owner.get("parameters")
        for element in section.elements() if section else ():
            try:
                element.resolve()
            except ReferenceProblem:
                return False
    return True
