"""What a check has to say: one finding a fault, rendered as text that can be acted upon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation from the document.

    `check` is a stable name such as `wire.path`; `reproduction` is a call or a command line without
    credentials.
    """

    operation: str
    check: str
    expected: str
    got: str
    reproduction: str = ""

    def __str__(self) -> str:
        lines = [
            f"{self.operation}: {self.check}",
            f"    expected  {self.expected}",
            f"    got       {self.got}",
        ]
        if self.reproduction:
            lines.append(f"    reproduce {self.reproduction}")
        return "\n".join(lines)


class ContractFailure(AssertionError):
    """A client or service breaks its contract.

    `findings` says where. An assertion, so that pytest shows it so.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n" + "\n".join(str(finding) for finding in self.findings))


def require(findings: Iterable[Finding]) -> None:
    """Raise `ContractFailure` if there is any finding."""
    found = tuple(findings)
    if found:
        raise ContractFailure(found)
