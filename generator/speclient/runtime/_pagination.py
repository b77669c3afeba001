"""Paginator that follow each other, and the elements on them."""

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
    """What a method with pages takes besides its own arguments."""

    max_items: int
    """How many elements to give at most, over all pages."""
    max_pages: int
    """How many pages to ask for at most."""


@dataclass(frozen=True, slots=True)
class Pagination:
    """How the pages of an operation follow each other. Pointers are split at `/`."""

    kind: str
    """`cursor`, `offset`, `page`, `link` (the header) or `hal`."""
    items: Pointer = ()
    """To the elements of a page."""
    parameter: str = ""
    """The argument that carries the cursor, the offset or the number of the page."""
    first: int | None = None
    """The number of the first page (default 1), or its offset (default 0)."""
    next: Pointer = ()
    """To the next cursor, or to the address of the next page, in the body."""
    more: Pointer = ()
    """To whether there is another page, or to the number of pages, in the body."""
    member: str = ""
    """Of the last element, that is the next cursor."""
    member_from: str = ""
    """The argument that names this member."""
    member_default: str = ""
    """Its name when that argument is left out."""
    size: str = ""
    """The argument that holds the size of a page."""
    identity: Pointer = ()
    """To what is equal in two copies of an element."""


_ABSENT: Any = object()


def at(value: Any, pointer: Pointer, default: Any = None) -> Any:
    """What stands at a place of a result, by wire names."""
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


def _page_count(told: Any) -> float:
    """The number of pages; 0 is told also where it is not known."""
    return told if isinstance(told, (int, float)) and not isinstance(told, bool) and told > 0 else float("inf")


_MOST_EMPTY = 100


class Walk:
    """Where a walk over pages stands: what to ask for next, and which elements of a page are new. No I/O."""

    def __init__(
        self,
        operation: Operation[Any],
        pagination: Pagination,
        arguments: Mapping[str, Any],
        options: PaginationOptions,
    ) -> None:
        self._operation = operation
        self._pagination = pagination
        self._left = options.get("max_items")
        self._pages = options.get("max_pages")
        self._seen: set[str] = set()
        self._asked: set[str] = set()
        self._without_items = 0
        self._first = pagination.first if pagination.first is not None else int(pagination.kind == "page")
        self._before: list[Any] = []
        self.arguments = arguments
        self.url: str | None = None
        self.more = self._left != 0 and self._pages != 0
        """Whether there is another page to ask for."""

    def take(self, page: Any, response: httpx2.Response) -> list[Any]:
        """The elements of a page that were on none before, as many as are wanted; decides what follows.

        Raises:
            PaginationError: the page is not JSON, or the next page was already requested, is unknown, or is on another
                host.
        """
        if isinstance(page, (str, bytes)):
            raise PaginationError(f"{self._operation.name}: a page came in a media type whose elements can't be read")
        items = at(page, self._pagination.items)
        items = items if isinstance(items, list) else []
        # Some services give the last page again for every number beyond it.
        repeated = self._pagination.kind in ("offset", "page") and items == self._before
        fresh = [] if repeated else [item for item in items if self._is_new(item)]
        self._before = items
        self._without_items = 0 if fresh else self._without_items + 1
        if self._pages is not None:
            self._pages -= 1
        elif self._without_items > _MOST_EMPTY:
            raise PaginationError(
                f"{self._operation.name}: {_MOST_EMPTY} pages in a row had no new element (see max_pages)"
            )
        if self._left is not None:
            given = fresh[: self._left]
            self._left -= len(given)
        else:
            given = fresh
        self.more = False
        if self._left != 0 and self._pages != 0:
            self._follow(page, response, items, bool(fresh))
        return given

    def _is_new(self, item: Any) -> bool:
        key = at(item, self._pagination.identity, _ABSENT) if self._pagination.identity else _ABSENT
        if key is _ABSENT or key is None:
            return True
        text = repr(to_jsonable(key))
        if text in self._seen:
            return False
        self._seen.add(text)
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
            told = at(page, pagination.next, _ABSENT) if pagination.next else _ABSENT
            if told is not _ABSENT:
                if told is not None and told != "":
                    self._ask(to_jsonable(told))
            elif any_new and (pagination.member or pagination.member_from):
                cursor = self._of_last(items)
                if cursor is not None:
                    self._ask(cursor)
        elif any_new:
            known = self._argument(pagination.parameter)
            start = int(known) if known is not None else self._first
            if pagination.kind == "offset":
                self._ask(start + len(items))
            elif start - self._first + 1 < _page_count(more):
                self._ask(start + 1)

    def _of_last(self, items: list[Any]) -> Any:
        """The cursor that the last element tells; one that lacks it is skipped, and its page seen twice."""
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
            return None  # The page is not full: it is the last.
        raise PaginationError(
            f"{self._operation.name}: no element of the page has {member!r}, by which the next page is asked for"
        )

    def _argument(self, name: str) -> Any:
        return self.arguments.get(name)

    def _ask(self, value: Any) -> None:
        if not self._is_other(str(value)):
            return
        self.arguments = {**self.arguments, self._pagination.parameter: value}
        self.more = True

    def _goto(self, target: str, response: httpx2.Response) -> None:
        import httpx2

        base = response.request.url
        try:
            # A name and password in a URL would take the place of the client's own.
            url = upgraded(base, base.join(target).copy_with(userinfo=b""))
        except (httpx2.InvalidURL, ValueError):
            raise PaginationError(f"{self._operation.name}: the URL of the next page is not valid") from None
        reason = refusal(base, url)
        if reason is not None:
            raise PaginationError(f"{self._operation.name}: the URL of the next page {reason}, where nothing is sent")
        self.url = str(url)
        self.more = self._is_other(self.url)

    def _is_other(self, key: str) -> bool:
        """Whether a page was not asked for yet. An empty one that leads back is the last one of some services."""
        if key in self._asked:
            if not self._before:
                return False
            raise PaginationError(f"{self._operation.name}: the service leads to a page that was asked for already")
        self._asked.add(key)
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

    def _walk(self) -> Walk:
        return Walk(self._operation, self._pagination, self._arguments, self._limits)

    def _call(self, walk: Walk) -> Call[Any]:
        call: Call[Any] = Call(
            self._client._settings, self._operation, walk.arguments, self._options, self._body, self._content_type
        )
        call.url = walk.url
        return call

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._operation.name}>"


class Paginator(_Paginator, Generic[Item_co, Page_co]):
    """The elements of all pages, asked for as they are needed: `for item in client.runs.list(): ...`."""

    _client: SyncClient

    def __iter__(self) -> Iterator[Item_co]:
        """Each element once, in the order of the service.

        Raises:
            PaginationError: the service's pages lead in a circle, to another host, or nowhere.
        """
        for _, items in self._steps():
            yield from items

    def pages(self) -> Iterator[Page_co]:
        """The pages themselves, as they come."""
        for page, _ in self._steps():
            yield page

    def first_page(self) -> Page_co:
        """The first page alone: one request."""
        made: Page_co = self._client.call(
            self._operation, self._arguments, self._options, self._body, self._content_type
        )
        return made

    def _steps(self) -> Iterator[tuple[Page_co, list[Item_co]]]:
        walk = self._walk()
        while walk.more:
            call = self._call(walk)
            response = self._client._send(call)
            page: Page_co = result(call, response)
            yield page, walk.take(page, response)


class AsyncPaginator(_Paginator, Generic[Item_co, Page_co]):
    """The elements of all pages, asked for as they are needed: `async for item in client.runs.list(): ...`."""

    _client: AsyncClient

    async def __aiter__(self) -> AsyncIterator[Item_co]:
        """Each element once, in the order of the service.

        Raises:
            PaginationError: the service's pages lead in a circle, to another host, or nowhere.
        """
        async for _, items in self._steps():
            for item in items:
                yield item

    async def pages(self) -> AsyncIterator[Page_co]:
        """The pages themselves, as they come."""
        async for page, _ in self._steps():
            yield page

    async def first_page(self) -> Page_co:
        """The first page alone: one request."""
        made: Page_co = await self._client.call(
            self._operation, self._arguments, self._options, self._body, self._content_type
        )
        return made

    async def _steps(self) -> AsyncIterator[tuple[Page_co, list[Item_co]]]:
        walk = self._walk()
        while walk.more:
            call = self._call(walk)
            response = await self._client._send(call)
            page: Page_co = result(call, response)
            yield page, walk.take(page, response)
