"""What a run against a service found, as an object and as text."""

from __future__ import annotations

from dataclasses import dataclass

from ..findings import Finding


@dataclass(frozen=True)
class Report:
    """The outcome of one run.

    `error` says why there was none: a wrong call, or a service that cannot be reached.
    No text in it holds a credential.
    """

    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    operations: int = 0
    requests: int = 0
    error: str = ""

    @property
    def exit_code(self) -> int:
        """0: the service keeps the contract. 1: there are findings. 2: it could not be judged."""
        return 2 if self.error else 1 if self.findings else 0

    def lines(self) -> list[str]:
        """The report as lines of text, findings first."""
        if self.error:
            return [f"error: {self.error}"]
        lines = [line for finding in self.findings for line in (*str(finding).splitlines(), "")]
        lines += [f"note: {note}" for note in self.notes]
        verdict = f"{len(self.findings)} findings" if self.findings else "no findings"
        return [*lines, f"{verdict} in {self.requests} requests to {self.operations} operations"]

    def __str__(self) -> str:
        return "\n".join(self.lines())
