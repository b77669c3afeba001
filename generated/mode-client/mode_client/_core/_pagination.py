"""Pagination: requests of further pages, and the items on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._call import Call
from ._errors import PaginationError
from ._model import Model, to_jsonable
from ._operation import Operation
from ._options import CallOptions, check_options
from ._redirects import refusal, upgraded
from ._response import result

if TYPE_CHECKING:
    import httpx2

    from ._async_client import AsyncClient
    from ._client import SyncClient

Item_co = TypeVar("Item_co", covariant=True)
Page_co = TypeVar("Page_co", covariant=True)
Pointer = tuple[str, ...]


class PaginationOptions(CallOptions, total=False):
    """Options of paginated methods besides their own arguments."""

    max_items: int
    """Maximum number of items over all pages."""
    max_pages: int
    """Maximum number of pages to request."""


@dataclass(frozen=True, slots=True)
class Pagination:
    """Describes the pagination of an operation. Pointers are split at `/`."""

    kind: str
    """`cursor`, `offset`, `page`, `link` (the header) or `hal`."""
    items: Pointer = ()
    """To the items of a page."""
    parameter: str = ""
    """The argument for the cursor, the offset or the page number."""
    first: int | None = None
    """The number of the first page (default 1), or the first offset (default 0)."""
    next: Pointer = ()
    """To the next cursor, or to the URL of the next page, in the body."""
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


_ABSENT: Any = object()


def at(value: Any, pointer: Pointer, default: Any = None) -> Any:
    """Return the value at a pointer in a result, by wire names."""
    for step in pointer:
        if isinstance(value, Model):
            fields = type(value).model_fields
            name = next((name for name, field in fields.items() if (field.alias or name) == step), None)
            members: Mapping[str, Any] = value.__dict__ if name is not None else value.__pydantic_extra__ or {}
            set_ = name is None or name in value.model_fields_set
            value = members.get(name or step, _ABSENT) if set_ else _ABSENT
        elif isinstance(value, Mapping):
            value = value.get(step, _ABSENT)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = _ABSENT
        if value is _ABSENT:
            return default
    return value


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
        options: PaginationOptions,
    ) -> None:
        self._operation = operation
        self._pagination = pagination
        self._remaining = options.get("max_items")
        self._pages = options.get("max_pages")
        self._identities: set[str] = set()
        self._requested: set[str] = set()
        self._without_items = 0
        self._first = pagination.first if pagination.first is not None else int(pagination.kind == "page")
        self._before: list[Any] = []
        self.arguments = arguments
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
        key = at(item, self._pagination.identity, _ABSENT) if self._pagination.identity else _ABSENT
        if key is _ABSENT or key is None:
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
            count = at(page, pagination.next, _ABSENT) if pagination.next else _ABSENT
            if count is not _ABSENT:
                if count is not None and count != "":
                    self._request(to_jsonable(count))
            elif any_new and (pagination.member or pagination.member_from):
                cursor = self._of_last(items)
                if cursor is not None:
                    self._request(cursor)
        elif any_new:
            known = self._argument(pagination.parameter)
            start = int(known) if known is not None else self._first
            if pagination.kind == "offset":
                self._request(start + len(items))
            elif start - self._first + 1 < _page_count(more):
                self._request(start + 1)

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
        self.arguments = {**self.arguments, self._pagination.parameter: value}
        self.more = True

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


_LIMITS = ("max_items", "max_pages")


class _Paginator:
    def __init__(
        self,
        client: Any,
        operation: Operation[Any],
        pagination: Pagination,
        arguments: Mapping[str, Any],
        options: PaginationOptions,
        body: Any = None,
        content_type: str | None = None,
    ) -> None:
        limits = {key: value for key, value in options.items() if key in _LIMITS}
        check_options(limits, _LIMITS)
        self._client = client
        self._body = body
        self._content_type = content_type
        self._operation = operation
        self._pagination = pagination
        self._arguments = arguments
        self._limits = options
        self._options: Any = {key: value for key, value in options.items() if key not in _LIMITS}

    def _progress(self) -> Progress:
        return Progress(self._operation, self._pagination, self._arguments, self._limits)

    def _call(self, progress: Progress) -> Call[Any]:
        call: Call[Any] = Call(
            self._client._settings, self._operation, progress.arguments, self._options, self._body, self._content_type
        )
        call.url = progress.url
        return call

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._operation.name}>"


class Paginator(_Paginator, Generic[Item_co, Page_co]):
    """Iterates over the items of all pages, requested as needed: `for item in client.runs.list(): ...`."""

    _client: SyncClient

    def __iter__(self) -> Iterator[Item_co]:
        """Yield each item once, in the order of the service.

        Raises:
            PaginationError: the next page is circular, on another host, or unknown.
        """
        for _, items in self._steps():
            yield from items

    def pages(self) -> Iterator[Page_co]:
        """Iterate over pages instead of items."""
        for page, _ in self._steps():
            yield page

    def first_page(self) -> Page_co:
        """Return the first page, with one request."""
        made: Page_co = self._client.call(
            self._operation, self._arguments, self._options, self._body, self._content_type
        )
        return made

    def _steps(self) -> Iterator[tuple[Page_co, list[Item_co]]]:
        progress = self._progress()
        while progress.more:
            call = self._call(progress)
            response = self._client._send(call)
            page: Page_co = result(call, response)
            yield page, progress.take(page, response)


class AsyncPaginator(_Paginator, Generic[Item_co, Page_co]):
    """Iterates over the items of all pages, requested as needed: `async for item in client.runs.list(): ...`."""

    _client: AsyncClient

    async def __aiter__(self) -> AsyncIterator[Item_co]:
        """Yield each item once, in the order of the service.

        Raises:
            PaginationError: the next page is circular, on another host, or unknown.
        """
        async for _, items in self._steps():
            for item in items:
                yield item

    async def pages(self) -> AsyncIterator[Page_co]:
        """Iterate over pages instead of items."""
        async for page, _ in self._steps():
            yield page

    async def first_page(self) -> Page_co:
        """Return the first page, with one request."""
        made: Page_co = await self._client.call(
            self._operation, self._arguments, self._options, self._body, self._content_type
        )
        return made

    async def _steps(self) -> AsyncIterator[tuple[Page_co, list[Item_co]]]:
        progress = self._progress()
        while progress.more:
            call = self._call(progress)
            response = await self._client._send(call)
            page: Page_co = result(call, response)
            yield page, progress.take(page, response)
