"""Diagnostics as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from speclient.diagnostics.model import Diagnostic

_UNPRINTABLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code != 10}


def _plain(text: str) -> str:
    """Text from a document, without what could steer a terminal."""
    return text.translate(_UNPRINTABLE)


def render_text(diagnostics: Iterable[Diagnostic]) -> str:
    """One block a finding: `file:line:column: severity[code]: message`, then the pointer and the next step."""
    lines: list[str] = []
    for found in diagnostics:
        place = ""
        if found.location is not None:
            parts = [
                found.location.file,
                *(str(n) for n in (found.location.line, found.location.column) if n),
            ]
            place = ":".join(parts) + ": "
        lines.append(_plain(f"{place}{found.severity.value}[{found.code}]: {found.message}"))
        if found.location is not None and found.location.pointer:
            lines.append(_plain(f"    at  #{found.location.pointer}"))
        if found.hint:
            lines.append(_plain(f"    try {found.hint}"))
    return "\n".join(lines)


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A JSON array of objects with the members of `Diagnostic`."""
    return json.dumps([asdict(found) for found in diagnostics], indent=2)
