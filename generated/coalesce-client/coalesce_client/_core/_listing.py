"""Polling of a state that is in the items of a listing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ._errors import StatusError
from ._flow import flow
from ._model import to_jsonable
from ._operation import Operation
from ._pages import Pagination, Progress
from ._pointers import at
from ._polling import AbsentError, Waiting
from ._response import result
from ._steps import Steps

_MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class ItemLookup:
    """How one item of a sorted listing is requested (`x-speclient`, `polling.lookup`)."""

    parameter: str
    """The argument for the start of the listing."""
    offset: int = 0
    """Added to the number of the item."""
    order: Mapping[str, Any] | None = None
    """Further arguments, which sort the listing by that number."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Finds an item in a listing (`x-speclient`, `polling.status-operation`)."""

    listing: Callable[[], tuple[Operation[Any], Pagination]]
    """The operation whose items contain the state."""
    lookup: ItemLookup | None = None
    """How an item is requested directly; without it, the listing is read from its start."""

    def find(self, waiting: Waiting, item_id: str) -> Steps[Any]:
        """Find the item that contains the state.

        Raises:
            AbsentError: it is not listed.
        """
        operation, pagination = self.listing()
        lookup = self.lookup
        if lookup is not None and item_id.isdigit() and len(item_id) < 19:
            arguments = {**(lookup.order or {}), lookup.parameter: int(item_id) + lookup.offset}
            call = waiting.call(operation, arguments)
            try:
                page = result(call, (yield from flow(call, waiting.line)))
            except StatusError as error:
                if error.status_code != 400:  # The service does not support the lookup.
                    raise
            else:
                item = _item_of(page, pagination, item_id)
                if item is not None:
                    return item
        progress = Progress(operation, pagination, {}, max_pages=_MOST_PAGES)
        while progress.more:
            call = waiting.call(operation, progress.arguments)
            call.url = progress.url
            response = yield from flow(call, waiting.line)
            page = result(call, response)
            item = _item_of(page, pagination, item_id)
            if item is not None:
                return item
            progress.take(page, response)
        raise AbsentError


def _item_of(page: Any, pagination: Pagination, item_id: str) -> Any:
    items = at(page, pagination.items)
    for item in items if isinstance(items, list) else ():
        if str(to_jsonable(at(item, pagination.identity))) == item_id:
            return item
    return None
