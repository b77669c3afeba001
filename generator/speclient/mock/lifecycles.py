"""How a resource passes through its states: by the number of polls, or by a clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from speclient.mock.states import State

Clock = Callable[[], float]
"""The present time in seconds, from any origin."""


@dataclass(slots=True)
class ManualClock:
    """A clock that a test moves: `clock.advance(30)`."""

    now: float = 0.0

    def __call__(self) -> float:
        """The present time in seconds."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self.now += seconds


real_clock: Clock = time.monotonic


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states that a resource passes through; it stays in the last one.

    Each state lasts for `polls` requests for the resource or, with `seconds`, for that time.
    """

    states: tuple[State, ...]
    polls: int = 1
    seconds: float | None = None
    started: float = 0.0

    def state(self, polls: int, now: float) -> State:
        """The state after a number of polls, at a time."""
        if self.seconds is not None:
            passed = (now - self.started) / self.seconds if self.seconds > 0 else len(self.states)
            index = int(max(0.0, passed))
        else:
            index = polls // max(1, self.polls)
        return self.states[min(index, len(self.states) - 1)]

    def is_over(self, polls: int, now: float) -> bool:
        """Whether the last state is reached."""
        if self.seconds is not None:
            return now - self.started >= self.seconds * (len(self.states) - 1)
        return polls // max(1, self.polls) >= len(self.states) - 1
