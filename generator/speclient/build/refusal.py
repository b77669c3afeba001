"""Operations that cannot be expressed."""

from __future__ import annotations

from speclient.diagnostics import CODES, Diagnostic, Location, Severity


class Refused(Exception):
    """The operation cannot be expressed; contains the diagnostic."""

    def __init__(self, message: str, location: Location) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic("SC201", Severity.WARNING, message, location, CODES["SC201"].hint)
