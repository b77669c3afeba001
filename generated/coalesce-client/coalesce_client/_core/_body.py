"""The body of an answer as it comes in: limits on its size and its time, and unpacking within them."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from ._clock import _Clock

PROBLEM = "speclient.problem"
"""Key in a response's extensions: what is wrong with its body, `TOO_LARGE` or `BROKEN`."""
TOO_LARGE = "larger than the limit"
BROKEN = "not packed as its content encoding says"
ENCODINGS = "gzip, deflate"
"""What we ask for. Unpacking is done here because a few packed bytes can become gigabytes."""
METER = "speclient.meter"
"""Key in a response's extensions: the `Meter` of its body."""
_STEP = 2**18


class Meter:
    """Counts and unpacks the pieces of a body. A problem ends the body early, and is told to the response.

    `limit` is in bytes, unpacked; `deadline` is a moment of `clock.monotonic()`. Both can be set while the body comes.
    """

    __slots__ = ("_began", "_clock", "_encoding", "_inflate", "_response", "_total", "deadline", "limit")

    def __init__(
        self, response: httpx2.Response, limit: int | None, deadline: float | None, clock: _Clock, began: float
    ) -> None:
        self._response = response
        self.limit = limit
        self.deadline = deadline
        self._clock = clock
        self._began = began
        self._total = 0
        self._inflate: Any = None
        self._encoding = ""
        headers = response.headers
        if "content-encoding" in headers:
            encoding = headers["content-encoding"].strip().lower()
            if encoding not in ("", "identity"):
                self._encoding = encoding
                # Or httpx2 would unpack it again.
                del headers["content-encoding"]

    def passes(self, piece: bytes) -> bool:
        """Count a piece; whether it can be given on as it is. If not, it is to be fed."""
        if self.deadline is not None and self._clock.monotonic() > self.deadline:
            raise httpx2.ReadTimeout("the deadline has passed", request=self._response.request)
        if self._encoding or not piece or (self.limit is not None and self._total + len(piece) > self.limit):
            return False
        self._total += len(piece)
        return True

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The unpacked pieces of a piece that does not pass."""
        if not self._encoding:
            yield from self._counted(piece)
            return
        while piece and not self.problem:
            if self._inflate is None or self._inflate.eof:
                window = self._window(piece)
                if window is None:
                    self._fail(BROKEN)
                    return
                self._inflate = zlib.decompressobj(window)
            try:
                unpacked = self._inflate.decompress(piece, _STEP)
            except zlib.error:
                self._fail(BROKEN)
                return
            yield from self._counted(unpacked)
            piece = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def end(self) -> Iterator[bytes]:
        """What is left when the last piece came."""
        if self._inflate is not None and not self.problem:
            yield from self._counted(self._inflate.flush())
            if not self._inflate.eof:
                self._fail(BROKEN)

    def close(self) -> None:
        """Note how long the exchange took, as a client of httpx2 does."""
        self._response.elapsed = timedelta(seconds=self._clock.monotonic() - self._began)

    @property
    def problem(self) -> str | None:
        """What is wrong, if anything is."""
        found: str | None = self._response.extensions.get(PROBLEM)
        return found

    def _window(self, piece: bytes) -> int | None:
        if self._encoding in ("gzip", "x-gzip"):
            return 31
        if self._encoding == "deflate":  # With the header of zlib, or without it, as some services do.
            return 15 if piece[0] & 0x0F == 8 else -15
        return None

    def _counted(self, piece: bytes) -> Iterator[bytes]:
        self._total += len(piece)
        if self.limit is not None and self._total > self.limit:
            self._fail(TOO_LARGE)
        elif piece:
            yield piece

    def _fail(self, problem: str) -> None:
        self._response.extensions[PROBLEM] = problem


class MeteredStream(httpx2.SyncByteStream):
    """A body that goes through a meter."""

    def __init__(self, stream: Any, meter: Meter) -> None:
        self._stream = stream
        self._meter = meter

    def __iter__(self) -> Iterator[bytes]:
        meter = self._meter
        for piece in self._stream:
            if meter.passes(piece):
                yield piece
                continue
            yield from meter.feed(piece)
            if meter.problem:
                return
        yield from meter.end()

    def close(self) -> None:
        self._meter.close()
        self._stream.close()


class AsyncMeteredStream(httpx2.AsyncByteStream):
    """A body that goes through a meter."""

    def __init__(self, stream: Any, meter: Meter) -> None:
        self._stream = stream
        self._meter = meter

    async def __aiter__(self) -> AsyncIterator[bytes]:
        meter = self._meter
        async for piece in self._stream:
            if meter.passes(piece):
                yield piece
                continue
            for unpacked in meter.feed(piece):
                yield unpacked
            if meter.problem:
                return
        for unpacked in meter.end():
            yield unpacked

    async def aclose(self) -> None:
        self._meter.close()
        await self._stream.aclose()
