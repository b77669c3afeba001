"""Which page is requested next, and which of its items are new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._errors import PaginationError
from ._model import to_jsonable
from ._operation import Operation
from ._options import UNSET
from ._pointers import ABSENT, Pointer, at
from ._redirects import refusal, upgraded

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Pagination:
    """Describes the pagination of an operation. Pointers are split at `/`."""

    kind: str
    """`cursor`, `offset`, `page`, `link` (the header) or `hal`."""
    items: Pointer = ()
    """To the items of a page."""
    parameter: str = ""
    """The argument for the cursor, the offset or the page number."""
    in_body: bool = False
    """Whether `parameter` is the wire name of a property of the body instead."""
    first: int | None = None
    """The number of the first page (default 1), or the first offset (default 0)."""
    next: Pointer = ()
    """To the next cursor, offset or page number, or to the URL of the next page, in the body."""
    more: Pointer = ()
    """To a boolean for further pages, or to the number of pages, in the body."""
    member: str = ""
    """The property of the last item that is the next cursor."""
    member_from: str = ""
    """The argument whose value is the name of this property."""
    member_default: str = ""
    """The name if that argument is left out."""
    size: str = ""
    """The argument for the page size."""
    identity: Pointer = ()
    """To the value that identifies an item."""


def _page_count(count: Any) -> float:
    """Return the number of pages. Some services send 0 for unknown."""
    return count if isinstance(count, (int, float)) and not isinstance(count, bool) and count > 0 else float("inf")


_MOST_EMPTY = 100


class Progress:
    """The state of pagination: the next request, and the items already returned. No I/O."""

    def __init__(
        self,
        operation: Operation[Any],
        pagination: Pagination,
        arguments: Mapping[str, Any],
        max_items: int | None = None,
        max_pages: int | None = None,
        body: Any = None,
    ) -> None:
        self._operation = operation
        self._pagination = pagination
        self._remaining = max_items
        self._pages = max_pages
        self._identities: set[str] = set()
        self._requested: set[str] = set()
        self._without_items = 0
        self._first = pagination.first if pagination.first is not None else int(pagination.kind == "page")
        self._before: list[Any] = []
        self.arguments = arguments
        self.body = body
        self.url: str | None = None
        self.more = self._remaining != 0 and self._pages != 0
        """Whether there is another page to request."""

    def take(self, page: Any, response: httpx2.Response) -> list[Any]:
        """Return the new items of a page up to the limit, and determine the next page.

        Raises:
            PaginationError: the page is not JSON, or the next page was already requested, is unknown, or is on another
                host.
        """
        if isinstance(page, (str, bytes)):
            raise PaginationError(f"{self._operation.name}: the page has a media type without items")
        items = at(page, self._pagination.items)
        items = items if isinstance(items, list) else []
        # Some services return the last page again for every number beyond it.
        repeated = self._pagination.kind in ("offset", "page") and items == self._before
        fresh = [] if repeated else [item for item in items if self._is_new(item)]
        self._before = items
        self._without_items = 0 if fresh else self._without_items + 1
        if self._pages is not None:
            self._pages -= 1
        elif self._without_items > _MOST_EMPTY:
            raise PaginationError(
                f"{self._operation.name}: {_MOST_EMPTY} consecutive pages had no new item (see max_pages)"
            )
        if self._remaining is not None:
            given = fresh[: self._remaining]
            self._remaining -= len(given)
        else:
            given = fresh
        self.more = False
        if self._remaining != 0 and self._pages != 0:
            self._follow(page, response, items, bool(fresh))
        return given

    def _is_new(self, item: Any) -> bool:
        key = at(item, self._pagination.identity, ABSENT) if self._pagination.identity else ABSENT
        if key is ABSENT or key is None:
            return True
        text = repr(to_jsonable(key))
        if text in self._identities:
            return False
        self._identities.add(text)
        return True

    def _follow(self, page: Any, response: httpx2.Response, items: list[Any], any_new: bool) -> None:
        pagination = self._pagination
        more = at(page, pagination.more) if pagination.more else None
        if more is False:
            return
        if pagination.kind in ("link", "hal"):
            target = (
                response.links.get("next", {}).get("url") if pagination.kind == "link" else at(page, pagination.next)
            )
            if target:
                self._goto(str(target), response)
        elif pagination.kind == "cursor":
            cursor = at(page, pagination.next, ABSENT) if pagination.next else ABSENT
            if cursor is not ABSENT:
                self._request_next(cursor)
            elif any_new and (pagination.member or pagination.member_from):
                last = self._of_last(items)
                if last is not None:
                    self._request(last)
        elif pagination.next:
            if any_new:
                self._request_next(at(page, pagination.next))
        elif any_new:
            known = self._argument(pagination.parameter)
            start = int(known) if known is not None else self._first
            if pagination.kind == "offset":
                self._request(start + len(items))
            elif start - self._first + 1 < _page_count(more):
                self._request(start + 1)

    def _request_next(self, value: Any) -> None:
        """Request the page that the response names. Null, empty text, 0 and negative numbers mark the last page."""
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if value is not None and value != "" and not (is_number and value <= 0):
            self._request(to_jsonable(value))

    def _of_last(self, items: list[Any]) -> Any:
        """Return the cursor from the last item that has one; the items after it are requested twice."""
        pagination = self._pagination
        member = pagination.member
        if not member:
            chosen = to_jsonable(self._argument(pagination.member_from)) or pagination.member_default
            member = str(chosen or "".join(pagination.identity[-1:]))
        for item in reversed(items):
            value = at(item, (member,))
            if value is not None:
                return to_jsonable(value)
        size = self._argument(pagination.size)
        if size is not None and len(items) < int(size):
            return None  # A page that is not full is the last one.
        raise PaginationError(
            f"{self._operation.name}: no item of the page has {member!r}, which is the cursor of the next page"
        )

    def _argument(self, name: str) -> Any:
        return self.arguments.get(name)

    def _request(self, value: Any) -> None:
        if not self._is_other(str(value)):
            return
        if self._pagination.in_body:
            self.body = self._body_with(value)
        else:
            self.arguments = {**self.arguments, self._pagination.parameter: value}
        self.more = True

    def _body_with(self, value: Any) -> Mapping[str, Any]:
        data = {} if self.body is None or self.body is UNSET else self.body
        data = data if isinstance(data, Mapping) else to_jsonable(data)
        if not isinstance(data, Mapping):
            raise PaginationError(f"{self._operation.name}: the body must be an object to request the next page")
        return {**data, self._pagination.parameter: value}

    def _goto(self, target: str, response: httpx2.Response) -> None:
        import httpx2

        base = response.request.url
        try:
            # A user and password in a URL would replace the client's own.
            url = upgraded(base, base.join(target).copy_with(userinfo=b""))
        except (httpx2.InvalidURL, ValueError):
            raise PaginationError(f"{self._operation.name}: the URL of the next page is not valid") from None
        reason = refusal(base, url)
        if reason is not None:
            raise PaginationError(f"{self._operation.name}: the URL of the next page {reason}, so no request is sent")
        self.url = str(url)
        self.more = self._is_other(self.url)

    def _is_other(self, key: str) -> bool:
        """Return whether a page is new. For some services, an empty page that leads back is the last one."""
        if key in self._requested:
            if not self._before:
                return False
            raise PaginationError(f"{self._operation.name}: circular pagination: the next page was already requested")
        self._requested.add(key)
        return True
