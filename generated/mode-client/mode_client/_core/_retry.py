"""When to try again, and how long to wait before. Pure decisions; the clients sleep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._errors import asked_wait

if TYPE_CHECKING:
    import httpx2

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
"""RFC 9110, section 9.2.2. Another method may have had its effect although no answer came."""


@dataclass(frozen=True, slots=True)
class Retry:
    """What is tried again, and when. How often is `max_retries`, for how long `deadline`."""

    statuses: frozenset[int] = frozenset({408, 429, 500, 502, 503, 504})
    """Answers that may be others a moment later."""
    methods: frozenset[str] = IDEMPOTENT
    """Methods that may be sent again without being told so by `idempotent=True`."""
    first_wait: float = 0.5
    """Seconds. The n-th wait is drawn from 0 to `first_wait` * 2^n (full jitter)."""
    longest_backoff: float = 8.0
    """Seconds; where the growth of the waits ends."""
    longest_wait: float = 60.0
    """Seconds. When a service asks for more, the error is raised at once: the caller can plan better than a sleep."""

    def wait(self, attempt: int, response: httpx2.Response | None, now: float, jitter: float) -> float | None:
        """Seconds to wait after the failed attempt number `attempt` (from 0), or None not to try again.

        `response` is None when no answer came; `now` is the time in seconds since 1970; `jitter` is from 0 to 1.
        """
        backoff: float = jitter * min(self.longest_backoff, self.first_wait * 2**attempt)
        if response is None:
            return backoff
        if response.status_code not in self.statuses:
            return None
        asked = asked_wait(response, now)
        if asked is None:
            return backoff
        return asked + backoff / 8 if asked <= self.longest_wait else None
