"""What a client has to do for a call, as data; and the two loops, one for each kind of client, that do it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ._sealed import Sealed

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request; the result is its response."""

    request: httpx2.Request
    reads: Callable[[httpx2.Response], bool]
    """Whether the body is read at once, within the limits on size and time."""
    deadline: float | None
    """For the body that is read at once; a moment of the monotonic clock."""
    limit: int
    """Bytes of the body that is read at once, unpacked."""
    through_middleware: bool = True


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait; there is no result."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Call a function of the caller's for a credential; the result is what it returns, sealed."""

    function: Callable[[], Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Renew:
    """Get a credential while nobody else does; the result is sealed."""

    guard: Guard
    current: Callable[[], Sealed | None]
    """The credential that others got meanwhile, if it is good."""
    steps: Callable[[], Steps[Sealed]]
    """What is to be done for a new one."""
    seconds: float | None
    """How long to wait for others that are at it."""


Step = Send | Sleep | Ask | Renew
Steps = Generator[Step, Any, T]
"""A generator of steps; it is sent the result of each, or thrown the exception that it raised, and returns a value."""


def carry_out(steps: Steps[T], perform: Callable[[Step], Any]) -> T:
    """Perform all steps; what the generator returns."""
    try:
        step = next(steps)
        while True:
            try:
                result = perform(step)
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


async def carry_out_async(steps: Steps[T], perform: Callable[[Step], Awaitable[Any]]) -> T:
    """Perform all steps; what the generator returns."""
    try:
        step = next(steps)
        while True:
            try:
                result = await perform(step)
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


class Guard:
    """Lets one thread, or one task, at a time get a credential. A new process or event loop gets a new lock."""

    __slots__ = ("_async_lock", "_lock", "_loop", "_process")

    def __init__(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._loop: object = None
        self._async_lock: Any = None

    @property
    def lock(self) -> threading.Lock:
        """The lock of this process: one that was held during `fork()` stays locked in the child."""
        if self._process != os.getpid():
            self._process, self._lock = os.getpid(), threading.Lock()
        return self._lock

    @property
    def async_lock(self) -> Any:
        """The `anyio.Lock` of the running event loop."""
        loop = running_loop()
        if self._async_lock is None or self._loop is not loop:
            import anyio

            self._loop, self._async_lock = loop, anyio.Lock()
        return self._async_lock


def running_loop() -> object:
    """What stands for the running event loop, of asyncio or trio; None when there is none."""
    asyncio, trio = sys.modules.get("asyncio"), sys.modules.get("trio")
    if asyncio is not None:
        try:
            return asyncio.get_running_loop()
        except RuntimeError:
            pass
    if trio is not None:
        try:
            return trio.lowlevel.current_trio_token()
        except RuntimeError:
            pass
    return None
