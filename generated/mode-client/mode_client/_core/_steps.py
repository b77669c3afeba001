"""Steps of a call as data, and the two loops, one per kind of client, that perform them."""

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
    """Send a request. The result is its response."""

    request: httpx2.Request
    reads: Callable[[httpx2.Response], bool]
    """Whether the body is read immediately, within the limits on size and time."""
    deadline: float | None
    """For a body that is read immediately; a time of the monotonic clock."""
    limit: int
    """Maximum bytes of a body that is read immediately, decompressed."""
    through_middleware: bool = True


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait. There is no result."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Call a credential function. The result is the sealed return value."""

    function: Callable[[], Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Renew:
    """Get a credential, one caller at a time. The result is sealed."""

    guard: Guard
    current: Callable[[], Sealed | None]
    """Returns the credential that another caller got in the meantime, if it is valid."""
    steps: Callable[[], Steps[Sealed]]
    """The steps that get a new one."""
    seconds: float | None
    """Maximum seconds to wait for other callers."""


Step = Send | Sleep | Ask | Renew
Steps = Generator[Step, Any, T]
"""A generator of steps. It receives the result or the exception of each step, and returns a value."""


def carry_out(steps: Steps[T], perform: Callable[[Step], Any]) -> T:
    """Perform all steps and return the value of the generator."""
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
    """Perform all steps and return the value of the generator."""
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
    """Lets one thread or task at a time get a credential. A new process or event loop gets a new lock."""

    __slots__ = ("_async_lock", "_lock", "_loop", "_process")

    def __init__(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._loop: object = None
        self._async_lock: Any = None

    @property
    def lock(self) -> threading.Lock:
        """The lock of this process. A lock held during `fork()` would stay locked in the child."""
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
    """Return an identifier of the running event loop of asyncio or trio, or None."""
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
