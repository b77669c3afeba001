"""The header fields and cookies of a request: declared ones as asked for, and none that nobody ordered."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding
from ..jsontypes import Json
from ..operations import Operation, Parameter
from .styles import carries_delimited, carries_json
from .text import percent_decoded
from .wire import Call, WireRequest

# What HTTP itself needs, and what every client library adds.
_ORDINARY = frozenset({"host", "accept", "accept-encoding", "accept-language", "connection", "user-agent",
                       "content-type", "content-length", "transfer-encoding"})  # fmt: skip

# A client may fill in a key by which the service recognizes repeated requests.
_FILLED_IN = frozenset({"idempotency-key"})


def judge_headers(wire: WireRequest, call: Call, credential_names: frozenset[str]) -> Iterator[Finding]:
    """Every header argument once and unchanged; of all others only the ordinary ones."""
    declared = {each.key.name.lower(): each for each in call.operation.parameters if each.key.location == "header"}
    for name, parameter in declared.items():
        sent = wire.header(name)
        if parameter.key not in call.arguments:
            # A client names itself, also where the document lets the caller do it.
            if sent and name not in _ORDINARY | _FILLED_IN | credential_names:
                yield Finding(call.operation.name, "wire.header", f"no {parameter.key}: not asked for", repr(sent))
            continue
        value = call.arguments[parameter.key]
        if len(sent) != 1 or not _carries(sent[0], value, parameter):
            yield Finding(call.operation.name, "wire.header", f"{parameter.key} = {value!r}, once", repr(sent))
    for name in {name.lower() for name, _ in wire.headers} - set(declared) - _ORDINARY - credential_names - {"cookie"}:
        yield Finding(call.operation.name, "wire.header.undeclared", "only declared headers", name)


def judge_cookies(wire: WireRequest, call: Call, credential_names: frozenset[str]) -> Iterator[Finding]:
    """Every cookie argument as a cookie; no other."""
    sent: dict[str, list[str]] = {}
    for header in wire.header("cookie"):
        for pair in header.split(";"):
            name, _, raw = pair.strip().partition("=")
            sent.setdefault(name, []).append(raw)
    for parameter in call.operation.parameters:
        if parameter.key.location != "cookie" or parameter.key not in call.arguments:
            continue
        value, got = call.arguments[parameter.key], sent.pop(parameter.key.name, [])
        if not _carries_cookie(got, value, parameter):
            yield Finding(call.operation.name, "wire.cookie", f"{parameter.key} = {value!r}", repr(got))
    for name in set(sent) - credential_names:
        yield Finding(call.operation.name, "wire.cookie.undeclared", "only declared cookies", name)


def judge_accept(wire: WireRequest, operation: Operation) -> Iterator[Finding]:
    """The Accept header names a media type that a success is documented to have."""
    documented = {
        media_type.partition(";")[0].strip().lower()
        for status, response in operation.responses.items()
        if status.startswith("2") or status == "default"
        for media_type in _content(response)
    }
    ranges = {item.partition(";")[0].strip().lower() for value in wire.header("accept") for item in value.split(",")}
    if documented and not documented & ranges:
        expected = f"one of {sorted(documented)}"
        yield Finding(operation.name, "wire.accept", expected, repr(wire.header("accept")))


def _content(response: dict[str, Json]) -> dict[str, Json]:
    content = response.get("content")
    return content if isinstance(content, dict) else {}


def _carries(raw: str, value: Json, parameter: Parameter) -> bool:
    # Header values are no part of a URI: nothing is percent-encoded there (OpenAPI 3.1.1, appendix D). Text
    # beyond ASCII has no agreed form; the bytes of UTF-8 are what servers expect.
    text = raw.encode("latin-1").decode("utf-8", errors="replace")
    if parameter.media_type is not None:
        return carries_json(text, value, _same)
    compact = text.replace(", ", ",") if isinstance(value, list | dict) else text
    return carries_delimited(compact, value, ",", parameter, _same)


def _carries_cookie(raws: list[str], value: Json, parameter: Parameter) -> bool:
    if isinstance(value, list | dict) and parameter.explode:
        # `color=blue&color=black` cannot be told from one value in a Cookie header: the document asks for
        # the impossible.
        return True
    if parameter.media_type is not None:
        return len(raws) == 1 and carries_json(raws[0], value)
    return len(raws) == 1 and any(
        carries_delimited(raws[0], value, ",", parameter, decode) for decode in (percent_decoded, _same)
    )


def _same(text: str) -> str | None:
    return text
