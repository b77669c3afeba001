"""Numbers within bounds."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

from speclient.values.facts import CannotMakeError, Facts

_WIDTHS = {"int32": 2**31 - 1, "int64": 2**63 - 1, "uint32": 2**32 - 1, "int16": 2**15 - 1, "int8": 127}
# 2024-03-01 to about a year later, in epoch seconds.
_TIMES = (1_709_251_200, 1_740_787_200)
_USUAL = 1000


def integer(facts: Facts, rng: Random, hint: str) -> int:
    """An integer within the bounds, and the unit if the schema names one."""
    low, high = _bounds(facts)
    step = math.lcm(*[_whole_step(each) for each in facts.multiples]) if facts.multiples else 1
    least = math.ceil(low) if low is not None else None
    most = math.floor(high) if high is not None else None
    width = next((_WIDTHS[name] for name in facts.formats if name in _WIDTHS), None)
    if width is not None:
        most = width if most is None else min(most, width)
    usual = _usual_range(facts, hint)
    start, stop = map(int, _window(least, most, usual))
    first, last = -(-start // step), stop // step
    if first > last:
        # The range is a preference; the bounds of the document take precedence.
        first = -(-(least if least is not None else start) // step)
        last = (most // step) if most is not None else first + 100
    if first > last:
        raise CannotMakeError(f"no integer between {low} and {high} is a multiple of {step}")
    return rng.randint(first, last) * step


def number(facts: Facts, rng: Random, hint: str) -> int | float:
    """A number within the bounds, with two decimal places where possible."""
    if facts.multiples:
        return _multiple(facts, rng)
    low, high = _bounds(facts)
    start, stop = _window(low, high, _usual_range(facts, hint))
    value = round(rng.uniform(float(start), float(stop)), 2)
    if _within(value, facts):
        return int(value) if value.is_integer() and rng.random() < 0.5 else value
    for candidate in ((float(start) + float(stop)) / 2, float(start), float(stop)):
        if _within(candidate, facts):
            return candidate
    raise CannotMakeError(f"no number is between {low} and {high}")


def _multiple(facts: Facts, rng: Random) -> int | float:
    steps = [Fraction(str(each)) for each in facts.multiples]
    step = steps[0]
    for each in steps[1:]:
        step = Fraction(math.lcm(step.numerator, each.numerator), math.gcd(step.denominator, each.denominator))
    low, high = _bounds(facts)
    start, stop = _window(low, high, (0, 100 * step))
    first, last = math.ceil(Fraction(start) / step), math.floor(Fraction(stop) / step)
    if first > last:
        raise CannotMakeError(f"no multiple of {step} is between {low} and {high}")
    value = rng.randint(first, last) * step
    return int(value) if value.denominator == 1 else float(value)


def _bounds(facts: Facts) -> tuple[int | float | Fraction | None, int | float | Fraction | None]:
    """Inclusive bounds; an exclusive bound is moved slightly, or to the next integer if it is an integer."""
    low, high = facts.limits.get("minimum"), facts.limits.get("maximum")
    above, below = facts.limits.get("exclusiveMinimum"), facts.limits.get("exclusiveMaximum")
    integers = facts.kinds() == ["integer"]
    if above is not None and (low is None or above >= low):
        low = math.floor(above) + 1 if integers else above + _nudge(above, facts)
    if below is not None and (high is None or below <= high):
        high = math.ceil(below) - 1 if integers else below - _nudge(below, facts)
    return low, high


def _nudge(limit: float, facts: Facts) -> float:
    others = [
        facts.limits[key]
        for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
        if key in facts.limits
    ]
    distance = min((abs(other - limit) for other in others if other != limit), default=1)
    return min(0.01, distance / 4)


def _window(
    low: int | float | Fraction | None,
    high: int | float | Fraction | None,
    usual: tuple[int | Fraction, int | Fraction],
) -> tuple[int | float | Fraction, int | float | Fraction]:
    """A part of the allowed range with values of a usual size."""
    if low is None and high is None:
        return usual
    if low is None:
        assert high is not None
        return (usual[0] if usual[0] <= high else high - 100), min(high, usual[1]) if usual[0] <= high else high
    if high is None:
        return max(low, usual[0]), (usual[1] if usual[1] >= low else low + 100)
    start, stop = max(low, usual[0]), min(high, usual[1])
    return (start, stop) if start <= stop else (low, high)


def _usual_range(facts: Facts, hint: str) -> tuple[int, int]:
    name = hint.lower()
    if facts.unit == "epoch-milliseconds":
        return _TIMES[0] * 1000, _TIMES[1] * 1000
    if facts.unit == "epoch-seconds":
        return _TIMES
    if facts.unit == "bytes" or name.endswith(("bytes", "size")):
        return 1_000, 5_000_000_000
    if name.endswith(("progress", "percent", "percentage")):
        return 0, 100
    if name.replace("-", "").endswith("retryafter"):
        return 1, 30
    if "latitude" in name or name == "lat":
        return -90, 90
    if "longitude" in name or name in ("lng", "lon"):
        return -180, 180
    if "year" in name:
        return 2000, 2024
    return (1, 5000) if name.endswith(("id", "number")) else (0, _USUAL)


def _whole_step(multiple: float) -> int:
    fraction = Fraction(str(multiple))
    return fraction.numerator


def _within(value: float, facts: Facts) -> bool:
    limits = facts.limits
    return not (
        ("minimum" in limits and value < limits["minimum"])
        or ("maximum" in limits and value > limits["maximum"])
        or ("exclusiveMinimum" in limits and value <= limits["exclusiveMinimum"])
        or ("exclusiveMaximum" in limits and value >= limits["exclusiveMaximum"])
    )
