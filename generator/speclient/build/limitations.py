"""The limitations of a document: what the types do not express, recorded and reported once."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from speclient.diagnostics import Sink
from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.ir import Anything, Limitation, LimitationKind

UNION_LIMIT = 250
"""Variants of one union; third-party libraries recurse once per variant."""


@dataclass(slots=True)
class LimitationLog:
    """Records limitations and reports each to the sink."""

    sink: Sink
    limitations: list[Limitation] = field(default_factory=list[Limitation])
    _owner: str = ""
    _limits_reported: set[str] = field(default_factory=set[str])

    @contextmanager
    def owned_by(self, owner: str) -> Generator[None]:
        """Record limitations under this operation or schema inside the context."""
        before, self._owner = self._owner, owner
        try:
            yield
        finally:
            self._owner = before

    def not_enforced(self, node: Node, why: str, *, code: str = "SC204") -> None:
        """Record a rule of the document that the types do not enforce.

        Args:
            node: the schema or the keyword.
            why: the reason.
            code: the code of the diagnostic.
        """
        self._add(Limitation(LimitationKind.NOT_ENFORCED, self._owner, node.location, why), code)

    def degraded(self, node: Node, why: str) -> Anything:
        """Record a schema that is not expressed, and return its type."""
        self._add(Limitation(LimitationKind.DEGRADED, self._owner, node.location, why), "SC203")
        return Anything(why)

    def degraded_operation(self, key: str, node: Node, why: str, *, code: str = "SC202") -> None:
        """Record a part of an operation that is not expressed.

        Args:
            key: the operation, as `GET /path`.
            node: the part.
            why: the reason.
            code: the code of the diagnostic.
        """
        self._add(Limitation(LimitationKind.DEGRADED, key, node.location, why), code)

    def too_many_variants(self, node: Node, count: int) -> Anything:
        """Record a union with more variants than the limit, and return its type."""
        return self.degraded(node, f"a union of {count:,} variants is read as any value; the limit is {UNION_LIMIT}")

    def unreadable(self, problem: ReferenceProblem, node: Node) -> Anything:
        """Record a schema that cannot be read, and return its type.

        A limit that many schemas exceed is reported once; the generation report lists each schema.
        """
        diagnostic = problem.diagnostic
        if diagnostic.code != "SC006" or diagnostic.message not in self._limits_reported:
            self.sink.add(diagnostic)
        if diagnostic.code == "SC006":
            self._limits_reported.add(diagnostic.message)
        self._add(Limitation(LimitationKind.DEGRADED, self._owner, node.location, diagnostic.message), None)
        return Anything(diagnostic.message)

    def _add(self, limitation: Limitation, code: str | None) -> None:
        """Record a limitation once; without a code, its cause was already reported."""
        if limitation not in self.limitations:
            self.limitations.append(limitation)
            if code is not None:
                self.sink.report(code, limitation.why, limitation.location)
