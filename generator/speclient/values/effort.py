"""A limit on the work and the size of one generated value."""

from __future__ import annotations

from dataclasses import dataclass

from speclient.values.facts import CannotMakeError

STEPS = 100_000
"""Schemas that may be visited for one value; other work is counted in the same unit."""
LONGEST_TEXT = 1_000_000
"""Characters of one string."""
MOST_ELEMENTS = 10_000
"""Items of one array, and properties of one object."""


class LimitError(CannotMakeError):
    """No value was found within the limits; further attempts would take as long."""


@dataclass(slots=True)
class Effort:
    """The remaining work for one value."""

    left: int = STEPS

    def spend(self, steps: int = 1) -> None:
        """Count steps.

        Raises:
            LimitError: the limit is exceeded.
        """
        self.left -= steps
        if self.left < 0:
            raise LimitError("no value within the limits: the schema is too large or nested infinitely")


def check_size(least: int, limit: int, unit: str) -> None:
    """Reject values that would have to be huge.

    Raises:
        CannotMakeError: `least` is above the limit.
    """
    if least > limit:
        shown = f"{least:,}" if least < 10**18 else "10^18 or more"
        raise CannotMakeError(f"no value within the limits: at least {shown} {unit}, the limit is {limit:,}")
