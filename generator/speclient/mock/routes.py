"""Find the operation for a method and a path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from speclient.mock.messages import Request
from speclient.mock.plan import OperationPlan


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the percent-decoded values of its path parameters, with their raw forms."""

    operation: OperationPlan
    values: tuple[tuple[str, str], ...]


class Routes:
    """All operations, those with concrete paths first (OpenAPI 3, Paths Object)."""

    def __init__(self, operations: Iterable[OperationPlan]) -> None:
        self._operations = sorted(operations, key=_order)
        self._fragments = any("#" in operation.path for operation in self._operations)
        # Read once: each operation with the query that its path contains, and the names of its path parameters.
        self._read = [
            (
                operation,
                parse_qsl(operation.fixed_query, keep_blank_values=True),
                tuple(re.findall(r"\{([^{}]*)\}", operation.path.partition("?")[0])),
            )
            for operation in self._operations
        ]
        self._has_queries = any(fixed for _, fixed, _ in self._read)

    def find(self, request: Request) -> Match | tuple[str, ...]:
        """The matching operation, or the methods that the path has (empty when there is no such path)."""
        methods: dict[str, None] = {}
        best: Match | None = None
        for operation, values in self._matching(request):
            methods[operation.method] = None
            if operation.method != request.method.upper():
                continue
            if best is None or (
                _without_fragment(operation) == _without_fragment(best.operation)
                and _told(operation, request) > _told(best.operation, request)
            ):
                best = Match(operation, values)
            if not self._fragments:
                break
        return best if best is not None else tuple(methods)

    def _matching(self, request: Request) -> Iterator[tuple[OperationPlan, tuple[tuple[str, str], ...]]]:
        query = parse_qsl(request.query, keep_blank_values=True) if self._has_queries else []
        decoded = unquote(request.path)
        for with_prefix in (True, False):
            for operation, fixed, names in self._read:
                if any(pair not in query and "{" not in pair[1] for pair in fixed):
                    continue
                for path in _below(request.path, operation.prefixes) if with_prefix else (request.path,):
                    found = operation.pattern.fullmatch(path)
                    if found is None and decoded != request.path:
                        found = operation.pattern.fullmatch(unquote(path))
                    if found is not None:
                        yield operation, tuple(zip(names, found.groups(), strict=False))


def _without_fragment(operation: OperationPlan) -> str:
    return operation.path.partition("#")[0]


def _told(operation: OperationPlan, request: Request) -> int:
    """The number of query and header parameters that select an operation among several with the same path.

    `/#Action=Add` and `/things#tag&page` name them in a fragment, which itself is never sent.
    """
    pieces = parse_qsl(operation.path.partition("#")[2], keep_blank_values=True)
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    for name, value in pieces:
        sent = query.get(name, request.header(name))
        if sent is None or (value and sent != value):
            return -1
    return len(pieces)


def _below(path: str, prefixes: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    """The path below each prefix; a variable in a prefix may contain slashes."""
    if not prefixes:
        return
    ends = [index for index, character in enumerate(path) if character == "/" and index > 0]
    for prefix in prefixes:
        for end in (*ends, len(path)):
            if prefix.fullmatch(path, 0, end) is not None:
                yield path[end:] or "/"


def _order(operation: OperationPlan) -> tuple[object, ...]:
    segments = operation.path.split("/")
    return (tuple("{" in segment for segment in segments), -len(operation.fixed_query))
