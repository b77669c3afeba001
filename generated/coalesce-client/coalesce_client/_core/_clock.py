"""Clocks of the clients. A custom clock lets tests run without waiting."""

from __future__ import annotations

import random
import time


class _Clock:
    """Base of both kinds of clocks. Derive from `Clock` or `AsyncClock`."""

    def monotonic(self) -> float:
        """Return seconds that never decrease, for deadlines."""
        return time.monotonic()

    def time(self) -> float:
        """Return seconds since 1970, for comparison with dates in responses."""
        return time.time()

    def jitter(self) -> float:
        """Return a number in [0, 1) that shortens waits, so that clients do not retry at the same time."""
        return random.random()


class Clock(_Clock):
    """The clock of the synchronous client."""

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds."""
        time.sleep(seconds)


class AsyncClock(_Clock):
    """The clock of the asynchronous client, under asyncio and trio."""

    async def sleep(self, seconds: float) -> None:
        """Wait for some seconds."""
        import anyio

        await anyio.sleep(seconds)
