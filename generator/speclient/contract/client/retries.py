"""Retries: which calls are repeated, how often, and after which wait (docs/guides/errors.md)."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import httpx2

from ..findings import Finding
from ..status_errors import status_error
from .bench import Bench, Reply, Trial

TEMPORARY = (408, 429, 500, 502, 503, 504)
_PERMANENT = (400, 403, 404, 405, 409, 410, 418, 422, 423, 501, 505)
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
_LONGEST = 60
"""Seconds. A longer `Retry-After` is not waited for."""


def is_idempotent(bench: Bench) -> bool:
    """Whether the operation may be repeated: declared, or by its method (RFC 9110, section 9.2.2)."""
    extension = bench.method.operation.raw.get("x-speclient")
    declared = extension.get("idempotent") if isinstance(extension, dict) else None
    if isinstance(declared, bool):
        return declared
    return bench.method.operation.method in _IDEMPOTENT or has_key(bench)


def has_key(bench: Bench) -> bool:
    """Whether the operation has the header `Idempotency-Key`, which the client fills in."""
    keys = [each.key for each in bench.method.operation.parameters]
    return any(key.location == "header" and key.name.lower() == "idempotency-key" for key in keys)


def backoff(attempt: int, jitter: float) -> float:
    """Seconds before retry number `attempt`, from 0, without `Retry-After`: full jitter, doubled, 8 at most."""
    return jitter * min(8.0, 0.5 * 2.0**attempt)


def check_retries(bench: Bench) -> Iterator[Finding]:
    """Statuses, waits, the number of attempts, and methods that must not be repeated."""
    repeated = is_idempotent(bench)
    for status in TEMPORARY:
        trial = bench.trial([bench.error_reply(status), bench.fine], max_retries=2)
        yield from _sent(bench, trial, 2 if repeated else 1, f"status {status}", [backoff(0, 0.5)])
        if repeated and trial.error is not None:
            yield bench.finding("retry.result", "a result after the retry", trial)
    for status in _PERMANENT:
        if str(status) in bench.method.operation.responses or status not in (501, 505):
            yield from _sent(
                bench, bench.trial([bench.error_reply(status), bench.fine], max_retries=2), 1, f"status {status}", []
            )
    yield from _failures(bench, repeated)
    if has_key(bench):
        yield from _key(bench)
    if repeated:
        yield from _counts(bench)
        yield from _retry_after(bench)
    else:
        yield from _declared(bench)


def _failures(bench: Bench, repeated: bool) -> Iterator[Finding]:
    for error, safe in (
        (httpx2.ConnectError("refused"), True),
        (httpx2.ConnectTimeout("slow"), True),
        (httpx2.ReadError("reset"), False),
        (httpx2.ReadTimeout("slow"), False),
        (httpx2.RemoteProtocolError("closed"), False),
    ):
        trial = bench.trial([error, bench.fine], max_retries=1)
        expected = 2 if repeated or safe else 1
        yield from _sent(bench, trial, expected, type(error).__name__, [backoff(0, 0.5)])
        if expected == 2 and trial.error is not None:
            yield bench.finding("retry.result", "a result after the retry", trial)


def _key(bench: Bench) -> Iterator[Finding]:
    """Each call has a key of its own, and each of its attempts the same; the caller may pass one."""
    script = [bench.error_reply(503), bench.fine]
    trials = [bench.trial(script, max_retries=1) for _ in range(2)]
    keys = [[request.header("idempotency-key") for request in trial.requests] for trial in trials]
    if any(len(each) != 2 or each[0] != each[1] or not each[0] for each in keys) or keys[0] == keys[1]:
        yield bench.finding("retry.key", "one key per call, the same for each attempt", trials[0], str(keys))
    trial = bench.trial([bench.fine], extra={"extra_headers": {"Idempotency-Key": "mine"}})
    if [request.header("idempotency-key") for request in trial.requests] != [["mine"]]:
        yield bench.finding("retry.key", "the key of the caller", trial)


def _counts(bench: Bench) -> Iterator[Finding]:
    failing = bench.error_reply(503)
    cases: tuple[tuple[dict[str, Any], dict[str, Any], int], ...] = (
        ({}, {}, 2),
        ({"max_retries": 0}, {}, 0),
        ({"max_retries": 6}, {}, 6),
        ({"max_retries": 3}, {"max_retries": 1}, 1),
        ({"max_retries": 0}, {"max_retries": 1}, 1),
        ({"max_retries": 3}, {"max_retries": 0}, 0),
        ({"max_retries": 3}, {"idempotent": False}, 0),
        ({"max_retries": 9}, {"deadline": 1.7}, 2),
        ({"max_retries": 9, "deadline": 1.7}, {}, 2),
        ({"max_retries": 9, "deadline": 0.2}, {"deadline": None}, 9),
    )
    for options, extra, retries in cases:
        trial = bench.trial([failing], extra=extra, **options)
        waits = [backoff(attempt, 0.5) for attempt in range(retries)]
        yield from _sent(bench, trial, retries + 1, "status 503", waits)
        kind = status_error(bench.package, 503, documented="503" in bench.method.operation.responses)
        if not isinstance(trial.error, kind):
            yield bench.finding("retry.error", kind.__name__, trial)
        first = trial.requests[0]
        if any((request.target, request.comparable) != (first.target, first.comparable) for request in trial.requests):
            yield bench.finding("retry.request", "the same request again", trial)
    for jitter in (0.0, 0.25, 0.999):
        trial = bench.trial([failing], clock=bench.clock(jitter), max_retries=2)
        yield from _sent(bench, trial, 3, "status 503", [backoff(0, jitter), backoff(1, jitter)])


def _retry_after(bench: Bench) -> Iterator[Finding]:
    clock = bench.clock()
    date = formatdate(clock.time() + 7, usegmt=True)
    past = formatdate(clock.time() - 7, usegmt=True)
    extra = backoff(0, 0.5) / 8
    for status in (429, 503):
        for value, wait in (
            ("7", 7.0), ("0", 0.0), ("1.5", 1.5), (date, 7.0), (past, 0.0), (str(_LONGEST), 60.0), ("soon", None),
            ("-3", None), ("", None),
        ):  # fmt: skip
            trial = bench.trial([bench.error_reply(status, ("Retry-After", value)), bench.fine], max_retries=1)
            expected = backoff(0, 0.5) if wait is None else wait + extra
            yield from _sent(bench, trial, 2, f"status {status} with Retry-After {value!r}", [expected])
        trial = bench.trial([bench.error_reply(status, ("Retry-After", "61")), bench.fine], max_retries=3)
        yield from _sent(bench, trial, 1, f"status {status} with Retry-After 61", [])
        trial = bench.trial([bench.error_reply(status, ("Retry-After", "5"))], max_retries=3, deadline=2.0)
        yield from _sent(bench, trial, 1, "a Retry-After beyond the deadline", [])
        for value, seconds in (("12", 12.0), ("1.5", 1.5), ("never", None)):
            trial = bench.trial([bench.error_reply(status, ("Retry-After", value))], max_retries=0)
            if (got := getattr(trial.error, "retry_after", "nothing")) != seconds:
                yield bench.finding("error.retry_after", f"retry_after {seconds} for {value!r}", trial, repr(got))
    now = int(clock.time())
    for name, value in (
        ("RateLimit-Reset", "9"), ("X-RateLimit-Reset", "9"), ("X-RateLimit-Reset-After", "9"),
        ("X-RateLimit-Reset", str(now + 9)), ("X-RateLimit-Reset", f"{now + 9}000"), ("RateLimit", "limit=5, reset=9"),
    ):  # fmt: skip
        trial = bench.trial([bench.error_reply(429, (name, value)), bench.fine], max_retries=1)
        yield from _sent(bench, trial, 2, f"status 429 with {name} {value}", [9 + extra])
    trial = bench.trial([bench.error_reply(429, ("X-RateLimit-Reset", "0")), bench.fine], max_retries=1)
    yield from _sent(bench, trial, 2, "status 429 with X-RateLimit-Reset 0", [extra])
    trial = bench.trial([bench.error_reply(503, ("Retry-After", "60"))], max_retries=20)
    # Attempts at 0, 60, ..., 540 s; the waits are slightly longer than 60 s.
    yield from _sent(
        bench,
        trial,
        10,
        "status 503 for 600 s, the default deadline",
        [60 + backoff(number, 0.5) / 8 for number in range(9)],
    )
    json_type = (("content-type", "application/json"),)
    for content, wait in (
        (b'{"retryAfter": 9}', 9.0), (b'{"retry_after": 2.5}', 2.5), (b'{"retryAfter": -1}', None),
        (b'{"retryAfter": "9"}', None), (b'{"retryAfter": true}', None), (b'{"retryAfter": 9', None), (b"[9]", None),
    ):  # fmt: skip
        trial = bench.trial([Reply(503, content, json_type), bench.fine], max_retries=1)
        expected = backoff(0, 0.5) if wait is None else wait + extra
        yield from _sent(bench, trial, 2, f"status 503 with {content!r}", [expected])
    error = bench.trial([Reply(503, b'{"retryAfter": 9}', json_type)], max_retries=0).error
    if getattr(error, "retry_after", None) != 9.0:
        yield Finding(bench.name, "error.retry_after", "retry_after 9.0 of the body", repr(error), str(bench.kind))


def _declared(bench: Bench) -> Iterator[Finding]:
    """A call that is not idempotent is repeated only if the caller says that it is."""
    failing = bench.error_reply(503)
    for extra, count in (
        ({"idempotent": True}, 2),
        ({"extra_headers": {"Idempotency-Key": "k1"}}, 2),
        ({"extra_headers": {"idempotency-key": "k1"}}, 2),
        ({"extra_headers": {"X-Key": "k1"}}, 1),
        ({"idempotent": False}, 1),
    ):
        trial = bench.trial([failing, bench.fine], extra=extra, max_retries=1)
        yield from _sent(bench, trial, count, "status 503", [backoff(0, 0.5)])


def _sent(bench: Bench, trial: Trial, count: int, reason: str, waits: list[float]) -> Iterator[Finding]:
    """Compare the number of requests and the waits between them."""
    if len(trial.requests) != count:
        yield bench.finding("retry.count", f"{count} requests after {reason}", trial)
        return
    if not all(response.is_closed for response in trial.responses):
        yield bench.finding("retry.closed", "each response is closed", trial, "an open response")
    expected = waits[: count - 1]
    slept = trial.clock.slept
    if len(slept) != len(expected) or any(
        abs(wait - other) > 0.01 for wait, other in zip(slept, expected, strict=True)
    ):
        yield bench.finding("retry.wait", f"waits {expected} after {reason}", trial)
