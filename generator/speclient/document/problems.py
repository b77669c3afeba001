"""Problems with references."""

from __future__ import annotations

from speclient.diagnostics import CODES, Diagnostic, Location, Severity


class ReferenceProblem(Exception):
    """A reference that cannot be resolved. Contains the diagnostic; the caller decides on the consequence."""

    def __init__(self, code: str, message: str, location: Location) -> None:
        super().__init__(message)
        entry = CODES[code]
        self.diagnostic = Diagnostic(code, Severity(entry.severity), message, location, entry.hint)
