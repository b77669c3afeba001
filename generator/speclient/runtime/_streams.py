"""Responses whose items are read as they arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ._call import Call
from ._events import KINDS, Reading
from ._media import matching
from ._operation import Media, Operation
from ._raw import stream_errors
from ._response import documented_success, result

if TYPE_CHECKING:
    import httpx2

    from ._async_client import AsyncClient
    from ._client import SyncClient

Item_co = TypeVar("Item_co", covariant=True)


class _Items(Generic[Item_co]):
    def __init__(
        self,
        client: Any,
        operation: Operation[Any],
        arguments: Mapping[str, Any],
        options: Any,
        body: Any = None,
        content_type: str | None = None,
    ) -> None:
        accepted = [media.name for answer in operation.answers.values() for media in answer if media.kind in KINDS]
        own = options.get("extra_headers", {})
        # Anything but a mapping is rejected together with the other options.
        headers = {"Accept": ", ".join(dict.fromkeys(accepted)), **own} if isinstance(own, Mapping) else own
        self._client = client
        self._call_arguments: tuple[Operation[Any], Mapping[str, Any], Any, Any, str | None]
        self._call_arguments = (operation, arguments, {**options, "extra_headers": headers}, body, content_type)
        self._running: Any = None

    def _call(self) -> Call[Any]:
        call: Call[Any] = Call(self._client._settings, *self._call_arguments)
        # Only reading item by item has no limit on the whole body.
        call.reads_whole = lambda response: _streamed(call, response) is None
        return call

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._call_arguments[0].name}>"


def _streamed(call: Call[Any], response: httpx2.Response) -> Media | None:
    """Return the documented type of a successful response that can be streamed, or None."""
    media = documented_success(call.operation, response.status_code)
    selected = matching(response.headers.get("content-type", ""), media) if media else None
    return selected if selected is not None and selected.kind in KINDS else None


def _listed(value: Any) -> list[Any]:
    """Return the items of a complete response; a response without a body (204) has none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _reported(call: Call[Any], response: httpx2.Response, reading: Reading, items: Iterator[Any]) -> Iterator[Any]:
    """Yield the items and report violations."""
    for item in items:
        if reading.violations:
            call.report(response, reading.violations)
        yield item


class ItemStream(_Items[Item_co]):
    """Iterates over the items of a response as they arrive: `for item in client.logs.follow(): ...`.

    The request is sent when the first item is requested. Use `with` if the loop may end early, so that the connection
    is closed.
    """

    _client: SyncClient

    def __iter__(self) -> Iterator[Item_co]:
        """Yield each item when it is complete.

        Raises:
            APIConnectionError: the connection was closed.
            ResponseError: the response is not a success, or an item violates its schema.
        """
        self._running = self._steps()
        return self._running  # type: ignore[no-any-return]

    def collect(self) -> list[Item_co]:
        """Return all items when the response has ended."""
        items: list[Item_co] | None = self._client.call(*self._call_arguments)
        return [] if items is None else items  # A response without a body (204) has no items.

    def _steps(self) -> Iterator[Item_co]:
        call = self._call()
        response = self._client._send(call)
        try:
            media = _streamed(call, response)
            if media is None:
                value: Any = result(call, response)
                yield from _listed(value)
                return
            reading = Reading(call, response, media)
            with stream_errors(call.operation.name, response):
                for chunk in response.iter_bytes():
                    yield from _reported(call, response, reading, reading.feed(chunk))
                    if reading.ended:
                        return
            yield from _reported(call, response, reading, reading.end())
        finally:
            response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            self._running.close()


class AsyncItemStream(_Items[Item_co]):
    """Iterates over the items of a response as they arrive: `async for item in client.logs.follow(): ...`.

    The request is sent when the first item is requested. Use `async with` if the loop may end early, so that the
    connection is closed.
    """

    _client: AsyncClient

    def __aiter__(self) -> AsyncIterator[Item_co]:
        """Yield each item when it is complete.

        Raises:
            APIConnectionError: the connection was closed.
            ResponseError: the response is not a success, or an item violates its schema.
        """
        self._running = self._steps()
        return self._running  # type: ignore[no-any-return]

    async def collect(self) -> list[Item_co]:
        """Return all items when the response has ended."""
        items: list[Item_co] | None = await self._client.call(*self._call_arguments)
        return [] if items is None else items  # A response without a body (204) has no items.

    async def _steps(self) -> AsyncIterator[Item_co]:
        call = self._call()
        response = await self._client._send(call)
        try:
            media = _streamed(call, response)
            if media is None:
                value: Any = result(call, response)
                for item in _listed(value):
                    yield item
                return
            reading = Reading(call, response, media)
            with stream_errors(call.operation.name, response):
                async for chunk in response.aiter_bytes():
                    for item in _reported(call, response, reading, reading.feed(chunk)):
                        yield item
                    if reading.ended:
                        return
            for item in _reported(call, response, reading, reading.end()):
                yield item
        finally:
            await response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            await self._running.aclose()
