"""Answers whose items are read while they come."""

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
        wanted = [media.name for answer in operation.answers.values() for media in answer if media.kind in KINDS]
        headers = {"Accept": ", ".join(dict.fromkeys(wanted)), **options.get("extra_headers", {})}
        self._client = client
        self._given: tuple[Operation[Any], Mapping[str, Any], Any, Any, str | None]
        self._given = (operation, arguments, {**options, "extra_headers": headers}, body, content_type)
        self._running: Any = None

    def _call(self) -> Call[Any]:
        call: Call[Any] = Call(self._client._settings, *self._given)
        # Only what is read item by item has no limit on the whole body.
        call.reads_whole = lambda response: _streamed(call, response) is None
        return call

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._given[0].name}>"


def _streamed(call: Call[Any], response: httpx2.Response) -> Media | None:
    """The documented type of a good answer whose items can be read while they come; None for any other answer."""
    media = documented_success(call.operation, response.status_code)
    found = matching(response.headers.get("content-type", ""), media) if media else None
    return found if found is not None and found.kind in KINDS else None


def _listed(value: Any) -> list[Any]:
    """What came as a whole, as items; an answer without a body (204) has none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _told(call: Call[Any], response: httpx2.Response, reading: Reading, items: Iterator[Any]) -> Iterator[Any]:
    """The items; violations are reported as they come."""
    for item in items:
        if reading.found:
            call.report(response, reading.found)
        yield item


class ItemStream(_Items[Item_co]):
    """The items of an answer, read while they come: `for item in client.logs.follow(): ...`.

    The request is sent when the first one is asked for. Leave the loop early within `with`, and the connection is
    closed at its end.
    """

    _client: SyncClient

    def __iter__(self) -> Iterator[Item_co]:
        """Each item as soon as it is whole.

        Raises:
            APIConnectionError: the connection broke.
            ResponseError: the answer is no success, or an item breaks the document.
        """
        self._running = self._steps()
        return self._running  # type: ignore[no-any-return]

    def collect(self) -> list[Item_co]:
        """All items, when the answer has ended."""
        made: list[Item_co] | None = self._client.call(*self._given)
        return [] if made is None else made  # An answer without a body (204) has no items.

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
                for piece in response.iter_bytes():
                    yield from _told(call, response, reading, reading.feed(piece))
                    if reading.ended:
                        return
            yield from _told(call, response, reading, reading.end())
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
    """The items of an answer, read while they come: `async for item in client.logs.follow(): ...`.

    The request is sent when the first one is asked for. Leave the loop early within `async with`, and the connection
    is closed at its end.
    """

    _client: AsyncClient

    def __aiter__(self) -> AsyncIterator[Item_co]:
        """Each item as soon as it is whole.

        Raises:
            APIConnectionError: the connection broke.
            ResponseError: the answer is no success, or an item breaks the document.
        """
        self._running = self._steps()
        return self._running  # type: ignore[no-any-return]

    async def collect(self) -> list[Item_co]:
        """All items, when the answer has ended."""
        made: list[Item_co] | None = await self._client.call(*self._given)
        return [] if made is None else made  # An answer without a body (204) has no items.

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
                async for piece in response.aiter_bytes():
                    for item in _told(call, response, reading, reading.feed(piece)):
                        yield item
                    if reading.ended:
                        return
            for item in _told(call, response, reading, reading.end()):
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
