"""Responses that are read item by item: JSON lines and server-sent events."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..client_call import Outcome, Raised, Returned, bound
from ..equality import first_difference
from ..findings import Finding
from ..jsontypes import Json, as_object
from ..judge import Judge, Verdict
from ..responses import DocumentedResponse, is_stream
from ..samples import complete
from ..schemas import Bundler
from ..spelling import at, leaves, near, replaced, write
from .bench import Bench, ClientSession, Reply, Trial


def check_streams(bench: Bench) -> Iterator[Finding]:
    """Each item once and in order, however the lines end; invalid items as the policy says."""
    for response in bench.responses:
        if response.is_success and response.media_type is not None and is_stream(response.media_type):
            yield from _stream(bench, response, response.media_type)


def _stream(bench: Bench, response: DocumentedResponse, media_type: str) -> Iterator[Finding]:
    judge = _item_judge(bench, response, media_type)
    # Without a schema, or with one of strings, items are text.
    is_text = judge.schema in (True, {}) or judge.is_valid("any text")
    items = [] if is_text else complete(judge, limit=4)
    method = bench.method.stream
    if not items or not method:
        return
    is_sse = media_type.lower().startswith("text/event-stream")
    texts = [write(item) for item in items]

    def reply(content: str) -> Reply:
        return Reply(response.status, content.encode(), (("content-type", media_type),))

    bodies = (
        [f"data: {text}\n\n" for text in texts], [f"data: {text}\r\n\r\n" for text in texts],
        [f": comment\nevent: proof\nid: {number}\nretry: 5\ndata:{text}\n\n" for number, text in enumerate(texts)],
        [f"data: {text}\r\r" for text in texts],
        ["\ufeff", *(f"data:{text[:-1]}\ndata: {text[-1:]}\n\n" for text in texts)],
    ) if is_sse else (
        [f"{text}\n" for text in texts], [f"{text}\r\n" for text in texts], [f"\n{text}\n\n" for text in texts],
        [*(f"{text}\n" for text in texts[:-1]), texts[-1]],
    )  # fmt: skip
    for body in bodies:
        for read in ("iterate", "collect", "with"):
            trial = _read(bench, method, reply("".join(body)), read)
            yield from _compared(bench, trial, list(items), read)
        trial = _read(bench, method, replace(reply("".join(body)), in_pieces=True), "iterate")
        yield from _compared(bench, trial, list(items), "in pieces")
    if is_sse:
        trial = _read(bench, method, reply("".join(bodies[2])), "iterate")
        events: Any = trial.outcome.value if isinstance(trial.outcome, Returned) else []
        shown = [(each.event, each.id, each.retry) for each in events if _is_event(each)]
        expected = [("proof", str(number), 5) for number in range(len(items))]
        if shown != expected:
            yield bench.finding("stream.event", f"events with {expected}", trial, str(shown))
    longest = max(map(len, texts))
    config: Any = getattr(bench.package.module, "Config", None)
    trial = _read(bench, method, reply("".join(bodies[0])), "iterate", config=config(max_response_bytes=longest - 1))
    if not bench.is_error(trial, "ResponseTooLargeError"):
        yield bench.finding("stream.size", "ResponseTooLargeError for an item beyond the limit", trial)
    trial = _read(bench, method, reply("".join(bodies[0])), "first")
    yield from _compared(bench, trial, items[:1], "first")
    if any(not each.is_closed for each in trial.responses):
        yield bench.finding("stream.closed", "a closed response after the loop was left", trial, "it is open")
    yield from _compared(bench, _read(bench, method, reply(""), "iterate"), [], "an empty body")
    yield from _invalid(bench, method, judge, items, is_sse, reply)
    for status in (404, 500):
        trial = _read(bench, method, bench.error_reply(status), "iterate")
        if getattr(trial.error, "status_code", None) != status:
            yield bench.finding("stream.error", f"the exception of status {status}", trial)


def _invalid(bench: Bench, method: str, judge: Judge, items: list[Json], is_sse: bool, reply: Any) -> Iterator[Finding]:
    line = "data: {}\n\n" if is_sse else "{}\n"
    first = write(items[0])
    candidates = (
        replaced(items[0], path, value) for path in leaves(items[0]) for value in near(at(items[0], path)) if path
    )
    wrong = next((each for each in candidates if judge.verdict(each) is Verdict.INVALID), None)
    if wrong is not None:
        trial = _read(bench, method, reply(line.format(first) + line.format(write(wrong))), "iterate")
        if bench.kind.policy == "strict":
            if not bench.is_error(trial, "InvalidResponseError"):
                yield bench.finding("stream.invalid", f"InvalidResponseError for {write(wrong)[:200]}", trial)
        else:
            yield from _compared(bench, trial, [items[0], wrong], "iterate")
    trial = _read(bench, method, reply(line.format(first) + line.format("{")), "iterate")
    if not bench.is_error(trial, "UndecodableResponseError") and not bench.is_error(trial, "InvalidResponseError"):
        yield bench.finding("stream.invalid", "UndecodableResponseError for an item that is not JSON", trial)


def _item_judge(bench: Bench, response: DocumentedResponse, media_type: str) -> Judge:
    content = as_object(bench.method.operation.responses[response.key].get("content"))
    entry = as_object(content.get(media_type))
    schema = entry.get("itemSchema", entry.get("schema", True))
    resolved = bench.package.document.resolved(schema) if isinstance(schema, dict) else {}
    if "itemSchema" not in entry and resolved.get("type") == "array":
        schema = resolved.get("items", True)
    bundler = Bundler(bench.package.document)
    return Judge(bundler.schema(schema), bundler.components)


def _read(bench: Bench, method: str, reply: Reply, how: str, **options: Any) -> Trial:
    def action(session: ClientSession) -> Outcome:
        _, by_position, by_name = bound(bench.package, session.client, bench.method, bench.arguments)
        function = operator.attrgetter(method)(session.client)

        def read() -> Any:
            stream = function(*by_position, **by_name)
            if how == "collect":
                return stream.collect()
            with stream:
                return [next(iter(stream))] if how == "first" else list(stream)

        async def read_async() -> Any:
            stream = function(*by_position, **by_name)
            if how == "collect":
                return await stream.collect()
            async with stream:
                return [await anext(aiter(stream))] if how == "first" else [each async for each in stream]

        def iterate() -> Any:
            return list(function(*by_position, **by_name))

        async def iterate_async() -> Any:
            return [each async for each in function(*by_position, **by_name)]

        if how == "iterate":
            return session.outcome(iterate_async if session.asynchronous else iterate)
        return session.outcome(read_async if session.asynchronous else read)

    trial = bench.trial([reply], action=action, max_retries=0, on_violation=_ignored, **options)
    trial.how = f"{bench.kind} client: client.{method}(...) ({how}); the service returns {reply.content[:300]!r}"
    return trial


def _is_event(value: Any) -> bool:
    """Whether a value is a server-sent event with its data."""
    return all(hasattr(value, name) for name in ("data", "event", "id", "retry"))


def _ignored(_report: object) -> None:
    """Violations of items are known; they need no log."""


def _compared(bench: Bench, trial: Trial, expected: list[Json], how: str) -> Iterator[Finding]:
    if isinstance(trial.outcome, Raised) or not isinstance(trial.outcome, Returned):
        yield bench.finding("stream.items", f"{len(expected)} items ({how})", trial)
        return
    values: Any = trial.outcome.value
    got = [bench.package.to_jsonable(value.data if _is_event(value) else value) for value in values]
    if difference := first_difference(expected, got):
        yield bench.finding("stream.items", f"the items of the body ({how})", trial, difference)
