"""Waiting for what takes its time: asks for a state until it is a final one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from ._errors import FailedStateError, WaitTimeoutError, asked_wait
from ._flow import Call
from ._model import to_jsonable
from ._operation import Operation
from ._paging import Paging, Walk, at

if TYPE_CHECKING:
    import httpx2

    from ._async_client import AsyncClient
    from ._client import SyncClient
    from ._clock import _Clock
    from ._options import Policy

T = TypeVar("T")


class WaitOptions(TypedDict, total=False):
    """What a method that waits takes besides the arguments of its operation."""

    timeout: float | None
    """Seconds to wait for a final state (default 3600); None for ever."""
    first_interval: float
    """Seconds before the state is asked for again (default 1). Each further interval is half as long again."""
    longest_interval: float
    """Seconds; where the growth of the intervals ends (default 30)."""
    raise_on_failure: bool
    """Whether a state of failure raises `FailedStateError` (default), or its answer is given as any other."""
    max_retries: int
    """How often each call is tried again at most."""
    policy: Policy
    """What becomes of an answer that departs from its schema."""
    extra_headers: Mapping[str, str]
    """Headers that are sent besides, or in place of, the client's own."""


_OWN = ("timeout", "first_interval", "longest_interval", "raise_on_failure")


@dataclass(frozen=True, slots=True)
class Polling:
    """Which states are final (`x-speclient`, `polling`). A state in none of the lists is not."""

    status: tuple[str, ...]
    """Pointer to the state, in the answer or in the listed element."""
    success: Sequence[Any]
    failure: Sequence[Any]
    listing: Callable[[], tuple[Operation[Any], Paging]] | None = None
    """The operation whose elements tell the state, when it is not the operation itself."""


class Loop:
    """When to ask again, and when to stop. No I/O."""

    def __init__(self, name: str, polling: Polling, options: WaitOptions, clock: _Clock) -> None:
        self._name = name
        self._polling = polling
        self._clock = clock
        self._options = options
        seconds = options.get("timeout", 3600.0)
        self._deadline = None if seconds is None else clock.monotonic() + seconds
        self._interval = options.get("first_interval", 1.0)
        self.calls: Any = {key: value for key, value in options.items() if key not in _OWN}

    def after(self, last: Any, response: httpx2.Response | None) -> float | None:
        """Seconds to wait before asking again, or None when the state is final.

        Raises:
            FailedStateError: it is a state of failure.
            WaitTimeoutError: there is no time left.
        """
        state = to_jsonable(at(last, self._polling.status))
        if state in self._polling.success and state is not None:
            return None
        if state in self._polling.failure and state is not None:
            if self._options.get("raise_on_failure", True):
                raise FailedStateError(f"{self._name}: ended in the state {str(state)[:60]!r}", state, last)
            return None
        asked = asked_wait(response, self._clock.time()) if response is not None else None
        # Spread over four fifths to six fifths, so that many waiters don't ask at once.
        wait = max(asked or 0.0, self._interval * (0.8 + 0.4 * self._clock.jitter()))
        self._interval = min(self._interval * 1.5, self._options.get("longest_interval", 30.0))
        if self._deadline is not None and self._clock.monotonic() + wait > self._deadline:
            seconds = self._options.get("timeout", 3600.0)
            shown = "unknown" if state is None else repr(str(state)[:60])
            raise WaitTimeoutError(
                f"{self._name}: no final state within {seconds:g} s; the last is {shown}", state, last
            )
        return wait


def _steps(
    client: SyncClient | AsyncClient,
    operation: Operation[T],
    polling: Polling,
    arguments: tuple[Any, ...],
    options: WaitOptions,
) -> Generator[Call[Any] | float, httpx2.Response, T]:
    """What a client has to do: send calls, and wait between them for seconds. Returns the answer."""
    loop = Loop(operation.name, polling, options, client._clock)
    while True:
        call = Call(client._settings, operation, arguments, loop.calls, None, None)
        if polling.listing is None:
            response = yield call
            last: Any = call.finish(response, [])
            pause = loop.after(last, response)
            if pause is None:
                return last  # type: ignore[no-any-return]
        else:
            wanted = next(
                value for param, value in zip(operation.params, arguments, strict=True) if param.place == "path"
            )
            pause = loop.after((yield from _find(client, polling, str(wanted), loop.calls)), None)
            if pause is None:
                return call.finish((yield call), [])
        yield pause


def _find(
    client: SyncClient | AsyncClient, polling: Polling, wanted: str, options: Any
) -> Generator[Call[Any], httpx2.Response, Any]:
    """The element that tells the state; None when it is not listed, which proves nothing."""
    assert polling.listing is not None
    listing, paging = polling.listing()
    walk = Walk(listing, paging, (None,) * len(listing.params), {"max_pages": _MOST_PAGES})
    while walk.more:
        call = Call(client._settings, listing, walk.arguments, options, None, None)
        call.url = walk.url
        response = yield call
        page = call.finish(response, [])
        items = at(page, paging.items)
        for item in items if isinstance(items, list) else ():
            if str(to_jsonable(at(item, paging.identity))) == wanted:
                return item
        walk.take(page, response)
    return None


_MOST_PAGES = 20


def wait(
    client: SyncClient, operation: Operation[T], polling: Polling, arguments: tuple[Any, ...], options: WaitOptions
) -> T:
    """Ask until the state is final; generated methods call this."""
    steps = _steps(client, operation, polling, arguments, options)
    given: Any = None
    try:
        while True:
            step = steps.send(given)
            given = client._run(step) if isinstance(step, Call) else client._clock.sleep(step)  # type: ignore[func-returns-value]
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


async def wait_async(
    client: AsyncClient, operation: Operation[T], polling: Polling, arguments: tuple[Any, ...], options: WaitOptions
) -> T:
    """Ask until the state is final; generated methods call this."""
    steps = _steps(client, operation, polling, arguments, options)
    given: Any = None
    try:
        while True:
            step = steps.send(given)
            given = await (client._run(step) if isinstance(step, Call) else client._clock.sleep(step))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
