"""Services judged over real sockets: one that keeps its contract, and some that break it in one way each."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from speclient.contract.service import Limits, Report, parse_parameters, run_service_contract
from speclient.contract.service.parameters import UsageError

from .conftest import REFERENCE

TOKEN = "a-very-secret-token"
PARCEL = {"id": "p1", "count": 3, "sentAt": "2024-07-29T15:51:28.071Z", "state": "new", "tags": []}

DocumentedResponse = tuple[int, str, object]


class Service:
    """The parcels service, right in everything; `seen` are the requests that it got."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def answer(self, path: str, query: dict[str, list[str]], authorized: bool) -> DocumentedResponse:
        json_type = "application/json"
        if path.startswith("/shapes/"):
            return (
                (200, json_type, 1.5)
                if authorized or path == "/shapes/a"
                else (401, json_type, {"title": "who are you"})
            )
        if path == "/parcels":
            parcels = [PARCEL] if query.get("state", ["new"]) == ["new"] else []
            return (200, json_type, parcels) if authorized else (401, json_type, {"title": "who are you"})
        if path == "/parcels/p1":
            return (200, json_type, PARCEL if query.get("full") == ["true"] else {"id": "p1"})
        return (404, json_type, {"title": "none such"})


class WrongType(Service):
    def answer(self, path: str, query: dict[str, list[str]], authorized: bool) -> DocumentedResponse:
        if path == "/parcels" and authorized:
            return (200, "application/json", [{**PARCEL, "count": "three"}])
        return super().answer(path, query, authorized)


class MissingRequired(Service):
    def answer(self, path: str, query: dict[str, list[str]], authorized: bool) -> DocumentedResponse:
        if path == "/parcels" and authorized:
            return (200, "application/json", [{"id": "p1"}])
        return super().answer(path, query, authorized)


class UndocumentedStatus(Service):
    def answer(self, path: str, query: dict[str, list[str]], authorized: bool) -> DocumentedResponse:
        return (202, "application/json", {}) if path == "/parcels/p1" else super().answer(path, query, authorized)


class WrongContentType(Service):
    def answer(self, path: str, query: dict[str, list[str]], authorized: bool) -> DocumentedResponse:
        return (200, "text/html", PARCEL) if path == "/parcels/p1" else super().answer(path, query, authorized)


class ServerError(Service):
    def answer(self, path: str, query: dict[str, list[str]], authorized: bool) -> DocumentedResponse:
        return (500, "text/plain", "oops") if path == "/parcels/p1" else super().answer(path, query, authorized)


class IgnoresTheChoice(Service):
    def answer(self, path: str, query: dict[str, list[str]], authorized: bool) -> DocumentedResponse:
        return super().answer(path, {}, authorized)


class EchoesTheToken(Service):
    def answer(self, path: str, query: dict[str, list[str]], authorized: bool) -> DocumentedResponse:
        if path == "/parcels":
            return (200, "application/json", {"token": TOKEN})
        return super().answer(path, query, authorized)


@contextmanager
def served(service: Service) -> Generator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.seen.append(f"{self.command} {self.path}")
            url = urlsplit(self.path.removeprefix("/v1"))
            authorized = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            status, content_type, body = service.answer(url.path, parse_qs(url.query), authorized)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_HEAD = do_POST = do_DELETE = do_PUT = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def judged(service: Service, params: str = "parcelId=p1", limits: Limits | None = None) -> Report:
    with served(service) as url:
        return run_service_contract(
            REFERENCE / "parcels.yaml",
            url,
            package="parcels_client",
            package_path=REFERENCE,
            params=parse_parameters(params),
            environment={"PARCELS_TOKEN": TOKEN},
            limits=limits or Limits(requests=30, timeout=5),
        )


def test_a_right_service_has_no_findings() -> None:
    report = judged(Service())
    assert report.exit_code == 0, str(report)
    assert report.findings == ()
    assert report.operations == 3


@pytest.mark.parametrize(
    ("service", "checks"),
    [
        (WrongType, {"service.response_schema_conformance", "client.InvalidResponseError"}),
        (MissingRequired, {"service.response_schema_conformance", "client.InvalidResponseError"}),
        (UndocumentedStatus, {"service.status_code_conformance", "client.UnexpectedStatusError"}),
        (WrongContentType, {"service.content_type_conformance", "client.UndecodableResponseError"}),
        (ServerError, {"service.not_a_server_error", "service.not_reached"}),
        # Both shapes are valid to the document; only the client knows which one was asked for.
        (IgnoresTheChoice, {"client.InvalidResponseError"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_faulty_service_is_found(service: type[Service], checks: set[str]) -> None:
    report = judged(service())
    assert report.exit_code == 1
    assert checks <= {finding.check for finding in report.findings}, str(report)
    assert all("curl -X GET" in finding.reproduction for finding in report.findings)


def test_requests_are_bounded_and_read_only() -> None:
    service = Service()
    report = judged(service, limits=Limits(requests=12, timeout=5))
    assert 3 <= len(service.seen) <= 12
    assert report.requests == len(service.seen)
    assert {line.split()[0] for line in service.seen} == {"GET"}


def test_credentials_are_never_printed() -> None:
    report = judged(EchoesTheToken())
    assert report.exit_code == 1
    assert TOKEN not in str(report)
    assert TOKEN not in repr(report)
    assert "[redacted]" in str(report)


def test_params_are_sent_by_both() -> None:
    service = Service()
    judged(service)
    asked = [line for line in service.seen if line.startswith("GET /v1/parcels/")]
    assert asked
    assert all(line.startswith("GET /v1/parcels/p1") for line in asked)


def test_without_credentials_a_note_names_the_variables() -> None:
    with served(Service()) as url:
        report = run_service_contract(REFERENCE / "parcels.yaml", url, environment={}, limits=Limits(requests=6))
    assert any("PARCELS_TOKEN" in note for note in report.notes)


@pytest.mark.parametrize(
    ("spec", "url", "params", "message"),
    [
        ("nowhere.yaml", "http://127.0.0.1:9", {}, "nowhere.yaml"),
        ("parcels.yaml", "http://127.0.0.1:9", {}, "cannot be reached"),
        ("parcels.yaml", "ftp://127.0.0.1", {}, "not an http or https URL"),
        ("parcels.yaml", "http://127.0.0.1:9", {"jobId": "1"}, "'jobId'; there are"),
        ("parcels.yaml", "http://127.0.0.1:9", {"limit": "many"}, "'many' is not a value"),
    ],
)
def test_what_cannot_be_judged_is_an_error(spec: str, url: str, params: dict[str, str], message: str) -> None:
    report = run_service_contract(REFERENCE / spec, url, params=params, environment={}, limits=Limits(timeout=2))
    assert report.exit_code == 2
    assert message in str(report)
    assert report.findings == ()


def test_params_as_text() -> None:
    assert parse_parameters("a=1, b=x%2Cy,c=") == {"a": "1", "b": "x,y", "c": ""}
    assert parse_parameters("") == {}
    with pytest.raises(UsageError, match="name=value"):
        parse_parameters("jobId")


def test_an_operation_that_nothing_can_be_sent_to(tmp_path: Path) -> None:
    spec = tmp_path / "parcels.yaml"
    impossible = {"name": "state", "in": "query", "required": True, "schema": {"type": "array", "enum": ["new"]}}
    responses = {"200": {"description": "Parcels.", "content": {"application/json": {"schema": {"type": "number"}}}}}
    paths = {
        "/shapes/a": {"get": {"responses": responses}},
        "/parcels": {"get": {"parameters": [impossible], "responses": responses}},
    }
    spec.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": paths}))
    service = Service()
    with served(service) as url:
        report = run_service_contract(spec, url, limits=Limits(requests=10, timeout=5))
    assert report.exit_code == 0, str(report)
    assert report.operations == 1
    (note,) = report.notes
    assert note.startswith("GET /parcels: not asked, since no request can be made from the document: ")
    assert "query parameter 'state'; Nothing satisfies" in note
    assert set(service.seen) == {"GET /v1/shapes/a"}
