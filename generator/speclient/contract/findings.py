"""The findings of checks: one finding per fault, rendered as text that can be acted upon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .jsontypes import Json


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
    level: str = "violation"
    """`violation`: the document is broken. `weakness`: the service is lenient, or returns more than is documented."""
    call: str = ""
    """The same request through the generated client, as Python source: one line, or a whole program."""
    request: str = ""
    response: str = ""
    key: str = ""
    """What distinguishes findings of one check of one operation, and stays the same in the next run."""
    overlay: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """What would have to be added to the operation for the service to be right."""

    def __str__(self) -> str:
        lines = [
            f"{self.operation}: {self.check}" + (" (weakness)" if self.level == "weakness" else ""),
            f"    expected  {self.expected}",
            f"    got       {self.got}",
        ]
        if self.reproduction:
            lines.append(f"    reproduce {self.reproduction}")
        if "\n" in self.call:
            lines += ["    program", *(f"        {line}" for line in self.call.splitlines())]
        elif self.call:
            lines.append(f"    client    {self.call}")
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
