"""`raw`, `stream` and the attributes of exceptions."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx2

from ..client_call import Outcome, Raised, Returned, bound
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..status_errors import status_error
from .bench import Bench, ClientSession, Reply


def check_accessors(bench: Bench) -> Iterator[Finding]:
    """`raw` and `stream` show the response as it was received."""
    marked = replace(bench.fine, headers=(*bench.fine.headers, ("X-Request-Id", "r-1"), ("X-Other", "o")))
    retried = bench.method.operation.method in ("GET", "HEAD", "PUT", "DELETE")
    script = [bench.error_reply(503), marked] if retried else [marked]
    trial = bench.trial(script, action=lambda session: session.raw(bench.method, bench.arguments))
    raw: Any = trial.outcome.value if isinstance(trial.outcome, Returned) else None
    got = None if raw is None else (
        raw.status_code, raw.attempts, raw.request_id, raw.headers.get("x-other"), raw.content,
        raw.http_response.status_code,
    )  # fmt: skip
    expected = (marked.status, len(script), "r-1", "o", marked.content, marked.status)
    if got != expected:
        yield bench.finding("raw.attributes", str(expected), trial, str(got or trial.outcome))
    elif raw is not None and bench.success is not None and bench.success.has_schema:
        if difference := first_difference(parse_lossless(marked.content), bench.package.to_jsonable(raw.value)):
            yield bench.finding("raw.value", "a value that dumps to the same JSON", trial, difference)
        if raw.violations or raw.violation_count:
            yield bench.finding("raw.violations", "no violation", trial, str(raw.violations))
    yield from _charsets(bench)
    yield from _streams(bench, marked)
    for status in (404, 500):
        trial = bench.trial(
            [bench.error_reply(status)],
            action=lambda session: session.raw(bench.method, bench.arguments),
            max_retries=0,
        )
        kind = status_error(bench.package, status, documented=str(status) in bench.method.operation.responses)
        if not isinstance(trial.error, kind):
            yield bench.finding("raw.error", kind.__name__, trial)
        trial = bench.trial([bench.error_reply(status)], action=lambda session: _stream(bench, session, "read"),
                            max_retries=0)  # fmt: skip
        if not isinstance(trial.error, kind):
            yield bench.finding("stream.error", kind.__name__, trial)


def _charsets(bench: Bench) -> Iterator[Finding]:
    """JSON in another charset than UTF-8, as the content type says."""
    if bench.success is None or not bench.success.has_schema:
        return
    text = bench.fine.content.decode()
    marked = text.replace('"text"', '"t\u00e9xt"')
    marked = marked if bench.space.judge(bench.success).is_valid(parse_lossless(marked)) else text
    codecs = {"utf-8": "utf-8", "UTF-8": "utf-8", "iso-8859-1": "latin-1", "windows-1252": "cp1252", "utf-16": "utf-16"}
    for charset, codec in codecs.items():
        kind = f"{bench.success.media_type}; charset={charset}"
        reply = replace(bench.fine, content=marked.encode(codec), headers=(("Content-Type", kind),))
        trial = bench.trial([reply])
        if not isinstance(trial.outcome, Returned):
            yield bench.finding("charset", f"a result in {charset}", trial)
        elif difference := first_difference(parse_lossless(marked), bench.package.to_jsonable(trial.outcome.value)):
            yield bench.finding("charset", f"the text in {charset}", trial, difference)


def _streams(bench: Bench, reply: Reply) -> Iterator[Finding]:
    for name in ("iter_bytes", "iter_small", "iter_lines", "read", "parse"):
        if name == "iter_lines" and b"\n" in reply.content:
            continue
        seen: list[httpx2.Response] = []

        def action(session: ClientSession, name: str = name, seen: list[httpx2.Response] = seen) -> Outcome:
            return _stream(bench, session, name, seen)

        trial = bench.trial([reply], action=action)
        value: Any = trial.outcome.value if isinstance(trial.outcome, Returned) else trial.outcome
        if name == "parse":
            if bench.success is not None and bench.success.has_schema and not isinstance(value, Raised):
                difference = first_difference(parse_lossless(reply.content), bench.package.to_jsonable(value))
                if difference:
                    yield bench.finding("stream.parse", "a result that dumps to the same JSON", trial, difference)
            elif isinstance(value, Raised):
                yield bench.finding("stream.parse", "a result", trial)
        elif value != reply.content:
            yield bench.finding(f"stream.{name}", "the body as it was received", trial, repr(value)[:200])
        if not seen or not seen[0].is_closed:
            yield bench.finding("stream.closed", "a closed response after `with`", trial, "it is open")
        if len(trial.requests) != 1:
            yield bench.finding("stream.requests", "one request", trial)


def _stream(bench: Bench, session: ClientSession, name: str, seen: list[httpx2.Response] | None = None) -> Outcome:
    function, by_position, by_name = bound(bench.package, session.client, bench.method, bench.arguments)
    responses = [] if seen is None else seen

    def read() -> Any:
        with session.client.stream(function, *by_position, **by_name) as response:
            responses.append(response.http_response)
            match name:
                case "iter_bytes":
                    return b"".join(response.iter_bytes())
                case "iter_small":
                    chunks = list(response.iter_bytes(3))
                    return b"".join(chunks) if all(len(chunk) <= 3 for chunk in chunks) else chunks
                case "iter_lines":
                    return "\n".join(response.iter_lines()).encode()
                case _:
                    return getattr(response, name)()

    async def read_async() -> Any:
        async with session.client.stream(function, *by_position, **by_name) as response:
            responses.append(response.http_response)
            match name:
                case "iter_bytes":
                    return b"".join([chunk async for chunk in response.iter_bytes()])
                case "iter_small":
                    chunks = [chunk async for chunk in response.iter_bytes(3)]
                    return b"".join(chunks) if all(len(chunk) <= 3 for chunk in chunks) else chunks
                case "iter_lines":
                    return "\n".join([line async for line in response.iter_lines()]).encode()
                case _:
                    return await getattr(response, name)()

    return session.outcome(read_async if session.asynchronous else read)


def check_errors(bench: Bench) -> Iterator[Finding]:
    """Every status ends in its exception, whose attributes and copies show the response."""
    documented = {response.status for response in bench.responses if not response.is_success}
    others = {300, 304, 400, 401, 402, 403, 404, 405, 409, 418, 422, 429, 499, 500, 501, 502, 503, 504, 599}
    for status in sorted(documented | others):
        reply = bench.error_reply(status, ("X-Request-Id", f"r-{status}"))
        trial = bench.trial([reply], max_retries=0)
        covered = status in documented or f"{status // 100}XX" in bench.method.operation.responses
        covered = covered or "default" in bench.method.operation.responses
        kind: Any = status_error(bench.package, status, documented=covered)
        if not isinstance(trial.error, kind):
            yield bench.finding("error.class", kind.__name__, trial)
            continue
        error: Any = trial.error
        if getattr(kind, "status", None) not in (None, status):
            yield bench.finding("error.status", f"the class attribute `status` {status}", trial, str(kind.status))
        got = (error.status_code, error.request_id, error.operation, error.response.content,
               error.headers.get("x-request-id"))  # fmt: skip
        expected = (status, f"r-{status}", bench.name.partition("#")[0], reply.content, f"r-{status}")
        if got != expected:
            yield bench.finding("error.attributes", str(expected), trial, str(got))
        if str(status) not in str(error) or bench.name.partition("#")[0] not in str(error):
            yield bench.finding("error.message", "a message with operation and status", trial, str(error))
        if status in documented and reply.content and getattr(error, "body", None) is None:
            yield bench.finding("error.body", "a typed body", trial, repr(getattr(error, "body_error", None)))
        yield from copies(bench, trial, error)
    trial = bench.trial([httpx2.ConnectError("refused")], max_retries=0)
    if trial.error is not None:
        yield from copies(bench, trial, trial.error)
    for content in (b"{", b'"\xff', b"[[]]"):
        trial = bench.trial([replace(bench.fine, content=content)], extra={"policy": "strict"})
        if trial.error is not None:
            yield from copies(bench, trial, trial.error)
            if not str(trial.error) or len(str(trial.error)) > 2000:
                yield bench.finding("error.message", "a short message", trial, str(trial.error)[:200])


def _pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def copies(bench: Bench, trial: Any, error: Any) -> Iterator[Finding]:
    """Exceptions can be pickled and copied."""
    functions: tuple[tuple[str, Callable[[Any], Any]], ...] = (("pickle", _pickled), ("copy", copy.copy))
    for name, function in functions:
        try:
            clone: Any = function(error)
        except Exception as problem:
            yield bench.finding(f"error.{name}", "a copy", trial, f"{type(problem).__name__}: {problem}")
            continue
        same = type(clone) is type(error) and str(clone) == str(error)
        if same and isinstance(error, bench.package.error("ResponseError")):
            before: Any = error
            shown = [(each.status_code, each.request_id, each.operation) for each in (clone, before)]
            same = shown[0] == shown[1]
        for attribute in ("violations", "state", "last", "violation_count"):
            before = getattr(error, attribute, None)
            same = same and bench.package.to_jsonable(getattr(clone, attribute, None)) == bench.package.to_jsonable(
                before
            )
        if not same:
            yield bench.finding(f"error.{name}", repr(error), trial, repr(clone))
