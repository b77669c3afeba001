"""Diagnostics as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from speclient.diagnostics.model import Diagnostic, Location, Severity
from speclient.diagnostics.suppressions import fingerprint
from speclient.diagnostics.text import one_line, printable

_LOCATIONS_SHOWN = 5
"""How many further locations of a repeated diagnostic are listed."""
_MESSAGES_SHOWN = 10
"""How many different warnings or notes of one code are printed in full."""


def render_text(diagnostics: Iterable[Diagnostic], *, verbose: bool = False) -> str:
    """Render diagnostics as text, sorted by file and line.

    Diagnostics that differ only in their location are one block, with the first location in full. Of each code, the
    first ten blocks are printed; errors are always printed.

    Args:
        diagnostics: in any order.
        verbose: print every block and every location.
    """
    groups: dict[tuple[str, str, str, str, str | None], list[Diagnostic]] = {}
    for diagnostic in sorted(diagnostics, key=_position):
        file = diagnostic.location.file if diagnostic.location is not None else ""
        key = (file, diagnostic.code, diagnostic.severity.value, diagnostic.message, diagnostic.hint)
        groups.setdefault(key, []).append(diagnostic)
    blocks: list[str] = []
    printed: dict[tuple[str, str], int] = {}
    omitted: dict[tuple[str, str], int] = {}
    for (file, code, severity, _, _), group in groups.items():
        family = (file, code)
        printed[family] = printed.get(family, 0) + 1
        if verbose or severity == Severity.ERROR.value or printed[family] <= _MESSAGES_SHOWN:
            blocks.append(_block(group, verbose=verbose))
        else:
            omitted[family] = omitted.get(family, 0) + len(group)
    for (file, code), number in sorted(omitted.items()):
        blocks.append(f"{one_line(file)}: {number} more of {code}; --verbose prints all")
    return "\n".join(blocks)


def _position(diagnostic: Diagnostic) -> tuple[str, int, int]:
    location = diagnostic.location or Location("")
    return location.file, location.line or 0, location.column or 0


def _block(group: Sequence[Diagnostic], *, verbose: bool) -> str:
    first, *others = group
    location = first.location
    position = ""
    if location is not None:
        numbers = (str(number) for number in (location.line, location.column) if number)
        position = ":".join([one_line(location.file), *numbers]) + ": "
    # A second line of a message must not look like another diagnostic.
    message = printable(first.message).replace("\n", "\n        ")
    lines = [f"{position}{first.severity.value}[{first.code}]: {message}"]
    if location is not None and location.pointer:
        lines.append(f"    at #{one_line(location.pointer)}")
    if others:
        lines.append(f"    {_elsewhere(others, verbose=verbose)}")
    if first.hint:
        lines.append(f"    help: {one_line(first.hint)}")
    if verbose and first.severity is not Severity.NOTE:
        lines.append(f"    fingerprint: {', '.join(fingerprint(diagnostic) for diagnostic in group)}")
    return "\n".join(lines)


def _elsewhere(others: Sequence[Diagnostic], *, verbose: bool) -> str:
    places = [
        f"{location.line}:{location.column}" if location.column else str(location.line)
        for other in others
        if (location := other.location) is not None and location.line
    ]
    text = f"and {len(others)} more location" + ("s" if len(others) > 1 else "")
    shown = places if verbose else places[:_LOCATIONS_SHOWN]
    more = ", ..." if len(shown) < len(places) else ""
    return f"{text}: {', '.join(shown)}{more}" if shown else text
