"""Limits of one exchange: the duration of each step and the number of bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from ._clock import _Clock

EXCHANGE = "speclient.exchange"
"""Key of the `Exchange` in the extensions of a request."""
MAX_OVERHEAD = 2**20
"""Bytes allowed without a response or body chunk: 1xx responses, chunk extensions and trailers."""
_FOREVER = float("inf")


class Exchange:
    """One request and its response, as seen by the transport.

    A step is connecting, one write, receiving the response headers, or receiving one body chunk. The timeout limits
    each step regardless of how few bytes arrive at a time, and no step continues after the deadline.
    """

    __slots__ = ("_clock", "_overhead", "_step_ends", "deadline", "reads", "timeouts", "tracked", "written")

    def __init__(self, clock: _Clock, timeouts: httpx2.Timeout, deadline: float | None) -> None:
        self._clock = clock
        self.deadline = deadline
        """A time of the monotonic clock, or None for no limit, as for a body that the caller reads in chunks."""
        self._step_ends: float | None = None
        self._overhead = 0
        self.timeouts = timeouts
        self.tracked = False
        """Whether the transport counts the bytes it writes."""
        self.written = 0
        """Bytes of the request that were written to the network."""
        self.reads = 0

    def next_step(self) -> None:
        """Start waiting for the response headers or the next body chunk."""
        self._step_ends = None
        self._overhead = 0

    def limited(self, seconds: float | None) -> float | None:
        """Return the seconds, limited by the time until the deadline. None means no limit."""
        if self.deadline is None:
            return seconds
        remaining = max(0.0, self.deadline - self._clock.monotonic())
        return remaining if seconds is None or remaining < seconds else seconds

    def time_to_write(self, size: int) -> float | None:
        """Return the seconds for a write of `size` bytes."""
        self.written += size
        self.next_step()
        return self.limited(self.timeouts.write)

    def time_to_read(self) -> float | None:
        """Return the seconds for the next read, out of those left for the step."""
        self.reads += 1
        timeout = self.timeouts.read
        if timeout is None:
            return self.limited(None)
        now = self._clock.monotonic()
        if self._step_ends is None:
            self._step_ends = now + timeout
        ends = self._step_ends if self.deadline is None else min(self._step_ends, self.deadline)
        return max(0.0, ends - now)

    def received(self, size: int) -> bool:
        """Count bytes of the step. Return False if there are too many."""
        self._overhead += size
        return self._overhead <= MAX_OVERHEAD

    def as_timeout(self) -> dict[str, float | None]:
        """Return the timeouts for httpx2, limited by the deadline."""
        timeouts = self.timeouts
        if self.deadline is None:
            return timeouts.as_dict()
        return {
            "connect": self.limited(timeouts.connect),
            "read": self.limited(timeouts.read),
            "write": self.limited(timeouts.write),
            "pool": self.limited(timeouts.pool),
        }


class Allowance(float):
    """A timeout that carries its exchange through httpcore2 to the network stream. No timeout is infinite."""

    exchange: Exchange


def allowances(exchange: Exchange) -> dict[str, float | None]:
    """Return the timeouts for httpcore2, which passes them to the network stream with every read and write."""
    allowance = Allowance(_FOREVER)
    allowance.exchange = exchange
    return {
        "connect": allowance,
        "read": allowance,
        "write": allowance,
        "pool": exchange.limited(exchange.timeouts.pool),
    }
