"""What a client tells of an answer that departs from its schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._errors import SchemaViolation, SchemaViolations

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Report:
    """The violations of one answer from its schema. As text, it holds no value that came."""

    operation: str
    """Method and path template."""
    response: httpx2.Response = field(repr=False)
    violations: tuple[SchemaViolation, ...]
    """The first hundred."""
    violation_count: int
    """Of all."""

    def __str__(self) -> str:
        shown = SchemaViolations(self.violations, self.violation_count)
        return f"{self.operation}: the answer departs from its schema at {shown}"
