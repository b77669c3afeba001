"""Spans of OpenTelemetry: one an attempt, by the conventions for HTTP clients, and nothing secret in them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from conftest import ROOT, Made
from execution.twin import Script, Twin, answer

SPEC = ROOT / "tests" / "features" / "links" / "openapi.yaml"
SECRETS = ("s3cret", "k3y", "h1dden")
REPORT = {"name": "h1dden", "_links": {}}


class Traced:
    """A client of one kind with tracing, and the spans that it ended."""

    def __init__(self, make: Callable[[Any], Made], twin: Callable[..., Twin]) -> None:
        self.module = make(SPEC).module
        self._twin = twin
        self._spans = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._spans))

    def client(self, service: Script, *, propagate: bool = False, **options: Any) -> Twin:
        kinds = {"sync": self.module.Tracing, "async": self.module.AsyncTracing}
        made = self._twin(self.module, "Linked", service, "ann", "s3cret", "k3y")
        factory = type(made.client)
        made.client = factory(
            "ann", "s3cret", "k3y", transport=httpx2.MockTransport(service), clock=made.client._clock,
            middleware=[kinds[made.kind](self.provider, propagate=propagate)], **options,
        )  # fmt: skip
        return made

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._spans.get_finished_spans()


@pytest.fixture
def traced(make: Callable[[Any], Made], twin: Callable[..., Twin]) -> Traced:
    return Traced(make, twin)


def test_a_span_for_each_attempt(traced: Traced) -> None:
    busy = answer({"message": "h1dden"}, 503)
    client = traced.client(Script(busy, httpx2.ConnectError("h1dden"), answer(REPORT)))
    client.call("reports.get", "acme", "h1dden", version=2)
    common = {
        "http.request.method": "GET",
        "server.address": "api.example.com",
        "server.port": 443,
        "url.scheme": "https",
        "url.template": "/{account}/reports/{report}",
    }
    assert [dict(span.attributes or {}) for span in traced.spans] == [
        {**common, "http.response.status_code": 503, "error.type": "503"},
        {**common, "http.request.resend_count": 1, "error.type": "ConnectError"},
        {**common, "http.request.resend_count": 2, "http.response.status_code": 200},
    ]
    for span in traced.spans:
        assert span.name == "GET /{account}/reports/{report}"
        assert span.kind is trace.SpanKind.CLIENT
        assert not span.events
    failed = [span.status.status_code is trace.StatusCode.ERROR for span in traced.spans]
    assert failed == [True, True, False]


def test_no_secret_is_in_a_span(traced: Traced) -> None:
    gone = answer({"message": "h1dden"}, 404, x_secret="h1dden")
    client = traced.client(Script(gone))
    with pytest.raises(traced.module.NotFoundError):
        client.call("reports.get", "acme", "h1dden", version=2, extra_query={"x": "h1dden"})
    (span,) = traced.spans
    shown = span.to_json()
    assert not [secret for secret in SECRETS if secret in shown]
    assert span.status.description is None


def test_a_call_belongs_to_the_span_around_it(traced: Traced) -> None:
    client = traced.client(Script(answer(REPORT)))
    with traced.provider.get_tracer("test").start_as_current_span("around") as around:
        client.call("reports.get", "acme", "r", version=2)
    inner, outer = traced.spans
    assert inner.parent is not None
    assert inner.parent.span_id == around.get_span_context().span_id
    assert outer.name == "around"


def test_nothing_travels_unless_asked(traced: Traced) -> None:
    token = context.attach(baggage.set_baggage("tenant", "h1dden"))
    try:
        quiet, told = Script(answer(REPORT)), Script(answer(REPORT))
        traced.client(quiet).call("reports.get", "acme", "r", version=2)
        traced.client(told, propagate=True).call("reports.get", "acme", "r", version=2)
    finally:
        context.detach(token)
    assert not {"traceparent", "baggage"} & set(quiet.requests[0].headers)
    span = traced.spans[-1].get_span_context()
    assert span is not None
    ids = f"00-{span.trace_id:032x}-{span.span_id:016x}-"
    assert told.requests[0].headers["traceparent"].startswith(ids)
    assert told.requests[0].headers["baggage"] == "tenant=h1dden"


def test_middleware_is_told_operation_and_attempt(traced: Traced) -> None:
    service = Script(answer({}, 503), answer(REPORT))
    traced.client(service).call("reports.get", "acme", "r", version=2)
    told = [
        (request.extensions["speclient.operation"], request.extensions["speclient.attempt"])
        for request in service.requests
    ]
    assert told == [("GET /{account}/reports/{report}", 1), ("GET /{account}/reports/{report}", 2)]


def test_without_the_extra(traced: Traced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    message = r"^tracing needs the extra `otel` of \w+: pip install opentelemetry-api$"
    for kind in (traced.module.Tracing, traced.module.AsyncTracing):
        with pytest.raises(ImportError, match=message):
            kind()


def test_a_client_without_tracing_does_not_import_it(traced: Traced) -> None:
    traced.client(Script(answer(REPORT)))
    name = traced.module.__name__
    assert f"{name}._core._tracing" in sys.modules  # By the fixture's middleware.
    del sys.modules[f"{name}._core._tracing"]
    factory = traced.module.Linked
    client = factory("ann", "s3cret", "k3y", transport=httpx2.MockTransport(lambda _: answer(REPORT)))
    client.reports.get("acme", "r", version=2)
    assert f"{name}._core._tracing" not in sys.modules
