"""A set of names in which each is used once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from speclient.diagnostics import Location, Sink


class Scope:
    """Returns each name once; `fold` maps names that must not coexist to one value."""

    def __init__(self, reserved: Iterable[str], fold: Callable[[str], str] = str) -> None:
        self._fold = fold
        self._taken = {fold(name) for name in reserved}

    def take(self, wanted: str, suffix: str = "_") -> str:
        name, number = wanted, 1
        if self._fold(name) in self._taken:
            name = wanted + suffix if suffix else wanted
        while self._fold(name) in self._taken:
            number += 1
            name = f"{wanted}{'_' if suffix == '_' else ''}{number}"
        self._taken.add(self._fold(name))
        return name


def report_clash(sink: Sink, what: str, wanted: str, got: str, origin: Location) -> None:
    """Report that two objects want one name (SC206)."""
    sink.report("SC206", f"the {what} {wanted!r} is already used; the name is {got!r} instead", origin)
