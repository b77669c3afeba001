"""The asynchronous twin of `_links`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, Unpack, overload

from ._async_client import AsyncClient
from ._links import Link, call_of
from ._options import CallOptions
from ._raw import Collected, Paged
from ._response import result

T = TypeVar("T")


class AsyncLinkingClient(AsyncClient):
    """A client whose service gives links."""

    @overload
    async def follow(
        self, link: Link, method: Callable[..., Paged[Awaitable[T]]], **options: Unpack[CallOptions]
    ) -> T: ...

    @overload
    async def follow(
        self, link: Link, method: Callable[..., Collected[Awaitable[T]]], **options: Unpack[CallOptions]
    ) -> T: ...

    @overload
    async def follow(self, link: Link, method: Callable[..., Awaitable[T]], **options: Unpack[CallOptions]) -> T: ...

    @overload
    async def follow(self, link: Link, method: None = None, **options: Unpack[CallOptions]) -> Any: ...

    async def follow(self, link: Link, method: Callable[..., Any] | None = None, **options: Unpack[CallOptions]) -> Any:
        """Get what a link leads to.

        With the method of this client to which it leads (`await client.follow(run.links.self_, client.runs.get)`) the
        result has that method's type; of pages, it is the one page. Without, the operation whose path fits gives the
        result; where none does, it is JSON as it came. A relative address is resolved against the origin of the base
        URL.

        Raises:
            RequestError: the link leads to another host, where nothing is sent; or not to that method; or it is a
                template.
        """
        call = call_of(self._settings, link, method, options)
        return result(call, await self._send(call))
