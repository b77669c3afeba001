"""Pagination (`x-speclient`, `pagination`) against a scripted listing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import httpx2

from ..arguments import Arguments
from ..client_call import Outcome, Returned, bound
from ..findings import Finding
from ..jsontypes import Json, as_array, as_json, as_object, as_text, value_at
from ..operations import ParameterKey
from ..samples import complete
from ..spelling import write
from .bench import Bench, ClientSession, Reply, Respond, Step, Trial

_SIZE = 3
_TOTAL = 7


def with_value(value: Json, pointer: str, new: Json) -> Json:
    """A copy of `value` with `new` at a JSON pointer; missing objects are created."""
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    return _with(value, tokens, new)


def _with(value: Json, tokens: list[str], new: Json) -> Json:
    if not tokens:
        return new
    if isinstance(value, list):
        index = int(tokens[0])
        return [_with(each, tokens[1:], new) if number == index else each for number, each in enumerate(value)]
    known = as_object(value)
    return {**known, tokens[0]: _with(known.get(tokens[0]), tokens[1:], new)}


def without(value: Json, pointer: str) -> Json:
    """A copy of `value` without the property at a JSON pointer."""
    parent, _, name = pointer.rpartition("/")
    holder = value_at(value, parent) if parent else value
    if not isinstance(holder, dict) or name not in holder:
        return value
    return with_value(value, parent, {key: each for key, each in holder.items() if key != name})


@dataclass
class Listing:
    """A scripted listing with `_TOTAL` items in pages of `_SIZE`."""

    bench: Bench
    rules: Mapping[str, Json]

    @property
    def kind(self) -> str:
        """The kind of pagination."""
        return as_text(self.rules.get("kind"))

    def text(self, name: str) -> str:
        """A rule that is a text, or an empty text."""
        return as_text(self.rules.get(name))

    @property
    def requests(self) -> int:
        """Requests for all pages: some listings end with an empty page."""
        full = -(-_TOTAL // _SIZE)
        ends = (self.kind == "cursor" and "last-item" in self.rules) or (
            self.kind in ("offset", "page") and not self.text("more")
        )
        return full + 1 if ends else full

    @cached_property
    def body(self) -> Json:
        """A valid page."""
        success = self.bench.success
        samples = complete(self.bench.space.judge(success)) if success is not None and success.has_schema else []
        return next((each for each in samples if value_at(each, self.text("items"))), None)

    @cached_property
    def item(self) -> Json:
        """A valid item."""
        return as_array(value_at(self.body, self.text("items")))[0]

    def identity(self, number: int) -> Json:
        """The identity of an item."""
        sample = value_at(self.item, self.text("identity"))
        return 5000 - number if isinstance(sample, int) else f"{5000 - number}"

    def items(self, numbers: range | list[int]) -> list[Json]:
        """Items with these numbers."""
        if not self.text("identity"):
            return [self.item for _ in numbers]
        return [with_value(self.item, self.text("identity"), self.identity(number)) for number in numbers]

    def cursor(self, number: int) -> Json:
        """The cursor of a page."""
        candidates: tuple[Json, ...] = (9000 + number, f"c{number}/+ é")
        fits = [
            cursor for cursor in candidates
            if self.bench.success is not None and self.bench.space.judge(self.bench.success).is_valid(
                with_value(self.body, self.text("next"), cursor))
        ]  # fmt: skip
        return fits[-1] if fits else candidates[1]

    def page(self, number: int, numbers: range | list[int], *, last: bool, in_body: bool = True,
             request: httpx2.Request | None = None, cursor: Json = None) -> Reply:  # fmt: skip
        """A page with items of these numbers, which leads to the next one unless it is the last."""
        body = with_value(self.body, self.text("items"), list[Json](self.items(numbers)))
        headers = list(self.bench.fine.headers)
        following = self.cursor(number + 1) if cursor is None else cursor
        if self.kind == "cursor" and self.text("next"):
            body = without(body, self.text("next"))
            if in_body and not last:
                body = with_value(body, self.text("next"), following)
        elif self.kind in ("link", "hal") and request is not None:
            url = str(request.url.copy_merge_params({"proof-page": str(following)}))
            if self.kind == "link":
                headers.append(("Link", f'<{url}>; rel="next"' if not last else f'<{url}>; rel="prev"'))
            else:
                body = without(body, self.text("next"))
                body = body if last else with_value(body, self.text("next"), url)
        if self.text("more"):
            total = -(-_TOTAL // _SIZE)
            body = with_value(body, self.text("more"), total if self.kind == "page" and isinstance(
                value_at(self.body, self.text("more")), int) and not isinstance(
                value_at(self.body, self.text("more")), bool) else not last)  # fmt: skip
        return Reply(self.bench.fine.status, write(body).encode(), tuple(headers))

    def script(self, request: httpx2.Request, number: int, *, in_body: bool = True) -> Step:
        """The page for request number `number`, counted from 0."""
        start = min(number * _SIZE, _TOTAL)
        numbers = range(start, min(start + _SIZE, _TOTAL))
        return self.page(number, numbers, last=start + _SIZE >= _TOTAL, in_body=in_body, request=request)


def rules_of(bench: Bench) -> Mapping[str, Json]:
    """The pagination that the document declares for the operation."""
    return as_object(as_object(bench.method.operation.raw.get("x-speclient")).get("pagination"))


def check_pagination(bench: Bench) -> Iterator[Finding]:
    """Items, limits, cursors, and the guards against endless listings."""
    listing = Listing(bench, rules_of(bench))
    if not listing.rules or listing.body is None:
        return
    has_next = bool(listing.text("next")) or listing.kind != "cursor"
    modes = [True] if has_next else []
    if listing.kind == "cursor" and "last-item" in listing.rules:
        modes.append(False)
    for in_body in modes:
        yield from _complete(bench, listing, in_body=in_body)
    for limits, items, requests in (
        ({"max_items": 0}, 0, 0), ({"max_items": 1}, 1, 1), ({"max_items": 3}, 3, 1), ({"max_items": 4}, 4, 2),
        ({"max_items": 99}, _TOTAL, listing.requests), ({"max_pages": 0}, 0, 0), ({"max_pages": 1}, 3, 1),
        ({"max_pages": 2}, 6, 2),
        ({"max_pages": 9, "max_items": 5}, 5, 2),
    ):  # fmt: skip
        trial = _iterate(bench, listing, listing.script, limits)
        got = _identities(bench, listing, trial)
        if got is None or len(got) != items or len(trial.requests) != requests:
            shown = f"{len(got) if got is not None else trial.outcome} items, {len(trial.requests)} requests"
            yield bench.finding("pagination.limit", f"{items} items, {requests} requests with {limits}", trial, shown)
    invalid: tuple[dict[str, Any], ...] = (
        {"max_items": -1}, {"max_items": True}, {"max_items": False}, {"max_pages": "2"}, {"max_pages": ""},
    )  # fmt: skip
    for options in invalid:
        trial = _iterate(bench, listing, listing.script, options)
        if not bench.is_error(trial, "RequestError") or trial.requests:
            yield bench.finding("pagination.invalid", f"RequestError for {options}", trial)
    trial = _iterate(bench, listing, listing.script, {}, pages=True)
    if not isinstance(trial.outcome, Returned) or len(trial.outcome.value) != listing.requests:  # type: ignore[arg-type]
        yield bench.finding("pagination.pages", f"{listing.requests} pages", trial)
    yield from _guards(bench, listing)
    yield from _errors(bench, listing)


def _complete(bench: Bench, listing: Listing, *, in_body: bool) -> Iterator[Finding]:
    def script(request: httpx2.Request, number: int) -> Step:
        return listing.script(request, number, in_body=in_body)

    expected = [listing.identity(number) for number in range(_TOTAL)]
    trial = _iterate(bench, listing, script, {})
    got = _identities(bench, listing, trial)
    if got is None or (listing.text("identity") and got != expected) or len(got) != _TOTAL:
        shown = str(got or trial.outcome)
        yield bench.finding("pagination.items", f"each item once, in order: {expected}", trial, shown)
        return
    if len(trial.requests) != listing.requests:
        yield bench.finding("pagination.requests", f"{listing.requests} requests", trial)
        return
    first = trial.sent[0].url.params.multi_items()
    parameter = listing.text("parameter")
    for number, request in enumerate(trial.sent):
        query = request.url.params.multi_items()
        others = sorted(pair for pair in query if pair[0] not in (parameter, "proof-page"))
        if others != sorted(pair for pair in first if pair[0] not in (parameter, "proof-page")):
            expected_query = f"the other parameters of the first page: {first}"
            yield bench.finding("pagination.query", expected_query, trial, str(query))
        if number in (0, -(-_TOTAL // _SIZE)):
            continue
        sent = [value for name, value in query if name == (parameter or "proof-page")]
        if (wanted := _wanted(listing, number, in_body=in_body)) is not None and sent != [wanted]:
            what = f"{parameter or 'the link'} = {wanted!r} on page {number + 1}"
            yield bench.finding("pagination.cursor", what, trial, str(sent))
        headers = [sorted(trial.requests[each].headers) for each in (0, number)]
        if headers[0] != headers[1] or trial.requests[number].method != trial.requests[0].method:
            yield bench.finding("pagination.headers", "the headers of the first page", trial)


def _wanted(listing: Listing, number: int, *, in_body: bool) -> str | None:
    """The value of the parameter that leads to page `number`."""
    match listing.kind:
        case "cursor" if in_body and listing.text("next"):
            return str(listing.cursor(number))
        case "cursor":
            rule = as_object(listing.rules.get("last-item"))
            name = as_text(rule.get("property"))
            if not name:
                parameter = as_text(rule.get("property-from"))
                schema = next((each.schema for each in listing.bench.method.operation.parameters
                               if each.key.name == parameter), None)  # fmt: skip
                default = listing.bench.package.document.resolved(schema).get("default") if schema else None
                name = as_text(default) or listing.text("identity").rpartition("/")[2]
            last = as_object(listing.items([number * _SIZE - 1])[0])
            return None if name not in last else str(last[name])
        case "offset":
            return str(int(listing.rules.get("first") or 0) + number * _SIZE)  # type: ignore[arg-type]
        case "page":
            first = listing.rules.get("first")
            return str((1 if first is None else int(first)) + number)  # type: ignore[arg-type]
        case _:
            return str(listing.cursor(number))


def _guards(bench: Bench, listing: Listing) -> Iterator[Finding]:
    """Pages that do not end, repeat items, or are empty."""
    fixed: Json = listing.cursor(7)

    def stuck(request: httpx2.Request, number: int) -> Step:
        return listing.page(number, range(number * 2, number * 2 + 2), last=False, request=request, cursor=fixed)

    if listing.kind in ("cursor", "link", "hal") and (listing.text("next") or listing.kind == "link"):
        trial = _iterate(bench, listing, stuck, {})
        if not bench.is_error(trial, "PaginationError") or len(trial.requests) > 3:
            yield bench.finding("pagination.stuck", "PaginationError for a next page that was already requested", trial)

        def hollow(request: httpx2.Request, number: int) -> Step:
            return listing.page(number, range(0), last=False, request=request)

        trial = _iterate(bench, listing, hollow, {})
        if not bench.is_error(trial, "PaginationError") or len(trial.requests) > 150:
            yield bench.finding("pagination.hollow", "PaginationError for a listing of empty pages", trial)

        def gap(request: httpx2.Request, number: int) -> Step:
            numbers = (range(2), range(0), range(2, 4))[min(number, 2)]
            return listing.page(number, numbers, last=number >= 2, request=request)

        trial = _iterate(bench, listing, gap, {})
        got = _identities(bench, listing, trial)
        if got is None or len(got) != 4:
            yield bench.finding("pagination.gap", "the items after an empty page", trial, str(got or trial.outcome))
    if listing.text("identity"):

        def overlapping(request: httpx2.Request, number: int) -> Step:
            numbers = (range(3), range(2, 5))[min(number, 1)]
            return listing.page(number, numbers, last=number >= 1, request=request)

        trial = _iterate(bench, listing, overlapping, {"max_pages": 2})
        got = _identities(bench, listing, trial)
        if got != [listing.identity(number) for number in range(5)]:
            yield bench.finding("pagination.overlap", "a repeated item once", trial, str(got or trial.outcome))
    if listing.kind in ("link", "hal"):
        for target in ("https://elsewhere.test/x", "http://elsewhere.test/x", "ftp://x", "https://["):
            moved = with_value(listing.body, listing.text("next"), target) if listing.kind == "hal" else listing.body
            headers = bench.fine.headers
            if listing.kind == "link":
                headers = (*headers, ("Link", f'<{target}>; rel="next"'))
            trial = _iterate(bench, listing, _always(Reply(200, write(moved).encode(), headers)), {})
            if not bench.is_error(trial, "PaginationError") or len(trial.requests) != 1:
                yield bench.finding("pagination.host", "PaginationError for a next page on another host", trial)


def _always(reply: Reply) -> Respond:
    return lambda _request, _number: reply


def _errors(bench: Bench, listing: Listing) -> Iterator[Finding]:
    def failing(request: httpx2.Request, number: int) -> Step:
        return listing.script(request, number) if number == 0 else bench.error_reply(500)

    trial = _iterate(bench, listing, failing, {"max_retries": 0})
    if not bench.is_error(trial, "InternalServerError") or len(trial.requests) != 2:
        yield bench.finding("pagination.error", "the exception of the second page", trial)

    def busy(request: httpx2.Request, number: int) -> Step:
        return bench.error_reply(503) if number == 1 else listing.script(request, number - (number > 1))

    trial = _iterate(bench, listing, busy, {"max_retries": 1})
    got = _identities(bench, listing, trial)
    if got is None or len(got) != _TOTAL or len(trial.requests) != listing.requests + 1:
        yield bench.finding("pagination.retry", "all items after a retry of the second page", trial)


def _iterate(bench: Bench, listing: Listing, script: Any, options: Mapping[str, Any], *, pages: bool = False) -> Trial:
    def action(session: ClientSession) -> Outcome:
        size = next((each for each in bench.method.operation.parameters if each.key.name == listing.text("size")), None)
        values: dict[ParameterKey, Json] = {**bench.arguments.values, **({size.key: _SIZE} if size else {})}
        arguments = Arguments(values, bench.arguments.body, bench.arguments.body_type)
        function, by_position, by_name = bound(bench.package, session.client, bench.method, arguments, extra=options)

        def read() -> Any:
            paginator = function(*by_position, **by_name)
            return list(paginator.pages() if pages else paginator)

        async def read_async() -> Any:
            paginator = function(*by_position, **by_name)
            return [each async for each in (paginator.pages() if pages else paginator)]

        return session.outcome(read_async if session.asynchronous else read)

    trial = bench.trial(script, action=action)
    return replace(trial, how=f"{trial.how}; iterated{' by pages' if pages else ''} with {dict(options)}")


def _identities(bench: Bench, listing: Listing, trial: Trial) -> list[Any] | None:
    if not isinstance(trial.outcome, Returned):
        return None
    items: Any = trial.outcome.value
    return [value_at(as_json(bench.package.to_jsonable(item)), listing.text("identity")) for item in items]
