"""Ratios of CPU time, measured in turns within one process."""

from __future__ import annotations

import gc
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

ROUNDS = 40
WARM_UP = 3
Ratio = tuple[float, float, float]
"""Median, and the bounds of its 95 % interval."""


def ratio(first: Callable[[], Any], second: Callable[[], Any], repeat: int, rounds: int = ROUNDS) -> Ratio:
    """CPU time of the second function as a part of that of the first; each round calls both so many times."""
    ratios: list[float] = []
    for number in range(rounds + WARM_UP):
        pair = [(first, 0), (second, 1)]
        random.shuffle(pair)
        spent = [0.0, 0.0]
        for function, place in pair:
            gc.collect()  # What one leaves behind is not collected in the other's time.
            begin = time.process_time()
            for _ in range(repeat):
                function()
            spent[place] = time.process_time() - begin
        if number >= WARM_UP:
            ratios.append(spent[1] / spent[0])
    return interval(ratios)


def interval(ratios: list[float]) -> Ratio:
    """The median, with the interval in which 95 % of the medians of drawn samples lie (bootstrap)."""
    draws = sorted(statistics.median(random.choices(ratios, k=len(ratios))) for _ in range(2000))
    return statistics.median(ratios), draws[50], draws[-51]


def starts(programs: Mapping[str, str], path: str, runs: int = 25) -> dict[str, Ratio]:
    """CPU time of fresh interpreters that run a program, as part of that of `floor`; less that of an empty one."""
    spent: dict[str, list[float]] = {name: [] for name in ("", *programs)}
    for _ in range(runs):
        for name in random.sample(list(spent), len(spent)):
            code = f"import sys, time\nsys.path[:0] = {path.split(':')!r}\n{programs.get(name, 'pass')}"
            code += "\nprint(time.process_time())"
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            spent[name].append(float(done.stdout))
    empty = statistics.median(spent.pop(""))
    floor = spent.pop("floor")
    return {
        name: interval([(own - empty) / (base - empty) for own, base in zip(given, floor, strict=True)])
        for name, given in spent.items()
    }


def kept(function: Callable[[], Any]) -> int:
    """Bytes that a result keeps."""
    function()
    gc.collect()
    tracemalloc.start()
    result = function()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return size
