"""Walks through the pages of a list: no element twice, none left out, a cursor that moves, and an end."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from ..jsontypes import Json, as_object, value_at
from ..operations import Operation, ParameterKey
from .conformance import Violation
from .exchange import Exchange, Intent, text_of
from .hints import Listing, Pagination
from .inspector import Inspector
from .reach import Reach, Values
from .semantics import identity_of, items_of, ordering
from .shapes import enum_values
from .values import takes, typed_value

_MAX_PAGES = 14
_WHOLE = 4
"""Pages of the largest size that are read to know the whole list."""


@dataclass
class Walk:
    """The elements of a list as its pages showed them."""

    items: list[Json] = field(default_factory=list[Json])
    pages: int = 0
    is_complete: bool = False
    stuck: str = ""
    last: Exchange | None = None


def everything(inspector: Inspector, operation: Operation, values: Values) -> Walk | None:
    """The list read with the largest pages; not complete if it is too long. None if the budget is used up."""
    listing = inspector.hints(operation).listing
    assert listing is not None
    size = listing.maximum_size or max(listing.default_size or 0, 100)
    sized = values if listing.size is None else {**values, listing.size.key: min(size, 1000)}
    if listing.pagination is None:
        exchange = inspector.send(operation, sized, Intent.VALID)
        if exchange is None or exchange.json is None:
            return None
        items = items_of(listing, exchange)
        full = listing.size is not None and len(items) >= size
        return Walk(list(items), 1, is_complete=not full, last=exchange)
    return walk(inspector, operation, sized, _WHOLE)


def walk(inspector: Inspector, operation: Operation, values: Values, pages: int) -> Walk | None:
    """Read pages until the list ends. None if the budget is used up or a page cannot be read."""
    listing = inspector.hints(operation).listing
    assert listing is not None
    assert listing.pagination is not None
    pagination, result, current = listing.pagination, Walk(), dict(values)
    next_in_body = False
    seen_pages: list[str] = []
    while result.pages < pages:
        exchange = inspector.send(operation, current, Intent.VALID)
        if exchange is None or exchange.json is None:
            return None
        items = items_of(listing, exchange)
        result.pages += 1
        result.last = exchange
        shown = json.dumps([identity_of(listing, item) or as_object(item) for item in items], default=str)
        if items and seen_pages and shown == seen_pages[-1]:
            result.stuck = f"page {result.pages} has the same elements as the page before"
            return result
        seen_pages.append(shown)
        result.items += items
        following, from_body = _next(listing, pagination, exchange, current, next_in_body)
        next_in_body = next_in_body or from_body
        if following is None:
            result.is_complete = True
            return result
        if following == current:
            result.stuck = f"the cursor of page {result.pages} leads to the same page again"
            return result
        current = following
    return result


def _next(
    listing: Listing, pagination: Pagination, exchange: Exchange, current: Values, next_in_body: bool
) -> tuple[Values | None, bool]:
    """The arguments of the next page, None at the end; and whether the body names it."""
    items = items_of(listing, exchange)
    if pagination.more and value_at(exchange.json, pagination.more) is False:
        return None, False
    if pagination.kind == "link":
        found = re.search(r'<([^<>]*)>\s*;[^,]*rel="?next"?', exchange.header("link") or "")
        return (_from_url(exchange, current, found[1]), True) if found else (None, False)
    named = value_at(exchange.json, pagination.next) if pagination.next else None
    if isinstance(named, dict):
        named = named.get("href")
    if named not in (None, "", False) and not isinstance(named, list | dict):
        if pagination.kind == "hal" or (isinstance(named, str) and named.startswith(("http://", "https://", "/"))):
            return _from_url(exchange, current, str(named)), True
        if pagination.parameter is not None:
            return {**current, pagination.parameter.key: named}, True
    if next_in_body or pagination.parameter is None or not items:
        return None, False
    key = pagination.parameter.key
    if pagination.kind == "offset":
        start = current.get(key)
        return {**current, key: (start if isinstance(start, int) else pagination.first) + len(items)}, False
    if pagination.kind == "page":
        page = current.get(key)
        return {**current, key: (page if isinstance(page, int) else pagination.first) + 1}, False
    name = pagination.last_item
    if pagination.order_parameter:
        wanted = ordering(listing, exchange)
        name = wanted[0] if wanted else ""
    value = value_at(items[-1], f"/{name}") if name else None
    return (None, False) if value is None or isinstance(value, dict | list) else ({**current, key: value}, False)


def _from_url(exchange: Exchange, current: Values, url: str) -> Values | None:
    """The arguments in the URL of the next page."""
    values = dict(current)
    for name, text in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        parameter = exchange.operation.parameter(ParameterKey("query", name))
        if parameter is not None:
            typed = typed_value(exchange.operation, parameter, text)
            values[parameter.key] = text if typed is None else typed
    return values


def check_pagination(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """Walk the list with small pages and compare it with the whole list, in each direction and with a filter."""
    listing = inspector.hints(operation).listing
    if operation.name not in reach.known or listing is None or listing.pagination is None:
        return
    known = {**reach.known[operation.name], **_stable_order(listing)}
    variants: list[Values] = [known]
    if listing.order is not None and listing.order.direction is not None:
        words = enum_values(operation.document, [listing.order.direction.schema])
        variants += [
            {**known, listing.order.direction.key: word} for word in words if word != listing.order.default_direction
        ][:1]
    whole = everything(inspector, operation, known)
    for parameter, name in listing.filters:
        values = [value for item in (whole.items if whole else []) if (value := as_object(item).get(name)) is not None]
        common = max(values, key=values.count, default=None) if all(isinstance(each, str) for each in values) else None
        if common is not None and values.count(common) > 3 and takes(operation, parameter, common):
            variants.append({**known, parameter.key: common})
            break
    for place, variant in enumerate(variants):
        size = (7, 11, 3)[place % 3]
        violations, last = _walked(inspector, operation, listing, variant, size)
        # A list that changes meanwhile can look like this once.
        if violations:
            again, last = _walked(inspector, operation, listing, variant, size)
            kinds = {violation.check for violation in again}
            violations = [violation for violation in violations if violation.check in kinds]
        if last is not None:
            inspector.record(last, "pagination", violations, variant)


def _stable_order(listing: Listing) -> Values:
    """The order by identity, in which no two elements are equal, if there is one."""
    order, name = listing.order, listing.identity.removeprefix("/")
    if order is None or order.by is None:
        return {}
    word = next((word for word, (property_, _) in order.values.items() if property_ == name), None)
    return {} if word is None else {order.by.key: word}


def _walked(
    inspector: Inspector, operation: Operation, listing: Listing, values: Values, size: int
) -> tuple[list[Violation], Exchange | None]:
    before = everything(inspector, operation, values)
    if before is None:
        return [], None
    number = len(before.items)
    if number < size * 2:
        size = max(1, number // 3)
    if number and number % size == 0 and size > 1 and before.is_complete:
        size -= 1  # A last page that is not full shows more.
    sized = values if listing.size is None else {**values, listing.size.key: size}
    expected_pages = number // size + 3 if before.is_complete else _MAX_PAGES
    small = walk(inspector, operation, sized, max(_MAX_PAGES, min(expected_pages, 3 * _MAX_PAGES)))
    after = everything(inspector, operation, values)
    if small is None or after is None or small.last is None:
        return [], small.last if small else None
    violations: list[Violation] = []
    if small.stuck:
        violations.append(Violation("cursor_stuck", "a cursor that leads to the next page", small.stuck))
    walked = [identity for item in small.items if (identity := identity_of(listing, item))]
    twice = sorted({identity for identity in walked if walked.count(identity) > 1})
    if twice:
        shown = f"{len(twice)} elements twice: those with {listing.identity} {', '.join(twice[:5])}"
        violations.append(Violation("pages_overlap", f"each element once in pages of {size}", shown))
    if (
        not small.is_complete
        and not small.stuck
        and before.is_complete
        and after.is_complete
        and small.pages >= expected_pages
    ):
        grown = len(after.items) - len(before.items)
        if len(small.items) > number + max(grown, 0) + size:
            actual = f"{small.pages} pages and no end, although the list has {number} elements"
            violations.append(Violation("pages_end", "a last page", actual))
    if not small.stuck:
        violations += _gaps(listing, before, small, after)
    return violations, small.last


def _gaps(listing: Listing, before: Walk, small: Walk, after: Walk) -> list[Violation]:
    """Elements that the whole list has before and after, and the walk does not."""
    walked = [identity_of(listing, item) for item in small.items]
    later = {identity_of(listing, item) for item in after.items}
    expected = [identity for item in before.items if (identity := identity_of(listing, item)) and identity in later]
    if not small.is_complete and walked:
        # The walk was broken off: only what comes before its last element can be missing.
        if walked[-1] not in expected:
            return []
        expected = expected[: expected.index(walked[-1])]
    elif not before.is_complete:
        return []
    lost = [identity for identity in expected if identity not in set(walked)]
    if not lost:
        return []
    actual = f"{len(lost)} elements are on no page: those with {listing.identity} {', '.join(map(text_of, lost[:5]))}"
    return [Violation("pages_gap", "each element on a page", actual)]
