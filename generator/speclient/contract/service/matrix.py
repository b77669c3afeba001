"""What a run reached: operation x status x check, and why the rest was not reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..operations import Operation


@dataclass
class Matrix:
    """Counts the checks of a run."""

    checked: Counter[tuple[str, int, str]] = field(default_factory=Counter[tuple[str, int, str]])
    failed: Counter[tuple[str, int, str]] = field(default_factory=Counter[tuple[str, int, str]])
    responses: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    seconds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    skipped: dict[str, str] = field(default_factory=dict[str, str])
    """Operation -> why it was not called."""
    check_notes: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """Operation and check -> why the check was not carried out."""

    def response(self, operation: str, status: int, seconds: float) -> None:
        """Count a response."""
        self.responses[operation, status] += 1
        self.seconds.setdefault(operation, []).append(seconds)

    def check(self, operation: str, status: int, check: str, *, failed: bool) -> None:
        """Count a check of a response or of a sequence of responses."""
        self.checked[operation, status, check] += 1
        self.failed[operation, status, check] += int(failed)

    def statuses(self, operation: str) -> list[int]:
        """The statuses that were received."""
        return sorted(status for name, status in self.responses if name == operation and status)

    def was_successful(self, operation: Operation) -> bool:
        """Whether a 2xx was received; of an operation that documents none, such as a redirect, what it documents."""
        documented = operation.responses
        others = not any(key[:1] == "2" or key == "default" for key in documented)
        return any(
            200 <= status < 300 or (others and status < 400 and str(status) in documented)
            for status in self.statuses(operation.name)
        )

    def rows(self, operations: Sequence[Operation]) -> list[tuple[str, str, str, str, str]]:
        """Operation, status, number of responses, checks such as `limit 12 (3 failed)`, and why nothing was reached."""
        rows: list[tuple[str, str, str, str, str]] = []
        for operation in operations:
            name = operation.name
            if name in self.skipped:
                rows.append((name, "", "0", "", f"skipped: {self.skipped[name]}"))
                continue
            seen = self.statuses(name)
            notes = "; ".join(f"{check}: {why}" for (other, check), why in self.check_notes.items() if other == name)
            for place, status in enumerate(seen):
                checks = sorted(check for other, code, check in self.checked if (other, code) == (name, status))
                shown = [self._shown(name, status, check) for check in checks]
                note = notes if place == 0 else ""
                rows.append((name, str(status), str(self.responses[name, status]), ", ".join(shown), note))
            if unseen := self.unseen(operation):
                rows.append((name, ", ".join(unseen), "0", "", "not reached"))
        return rows

    def unseen(self, operation: Operation) -> list[str]:
        """The documented statuses that were not received."""
        seen = {str(status) for status in self.statuses(operation.name)}
        ranges = {f"{status[0]}XX" for status in seen}
        return [
            key for key in operation.responses if key not in seen and key.upper() not in ranges and key != "default"
        ]

    def _shown(self, operation: str, status: int, check: str) -> str:
        failed = self.failed[operation, status, check]
        return f"{check} {self.checked[operation, status, check]}" + (f" ({failed} failed)" if failed else "")
