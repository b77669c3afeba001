"""Polling: requests a state until it is terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar

from ._call import Call
from ._errors import (
    APIConnectionError,
    FailedStateError,
    ResponseError,
    StatusError,
    WaitError,
    WaitTimeoutError,
    retry_delay,
)
from ._flow import Line, flow
from ._model import Model, to_jsonable
from ._operation import Operation
from ._options import check_options, without_unset
from ._pointers import at
from ._response import result
from ._steps import Sleep, Steps

if TYPE_CHECKING:
    import httpx2

    from ._async_client import AsyncClient
    from ._client import SyncClient
    from ._options import Settings

T = TypeVar("T")
_LAST = 0.2
"""Seconds. With less time left, the state is not requested again."""
_MOST_ABSENT = 3
"""How often an item may be missing from a complete listing, because listings can lag behind."""


class WaitOptions(TypedDict, total=False):
    """Options of `wait` methods besides the arguments of the operation, `timeout` and `policy`."""

    wait_timeout: float | None
    """Seconds to wait for a terminal state (default 3600). None means no limit."""
    first_interval: float
    """Seconds before the second request (default 1). Each further interval is 1.5 times as long."""
    longest_interval: float
    """Maximum interval in seconds (default 30)."""
    raise_on_failure: bool
    """Whether a failure state raises `FailedStateError` (default) or is returned."""
    max_retries: int
    """Maximum number of retries of each request."""
    extra_headers: Mapping[str, str]
    """Headers that are sent in addition to, or instead of, the client's own."""


_OWN = ("wait_timeout", "first_interval", "longest_interval", "raise_on_failure")


class Source(Protocol):
    """Where the state is, if it is not in the response of the operation."""

    def find(self, waiting: Waiting, item_id: str) -> Steps[Any]:
        """The steps to the item that contains the state.

        Raises:
            AbsentError: there is no such item.
        """
        ...


@dataclass(frozen=True, slots=True)
class Polling:
    """The terminal states (`x-speclient`, `polling`). Other states are not terminal."""

    status: tuple[str, ...]
    """Pointer to the state, in the response or in the listed item."""
    success: Sequence[Any]
    failure: Sequence[Any]
    message: tuple[str, ...] = ()
    """Pointer to the service's message about a failure, next to the state."""
    source: Source | None = None
    """Finds the item that contains the state, if the response does not."""


class AbsentError(Exception):
    """The item is not in the listing."""


class Waiting:
    """The state of polling: when to request again, and when to stop. No I/O."""

    def __init__(self, name: str, polling: Polling, options: Mapping[str, Any], settings: Settings, line: Line) -> None:
        options = without_unset(options)
        check_options(options, {*WaitOptions.__annotations__, "timeout", "policy"})
        self.polling = polling
        self.settings = settings
        self.line = line
        self._name = name
        self._options = options
        seconds: float | None = options.get("wait_timeout", 3600.0)
        self.deadline = None if seconds is None else line.clock.monotonic() + seconds
        self._interval: float = options.get("first_interval", 1.0)
        self.calls: Any = {key: value for key, value in options.items() if key not in _OWN}
        self._last: Any = None
        self._failure: APIConnectionError | ResponseError | None = None

    def call(self, operation: Operation[T], arguments: Mapping[str, Any]) -> Call[T]:
        """Return a call that ends before the wait does."""
        call = Call(self.settings, operation, arguments, self.calls)
        call.deadline = self.deadline
        return call

    def is_terminal(self, last: Any, item_id: str) -> bool:
        """Return whether a state is terminal.

        Raises:
            FailedStateError: the state is a failure.
        """
        self._last, self._failure = last, None
        state = self._state()
        if state is None or state not in self.polling.failure:
            return state is not None and state in self.polling.success
        if self._options.get("raise_on_failure", True):
            message = self._message(last)
            reason = f": {message}" if message else ""
            text = f"{self._name}: {item_id} reached the failure state {str(state)[:60]!r}{reason}"
            raise FailedStateError(text, state, last)
        return True

    def pause(self, response: httpx2.Response | None) -> float:
        """Return the seconds to wait before the next request.

        Raises:
            WaitTimeoutError: no time is left.
        """
        clock = self.line.clock
        requested = retry_delay(response, clock.time()) if response is not None else None
        # Random between 80 and 120 per cent, so that many waiters do not request at the same time.
        wait = max(requested or 0.0, self._interval * (0.8 + 0.4 * clock.jitter()))
        self._interval = min(self._interval * 1.5, self._options.get("longest_interval", 30.0))
        remaining = None if self.deadline is None else self.deadline - clock.monotonic()
        if remaining is None or wait <= remaining:
            return wait
        if (requested or 0.0) > remaining or remaining < _LAST:
            raise self.timeout_error()
        return remaining / 2  # For a last request in the time left.

    def timeout_error(self) -> WaitTimeoutError:
        """The exception for no terminal state in time."""
        state = self._state()
        shown = "unknown" if state is None else repr(self._safe(str(state))[:60])
        failure = f"; {self._failure}" if self._failure is not None else ""
        seconds = self._options.get("wait_timeout", 3600.0)
        return WaitTimeoutError(
            f"{self._name}: no terminal state within {seconds:g} s; the last state is {shown}{failure}",
            state,
            self._last,
        )

    def record_failure(self, error: APIConnectionError | ResponseError) -> httpx2.Response | None:
        """Record a failed request that may be repeated, and return its response.

        Raises:
            APIConnectionError, ResponseError: it may not be repeated.
            WaitTimeoutError: no time is left.
        """
        statuses = self.settings.config.retry.statuses
        if not isinstance(error, APIConnectionError) and not (
            isinstance(error, StatusError) and error.status_code in statuses
        ):
            raise error
        self._failure = error
        if self.deadline is not None and self.line.clock.monotonic() >= self.deadline:
            raise self.timeout_error() from error
        return getattr(error, "response", None)

    def _state(self) -> Any:
        return to_jsonable(at(self._last, self.polling.status)) if self._last is not None else None

    def _message(self, last: Any) -> str:
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
    options: Mapping[str, Any],
) -> Steps[T]:
    """The steps until a state is terminal. Returns the response of the operation."""
    waiting = Waiting(operation.name, polling, options, settings, line)
    item_id = next(
        (str(arguments[name]) for name, param in operation.params.items() if param.place == "path"), "the request"
    )
    absent = 0
    while True:
        response: httpx2.Response | None = None
        call = waiting.call(operation, arguments)
        try:
            if polling.source is None:
                response = yield from flow(call, line)
                last: Any = result(call, response)
                if waiting.is_terminal(last, item_id):
                    return last  # type: ignore[no-any-return]
            else:
                item = yield from polling.source.find(waiting, item_id)
                absent = 0
                if waiting.is_terminal(item, item_id):
                    return result(call, (yield from flow(call, line)))
        except AbsentError:
            absent += 1
            # The operation itself shows whether the item exists.
            result(call, (yield from flow(call, line)))
            if absent >= _MOST_ABSENT:
                raise WaitError(f"{operation.name}: {item_id} is not in the listing, so its state is unknown") from None
        except (APIConnectionError, ResponseError) as error:
            response = waiting.record_failure(error)
        yield Sleep(waiting.pause(response))


def wait(
    client: SyncClient,
    operation: Operation[T],
    polling: Polling,
    arguments: Mapping[str, Any],
    options: Mapping[str, Any],
) -> T:
    """Wait for a terminal state. Generated methods use this."""
    return client._carry_out(wait_steps(client._settings, client._line, operation, polling, arguments, options))


async def wait_async(
    client: AsyncClient,
    operation: Operation[T],
    polling: Polling,
    arguments: Mapping[str, Any],
    options: Mapping[str, Any],
) -> T:
    """Wait for a terminal state. Generated methods use this."""
    return await client._carry_out(wait_steps(client._settings, client._line, operation, polling, arguments, options))
