"""A reference service on a socket."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .base import Request
from .faults import FaultyService

_LONGEST_DELAY = 2.2
"""Seconds, so that a run with another tool ends."""


def server_of(service: FaultyService) -> ThreadingHTTPServer:
    """A server that answers all requests by the service."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = self.path.removeprefix(service.service.base_path)
            reply = service.handle(Request.parse(self.command, target, dict(self.headers.items()), body))
            if reply.delay > 1:
                time.sleep(min(reply.delay, _LONGEST_DELAY))
            content = b"" if self.command == "HEAD" else reply.content
            self.send_response(reply.status)
            for name, value in reply.all_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if reply.cut else content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = do_QUERY = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
