"""From method and path to the operation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from speclient.mock.messages import Request
from speclient.mock.plan import OperationPlan


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the percent-decoded values of the places in its path, with their raw forms."""

    operation: OperationPlan
    values: tuple[tuple[str, str], ...]


class Routes:
    """All operations, those with concrete paths first (OpenAPI 3, Paths Object)."""

    def __init__(self, operations: Iterable[OperationPlan]) -> None:
        self._operations = sorted(operations, key=_order)

    def find(self, request: Request) -> Match | tuple[str, ...]:
        """The operation meant, or the methods that the path has (empty when there is no such path)."""
        methods: dict[str, None] = {}
        for operation, values in self._matching(request):
            if operation.method == request.method.upper():
                return Match(operation, values)
            methods[operation.method] = None
        return tuple(methods)

    def _matching(self, request: Request) -> Iterator[tuple[OperationPlan, tuple[tuple[str, str], ...]]]:
        query = parse_qsl(request.query, keep_blank_values=True)
        for with_prefix in (True, False):
            for operation in self._operations:
                fixed = parse_qsl(operation.fixed_query, keep_blank_values=True)
                if any(pair not in query and "{" not in pair[1] for pair in fixed):
                    continue
                for path in _below(request.path, operation.prefixes) if with_prefix else (request.path,):
                    found = operation.pattern.fullmatch(path) or operation.pattern.fullmatch(unquote(path))
                    if found is not None:
                        names = re.findall(r"\{([^{}]*)\}", operation.path.partition("?")[0])
                        yield operation, tuple(zip(names, found.groups(), strict=False))


def _below(path: str, prefixes: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    for prefix in prefixes:
        found = prefix.match(path)
        if found is not None:
            yield path[found.end() :] or "/"


def _order(operation: OperationPlan) -> tuple[object, ...]:
    segments = operation.path.split("/")
    return (tuple("{" in segment for segment in segments), -len(operation.fixed_query))
