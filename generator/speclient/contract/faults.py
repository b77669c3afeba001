"""What goes wrong between two machines, and the documented error that each must end in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx2

from .client_call import Outcome, Raised, Returned, Session
from .findings import Finding, require
from .jsontypes import as_object
from .response_side import ResponseContract
from .responses import DocumentedResponse, undocumented_statuses
from .samples import complete
from .secrecy import judge_secrecy
from .spelling import write
from .status_errors import status_error


class _CutStream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body whose connection breaks after the first bytes."""

    def __init__(self, first: bytes, error: httpx2.TransportError) -> None:
        self._first, self._error = first, error

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._first
        raise self._error


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    `expected` names the errors of which the call must raise one; the empty name means that a result is fine too,
    and no name at all that the error is the one of the status.
    Either `error` is raised in place of an answer, or an answer with these bytes and headers comes.
    """

    name: str
    expected: tuple[str, ...]
    status: int = 200
    content: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    error: httpx2.TransportError | None = None
    cut: bool = False

    def respond(self, request: httpx2.Request) -> httpx2.Response:
        """What the transport does with the request."""
        if self.error is not None and not self.cut:
            raise self.error
        stream: httpx2.SyncByteStream = httpx2.ByteStream(self.content)
        if self.error is not None:
            stream = _CutStream(self.content, self.error)
        return httpx2.Response(self.status, headers=list(self.headers), stream=stream, request=request)


def faults(answer: DocumentedResponse, body: bytes) -> Iterator[Fault]:
    """Every fault for a documented JSON success, whose valid `body` is given."""
    yield from _broken_connections(body)
    yield from _broken_bodies(answer, body)
    for status in undocumented_statuses(answer.operation):
        # 204 and 304 have no body by definition (RFC 9110, 15.3.5 and 15.4.5).
        content = b"" if status in (204, 304) else body
        headers = [("content-type", answer.media_type or "application/json")]
        if status in (301, 302, 307):
            headers.append(("location", "https://elsewhere.test/login"))
        yield Fault(f"undocumented {status}", (), status, content, tuple(headers))


def _broken_connections(body: bytes) -> Iterator[Fault]:
    broken, slow = ("APIConnectionError",), ("APITimeoutError",)
    for error in (
        httpx2.ConnectError("refused"),
        httpx2.ReadError("reset"),
        httpx2.WriteError("reset"),
        httpx2.RemoteProtocolError("server disconnected"),
        httpx2.ProxyError("proxy"),
    ):
        yield Fault(type(error).__name__, broken, error=error)
    for late in (
        httpx2.ConnectTimeout("slow"),
        httpx2.ReadTimeout("slow"),
        httpx2.WriteTimeout("slow"),
        httpx2.PoolTimeout("full"),
    ):
        yield Fault(type(late).__name__, slow, error=late)
    half = body[: len(body) // 2]
    yield Fault("reset within the body", broken, content=half, error=httpx2.ReadError("reset"), cut=True)
    yield Fault("timeout within the body", slow, content=half, error=httpx2.ReadTimeout("slow"), cut=True)
    early_end = httpx2.RemoteProtocolError("incomplete body")
    yield Fault("connection closed within the body", broken, content=half, error=early_end, cut=True)


def _broken_bodies(answer: DocumentedResponse, body: bytes) -> Iterator[Fault]:
    media_type = answer.media_type or "application/json"
    undecodable, either = ("UndecodableResponseError",), ("UndecodableResponseError", "InvalidResponseError")
    plain = (("content-type", media_type),)

    def fault(name: str, content: bytes, expected: tuple[str, ...] = undecodable,
              headers: tuple[tuple[str, str], ...] = plain) -> Fault:  # fmt: skip
        return Fault(name, expected, answer.status, content, headers)

    yield fault("empty body", b"")
    yield fault("white space only", b" \r\n")
    yield fault("truncated JSON", body[:-1])
    yield fault("garbled JSON", body[:-1] + b"!")
    yield fault("text after the JSON", body + b"{}")
    yield fault("invalid UTF-8", b'{"a": "\xff\xfe"}' + body)
    yield fault("invalid UTF-8 in a string", b'"\xc3\x28"')
    yield fault("unpaired surrogate in UTF-8", b'"\xed\xa0\x80"')
    yield fault("NaN", b"NaN")
    yield fault("Infinity in a member", b'{"x-number": Infinity}', either)
    yield fault("single quotes", b"{'a': 1}")
    yield fault("NUL bytes", b"\x00" * 8)
    yield fault("too deep", b"[" * 200_000, either)
    yield fault("deep and whole", b"[" * 20_000 + b"]" * 20_000, either)
    if body.startswith(b"{") and len(body) > 2:
        # RFC 8259, section 4, leaves open what a member that stands twice means. pydantic's parser keeps the last and
        # doesn't tell; to find it out would take a second parser over every fine answer.
        yield fault("a member twice", body[:-1] + b"," + body[1:], (*either, ""))
    html = b"<!doctype html><title>Sign in</title>"
    if not _documents(answer, "text/html"):
        yield fault("HTML page", html, headers=(("content-type", "text/html; charset=utf-8"),))
    yield fault("HTML called JSON", html)
    if not _documents(answer, "text/plain"):
        yield fault("JSON called text", body, headers=(("content-type", "text/plain"),))
    # JSON is UTF-8 and its charset parameter means nothing (RFC 8259, 8.1 and 11): to go by it or not is up to the
    # client, as long as what does not decode is told as that.
    utf_16 = (("content-type", f"{media_type}; charset=utf-16"),)
    yield fault("UTF-16, called so", body.decode().encode("utf-16"), (*undecodable, ""), utf_16)
    yield fault("UTF-8 called UTF-16", body, (*undecodable, ""), utf_16)
    yield fault("unknown charset", body, (*undecodable, ""), (("content-type", f"{media_type}; charset=no-such"),))
    coded = (*plain, ("content-encoding", "gzip"))
    # What ends in the decoder never was an answer; httpx2 calls it DecodingError, and either view is
    # documented.
    yield fault("broken gzip", b"\x1f\x8b" + b"\x00" * 20, (*undecodable, "APIConnectionError"), coded)


def _documents(answer: DocumentedResponse, media_type: str) -> bool:
    """Whether text of this type is documented for the status too."""
    content = as_object(answer.operation.responses[answer.key].get("content"))
    return any(name.lower().startswith((media_type, "text/*", "*/*")) for name in content)


def check_faults(contract: ResponseContract) -> None:
    """Let every fault happen to the method. Raises `ContractFailure`."""
    require(judge_faults(contract))


def judge_faults(contract: ResponseContract) -> list[Finding]:
    """Let every fault happen to the method and judge each outcome."""
    found: list[Finding] = []
    for answer in contract.responses:
        if not answer.has_schema:
            continue
        samples = complete(contract.space.judge(answer), limit=4)
        body = write(samples[-1] if samples else contract.space.example(answer)).encode()
        if answer.is_success:
            for fault in faults(answer, body):
                found += _judge_fault(contract, answer, fault)
        else:
            for fault in _broken_bodies(answer, body):
                found += _judge_error_fault(contract, answer, fault)
    return found


def _judge_fault(contract: ResponseContract, answer: DocumentedResponse, fault: Fault) -> Iterator[Finding]:
    session, outcome = _run(contract, fault)
    where = f"{answer.operation.name} -> {fault.name}"
    expected = [contract.package.error(name) for name in fault.expected if name]
    if not fault.expected:
        expected = [status_error(contract.package, fault.status, documented=False)]
    raised = isinstance(outcome, Raised) and any(isinstance(outcome.error, kind) for kind in expected)
    timeout = contract.package.error("APITimeoutError")
    if raised and fault.expected == ("APIConnectionError",) and isinstance(outcome, Raised):
        raised = not isinstance(outcome.error, timeout)
    if not raised and not (isinstance(outcome, Returned) and "" in fault.expected):
        yield Finding(where, "fault.outcome", " or ".join(kind.__name__ for kind in expected), str(outcome))
    elif isinstance(outcome, Raised) and "ResponseError" in {kind.__name__ for kind in type(outcome.error).__mro__}:
        status = getattr(outcome.error, "status_code", None)
        if status != fault.status:
            yield Finding(where, "fault.status", f"status_code {fault.status}", repr(status))
    if len(session.requests) != 1:
        yield Finding(
            where, "call.requests", "one request: nothing is followed or repeated", str(len(session.requests))
        )
    yield from judge_secrecy(where, outcome, session.credentials)


def _judge_error_fault(contract: ResponseContract, answer: DocumentedResponse, fault: Fault) -> Iterator[Finding]:
    """On an error status the status counts; its unreadable body is told by `body_error`."""
    session, outcome = _run(contract, fault)
    where = f"{answer.operation.name} -> {answer.status} with {fault.name}"
    kind = status_error(contract.package, answer.status, documented=True)
    if not isinstance(outcome, Raised) or not isinstance(outcome.error, kind):
        lost = isinstance(outcome, Raised) and isinstance(outcome.error, contract.package.error("APIConnectionError"))
        if not (lost and "APIConnectionError" in fault.expected):
            yield Finding(where, "fault.outcome", kind.__name__, str(outcome))
        return
    body, reason = getattr(outcome.error, "body", None), getattr(outcome.error, "body_error", None)
    other_types = {each.media_type for each in contract.responses if each.status == answer.status} - {answer.media_type}
    documented = any(value.partition(";")[0] in other_types for _, value in fault.headers)
    if not documented and "" not in fault.expected and (
        body is not None or not isinstance(reason, contract.package.error("ResponseError"))
    ):  # fmt: skip
        yield Finding(where, "fault.body", "body None and a ResponseError as body_error", f"{body!r}, {reason!r}")
    yield from judge_secrecy(where, outcome, session.credentials)


def _run(contract: ResponseContract, fault: Fault) -> tuple[Session, Outcome]:
    session = contract.session
    session.answer_with(fault.respond)
    return session, session.call(contract.method, contract.arguments)
