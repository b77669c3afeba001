"""Options of clients and calls: timeouts, headers, query parameters, and what is rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx2

from ..findings import Finding
from .bench import Bench, Trial

_INVALID: tuple[dict[str, Any], ...] = (
    {"timeout": -1}, {"timeout": 0}, {"timeout": "5"}, {"timeout": True}, {"timeout": float("nan")},
    {"max_retries": -1}, {"max_retries": "2"}, {"max_retries": True}, {"max_retries": 1.5},
    {"deadline": -1}, {"deadline": "1"}, {"deadline": ""},
    {"deadline": False}, {"timeout": ""}, {"policy": "lenient"}, {"idempotent": "yes"},
    {"extra_headers": {"X": 1}, "timeout": -1}, {"extra_query": {"x": 1}}, {"extra_query": "x"},
    {"extra_headers": ["X"]},
)  # fmt: skip


def check_options(bench: Bench) -> Iterator[Finding]:
    """Options reach the request, the one of the call before that of the client; invalid ones are rejected."""
    yield from _timeouts(bench)
    yield from _extras(bench)
    for extra in _INVALID:
        trial = bench.trial([bench.fine], extra=extra)
        if not bench.is_error(trial, "RequestError") or trial.requests:
            yield bench.finding("option.invalid", f"RequestError for {extra}, and no request", trial)
    trial = bench.trial([bench.fine], extra={"time_out": 3})
    if not isinstance(trial.error, TypeError) or trial.requests:
        yield bench.finding("option.unknown", "TypeError for an unknown option, and no request", trial)
    elif "timeout" not in str(trial.error):
        yield bench.finding("option.unknown", "a message that suggests `timeout`", trial)


def _timeouts(bench: Bench) -> Iterator[Finding]:
    parts = httpx2.Timeout(1.0, read=2.0, write=3.0, pool=4.0)
    cases: tuple[tuple[dict[str, Any], dict[str, Any], httpx2.Timeout], ...] = (
        ({}, {}, httpx2.Timeout(60.0)),
        ({"timeout": 7}, {}, httpx2.Timeout(7.0)),
        ({"timeout": 7}, {"timeout": 3.5}, httpx2.Timeout(3.5)),
        ({"timeout": 7}, {"timeout": None}, httpx2.Timeout(None)),
        ({"timeout": None}, {}, httpx2.Timeout(None)),
        ({"timeout": None, "deadline": None}, {}, httpx2.Timeout(None)),
        ({"timeout": parts}, {}, parts),
        ({}, {"timeout": parts}, parts),
    )
    for options, extra, expected in cases:
        seen: list[dict[str, Any]] = []

        def respond(request: httpx2.Request, _: int, seen: list[dict[str, Any]] = seen) -> Any:
            value = request.extensions.get("timeout")
            seen.append(dict(value) if isinstance(value, Mapping) else {"timeout": value})
            return bench.fine

        trial = bench.trial(respond, extra=extra, **dict[str, Any]({"deadline": None, **options}))
        if not seen or seen[0] != expected.as_dict():
            yield bench.finding("option.timeout", f"the timeouts {expected.as_dict()}", trial, str(seen[:1]))
    limits: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
        ({"deadline": 5}, {}),
        ({"deadline": 90}, {"deadline": 5}),
        ({}, {"deadline": 5}),
        ({}, {"deadline": 0}),
    )
    for options, extra in limits:
        left: list[float] = []

        def respond_late(request: httpx2.Request, _: int, left: list[float] = left) -> Any:
            left.append(float(dict(request.extensions["timeout"])["read"]))
            return bench.fine

        trial = bench.trial(respond_late, extra=extra, **options)
        if not left or left[0] != {**options, **extra}["deadline"]:
            yield bench.finding("option.deadline", "a read timeout within the deadline of 5 s", trial, str(left))


def _extras(bench: Bench) -> Iterator[Finding]:
    plain = bench.trial([bench.fine])
    if not plain.requests:
        yield bench.finding("call.requests", "one request", plain)
        return
    agent = plain.requests[0].header("user-agent")
    if len(agent) != 1 or "/" not in agent[0] or agent[0].startswith("python-httpx"):
        yield bench.finding("option.agent", "a User-Agent with name and version of the package", plain, repr(agent))
    trial = bench.trial([bench.fine], extra={"extra_headers": {"X-Proof": "a", "User-Agent": "mine/1"}})
    if _header(trial, "x-proof") != ["a"] or _header(trial, "user-agent") != ["mine/1"]:
        yield bench.finding("option.headers", "X-Proof and User-Agent of extra_headers", trial, _headers(trial))
    trial = bench.trial([bench.fine], extra={"extra_query": {"x-proof": ["a b", "c&d"], "empty": ""}})
    query = [] if not trial.sent else trial.sent[0].url.params.multi_items()
    expected = [("x-proof", "a b"), ("x-proof", "c&d"), ("empty", "")]
    documented = plain.sent[0].url.params.multi_items()
    if sorted(query) != sorted([*documented, *expected]):
        yield bench.finding("option.query", f"the query {[*documented, *expected]}", trial, str(query))
    for invalid in (
        {"X Y": "a"},
        {"X:": "a"},
        {"": "a"},
        {"X-\u00e9": "a"},
        {"X": "a\nb"},
        {"X": "\u20ac"},
        {"X": None},
    ):
        trial = bench.trial([bench.fine], extra={"extra_headers": invalid})
        if not bench.is_error(trial, "RequestError") or trial.requests:
            yield bench.finding("option.headers", f"RequestError for {invalid}, and no request", trial)
    trial = bench.trial([bench.fine], extra={"extra_headers": {"authorization": "Proof x"}})
    if _header(trial, "authorization") != ["Proof x"]:
        yield bench.finding("option.headers", "the Authorization of extra_headers", trial, "another one")
    both = {"extra_query": {"x-proof": "1"}}
    copies: dict[str, Any] = {"extra_headers": {"X-Proof": "b"}, "timeout": 9}

    def action(session: Any) -> Any:
        session.client = session.client.with_options(**copies)
        return session.call(bench.method, bench.arguments, extra={"extra_headers": {"X-Other": "c"}})

    def combined(session: Any) -> Any:
        session.client = session.client.with_options(**both)
        return session.call(bench.method, bench.arguments, extra={"extra_query": {"x-other": "2"}})

    trial = bench.trial([bench.fine], action=combined)
    query = trial.sent[0].url.params.multi_items() if trial.sent else []
    if sorted(query) != sorted([*documented, ("x-proof", "1"), ("x-other", "2")]):
        yield bench.finding("option.with_options", "query parameters of both", trial, str(query))
    trial = bench.trial([bench.fine], action=action, timeout=5)
    if _header(trial, "x-proof") != ["b"] or _header(trial, "x-other") != ["c"]:
        yield bench.finding("option.with_options", "headers of with_options and of the call", trial, _headers(trial))
    elif dict(trial.sent[0].extensions["timeout"])["read"] != 9:
        yield bench.finding("option.with_options", "the timeout of with_options", trial)


def _header(trial: Trial, name: str) -> list[str]:
    return trial.requests[0].header(name) if trial.requests else []


def _headers(trial: Trial) -> str:
    return str([name for name, _ in trial.requests[0].headers] if trial.requests else trial.outcome)
