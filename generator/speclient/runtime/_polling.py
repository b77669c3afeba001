"""Waiting for what takes its time: asks for a state until it is a final one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from ._call import Call
from ._errors import (
    APIConnectionError,
    FailedStateError,
    ResponseError,
    StatusError,
    WaitError,
    WaitTimeoutError,
    asked_wait,
)
from ._flow import Line, flow
from ._model import Model, to_jsonable
from ._operation import Operation
from ._options import check_options
from ._pagination import Pagination, Walk, at
from ._response import result
from ._steps import Sleep, Steps

if TYPE_CHECKING:
    import httpx2

    from ._async_client import AsyncClient
    from ._client import SyncClient
    from ._options import Policy, Settings

T = TypeVar("T")
_MOST_PAGES = 20
_LAST = 0.2
"""Seconds; with less time left, the state is not asked for again."""
_MOST_ABSENT = 3
"""How often an element may be absent from its complete listing: it can take a moment to be listed."""


class WaitOptions(TypedDict, total=False):
    """What a method that waits takes besides the arguments of its operation."""

    wait_timeout: float | None
    """Seconds to wait for a final state (default 3600); None for no limit."""
    first_interval: float
    """Seconds before the state is asked for again (default 1). Each further interval is half as long again."""
    longest_interval: float
    """Seconds; where the growth of the intervals ends (default 30)."""
    raise_on_failure: bool
    """Whether a state of failure raises `FailedStateError` (default), or its answer is given as any other."""
    timeout: float | httpx2.Timeout | None
    """Seconds for each step of an attempt, as of any call."""
    max_retries: int
    """How often each call is tried again at most."""
    policy: Policy
    """What becomes of an answer that departs from its schema."""
    extra_headers: Mapping[str, str]
    """Headers that are sent besides, or in place of, the client's own."""


_OWN = ("wait_timeout", "first_interval", "longest_interval", "raise_on_failure")


@dataclass(frozen=True, slots=True)
class ItemLookup:
    """How one element of a sorted listing is asked for (`x-speclient`, `polling.lookup`)."""

    parameter: str
    """The argument that says where the listing begins."""
    offset: int = 0
    """What is added to the number of the element to get there."""
    order: Mapping[str, Any] | None = None
    """Further arguments, which sort the listing by that number."""


@dataclass(frozen=True, slots=True)
class Polling:
    """Which states are final (`x-speclient`, `polling`). A state in none of the lists is not."""

    status: tuple[str, ...]
    """Pointer to the state, in the answer or in the listed element."""
    success: Sequence[Any]
    failure: Sequence[Any]
    message: tuple[str, ...] = ()
    """Pointer to what the service says of a failure, beside the state."""
    listing: Callable[[], tuple[Operation[Any], Pagination]] | None = None
    """The operation whose elements tell the state, when it is not the operation itself."""
    lookup: ItemLookup | None = None
    """How an element is found there at once; else the listing is read from its beginning."""


class _Absent(Exception):
    """The element is not in its listing."""


class _Waiting:
    """When to ask again, and when to stop. No I/O."""

    def __init__(self, name: str, polling: Polling, options: WaitOptions, settings: Settings, line: Line) -> None:
        check_options(options, WaitOptions.__annotations__)
        self.polling = polling
        self.settings = settings
        self.line = line
        self._name = name
        self._options = options
        seconds = options.get("wait_timeout", 3600.0)
        self.deadline = None if seconds is None else line.clock.monotonic() + seconds
        self._interval = options.get("first_interval", 1.0)
        self.calls: Any = {key: value for key, value in options.items() if key not in _OWN}
        self._last: Any = None
        self._trouble: APIConnectionError | ResponseError | None = None

    def call(self, operation: Operation[T], arguments: Mapping[str, Any]) -> Call[T]:
        """A call that does not outlast the wait."""
        call = Call(self.settings, operation, arguments, self.calls)
        call.deadline = self.deadline
        return call

    def is_terminal(self, last: Any, wanted: str) -> bool:
        """Whether a state is final.

        Raises:
            FailedStateError: it is a state of failure.
        """
        self._last, self._trouble = last, None
        state = self._state()
        if state is None or state not in self.polling.failure:
            return state is not None and state in self.polling.success
        if self._options.get("raise_on_failure", True):
            said = self._said(last)
            what = f"{self._name}: {wanted} ended in the state {str(state)[:60]!r}{f': {said}' if said else ''}"
            raise FailedStateError(what, state, last)
        return True

    def pause(self, response: httpx2.Response | None) -> float:
        """Seconds to wait before asking again.

        Raises:
            WaitTimeoutError: there is no time left.
        """
        clock = self.line.clock
        asked = asked_wait(response, clock.time()) if response is not None else None
        # Spread over four fifths to six fifths, so that many waiters don't ask at once.
        wait = max(asked or 0.0, self._interval * (0.8 + 0.4 * clock.jitter()))
        self._interval = min(self._interval * 1.5, self._options.get("longest_interval", 30.0))
        left = None if self.deadline is None else self.deadline - clock.monotonic()
        if left is None or wait <= left:
            return wait
        if (asked or 0.0) > left or left < _LAST:
            raise self.late()
        return left / 2  # To ask once more in the time that is left.

    def late(self) -> WaitTimeoutError:
        """The error for no final state in time."""
        state = self._state()
        shown = "unknown" if state is None else repr(self._safe(str(state))[:60])
        trouble = f"; {self._trouble}" if self._trouble is not None else ""
        seconds = self._options.get("wait_timeout", 3600.0)
        return WaitTimeoutError(
            f"{self._name}: no final state within {seconds:g} s; the last is {shown}{trouble}", state, self._last
        )

    def troubled(self, error: APIConnectionError | ResponseError) -> httpx2.Response | None:
        """Take note of a call that failed and may be repeated; its response.

        Raises:
            APIConnectionError, ResponseError: it may not.
            WaitTimeoutError: there is no time left.
        """
        statuses = self.settings.config.retry.statuses
        if not isinstance(error, APIConnectionError) and not (
            isinstance(error, StatusError) and error.status_code in statuses
        ):
            raise error
        self._trouble = error
        if self.deadline is not None and self.line.clock.monotonic() >= self.deadline:
            raise self.late() from error
        return getattr(error, "response", None)

    def _state(self) -> Any:
        return to_jsonable(at(self._last, self.polling.status)) if self._last is not None else None

    def _said(self, last: Any) -> str:
        text = at(last, self.polling.message) if self.polling.message else None
        text = to_jsonable(text) if isinstance(text, Model) else text
        return self._safe(" ".join(str(text).split()))[:200] if text else ""

    def _safe(self, text: str) -> str:
        from ._redact import hidden

        return hidden(text, self.settings.secrets())


def wait_steps(
    settings: Settings,
    line: Line,
    operation: Operation[T],
    polling: Polling,
    arguments: Mapping[str, Any],
    options: WaitOptions,
) -> Steps[T]:
    """What a client has to do until a state is final. Returns the answer of the operation."""
    waiting = _Waiting(operation.name, polling, options, settings, line)
    wanted = next(
        (str(arguments[name]) for name, param in operation.params.items() if param.place == "path"), "the request"
    )
    absent = 0
    while True:
        response: httpx2.Response | None = None
        call = waiting.call(operation, arguments)
        try:
            if polling.listing is None:
                response = yield from flow(call, line)
                last: Any = result(call, response)
                if waiting.is_terminal(last, wanted):
                    return last  # type: ignore[no-any-return]
            else:
                element = yield from _find(waiting, wanted)
                absent = 0
                if waiting.is_terminal(element, wanted):
                    return result(call, (yield from flow(call, line)))
        except _Absent:
            absent += 1
            # The operation itself knows whether there is such an element.
            result(call, (yield from flow(call, line)))
            if absent >= _MOST_ABSENT:
                raise WaitError(f"{operation.name}: {wanted} is not listed, so that its state is not known") from None
        except (APIConnectionError, ResponseError) as error:
            response = waiting.troubled(error)
        yield Sleep(waiting.pause(response))


def _find(waiting: _Waiting, wanted: str) -> Steps[Any]:
    """The element that tells the state.

    Raises:
        _Absent: it is not listed.
    """
    assert waiting.polling.listing is not None
    operation, pagination = waiting.polling.listing()
    lookup = waiting.polling.lookup
    if lookup is not None and wanted.isdigit() and len(wanted) < 19:
        arguments = {**(lookup.order or {}), lookup.parameter: int(wanted) + lookup.offset}
        call = waiting.call(operation, arguments)
        try:
            page = result(call, (yield from flow(call, waiting.line)))
        except StatusError as error:
            if error.status_code != 400:  # The service does not take the look-up.
                raise
        else:
            element = _element(page, pagination, wanted)
            if element is not None:
                return element
    walk = Walk(operation, pagination, {}, {"max_pages": _MOST_PAGES})
    while walk.more:
        call = waiting.call(operation, walk.arguments)
        call.url = walk.url
        response = yield from flow(call, waiting.line)
        page = result(call, response)
        element = _element(page, pagination, wanted)
        if element is not None:
            return element
        walk.take(page, response)
    raise _Absent


def _element(page: Any, pagination: Pagination, wanted: str) -> Any:
    items = at(page, pagination.items)
    for item in items if isinstance(items, list) else ():
        if str(to_jsonable(at(item, pagination.identity))) == wanted:
            return item
    return None


def wait(
    client: SyncClient,
    operation: Operation[T],
    polling: Polling,
    arguments: Mapping[str, Any],
    options: WaitOptions,
) -> T:
    """Ask until the state is final; generated methods call this."""
    return client._carry_out(wait_steps(client._settings, client._line, operation, polling, arguments, options))


async def wait_async(
    client: AsyncClient,
    operation: Operation[T],
    polling: Polling,
    arguments: Mapping[str, Any],
    options: WaitOptions,
) -> T:
    """Ask until the state is final; generated methods call this."""
    return await client._carry_out(wait_steps(client._settings, client._line, operation, polling, arguments, options))
