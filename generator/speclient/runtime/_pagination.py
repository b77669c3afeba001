"""Iteration over the items of all pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._call import Call
from ._operation import Operation
from ._options import RequestOptions, check_options
from ._pages import Pagination, Progress
from ._response import result

if TYPE_CHECKING:
    from ._async_client import AsyncClient
    from ._client import SyncClient

Item_co = TypeVar("Item_co", covariant=True)
Page_co = TypeVar("Page_co", covariant=True)


class PaginationOptions(RequestOptions, total=False):
    """Rarely used options of paginated methods."""

    max_pages: int
    """Maximum number of pages to request."""


_LIMITS = ("max_items", "max_pages")


class _Paginator:
    def __init__(
        self,
        client: Any,
        operation: Operation[Any],
        pagination: Pagination,
        arguments: Mapping[str, Any],
        options: Mapping[str, Any],
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
        return Progress(
            self._operation,
            self._pagination,
            self._arguments,
            self._limits.get("max_items"),
            self._limits.get("max_pages"),
            self._body,
        )

    def _call(self, progress: Progress) -> Call[Any]:
        call: Call[Any] = Call(
            self._client._settings,
            self._operation,
            progress.arguments,
            self._options,
            progress.body,
            self._content_type,
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
