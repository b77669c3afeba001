"""Range filters: parameters such as `created_after` and `min_rows`, and the property that each of them bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..jsontypes import Json
from ..operations import Parameter
from ..rfc3339 import instant
from ..source import Document
from .exchange import text_of
from .shapes import first, plain, types

_LOWER = ("after", "since", "from", "gte", "gt", "min", "minimum")
_UPPER = ("before", "until", "to", "lte", "lt", "max", "maximum")
_TIME_ENDINGS = ("", "at", "on", "time", "date", "datetime")
_SECOND, _DAY = 1, 86_400


@dataclass(frozen=True)
class RangeFilter:
    """A parameter that bounds a property of the elements, from below or from above."""

    parameter: Parameter
    property: str
    is_lower: bool

    def excludes(self, bound: str, value: Json) -> bool:
        """Whether an element with this value is clearly outside. The bound itself is not: services differ."""
        return self._side(bound, value) < 0

    def includes(self, bound: str, value: Json) -> bool:
        """Whether an element with this value is clearly inside."""
        return self._side(bound, value) > 0

    def _side(self, bound: str, value: Json) -> int:
        left, right = _measure(value), _measure(bound)
        if left is None or right is None or left[0] != right[0]:
            return 0
        distance = (left[1] - right[1]) * (1 if self.is_lower else -1)
        return 0 if abs(distance) <= max(left[2], right[2]) else 1 if distance > 0 else -1


def range_filters(
    document: Document, parameters: Sequence[Parameter], properties: Mapping[str, Sequence[Json]]
) -> Iterator[RangeFilter]:
    """The range filters among the parameters.

    Args:
        document: the document.
        parameters: query parameters that are not filters for equality.
        properties: the properties of the elements, with their schemas.
    """
    by_name = {plain(name): name for name in properties}
    for parameter in parameters:
        for stem, is_lower in _stems(plain(parameter.key.name)):
            kind = _kind(document, [parameter.schema])
            candidates = (by_name.get(stem + ending) for ending in _TIME_ENDINGS)
            name = next((name for name in candidates if name and _kind(document, properties[name]) == kind), None)
            if name is not None and kind:
                yield RangeFilter(parameter, name, is_lower)
                break


def bound_of(range_filter: RangeFilter, document: Document, values: Sequence[Json]) -> Json:
    """A bound that some of the values are outside of; None if there are too few of them.

    A lower bound is never above an upper bound for the same values.
    """
    measured = [(measure[1], value) for value in values if (measure := _measure(value)) is not None]
    ranked = [value for _, value in sorted(dict(measured).items())]
    if len(ranked) < 3:
        return None
    value = ranked[len(ranked) // 3 if range_filter.is_lower else 2 * len(ranked) // 3]
    if first(document, [range_filter.parameter.schema], "format") == "date" and isinstance(value, str):
        return value[:10]
    return value


def _stems(name: str) -> Iterator[tuple[str, bool]]:
    for words, is_lower in ((_LOWER, True), (_UPPER, False)):
        for word in words:
            if name.endswith(word) and name != word:
                yield name.removesuffix(word), is_lower
            if word.startswith(("min", "max")) and name.startswith(word) and name != word:
                yield name.removeprefix(word), is_lower


def _kind(document: Document, schemas: Sequence[Json]) -> str:
    declared = types(document, schemas) - {"null"}
    if declared and declared <= {"integer", "number"}:
        return "number"
    is_time = first(document, schemas, "format") in ("date-time", "date")
    return "time" if declared == {"string"} and is_time else ""


def _measure(value: Json) -> tuple[str, float, int] | None:
    """Kind, number or seconds, and the tolerance of a comparison: services round times, and days depend on a zone."""
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return None
    text = text_of(value)
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text):
        return "number", float(text), 0
    is_date = re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None
    moment = instant(f"{text}T00:00:00Z" if is_date else text)
    if moment is None:
        return None
    return "time", moment.seconds + float(moment.fraction), 2 * _DAY if is_date else _SECOND
