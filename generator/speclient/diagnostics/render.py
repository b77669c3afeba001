"""Diagnostics as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from speclient.diagnostics.model import Diagnostic
from speclient.diagnostics.text import one_line, printable


def render_text(diagnostics: Iterable[Diagnostic]) -> str:
    """One block a finding: `file:line:column: severity[code]: message`, then the pointer and the next step."""
    lines: list[str] = []
    for found in diagnostics:
        place = ""
        if found.location is not None:
            parts = [
                one_line(found.location.file),
                *(str(n) for n in (found.location.line, found.location.column) if n),
            ]
            place = ":".join(parts) + ": "
        # A second line of a message must not look like another finding.
        message = printable(found.message).replace("\n", "\n        ")
        lines.append(f"{place}{found.severity.value}[{found.code}]: {message}")
        if found.location is not None and found.location.pointer:
            lines.append(f"    at  #{one_line(found.location.pointer)}")
        if found.hint:
            lines.append(f"    try {one_line(found.hint)}")
    return "\n".join(lines)


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A JSON array of objects with the members of `Diagnostic`."""
    return json.dumps([asdict(found) for found in diagnostics], indent=2)
