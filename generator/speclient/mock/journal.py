"""The calls that a mock received: to assert on, to print, and to export as HAR."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from speclient.mock.messages import Headers, Request, Response

MOST_CALLS = 10_000
"""Calls that are kept; the oldest are dropped."""
_SECRET = frozenset({
    "authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "api-key", "x-auth-token",
})  # fmt: skip
HIDDEN = "[redacted]"
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and the response that it got.

    `operation` is the operationId (`GET /path` without one), None when no operation matched; `number` counts the calls
    of that operation from 1; `arguments` are the decoded parameters with defaults.
    """

    operation: str | None
    number: int
    request: Request
    response: Response
    arguments: Mapping[str, Any]
    when: float
    """Seconds since the mock was created."""
    fault: str | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        """The query, decoded: name to values."""
        return parse_qs(self.request.query, keep_blank_values=True)

    @property
    def status(self) -> int:
        """The status of the response."""
        return self.response.status

    def json(self) -> Any:
        """The body of the request, parsed."""
        return json.loads(self.request.body)

    def __str__(self) -> str:
        query = f"?{self.request.query}" if self.request.query else ""
        return f"{self.request.method} {self.request.path}{query} -> {self.response.status}"


@dataclass(slots=True)
class Journal:
    """The last calls, in order. `secrets` are the names of headers and query parameters that carry credentials."""

    secrets: frozenset[str] = frozenset()
    calls: deque[Call] = field(default_factory=lambda: deque[Call](maxlen=MOST_CALLS))
    total: int = 0

    def add(self, call: Call) -> None:
        """Add a call."""
        self.calls.append(call)
        self.total += 1

    def clear(self) -> None:
        """Forget all calls."""
        self.calls.clear()
        self.total = 0

    def of(self, operation: str | None) -> list[Call]:
        """The calls of an operation, or all."""
        return [call for call in self.calls if operation is None or call.operation == operation]

    def assert_called(self, operation: str, times: int | None = None) -> None:
        """Check that an operation was called, or how often.

        Raises:
            AssertionError: it was not; the message lists the calls.
        """
        found = len(self.of(operation))
        if (times is None and found == 0) or (times is not None and found != times):
            wanted = "at least once" if times is None else f"{times} times"
            raise AssertionError(f"{operation} was called {found} times, expected {wanted}; {self._listed()}")

    def assert_called_with(
        self,
        operation: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        arguments: Mapping[str, Any] | None = None,
        json: Any = _MISSING,
    ) -> None:
        """Check that at least one call of an operation had these values; others may be present.

        Args:
            operation: its operationId, or `GET /path`.
            query: query parameters as sent; values are compared as text.
            headers: headers of the request, in any case.
            arguments: decoded parameters of any place, defaults included.
            json: the parsed body, complete.

        Raises:
            AssertionError: no call had them; the message lists the calls.
        """
        calls = self.of(operation)
        for call in calls:
            if (
                all(call.query.get(name) == _texts(value) for name, value in (query or {}).items())
                and all(call.request.header(name) == value for name, value in (headers or {}).items())
                and all(call.arguments.get(name, _MISSING) == value for name, value in (arguments or {}).items())
                and (json is _MISSING or _json_of(call) == json)
            ):
                return
        wanted = {"query": query, "headers": headers, "arguments": arguments} | (
            {} if json is _MISSING else {"json": json}
        )
        shown = ", ".join(f"{name}={value!r}" for name, value in wanted.items() if value is not None)
        raise AssertionError(f"no call of {operation} had {shown}; {self._listed()}")

    def assert_order(self, *operations: str) -> None:
        """Check that the operations were called in this order; other calls may be between them.

        Raises:
            AssertionError: they were not; the message lists the calls.
        """
        names = iter([call.operation for call in self.calls])
        if not all(operation in names for operation in operations):
            raise AssertionError(f"not called in the order {', '.join(operations)}; {self._listed()}")

    def _listed(self) -> str:
        shown = [self.shown(call) for call in list(self.calls)[-20:]]
        return "calls: " + ("; ".join(shown) if shown else "none")

    def shown(self, call: Call) -> str:
        """A call in one line, without credentials."""
        pairs = self._query(call.request)
        query = "?" + "&".join(f"{name}={value}" for name, value in pairs) if pairs else ""
        return f"{call.request.method} {call.request.path}{query} -> {call.response.status}"

    def _query(self, request: Request) -> list[tuple[str, str]]:
        pairs = parse_qsl(request.query, keep_blank_values=True)
        return [(name, HIDDEN if name.lower() in self.secrets else value) for name, value in pairs]

    def _headers(self, headers: Headers) -> Iterator[dict[str, str]]:
        for name, value in headers:
            hidden = name.lower() in _SECRET or name.lower() in self.secrets
            yield {"name": name, "value": HIDDEN if hidden else value}

    def har(self, started: datetime | None = None) -> dict[str, Any]:
        """The calls as an HTTP Archive (HAR 1.2), without credentials."""
        origin = started or datetime.now(UTC)
        return {
            "log": {
                "version": "1.2",
                "creator": {"name": "speclient mock", "version": "1"},
                "entries": [self._entry(call, origin) for call in self.calls],
            }
        }

    def _entry(self, call: Call, origin: datetime) -> dict[str, Any]:
        request, response = call.request, call.response
        pairs = self._query(request)
        query = "?" + "&".join(f"{name}={value}" for name, value in pairs) if pairs else ""
        entry: dict[str, Any] = {
            "startedDateTime": (origin + timedelta(seconds=call.when)).isoformat(),
            "time": 0,
            "request": {
                "method": request.method,
                "url": f"{request.origin or 'http://mock'}{request.path}{query}",
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": list(self._headers(request.headers)),
                "queryString": [{"name": name, "value": value} for name, value in pairs],
                "headersSize": -1,
                "bodySize": len(request.body),
            },
            "response": {
                "status": response.status,
                "statusText": "",
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": list(self._headers(response.headers)),
                "content": {
                    "size": len(response.body),
                    "mimeType": response.header("content-type") or "",
                    "text": response.body.decode("utf-8", "replace"),
                },
                "redirectURL": "",
                "headersSize": -1,
                "bodySize": len(response.body),
            },
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
        }
        if request.body:
            entry["request"]["postData"] = {
                "mimeType": request.header("content-type") or "",
                "text": request.body.decode("utf-8", "replace"),
            }
        return entry


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, (list, tuple)) else [value]
    return [("true" if each else "false") if isinstance(each, bool) else str(each) for each in values]


def _json_of(call: Call) -> Any:
    try:
        return json.loads(call.request.body)
    except ValueError:
        return _MISSING
