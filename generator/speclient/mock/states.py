"""States of a job: which are waiting, running and final, and the way from the first to the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from speclient.ir import Polling
from speclient.values.wanted import words_of

State = str | int | bool


class Phase(StrEnum):
    """The meaning of a state."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCESS = "success"
    FAILURE = "failure"


_STATUS = frozenset({"status", "state", "phase", "stage", "condition"})
_WORDS = {
    Phase.WAITING: {
        "accepted", "awaiting", "created", "enqueued", "init", "initialized", "initializing", "initiated", "new",
        "notstarted", "open", "pending", "planned", "preparing", "queued", "queueing", "received", "scheduled",
        "starting", "submitted", "waiting",
    },
    Phase.RUNNING: {
        "active", "building", "computing", "deploying", "executing", "ingesting", "inprogress", "ongoing", "processing",
        "progress", "provisioning", "rendering", "running", "started", "syncing", "uploading", "validating", "working",
    },
    Phase.SUCCESS: {
        "complete", "completed", "delivered", "done", "ended", "finished", "fulfilled", "ok", "paid", "passed", "ready",
        "shipped", "success", "successful", "succeeded", "warning",
    },
    Phase.FAILURE: {
        "aborted", "canceled", "cancelled", "crashed", "error", "errored", "expired", "failed", "failing", "failure",
        "invalid", "killed", "rejected", "stopped", "terminated", "timedout", "timeout", "unsuccessful",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatePlan:
    """The states of a resource, and the way to the property that holds them."""

    steps: tuple[str, ...]
    running: tuple[State, ...]
    """States that are not final, in the order in which they are passed."""
    success: tuple[State, ...]
    failure: tuple[State, ...]

    @property
    def all(self) -> tuple[State, ...]:
        """Every state, in the order of a lifecycle."""
        return (*self.running, *self.success, *self.failure)

    def phase(self, state: Any) -> Phase | None:
        """The meaning of a state; None for one that is not known."""
        if state in self.success:
            return Phase.SUCCESS
        if state in self.failure:
            return Phase.FAILURE
        if state in self.running:
            return phase_of(state) if phase_of(state) is Phase.WAITING else Phase.RUNNING
        return None

    def is_final(self, state: Any) -> bool:
        """Whether a resource stays in this state; an unknown state is final, so that no one waits for its end."""
        return state not in self.running


def phase_of(state: Any) -> Phase | None:
    """The phase that the words of a state suggest."""
    if not isinstance(state, str):
        return None
    words = words_of(state)
    joined = "".join(words)
    for phase, known in _WORDS.items():
        if joined in known:
            return phase
    for phase in (Phase.WAITING, Phase.FAILURE, Phase.RUNNING, Phase.SUCCESS):
        if any(word in _WORDS[phase] for word in words):
            return phase
    return None


def state_from_polling(polling: Polling, listed: Sequence[Any]) -> StatePlan:
    """The states that `polling` of `x-speclient` declares; the other listed values are not final."""
    final = (*polling.success, *polling.failure)
    others = [value for value in listed if value not in final]
    return StatePlan(polling.status, _in_order(others), polling.success, polling.failure)


def infer_state(name: str, listed: Sequence[Any]) -> StatePlan | None:
    """The states of an enumeration, if its name and its values show that it is the state of a job."""
    if not _STATUS & set(words_of(name)) or len(listed) < 2:
        return None
    phases = {value: phase_of(value) for value in listed if isinstance(value, str)}
    running = [value for value, phase in phases.items() if phase in (Phase.WAITING, Phase.RUNNING)]
    success = tuple(value for value, phase in phases.items() if phase is Phase.SUCCESS)
    failure = tuple(value for value, phase in phases.items() if phase is Phase.FAILURE)
    if not running or not (success or failure):
        return None
    return StatePlan((name,), _in_order(running), success, failure)


def _in_order(states: Sequence[Any]) -> tuple[State, ...]:
    """States that are not final: waiting ones first; states without a known meaning are left out of no lifecycle."""
    return tuple(sorted(states, key=lambda state: phase_of(state) is not Phase.WAITING))
