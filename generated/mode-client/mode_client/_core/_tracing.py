"""OpenTelemetry spans: one per attempt, by the semantic conventions for HTTP clients. Needs the extra `otel`.

Spans contain no URL, header, body or error message, which may contain secrets. The path is shown as its
template.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import httpx2

from ._flow import ATTEMPT, OPERATION


class _Tracing:
    def __init__(self, tracer_provider: Any = None, *, propagate: bool = False) -> None:
        try:
            self._trace: Any = import_module("opentelemetry.trace")
        except ImportError:
            name = (__package__ or "").partition(".")[0]
            raise ImportError(f"tracing needs the extra `otel` of {name}: pip install opentelemetry-api") from None
        self._inject: Callable[[Any], None] | None = None
        if propagate:
            self._inject = import_module("opentelemetry.propagate").inject
        self._tracer = self._trace.get_tracer(__package__, tracer_provider=tracer_provider)

    @contextmanager
    def _span(self, request: httpx2.Request) -> Generator[Any]:
        method, _, template = str(request.extensions.get(OPERATION, request.method)).partition(" ")
        attempt = request.extensions.get(ATTEMPT, 1)
        known = {
            "http.request.method": method,
            "server.address": request.url.host,
            "server.port": request.url.port or {"http": 80, "https": 443}.get(request.url.scheme),
            "url.scheme": request.url.scheme,
            "url.template": template or None,
            "http.request.resend_count": attempt - 1 if attempt > 1 else None,
        }
        attributes = {name: value for name, value in known.items() if value is not None}
        with self._tracer.start_as_current_span(
            f"{method} {template}".strip(),
            kind=self._trace.SpanKind.CLIENT,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            if self._inject is not None:
                self._inject(request.headers)
            try:
                yield span
            except BaseException as problem:
                self._failed(span, type(problem).__name__)
                raise

    def _answered(self, span: Any, response: httpx2.Response) -> None:
        span.set_attribute("http.response.status_code", response.status_code)
        if response.status_code >= 400:
            self._failed(span, str(response.status_code))

    def _failed(self, span: Any, kind: str) -> None:
        span.set_attribute("error.type", kind)
        span.set_status(self._trace.StatusCode.ERROR)


class Tracing(_Tracing):
    """Middleware that creates a span per attempt: `middleware=[Tracing()]`.

    Args:
        tracer_provider: an OpenTelemetry `TracerProvider`; defaults to the global one.
        propagate: whether to send the headers of OpenTelemetry's propagators, which contain trace ids and, if
            set, baggage.

    Raises:
        ImportError: opentelemetry-api is not installed.
    """

    def __call__(self, request: httpx2.Request, send: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.Response:
        """Send a request within a span."""
        with self._span(request) as span:
            response = send(request)
            self._answered(span, response)
            return response


class AsyncTracing(_Tracing):
    """The asynchronous counterpart of `Tracing`."""

    async def __call__(
        self, request: httpx2.Request, send: Callable[[httpx2.Request], Awaitable[httpx2.Response]]
    ) -> httpx2.Response:
        """Send a request within a span."""
        with self._span(request) as span:
            response = await send(request)
            self._answered(span, response)
            return response
