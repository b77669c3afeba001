"""Answers that are read while they come: server-sent events (WHATWG HTML, section 9.2) and lines of JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ._errors import Departure, ResponseTooLargeError
from ._flow import Call
from ._media import matching
from ._operation import Media, Operation
from ._options import Settings
from ._raw import check_stream, stream_errors
from ._response import decoded

if TYPE_CHECKING:
    import httpx2

    from ._async_client import AsyncClient
    from ._client import SyncClient

T = TypeVar("T")
Item_co = TypeVar("Item_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Event(Generic[T]):
    """A server-sent event."""

    data: T
    """What the document describes, else the text."""
    event: str = "message"
    id: str = ""
    """The last identifier that came; send it as the header `Last-Event-ID` to go on after a break."""
    retry: int | None = None
    """Milliseconds that the service asks to wait before connecting again."""


class _Splitter:
    """Bytes to lines. Those of events may end in a carriage return alone."""

    def __init__(self, events: bool, limit: int) -> None:
        self._events = events
        self._limit = limit
        self._rest = b""
        self._after_return = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that are whole with this piece.

        Raises:
            OverflowError: a line has no end within the limit.
        """
        if self._after_return and piece[:1] == b"\n":
            piece, self._after_return = piece[1:], False
        if piece:
            self._after_return = self._events and piece[-1:] == b"\r"
        if self._events:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        first, *lines = piece.split(b"\n")
        first = self._rest + first
        *whole, self._rest = [first, *lines]
        if len(self._rest) > self._limit:
            raise OverflowError
        return whole


class _Parser:
    """Lines to items: (text, what stands beside it)."""

    def __init__(self, kind: str, limit: int) -> None:
        self._events = kind == "sse"
        self._splitter = _Splitter(self._events, limit)
        self._limit = limit
        self._size = 0
        self._data: list[bytes] = []
        self._event = ""
        self._id = ""
        self._retry: int | None = None
        self._begun = False

    def feed(self, piece: bytes) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """The items that are whole with this piece."""
        for line in self._splitter.feed(piece):
            if not self._begun:
                self._begun = True
                line = line.removeprefix(b"\xef\xbb\xbf")
            if self._events:
                yield from self._field(line)
            elif text := line.strip(b" \t\r\x1e"):  # RFC 7464 begins each text with a record separator.
                yield text, {}

    def end(self) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """The last line, which may lack its end. An event that is not ended is none."""
        if not self._events:
            yield from self.feed(b"\n")

    def _field(self, line: bytes) -> Iterator[tuple[bytes, dict[str, Any]]]:
        if not line:
            if self._data:
                about = {"event": self._event or "message", "id": self._id, "retry": self._retry}
                yield b"\n".join(self._data), about
            self._data, self._event, self._size = [], "", 0
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._size += len(value) + 1
            if self._size > self._limit:
                raise OverflowError
            self._data.append(value)
        elif name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit():
            self._retry = int(value)


_KINDS = ("sse", "jsonl")
_DONE = b"[DONE]"
"""What many services send as the last event, although it is no JSON."""


class _Reading:
    """One reading of an answer: from pieces to items. No I/O."""

    def __init__(
        self, operation: Operation[Any], response: httpx2.Response, media: Media, tolerant: bool, settings: Settings
    ) -> None:
        self._operation = operation
        self._response = response
        self._media = media
        self._tolerant = tolerant
        self._parser = _Parser(media.kind, settings.config.max_response_bytes)
        self.ended = False
        self.found: list[Departure] = []
        """Where the last item departs from its schema."""

    def feed(self, piece: bytes) -> Iterator[Any]:
        """The items that are whole with this piece."""
        try:
            for text, about in self._parser.feed(piece):
                if text == _DONE and self._media.kind == "sse" and self._media.type is not None:
                    self.ended = True
                    return
                yield self._item(text, about)
        except OverflowError:
            what = f"{self._operation.name}: an item is larger than the limit (see Config)"
            raise ResponseTooLargeError(what, self._response, self._operation.name) from None

    def end(self) -> Iterator[Any]:
        """The last item, which may lack its end."""
        if not self.ended:
            check_stream(self._operation.name, self._response)
            for text, about in self._parser.end():
                yield self._item(text, about)

    def _item(self, text: bytes, about: dict[str, Any]) -> Any:
        self.found = []
        value: Any
        if self._media.type is None:
            value = text.decode("utf-8", "replace")
        else:
            value = decoded(self._operation, self._response, self._media, text, self._tolerant, self.found)
        return Event(value, **about) if self._media.kind == "sse" else value


def items_of(
    operation: Operation[Any],
    response: httpx2.Response,
    media: Media,
    tolerant: bool,
    settings: Settings,
    found: list[Departure],
) -> list[Any]:
    """All items of an answer that came whole; the pointers of departures begin with the place of the item."""
    reading = _Reading(operation, response, media, tolerant, settings)
    items: list[Any] = []
    for item in chain(reading.feed(response.content), reading.end()):
        found += [replace(departure, pointer=f"/{len(items)}{departure.pointer}") for departure in reading.found]
        items.append(item)
    return items


class _Items(Generic[Item_co]):
    def __init__(
        self,
        client: Any,
        operation: Operation[Any],
        arguments: tuple[Any, ...],
        options: Any,
        body: Any = None,
        content_type: str | None = None,
    ) -> None:
        wanted = [media.name for answer in operation.answers.values() for media in answer if media.kind in _KINDS]
        headers = {"Accept": ", ".join(dict.fromkeys(wanted)), **options.get("extra_headers", {})}
        self._client = client
        self._given: tuple[Operation[Any], tuple[Any, ...], Any, Any, str | None]
        self._given = (operation, arguments, {**options, "extra_headers": headers}, body, content_type)
        self._running: Any = None

    def _call(self) -> Call[Any]:
        call: Call[Any] = Call(self._client._settings, *self._given)
        call.stream = True
        return call

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._given[0].name}>"


def _streamed(operation: Operation[Any], response: httpx2.Response) -> Media | None:
    """The documented type of a good answer, if its items can be read while they come."""
    answers, status = operation.answers, response.status_code
    media = next((answers[key] for key in (str(status), "2XX", "default") if key in answers), ())
    if status >= 300 or not media:
        return None
    found = matching(response.headers.get("content-type", ""), media)
    return found if found is not None and found.kind in _KINDS else None


def _reading(call: Call[Any], response: httpx2.Response) -> _Reading | None:
    """How to go on reading; None where the answer is to be read as a whole, since it is an error or of another type."""
    media = _streamed(call.operation, response)
    if media is None:
        return None
    return _Reading(call.operation, response, media, call.options.get("policy") != "strict", call.settings)


def _listed(found: Any) -> list[Any]:
    """What came as a whole, as items; an answer without a body (204) has none."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _told(call: Call[Any], response: httpx2.Response, reading: _Reading, items: Iterator[Any]) -> Iterator[Any]:
    """The items; departures are reported as they come."""
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
        response = self._client._run(call)
        try:
            reading = _reading(call, response)
            if reading is None:
                response.read()
                found = call.finish(response, [])
                yield from _listed(found)
                return
            with stream_errors(call.operation.name):
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
        response = await self._client._run(call)
        try:
            reading = _reading(call, response)
            if reading is None:
                await response.aread()
                found = call.finish(response, [])
                for item in _listed(found):
                    yield item
                return
            with stream_errors(call.operation.name):
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
