"""A set of names in which each is used once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

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


def free_levels(keys: Sequence[str], wanted: Mapping[str, tuple[str, ...]], taken: Collection[str]) -> dict[str, int]:
    """Key -> index of the first candidate that nothing else wants.

    In a conflict, all take their next candidate, as long as they have one: the names do not depend on the order.

    Args:
        keys: the objects that need names.
        wanted: the candidates of each object, the best first.
        taken: names that are not available.
    """
    levels = dict.fromkeys(keys, 0)
    while True:
        counts = Counter(wanted[key][level] for key, level in levels.items())
        conflicts = [
            key
            for key, level in levels.items()
            if (counts[wanted[key][level]] > 1 or wanted[key][level] in taken) and level + 1 < len(wanted[key])
        ]
        if not conflicts:
            return levels
        for key in conflicts:
            levels[key] += 1


def report_clash(sink: Sink, what: str, wanted: str, got: str, origin: Location) -> None:
    """Report that two objects want one name (SC206).

    Args:
        sink: receives the diagnostics.
        what: the kind of the object.
        wanted: the name that is already used.
        got: the name that the object has instead.
        origin: the location of the object.
    """
    sink.report("SC206", f"the {what} {wanted!r} is already used; the name is {got!r} instead", origin)
