"""Diagnostics, their locations, and the sink that stages report to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from speclient.diagnostics.codes import CODES


class Severity(StrEnum):
    """Severity of a diagnostic. An error stops a stage, a warning loses information, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Location:
    """A location in a document: the file as the user named it, JSON pointer (RFC 6901), line and column from 1."""

    file: str
    pointer: str = ""
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is a key of `CODES`; `hint` is the next step, in the imperative."""

    code: str
    severity: Severity
    message: str
    location: Location | None = None
    hint: str | None = None

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"diagnostic code {self.code} is not registered in speclient.diagnostics.codes")


@dataclass(frozen=True, slots=True)
class CheckedDiagnostic(Diagnostic):
    """A finding of a check that was carried out, with what is needed to repeat it.

    Attributes:
        check: name of the check.
        operation: such as `GET /runs`.
        expected: in words.
        actual: in words.
        reproduction: command line.
        call: the same request through the generated client.
        request: method and URL.
        response: status, headers and body.
        key: what distinguishes findings of one check and stays the same in the next run; part of the fingerprint.
    """

    check: str = ""
    operation: str = ""
    expected: str = ""
    actual: str = ""
    reproduction: str = ""
    call: str = ""
    request: str = ""
    response: str = ""
    key: str = ""


class FatalError(Exception):
    """Raised when a run cannot continue, with the diagnostic that explains why. The exit code is 2."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Sink:
    """Collects distinct diagnostics in the order in which they are reported.

    Args:
        levels: the severity of each code that the settings grade differently, or None for a code that is off.
    """

    def __init__(self, levels: Mapping[str, Severity | None] | None = None) -> None:
        self._levels = levels or {}
        self._diagnostics: dict[Diagnostic, None] = {}

    def report(
        self,
        code: str,
        message: str,
        location: Location | None = None,
        *,
        severity: Severity | None = None,
        hint: str | None = None,
    ) -> Diagnostic:
        """Add a diagnostic. Severity and hint default to those of the code's entry in `CODES`."""
        entry = CODES[code]
        diagnostic = Diagnostic(code, severity or Severity(entry.severity), message, location, hint or entry.hint)
        self.add(diagnostic)
        return diagnostic

    def add(self, diagnostic: Diagnostic) -> None:
        """Add an existing diagnostic, unless the settings switch its code off."""
        if diagnostic.code in self._levels:
            level = self._levels[diagnostic.code]
            if level is None:
                return
            diagnostic = replace(diagnostic, severity=level)
        self._diagnostics.setdefault(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(tuple(self._diagnostics))

    def __len__(self) -> int:
        return len(self._diagnostics)

    def count(self, severity: Severity) -> int:
        """Return the number of diagnostics of this severity."""
        return sum(1 for diagnostic in self._diagnostics if diagnostic.severity is severity)

    def located(self, locate: Callable[[Location], Location]) -> tuple[Diagnostic, ...]:
        """Return all diagnostics, with line and column from `locate`."""
        return tuple(
            replace(diagnostic, location=locate(diagnostic.location)) if diagnostic.location else diagnostic
            for diagnostic in self._diagnostics
        )
