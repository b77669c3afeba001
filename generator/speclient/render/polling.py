"""Pagination and polling of an operation, as the data that the runtime reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speclient.ir import Api, ItemLookup, Operation, status_operation
from speclient.naming import Names
from speclient.render.escape import one_line
from speclient.render.kinds import Name, Text
from speclient.render.operations import argument_of


@dataclass(frozen=True, slots=True)
class PaginationView:
    """How the pages of an operation follow each other; the fields are those of `_core._pages.Pagination`."""

    kind: str
    """`cursor`, `offset`, `page`, `link` or `hal`."""
    items: tuple[str, ...]
    """Pointer to the elements of a page."""
    next: tuple[str, ...]
    """Pointer to the next cursor, or to the URL of the next page."""
    more: tuple[str, ...]
    """Pointer to a flag for further pages, or to the number of pages."""
    identity: tuple[str, ...]
    """Pointer, within an element, to the value that identifies it."""
    parameter: str | None
    """Argument for the cursor, the offset or the page number; with `in_body`, a property of the body."""
    in_body: bool
    """Whether `parameter` is a property of the body."""
    first: int | None
    """Number of the first page, or its offset."""
    size: str | None
    """Argument for the page size."""
    member: str | None
    """Property of the last element that is the next cursor."""
    member_from: str | None
    """Argument that names this property."""
    member_default: str | None
    """The property when that argument is left out."""


@dataclass(frozen=True, slots=True)
class LookupView:
    """How one element of a sorted listing is requested."""

    parameter: str
    """Argument for the place where the listing begins."""
    offset: int | None
    """Added to the number of the element to get that place."""
    order: Mapping[str, Any] | None
    """Further arguments, which sort the listing by that number."""


@dataclass(frozen=True, slots=True)
class PollingView:
    """How a method waits for a terminal state."""

    status: tuple[str, ...]
    """Pointer to the state."""
    success: tuple[Any, ...]
    """Terminal states of success."""
    failure: tuple[Any, ...]
    """Terminal states of failure."""
    message: tuple[str, ...] | None
    """Pointer to the reason of a failure."""
    lookup: LookupView | None
    """How the element is found in the listing at once."""
    listing: Name | None
    """Constant of the operation whose elements have the state, when it is not the operation itself."""
    success_text: Text
    """The terminal states of success, as text."""
    failure_text: Text
    """The terminal states of failure, as text; empty without any."""


def pagination_view(operation: Operation, names: Names) -> PaginationView | None:
    """The pagination of an operation; None without pagination."""
    pagination = operation.pagination
    if pagination is None:
        return None
    return PaginationView(
        kind=pagination.kind,
        items=pagination.items,
        next=pagination.next,
        more=pagination.more,
        identity=pagination.identity,
        parameter=pagination.parameter if pagination.in_body else argument_of(operation, names, pagination.parameter),
        in_body=pagination.in_body,
        first=pagination.first,
        size=argument_of(operation, names, pagination.size),
        member=pagination.member,
        member_from=argument_of(operation, names, pagination.member_from),
        member_default=pagination.member_default,
    )


def polling_view(operation: Operation, api: Api, names: Names) -> PollingView | None:
    """Return how a method waits for a terminal state of an operation, or None without polling.

    Args:
        operation: the operation.
        api: the API.
        names: the names of the package.
    """
    polling = operation.polling
    if polling is None:
        return None
    listing = status_operation(operation, api)
    return PollingView(
        status=polling.status,
        success=polling.success,
        failure=polling.failure,
        message=polling.message,
        lookup=_lookup(polling.lookup, listing, names) if listing is not None and polling.lookup is not None else None,
        listing=Name(names.operations[listing.key].method.upper()) if listing is not None else None,
        success_text=Text(", ".join(one_line(str(state), 60) for state in polling.success)),
        failure_text=Text(", ".join(one_line(str(state), 60) for state in polling.failure)),
    )


def _lookup(lookup: ItemLookup, listing: Operation, names: Names) -> LookupView:
    order = {argument_of(listing, names, name) or "": value for name, value in lookup.order}
    return LookupView(
        parameter=argument_of(listing, names, lookup.parameter) or "", offset=lookup.offset, order=order or None
    )
