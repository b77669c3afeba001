"""A service on a real socket that writes what a test says, byte by byte, whether or not it is HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress

import httpx2

Reply = bytes | Iterable[bytes | float] | None
"""What is written to a request: bytes, or pieces and pauses in seconds; None closes the connection."""


class RawServer:
    """Answers the requests of all connections in turn by `reply(request number from 0, request)`."""

    def __init__(self, reply: Callable[[int, bytes], Reply]) -> None:
        self._reply = reply
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.connections = 0
        self.written = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Refuse further connections."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            while (request := _read_request(connection)) is not None:
                with self._lock:
                    number = len(self.requests)
                    self.requests.append(request)
                reply = self._reply(number, request)
                if reply is None:
                    return
                closes = False
                pieces: Iterable[bytes | float] = [reply] if isinstance(reply, bytes) else reply
                for piece in pieces:
                    closes = closes or (isinstance(piece, bytes) and b"Connection: close" in piece)
                    if isinstance(piece, bytes):
                        connection.sendall(piece)
                        self.written += len(piece)
                    else:
                        time.sleep(piece)
                if closes:
                    return


def _read_request(connection: socket.socket) -> bytes | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving(reply: Callable[[int, bytes], Reply]) -> Generator[RawServer]:
    """A server for the length of a test."""
    server = RawServer(reply)
    try:
        yield server
    finally:
        server.close()


def response(body: bytes = b'{"data": []}', status: int = 200, **headers: str) -> bytes:
    """A whole response with its length."""
    named = {"content-type": "application/json", "content-length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Any\r\n{lines}\r\n".encode("latin-1") + body


def as_written(reply: httpx2.Response, pieces: Iterable[bytes]) -> Iterable[bytes]:
    """A response of httpx2 as a server writes it, in chunks."""
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in reply.headers.raw)
    if reply.status_code == 204:
        yield b"HTTP/1.1 204 Any\r\n" + lines + b"\r\n"
        return
    yield b"HTTP/1.1 %d Any\r\n" % reply.status_code + lines + b"Transfer-Encoding: chunked\r\n\r\n"
    for piece in pieces:
        if piece:
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def drip(start: bytes, piece: bytes = b"x", pause: float = 0.05, pieces: int = 60, end: bytes = b"") -> Reply:
    """A start, then pieces with pauses, then an end: a client that waits for it gets a whole response."""

    def reply() -> Generator[bytes | float]:
        yield start
        for _ in range(pieces):
            yield pause
            yield piece
        yield end

    return reply()
