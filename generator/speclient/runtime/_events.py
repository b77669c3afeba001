"""Bodies of items, from bytes to items without I/O: server-sent events (WHATWG HTML, section 9.2), lines of JSON."""

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
        self._rest = bytearray()
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
        *lines, last = piece.split(b"\n")
        if lines:
            lines[0] = bytes(self._rest) + lines[0]
            self._rest = bytearray()
        # In place, so that a long line in many pieces is not copied with each.
        self._rest += last
        if len(self._rest) > self._limit or any(len(line) > self._limit for line in lines):
            raise OverflowError
        return lines


class Parser:
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
        elif name == b"retry" and value.isdigit() and len(value) <= _RETRY_DIGITS:
            self._retry = int(value)


KINDS = ("sse", "jsonl")
_RETRY_DIGITS = 12
_DONE = b"[DONE]"
"""What many services send as the last event, although it is not JSON."""


class Reading:
    """One reading of an answer: from pieces to items."""

    def __init__(self, call: Call[Any], response: httpx2.Response, media: Media) -> None:
        self._call = call
        self._response = response
        self._media = media
        self._parser = Parser(media.kind, call.settings.config.max_response_bytes)
        self.ended = False
        self.found = SchemaViolations()
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
            name = self._call.operation.name
            what = f"{name}: an item is larger than the limit (see Config)"
            raise ResponseTooLargeError(what, self._response, name) from None

    def end(self) -> Iterator[Any]:
        """The last item, which may lack its end."""
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
        self.found = SchemaViolations()
        value: Any
        if self._media.type is None:
            value = text.decode("utf-8", "replace")
        else:
            value = decoded(self._call, self._response, self._media, text, self.found)
        return Event(value, **about) if self._media.kind == "sse" else value


def items_of(call: Call[Any], response: httpx2.Response, media: Media, violations: SchemaViolations) -> list[Any]:
    """All items of an answer that came whole; the pointers of violations begin with the place of the item."""
    reading = Reading(call, response, media)
    items: list[Any] = []
    for item in chain(reading.feed(response.content), reading.end()):
        violations.add(
            [replace(violation, pointer=f"/{len(items)}{violation.pointer}") for violation in reading.found],
            reading.found.total,
        )
        items.append(item)
    return items
