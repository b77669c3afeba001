"""When to try again, and how long to wait before. Pure decisions; the client sleeps."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ._errors import retry_after

if TYPE_CHECKING:
    import httpx2

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
"""RFC 9110, section 9.2.2. Another method may have had its effect although no answer came."""
STATUSES = frozenset({429, 502, 503, 504})
LONGEST_WAIT = 60.0
"""Seconds. When a service asks for more, the error is raised at once: the caller can plan better than a sleep."""


def wait_before(attempt: int, response: httpx2.Response | None) -> float | None:
    """Seconds to wait after the failed attempt number `attempt` (from 0), or None not to try again.

    `response` is None when the connection failed.
    """
    backoff = random.uniform(0, min(8.0, 0.5 * 2**attempt))  # Full jitter, so that clients spread out.
    if response is None:
        return backoff
    if response.status_code not in STATUSES:
        return None
    asked = retry_after(response.headers)
    if asked is None:
        return backoff
    return asked + backoff / 8 if asked <= LONGEST_WAIT else None
