"""Polling (`x-speclient`, `polling`): `wait` methods against a scripted job."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx2

from ..client_call import Outcome, Returned
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..jsontypes import Json, as_array, as_json, as_object, as_text, value_at
from ..operations import Operation, operations
from ..package import Method
from ..samples import complete
from ..spelling import write
from .accessors import copies
from .bench import Bench, ClientSession, Reply, Step, Trial
from .pagination import with_value

_JITTER = 0.5
"""Makes each wait exactly the interval: it varies between 80 and 120 per cent."""


class Job:
    """A job whose state changes with each request for it, where the document says that the state is."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        extension = as_object(bench.method.operation.raw.get("x-speclient"))
        self.rules = as_object(extension.get("polling"))
        self.success = [*as_array(self.rules.get("success"))]
        self.failure = [*as_array(self.rules.get("failure"))]
        self.running = [*as_array(self.rules.get("running"))] or ["proof-running"]
        self.wait = bench.method.wait
        name = as_text(self.rules.get("status-operation"))
        self.listing = self._operation(name) if name else None

    def _operation(self, name: str) -> Operation | None:
        return next((each for each in operations(self.bench.package.document)
                     if each.raw.get("operationId") == name), None)  # fmt: skip

    @property
    def status(self) -> str:
        """The pointer to the state."""
        return as_text(self.rules.get("status"))

    def reply(self, request: httpx2.Request, state: Json) -> Reply | None:
        """The response to a request, with the state; None if the document has no valid body for it."""
        bench, status = self.bench, self.status
        if self.listing is None:
            return self._with_state(bench, None, state)
        template = self.listing.path.partition("#")[0].rstrip("/")
        if not request.url.path.endswith(template):
            return bench.fine
        listed = Bench(bench.package, Method(self.listing, "", {}, None, ""), bench.kind, bench.space, bench.runner)
        pagination = as_object(as_object(self.listing.raw.get("x-speclient")).get("pagination"))
        identity = next(iter(str(value) for key, value in bench.arguments.values.items() if key.location == "path"), "")
        items = as_text(pagination.get("items"))
        page = self._with_state(listed, f"{items}/0{status}", state)
        if page is None:
            return None
        body = parse_lossless(page.content)
        pointer = f"{items}/0{as_text(pagination.get('identity'))}"
        sample = value_at(body, pointer)
        body = with_value(body, pointer, int(identity) if isinstance(sample, int) and identity.isdigit() else identity)
        return Reply(page.status, write(body).encode(), page.headers)

    def _with_state(self, bench: Bench, pointer: str | None, state: Json) -> Reply | None:
        success = bench.success
        if success is None or not success.has_schema:
            return None
        judge = bench.space.judge(success)
        for body in complete(judge):
            changed = with_value(body, pointer or self.status, state)
            if value_at(body, (pointer or self.status).rpartition("/")[0]) is not None and (
                judge.is_valid(changed) or state not in (*self.success, *self.failure)
            ):
                headers = (("content-type", success.media_type or "application/json"),)
                return Reply(success.status, write(changed).encode(), headers)
        return None


def check_waiting(bench: Bench) -> Iterator[Finding]:
    """Terminal states, intervals, failures of single requests, and the time limit."""
    job = Job(bench)
    if not job.rules or not job.wait or not job.success:
        return
    run = job.running[0]
    probe = bench.trial([bench.fine])
    if not probe.sent or job.reply(probe.sent[0], job.success[0]) is None:
        return
    polls = 1 if job.listing is None else 2
    for state in job.success:
        trial = _wait(bench, job, [run, run, state])
        yield from _done(bench, job, trial, state, [1.0, 1.5])
        if len(trial.requests) != 2 + polls:
            yield bench.finding("wait.requests", f"{2 + polls} requests", trial)
    for state in job.running:
        yield from _done(bench, job, _wait(bench, job, [state, job.success[0]]), job.success[0], [1.0])
    yield from _done(bench, job, _wait(bench, job, ["proof-unknown", job.success[0]]), job.success[0], [1.0])
    for state in job.failure:
        trial = _wait(bench, job, [run, state])
        error: Any = trial.error
        if not bench.is_error(trial, "FailedStateError"):
            yield bench.finding("wait.failure", f"FailedStateError for {state!r}", trial)
        elif error.state != state or str(state) not in str(error):
            yield bench.finding("wait.failure", f"the state {state!r} in the exception", trial, repr(error))
        else:
            yield from copies(bench, trial, error)
        trial = _wait(bench, job, [run, state], raise_on_failure=False)
        yield from _done(bench, job, trial, state, [1.0])
    yield from _intervals(bench, job, run)
    yield from _problems(bench, job, run)


def _intervals(bench: Bench, job: Job, run: Json) -> Iterator[Finding]:
    done = job.success[0]
    intervals = [1.0]
    while len(intervals) < 12:
        intervals.append(min(intervals[-1] * 1.5, 30.0))
    yield from _done(bench, job, _wait(bench, job, [run] * 12 + [done]), done, intervals)
    trial = _wait(bench, job, [run] * 4 + [done], first_interval=2, longest_interval=4)
    yield from _done(bench, job, trial, done, [2.0, 3.0, 4.0, 4.0])
    for jitter, factor in ((0.0, 0.8), (0.999, 1.2)):
        trial = _wait(bench, job, [run, done], jitter=jitter)
        yield from _done(bench, job, trial, done, [factor])
    trial = _wait(bench, job, [run], wait_timeout=10)
    error: Any = trial.error
    if not bench.is_error(trial, "WaitTimeoutError") or not 9.5 <= sum(trial.clock.slept) <= 10.01:
        yield bench.finding("wait.timeout", "WaitTimeoutError after 10 s", trial)
    elif error.state != run or (job.listing is None and error.last is None):
        yield bench.finding("wait.timeout", f"the last state {run!r} in the exception", trial, repr(error))
    trial = _wait(bench, job, [run])
    if not bench.is_error(trial, "WaitTimeoutError") or not 3590 <= sum(trial.clock.slept) <= 3600.01:
        yield bench.finding("wait.timeout", "WaitTimeoutError after an hour, by default", trial,
                            f"{type(trial.error).__name__} after {sum(trial.clock.slept):g} s")  # fmt: skip
    trial = _wait(bench, job, [run] * 150 + [done], wait_timeout=None)
    if trial.error is not None or sum(trial.clock.slept) < 3700:
        yield bench.finding("wait.unlimited", "a result after more than an hour without wait_timeout", trial)
    trial = _wait(bench, job, [run], wait_timeout=0)
    if not bench.is_error(trial, "WaitTimeoutError") or sum(trial.clock.slept) > 0:
        yield bench.finding("wait.timeout", "WaitTimeoutError without a wait for wait_timeout=0", trial)
    invalid: tuple[dict[str, Any], ...] = ({"wait_timeout": -1}, {"first_interval": "1"}, {"raise_on_failure": 1})
    for options in invalid:
        trial = _wait(bench, job, [done], **options)
        if not bench.is_error(trial, "RequestError") or trial.requests:
            yield bench.finding("wait.invalid", f"RequestError for {options}, and no request", trial)
    trial = _wait(bench, job, [done], wait_time=3)
    if not isinstance(trial.error, TypeError):
        yield bench.finding("wait.invalid", "TypeError for an unknown option", trial)


def _problems(bench: Bench, job: Job, run: Json) -> Iterator[Finding]:
    """Temporary failures of a request do not end the wait; others do."""
    done = job.success[0]
    failures = (httpx2.ReadError("reset"), httpx2.ConnectError("no"))
    for problem in (bench.error_reply(503), bench.error_reply(429), *failures):
        trial = _wait(bench, job, [run, problem, done], max_retries=0)
        yield from _done(bench, job, trial, done, [1.0, 1.5])
    trial = _wait(bench, job, [run, bench.error_reply(503, ("Retry-After", "20")), done], max_retries=0)
    yield from _done(bench, job, trial, done, [1.0, 20.0])
    for status in (400, 401, 403, 404):
        if status == 400 and job.listing is not None:
            continue
        trial = _wait(bench, job, [run, bench.error_reply(status), done], max_retries=0)
        if getattr(trial.error, "status_code", None) != status:
            yield bench.finding("wait.error", f"the exception of status {status}", trial)
    trial = _wait(bench, job, [bench.error_reply(503)], wait_timeout=10, max_retries=0)
    if not bench.is_error(trial, "WaitTimeoutError") or "503" not in str(trial.error):
        yield bench.finding("wait.timeout", "WaitTimeoutError that names the last failure", trial)


def _wait(bench: Bench, job: Job, states: Sequence[Json | Step], *, jitter: float = _JITTER, **options: Any) -> Trial:
    """Wait for a job that has these states in turn."""
    seen = 0

    def script(request: httpx2.Request, _: int) -> Step:
        nonlocal seen
        state = states[min(seen, len(states) - 1)]
        is_status = job.listing is None or request.url.path.endswith(job.listing.path.partition("#")[0].rstrip("/"))
        if is_status:
            seen += 1
            if isinstance(state, Reply | Exception):
                return state
        reply = job.reply(request, None if isinstance(state, Reply | Exception) else state)
        return reply or bench.fine

    def action(session: ClientSession) -> Outcome:
        function = operator.attrgetter(job.wait)(session.client)
        given: Mapping[str, Any] = {
            str(bench.method.argument(key)): value for key, value in bench.arguments.values.items()
        }
        return session.outcome(lambda: function(**given, **options))

    trial = bench.trial(script, action=action, clock=bench.clock(jitter))
    shown = ", ".join(str(state) for state in states[:5])
    trial.how = f"{bench.kind} client: client.{job.wait}({bench.arguments.values}, {options}); the states are {shown}"
    return trial


def _done(bench: Bench, job: Job, trial: Trial, state: Json, waits: Sequence[float]) -> Iterator[Finding]:
    if not isinstance(trial.outcome, Returned):
        yield bench.finding("wait.result", f"the response when the state is {state!r}", trial)
        return
    if job.listing is None:
        got = value_at(as_json(bench.package.to_jsonable(trial.outcome.value)), job.status)
        if got != state:
            yield bench.finding("wait.result", f"a response with the state {state!r}", trial, repr(got))
    else:
        result = bench.package.to_jsonable(trial.outcome.value)
        if difference := first_difference(parse_lossless(bench.fine.content), result):
            yield bench.finding("wait.result", "the response of the operation", trial, difference)
    slept = trial.clock.slept
    if len(slept) != len(waits) or any(abs(one - other) > 0.01 for one, other in zip(slept, waits, strict=True)):
        yield bench.finding("wait.interval", f"waits {[round(wait, 2) for wait in waits]}", trial)
