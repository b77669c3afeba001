"""Decisions on retries. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._errors import retry_delay

if TYPE_CHECKING:
    import httpx2

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
"""RFC 9110, section 9.2.2. Other methods may have been processed although no response was received."""


@dataclass(frozen=True, slots=True)
class Retry:
    """When a call is retried. `max_retries` limits the number, `deadline` the time."""

    statuses: frozenset[int] = frozenset({408, 429, 500, 502, 503, 504})
    """Status codes of temporary errors."""
    methods: frozenset[str] = IDEMPOTENT
    """Methods that are retried without `idempotent=True`."""
    first_wait: float = 0.5
    """Seconds. The n-th wait is random between 0 and `first_wait` * 2^n (full jitter)."""
    longest_backoff: float = 8.0
    """Maximum wait in seconds."""
    longest_wait: float = 60.0
    """Seconds. If a service requests a longer wait, the exception is raised immediately."""

    def wait(self, attempt: int, response: httpx2.Response | None, now: float, jitter: float) -> float | None:
        """Return the seconds to wait after attempt number `attempt` (from 0), or None for no retry.

        `response` is None if no response was received; `now` is in seconds since 1970; `jitter` is in [0, 1).
        """
        backoff: float = jitter * min(self.longest_backoff, self.first_wait * 2**attempt)
        if response is None:
            return backoff
        if response.status_code not in self.statuses:
            return None
        requested = retry_delay(response, now)
        if requested is None:
            return backoff
        return requested + backoff / 8 if requested <= self.longest_wait else None
