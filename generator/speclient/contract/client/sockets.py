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
from dataclasses import dataclass, field

from ..client_call import Outcome, Raised, Returned
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..secrecy import judge_secrecy
from .bench import Bench, ClientSession
from .credentials import environment

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
    keeps_alive: bool = False
    drips: bool = False


def check_sockets(bench: Bench) -> Iterator[Finding]:
    """The default transport on a real socket."""
    for scene in _scenes(bench):
        with _server(scene) as server:
            outcome, session = _call(bench, server.url)
            yield from _judged(bench, scene, outcome, session)
    outcome, session = _call(bench, f"http://127.0.0.1:{_free_port()}")
    yield from _judged(bench, Scene("refused", b"", ("APIConnectionError",)), outcome, session)
    yield from _kept_alive(bench)
    yield from _proxied(bench)


def _kept_alive(bench: Bench) -> Iterator[Finding]:
    """Calls one after the other use one connection, unless the service sent more than a response."""
    fine = bench.fine
    head = f"HTTP/1.1 {fine.status} OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fine.headers)
    whole = f"{head}Content-Length: {len(fine.content)}\r\n\r\n".encode() + fine.content
    for name, data, connections in (("complete responses", whole, 1), ("responses with more behind", whole * 2, 2)):
        with _server(Scene(name, data, keeps_alive=True)) as server:
            session = _SocketSession(
                bench.package, f"{server.url}/base", kind=bench.kind, runner=bench.runner,
                options={"max_retries": 0, "timeout": 5},
            )  # fmt: skip
            outcomes = [session.call(bench.method, bench.arguments) for _ in range(2)]
            session.outcome(session.client.close)
        how = f"{bench.kind} client on a socket with {name}"
        if not all(isinstance(each, Returned) for each in outcomes) or server.connections != connections:
            got = f"{server.connections} connections, {outcomes[-1]}"
            yield Finding(bench.name, "socket.connections", f"{connections} connections for two calls", got, how)


def _proxied(bench: Bench) -> Iterator[Finding]:
    """The proxies of the environment are used, except for the hosts of NO_PROXY."""
    fine = bench.fine
    head = f"HTTP/1.1 {fine.status} OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fine.headers)
    scene = Scene("a response", f"{head}Content-Length: {len(fine.content)}\r\n\r\n".encode() + fine.content)
    refused = Scene("a refusal", b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    dead = f"http://127.0.0.1:{_free_port()}"
    with _server(scene) as server, environment({"http_proxy": server.url, "no_proxy": ""}, iter(_PROXIES)):
        outcome, _ = _call(bench, "http://contract.invalid")
        first = server.requests[0] if server.requests else b""
        if not isinstance(outcome, Returned) or b" http://contract.invalid/base" not in first.partition(b"\r\n")[0]:
            yield Finding(bench.name, "socket.proxy", "a request through HTTP_PROXY", str(outcome), str(bench.kind))
    with _server(scene) as server, environment({"http_proxy": dead, "no_proxy": "127.0.0.1"}, iter(_PROXIES)):
        outcome, _ = _call(bench, server.url)
        if not isinstance(outcome, Returned):
            yield Finding(bench.name, "socket.proxy", "no proxy for NO_PROXY", str(outcome), str(bench.kind))
    with _server(refused) as server, environment({"https_proxy": server.url}, iter(_PROXIES)):
        outcome, _ = _call(bench, "https://contract.invalid")
        first = server.requests[0] if server.requests else b""
        if not first.startswith(b"CONNECT contract.invalid:443 ") or not isinstance(outcome, Raised):
            yield Finding(bench.name, "socket.proxy", "CONNECT through HTTPS_PROXY", str(outcome), str(bench.kind))
    with environment({"http_proxy": "ftp://user:secret-word@127.0.0.1"}, iter(_PROXIES)):
        try:
            outcome, _ = _call(bench, dead)
        except Exception as problem:
            outcome = Raised(problem)
        is_usage = isinstance(outcome, Raised) and isinstance(outcome.error, bench.package.error("ClientUsageError"))
        if not is_usage or "secret-word" in str(outcome):
            yield Finding(bench.name, "socket.proxy", "ClientUsageError without the password", str(outcome))


_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


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
    yield Scene("a slow response", head.encode() + b"X-Pad: " + b"a" * 400, ("APITimeoutError",), drips=True)
    yield Scene("endless headers", head.encode() + b"X-Pad: a\r\n" * 200_000, (lost,))


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


@dataclass
class _Server:
    url: str
    connections: int = 0
    requests: list[bytes] = field(default_factory=list[bytes])


@contextmanager
def _server(scene: Scene) -> Generator[_Server]:
    """A server that reads one request per connection, or several, and plays the scene."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    server = _Server(f"http://127.0.0.1:{listener.getsockname()[1]}")

    def play(connection: socket.socket) -> bool:
        data = b""
        while not _is_complete(data):
            chunk = connection.recv(65536)
            if not chunk:
                return False
            data += chunk
        server.requests.append(data)
        if scene.drips:
            for index in range(len(scene.data)):
                connection.sendall(scene.data[index : index + 1])
                if ended.wait(0.01):
                    return False
        else:
            connection.sendall(scene.data)
        if scene.stays_open:
            ended.wait(5)
        if scene.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return scene.keeps_alive

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            with connection:
                connection.settimeout(5)
                try:
                    while play(connection):
                        pass
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
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
