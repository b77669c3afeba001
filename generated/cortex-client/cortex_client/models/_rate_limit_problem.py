"""Models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .._core._model import FixedValue, Model, Omittable


class RateLimitProblem(Model):
    """A problem document (RFC 9457) about the rate limit."""

    detail: Omittable[str] = None
    """What went wrong this time."""

    instance: Omittable[str] = None
    """Identifies this occurrence of the problem."""

    retry_after: Annotated[Omittable[Annotated[int, Field(ge=0)]], Field(alias="retryAfter")] = None
    """How long to wait before the next request; the same as the header.

    Unit: seconds.
    """

    status: Literal[429] = FixedValue(429)
    """The HTTP status of this response."""

    title: str
    """The problem in a few words."""

    type: str
    """Identifies the kind of problem."""
