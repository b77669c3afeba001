"""Middleware, reports of violations, settings, base URLs, and copies of clients."""

from __future__ import annotations

import asyncio
import copy
import logging
import pickle
from base64 import b64encode
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from ..client_call import Outcome, Raised, Returned
from ..credentials import made_up
from ..equality import parse_lossless
from ..findings import Finding
from ..jsontypes import Json
from ..judge import Verdict
from ..samples import complete
from ..spelling import at, leaves, near, replaced, write
from .bench import Bench, ClientSession, Reply, Trial

_RESPONSES = 12
"""Equal violations that are sent: they are logged at the first and at the tenth response."""


def check_middleware(bench: Bench) -> Iterator[Finding]:
    """Middleware runs around each attempt, outermost first, and may change, replace or refuse it."""
    events: list[str] = []
    trial = bench.trial([bench.error_reply(503), bench.fine], extra={"idempotent": True}, max_retries=1,
                        middleware=[_layer(bench, "outer", events), _layer(bench, "inner", events)])  # fmt: skip
    operation = bench.name
    expected = [
        f"{name} {what}"
        for attempt, status in ((1, 503), (2, bench.fine.status))
        for name, what in (
            ("outer", f"{operation} {attempt}"), ("inner", f"{operation} {attempt}"),
            ("inner", str(status)), ("outer", str(status)),
        )
    ]  # fmt: skip
    if events != expected:
        yield bench.finding("middleware.order", str(expected), trial, str(events))
    for request in trial.requests:
        if request.header("x-outer") != ["1"] or request.header("x-inner") != ["1"]:
            yield bench.finding("middleware.request", "the headers that middleware sets", trial)
    trial = bench.trial([bench.error_reply(500)], middleware=[_replacing(bench)], max_retries=0)
    if trial.requests or not isinstance(trial.outcome, Returned):
        yield bench.finding("middleware.response", "the response of middleware, and no request", trial)
    trial = bench.trial([bench.fine], middleware=[_failing(bench, ValueError("proof"))])
    if not isinstance(trial.error, ValueError) or trial.requests:
        yield bench.finding("middleware.error", "the ValueError of middleware", trial)
    trial = bench.trial([bench.fine], middleware=[_failing(bench, httpx2.ConnectError("no"))], max_retries=2,
                        extra={"idempotent": True})  # fmt: skip
    if not bench.is_error(trial, "APIConnectionError") or len(trial.clock.slept) != 2:
        yield bench.finding("middleware.error", "APIConnectionError after two retries", trial)


def _layer(bench: Bench, name: str, events: list[str]) -> Any:
    def begin(request: httpx2.Request) -> None:
        extensions = request.extensions
        events.append(f"{name} {extensions.get('speclient.operation')} {extensions.get('speclient.attempt')}")
        request.headers[f"X-{name}"] = "1"

    def layer(request: httpx2.Request, send: Any) -> Any:
        begin(request)
        response = send(request)
        events.append(f"{name} {response.status_code}")
        return response

    async def layer_async(request: httpx2.Request, send: Any) -> Any:
        begin(request)
        response = await send(request)
        events.append(f"{name} {response.status_code}")
        return response

    return layer_async if bench.kind.asynchronous else layer


def _replacing(bench: Bench) -> Any:
    def response() -> httpx2.Response:
        return httpx2.Response(bench.fine.status, content=bench.fine.content, headers=list(bench.fine.headers))

    def layer(_request: httpx2.Request, _send: Any) -> Any:
        return response()

    async def layer_async(_request: httpx2.Request, _send: Any) -> Any:
        return response()

    return layer_async if bench.kind.asynchronous else layer


def _failing(bench: Bench, error: Exception) -> Any:
    def layer(_request: httpx2.Request, _send: Any) -> Any:
        raise error

    async def layer_async(_request: httpx2.Request, _send: Any) -> Any:
        raise error

    return layer_async if bench.kind.asynchronous else layer


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        self.records.append(record)

    def warnings(self) -> list[str]:
        """The texts of warnings."""
        return [record.getMessage() for record in self.records if record.levelno >= logging.WARNING]


@contextmanager
def logged(name: str) -> Generator[_Records]:
    """All records of a logger while a block runs."""
    logger, handler = logging.getLogger(name), _Records()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield handler
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


def check_reports(bench: Bench) -> Iterator[Finding]:
    """A violation is reported to `on_violation`, or logged at the first, tenth, hundredth response with it."""
    invalid = _invalid(bench)
    if invalid is None:
        return
    content, paths = invalid
    reply = Reply(bench.fine.status, content, bench.fine.headers)

    def action(session: ClientSession) -> Outcome:
        outcome: Outcome = Returned(None)
        for _ in range(_RESPONSES):
            outcome = session.call(bench.method, bench.arguments)
        return outcome

    tolerant = bench.kind.policy == "tolerant"
    with logged(bench.package.name) as log:
        trial = bench.trial([reply], action=action)
    numbers = [1, 10] if tolerant else []
    if len(log.warnings()) != len(numbers):
        yield bench.finding("report.logged", f"warnings at the responses {numbers}", trial, str(log.warnings()))
    elif tolerant and not all(bench.name in text and paths in text for text in log.warnings()):
        yield bench.finding("report.text", f"warnings with the operation and {paths!r}", trial, str(log.warnings()))
    elif tolerant and ("10" not in log.warnings()[1] or log.warnings()[0] not in log.warnings()[1]):
        yield bench.finding("report.text", "a second warning with the number of responses", trial, log.warnings()[1])
    reports: list[Any] = []
    with logged(bench.package.name) as log:
        trial = bench.trial([reply], action=action, on_violation=reports.append)
    if len(reports) != (_RESPONSES if tolerant else 0) or log.warnings():
        yield bench.finding("report.function", "one report per response, and no warning", trial, str(len(reports)))
    for report in reports[:1]:
        shown = (report.operation, report.response.content, report.violation_count >= len(report.violations) > 0)
        if shown != (bench.name, content, True) or paths not in str(report) or bench.name not in str(report):
            yield bench.finding("report.attributes", "operation, response and violations", trial, str(shown))
    with logged(bench.package.name) as log:
        trial = bench.trial([bench.error_reply(503), bench.fine], extra={"idempotent": True}, max_retries=1)
    texts = [record.getMessage() for record in log.records]
    if log.warnings() or not all(any(bench.name in text and part in text for text in texts)
                                 for part in ("attempt 1", "attempt 2", "retrying")):  # fmt: skip
        yield bench.finding("report.debug", "debug records of two attempts and a retry", trial, str(texts))
    if any(secret in text for text in texts for secret in secrets(bench)):
        yield bench.finding("report.secret", "records without credentials", trial, "a credential")


def secrets(bench: Bench) -> list[str]:
    """The credentials that clients of a bench send."""
    return [each.value for each in bench.package.accepted(made_up(bench.package.document)).each]


def _invalid(bench: Bench) -> tuple[bytes, str] | None:
    """An invalid body, and the JSON pointer of its violation."""
    success = bench.success
    if success is None or not success.has_schema:
        return None
    if bench.package.document.resolved(success.schema).keys() & {"anyOf", "oneOf"}:
        return None  # Nothing may be left that can be returned in the documented type.
    judge = bench.space.judge(success)
    for body in complete(judge, limit=1):
        for path in leaves(body):
            if len(path) != 1:
                continue
            wrong: list[Json] = [each for each in near(at(body, path)) if isinstance(each, list | dict)]
            for changed in (replaced(body, path, value) for value in wrong):
                text = write(changed)
                if judge.verdict(parse_lossless(text)) is Verdict.INVALID:
                    return text.encode(), f"/{path[0]}"
    return None


def check_settings(bench: Bench) -> Iterator[Finding]:
    """`Config` and `Retry` change what is retried, and how large a body may be."""
    module: Any = bench.package.module
    if not hasattr(module, "Config") or not hasattr(module, "Retry"):
        return
    retry, config = module.Retry, module.Config
    failing = {status: bench.error_reply(status) for status in (418, 503, 429)}
    cases: tuple[tuple[Any, int, dict[str, object], list[float]], ...] = (
        (retry(statuses=frozenset({418})), 418, {"idempotent": True}, [0.25, 0.5]),
        (retry(statuses=frozenset({418})), 503, {"idempotent": True}, []),
        (retry(methods=frozenset({bench.method.operation.method})), 503, {}, [0.25, 0.5]),
        (retry(methods=frozenset()), 503, {"idempotent": False}, []),
        (retry(first_wait=4.0), 503, {"idempotent": True}, [2.0, 4.0]),
        (retry(first_wait=4.0, longest_backoff=5.0), 503, {"idempotent": True}, [2.0, 2.5]),
    )
    for chosen, status, extra, waits in cases:
        if status == 418 and "418" in bench.method.operation.responses:
            continue
        trial = bench.trial([failing[status]], extra=extra, config=config(retry=chosen), max_retries=2)
        if len(trial.requests) != len(waits) + 1 or [round(wait, 3) for wait in trial.clock.slept] != waits:
            yield bench.finding("settings.retry", f"waits {waits} with {chosen}", trial)
    for limit, waits in ((10.0, []), (13.0, [12.03125])):
        reply = bench.error_reply(429, ("Retry-After", "12"))
        trial = bench.trial([reply, bench.fine], extra={"idempotent": True}, max_retries=1,
                            config=config(retry=retry(longest_wait=limit)))  # fmt: skip
        if [round(wait, 5) for wait in trial.clock.slept] != waits:
            yield bench.finding("settings.retry", f"waits {waits} with longest_wait={limit}", trial)
    trial = bench.trial([failing[503], failing[503], bench.fine], extra={"idempotent": True}, max_retries=2,
                        real_clock=True, config=config(retry=retry(first_wait=0.002)))  # fmt: skip
    if trial.error is not None or len(trial.requests) != 3:
        yield bench.finding("settings.clock", "a result after two waits with the real clock", trial)
    past = bench.error_reply(503, ("Retry-After", "Thu, 01 Jan 1970 00:00:09 GMT"))
    trial = bench.trial([past, bench.fine], extra={"idempotent": True}, max_retries=1, real_clock=True,
                        config=config(retry=retry(first_wait=0.002)))  # fmt: skip
    if trial.error is not None or len(trial.requests) != 2:
        yield bench.finding("settings.clock", "a result after a date in the past, with the real clock", trial)
    size = len(bench.fine.content)
    if size < 2 or bench.success is None:
        return
    for limit, is_read in ((size, True), (size - 1, False)):
        trial = bench.trial([bench.fine], config=config(max_response_bytes=limit))
        if isinstance(trial.outcome, Returned) != is_read or (
            not is_read and not bench.is_error(trial, "ResponseTooLargeError")
        ):
            expected = "a result" if is_read else "ResponseTooLargeError"
            yield bench.finding("settings.size", f"{expected} for {size} bytes with a limit of {limit}", trial)


def check_clients(bench: Bench) -> Iterator[Finding]:
    """Base URLs, `repr`, copies, and what cannot be copied."""
    credentials = bench.package.accepted(made_up(bench.package.document))

    def create(base_url: object) -> Outcome:
        try:
            client = bench.package.client(credentials, asynchronous=bench.kind.asynchronous, base_url=base_url)
        except Exception as error:
            return Raised(error)
        return Returned(client)

    invalid = ("ftp://host/x", "host/x", "https://", "https:///x", "https://host/x?a=1", "https://host/#f",
               "https://user:secret-word@host:port")  # fmt: skip
    for base_url in invalid:
        outcome = create(base_url)
        if not isinstance(outcome, Raised) or not isinstance(outcome.error, bench.package.error("RequestError")):
            yield Finding(bench.name, "client.base_url", f"RequestError for base_url={base_url!r}", str(outcome))
        elif "secret-word" in str(outcome.error):
            yield Finding(bench.name, "client.base_url", "a message without the password", str(outcome))
    for base_url, expected in (
        ("https://contract.test/base", "https://contract.test/base"),
        ("https://contract.test/base/", "https://contract.test/base"),
        ("http://contract.test:81", "http://contract.test:81"),
        ("https://user:secret-word@contract.test/base", "https://contract.test/base"),
    ):
        trial = _named(bench, base_url)
        client: Any = trial.outcome.value if isinstance(trial.outcome, Returned) else None
        if client is None or client.base_url != expected:
            got = str(getattr(client, "base_url", trial.outcome))
            yield bench.finding("client.base_url", f"the base URL {expected}", trial, got)
            continue
        hidden = [*secrets(bench), "secret-word"]
        if expected not in repr(client) or any(secret in repr(client) for secret in hidden):
            yield bench.finding("client.repr", f"{expected}, and no credential", trial, repr(client))
        if trial.requests and not str(trial.sent[0].url).startswith(f"{expected}/"):
            yield bench.finding("client.base_url", f"a request to {expected}", trial, str(trial.sent[0].url))
    yield from _user_info(bench)
    yield from _copied(bench)
    if bench.kind.asynchronous:
        yield from _in_another_loop(bench)


def _named(bench: Bench, base_url: str) -> Trial:
    """A call through a client with this base URL; the outcome is the client."""

    def action(session: ClientSession) -> Outcome:
        outcome = session.call(bench.method, bench.arguments)
        return outcome if isinstance(outcome, Raised) else Returned(session.client)

    return bench.trial([bench.fine], action=action, base_url=base_url)


def _user_info(bench: Bench) -> Iterator[Finding]:
    """User and password of the base URL are sent as HTTP Basic where the operation sends nothing else."""
    trial = bench.trial([bench.fine], base_url="https://proof-user:pass%20word@contract.test")
    if not trial.requests:
        yield bench.finding("client.user_info", "one request", trial)
        return
    request = trial.requests[0]
    plain = bench.trial([bench.fine], base_url="https://contract.test")
    own = plain.requests[0].header("authorization") if plain.requests else []
    expected = own or ["Basic " + b64encode(b"proof-user:pass word").decode()]
    if request.header("authorization") != expected and not own:
        yield bench.finding("client.user_info", str(expected), trial, "another Authorization")
    if "proof-user" in request.target or "@" in request.origin:
        yield bench.finding("client.user_info", "a URL without user and password", trial, request.origin)


def _copied(bench: Bench) -> Iterator[Finding]:
    for name, function in (("copy", copy.copy), ("deepcopy", copy.deepcopy)):

        def action(session: ClientSession, function: Any = function) -> Outcome:
            session.client = function(session.client)
            return session.call(bench.method, bench.arguments)

        trial = bench.trial([bench.fine], action=action)
        if len(trial.requests) != 1 or trial.error is not None:
            yield bench.finding(f"client.{name}", "a copy that sends requests", trial)
    trial = bench.trial([bench.fine], action=lambda session: _pickled(session.client))
    if not bench.is_error(trial, "ClientUsageError"):
        yield bench.finding("client.pickle", "ClientUsageError", trial)


def _in_another_loop(bench: Bench) -> Iterator[Finding]:
    """An asynchronous client may be used in one event loop after the other."""

    def action(session: ClientSession) -> Outcome:
        first = session.call(bench.method, bench.arguments)
        with asyncio.Runner() as runner:
            session.runner = runner
            second = session.call(bench.method, bench.arguments)
        session.runner = bench.runner
        return first if isinstance(first, Raised) else second

    trial = bench.trial([bench.fine], action=action)
    if trial.error is not None or len(trial.requests) != 2:
        yield bench.finding("client.loops", "results in two event loops", trial)


def _pickled(value: object) -> Outcome:
    try:
        return Returned(pickle.dumps(value))
    except Exception as error:
        return Raised(error)
