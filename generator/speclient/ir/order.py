"""Order of schemas that extend each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


def bases_first(items: Mapping[str, T], base_of: Callable[[T], str | None]) -> Iterator[T]:
    """Yield all items, each after the one that it extends.

    Args:
        items: items by key.
        base_of: returns the key of the item that an item extends, or None.
    """
    waiting = dict(items)
    for first in items:
        chain: list[T] = []
        key: str | None = first
        while key is not None and key in waiting:
            item = waiting.pop(key)
            chain.append(item)
            key = base_of(item)
        yield from reversed(chain)
