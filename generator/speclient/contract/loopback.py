"""Requests as they leave the machine: a client with its own transport, over a socket on loopback.

An injected `httpx2.Client` takes another way through a generated client than one that the client makes
itself, so both ways must be judged.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .client_call import Session
from .oracle import WireRequest
from .package import Package


class LoopbackSession(Session):
    """A session whose client makes its own transport; the requests come from a socket."""

    def settings(self) -> dict[str, object]:
        """Nothing but the base URL leads the client here."""
        return {}


@contextmanager
def loopback(package: Package, base_path: str = "/base") -> Generator[LoopbackSession]:
    """A session on a server that reads each request and hangs up, as if nobody had answered."""
    requests: list[WireRequest] = []

    class Recorder(BaseHTTPRequestHandler):
        def _record(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            # `self.path` is tidied up by http.server; the request line is what was sent.
            target = self.requestline.split(" ")[1]
            headers = tuple((name, value) for name, value in self.headers.items())
            requests.append(WireRequest(self.command, origin, target, headers, body))
            self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = _record

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the requests are kept, not told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield LoopbackSession(package, origin + base_path, requests=requests)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
