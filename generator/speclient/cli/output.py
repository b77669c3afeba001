"""Text output of the commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from speclient.diagnostics import Diagnostic, Severity, printable, render_text

if TYPE_CHECKING:
    from speclient.outcome import Outcome


def write(text: object, file: TextIO | None = None) -> None:
    """Print text that may come from a document, a file name or a service."""
    print(printable(str(text)), file=file)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 operation`, `2 operations`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the number of errors and warnings."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    return ", ".join(counted(severities.count(level), level.value) for level in (Severity.ERROR, Severity.WARNING))


def print_outcome(outcome: Outcome, *, verbose: bool) -> None:
    """Print the diagnostics of a generated package to stderr and one line about it to stdout.

    Args:
        outcome: the result for one document.
        verbose: print notes, and all locations of repeated diagnostics.
    """
    shown = [diagnostic for diagnostic in outcome.diagnostics if verbose or diagnostic.severity is not Severity.NOTE]
    if shown:
        write(render_text(shown, verbose=verbose), file=sys.stderr)
    if outcome.failed:
        write(f"{outcome.spec}: failed, nothing was written")
        return
    if outcome.folder is None:
        write(f"{outcome.spec}: nothing was generated")
        return
    if outcome.unchanged and outcome.counts == (0, 0, 0):
        write(f"{outcome.spec} -> {outcome.folder}: up to date")
        return
    write(f"{outcome.spec} -> {outcome.folder}: {_contents(outcome)}; {_state(outcome)}")
    _print_symbols(outcome, verbose=verbose)
    if outcome.pagination:
        operations = counted(sum(number for _, number in outcome.pagination), "operation")
        kinds = ", ".join(f"{kind} {number}" for kind, number in outcome.pagination)
        write(
            f"  pagination inferred for {operations} ({kinds}); "
            f"evidence: speclient inspect --what pagination {outcome.spec}"
        )


_SYMBOLS_SHOWN = 12
"""How many changed symbols are printed."""


def _print_symbols(outcome: Outcome, *, verbose: bool) -> None:
    """Print what callers of the package will notice."""
    changes = outcome.symbols
    if not changes:
        return
    kinds = (("removed", changes.removed), ("changed", changes.changed), ("added", changes.added))
    write(f"  public symbols: {', '.join(f'{len(names)} {kind}' for kind, names in kinds if names)}")
    lines = list(changes.lines())
    for line in lines if verbose else lines[:_SYMBOLS_SHOWN]:
        write(f"    {line}")
    if not verbose and len(lines) > _SYMBOLS_SHOWN:
        write(f"    and {len(lines) - _SYMBOLS_SHOWN} more; --verbose prints all")


def _contents(outcome: Outcome) -> str:
    emitted, degraded, refused = outcome.counts
    text = counted(emitted + degraded, "operation")
    if degraded:
        text += f", {degraded} of them degraded"
    if refused:
        text += f", {refused} refused"
    if (degraded or refused) and not outcome.outdated:
        text += f" (see {outcome.folder}/report.json)" if outcome.folder else ""
    return f"{text}, {counted(outcome.models, 'model')}"


def _state(outcome: Outcome) -> str:
    if outcome.outdated:
        return "out of date"
    return "unchanged" if outcome.unchanged else f"{counted(outcome.written, 'file')} written"
