"""Limits of a document, and how much a parsed file contains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speclient.document.node import escape_pointer
from speclient.document.yaml12 import MAX_DEPTH, MAX_VALUES, TooLarge
from speclient.files import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for one document."""

    bytes: int = MAX_BYTES
    """Of all files together."""
    values: int = MAX_VALUES
    """Of one file, each alias counted as one value."""
    growth: int = 250_000
    """Values that the aliases of a file, or the actions of an overlay, may add."""
    depth: int = MAX_DEPTH
    files: int = 1000
    references: int = 100
    """In one chain."""


def measure(data: Any, limits: Limits) -> set[int]:
    """Count values as if aliases were copies, without copying; returns the identities of values that are shared.

    Raises:
        TooLarge: over a limit, or a value contains itself.
    """
    sizes: dict[int, int] = {}
    shared: set[int] = set()
    open_now: set[int] = set()
    trail: list[str] = []
    count = 0

    def size(value: Any) -> int:
        nonlocal count
        count += 1
        if not isinstance(value, (dict, list)):
            return 1
        key = id(value)
        if key in sizes:
            if value:
                shared.add(key)
            return sizes[key]
        if key in open_now:
            raise TooLarge("an alias contains itself", trail)
        if len(trail) > limits.depth:
            raise TooLarge(f"nested deeper than {limits.depth} levels", trail[:4])
        open_now.add(key)
        total = 1
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            trail.append(str(name))
            total += size(item)
            if total - count > limits.growth:
                raise TooLarge(f"aliases add more than {limits.growth:,} values", trail)
            if count > limits.values:
                raise TooLarge(f"more than {limits.values:,} values", trail)
            trail.pop()
        open_now.discard(key)
        sizes[key] = total
        return total

    size(data)
    return shared


def homes(data: Any, shared: set[int]) -> dict[int, str]:
    """One pointer for each shared value: that of a component, else the first."""
    homes: dict[int, str] = {}
    seen: set[int] = set()
    stack: list[tuple[str, Any]] = [("", data)]
    while stack:
        pointer, value = stack.pop()
        if not isinstance(value, (dict, list)):
            continue
        if id(value) in shared and (id(value) not in homes or is_component(pointer) > is_component(homes[id(value)])):
            homes[id(value)] = pointer
        if id(value) not in seen:
            seen.add(id(value))
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            stack.extend(reversed([(f"{pointer}/{escape_pointer(str(key))}", item) for key, item in inner]))
    return homes


def is_component(pointer: str) -> bool:
    """Whether a pointer is that of a reusable component: `/components/SECTION/NAME`."""
    return pointer.startswith("/components/") and pointer.count("/") == 3
