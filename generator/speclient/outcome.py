"""What became of one document in a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from speclient.diagnostics import Diagnostic, Severity
from speclient.publish.symbols import SymbolChanges


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document. `counts` are operations emitted, degraded, refused."""

    spec: str
    diagnostics: tuple[Diagnostic, ...]
    folder: Path | None = None
    counts: tuple[int, int, int] = (0, 0, 0)
    models: int = 0
    unchanged: bool = False
    written: int = 0
    outdated: bool = False
    failed: bool = False
    """Whether the document could not be read, or the output not be written."""
    pagination: tuple[tuple[str, int], ...] = ()
    """The kinds of pagination that were inferred, and for how many operations."""
    timings: tuple[tuple[str, float], ...] = ()
    """Each stage of the run, and how many seconds it took."""
    symbols: SymbolChanges = field(default_factory=SymbolChanges)
    """The public symbols that changed; empty for a new package."""


def exit_code(outcomes: Sequence[Outcome], *, strict: bool) -> int:
    """The exit code of a run: 0 fine, 1 findings, 2 the input or the output can't be used."""
    if any(outcome.failed for outcome in outcomes):
        return 2
    for outcome in outcomes:
        if outcome.outdated or (outcome.folder is None and not outcome.unchanged):
            return 1
        if any(diagnostic.severity is Severity.ERROR for diagnostic in outcome.diagnostics):
            return 1
        if strict and any(found.severity is not Severity.NOTE for found in outcome.diagnostics):
            return 1
    return 0
