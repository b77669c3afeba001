"""A client of one kind on a scripted service, for checks that send a few requests."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import httpx2

from ..arguments import Arguments
from ..client_call import Outcome, Raised, Returned, Session, bound, first_request, reproduction
from ..credentials import Credentials
from ..equality import parse_lossless
from ..findings import Finding
from ..jsontypes import as_object
from ..oracle import Call, WireRequest, judge_request
from ..package import Method, Package
from ..request_side import smallest_arguments
from ..responses import DocumentedResponse, ResponseSpace, is_stream
from ..spelling import write
from .programs import program


@dataclass(frozen=True)
class Kind:
    """A kind of client: synchronous or asynchronous, with a policy."""

    asynchronous: bool
    policy: str

    def __str__(self) -> str:
        return f"{'async' if self.asynchronous else 'sync'} {self.policy}"


KINDS = tuple(Kind(asynchronous, policy) for policy in ("strict", "tolerant") for asynchronous in (False, True))


class ManualClock:
    """A clock that only moves when a client sleeps. `jitter` is constant."""

    def __init__(self, jitter: float = 0.5) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._jitter = jitter

    def monotonic(self) -> float:
        """Seconds of the clock."""
        return self.now

    def time(self) -> float:
        """Seconds since 1970."""
        return 1_700_000_000.0 + self.now

    def jitter(self) -> float:
        """The constant."""
        return self._jitter

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self.slept.append(seconds)
        self.now += seconds
        if len(self.slept) > 500:
            raise EndlessWaitError(f"{len(self.slept)} waits")


class AsyncManualClock(ManualClock):
    """The asynchronous counterpart."""

    async def sleep(self, seconds: float) -> None:  # type: ignore[override]
        """Advance the clock."""
        super().sleep(seconds)


class EndlessWaitError(Exception):
    """A client does not stop to send requests or to wait."""


@dataclass(frozen=True)
class Reply:
    """One response of a scripted service."""

    status: int = 200
    content: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    in_pieces: bool = False
    """Whether the body arrives in pieces of one to three bytes."""

    def stream(self) -> Any:
        """The body as a stream of `httpx2`."""
        return _Pieces(self.content) if self.in_pieces else httpx2.ByteStream(self.content)

    def __str__(self) -> str:
        return f"{self.status}{' ' + repr(dict(self.headers)) if self.headers else ''}"


class _Pieces(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        start, size = 0, 1
        while start < len(self._content):
            yield self._content[start : start + size]
            start, size = start + size, size % 3 + 1

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in iter(self):
            yield piece


Step = Reply | Exception
Respond = Callable[[httpx2.Request, int], Step]


@dataclass
class ClientSession(Session):
    """A session of one kind of client, through its `transport` option, which is the default way to send."""

    kind: Kind = KINDS[0]
    runner: Any = None
    options: Mapping[str, object] = field(default_factory=dict[str, object])

    def settings(self) -> dict[str, object]:
        """Options that make the client send its requests to this session."""
        policy = {"policy": "strict"} if self.kind.policy == "strict" else {}  # Tolerant is the default.
        settings = {"defaults": True, "transport": httpx2.MockTransport(self._handle), **policy, **self.options}
        return {name: value for name, value in settings.items() if name != "transport" or value is not None}

    @property
    def asynchronous(self) -> bool:
        """Whether the client is the asynchronous one."""
        return self.kind.asynchronous

    def call(self, method: Method, arguments: Arguments, *, positional: bool = False,
             extra: Mapping[str, object] | None = None) -> Outcome:  # fmt: skip
        """Call the method with a client of this kind."""
        bound_call = bound(self.package, self.client, method, arguments, positional=positional, extra=extra)
        return self.outcome(lambda: _call(bound_call))

    def raw(self, method: Method, arguments: Arguments, extra: Mapping[str, object] | None = None) -> Outcome:
        """Call the method through `client.raw`."""
        function, by_position, by_name = bound(self.package, self.client, method, arguments, extra=extra)
        return self.outcome(lambda: self.client.raw(function, *by_position, **by_name))

    def outcome(self, action: Callable[[], Any]) -> Outcome:
        """Perform an action, which returns an awaitable if the client is asynchronous."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                if not self.kind.asynchronous:
                    return Returned(action())
                return Returned(self.runner.run(_awaited(action)))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            return Raised(error)


def _call(bound_call: tuple[Callable[..., Any], list[object], dict[str, object]]) -> Any:
    function, by_position, by_name = bound_call
    return first_request(function(*by_position, **by_name))


async def _awaited(action: Callable[[], Any]) -> Any:
    result = action()
    return await result if hasattr(result, "__await__") else result


@dataclass
class Trial:
    """One call on a scripted service, with everything that can be seen of it."""

    outcome: Outcome
    requests: list[WireRequest]
    sent: list[httpx2.Request]
    clock: ManualClock
    how: str
    responses: list[httpx2.Response] = field(default_factory=list[httpx2.Response])
    program: Callable[[], str] = str
    """Returns a program that repeats the call, or an empty text."""

    @property
    def error(self) -> BaseException | None:
        """The exception that the call raised."""
        return self.outcome.error if isinstance(self.outcome, Raised) else None


@dataclass
class Bench:
    """An operation with a kind of client, and what its service returns."""

    package: Package
    method: Method
    kind: Kind
    space: ResponseSpace
    runner: asyncio.Runner

    @property
    def name(self) -> str:
        """The name of the operation."""
        return self.method.operation.name

    @cached_property
    def arguments(self) -> Arguments:
        """Required arguments only."""
        return smallest_arguments(self.method)

    @cached_property
    def responses(self) -> tuple[DocumentedResponse, ...]:
        """The documented responses of the operation."""
        return tuple(response for response in self.space.responses if response.operation == self.method.operation)

    @cached_property
    def success(self) -> DocumentedResponse | None:
        """The first documented success that needs no special argument."""
        return next((each for each in self.responses if each.is_success and not each.chosen), None)

    @cached_property
    def fine(self) -> Reply:
        """A valid success."""
        return Reply(200) if self.success is None else self.valid(self.success)

    def valid(self, response: DocumentedResponse) -> Reply:
        """A reply with a valid body for a documented response."""
        headers = (("content-type", response.media_type),) if response.media_type else ()
        content = b""
        if response.has_schema:
            content = write(self.space.example(response)).encode()
        elif response.media_type is not None and not is_stream(response.media_type):
            content = b"text"
        return Reply(response.status, content, headers)

    def error_reply(self, status: int, *headers: tuple[str, str]) -> Reply:
        """A reply with an error status; its body is valid if the status is documented."""
        documented = next((each for each in self.responses if each.status == status), None)
        reply = Reply(status) if documented is None else self.valid(documented)
        reply = replace(reply, content=_without_delay(reply.content))
        return replace(reply, headers=(*reply.headers, *headers))

    def trial(
        self,
        script: Sequence[Step] | Respond,
        *,
        extra: Mapping[str, object] | None = None,
        arguments: Arguments | None = None,
        action: Callable[[ClientSession], Outcome] | None = None,
        clock: ManualClock | None = None,
        limit: int = 300,
        real_clock: bool = False,
        **options: Any,
    ) -> Trial:
        """Call the operation on a service that replies as scripted; the last reply is repeated.

        With `real_clock`, waits take their time.
        """
        arguments = arguments or self.arguments
        clock = clock or self.clock()
        sent: list[httpx2.Request] = []

        def respond(request: httpx2.Request) -> httpx2.Response:
            sent.append(request)
            if len(sent) > limit:
                raise EndlessWaitError(f"more than {limit} requests")
            step = script(request, len(sent) - 1) if callable(script) else script[min(len(sent), len(script)) - 1]
            if isinstance(step, Exception):
                raise step
            headers = list(step.headers)
            response = httpx2.Response(step.status, headers=headers, stream=step.stream(), request=request)
            responses.append(response)
            return response

        responses: list[httpx2.Response] = []
        session = ClientSession(
            self.package, options.pop("base_url", None), respond,
            kind=self.kind, runner=self.runner, options={**({} if real_clock else {"clock": clock}), **options},
        )  # fmt: skip
        outcome = session.call(self.method, arguments, extra=extra) if action is None else action(session)
        scripted = "a function" if callable(script) else ", ".join(str(step) or type(step).__name__ for step in script)
        call = reproduction(self.method, arguments, extra)
        shown = ", ".join(f"{name}={value!r}" for name, value in options.items())
        how = f"{self.kind} client{f' ({shown})' if shown else ''}: {call}; the service returns {scripted}"
        trial = Trial(outcome, session.requests, sent, clock, how, responses)
        if action is None and not callable(script):
            trial.program = partial(self._program, script, arguments, extra, options)
        return trial

    def _program(
        self, script: Sequence[Step], arguments: Arguments, extra: Mapping[str, object] | None, options: dict[str, Any]
    ) -> str:
        replies = [
            step if isinstance(step, Exception) else (step.status, step.headers, step.content) for step in script
        ]
        policy = {"policy": "strict"} if self.kind.policy == "strict" else {}
        return program(self.package, self.method, arguments, replies, {**policy, **options},
                       asynchronous=self.kind.asynchronous, extra=extra)  # fmt: skip

    def judged(self, trial: Trial, arguments: Arguments, credentials: Credentials) -> tuple[Finding, ...]:
        """What the first request of a trial violates."""
        operation = self.method.operation
        call = Call(operation, self.package.server_of(operation), arguments.values, credentials, arguments.body,
                    arguments.body_type)  # fmt: skip
        return judge_request(trial.requests[0], call)

    def clock(self, jitter: float = 0.5) -> ManualClock:
        """A clock for this kind of client."""
        return AsyncManualClock(jitter) if self.kind.asynchronous else ManualClock(jitter)

    def finding(self, check: str, expected: str, trial: Trial, got: str | None = None) -> Finding:
        """A finding about a trial."""
        where = f"{self.name}"
        shown = got if got is not None else _shown(trial)
        return Finding(where, check, expected, shown, trial.how, call=trial.program())

    def is_error(self, trial: Trial, name: str) -> bool:
        """Whether the call raised a public exception of this name."""
        return isinstance(trial.error, self.package.error(name))

    @cached_property
    def origin(self) -> str:
        """The base URL of the document."""
        return self.package.server


def _without_delay(content: bytes) -> bytes:
    """JSON without the properties that clients read like the header `Retry-After`."""
    if b"etry" not in content:
        return content
    body = as_object(parse_lossless(content))
    return write({name: value for name, value in body.items() if name not in ("retryAfter", "retry_after")}).encode()


def _shown(trial: Trial) -> str:
    return f"{trial.outcome}; {len(trial.requests)} requests, waits {[round(wait, 3) for wait in trial.clock.slept]}"
