"""Values for the parameters of requests: known ones, those of earlier responses, and invented ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from ..arguments import ArgumentSpace
from ..jsontypes import Json, as_array, as_object, as_text, value_at
from ..operations import Operation, Parameter, ParameterKey
from ..samples import complete
from .exchange import Exchange
from .hints import Hints
from .parameters import UsageError, typed
from .ranges import bound_of
from .semantics import items_of, property_of
from .shapes import enum_values, first, plain, scalars, types

_INVENTED = ("no-such-value-7f3a", 987654321, "7f3a9c1e-0000-4000-8000-000000000000", "2001-02-03T04:05:06Z", 0)
_SIZES = (5, 100)


def documented_value(operation: Operation, parameter: Parameter) -> Json:
    """An example, the default, or the first listed value of a parameter; else one made from the schema; else None."""
    space = ArgumentSpace(operation)
    judge, document = space.judge(parameter), operation.document
    raw = _raw(operation, parameter.key)
    examples = [raw.get("example"), *(as_object(each).get("value") for each in as_object(raw.get("examples")).values())]
    for keyword in ("example", "default"):
        examples.append(first(document, [parameter.schema], keyword))
    listed = first(document, [parameter.schema], "examples")
    examples += as_array(listed)
    examples += enum_values(document, [parameter.schema])
    for value in examples:
        if value is not None and judge.is_valid(value):
            return value
    made = [each for each in complete(judge, 3) if each not in (None, "", [])]
    return made[0] if made else None


def _raw(operation: Operation, key: ParameterKey) -> dict[str, Json]:
    for entry in as_array(operation.raw.get("parameters")):
        raw = operation.document.resolved(entry)
        if (raw.get("in"), raw.get("name")) == (key.location, key.name):
            return raw
    return {}


def typed_value(operation: Operation, parameter: Parameter, text: str) -> Json:
    """A text as the parameter's schema takes it; None if it does not."""
    try:
        return typed(ArgumentSpace(operation), parameter, text)
    except UsageError:
        return None


def invented(operation: Operation, parameter: Parameter) -> Json:
    """A value that fits the schema and that the service cannot know; None if the schema lists all values."""
    if enum_values(operation.document, [parameter.schema]) or "boolean" in types(
        operation.document, [parameter.schema]
    ):
        return None
    judge = ArgumentSpace(operation).judge(parameter)
    return next((value for value in _INVENTED if judge.is_valid(value)), None)


def linked(operation: Operation, parameter: Parameter, exchanges: Sequence[Exchange]) -> Iterator[Json]:
    """Values for a path parameter from earlier responses, the most likely ones first."""
    name = parameter.key.name
    for exchange in exchanges:
        yield from _by_link(operation, name, exchange)
    before = operation.path.partition("{" + name + "}")[0].rstrip("/")
    for exchange in exchanges:
        listing = Hints(exchange.operation).listing
        if exchange.operation.path.rstrip("/") == before and listing is not None and exchange.json is not None:
            items = items_of(listing, exchange)
            for candidate in _identifying(operation, parameter, items):
                yield from (value for item in items if (value := candidate_value(item, candidate)) is not None)
    for exchange in exchanges:
        for _, other, value in scalars(exchange.json, 3):
            if plain(other) == plain(name) and exchange.operation.path != operation.path:
                yield value


def _by_link(operation: Operation, name: str, exchange: Exchange) -> Iterator[Json]:
    """Source: OpenAPI 3.1, "Link Object"."""
    responses = exchange.operation.responses
    response = responses.get(str(exchange.status)) or responses.get(f"{exchange.status // 100}XX") or {}
    for entry in as_object(response.get("links")).values():
        link = exchange.operation.document.resolved(entry)
        if link.get("operationId") != operation.raw.get("operationId"):
            continue
        for key, expression in as_object(link.get("parameters")).items():
            if key in (name, f"path.{name}") and isinstance(expression, str):
                value = _evaluated(expression, exchange)
                if value is not None and not isinstance(value, dict | list):
                    yield value


def _evaluated(expression: str, exchange: Exchange) -> Json:
    if expression.startswith("$response.body#"):
        return value_at(exchange.json, expression.removeprefix("$response.body#"))
    if expression.startswith("$response.header."):
        return exchange.header(expression.removeprefix("$response.header."))
    if expression.startswith("$request.path."):
        return exchange.path_values.get(expression.removeprefix("$request.path."))
    if expression.startswith("$request.query."):
        values = exchange.query.get(expression.removeprefix("$request.query."))
        return values[0] if values else None
    return None


def _identifying(operation: Operation, parameter: Parameter, items: Sequence[Json]) -> list[str]:
    """Names of properties of elements that can be the parameter, the most likely first."""
    names = list(dict.fromkeys(name for item in items for name in as_object(item)))
    description = as_text(_raw(operation, parameter.key).get("description")).lower().split()
    words = {word.strip(".,;:()`'") for word in description}
    usual = ("id", "uuid", "token", "key", "slug", "number", "code", "name")

    def rank(name: str) -> tuple[int, int]:
        if plain(name) == plain(parameter.key.name):
            return 0, 0
        likely = plain(name) in usual
        return (1 if likely and name.lower() in words else 2 if likely else 9), usual.index(
            plain(name)
        ) if likely else 0

    return [
        *sorted((name for name in names if rank(name)[0] < 9), key=rank),
        *(["_links"] if "_links" in names else []),
    ]


def candidate_value(item: Json, name: str) -> Json:
    """A property of an element as identifier; of links, the last part of the link to itself."""
    if name == "_links":
        href = value_at(item, "/_links/self/href")
        return href.partition("?")[0].rstrip("/").rpartition("/")[2] or None if isinstance(href, str) else None
    value = as_object(item).get(name)
    return None if isinstance(value, dict | list | bool) else value


def choices(
    hints: Hints, exchanges: Sequence[Exchange], fixed: Mapping[ParameterKey, Json]
) -> dict[Parameter, list[Json]]:
    """Values of optional query parameters that the service must accept, in any combination."""
    listing, operation, document = hints.listing, hints.operation, hints.document
    cursor = listing.pagination.parameter if listing and listing.pagination else None
    found: dict[Parameter, list[Json]] = {}
    for parameter in operation.parameters:
        if parameter.key.location != "query" or parameter.key in fixed or parameter == cursor:
            continue
        values: list[Json] = []
        words = enum_values(document, [parameter.schema])
        declared = types(document, [parameter.schema])
        if listing is not None and parameter == listing.size:
            highest = listing.maximum_size or listing.default_size or _SIZES[-1]
            lowest = first(document, [parameter.schema], "minimum")
            least = lowest if isinstance(lowest, int) else 1
            # Both ends of the range: mistakes by one show there.
            values = [*sorted({max(1, least), *(size for size in _SIZES if least <= size <= highest)})]
        elif "array" in declared:
            values = [list[Json](words[:number]) for number in (1, 2) if len(words) >= number]
        elif words:
            values = list(words[:8])
        elif declared <= {"boolean", "null"} and declared:
            values = [True, False]
        else:
            values = observed(hints, parameter, exchanges)[:2]
        judge = ArgumentSpace(operation).judge(parameter)
        values = [value for value in values if judge.is_valid(value)]
        if values:
            found[parameter] = values
    return found


def takes(operation: Operation, parameter: Parameter, value: Json) -> bool:
    """Whether a parameter takes the value of a property; it may be a date where the property is a time."""
    judge = ArgumentSpace(operation).judge(parameter)
    return judge.is_valid(value) or judge.is_valid([value])


def observed(hints: Hints, parameter: Parameter, exchanges: Sequence[Exchange]) -> list[Json]:
    """Values of a parameter that earlier responses of the operation show, the latest response first."""
    found: list[Json] = []
    names = dict(hints.listing.filters) if hints.listing else {}
    bounding = [each for each in hints.listing.ranges if each.parameter == parameter] if hints.listing else []
    for exchange in reversed(exchanges):
        if exchange.operation.name != hints.operation.name or exchange.json is None:
            continue
        if hints.listing is not None and bounding:
            properties = [property_of(item, bounding[0].property) for item in items_of(hints.listing, exchange)]
            values = [bound_of(bounding[0], hints.document, properties)]
        elif hints.listing is not None and parameter in names:
            values = [property_of(item, names[parameter]) for item in items_of(hints.listing, exchange)]
        else:
            values = [value for _, name, value in scalars(exchange.json, 1) if plain(name) == plain(parameter.key.name)]
        for value in values:
            if value is None or isinstance(value, dict | list) or value in found:
                continue
            if not takes(hints.operation, parameter, value):
                continue
            found.append(value)
        if found:
            break
    return found


Row = dict[Parameter, Json]


def all_pairs(parameters: Mapping[Parameter, Sequence[Json]], chance: random.Random, limit: int) -> Iterator[Row]:
    """Rows that together have each pair of values of two parameters; a parameter may also be left out."""
    columns: dict[Parameter, list[tuple[Json, ...]]] = {
        parameter: [(), *((value,) for value in values)] for parameter, values in parameters.items()
    }
    names = list(columns)
    index = {parameter: place for place, parameter in enumerate(names)}
    open_pairs = {
        (left, a, right, b)
        for left in range(len(names))
        for right in range(left + 1, len(names))
        for a in range(len(columns[names[left]]))
        for b in range(len(columns[names[right]]))
    }
    if len(names) == 1:
        yield from ({names[0]: value} for value in parameters[names[0]])
        return
    while open_pairs and limit > 0:
        limit -= 1
        best: list[int] = []
        covered: set[tuple[int, int, int, int]] = set()
        for _ in range(12):
            row = _row(columns, names, open_pairs, chance)
            pairs = {(a, row[a], b, row[b]) for a in range(len(row)) for b in range(a + 1, len(row))} & open_pairs
            if len(pairs) > len(covered):
                best, covered = row, pairs
        if not covered:
            return
        open_pairs -= covered
        chosen = {name: columns[name][best[index[name]]] for name in names}
        yield {name: value[0] for name, value in chosen.items() if value}


def _row(
    columns: Mapping[Parameter, list[tuple[Json, ...]]],
    names: Sequence[Parameter],
    open_pairs: set[tuple[int, int, int, int]],
    chance: random.Random,
) -> list[int]:
    left, a, right, b = min(open_pairs) if chance.random() < 0.5 else chance.choice(sorted(open_pairs))
    row = [-1] * len(names)
    row[left], row[right] = a, b
    for place in chance.sample(range(len(names)), len(names)):
        if row[place] >= 0:
            continue
        options = list(range(len(columns[names[place]])))
        chance.shuffle(options)
        row[place] = max(options, key=lambda option: _gain(place, option, row, open_pairs))
    return row


def _gain(place: int, option: int, row: Sequence[int], open_pairs: set[tuple[int, int, int, int]]) -> int:
    pairs = (
        (min(place, other), option if place < other else value, max(place, other), value if place < other else option)
        for other, value in enumerate(row)
        if value >= 0 and other != place
    )
    return sum(pair in open_pairs for pair in pairs)
