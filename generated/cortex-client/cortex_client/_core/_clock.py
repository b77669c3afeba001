"""Time, as the client sees it: give it another clock, and nothing waits."""

from __future__ import annotations

import random
import time


class _Clock:
    """What both kinds of clocks tell. Derive from `Clock` or `AsyncClock`."""

    def monotonic(self) -> float:
        """Seconds that never go back, for deadlines."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970, for dates that a service names."""
        return time.time()

    def jitter(self) -> float:
        """A number from 0 to below 1, by which waits are shortened, so that clients spread out."""
        return random.random()


class Clock(_Clock):
    """The clock of the synchronous client."""

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class AsyncClock(_Clock):
    """The clock of the asynchronous client, under asyncio and trio."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import anyio

        await anyio.sleep(seconds)
