"""Obey the parameters of a listing: filter, order, direction, page size, and the place of the page."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from speclient.build import pagination_words as words
from speclient.build.pagination_words import bare
from speclient.ir import PaginationKind
from speclient.mock.plan import OperationPlan
from speclient.mock.population import Resource
from speclient.mock.ranges import RangeFilter, range_filter
from speclient.mock.resources import Role
from speclient.values.wanted import plain

USUAL_SIZE = 20
"""Items of a page where neither the request nor the document says how many."""
_SORT = ("order", "sort")
_ORDER = frozenset({"ordering", *_SORT, *(f"{word}{end}" for word in _SORT for end in ("by", "field", "column"))})
"""Parameters that name the property to sort by."""
_DIRECTION = frozenset({
    "direction", "dir", *_SORT,
    *(f"{word}{by}{end}" for word in _SORT for by in ("", "by") for end in ("dir", "direction", "order")),
})  # fmt: skip
"""Parameters that say whether the order rises or falls."""
_DESCENDING = frozenset({"desc", "descending", "descend", "reverse", "-1", "newest", "newestfirst"})
_ASCENDING = frozenset({"asc", "ascending", "ascend", "1", "oldest", "oldestfirst"})
_PAGING = words.SIZES | words.PAGES | words.OFFSETS | words.CURSORS
_OWN_CURSOR = "mock-cursor"
"""The query parameter of a link to the next page where the document has none for pages."""


class CursorError(Exception):
    """The request names a place that the listing does not have."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A resource, the object that the listing shows of it, and that object as JSON."""

    resource: Resource
    value: Any
    text: bytes

    def property(self, name: str) -> Any:
        """A property, as the listing shows it or as the resource has it."""
        if isinstance(self.value, dict) and name in self.value:
            return self.value[name]
        if name in self.resource.data:
            return self.resource.data[name]
        for below in self.value.values() if isinstance(self.value, dict) else ():
            if isinstance(below, dict) and name in below:
                return below[name]
        return None


@dataclass(frozen=True, slots=True)
class Selectors:
    """The query parameters of a listing that order, with their names in comparable form, and those that select."""

    order: tuple[tuple[str, str], ...]
    filters: tuple[tuple[str, str], ...]
    """Parameter and the property that has its value."""
    ranges: tuple[RangeFilter, ...]


@dataclass(slots=True)
class Shelf:
    """All resources of a collection as a listing shows them, in the order of creation.

    `names` are the properties of the resources, by their normalized name.
    """

    shown: list[Shown]
    names: dict[str, str] = field(init=False)
    selectors: dict[str, Selectors] = field(default_factory=dict[str, "Selectors"])
    """What the parameters of an operation select and order by, by its key."""
    _numeric: dict[str, bool] = field(default_factory=dict[str, bool])
    _places: dict[tuple[str | None, bool, str], dict[str, tuple[int, int]]] = field(
        default_factory=dict[tuple[str | None, bool, str], "dict[str, tuple[int, int]]"]
    )
    _ordered: dict[tuple[str | None, bool], list[Shown]] = field(
        default_factory=dict[tuple[str | None, bool], "list[Shown]"]
    )

    def __post_init__(self) -> None:
        found = {name for each in self.shown for name in (*each.resource.full, *_keys(each.value))}
        self.names = {plain(name): name for name in sorted(found)}

    def ordered(self, name: str | None, descending: bool) -> list[Shown]:
        """The resources by a property; by creation without one."""
        key = (name, descending)
        if key not in self._ordered:
            if name is None:
                self._ordered[key] = self.shown[::-1] if descending else self.shown
            else:
                self._ordered[key] = sorted(
                    self.shown,
                    key=lambda each: _sort_key(each.property(name), each.resource.number),
                    reverse=descending,
                )
        return self._ordered[key]

    def example(self, member: str) -> Any:
        """A value of a property; None if no resource has one."""
        return next((value for each in self.shown if (value := each.property(member)) is not None), None)

    def is_numeric(self, member: str) -> bool:
        """Whether all values of a property are numbers."""
        if member not in self._numeric:
            values = [value for each in self.shown if (value := each.property(member)) is not None]
            self._numeric[member] = bool(values) and all(isinstance(value, (int, float)) for value in values)
        return self._numeric[member]

    def span(self, name: str | None, descending: bool, member: str, value: Any) -> tuple[int, int] | None:
        """The first and the last index of the resources with a value of a property, in an order."""
        key = (name, descending, member)
        if key not in self._places:
            places: dict[str, tuple[int, int]] = {}
            for index, each in enumerate(self.ordered(name, descending)):
                text = str(each.property(member))
                places[text] = (places.get(text, (index, index))[0], index)
            self._places[key] = places
        return self._places[key].get(str(value))


@dataclass(slots=True)
class Page:
    """One page: its items, the values of other properties of the body by pointer, and headers."""

    items: list[Shown]
    total: int
    size: int
    next: Any = None
    """The cursor or the address of the next page; None on the last one."""
    more: bool = False
    number: int = 0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)  # Not frozen, as `_Visit`.
class Inquiry:
    """A request for a page: the operation, its role, the arguments, and the address as sent."""

    operation: OperationPlan
    role: Role
    arguments: Mapping[str, Any]
    address: str
    query: str
    takes: Callable[[str | None, Any], bool]
    """Whether a parameter takes a value."""
    stuck: bool = False
    """Fault: the cursor of the next page is the one of this page."""
    overlap: int = 0
    """Fault: items of the page before that are repeated."""


def page_of(inquiry: Inquiry, shelf: Shelf) -> Page:
    """The requested page of a collection.

    Args:
        inquiry: the request.
        shelf: all resources.

    Raises:
        CursorError: the cursor cannot be understood.
    """
    pagination = inquiry.role.pagination
    order, descending = _order(inquiry, shelf)
    ordered = shelf.ordered(order, descending)
    filters = _filters(inquiry, shelf)
    kept = [each for each in ordered if filters(each)] if filters is not None else ordered
    size = _size(inquiry, len(kept))
    kind = pagination.kind if pagination is not None else None
    parameter = pagination.parameter if pagination is not None else None
    argument = inquiry.arguments.get(parameter) if parameter is not None else None
    if pagination is not None and pagination.in_body and argument is not None and _opaque(argument) is None:
        argument = None  # An example of a body may contain any text as cursor.
    if kind in ("link", "hal"):
        kind, parameter, argument = _by_parameter(inquiry)
    if kind is None:
        page = Page(kept[:size], len(kept), size)
        page.more = len(kept) > size
        return page
    if kind == "cursor":
        start = 0 if argument is None else _place(inquiry, shelf, order, descending, argument)
        rest, before = ordered[start:], ordered[:start]
        if filters is not None:
            rest = [each for each in rest if filters(each)]
            before = [each for each in before if filters(each)]
    else:
        first = _first(inquiry, parameter)
        index = int(argument) if isinstance(argument, (int, float)) else _number(argument, first)
        if index < first:
            raise CursorError(f"{parameter}: expected at least {first}, got {index}")
        start = index - first if kind == "offset" else (index - first) * size
        rest, before = kept[start:], kept[:start]
    overlap = before[len(before) - min(inquiry.overlap, len(before), max(0, size - 1)) :] if inquiry.overlap else []
    items = [*overlap, *rest][:size]
    page = Page(items, len(kept), size, more=size > 0 and len(overlap) + len(rest) > size)
    page.number = (start // size if size else 0) + (_first(inquiry, parameter) if kind == "page" else 1)
    after = rest[len(items) - len(overlap) :][:1]
    member = _member(inquiry, order) if kind == "cursor" else None
    # A value that two items share is no place between them.
    is_tied = False
    if member is not None and items and after:
        is_tied = items[-1].property(member) == after[0].property(member)
    following = _following(inquiry, kind, parameter, argument, start, page, order, is_tied)
    _lead_on(inquiry, page, kind, parameter, following)
    return page


def _lead_on(inquiry: Inquiry, page: Page, kind: str, parameter: str | None, following: Any) -> None:
    """State the place of the next page in the way of the operation."""
    pagination = inquiry.role.pagination
    assert pagination is not None
    if not page.more or following is None:
        return
    if pagination.kind in ("link", "hal"):
        name = parameter or _OWN_CURSOR
        pairs = [(key, value) for key, value in parse_qsl(inquiry.query, keep_blank_values=True) if key != name]
        address = f"{inquiry.address}?{urlencode([*pairs, (name, following)])}"
        if pagination.kind == "link":
            page.headers = (("link", f'<{address}>; rel="next"'),)
        else:
            page.next = address
    elif kind == "cursor" or (pagination.next and kind in ("offset", "page")):
        page.next = following


def _following(
    inquiry: Inquiry,
    kind: str,
    parameter: str | None,
    argument: Any,
    start: int,
    page: Page,
    order: str | None,
    is_tied: bool,
) -> Any:
    """The value of the parameter for the next page."""
    if kind == "cursor":
        if inquiry.stuck and argument is not None:
            return argument
        pagination = inquiry.role.pagination
        assert pagination is not None
        member = _member(inquiry, order)
        if not page.items:
            return None
        last = page.items[-1]
        value = last.property(member) if member is not None else None
        if value is not None and not is_tied:
            return value
        cursor = _written(last.resource.number)
        return cursor if inquiry.takes(parameter, cursor) else last.resource.number
    first = _first(inquiry, parameter)
    if inquiry.stuck and argument is not None:
        return argument
    if kind == "offset":
        return first + start + page.size
    return first + (start // page.size if page.size else 0) + 1


# Order and filters


def _order(inquiry: Inquiry, shelf: Shelf) -> tuple[str | None, bool]:
    """The property that orders the resources, and whether it falls."""
    name: str | None = None
    descending = False
    for parameter, word in _selectors(inquiry, shelf).order:
        value = inquiry.arguments.get(parameter)
        if value is None:
            continue
        if word in _DIRECTION and isinstance(value, str) and bare(value) in _DESCENDING | _ASCENDING:
            descending = bare(value) in _DESCENDING
        elif word in ("desc", "descending", "reverse") and isinstance(value, bool):
            descending = value
        elif word in ("asc", "ascending") and isinstance(value, bool):
            descending = not value
        elif word in _ORDER:
            text = str(value[0] if isinstance(value, list) and value else value)
            found, falls = _order_of(text, shelf)
            if found is not None:
                name = found
                descending = descending if falls is None else falls
    pagination = inquiry.role.pagination
    if name is None and pagination is not None and pagination.member_from is not None:
        name = pagination.member_default
    return name, descending


def _order_of(text: str, shelf: Shelf) -> tuple[str | None, bool | None]:
    """The property that a value such as `-created_at` or `createdAt:desc` names, and the direction."""
    falls: bool | None = None
    stem = text.strip()
    if stem[:1] in "+-" and stem:
        falls, stem = stem[0] == "-", stem[1:]
    found = re.fullmatch(r"(.+?)[\s:,._|-]*(asc|desc|ascending|descending)", stem, re.IGNORECASE)
    if found is not None:
        falls, stem = found[2].lower().startswith("desc"), found[1]
    for word in (plain(stem), f"{plain(stem)}at", f"{plain(stem)}time", f"{plain(stem)}date"):
        if word in shelf.names:
            return shelf.names[word], falls
    return None, falls


def _keys(value: Any) -> Sequence[str]:
    return list(value) if isinstance(value, dict) else []


def _sort_key(value: Any, number: int) -> tuple[Any, ...]:
    """Numbers before text before other values; absent ones last. Text compares as written, which suits RFC 3339."""
    if isinstance(value, bool) or value is None:
        return (2 if value is None else 1, 0, str(value), number)
    if isinstance(value, (int, float)):
        return (0, value, "", number)
    return (1, 0, value if isinstance(value, str) else json.dumps(value, sort_keys=True), number)


def _selectors(inquiry: Inquiry, shelf: Shelf) -> Selectors:
    """The parameters of the operation that order and filter; derived once per shelf."""
    key = inquiry.operation.key
    selectors = shelf.selectors.get(key)
    if selectors is not None:
        return selectors
    pagination = inquiry.role.pagination
    paging = (
        {pagination.parameter, pagination.size, pagination.member_from} if pagination is not None else set[str | None]()
    )
    order: list[tuple[str, str]] = []
    filters: list[tuple[str, str]] = []
    ranges: list[RangeFilter] = []
    for parameter in inquiry.operation.parameters:
        if parameter.place != "query":
            continue
        word = bare(parameter.name)
        if word in _ORDER | _DIRECTION | _DESCENDING | _ASCENDING:
            order.append((parameter.name, word))
        if parameter.name in paging or word in _ORDER | _DIRECTION | _PAGING:
            continue
        bracket = re.fullmatch(r"filter\[([^\]]+)\]", parameter.name)
        name = shelf.names.get(plain(bracket[1] if bracket else parameter.name))
        if name is not None:
            filters.append((parameter.name, name))
        elif (found := range_filter(parameter.name, shelf.names, shelf.example)) is not None:
            ranges.append(found)
    selectors = shelf.selectors[key] = Selectors(tuple(order), tuple(filters), tuple(ranges))
    return selectors


def _filters(inquiry: Inquiry, shelf: Shelf) -> Callable[[Shown], bool] | None:
    """Whether a resource passes the filters of a request; None if it has none."""
    arguments, selectors = inquiry.arguments, _selectors(inquiry, shelf)
    equal = {name: arguments[parameter] for parameter, name in selectors.filters if parameter in arguments}
    ranges = [each for each in selectors.ranges if each.parameter in arguments]
    if not equal and not ranges:
        return None
    return lambda shown: (
        _matches(equal, shown)
        and all(each.admits(arguments[each.parameter], shown.property(each.property)) for each in ranges)
    )


def _matches(filters: Mapping[str, Any], shown: Shown) -> bool:
    """Whether a resource passes all filters; one of several wanted values is enough."""
    for name, wanted in filters.items():
        value = shown.property(name)
        if isinstance(value, dict):
            continue
        accepted = wanted if isinstance(wanted, list) else [wanted]
        held = value if isinstance(value, list) else [value]
        if not any(_same(one, other) for one in accepted for other in held):
            return False
    return True


def _same(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value or str(wanted).lower() == str(value).lower()
    if isinstance(wanted, (int, float)) and isinstance(value, (int, float)):
        return wanted == value
    return str(wanted) == str(value)


# Places


def _size(inquiry: Inquiry, total: int) -> int:
    pagination = inquiry.role.pagination
    name = pagination.size if pagination is not None else None
    if name is None:
        usual = [
            each.name
            for each in inquiry.operation.parameters
            if each.place == "query" and bare(each.name) in words.SIZES
        ]
        name = usual[0] if len(usual) == 1 else None
    value = inquiry.arguments.get(name) if name is not None else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return max(0, math.floor(min(value, 10_000)))
    if isinstance(value, str) and value.isdigit():
        return min(int(value), 10_000) if len(value) < 6 else 10_000
    return USUAL_SIZE if pagination is not None else total


def _by_parameter(inquiry: Inquiry) -> tuple[PaginationKind, str | None, Any]:
    """How the pages that links lead to are counted: by the parameter of the document, else by one of the mock."""
    kinds: tuple[tuple[PaginationKind, frozenset[str]], ...] = (
        ("page", words.PAGES),
        ("offset", words.OFFSETS),
        ("cursor", words.CURSORS | words.WEAK_CURSORS),
    )
    for kind, names in kinds:
        for parameter in inquiry.operation.parameters:
            if parameter.place == "query" and bare(parameter.name) in names:
                value = inquiry.arguments.get(parameter.name)
                if kind == "cursor" or value is None or _is_number(value):
                    return kind, parameter.name, value
    sent = dict(parse_qsl(inquiry.query))
    return "cursor", None, sent.get(_OWN_CURSOR)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, str) and value.isdigit() and len(value) < 16)


def _first(inquiry: Inquiry, parameter: str | None) -> int:
    pagination = inquiry.role.pagination
    if pagination is not None and pagination.first is not None:
        return pagination.first
    for each in inquiry.operation.parameters:
        if each.name == parameter and bare(each.name) in words.PAGES:
            return 0 if each.default == 0 else 1
    return 0


def _number(argument: Any, first: int) -> int:
    if argument is None:
        return first
    if _is_number(argument):
        return int(argument)
    raise CursorError(f"{argument!r} is not the number of a page")


def _member(inquiry: Inquiry, order: str | None) -> str | None:
    """The property of the last item that is the next cursor."""
    pagination = inquiry.role.pagination
    if pagination is None:
        return None
    if pagination.member_from is not None:
        return order
    return pagination.member


def _place(inquiry: Inquiry, shelf: Shelf, order: str | None, descending: bool, cursor: Any) -> int:
    """The index of the first item of the page that the cursor names."""
    ordered = shelf.ordered(order, descending)
    member = _member(inquiry, order)
    opaque = _opaque(cursor)
    if member is None or opaque is not None:
        number = _read(cursor)
        for index, each in enumerate(ordered):
            if each.resource.number == number:
                return index + 1
        if number > 0 and any(each.resource.number > number for each in ordered):
            # The last item of the page before was removed since.
            later = [i for i, each in enumerate(ordered) if (each.resource.number < number) == descending]
            return min(later, default=len(ordered))
        return len(ordered)
    skip = 1 if _is_exclusive(inquiry) else 0
    equal = shelf.span(order, descending, member, cursor)
    if equal is not None:
        return equal[1] + 1 if skip else equal[0]
    if member != (order or member):
        raise CursorError(f"{cursor!r} names no item")
    typed = _typed_like(cursor, shelf, member)
    if typed is None:
        return len(ordered)
    edge = _sort_key(typed, 0)[:3]
    for index, each in enumerate(ordered):
        key = _sort_key(each.property(member), 0)[:3]
        if (key < edge) if descending else (key > edge):
            return index
    return len(ordered)


def _is_exclusive(inquiry: Inquiry) -> bool:
    # `starting_after` says by its name that the item itself is left out.
    pagination = inquiry.role.pagination
    return inquiry.role.exclusive or (pagination is not None and pagination.inferred)


def _typed_like(cursor: Any, shelf: Shelf, member: str) -> Any:
    """The cursor as a value of the property; None when it is of another type, and so not comparable."""
    if not shelf.is_numeric(member):
        return str(cursor)
    if isinstance(cursor, (int, float)):
        return cursor
    return int(cursor) if str(cursor).isascii() and str(cursor).isdigit() and len(str(cursor)) < 19 else None


_WRITTEN = base64.urlsafe_b64encode(b'{"after"').decode().rstrip("=")[:-1]
"""How each opaque cursor begins."""


def _written(number: int) -> str:
    """An opaque cursor that says after which resource the next page begins."""
    return base64.urlsafe_b64encode(json.dumps({"after": number}).encode()).decode().rstrip("=")


def _opaque(cursor: Any) -> int | None:
    """The number in a cursor that `_written` made; None for any other."""
    text = str(cursor)
    if not text.startswith(_WRITTEN):
        return None
    try:
        number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))["after"]
    except (ValueError, binascii.Error, TypeError, KeyError, RecursionError):
        return None
    return number if type(number) is int else None


def _read(cursor: Any) -> int:
    number = _opaque(cursor)
    if number is not None:
        return number
    text = str(cursor)
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise CursorError(f"the cursor {text[:40]!r} is not one of this listing")
