"""The asynchronous counterpart of `_links`."""

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
    """Base of a client whose service returns links."""

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
        """Get the target of a link.

        With a method of this client (`await client.follow(run.links.self_, client.runs.get)`), the result has that
        method's type; for a paginated method it is one page. Without a method, the operation whose path matches
        determines the type, and the result is plain JSON if none matches. Relative URLs are resolved against the origin
        of the base URL.

        Raises:
            RequestError: the link leads to another host, does not match the method, or is a
                template.
        """
        call = call_of(self._settings, link, method, options)
        return result(call, await self._send(call))
