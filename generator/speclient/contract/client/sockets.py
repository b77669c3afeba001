"""Responses on a real socket: complete, cut, reset, badly compressed, and late."""

from __future__ import annotations

import gzip
import re
import socket
import struct
import threading
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..client_call import Outcome, Returned
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..secrecy import judge_secrecy
from .bench import Bench, ClientSession

_TIMEOUT = 0.4
"""Seconds that the clients wait for a late response."""


@dataclass(frozen=True)
class Scene:
    """What a server does with a request. `expected` are names of exceptions; none means a result."""

    name: str
    data: bytes
    expected: tuple[str, ...] = ()
    reset: bool = False
    stays_open: bool = False


def check_sockets(bench: Bench) -> Iterator[Finding]:
    """The default transport on a real socket."""
    for scene in _scenes(bench):
        with _server(scene) as url:
            outcome, session = _call(bench, url)
            yield from _judged(bench, scene, outcome, session)
    outcome, session = _call(bench, f"http://127.0.0.1:{_free_port()}")
    yield from _judged(bench, Scene("refused", b"", ("APIConnectionError",)), outcome, session)


def _call(bench: Bench, url: str) -> tuple[Outcome, ClientSession]:
    session = _SocketSession(
        bench.package, f"{url}/base", kind=bench.kind, runner=bench.runner,
        options={"max_retries": 0, "timeout": _TIMEOUT},
    )  # fmt: skip
    outcome = session.call(bench.method, bench.arguments)
    session.outcome(session.client.close)
    return outcome, session


class _SocketSession(ClientSession):
    def settings(self) -> dict[str, object]:
        """The default transport."""
        return {name: value for name, value in super().settings().items() if name != "transport"}


def _scenes(bench: Bench) -> Iterator[Scene]:
    fine = bench.fine
    head = f"HTTP/1.1 {fine.status} OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fine.headers)
    body = fine.content
    packed, deflated = gzip.compress(body), zlib.compress(body)

    def scene(name: str, headers: str, content: bytes, *expected: str, reset: bool = False,
              stays_open: bool = False) -> Scene:  # fmt: skip
        return Scene(name, (head + headers + "\r\n").encode() + content, expected, reset, stays_open)

    lost, undecodable = "APIConnectionError", "UndecodableResponseError"
    yield scene("a complete response", f"Content-Length: {len(body)}\r\n", body)
    yield scene("a response that ends with the connection", "Connection: close\r\n", body)
    if not body:
        return
    half = len(body) // 2
    chunks = b"%x\r\n%s\r\n%x\r\n%s\r\n" % (half, body[:half], len(body) - half, body[half:])
    yield scene("a chunked response", "Transfer-Encoding: chunked\r\n", chunks + b"0\r\n\r\n")
    yield scene("gzip", f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n", packed)
    yield scene("deflate", f"Content-Encoding: deflate\r\nContent-Length: {len(deflated)}\r\n", deflated)
    yield scene("a truncated body", f"Content-Length: {len(body)}\r\n", body[:half], lost)
    yield scene("a Content-Length beyond the body", f"Content-Length: {len(body) + 7}\r\n", body, lost)
    yield scene("a cut chunk", "Transfer-Encoding: chunked\r\n", chunks[: len(chunks) // 2], lost)
    yield scene("chunks without an end", "Transfer-Encoding: chunked\r\n", chunks, lost)
    yield scene("invalid chunks", "Transfer-Encoding: chunked\r\n", b"zz\r\n" + body, lost)
    yield scene("truncated gzip", f"Content-Encoding: gzip\r\nContent-Length: {len(packed) // 2}\r\n",
                packed[: len(packed) // 2], lost, undecodable)  # fmt: skip
    yield scene("invalid gzip", f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n", body, lost, undecodable)
    yield scene("a reset body", f"Content-Length: {len(body)}\r\n", body[:half], lost, reset=True)
    yield scene("a late body", f"Content-Length: {len(body)}\r\n", body[:half], "APITimeoutError", stays_open=True)
    yield Scene("no response", b"", (lost,))
    yield Scene("a reset connection", b"", (lost,), reset=True)
    yield Scene("text that is not HTTP", b"SSH-2.0-OpenSSH_9\r\n\r\n", (lost,))
    yield Scene("truncated headers", head.encode()[:20], (lost,))
    yield Scene("a late response", b"", ("APITimeoutError",), stays_open=True)


def _judged(bench: Bench, scene: Scene, outcome: Outcome, session: ClientSession) -> Iterator[Finding]:
    where, how = bench.name, f"{bench.kind} client on a socket with {scene.name}: client.{bench.method.call}(...)"
    if not scene.expected:
        success = bench.success
        if not isinstance(outcome, Returned):
            yield Finding(where, "socket.result", f"a result from {scene.name}", str(outcome), how)
        elif success is not None and success.has_schema:
            difference = first_difference(parse_lossless(bench.fine.content), bench.package.to_jsonable(outcome.value))
            if difference:
                yield Finding(where, "socket.result", "a result that dumps to the same JSON", difference, how)
        return
    names = [kind.__name__ for kind in type(getattr(outcome, "error", None)).__mro__]
    exact = scene.expected != ("APIConnectionError",) or "APITimeoutError" not in names
    if not exact or not set(scene.expected) & set(names):
        yield Finding(where, "socket.error", f"{' or '.join(scene.expected)} for {scene.name}", str(outcome), how)
    yield from judge_secrecy(where, outcome, session.credentials)


@contextmanager
def _server(scene: Scene) -> Generator[str]:
    """A server that reads one request per connection and plays the scene."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    data = b""
                    while not _is_complete(data) and (chunk := connection.recv(65536)):
                        data += chunk
                    connection.sendall(scene.data)
                    if scene.stays_open:
                        ended.wait(5)
                    if scene.reset:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _is_complete(request: bytes) -> bool:
    """Whether a request was read to its end. An earlier response would reset the connection."""
    head, end, body = request.partition(b"\r\n\r\n")
    if not end:
        return False
    if b"transfer-encoding: chunked" in head.lower():
        return body.endswith(b"0\r\n\r\n")
    length = re.search(rb"content-length: *([0-9]+)", head.lower())
    return len(body) >= (int(length[1]) if length else 0)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
