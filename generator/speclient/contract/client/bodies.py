"""Bodies of responses: near misses of complete values, under both policies, read attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import httpx2

from ..client_call import Raised, Returned, reproduction
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..jsontypes import Json
from ..judge import Judge, Verdict
from ..response_side import ResponseContract
from ..responses import DocumentedResponse, is_stream
from ..samples import complete
from ..secrecy import judge_secrecy
from ..spelling import Path, at, awkward, leaves, near, removed, replaced, write
from .bench import Bench, ClientSession
from .programs import program
from .reading import Types, misread, types_of

_ASYNC_SHARE = 5
"""One of so many near misses is sent to the asynchronous client."""
_VIEWS = 8
"""Of one of so many valid near misses, copies and dumps are compared too."""
_PAIRS = 40
"""Bodies with two violations, per response."""


@dataclass(frozen=True)
class Case:
    """A body, what a client has to make of it, and where it was changed."""

    text: str
    body: Json
    verdict: Verdict
    paths: tuple[Path, ...] = ()


class BodyCases:
    """The cases of each response of a document. Judging costs more than a call, so all clients share them."""

    def __init__(self) -> None:
        self._cases: dict[str, tuple[Case, ...]] = {}

    def of(self, contract: ResponseContract, response: DocumentedResponse) -> tuple[Case, ...]:
        """The cases of a response, valid bodies first."""
        key = contract.space.key(response)
        if key not in self._cases:
            self._cases[key] = tuple(_cases(contract.space.judge(response)))
        return self._cases[key]


def _cases(judge: Judge) -> Iterator[Case]:
    seen: set[str] = set()
    samples = complete(judge)
    for body in samples:
        text = write(body)
        seen.add(text)
        yield Case(text, parse_lossless(text), Verdict.VALID)
    broken: list[tuple[Json, Path, Json]] = []
    varied: set[tuple[Path, str]] = set()
    for body in samples:
        for path, changed in _changes(judge, body, varied):
            text = write(changed)
            if text in seen:
                continue
            seen.add(text)
            parsed = parse_lossless(text)
            verdict = judge.verdict(parsed)
            is_new = (
                bool(path) and path[-1] != _ADDED and body is samples[0] and path not in {each[1] for each in broken}
            )
            if verdict is Verdict.INVALID and is_new:
                broken.append((body, path, at(changed, path) if _has(changed, path) else _MISSING))
            yield Case(text, parsed, verdict, (path,))
    for index, (body, path, value) in enumerate(broken[: _PAIRS + 1]):
        other = next((each for each in broken[index + 1 :] if _apart(path, each[1])), None)
        if other is not None:
            changed = _changed(_changed(body, path, value), other[1], other[2])
            yield Case(write(changed), changed, judge.verdict(changed), (path, other[1]))


_EXTREME = (Decimal("1E-400"), Decimal("1E+400"))
"""Beyond the range of a float, for properties of any type."""
_ADDED = "x-added"
_MISSING = "\0missing"


def _changed(body: Json, path: Path, value: Json) -> Json:
    return removed(body, path) if value == _MISSING else replaced(body, path, value)


def _has(body: Json, path: Path) -> bool:
    try:
        at(body, path)
    except (KeyError, IndexError):
        return False
    return True


def _apart(first: Path, second: Path) -> bool:
    """Whether two places are in different properties of one object, at any depth, and not in one list."""
    for left, right in zip(first, second, strict=False):
        if left != right:
            return isinstance(left, str) and isinstance(right, str)
    return False


def _changes(judge: Judge, body: Json, varied: set[tuple[Path, str]]) -> Iterator[tuple[Path, Json]]:
    """Changes of a body, without those of values that other samples have at the same place."""
    for path in leaves(body):
        value = at(body, path)
        if (key := (path, write(value))) in varied:
            continue
        varied.add(key)
        if path:
            yield path, removed(body, path)
        yield path, replaced(body, path, None)
        for other in (*near(value), *awkward(value), *_unlisted(value)):
            yield path, replaced(body, path, other)
        if isinstance(value, str) and path and judge.is_valid(replaced(body, path, Decimal("1.5"))):
            for number in (*awkward(Decimal("1.5")), *_EXTREME):
                yield path, replaced(body, path, number)
                yield path, replaced(body, path, [number, {"a": number}])
        if isinstance(value, dict):
            yield (*path, _ADDED), replaced(body, path, {**value, _ADDED: [1, {"a": None}]})
            yield (*path, _ADDED), replaced(body, path, {**value, _ADDED: awkward(Decimal("1.5"))[-1]})
        if isinstance(value, list) and value:
            yield path, replaced(body, path, [])
            yield path, replaced(body, path, value * 3)


def _unlisted(value: Json) -> Sequence[Json]:
    """Texts that an enumeration, a pattern or a length may forbid."""
    return ("x-unlisted", "", "ä" * 300) if isinstance(value, str) else ()


class BodyContract(ResponseContract):
    """The responses of an operation, read by one kind of client."""

    def __init__(self, bench: Bench, cases: BodyCases) -> None:
        self.reports: list[Any] = []
        self._models: set[str] = set()
        """Responses whose valid bodies are models."""
        session = ClientSession(
            bench.package, kind=bench.kind, runner=bench.runner,
            options={"max_retries": 0, "clock": bench.clock(), "on_violation": self.reports.append},
        )  # fmt: skip
        super().__init__(bench.package, bench.method, bench.space, session)
        self.kind = bench.kind
        self._client = session
        self._cases = cases

    @cached_property
    def types(self) -> Types:
        """What is known of the types of properties."""
        judges = [self.space.judge(response) for response in self.space.responses if response.has_schema]
        return types_of([judge.schema for judge in judges] + [dict(judge.components) for judge in judges[:1]])

    def check(self, response: DocumentedResponse) -> Iterator[Finding]:
        """Send each case and judge the outcome."""
        if not response.has_schema:
            is_empty = response.media_type is None or is_stream(response.media_type)
            for content in (b"",) if is_empty else (b"", b"<p>text</p>"):
                yield from self.judge_plain(response, content)
            return
        if response.is_success and not self._is_union(response):
            yield from self._policies(response)
        for number, case in enumerate(self._cases.of(self, response)):
            # The asynchronous client shares the code that reads bodies.
            if self.kind.asynchronous and case.verdict is not Verdict.VALID and number % _ASYNC_SHARE:
                continue
            yield from self.judge_case(response, case, number)

    def _policies(self, response: DocumentedResponse) -> Iterator[Finding]:
        """The policy of a call takes precedence over that of the client."""
        cases = self._cases.of(self, response)
        case = next((each for each in cases if each.verdict is Verdict.INVALID and each.paths[0]), None)
        if case is None:
            return
        stream = case.text.encode()
        headers = {"content-type": response.media_type or "application/json"}
        self._client.answer_with(lambda request: httpx2.Response(
            response.status, headers=headers, stream=httpx2.ByteStream(stream), request=request))  # fmt: skip
        for policy in ("strict", "tolerant"):
            for name, outcome in (
                ("the call", self._client.call(self.method, self._with(response), extra={"policy": policy})),
                ("raw", self._client.raw(self.method, self._with(response), extra={"policy": policy})),
            ):
                if isinstance(outcome, Returned) != (policy == "tolerant"):
                    expected = f"the policy {policy!r} of the call"
                    how = f"{self.kind} client: {name} with policy={policy!r} and {case.text[:300]}"
                    yield Finding(self.method.operation.name, "option.policy", expected, str(outcome), how)

    def judge_case(self, response: DocumentedResponse, case: Case, number: int) -> Iterator[Finding]:
        """Send one case."""
        session, arguments = self._client, self._with(response)
        headers = _headers(response, number)

        def respond(request: httpx2.Request) -> httpx2.Response:
            stream = httpx2.ByteStream(case.text.encode())
            return httpx2.Response(response.status, headers=headers, stream=stream, request=request)

        session.answer_with(respond)
        self.reports.clear()
        tolerant = self.kind.policy == "tolerant"
        if tolerant and response.is_success:
            outcome = session.raw(self.method, arguments)
            judged = self._tolerant(response, case, outcome)
        else:
            outcome = session.call(self.method, arguments)
            judge = self._tolerant_error if tolerant else self._strict
            judged = judge(response, case, outcome)
        how = f"{self.kind} client: {reproduction(self.method, arguments)}; the service returns {response.status} "
        how += f"{dict(headers)} {case.text if len(case.text) <= 600 else case.text[:597] + '...'}"
        for each in (*judged, *judge_secrecy(response.operation.name, outcome, session.credentials)):
            reply = (response.status, headers, case.text.encode())
            options = {"max_retries": 0, "policy": self.kind.policy}
            asynchronous = self.kind.asynchronous
            repeat = program(self.package, self.method, arguments, [reply], options, asynchronous=asynchronous)
            yield Finding(each.operation, each.check, each.expected, each.got, how, call=repeat)
        if len(session.requests) != 1:
            yield Finding(response.operation.name, "call.requests", "one request", str(len(session.requests)), how)

    def _strict(self, response: DocumentedResponse, case: Case, outcome: Any) -> Iterator[Finding]:
        where = f"{response.operation.name} -> {response.name}"
        found = list(self._judge(response, case.body, outcome))
        yield from found
        if found:
            return
        if isinstance(outcome, Returned):
            yield from self._read(where, outcome.value, case)
            return
        invalid = outcome.error if response.is_success else getattr(outcome.error, "body_error", None)
        if case.verdict is Verdict.INVALID:
            yield from self._violations(where, case, invalid, policy="strict")
        elif not response.is_success and (body := getattr(outcome.error, "body", None)) is not None:
            yield from self._read(where, body, case)

    def _is_union(self, response: DocumentedResponse) -> bool:
        """Whether a body may fit no alternative, so that nothing can be returned in the documented type."""
        schema = response.operation.document.resolved(response.schema)
        return bool(schema.keys() & {"anyOf", "oneOf"})

    def _read(self, where: str, value: object, case: Case) -> Iterator[Finding]:
        if case.verdict is not Verdict.VALID:
            return
        views = not case.paths or len(case.text) % _VIEWS == 0
        if problem := misread(self.package, value, case.body, self.types, views=views):
            yield Finding(where, "answer.attribute", "attributes with the values of the JSON", problem)

    def _tolerant(self, response: DocumentedResponse, case: Case, outcome: Any) -> Iterator[Finding]:
        where = f"{response.operation.name} -> {response.name}"
        if (_is_whole(case) or self._is_union(response)) and isinstance(outcome, Raised):
            # Nothing of such a body can be returned in the documented type.
            if not isinstance(outcome.error, self.package.error("InvalidResponseError")):
                yield Finding(where, "tolerant.outcome", "InvalidResponseError", str(outcome))
            return
        if not isinstance(outcome, Returned):
            yield Finding(where, "tolerant.outcome", "a result with its violations", str(outcome))
            return
        raw: Any = outcome.value
        if raw.status_code != response.status or raw.content != case.text.encode():
            yield Finding(where, "raw.response", f"status {response.status} and the body", f"{raw.status_code}")
        if difference := first_difference(case.body, self.package.to_jsonable(raw.value)):
            yield Finding(where, "tolerant.altered", "a result that dumps to the same JSON", difference)
            return
        yield from self._read(where, raw.value, case)
        if not case.paths and hasattr(raw.value, "to_dict"):
            self._models.add(response.name)
        if case.verdict is Verdict.VALID and raw.violations:
            yield Finding(where, "tolerant.violations", "no violation", str(raw.violations))
        elif case.verdict is Verdict.INVALID:
            yield from self._violations(where, case, raw, policy="tolerant")
            types = replace(self.types, invalid=frozenset(map(pointer_of, case.paths)))
            if problem := misread(self.package, raw.value, case.body, types, views=False):
                yield Finding(where, "tolerant.attribute", "the other attributes with their values", problem)
            if case.paths and case.paths[0] and isinstance(case.body, dict):
                listed = {violation.pointer for violation in raw.violations}
                if "" not in listed and isinstance(raw.value, dict) and response.name in self._models:
                    yield Finding(where, "tolerant.untyped", "a model, since the violation is below", "a dict")
        if bool(raw.violations) != (len(self.reports) == 1):
            yield Finding(where, "tolerant.report", "one report for `on_violation` if there are violations",
                          f"{len(self.reports)} reports")  # fmt: skip

    def _tolerant_error(self, response: DocumentedResponse, case: Case, outcome: Any) -> Iterator[Finding]:
        where = f"{response.operation.name} -> {response.name}"
        wrong = list(self._judge_status(response, outcome))
        yield from wrong
        if wrong or not isinstance(outcome, Raised):
            return
        body, reason = getattr(outcome.error, "body", None), getattr(outcome.error, "body_error", None)
        if body is None and _is_whole(case):
            yield from self._violations(where, case, reason, policy="tolerant")
        elif difference := first_difference(case.body, self.package.to_jsonable(body)):
            yield Finding(where, "tolerant.altered", "a body that dumps to the same JSON", difference)
        elif case.verdict is Verdict.VALID:
            yield from self._read(where, body, case)
            if reason is not None:
                yield Finding(where, "tolerant.violations", "no body_error", repr(reason))
        elif case.verdict is Verdict.INVALID:
            yield from self._violations(where, case, reason, policy="tolerant")

    def _violations(self, where: str, case: Case, source: Any, *, policy: str) -> Iterator[Finding]:
        """Each changed place is in the list of violations."""
        violations = getattr(source, "violations", None)
        if not violations:
            yield Finding(where, f"{policy}.violations", "violations", repr(source))
            return
        if source.violation_count < len(violations):
            yield Finding(where, f"{policy}.violations", f"a count of {len(violations)}", str(source.violation_count))
        pointers = [violation.pointer for violation in violations]
        for path in case.paths:
            pointer = pointer_of(path)
            if not any(_related(pointer, each) or _same_variant(pointer, each, case) for each in pointers):
                yield Finding(where, f"{policy}.violations", f"a violation at {pointer!r}", str(pointers[:5]))
        for violation in violations[:3]:
            if not violation.expected or not violation.got:
                yield Finding(where, f"{policy}.violations", "what was expected and what was received", repr(violation))


def pointer_of(path: Path) -> str:
    """The JSON pointer of a place."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _is_whole(case: Case) -> bool:
    """Whether the whole body is of another type than documented."""
    return case.verdict is not Verdict.VALID and case.paths == ((),)


def _same_variant(pointer: str, other: str, case: Case) -> bool:
    """Whether a violation may hide another one in the same object: of a variant that no longer fits, one is named."""
    parent = other.rpartition("/")[0]
    return len(case.paths) > 1 and parent != "" and pointer.startswith(f"{parent}/")


def _related(first: str, second: str) -> bool:
    return first == second or first.startswith(f"{second}/") or second.startswith(f"{first}/")


def _headers(response: DocumentedResponse, number: int) -> list[tuple[str, str]]:
    """Headers of real services: letter case and parameters of the media type, and others that mean nothing here."""
    media_type = response.media_type or "application/json"
    variants = (
        [("content-type", media_type)],
        [("Content-Type", media_type.upper()), ("X-Request-Id", f"r-{number}")],
        [("content-type", f"{media_type}; charset=utf-8"), ("Retry-After", "3")],
        [("content-type", f'{media_type};charset="UTF-8"'), ("Server", "proof/1"), ("Vary", "Accept")],
        [("CONTENT-TYPE", f"{media_type} ; x=y"), ("Set-Cookie", "a=b; Path=/"), ("ETag", '"1"')],
    )
    return variants[number % len(variants)] if "charset" not in media_type else variants[0]
