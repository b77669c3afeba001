"""Request bodies in each form in which a caller may pass them, typed parameters, and what cannot be sent."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from ..arguments import Arguments, ArgumentSpace
from ..credentials import made_up
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..jsontypes import Json, as_json, as_object, as_text, is_json_type
from ..judge import Verdict
from ..rfc3339 import instant
from ..samples import complete
from ..spelling import removed, replaced, write
from .bench import Bench, Reply, Trial

_FALSY: tuple[Json, ...] = (0, False, "", [], {}, None)
_DATA = b"\x00binary\r\n\xff" * 500


def check_sending(bench: Bench) -> Iterator[Finding]:
    """Each form of a body puts the same bytes on the wire; parameters may be Python objects."""
    yield from _typed_parameters(bench)
    yield from _required_parameters(bench)
    operation, method = bench.method.operation, bench.method
    if operation.body is None:
        trial = bench.trial([bench.fine], extra={"body": {"a": 1}})
        if not isinstance(trial.error, TypeError) or trial.requests:
            yield bench.finding("body.undocumented", "TypeError for a body, and no request", trial)
        return
    for media_type, schema in operation.body.content.items():
        essence = media_type.partition(";")[0].strip().lower()
        if is_json_type(media_type) or _is_form(essence):
            judge = ArgumentSpace(operation).body_judge(media_type)
            for sample in complete(judge, limit=3):
                yield from _data(bench, sample, media_type)
        elif essence.startswith("text/"):
            yield from _text(bench, media_type)
        elif as_text(as_object(operation.document.resolved(schema)).get("format")) == "binary" or not schema:
            yield from _binary(bench, media_type)
    if operation.body.required and not _may_be_empty(bench):
        trial = bench.trial([bench.fine], arguments=replace(bench.arguments, body=None, body_type=None))
        yield from _rejected(bench, trial, "a call without its required body")
    if len(operation.body.content) > 1:
        trial = bench.trial([bench.fine], extra={"body": {}, "content_type": "application/x-proof"})
        yield from _rejected(bench, trial, "an undocumented content_type")
    if method.body_properties:
        yield from _properties(bench)


def _may_be_empty(bench: Bench) -> bool:
    """Whether an object without properties is a valid body, which a call without keywords sends."""
    body = bench.method.operation.body
    media_type = next(iter(body.content), "") if body is not None else ""
    is_data = is_json_type(media_type) or _is_form(media_type.partition(";")[0].strip().lower())
    if not bench.method.body_properties or not is_data:
        return False
    return ArgumentSpace(bench.method.operation).body_judge(media_type).verdict({}) is not Verdict.INVALID


def _is_form(essence: str) -> bool:
    return essence == "application/x-www-form-urlencoded" or essence.startswith("multipart/")


def _data(bench: Bench, sample: Json, media_type: str) -> Iterator[Finding]:
    """A mapping, a model of it, and the JSON text."""
    arguments = Arguments(bench.arguments.values, sample, media_type)
    yield from _judged(bench, bench.trial([bench.fine], arguments=arguments), arguments)
    for kind in _models(bench):
        try:
            model = kind.model_validate(sample)
        except ValueError:
            continue  # The model of another variant or media type.
        trial = bench.trial([bench.fine], arguments=Arguments(arguments.values, model, media_type))
        yield from _judged(bench, trial, arguments, f"a {kind.__name__}")
    if not is_json_type(media_type):
        yield from _form(bench, sample, media_type)
        return
    text = write(sample).encode()
    passed = Arguments(bench.arguments.values, text, media_type)  # type: ignore[arg-type]
    trial = bench.trial([bench.fine], arguments=passed)
    if trial.error is not None or not trial.requests or trial.requests[0].body != text:
        yield bench.finding("body.bytes", "bytes, sent unchanged", trial)
    for value in (object(), {"a": object()}, float("nan"), {"a": "\ud800"}):
        refused = Arguments(bench.arguments.values, value, media_type)  # type: ignore[arg-type]
        yield from _rejected(bench, bench.trial([bench.fine], arguments=refused), f"body={value!r}")
    # The same body again: after a temporary failure, and after a redirect.
    for script in ([bench.error_reply(503), bench.fine], [Reply(307, headers=(("Location", "/moved"),)), bench.fine]):
        if str(script[0].status) in bench.method.operation.responses and script[0].status == 307:
            continue
        again = bench.trial(script, arguments=arguments, extra={"idempotent": True}, max_retries=1)
        bodies = [request.body for request in again.requests]
        if len(bodies) != 2 or bodies[0] != bodies[1]:
            yield bench.finding("body.again", "two requests with the same body", again, str(bodies)[:200])


def _form(bench: Bench, sample: Json, media_type: str) -> Iterator[Finding]:
    """Files in each form; and what is not a form."""
    for value in ([1], 5, ["a"]):
        refused = Arguments(bench.arguments.values, value, media_type)  # type: ignore[arg-type]
        yield from _rejected(bench, bench.trial([bench.fine], arguments=refused), f"body={value!r}")
    if not media_type.startswith("multipart/") or not isinstance(sample, dict):
        return
    for name in _files(bench, media_type):
        named = io.BytesIO(_DATA)
        named.name = "folder/proof.bin"
        forms: tuple[tuple[Any, str], ...] = (
            (_DATA, f'filename="{name}"'), (named, 'filename="proof.bin"'), (("a.bin", _DATA), 'filename="a.bin"'),
            (("a.bin", io.BytesIO(_DATA), "image/png"), "Content-Type: image/png"),
            (("a.bin", _DATA, "image/png", {"X-Proof": "1"}), "X-Proof: 1"),
        )  # fmt: skip
        for value, head in forms:
            form: Any = {**sample, name: value}
            arguments = Arguments(bench.arguments.values, form, media_type)
            trial = bench.trial([bench.fine], arguments=arguments)
            sent = trial.requests[0].body if trial.requests else b""
            if trial.error is not None or _DATA not in sent or head.encode() not in sent:
                yield bench.finding("body.file", f"a part with {head}", trial, repr(sent[:200]))
        wrong: tuple[Any, ...] = (
            io.StringIO("text"),
            ("a.bin",),
            ("a", b"b", "c", {}, "d"),
            ("a", b"b", None, {"X:": "1"}),
        )
        for value in wrong:
            arguments = Arguments(bench.arguments.values, {**sample, name: value}, media_type)
            yield from _rejected(bench, bench.trial([bench.fine], arguments=arguments), f"{name}={value!r}")


def _files(bench: Bench, media_type: str) -> list[str]:
    operation = bench.method.operation
    assert operation.body is not None
    schema = operation.document.resolved(operation.body.content[media_type])
    return [name for name, each in as_object(schema.get("properties")).items()
            if as_object(each).get("format") == "binary"]  # fmt: skip


def _models(bench: Bench) -> Iterator[Any]:
    """The models that the annotation of the argument names."""
    function = bench.package.function(bench.method, asynchronous=bench.kind.asynchronous)
    annotation = str(getattr(function, "__annotations__", {}).get(bench.method.body_argument, ""))
    for name in dict.fromkeys(re.findall(r"models\.(\w+)", annotation)):
        kind = getattr(bench.package.models, name, None)
        if hasattr(kind, "model_validate"):
            yield kind


def _text(bench: Bench, media_type: str) -> Iterator[Finding]:
    charset = re.search(r"charset=\"?([\w-]+)", media_type)
    for text in ("text", "é\r\n", ""):
        forms: tuple[Any, ...] = (text, text.encode())
        for value in forms:
            arguments = Arguments(bench.arguments.values, value, media_type)
            trial = bench.trial([bench.fine], arguments=arguments)
            expected = text.encode(charset[1] if charset and isinstance(value, str) else "utf-8")
            if trial.error is not None or not trial.requests or trial.requests[0].body != expected:
                yield bench.finding("body.text", f"the body {expected!r}", trial)
            elif not trial.requests[0].header("content-type")[0].startswith(media_type.partition(";")[0]):
                yield bench.finding("body.text", f"the content type {media_type}", trial)
    wrong: tuple[Json, ...] = ({"a": 1}, 5)
    for value in wrong:
        refused = Arguments(bench.arguments.values, value, media_type)
        yield from _rejected(bench, bench.trial([bench.fine], arguments=refused), f"body={value!r}")


def _chunks() -> Iterator[bytes]:
    yield _DATA[:7]
    yield _DATA[7:]


async def _async_chunks() -> AsyncIterator[bytes]:
    for chunk in _chunks():
        yield chunk


class _Unseekable(io.RawIOBase):
    """A file that can be read once."""

    def __init__(self) -> None:
        self._rest = _DATA

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        size = len(self._rest) if size < 0 else size
        chunk, self._rest = self._rest[:size], self._rest[size:]
        return chunk


def _binary(bench: Bench, media_type: str) -> Iterator[Finding]:
    """Bytes, files and iterators. A retry sends a file again from where it was, and an iterator never."""

    def opened(skipped: int) -> Any:
        file = io.BytesIO(b"x" * skipped + _DATA)
        file.seek(skipped)
        return file

    forms: list[tuple[str, Any, bool]] = [
        ("bytes", lambda: _DATA, True),
        ("a file", partial(opened, 0), True),
        ("a file from its position", partial(opened, 3), True),
        ("a file that cannot seek", _Unseekable, False),
        ("an iterator", _chunks, False),
    ]
    if bench.kind.asynchronous:
        forms.append(("an asynchronous iterator", _async_chunks, False))
    else:
        refused = Arguments(bench.arguments.values, _async_chunks(), media_type)  # type: ignore[arg-type]
        yield from _rejected(bench, bench.trial([bench.fine], arguments=refused),
                             "an asynchronous iterator")  # fmt: skip
    for name, create, is_repeatable in forms:
        arguments = Arguments(bench.arguments.values, create(), media_type)
        trial = bench.trial([bench.fine], arguments=arguments)
        if trial.error is not None or [request.body for request in trial.requests] != [_DATA]:
            yield bench.finding("body.binary", f"one request with the content of {name}", trial)
            continue
        if trial.requests[0].header("content-type") != [media_type.replace("*/*", "application/octet-stream")] and (
            "*" not in media_type
        ):
            yield bench.finding("body.binary", f"the content type {media_type} of {name}", trial)
        moved = Reply(307, headers=(("Location", "/moved"),))
        for first in (bench.error_reply(503), moved):
            if first is moved and "307" in bench.method.operation.responses:
                continue
            arguments = Arguments(bench.arguments.values, create(), media_type)
            trial = bench.trial([first, bench.fine], arguments=arguments, max_retries=1,
                                extra={"idempotent": True})  # fmt: skip
            if [request.body for request in trial.requests] != [_DATA] * (1 + is_repeatable):
                what = "two requests with the same body" if is_repeatable else "one request"
                yield bench.finding("body.again", f"{what} for {name}", trial)
    for value in (5, {"a": b"b"}, io.StringIO("text")):
        refused = Arguments(bench.arguments.values, value, media_type)  # type: ignore[arg-type]
        yield from _rejected(bench, bench.trial([bench.fine], arguments=refused), f"body={value!r}")


def _properties(bench: Bench) -> Iterator[Finding]:
    """The properties of an object body as keyword arguments."""
    operation, method = bench.method.operation, bench.method
    assert operation.body is not None
    media_type = next((name for name in operation.body.content if is_json_type(name)), None)
    if media_type is None:
        return
    judge = ArgumentSpace(operation).body_judge(media_type)
    arguments = replace(bench.arguments, body=None, body_type=None)
    samples = [sample for sample in complete(judge, limit=3) if isinstance(sample, dict)]
    for sample in samples:
        known = {name: sample[wire] for name, wire in method.body_properties.items() if wire in sample}
        yield from _by_keyword(bench, arguments, known, sample)
        required = {name: value for name, value in known.items()
                    if not judge.is_valid(removed(sample, (method.body_properties[name],)))}  # fmt: skip
        yield from _by_keyword(bench, arguments, required, sample)
        for name in required:
            rest = {each: value for each, value in known.items() if each != name}
            if not rest and not operation.body.required:
                continue
            trial = bench.trial([bench.fine], arguments=arguments, extra=rest)
            yield from _rejected(bench, trial, f"a call without {name}")
        for name, value in known.items():
            for other in (*_FALSY, *_python_forms(value)):
                wire = method.body_properties[name]
                if judge.is_valid(replaced(sample, (wire,), _jsonable(other))):
                    yield from _by_keyword(bench, arguments, {**known, name: other}, sample)
    if samples:
        known = {name: samples[0][wire] for name, wire in method.body_properties.items() if wire in samples[0]}
        trial = bench.trial([bench.fine], arguments=arguments, extra={**known, "body": samples[0]})
        yield from _rejected(bench, trial, "both `body` and its properties")
        trial = bench.trial([bench.fine], arguments=arguments, extra={**known, "proof_unknown": 1})
        if not isinstance(trial.error, TypeError) or trial.requests:
            yield bench.finding("body.unknown", "TypeError for an unknown argument", trial)


def _by_keyword(
    bench: Bench, arguments: Arguments, passed: Mapping[str, Any], sample: Mapping[str, Json]
) -> Iterator[Finding]:
    trial = bench.trial([bench.fine], arguments=arguments, extra=passed)
    if len(trial.requests) != 1 or trial.error is not None:
        if passed or trial.requests:
            yield bench.finding("body.properties", "one request", trial)
        return
    expected = {bench.method.body_properties[name]: _jsonable(value) for name, value in passed.items()}
    try:
        sent = as_object(parse_lossless(trial.requests[0].body or b"{}"))
    except ValueError:
        sent = {}
    # Required properties with one possible value are filled in.
    expected |= {name: sample[name] for name in sent.keys() - expected.keys() if name in sample}
    if difference := _difference(expected, sent):
        yield bench.finding("body.properties", f"the body {expected}", trial, difference)


def _difference(expected: Mapping[str, Any], sent: Mapping[str, Any]) -> str | None:
    for name in expected.keys() | sent.keys():
        if name not in expected or name not in sent:
            return f"/{name}: {'missing' if name not in sent else 'not passed'}"
        left, right = expected[name], sent[name]
        if isinstance(left, str) and isinstance(right, str) and instant(left) and instant(left) == instant(right):
            continue
        if difference := first_difference(as_json(left), right):
            return f"/{name}{difference}"
    return None


def _python_forms(value: Json) -> list[Any]:
    """Python objects that stand for a value of JSON."""
    if not isinstance(value, str) or instant(value) is None:
        return []
    utc = datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC)
    return [utc, utc.astimezone(timezone(timedelta(hours=-5, minutes=-30))), utc.replace(microsecond=0)]


def _jsonable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def _typed_parameters(bench: Bench) -> Iterator[Finding]:
    """Dates, times, UUIDs, decimals, tuples and sets as arguments."""
    space = ArgumentSpace(bench.method.operation)
    utc = datetime(2024, 2, 29, 23, 59, 59, 120000, tzinfo=UTC)
    candidates: list[tuple[Any, Json]] = [
        (utc, "2024-02-29T23:59:59.120000Z"),
        (date(2024, 2, 29), "2024-02-29"),
        (UUID(int=7), str(UUID(int=7))),
        (Decimal("12.50"), Decimal("12.50")),
        (("a", "b c"), ["a", "b c"]),
        ((1, 2), [1, 2]),
        (["x"], ["x"]),
        (0, 0),
        (False, False),
        ("", ""),
    ]
    for parameter in bench.method.operation.parameters:
        name, judge = bench.method.argument(parameter.key), space.judge(parameter)
        if name is None or parameter.media_type is not None:
            continue
        for value, wire in candidates:
            if (wire == "" and parameter.key.location in ("path", "header", "cookie")) or not judge.is_valid(wire):
                continue
            values = {**bench.arguments.values, parameter.key: wire}
            plain = bench.trial([bench.fine], arguments=replace(bench.arguments, values=values))
            trial = bench.trial([bench.fine], extra={name: value})
            targets = [_target(each) for each in (plain, trial)]
            same = targets[0] == targets[1] or _same_instant(*targets)
            if len(trial.requests) != 1 or not same:
                yield bench.finding("parameter.typed", f"{name}={value!r} sent as {wire!r}", trial, targets[1])
        for value in (object(), float("nan"), {"a": object()}, datetime(2024, 2, 29)):
            trial = bench.trial([bench.fine], extra={name: value})
            yield from _rejected(bench, trial, f"{name}={value!r}")


def _target(trial: Trial) -> str:
    if not trial.requests:
        return str(trial.outcome)
    request = trial.requests[0]
    ignored = ("authorization", "user-agent")
    headers = [f"{name}: {value}" for name, value in request.headers if name.lower() not in ignored]
    return "\n".join([request.target, *headers])


def _same_instant(left: str, right: str) -> bool:
    """Whether two requests differ in the notation of a point in time only."""
    texts = [re.sub(r"(\d\d)(?:\.|%2E)(\d{1,3})0*(?=Z|%2B00)", r"\1.\2", text).replace("%2B00%3A00", "Z")
             for text in (left, right)]  # fmt: skip
    return texts[0] == texts[1]


def _required_parameters(bench: Bench) -> Iterator[Finding]:
    """A required argument that is missing or None is an error before a request."""
    for parameter in bench.method.operation.parameters:
        name = bench.method.argument(parameter.key)
        if name is None or not parameter.required:
            continue
        values = {key: value for key, value in bench.arguments.values.items() if key != parameter.key}
        trial = bench.trial([bench.fine], arguments=replace(bench.arguments, values=values))
        if not isinstance(trial.error, TypeError) or trial.requests:
            yield bench.finding("parameter.missing", f"TypeError without {name}, and no request", trial)
        yield from _rejected(bench, bench.trial([bench.fine], extra={name: None}), f"{name}=None")


def _rejected(bench: Bench, trial: Trial, what: str) -> Iterator[Finding]:
    """What cannot be sent ends in RequestError (TypeError for missing arguments), and nothing is sent."""
    known = isinstance(trial.error, TypeError) or bench.is_error(trial, "RequestError")
    if not known or trial.requests:
        yield bench.finding("call.rejection", f"RequestError for {what}, and no request", trial)


def _judged(bench: Bench, trial: Trial, arguments: Arguments, what: str = "a mapping") -> Iterator[Finding]:
    if len(trial.requests) != 1 or trial.error is not None:
        yield bench.finding("body.outcome", f"one request and a result for {what}", trial)
        return
    credentials = bench.package.accepted(made_up(bench.package.document))
    for each in bench.judged(trial, arguments, credentials):
        yield bench.finding(each.check, f"{each.expected} for {what}", trial, each.got)
