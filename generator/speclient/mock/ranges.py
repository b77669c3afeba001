"""Range filters: parameters such as `created_after` and `min_rows`, which bound a property."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from speclient.values.wanted import plain

Comparison = Callable[[Any, Any], bool]
_WORDS: Mapping[str, Comparison] = {
    "after": operator.gt, "gt": operator.gt,
    "since": operator.ge, "from": operator.ge, "gte": operator.ge, "min": operator.ge, "minimum": operator.ge,
    "before": operator.lt, "lt": operator.lt,
    "until": operator.le, "to": operator.le, "lte": operator.le, "max": operator.le, "maximum": operator.le,
}  # fmt: skip
_TIME_ENDINGS = ("", "at", "on", "time", "date", "datetime")
_DATE = len("2024-05-31")


@dataclass(frozen=True, slots=True)
class RangeFilter:
    """A parameter and the property that it bounds."""

    parameter: str
    property: str
    compare: Comparison

    def admits(self, bound: Any, value: Any) -> bool:
        """Whether a value is within the bound; values that cannot be compared with it are not."""
        if _is_number(bound):
            return _is_number(value) and self.compare(value, bound)
        left, right = _time(value), _time(bound)
        if left is None or right is None:
            return False
        if min(len(str(value)), len(str(bound))) == _DATE:
            return self.compare(left.date(), right.date())
        return self.compare(left, right)


def range_filter(parameter: str, properties: Mapping[str, str], example: Callable[[str], Any]) -> RangeFilter | None:
    """The range filter that a parameter is; None if it is not one.

    Args:
        parameter: its name.
        properties: the properties of the resources, by their normalized names.
        example: a value of a property; only numbers and times have ranges.
    """
    name = "".join(character for character in plain(parameter) if character.isalnum())
    for word, compare in _WORDS.items():
        stems = [name.removesuffix(word)] if name.endswith(word) else []
        if word.startswith(("min", "max")) and name.startswith(word):
            stems.append(name.removeprefix(word))
        for stem in filter(None, stems):
            for ending in _TIME_ENDINGS:
                found = properties.get(stem + ending)
                if found is not None and (_is_number(example(found)) or _time(example(found)) is not None):
                    return RangeFilter(parameter, found, compare)
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str) or len(value) < _DATE or value[4:5] != "-":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
