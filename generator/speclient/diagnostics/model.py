"""Diagnostic, its place, and the sink that stages report to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from speclient.diagnostics.codes import CODES


class Severity(StrEnum):
    """How much a finding weighs: an error stops something, a warning loses something, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a document: file as the user named it, JSON pointer (RFC 6901), line and column from 1."""

    file: str
    pointer: str = ""
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is stable and explained in `CODES`; `hint` says what to do next."""

    code: str
    severity: Severity
    message: str
    location: Location | None = None
    hint: str | None = None

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"diagnostic code {self.code} is not registered in speclient.diagnostics.codes")


class FatalError(Exception):
    """The run cannot go on; holds the diagnostic that says why. Ends as exit code 2."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Sink:
    """Collects diagnostics in the order reported, each distinct one once."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def report(
        self,
        code: str,
        message: str,
        location: Location | None = None,
        *,
        severity: Severity | None = None,
        hint: str | None = None,
    ) -> Diagnostic:
        """Add a finding; severity and hint default to what the code's entry says."""
        entry = CODES[code]
        diagnostic = Diagnostic(code, severity or Severity(entry.severity), message, location, hint or entry.hint)
        self._found.setdefault(diagnostic)
        return diagnostic

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a finding made elsewhere."""
        self._found.setdefault(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(tuple(self._found))

    def __len__(self) -> int:
        return len(self._found)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(1 for found in self._found if found.severity is severity)

    def located(self, find: Callable[[Location], Location]) -> tuple[Diagnostic, ...]:
        """All findings, with line and column filled in by `find`."""
        return tuple(
            replace(found, location=find(found.location)) if found.location else found for found in self._found
        )
