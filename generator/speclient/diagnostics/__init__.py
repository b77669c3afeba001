"""Diagnostics: code, severity, message, location and next step."""

from speclient.diagnostics.codes import CODES, Code
from speclient.diagnostics.model import CheckedDiagnostic, Diagnostic, FatalError, Location, Severity, Sink
from speclient.diagnostics.render import render_text
from speclient.diagnostics.suggest import did_you_mean
from speclient.diagnostics.text import one_line, printable

__all__ = [
    "CODES",
    "CheckedDiagnostic",
    "Code",
    "Diagnostic",
    "FatalError",
    "Location",
    "Severity",
    "Sink",
    "did_you_mean",
    "one_line",
    "printable",
    "render_text",
]
