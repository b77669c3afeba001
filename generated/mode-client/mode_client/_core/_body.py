"""Limits on the size and duration of a response body, and decompression within them."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from ._clock import _Clock

PROBLEM = "speclient.problem"
"""Key in a response's extensions: the problem with its body, `TOO_LARGE` or `BROKEN`."""
TOO_LARGE = "larger than the limit"
BROKEN = "not compressed as its content encoding declares"
ENCODINGS = "gzip, deflate"
"""Accepted encodings. Bodies are decompressed here because a few compressed bytes can expand to gigabytes."""
METER = "speclient.meter"
"""Key in a response's extensions: the `Meter` of its body."""
_STEP = 2**18


class Meter:
    """Counts and decompresses the chunks of a body. A problem ends the body early and is recorded in the response.

    `limit` is in bytes, decompressed. `deadline` is a time of `clock.monotonic()`. Both may change during reading.
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
                # Otherwise httpx2 would decompress the body again.
                del headers["content-encoding"]

    def passes(self, chunk: bytes) -> bool:
        """Count a chunk. Return whether it can be passed on unchanged; otherwise `feed` it."""
        if self.deadline is not None and self._clock.monotonic() > self.deadline:
            raise httpx2.ReadTimeout("the deadline has passed", request=self._response.request)
        if self._encoding or not chunk or (self.limit is not None and self._total + len(chunk) > self.limit):
            return False
        self._total += len(chunk)
        return True

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the decompressed chunks of a chunk that did not pass."""
        if not self._encoding:
            yield from self._counted(chunk)
            return
        while chunk and not self.problem:
            if self._inflate is None or self._inflate.eof:
                window = self._window(chunk)
                if window is None:
                    self._fail(BROKEN)
                    return
                self._inflate = zlib.decompressobj(window)
            try:
                unpacked = self._inflate.decompress(chunk, _STEP)
            except zlib.error:
                self._fail(BROKEN)
                return
            yield from self._counted(unpacked)
            chunk = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail

    def end(self) -> Iterator[bytes]:
        """Yield the rest after the last chunk."""
        if self._inflate is not None and not self.problem:
            yield from self._counted(self._inflate.flush())
            if not self._inflate.eof:
                self._fail(BROKEN)

    def close(self) -> None:
        """Record the duration of the exchange, as httpx2 clients do."""
        self._response.elapsed = timedelta(seconds=self._clock.monotonic() - self._began)

    @property
    def problem(self) -> str | None:
        """The problem with the body, or None."""
        problem: str | None = self._response.extensions.get(PROBLEM)
        return problem

    def _window(self, chunk: bytes) -> int | None:
        if self._encoding in ("gzip", "x-gzip"):
            return 31
        if self._encoding == "deflate":  # With a zlib header, or without one as some services send it.
            return 15 if chunk[0] & 0x0F == 8 else -15
        return None

    def _counted(self, chunk: bytes) -> Iterator[bytes]:
        self._total += len(chunk)
        if self.limit is not None and self._total > self.limit:
            self._fail(TOO_LARGE)
        elif chunk:
            yield chunk

    def _fail(self, problem: str) -> None:
        self._response.extensions[PROBLEM] = problem


class MeteredStream(httpx2.SyncByteStream):
    """A body that passes through a meter."""

    def __init__(self, stream: Any, meter: Meter) -> None:
        self._stream = stream
        self._meter = meter

    def __iter__(self) -> Iterator[bytes]:
        meter = self._meter
        for chunk in self._stream:
            if meter.passes(chunk):
                yield chunk
                continue
            yield from meter.feed(chunk)
            if meter.problem:
                return
        yield from meter.end()

    def close(self) -> None:
        self._meter.close()
        self._stream.close()


class AsyncMeteredStream(httpx2.AsyncByteStream):
    """A body that passes through a meter."""

    def __init__(self, stream: Any, meter: Meter) -> None:
        self._stream = stream
        self._meter = meter

    async def __aiter__(self) -> AsyncIterator[bytes]:
        meter = self._meter
        async for chunk in self._stream:
            if meter.passes(chunk):
                yield chunk
                continue
            for unpacked in meter.feed(chunk):
                yield unpacked
            if meter.problem:
                return
        for unpacked in meter.end():
            yield unpacked

    async def aclose(self) -> None:
        self._meter.close()
        await self._stream.aclose()
