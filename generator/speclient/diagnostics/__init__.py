"""Findings as data: code, severity, message, place and next step."""

from speclient.diagnostics.codes import CODES, Code
from speclient.diagnostics.model import Diagnostic, FatalError, Location, Severity, Sink
from speclient.diagnostics.render import render_json, render_text

__all__ = [
    "CODES",
    "Code",
    "Diagnostic",
    "FatalError",
    "Location",
    "Severity",
    "Sink",
    "render_json",
    "render_text",
]
