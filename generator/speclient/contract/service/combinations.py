"""Valid requests: each pair of values of two parameters, each filter with values that exist and one that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from ..jsontypes import Json, as_object
from ..operations import Operation, Parameter
from .conformance import Violation
from .exchange import Exchange, Intent, text_of
from .hints import Hints, Listing
from .inspector import Inspector
from .pagination import Walk, everything
from .ranges import RangeFilter, bound_of
from .reach import Reach, Values
from .semantics import identity_of, items_of, property_of, same_text
from .shapes import enum_values, plain, properties
from .values import Row, all_pairs, choices, invented, observed, takes

_ROWS = 60
_VALUES = 2


def check_combinations(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """Send valid requests; what their responses must be is up to the checks of a single response."""
    if operation.name not in reach.known or operation.method not in ("GET", "HEAD"):
        return
    known, hints = reach.known[operation.name], inspector.hints(operation)
    exchange = inspector.send(operation, known, Intent.VALID)
    if exchange is None:
        return
    parameters = choices(hints, inspector.exchanges, known)
    shown: set[Pair] = set()
    rows = list(all_pairs(parameters, inspector.random, _ROWS))
    for row in rows:
        exchange = _combination(inspector, operation, known, row)
        if exchange is None:
            return
        if _has_elements(hints, exchange):
            shown |= _pairs(row)
    # Several filters at once often select nothing, and an empty list shows nothing: repeat such pairs alone.
    hidden = sorted({pair for row in rows for pair in _pairs(row)} - shown, key=sorted) if hints.listing else []
    inspector.random.shuffle(hidden)
    selecting = {parameter.key.name for parameter in hints.listing.selecting} if hints.listing else set[str]()
    hidden.sort(key=lambda pair: sum(name in selecting for name, _ in pair))
    for pair in hidden[: _ROWS // 2]:
        values = [(parameter, value) for parameter in parameters for value in parameters[parameter]]
        row = {parameter: value for parameter, value in values if (parameter.key.name, text_of(value)) in pair}
        if _combination(inspector, operation, known, row) is None:
            return
    for parameter in _opaque(hints):
        value = invented(operation, parameter)
        if value is not None and parameter.key not in known:
            inspector.send(operation, {**known, parameter.key: value}, Intent.OPEN)


Pair = frozenset[tuple[str, str]]


def _pairs(row: Row) -> set[Pair]:
    named = [(parameter.key.name, text_of(value)) for parameter, value in row.items() if not isinstance(value, list)]
    return {frozenset(pair) for pair in combinations(named, 2)}


def _has_elements(hints: Hints, exchange: Exchange) -> bool:
    return hints.listing is not None and exchange.json is not None and bool(items_of(hints.listing, exchange))


def _combination(inspector: Inspector, operation: Operation, known: Values, row: Row) -> Exchange | None:
    values = {**known, **{parameter.key: value for parameter, value in row.items()}}
    exchange = inspector.send(operation, values, Intent.VALID)
    if exchange is not None:
        _acceptance(inspector, exchange, values)
    return exchange


def _acceptance(inspector: Inspector, exchange: Exchange, values: Values) -> None:
    violations: list[Violation] = []
    if exchange.status in (400, 422):
        shown = ", ".join(f"{key.name}={text_of(value)}" for key, value in values.items() if key.location == "query")
        body = exchange.content[:200].decode("utf-8", "replace")
        expected = "a successful response, since the document allows each value"
        violations.append(Violation("positive_data_acceptance", expected, f"{exchange.status} for {shown}: {body}"))
    inspector.record(exchange, "positive_data_acceptance", violations, values)


def _opaque(hints: Hints) -> list[Parameter]:
    """Parameters whose values come back in the response or select elements."""
    listing = hints.listing
    if listing is not None:
        return [parameter for parameter, _ in listing.filters]
    names = {plain(name) for name in properties(hints.document, hints.bodies)}
    parameters = hints.operation.parameters
    return [each for each in parameters if each.key.location == "query" and plain(each.key.name) in names]


def check_orders(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """Read the list in each order, with the largest page: neighbours of a small page are often in order by chance."""
    listing = inspector.hints(operation).listing
    if operation.name not in reach.known or listing is None or listing.order is None or listing.order.by is None:
        return
    order, by, known = listing.order, listing.order.by.key, reach.known[operation.name]
    if listing.size is not None:
        known = {**known, listing.size.key: min(listing.maximum_size or listing.default_size or 100, 1000)}
    directions: list[Values] = [{}]
    if order.direction is not None:
        words = enum_values(operation.document, [order.direction.schema])
        directions = [{order.direction.key: word} for word in words]
    for word in order.values:
        for direction in directions:
            if inspector.send(operation, {**known, by: word, **direction}, Intent.VALID) is None:
                return


def check_filters(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """A filter must not lose elements: what the whole list has, the filtered list has too."""
    listing = inspector.hints(operation).listing
    if operation.name not in reach.known or listing is None or not listing.selecting or not listing.identity:
        return
    known = reach.known[operation.name]
    before = everything(inspector, operation, known)
    if before is None:
        return
    if not before.is_complete:
        inspector.matrix.check_notes[operation.name, "filter"] = "the list is too long to be compared as a whole"
        return
    results: list[tuple[_Selection, Walk]] = []
    for selection in _selections(inspector, operation, listing, before.items):
        if not takes(operation, selection.parameter, selection.value):
            continue
        walk = everything(inspector, operation, {**known, selection.parameter.key: selection.value})
        if walk is None:
            return
        results.append((selection, walk))
    after = everything(inspector, operation, known)
    if after is None:
        return
    later = {identity_of(listing, item): item for item in after.items}
    for selection, walk in results:
        if not walk.is_complete or walk.last is None:
            continue
        found = {identity_of(listing, item) for item in walk.items}
        lost = [
            identity
            for item in before.items
            if (identity := identity_of(listing, item)) not in found
            and selection.selects(item)
            and selection.selects(later.get(identity))
        ]
        violations = [_lost(listing, selection.parameter, selection.value, lost)] if lost else []
        inspector.record(walk.last, "filter", violations, {**known, selection.parameter.key: selection.value})


@dataclass(frozen=True)
class _Selection:
    """A filter with a value, and whether it must select an element."""

    parameter: Parameter
    value: Json
    selects: Callable[[Json], bool]


def _selections(
    inspector: Inspector, operation: Operation, listing: Listing, items: Sequence[Json]
) -> Iterator[_Selection]:
    hints = inspector.hints(operation)
    for parameter, name in listing.filters:
        for value in _frequent(name, items, observed(hints, parameter, inspector.exchanges)):
            yield _Selection(parameter, value, partial(_has, name=name, value=value))
    for each in listing.ranges:
        bound = bound_of(each, hints.document, [property_of(item, each.property) for item in items])
        if bound is not None:
            yield _Selection(each.parameter, bound, partial(_is_within, range_filter=each, bound=text_of(bound)))


def _is_within(item: Json, range_filter: RangeFilter, bound: str) -> bool:
    return range_filter.includes(bound, property_of(item, range_filter.property))


def _lost(listing: Listing, parameter: Parameter, value: Json, lost: Sequence[str]) -> Violation:
    shown = ", ".join(lost[:5])
    expected = f"all elements with {parameter.key.name}={text_of(value)}"
    actual = f"{len(lost)} of them are missing: those with {listing.identity} {shown}"
    return Violation("filter", expected, actual, key=f"lost {parameter.key.name}")


def _frequent(name: str, items: Sequence[Json], seen: Sequence[Json]) -> list[Json]:
    counted: dict[str, tuple[int, Json]] = {}
    for item in items:
        value = property_of(item, name)
        if value is not None and not isinstance(value, dict | list):
            counted[text_of(value)] = (counted.get(text_of(value), (0, value))[0] + 1, value)
    ranked = sorted(counted.values(), key=lambda entry: -entry[0])
    return [value for _, value in ranked[:_VALUES]] or list(seen[:1])


def _has(item: Json, name: str, value: Json) -> bool:
    found = property_of(as_object(item), name)
    return found is not None and not isinstance(found, dict | list) and same_text(text_of(found), text_of(value))
