"""Parsers of item streams without I/O: server-sent events (WHATWG HTML, section 9.2) and JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._body import PROBLEM, TOO_LARGE
from ._call import Call
from ._content import decoded
from ._errors import ResponseTooLargeError, SchemaViolations, UndecodableResponseError
from ._operation import Media

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Event(Generic[T]):
    """A server-sent event."""

    data: T
    """The data of the documented type, or text."""
    event: str = "message"
    id: str = ""
    """The last event id. Send it as the header `Last-Event-ID` to resume."""
    retry: int | None = None
    """The reconnection time in milliseconds that the service requests."""


class _Splitter:
    """Splits bytes into lines. In event streams, a carriage return alone ends a line."""

    def __init__(self, events: bool, limit: int) -> None:
        self._events = events
        self._limit = limit
        self._rest = bytearray()
        self._after_return = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that this chunk completes.

        Raises:
            OverflowError: a line is longer than the limit.
        """
        if self._after_return and chunk[:1] == b"\n":
            chunk, self._after_return = chunk[1:], False
        if chunk:
            self._after_return = self._events and chunk[-1:] == b"\r"
        if self._events:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, last = chunk.split(b"\n")
        if lines:
            lines[0] = bytes(self._rest) + lines[0]
            self._rest = bytearray()
        # Appends in place, so a long line in many chunks is not copied for each chunk.
        self._rest += last
        if len(self._rest) > self._limit or any(len(line) > self._limit for line in lines):
            raise OverflowError
        return lines


class Parser:
    """Turns lines into items: the text and the event fields."""

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

    def feed(self, chunk: bytes) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """Return the items that this chunk completes."""
        for line in self._splitter.feed(chunk):
            if not self._begun:
                self._begun = True
                line = line.removeprefix(b"\xef\xbb\xbf")
            if self._events:
                yield from self._field(line)
            elif text := line.strip(b" \t\r\x1e"):  # RFC 7464 starts each text with a record separator.
                yield text, {}

    def end(self) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """Return the last line, which may lack a line end. An unfinished event is discarded."""
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
        elif name == b"retry" and value.isdigit() and len(value) <= _RETRY_DIGITS:
            self._retry = int(value)


KINDS = ("sse", "jsonl")
_RETRY_DIGITS = 12
_DONE = b"[DONE]"
"""The last event of many services, which is not JSON."""


class Reading:
    """Parses one response from chunks to items."""

    def __init__(self, call: Call[Any], response: httpx2.Response, media: Media) -> None:
        self._call = call
        self._response = response
        self._media = media
        self._parser = Parser(media.kind, call.settings.config.max_response_bytes)
        self.ended = False
        self.violations = SchemaViolations()
        """The violations of the last item."""

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """Return the items that this chunk completes."""
        try:
            for text, about in self._parser.feed(chunk):
                if text == _DONE and self._media.kind == "sse" and self._media.type is not None:
                    self.ended = True
                    return
                yield self._item(text, about)
        except OverflowError:
            name = self._call.operation.name
            what = f"{name}: an item is larger than the limit (see Config)"
            raise ResponseTooLargeError(what, self._response, name) from None

    def end(self) -> Iterator[Any]:
        """Return the last item, which may lack a line end."""
        if not self.ended:
            self._check()
            for text, about in self._parser.end():
                yield self._item(text, about)

    def _check(self) -> None:
        problem = self._response.extensions.get(PROBLEM)
        if problem is not None:
            name = self._call.operation.name
            kind = ResponseTooLargeError if problem == TOO_LARGE else UndecodableResponseError
            raise kind(f"{name}: the body is {problem}", self._response, name)

    def _item(self, text: bytes, about: dict[str, Any]) -> Any:
        self.violations = SchemaViolations()
        value: Any
        if self._media.type is None:
            value = text.decode("utf-8", "replace")
        else:
            value = decoded(self._call, self._response, self._media, text, self.violations)
        return Event(value, **about) if self._media.kind == "sse" else value


def items_of(call: Call[Any], response: httpx2.Response, media: Media, violations: SchemaViolations) -> list[Any]:
    """Return all items of a complete body. The pointers of violations start with the index of the item."""
    reading = Reading(call, response, media)
    items: list[Any] = []
    for item in chain(reading.feed(response.content), reading.end()):
        violations.add(
            [replace(violation, pointer=f"/{len(items)}{violation.pointer}") for violation in reading.violations],
            reading.violations.total,
        )
        items.append(item)
    return items
