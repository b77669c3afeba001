"""Reports of responses that violate their schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._errors import SchemaViolation, SchemaViolations

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Report:
    """The schema violations of one response. Its text contains no values of the response."""

    operation: str
    """Method and path template."""
    response: httpx2.Response = field(repr=False)
    violations: tuple[SchemaViolation, ...]
    """The first hundred violations."""
    violation_count: int
    """The number of all violations."""

    def __str__(self) -> str:
        shown = SchemaViolations(self.violations, self.violation_count)
        return f"{self.operation}: the response violates its schema at {shown}"


class ViolationCounter:
    """Counts equal violations of a client, so that loops do not log the same warning for every response."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], int] = {}

    def message(self, report: Report) -> str | None:
        """Return the text to log for a report, or None if its violations are known.

        Violations are equal if they differ only in array indices. They are logged again for the 10th, 100th, 1000th
        response with them.
        """
        keys = {
            (report.operation, _INDEX.sub("/*", violation.pointer), violation.expected)
            for violation in report.violations
        }
        numbers: list[int] = []
        for key in keys:
            number = self._counts.get(key, 0) + 1
            if number > 1 or len(self._counts) < _MAX_COUNTED:
                self._counts[key] = number
            numbers.append(number)
        if 1 in numbers:
            return str(report)
        number = max(numbers, default=0)
        return f"{report} ({number} responses so far)" if re.fullmatch("10+", str(number)) else None


_INDEX = re.compile(r"/[0-9]+(?=/|$)")
_MAX_COUNTED = 1000
"""Limits the memory that a hostile service can fill."""
