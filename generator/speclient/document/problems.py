"""What can be wrong with a reference."""

from __future__ import annotations

from speclient.diagnostics import CODES, Diagnostic, Location, Severity


class ReferenceProblem(Exception):
    """A reference that can't be followed. Holds the diagnostic; whoever needed the target decides what it costs."""

    def __init__(self, code: str, message: str, location: Location) -> None:
        super().__init__(message)
        entry = CODES[code]
        self.diagnostic = Diagnostic(code, Severity(entry.severity), message, location, entry.hint)
