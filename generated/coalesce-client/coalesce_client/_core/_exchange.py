"""The limits on one exchange: how long its next step may take, and how many bytes it may bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from ._clock import _Clock

EXCHANGE = "speclient.exchange"
"""Key of the `Exchange` in the extensions of a request."""
MAX_OVERHEAD = 2**20
"""Bytes that may arrive without a response or a piece of its body: as 1xx responses, chunk extensions or trailers."""
_FOREVER = float("inf")


class Exchange:
    """One request and its response, as the transport carries them out.

    A step is connecting, one write, receiving the response headers, or receiving one piece of the body. Each step may
    take as long as the timeout says, however little the service sends at a time; no step goes on after the deadline.
    """

    __slots__ = ("_clock", "_overhead", "_step_ends", "deadline", "reads", "timeouts", "tracked", "written")

    def __init__(self, clock: _Clock, timeouts: httpx2.Timeout, deadline: float | None) -> None:
        self._clock = clock
        self.deadline = deadline
        """A moment of the monotonic clock; None for no limit, as for a body that the caller reads in pieces."""
        self._step_ends: float | None = None
        self._overhead = 0
        self.timeouts = timeouts
        self.tracked = False
        """Whether the transport counts what it writes."""
        self.written = 0
        """Bytes of the request that were handed to the network."""
        self.reads = 0

    def next_step(self) -> None:
        """Begin to wait for the response headers or the next piece of the body."""
        self._step_ends = None
        self._overhead = 0

    def limited(self, seconds: float | None) -> float | None:
        """The seconds, or the time until the deadline if that is less; None is no limit."""
        if self.deadline is None:
            return seconds
        left = max(0.0, self.deadline - self._clock.monotonic())
        return left if seconds is None or left < seconds else seconds

    def time_to_write(self, size: int) -> float | None:
        """Seconds for a write of `size` bytes."""
        self.written += size
        self.next_step()
        return self.limited(self.timeouts.write)

    def time_to_read(self) -> float | None:
        """Seconds for the next read, of those that are left for the step."""
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
        """Count bytes of the step; False when there are too many."""
        self._overhead += size
        return self._overhead <= MAX_OVERHEAD

    def as_timeout(self) -> dict[str, float | None]:
        """The timeouts as httpx2 takes them, none longer than until the deadline."""
        given = self.timeouts
        if self.deadline is None:
            return given.as_dict()
        return {
            "connect": self.limited(given.connect),
            "read": self.limited(given.read),
            "write": self.limited(given.write),
            "pool": self.limited(given.pool),
        }


class Allowance(float):
    """A timeout that carries its exchange through httpcore2, down to the network stream; infinite for no timeout."""

    exchange: Exchange


def allowances(exchange: Exchange) -> dict[str, float | None]:
    """The timeouts for httpcore2, which hands them to the network stream with every read and write."""
    allowance = Allowance(_FOREVER)
    allowance.exchange = exchange
    return {
        "connect": allowance,
        "read": allowance,
        "write": allowance,
        "pool": exchange.limited(exchange.timeouts.pool),
    }
