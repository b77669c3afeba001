"""Record what a real service responds, without credentials, and replay it from a mock."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

from speclient.files import read_regular, replace_file
from speclient.mock.journal import HIDDEN, Call, Journal
from speclient.mock.messages import Request, Response

_HOP_BY_HOP = frozenset({"connection", "content-length", "content-encoding", "transfer-encoding", "keep-alive", "date"})
_LARGEST_FILE = 50_000_000


class RecordingError(Exception):
    """The file is not a recording."""


class RecordingTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A transport that passes requests on and writes what it saw as HAR when it is closed.

    Args:
        inner: the transport to the real service, for synchronous or asynchronous clients.
        path: the file to write.
        secrets: further names of headers, query parameters and JSON properties whose values are not written.
    """

    def __init__(
        self,
        inner: httpx2.BaseTransport | httpx2.AsyncBaseTransport,
        path: Path | str,
        *,
        secrets: Iterable[str] = (),
    ) -> None:
        self._inner, self._path = inner, Path(path)
        self._secrets = frozenset(name.lower() for name in secrets)
        self._journal = Journal(self._secrets)
        self._begin = time.monotonic()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request to the service and record the response.

        Raises:
            TypeError: the inner transport is for asynchronous clients.
        """
        if not isinstance(self._inner, httpx2.BaseTransport):
            raise TypeError("the inner transport is for asynchronous clients")
        request.read()
        response = self._inner.handle_request(request)
        body = response.read()
        response.close()
        return self._recorded(request, response, body)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The same, for an asynchronous client.

        Raises:
            TypeError: the inner transport is for synchronous clients.
        """
        if not isinstance(self._inner, httpx2.AsyncBaseTransport):
            raise TypeError("the inner transport is for synchronous clients")
        await request.aread()
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        await response.aclose()
        return self._recorded(request, response, body)

    def _recorded(self, request: httpx2.Request, response: httpx2.Response, body: bytes) -> httpx2.Response:
        path, _, query = request.url.raw_path.partition(b"?")
        origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        seen = Request(
            request.method,
            path.decode("ascii"),
            query.decode("ascii"),
            tuple(request.headers.multi_items()),
            self._clean(request.content),
            origin,
        )
        headers = tuple(pair for pair in response.headers.multi_items() if pair[0].lower() not in _HOP_BY_HOP)
        when = time.monotonic() - self._begin
        kept = Response(response.status_code, headers, self._clean(body))
        self._journal.add(Call(None, len(self._journal.calls) + 1, seen, kept, {}, when))
        length = ("content-length", str(len(body)))
        return httpx2.Response(
            response.status_code, headers=[*headers, length], stream=httpx2.ByteStream(body), request=request
        )

    def _clean(self, body: bytes) -> bytes:
        """A JSON body without the values of secret properties."""
        if not self._secrets or not body:
            return body
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return body
        return json.dumps(_hidden(value, self._secrets), ensure_ascii=False).encode()

    def close(self) -> None:
        """Write the recording and close the inner transport."""
        self._write()
        if isinstance(self._inner, httpx2.BaseTransport):
            self._inner.close()

    async def aclose(self) -> None:
        """Write the recording and close the inner transport."""
        self._write()
        if isinstance(self._inner, httpx2.AsyncBaseTransport):
            await self._inner.aclose()

    def _write(self) -> None:
        text = json.dumps(self._journal.har(), ensure_ascii=False, indent=1) + "\n"
        replace_file(self._path, text.encode())


def _hidden(value: Any, secrets: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: HIDDEN if name.lower() in secrets else _hidden(each, secrets) for name, each in value.items()}
    return [_hidden(each, secrets) for each in value] if isinstance(value, list) else value


@dataclass(slots=True)
class Recording:
    """Recorded responses by method, path and query; equal requests get them in turn, and the last one again."""

    responses: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[Response]] = field(
        default_factory=dict[tuple[str, str, "tuple[tuple[str, str], ...]"], "list[Response]"]
    )

    def next(self, request: Request) -> Response | None:
        """The recorded response to a request; None for a request that was not recorded."""
        found = self.responses.get(_key(request.method, request.path, request.query))
        if not found:
            return None
        return found.pop(0) if len(found) > 1 else found[0]


def read_recording(path: Path | str) -> Recording:
    """Read a recording that `RecordingTransport` or a browser wrote (HAR 1.2).

    Raises:
        RecordingError: the file cannot be read, or is not a recording.
    """
    try:
        entries = json.loads(read_regular(Path(path), _LARGEST_FILE))["log"]["entries"]
        recording = Recording()
        for entry in entries:
            parts = urlsplit(entry["request"]["url"])
            key = _key(entry["request"]["method"], parts.path, parts.query)
            answer = entry["response"]
            headers = tuple(
                (header["name"].lower(), header["value"])
                for header in answer["headers"]
                if header["name"].lower() not in _HOP_BY_HOP
            )
            body = str(answer["content"].get("text", "")).encode()
            recording.responses.setdefault(key, []).append(Response(int(answer["status"]), headers, body))
    except FileNotFoundError:
        raise RecordingError(f"{path}: no such file") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise RecordingError(f"{path}: not a recording (HAR): {problem!r}") from None
    return recording


def _key(method: str, path: str, query: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return method.upper(), path, tuple(sorted(parse_qsl(query, keep_blank_values=True)))
