"""Named, timed stages of a run."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from time import perf_counter


class Stages:
    """Measures stages. Imports of a stage count towards it."""

    def __init__(self) -> None:
        self._timings: list[tuple[str, float]] = []

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """Measure a stage."""
        start = perf_counter()
        try:
            yield
        finally:
            self._timings.append((name, perf_counter() - start))

    @property
    def timings(self) -> tuple[tuple[str, float], ...]:
        """Name and seconds of each stage, in order."""
        return tuple(self._timings)
