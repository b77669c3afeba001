"""A document's mock on a socket of this machine, for programs that know of it by an address only."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from speclient.document import split_pointer
from speclient.mock import Mock, Request, Response
from speclient.mock.plan import OperationPlan
from speclient.openapi.media import MediaKind, media_kind

_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY")


# An address that was made up for the next page would lead nowhere.
_NEXT = re.compile(r"next(_?(link|page|url|uri|href)\w*)?", re.IGNORECASE)


class _Ended:
    """The mock; only, what is waited for has come to its end, and there is but one page where addresses lead on."""

    def __init__(self, spec: Path) -> None:
        self._mock = Mock(spec)
        self._polled = [made for made in self._mock.operations if _polling(made)]
        self._asked = ""

    def handle(self, request: Request) -> Response:
        response = self._mock.handle(request)
        kind = (response.header("content-type") or "").split(";")[0]
        if (
            response.status >= 300
            or media_kind(kind) is not MediaKind.JSON
            or not response.body.startswith((b"{", b"["))
        ):
            return response
        body: Any = json.loads(response.body)
        self._end(body, request)
        _stop(body)
        return Response(response.status, response.headers, json.dumps(body).encode())

    def _end(self, body: Any, request: Request) -> None:
        for polled in self._polled:
            polling = _polling(polled)
            listing = polling.get("status-operation")
            if request.method == polled.method and (found := polled.pattern.search(request.path)):
                self._asked = found[1] if found.groups() else ""
                if listing is None:
                    _put(body, polling["status"], polling["success"][0])
            for operation in self._mock.operations:
                if operation.node.text("operationId") == listing and re.search(
                    rf"{operation.pattern.pattern}$", request.path
                ):
                    pagination = operation.node.mapping["x-speclient"]["pagination"]
                    items = body[pagination["items"].strip("/")]
                    _put(items[0], pagination["identity"], self._asked)
                    _put(items[0], polling["status"], polling["success"][0])


def _stop(value: Any) -> None:
    """Take the addresses of next pages away."""
    for key, inner in list(value.items()) if isinstance(value, dict) else []:
        if _NEXT.fullmatch(key) and isinstance(inner, (dict, str)):
            del value[key]
        elif isinstance(inner, dict):
            _stop(inner)


def _polling(operation: OperationPlan) -> dict[str, Any]:
    extension = operation.node.mapping.get("x-speclient") or {}
    found = extension.get("polling") if isinstance(extension, dict) else None
    return found if isinstance(found, dict) else {}


def _put(value: Any, pointer: str, item: Any) -> None:
    *outer, last = split_pointer(pointer)
    for token in outer:
        value = value[token]
    value[last] = item


@contextmanager
def served(spec: Path, *, ended: bool = False) -> Generator[str]:
    """The mock of a document on a socket; gives its URL. `ended`: with one page of all, and nothing to wait for."""
    service = _Ended(spec) if ended else Mock(spec)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            parts = urlsplit(self.path)
            body = self._body()
            response = service.handle(Request(self.command, parts.path, parts.query, tuple(self.headers.items()), body))
            self.send_response(response.status)
            for name, value in response.headers:
                if name.lower() != "content-length":
                    self.send_header(name, value)
            if response.status >= 200 and response.status not in (204, 304):
                self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))
            pieces = b""
            while size := int(self.rfile.readline(), 16):
                pieces += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return pieces

        def log_message(self, format: str, *args: object) -> None:
            pass

    for method in _METHODS:
        setattr(Handler, f"do_{method}", Handler.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
