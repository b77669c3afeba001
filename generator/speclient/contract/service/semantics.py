"""Whether a response is the one that the request asked for: limit, order, filters, and parameters that come back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ..jsontypes import Json, as_array, as_object, value_at
from ..operations import Parameter
from ..rfc3339 import instant
from .conformance import Violation
from .exchange import Exchange, Intent, text_of
from .hints import Hints, Listing
from .shapes import enum_values, first, plain, scalars, schemas_at, types

_TEXT_SEARCH = ("name", "title", "description", "label", "text", "query", "search", "summary", "message")


def judge_semantics(hints: Hints, exchange: Exchange) -> Iterator[tuple[str, list[Violation]]]:
    """Each check that applies to a successful response, with its violations."""
    if exchange.json is None or exchange.intent is Intent.INVALID:
        return
    listing = hints.listing
    if listing is not None and isinstance(value_at(exchange.json, listing.items), list):
        if listing.size is not None:
            yield "limit", list(_limit(listing, exchange))
        if listing.order is not None:
            yield "order", list(_order(listing, exchange))
        if any(exchange.argument(parameter) is not None for parameter in listing.selecting):
            yield "filter", list(_filter(hints, listing, exchange))
    if (found := list(_echo(hints, listing, exchange))) or _echoes(hints, listing, exchange):
        yield "echo", found


def items_of(listing: Listing, exchange: Exchange) -> list[Json]:
    """The elements of the list in a response."""
    return as_array(value_at(exchange.json, listing.items))


def identity_of(listing: Listing, item: Json) -> str:
    """What identifies an element, as text; empty without it."""
    value = value_at(item, listing.identity) if listing.identity else None
    return "" if value is None or isinstance(value, dict | list) else text_of(value)


def _limit(listing: Listing, exchange: Exchange) -> Iterator[Violation]:
    assert listing.size is not None
    name, number = listing.size.key.name, len(items_of(listing, exchange))
    text = exchange.argument(listing.size)
    if text is None:
        bound = listing.default_size if name not in exchange.query else None
        why = f"at most {bound} elements, the default of {name}"
    else:
        bound = int(text) if re.fullmatch(r"[1-9]\d{0,8}", text) else None
        why = f"at most {bound} elements, as {name}={bound} asks for"
    if bound is not None and number > bound:
        yield Violation("limit", why, f"{number} elements", key="default" if text is None else "limit")


def ordering(listing: Listing, exchange: Exchange) -> tuple[str, bool] | None:
    """The property that orders the list and whether it descends; None if the request and the document leave it open."""
    order = listing.order
    if order is None or order.by is None:
        return None
    word = exchange.argument(order.by) if order.by.key.name in exchange.query else order.default
    name, descending = order.values.get(word or "", ("", None))
    if not name:
        return None
    if descending is None:
        direction = order.default_direction
        if order.direction is not None and order.direction.key.name in exchange.query:
            direction = exchange.argument(order.direction) or ""
        if plain(direction)[:3] not in ("asc", "des"):
            return None
        descending = plain(direction).startswith("des")
    return name, descending


def sort_key(value: Json) -> tuple[str, Any] | None:
    """The kind and the value to compare by; None for values whose order is a matter of taste."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return "number", value
    if isinstance(value, str):
        if re.fullmatch(r"\d{1,18}", value):
            return "number", int(value)
        moment = instant(value)
        if moment is not None:
            return "instant", moment
        # Collations differ in case, accents and punctuation.
        return ("text", value) if re.fullmatch(r"[a-z0-9]+", value) else None
    return None


def _order(listing: Listing, exchange: Exchange) -> Iterator[Violation]:
    wanted = ordering(listing, exchange)
    if wanted is None:
        return
    name, descending = wanted
    keys = [
        (key, value) for item in items_of(listing, exchange) if (key := sort_key(value := as_object(item).get(name)))
    ]
    if len({key[0] for key, _ in keys}) != 1:
        return
    for (left, shown_left), (right, shown_right) in pairwise(keys):
        if left[1] < right[1] if descending else left[1] > right[1]:
            direction = "descending" if descending else "ascending"
            yield Violation(
                "order",
                f"elements in {direction} order of {name}",
                f"{shown_left!r} before {shown_right!r}",
                key=f"{name} {direction}",
            )
            return


def _filter(hints: Hints, listing: Listing, exchange: Exchange) -> Iterator[Violation]:
    for parameter, name in listing.filters:
        values = exchange.query.get(parameter.key.name)
        if not values:
            continue
        values = [value for value in values if value]
        if not parameter.explode and "array" in types(hints.document, [parameter.schema]):
            values = [part for value in values for part in re.split(r"[,| ]", value)]
        for item in items_of(listing, exchange) if values else ():
            property_ = property_of(item, name)
            if property_ is None or matches(hints, parameter, property_, values):
                continue
            shown = " or ".join(repr(value) for value in values)
            expected = f"only elements whose {name} is {shown}"
            yield Violation("filter", expected, f"an element with {property_!r}"[:200], key=parameter.key.name)
            break
    for each in listing.ranges:
        bound = exchange.argument(each.parameter)
        properties = [property_of(item, each.property) for item in items_of(listing, exchange)]
        outside = next((value for value in properties if bound is not None and each.excludes(bound, value)), None)
        if outside is not None:
            word, name = "least" if each.is_lower else "most", each.parameter.key.name
            expected = f"only elements whose {each.property} is at {word} {bound}, as {name} asks for"
            yield Violation("filter", expected, f"an element with {outside!r}"[:200], key=name)


def property_of(item: Json, name: str) -> Json:
    """A property of an element, or of an object in it if the element has none of that name."""
    item = as_object(item)
    if name in item:
        return item[name]
    nested = [as_object(value)[name] for value in item.values() if name in as_object(value)]
    return nested[0] if len(nested) == 1 else None


def matches(hints: Hints, parameter: Parameter, value: Json, wanted: list[str]) -> bool:
    """Whether a property has one of the values that a filter asks for."""
    if isinstance(value, list):
        return any(matches(hints, parameter, each, wanted) for each in value) or not value
    if isinstance(value, dict):
        return True
    text = text_of(value)
    if any(same_text(text, each) for each in wanted):
        return True
    is_search = plain(parameter.key.name) in _TEXT_SEARCH and not enum_values(hints.document, [parameter.schema])
    return is_search and any(each.lower() in text.lower() for each in wanted)


def same_text(left: str, right: str) -> bool:
    """Whether two texts stand for one scalar: numbers by value, date-times by instant, UUIDs in any case."""
    if left == right:
        return True
    number = r"-?\d{1,30}"
    if re.fullmatch(number, left) and re.fullmatch(number, right):
        return int(left) == int(right)
    if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", left):
        return left.lower() == right.lower()
    moment = instant(left)
    if moment is not None and re.fullmatch(r"\d{4}-\d\d-\d\d", right):
        return left.startswith(right)
    return moment is not None and moment == instant(right)


_OWN_WORDS = frozenset(
    {"code", "guid", "id", "key", "label", "name", "number", "sid", "slug", "title", "token", "type", "uuid"}
)
"""Names of properties that each object has for itself."""


def _echoes(hints: Hints, listing: Listing | None, exchange: Exchange) -> list[tuple[Parameter, str, Json]]:
    """Parameter, pointer and value of each scalar in the body that repeats a parameter by its name."""
    body = exchange.json
    if not isinstance(body, dict):
        return []
    found: list[tuple[Parameter, str, Json]] = []
    names = {
        plain(each.key.name): each for each in hints.operation.parameters if each.key.location in ("path", "query")
    }
    cursor = listing.pagination.parameter if listing and listing.pagination else None
    for pointer, name, value in scalars(body, 1 if listing is not None else 2):
        parameter = names.get(plain(name))
        nested = pointer.count("/") > 1
        if parameter is None or parameter == cursor or (nested and parameter.key.location != "path"):
            continue
        # `id` or `name` of an object below is usually that of another resource.
        if nested and plain(name) in _OWN_WORDS:
            continue
        found.append((parameter, pointer, value))
    if listing is None and not any(parameter.key.location == "path" for parameter, _, _ in found):
        found += _identity_echo(hints, body)
    return found


def _identity_echo(hints: Hints, body: dict[str, Json]) -> Iterator[tuple[Parameter, str, Json]]:
    """`/things/{thingId}` returns the thing whose `id` that is."""
    path = re.fullmatch(r".*/([^/{}]+)/\{([^{}]+)\}", hints.operation.path)
    value = body.get("id")
    if path is None or value is None or isinstance(value, dict | list):
        return
    collection, name = plain(path[1]), plain(path[2])
    stem = name.removesuffix("id")
    if name == "id" or (stem != name and stem and collection.startswith(stem[:-1])):
        for parameter in hints.operation.parameters:
            if parameter.key.location == "path" and parameter.key.name == path[2]:
                yield parameter, "/id", value


def _echo(hints: Hints, listing: Listing | None, exchange: Exchange) -> Iterator[Violation]:
    for parameter, pointer, value in _echoes(hints, listing, exchange):
        sent = exchange.argument(parameter)
        if sent is None and listing is not None and parameter.key.name not in exchange.query:
            default = first(hints.document, [parameter.schema], "default")
            sent = None if default is None or isinstance(default, dict | list) else text_of(default)
        if sent is None or isinstance(value, dict | list) or same_text(text_of(value), sent):
            continue
        if listing is not None and parameter == listing.size and _is_smaller_page(listing, value, sent):
            continue
        if parameter.key.location == "query" and not _fits(hints, pointer, sent):
            continue
        expected = f"{pointer} = {sent!r}, as the {parameter.key} asks for"
        check = "identity" if parameter.key.location == "path" else "echo"
        yield Violation(check, expected, text_of(value)[:200], key=pointer)


def _is_smaller_page(listing: Listing, value: Json, sent: str) -> bool:
    """Whether the service may have reduced a large page size; it has no reason to reduce a small one."""
    small = listing.default_size or 10
    return isinstance(value, int) and sent.isdigit() and value < int(sent) and int(sent) > small


def _fits(hints: Hints, pointer: str, sent: str) -> bool:
    """Whether the property can have the value of the parameter at all; if not, they only share a name."""
    schemas = schemas_at(hints.document, hints.bodies, pointer)
    words = enum_values(hints.document, schemas)
    declared = types(hints.document, schemas)
    if words:
        return sent in [text_of(word) for word in words]
    if declared <= {"boolean", "null"}:
        return sent in ("true", "false")
    if declared <= {"integer", "number", "null"}:
        return re.fullmatch(r"-?\d+(\.\d+)?", sent) is not None
    return True
