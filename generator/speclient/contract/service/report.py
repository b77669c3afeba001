"""The result of a run against a service, as an object and as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..findings import Finding


@dataclass(frozen=True)
class Report:
    """The outcome of one run. No text in it contains a credential.

    Attributes:
        findings: violations and weaknesses.
        notes: what else a reader should know.
        operations: number of operations that were called.
        requests: number of requests that were sent.
        error: why the service could not be tested; empty if it was.
        interrupted: whether the run was stopped before its end.
        seed: of the run.
        matrix: rows of operation, status, number of responses, checks, and why a status was not reached.
        skipped: operation -> why it was not called.
        seconds: operation -> the times of its responses.
    """

    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    operations: int = 0
    requests: int = 0
    error: str = ""
    interrupted: bool = False
    seed: int = 0
    matrix: Sequence[tuple[str, str, str, str, str]] = ()
    skipped: Mapping[str, str] = field(default_factory=dict[str, str])
    seconds: Mapping[str, Sequence[float]] = field(default_factory=dict[str, Sequence[float]])

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that break the document."""
        return tuple(finding for finding in self.findings if finding.level == "violation")

    @property
    def weaknesses(self) -> tuple[Finding, ...]:
        """The findings of a lenient service."""
        return tuple(finding for finding in self.findings if finding.level != "violation")

    @property
    def exit_code(self) -> int:
        """0: no violation. 1: there are violations. 2: the service could not be tested. 130: interrupted."""
        return 2 if self.error else 1 if self.violations else 130 if self.interrupted else 0

    def lines(self) -> list[str]:
        """The report as lines of text, findings first."""
        if self.error:
            return [f"error: {self.error}"]
        lines = [line for finding in self.findings for line in (*str(finding).splitlines(), "")]
        return [*lines, *self.summary()]

    def summary(self) -> list[str]:
        """What was reached, the notes, and the verdict."""
        lines: list[str] = []
        for operation in dict.fromkeys(row[0] for row in self.matrix):
            rows = [row for row in self.matrix if row[0] == operation]
            seen = ", ".join(f"{status} x {number}" for _, status, number, _, _ in rows if status and number != "0")
            missing = ", ".join(status for _, status, number, _, _ in rows if status and number == "0")
            notes = "; ".join(note for _, status, number, _, note in rows if note and (number != "0" or not status))
            parts = [seen, f"not reached: {missing}" if missing else "", notes]
            lines.append(f"{operation}: " + "; ".join(part for part in parts if part))
        lines += [f"note: {note}" for note in self.notes]
        counts = [_counted(len(self.violations), "violation", "violations")]
        counts.append(_counted(len(self.weaknesses), "weakness", "weaknesses"))
        verdict = ", ".join(counts) if self.findings else "no findings"
        state = " (interrupted)" if self.interrupted else ""
        requests = _counted(self.requests, "request", "requests")
        operations = _counted(self.operations, "operation", "operations")
        return [*lines, f"{verdict} in {requests} to {operations}, seed {self.seed}{state}"]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _counted(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"
