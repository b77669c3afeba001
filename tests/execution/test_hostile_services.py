"""What hostile and broken services answer, and what each becomes: in bounded time and memory, for both kinds.

The table in docs/reference/hostile-answers.md is made from these cases (SPECLIENT_UPDATE=1 writes it).
"""

from __future__ import annotations

import gzip
import os
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import coalesce_client
import httpx2
import pytest

from conftest import ROOT
from execution.sockets import Reply, as_written, drip, response, serving
from execution.twin import Both, Script, Twin

PAGE = ROOT / "docs" / "reference" / "hostile-answers.md"
LIMIT = 1_000_000
FINE = b'{"data": []}'
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Case:
    """What a service does, and the error that it becomes; None for a result."""

    does: str
    error: str | None
    reply: Any
    requests: int = 1
    options: tuple[tuple[str, Any], ...] = ()


def body(content: bytes, status: int = 200, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers={**JSON, **named}, stream=Both(lambda: iter((content,))))


def endless() -> Iterator[bytes]:
    while True:
        yield b" " * 65_536


def packed(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b" " * 2**20) for _ in range(size // 2**20)) + packer.flush()


BOMB = packed(256 * 2**20)
TWICE = gzip.compress(packed(2**20))
CASES = (
    Case("200 with a page of HTML", "UndecodableResponseError", body(b"<!doctype html>", content_type="text/html")),
    Case("200 with HTML that is called JSON", "UndecodableResponseError", body(b"<!doctype html>")),
    Case("200 with JSON that is cut off", "UndecodableResponseError", body(FINE[:-1])),
    Case("200 with nothing at all", "UndecodableResponseError", body(b"")),
    Case("200 with JSON of another schema", "InvalidResponseError", body(b"[1, 2]")),
    Case("a charset that the body is not in", "UndecodableResponseError",
         body(b'{"data": ["\xff"]}', content_type="application/json; charset=utf-8")),
    Case("a charset that nobody knows", "UndecodableResponseError",
         body(FINE, content_type="application/json; charset=klingon")),
    Case("UTF-16 that says so", None,
         body(FINE.decode().encode("utf-16"), content_type="application/json; charset=utf-16")),
    Case("gzip that says so", None, body(gzip.compress(FINE), content_encoding="gzip")),
    Case("gzip in two members", None, body(gzip.compress(FINE[:5]) + gzip.compress(FINE[5:]), content_encoding="gzip")),
    Case("deflate with and without its header", None, body(zlib.compress(FINE)[2:-4], content_encoding="deflate")),
    Case("invalid gzip", "UndecodableResponseError", body(FINE, content_encoding="gzip")),
    Case("gzip that is cut off", "UndecodableResponseError", body(gzip.compress(FINE)[:-9], content_encoding="gzip")),
    Case("gzip within gzip", "UndecodableResponseError", body(TWICE, content_encoding="gzip, gzip")),
    Case("a content encoding that was not asked for", "UndecodableResponseError", body(FINE, content_encoding="br")),
    Case("a gzip bomb (250 KB that unpack to 256 MB)", "ResponseTooLargeError", body(BOMB, content_encoding="gzip")),
    Case("a gzip bomb with an error status", "InternalServerError", body(BOMB, 500, content_encoding="gzip"), 3),
    Case("a body without end", "ResponseTooLargeError", httpx2.Response(200, headers=JSON, stream=Both(endless))),
    Case("a body over the limit", "ResponseTooLargeError", body(b" " * (LIMIT + 1))),
    Case("a redirect to itself", "UnexpectedStatusError",
         httpx2.Response(302, headers={"location": "/api/v1/runs"}), 6),
    Case("a redirect to another host", "UnexpectedStatusError",
         httpx2.Response(302, headers={"location": "https://evil.example"})),
    Case("a redirect to nowhere", "UnexpectedStatusError", httpx2.Response(302, headers={"location": "https://["})),
    Case("arrays in arrays, 100,000 deep", "UndecodableResponseError", body(b"[" * 100_000)),
    Case("a number with a million digits", None, body(b'{"data": [], "x": 1' + b"0" * 900_000 + b".5}"), 1,
         (("policy", "strict"),)),
    Case("NaN", "UndecodableResponseError", body(b'{"data": [], "x": NaN}')),
    Case("a status that HTTP does not know", "UnexpectedStatusError", httpx2.Response(799)),
    Case("204 where a body is documented", "UnexpectedStatusError", httpx2.Response(204)),
    Case("Retry-After of a century", "TooManyRequestsError",
         httpx2.Response(429, headers={"retry-after": "3155760000"})),
    Case("Retry-After that is nonsense, for ever", "TooManyRequestsError",
         httpx2.Response(429, headers={"retry-after": "-1e999"}), 3),
    Case("a connection that is refused, for ever", "APIConnectionError", httpx2.ConnectError("refused"), 3),
    Case("no answer in time, for ever", "APITimeoutError", httpx2.ReadTimeout("late"), 3),
)  # fmt: skip


START = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class WireCase:
    """What a service writes to a socket, and the error that it becomes; None for a result.

    The clients of these cases have a timeout of 0.4 seconds or, where `deadline` is set, that deadline and no timeout.
    """

    does: str
    error: str | None
    reply: Callable[[], Reply]
    requests: int = 1
    deadline: float | None = None


def flood(start: bytes, piece: bytes) -> Iterator[bytes]:
    yield start
    while True:
        yield piece


_END = b"0\r\n\r\n"
_RAW = (
    WireCase("headers that come a byte at a time", "APITimeoutError",
             lambda: drip(START + b"X: ", end=b"\r\nContent-Length: 12\r\n\r\n" + FINE), 3),
    WireCase("the same, with a deadline only", "APITimeoutError",
             lambda: drip(START + b"X: ", end=b"\r\nContent-Length: 12\r\n\r\n" + FINE), 1, 0.4),
    WireCase("informational responses, one after the other", "APITimeoutError",
             lambda: drip(b"", b"HTTP/1.1 102 Processing\r\n\r\n", end=response()), 3),
    WireCase("informational responses without end", "APIConnectionError",
             lambda: flood(b"", b"HTTP/1.1 103 Early Hints\r\nX: " + b"x" * 9_000 + b"\r\n\r\n"), 3),
    WireCase("headers without end", "APIConnectionError", lambda: flood(START, b"X: " + b"x" * 9_000 + b"\r\n"), 3),
    WireCase("a chunk extension that comes a byte at a time", "APITimeoutError",
             lambda: drip(CHUNKED + b"c;x=", end=b"\r\n" + FINE + b"\r\n" + _END), 3),
    WireCase("a chunk extension without end", "APIConnectionError", lambda: flood(CHUNKED + b"c;x=", b"x" * 9_000), 3),
    WireCase("a trailer that comes a byte at a time", "APITimeoutError",
             lambda: drip(CHUNKED + b"c\r\n" + FINE + b"\r\n0\r\nX: ", end=b"\r\n\r\n"), 3),
    WireCase("a trailer without end", "APIConnectionError",
             lambda: flood(CHUNKED + b"c\r\n" + FINE + b"\r\n0\r\n", b"X: " + b"x" * 9_000 + b"\r\n"), 3),
    WireCase("a body that comes byte by byte, within the timeout", None,
             lambda: drip(START + b"Content-Length: 32\r\n\r\n", b" ", 0.02, 20, FINE)),
    WireCase("the same, with a deadline", "APITimeoutError",
             lambda: drip(START + b"Content-Length: 72\r\n\r\n", b" ", end=FINE), 1, 0.4),
    WireCase("a body shorter than its Content-Length", "APIConnectionError",
             lambda: [START + b"Content-Length: 99\r\nConnection: close\r\n\r\n" + FINE], 3),
    WireCase("a chunk that is cut off", "APITimeoutError", lambda: [CHUNKED + b"ff\r\n" + FINE, 0.6], 3),
    WireCase("what is not HTTP", "APIConnectionError", lambda: b"SSH-2.0-OpenSSH_9.6\r\n\r\n", 3),
    WireCase("nothing, and closes the connection", "APIConnectionError", lambda: None, 3),
    WireCase("two responses to one request", None, lambda: response() + response(b'{"data": 5}')),
)  # fmt: skip


def _short(case: WireCase) -> dict[str, Any]:
    if case.deadline is not None:
        return {"timeout": None, "deadline": case.deadline}
    return {"timeout": 0.4}


@pytest.mark.parametrize("case", _RAW, ids=lambda case: case.does)
def test_what_becomes_of_what_is_written(twin: Callable[..., Twin], case: WireCase) -> None:
    no_wait = coalesce_client.Config(max_response_bytes=LIMIT, retry=coalesce_client.Retry(first_wait=0))
    with serving(lambda _, __: case.reply()) as server:
        client = twin(coalesce_client, "Coalesce", Script(), "t", base_url=server.url, transport=None, clock=None,
                      config=no_wait, on_violation=print, **_short(case))  # fmt: skip
        tracemalloc.start()
        try:
            outcome: Any = client.call("runs.list")
        except coalesce_client.APIError as error:
            outcome = error
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert type(outcome).__name__ == (case.error or "RunSummaries"), outcome
        assert len(server.requests) == case.requests
        assert peak < 12 * LIMIT


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.does)
def test_what_becomes_of_it_on_a_socket(twin: Callable[..., Twin], case: Case) -> None:
    config = coalesce_client.Config(max_response_bytes=LIMIT)

    def reply(_: int, __: bytes) -> Reply:
        if isinstance(case.reply, httpx2.ReadTimeout):
            return [0.6]
        stream = case.reply.stream
        pieces: Any = iter(stream) if isinstance(stream, Both) else [case.reply.read()]
        return as_written(case.reply, pieces)

    with serving(reply) as server:
        refused = isinstance(case.reply, httpx2.ConnectError)
        if refused:
            server.close()
        client = twin(coalesce_client, "Coalesce", Script(), "t", base_url=server.url, transport=None, config=config,
                      on_violation=print, timeout=0.3, **dict(case.options))  # fmt: skip
        try:
            outcome: Any = client.call("runs.list")
        except coalesce_client.APIError as error:
            outcome = error
        assert type(outcome).__name__ == (case.error or "RunSummaries"), outcome
        assert len(server.requests) == (0 if refused else case.requests)


@pytest.fixture
def client(twin: Callable[..., Twin]) -> Callable[[Case], tuple[Twin, Script]]:
    def factory(case: Case) -> tuple[Twin, Script]:
        service = Script(case.reply)
        config = coalesce_client.Config(max_response_bytes=LIMIT)
        made = twin(coalesce_client, "Coalesce", service, "t", config=config, on_violation=print, **dict(case.options))
        return made, service

    return factory


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.does)
def test_what_becomes_of_it(client: Callable[[Case], tuple[Twin, Script]], case: Case) -> None:
    made, service = client(case)
    tracemalloc.start()
    try:
        result = made.call("runs.list")
    except coalesce_client.APIError as error:
        outcome: Any = error
    else:
        outcome = result
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert type(outcome).__name__ == (case.error or "RunSummaries"), outcome
    assert len(str(outcome)) < 300 or case.error is None
    assert len(service.requests) == case.requests
    assert peak < 12 * LIMIT


def test_a_slow_drip_ends_at_the_deadline(twin: Callable[..., Twin]) -> None:
    clients: list[Twin] = []

    def drip() -> Iterator[bytes]:
        while True:
            clients[0].now += 30  # Each byte comes just before the timeout.
            yield b" "

    service = Script(httpx2.Response(200, headers=JSON, stream=Both(drip)))
    clients.append(twin(coalesce_client, "Coalesce", service, "t", deadline=600))
    with pytest.raises(coalesce_client.APITimeoutError):
        clients[0].call("runs.list")
    assert len(service.requests) == 1
    assert clients[0].now < 1_700


def test_a_bomb_that_is_streamed_comes_in_small_pieces(client: Callable[[Case], tuple[Twin, Script]]) -> None:
    made, _ = client(Case("", None, body(BOMB, content_encoding="gzip")))
    tracemalloc.start()
    if made.kind == "sync":
        sizes = made.stream("runs.list", lambda response: (len(piece) for piece in response.iter_bytes()))
    else:

        async def measure(response: Any) -> list[int]:
            return [len(piece) async for piece in response.iter_bytes()]

        sizes = made.stream("runs.list", measure)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(sizes) == 256 * 2**20
    assert peak < 12 * LIMIT


def test_the_table_in_the_docs() -> None:
    rows = [
        f"| {case.does} | {f'`{case.error}`' if case.error else 'the result'} | {case.requests} |"
        for case in (*CASES, *_RAW)
    ]
    text = "\n".join([
        "# Hostile and broken answers",
        "",
        "What a service may do, and what a call of the generated clients, of either kind, makes of it. Each row is",
        "a test on a real socket (`tests/execution/test_hostile_services.py`), which writes this page. The clients",
        "have a limit of 1 MB on bodies (`Config.max_response_bytes`, default 256 MiB) and a short timeout;",
        "otherwise they have their defaults.",
        "",
        "`timeout` limits each step of an attempt: connecting, each write, the response headers as a whole, and",
        "each piece of the body. `deadline` limits the whole call; a body that the caller reads in pieces (item",
        "streams, `client.stream`) may take longer, as long as each piece comes in time. At most 1 MiB may come",
        "without a response or a chunk of its body. These limits hold for the client's own transport and for a",
        "`Transport` or `AsyncTransport` that is given to it. With an `http_client` or another transport, the",
        "limits on the size and the deadline hold between the pieces of the body only, and `timeout` means what",
        "that transport makes of it.",
        "",
        "| the service answers | the call gives | requests |",
        "|---|---|---:|",
        *rows,
        "",
    ])  # fmt: skip
    if os.environ.get("SPECLIENT_UPDATE"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text
