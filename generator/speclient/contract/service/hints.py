"""What an operation promises beyond its schemas: pages, order, filters, states. Read from `x-speclient`, else inferred.

Source: docs/reference/x-speclient.md. The reading is the engine's own, as all of its readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..jsontypes import Json, as_array, as_object, as_text
from ..operations import Operation, Parameter, operations
from ..source import Document
from .ranges import RangeFilter, range_filters
from .shapes import elements, enum_values, first, plain, properties, schemas_at, success_schemas, types

_SIZE = [
    "limit",
    "pagesize",
    "perpage",
    "size",
    "count",
    "maxresults",
    "maxitems",
    "top",
    "first",
    "take",
    "itemsperpage",
]
_CURSOR = [
    "cursor",
    "pagetoken",
    "after",
    "startingafter",
    "nexttoken",
    "continuationtoken",
    "startingfrom",
    "continue",
]
_NEXT = ["nextcursor", "nextpagetoken", "next", "cursor", "nexttoken", "continuationtoken", "endcursor"]
_OFFSET = ["offset", "skip", "start", "startindex"]
_PAGE = ["page", "pagenumber", "pageno"]
_ORDER = ("order", "sort")
_CONTAINERS = ["data", "items", "results", "values", "records", "entries", "embedded", "list", "content"]
_IDENTITY = ["id", "uuid", "guid", "token", "key", "slug"]
_SUCCESS = ["done", "completed", "complete", "succeeded", "success", "successful", "finished"]
_FAILURE = [
    "failed",
    "failure",
    "error",
    "errored",
    "cancelled",
    "canceled",
    "timedout",
    "aborted",
    "expired",
    "rejected",
]
_WAITING = [
    "queued",
    "pending",
    "enqueued",
    "waiting",
    "waitingtorun",
    "scheduled",
    "created",
    "submitted",
    "new",
    "accepted",
]
_ACTIVE = [
    "running",
    "inprogress",
    "processing",
    "active",
    "started",
    "executing",
    "working",
    "rendering",
    "initializing",
]
_STATE = ("status", "state", "phase")


@dataclass(frozen=True)
class Pagination:
    """How to get the next page. The names are those of `x-speclient: {pagination: ...}`."""

    kind: str
    parameter: Parameter | None
    next: str = ""
    last_item: str = ""
    order_parameter: str = ""
    more: str = ""
    first: int = 0


@dataclass(frozen=True)
class Order:
    """Which parameters order a list: `values` maps a value of `by` to a property and whether it is descending."""

    by: Parameter | None
    direction: Parameter | None
    values: Mapping[str, tuple[str, bool | None]]
    default: str
    default_direction: str


@dataclass(frozen=True)
class Listing:
    """An operation whose response has a list."""

    items: str
    schemas: Sequence[Json]
    identity: str
    size: Parameter | None
    default_size: int | None
    maximum_size: int | None
    pagination: Pagination | None
    order: Order | None
    filters: tuple[tuple[Parameter, str], ...]
    """Parameter and the property of an element that it selects by."""
    ranges: tuple[RangeFilter, ...] = ()

    @property
    def selecting(self) -> list[Parameter]:
        """The parameters that select elements."""
        return [*(parameter for parameter, _ in self.filters), *(each.parameter for each in self.ranges)]


@dataclass(frozen=True)
class Lifecycle:
    """Which values of a property are states, and which of them are terminal."""

    status: str
    success: frozenset[str]
    failure: frozenset[str]
    running: frozenset[str]

    def stage(self, state: str) -> int | None:
        """0 waiting, 1 active, 2 terminal; None for a state whose place is not known."""
        if state in self.success or state in self.failure:
            return 2
        name = plain(state)
        return 0 if name in _WAITING else 1 if name in _ACTIVE and state in self.running else None


class Hints:
    """The hints of one operation."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.document: Document = operation.document
        self.bodies = success_schemas(operation.responses)
        self._extension = as_object(operation.raw.get("x-speclient"))

    @cached_property
    def listing(self) -> Listing | None:
        """The list in the response, if there is one."""
        stated = as_object(self._extension.get("pagination"))
        items = as_text(stated.get("items")) if "items" in stated else self._items()
        if items is None or self.operation.method != "GET":
            return None
        schemas = elements(self.document, schemas_at(self.document, self.bodies, items))
        queries = [each for each in self.operation.parameters if each.key.location == "query"]
        size = self._query(as_text(stated.get("size"))) or next(
            (each for each in queries if plain(each.key.name) in _SIZE and "integer" in self._types(each)), None
        )
        pagination = self._pagination(stated, size)
        order = self._order(schemas)
        taken = {size, pagination.parameter if pagination else None, *((order.by, order.direction) if order else ())}
        default = None if size is None else first(self.document, [size.schema], "default")
        maximum = None if size is None else first(self.document, [size.schema], "maximum")
        selecting = [each for each in queries if each not in taken]
        filters = tuple(self._filters(selecting, schemas))
        bounding = [each for each in selecting if each not in dict(filters)]
        return Listing(
            items=items,
            schemas=schemas,
            identity=as_text(stated.get("identity")) or self._identity(schemas),
            size=size,
            default_size=default if isinstance(default, int) else None,
            maximum_size=maximum if isinstance(maximum, int) else None,
            pagination=pagination,
            order=order,
            filters=filters,
            ranges=tuple(range_filters(self.document, bounding, properties(self.document, schemas))),
        )

    def _types(self, parameter: Parameter) -> set[str]:
        return types(self.document, [parameter.schema])

    def _query(self, name: str) -> Parameter | None:
        parameters = self.operation.parameters
        return next((each for each in parameters if each.key.location == "query" and each.key.name == name), None)

    def _items(self) -> str | None:
        """The pointer to the array of objects, if there is exactly one that can be meant."""
        if elements(self.document, self.bodies):
            return ""
        found: list[str] = []
        for name, schemas in properties(self.document, self.bodies).items():
            if elements(self.document, schemas):
                found.append(f"/{name}")
            elif plain(name) in _CONTAINERS:
                nested = properties(self.document, schemas).items()
                found += [f"/{name}/{inner}" for inner, each in nested if elements(self.document, each)]
        last = plain(self.operation.path.rpartition("/")[2])
        usual = [each for each in found if plain(each.rpartition("/")[2]) in (*_CONTAINERS, last)]
        if len(usual) != 1:
            return None
        # A resource may have a list among its properties; the path of a list ends with a name.
        return usual[0] if not self.operation.path.endswith("}") else None

    def _identity(self, schemas: Sequence[Json]) -> str:
        names = properties(self.document, schemas)
        by_name = {plain(name): name for name in names}
        return next((f"/{by_name[name]}" for name in _IDENTITY if name in by_name), "")

    def _pagination(self, stated: Mapping[str, Json], size: Parameter | None) -> Pagination | None:
        if self._extension.get("pagination") is False:
            return None
        if stated:
            last = as_object(stated.get("last-item"))
            start = stated.get("first")
            kind = as_text(stated.get("kind"))
            return Pagination(
                kind=kind,
                parameter=self._query(as_text(stated.get("parameter"))),
                next=as_text(stated.get("next")),
                last_item=as_text(last.get("property")),
                order_parameter=as_text(last.get("property-from")),
                more=as_text(stated.get("more")),
                first=start if isinstance(start, int) else int(kind == "page"),
            )
        names = {plain(each.key.name): each for each in self.operation.parameters if each.key.location == "query"}
        body = properties(self.document, self.bodies)
        next_ = next((f"/{name}" for name in body if plain(name) in _NEXT), "")
        cursor = next((names[name] for name in _CURSOR if name in names), None)
        if cursor is not None and next_:
            return Pagination("cursor", cursor, next=next_)
        offset = next((names[name] for name in _OFFSET if name in names), None)
        if offset is not None and size is not None:
            return Pagination("offset", offset)
        page = next((names[name] for name in _PAGE if name in names), None)
        if page is not None and size is not None:
            start = first(self.document, [page.schema], "default")
            return Pagination("page", page, first=start if isinstance(start, int) and start in (0, 1) else 1)
        return None

    def _order(self, schemas: Sequence[Json]) -> Order | None:
        names = properties(self.document, schemas)
        by = direction = None
        values: dict[str, tuple[str, bool | None]] = {}
        for parameter in self.operation.parameters:
            words = [each for each in enum_values(self.document, [parameter.schema]) if isinstance(each, str)]
            if not words or parameter.key.location != "query":
                continue
            if {plain(word) for word in words} <= {"asc", "desc", "ascending", "descending"}:
                direction = parameter
            elif _is_order(parameter) and all(_order_of(word, names) for word in words):
                by, values = parameter, {word: found for word in words if (found := _order_of(word, names))}
        if by is None:
            return None
        default = as_text(first(self.document, [by.schema], "default"))
        default_direction = "" if direction is None else as_text(first(self.document, [direction.schema], "default"))
        return Order(by, direction, values, default, default_direction)

    def _filters(self, parameters: Sequence[Parameter], schemas: Sequence[Json]) -> Iterator[tuple[Parameter, str]]:
        names = {plain(name): name for name in properties(self.document, schemas)}
        for parameter in parameters:
            name = names.get(plain(parameter.key.name))
            if name is not None and not self._types(parameter) & {"object"}:
                yield parameter, name

    @cached_property
    def lifecycle(self) -> Lifecycle | None:
        """The states of the resource in the response, or of the elements of its list."""
        stated = as_object(self._extension.get("polling"))
        if stated and "status-operation" not in stated:
            return lifecycle_of(stated)
        schemas = self.listing.schemas if self.listing is not None else self.bodies
        for other in operations(self.document):
            polling = as_object(as_object(other.raw.get("x-speclient")).get("polling"))
            name = polling.get("status-operation")
            # Another operation waits for this one's states, or returns the same kind of resource.
            same = name is None and bool(schemas) and success_schemas(other.responses) == list(schemas)
            if polling and (same or (name is not None and name == self.operation.raw.get("operationId"))):
                return lifecycle_of(polling)
        for name, each in properties(self.document, schemas).items():
            words = [word for word in enum_values(self.document, each) if isinstance(word, str)]
            if words and plain(name).endswith(_STATE):
                return _inferred_lifecycle(f"/{name}", words)
        return None


def lifecycle_of(stated: Mapping[str, Json]) -> Lifecycle:
    """The states of `x-speclient: {polling: ...}`."""
    words = {name: frozenset(map(as_text, as_array(stated.get(name)))) for name in ("success", "failure", "running")}
    return Lifecycle(as_text(stated.get("status")), words["success"], words["failure"], words["running"])


def _inferred_lifecycle(status: str, words: Sequence[str]) -> Lifecycle | None:
    success = frozenset(word for word in words if plain(word) in _SUCCESS)
    failure = frozenset(word for word in words if plain(word) in _FAILURE)
    running = frozenset(words) - success - failure
    known = all(plain(word) in (*_WAITING, *_ACTIVE) for word in running)
    return Lifecycle(status, success, failure, running) if success and running and known else None


def _is_order(parameter: Parameter) -> bool:
    return plain(parameter.key.name).removesuffix("by").removesuffix("field") in _ORDER


def _order_of(word: str, names: Mapping[str, object]) -> tuple[str, bool | None] | None:
    """The property of an order such as `created_at`, `-created_at` or `created_at:desc`, and whether it descends."""
    by_name = {plain(name): name for name in names}
    lowered = word.lower()
    for suffix, descending in (("desc", True), ("asc", False)):
        stem = lowered.removesuffix(suffix)
        if stem != lowered and plain(stem) in by_name:
            return by_name[plain(stem)], descending
    found = by_name.get(plain(word))
    if found is None:
        return None
    return found, True if word.startswith("-") else False if word.startswith("+") else None
