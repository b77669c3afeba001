"""Links of HAL answers are followed: to the origin, on the same host only, and typed where an operation is known."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ROOT, Made
from execution.twin import Script, Twin, answer

SPEC = ROOT / "tests" / "features" / "links" / "openapi.yaml"
Make = Callable[[Any], Made]
Twins = Callable[..., Twin]
GIVEN = ("ann", "s3cret", "k3y")


def hal(body: Any) -> httpx2.Response:
    return answer(body, content_type="application/hal+json")


REPORT = {"name": "sales", "_links": {"self": {"href": "/api/acme/reports/r%20%2F1?version=2"}}}
RUNS = {"_embedded": {"runs": [{"id": 7}]}}


@pytest.fixture
def linked(make: Make, twin: Twins) -> Callable[..., Twin]:
    made = make(SPEC)

    def client(service: Script, **options: Any) -> Twin:
        return twin(made.module, "Linked", service, *GIVEN, **{"policy": "strict", **options})

    return client


def follow(client: Twin, link: Any, method: Any = None, **options: Any) -> Any:
    return client.wait(client.client.follow(link, *([method] if method is not None else []), **options))


def test_a_link_of_an_answer_gives_what_the_method_gives(linked: Callable[..., Twin]) -> None:
    service = Script(hal(REPORT))
    client = linked(service)
    report = client.call("reports.get", "acme", "r /1", version=2)
    again = follow(client, report.links.self_, client.client.reports.get)
    assert again == report
    assert type(again).__name__ == "Report"
    first, second = service.requests
    assert (
        str(second.url) == "https://api.example.com/api/acme/reports/r%20%2F1?version=2&api_key=k3y" == str(first.url)
    )
    assert second.headers["authorization"] == "Basic " + base64.b64encode(b"ann:s3cret").decode()
    assert second.headers["accept"] == first.headers["accept"]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/api/a/reports/b", "https://api.example.com/api/a/reports/b"),
        ({"href": "/api/a/reports/b#part"}, "https://api.example.com/api/a/reports/b"),
        ("https://api.example.com/api/a/reports/b", "https://api.example.com/api/a/reports/b"),
        ("https://api.example.com:443/api/a/reports/b", "https://api.example.com/api/a/reports/b"),
        ("https://eve:secret@api.example.com/api/a/reports/b", "https://api.example.com/api/a/reports/b"),
        ("//api.example.com/api/a/reports/b", "https://api.example.com/api/a/reports/b"),
        ("api/a/reports/b", "https://api.example.com/api/a/reports/b"),
        ({"href": "/api/a/reports/b{?version,size}", "templated": True}, "https://api.example.com/api/a/reports/b"),
    ],
)
def test_an_address_is_resolved_against_the_origin(linked: Callable[..., Twin], link: Any, url: str) -> None:
    service = Script(hal(REPORT))
    made = follow(linked(service), link)
    assert type(made).__name__ == "Report"
    assert str(service.requests[0].url).removesuffix("?api_key=k3y") == url
    assert service.requests[0].headers["authorization"] == "Basic " + base64.b64encode(b"ann:s3cret").decode()


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.net/api/a/reports/b",
        "http://api.example.com:8080/api/a/reports/b",
        "https://api.example.com:8443/api/a/reports/b",
        "//evil.example.net/api/a/reports/b",
        "https://api.example.com@evil.example.net/api/a/reports/b",
        "ftp://api.example.com/x",
        "javascript:alert(1)",
        "mailto:ann@example.com",
    ],
)
def test_nothing_is_sent_to_another_host(linked: Callable[..., Twin], link: str) -> None:
    service = Script(hal(REPORT))
    client = linked(service)
    for method in (None, client.client.reports.get):
        with pytest.raises(client.package.RequestError) as told:
            follow(client, link, method)
        assert re.fullmatch(r"link: its URL (is on another host|uses .*), so no request is sent", str(told.value))
    assert not service.requests


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("", "link: it has no URL"),
        ({}, "link: it has no URL"),
        ({"href": None}, "link: it has no URL"),
        ({"href": "/api/{account}/x", "templated": True}, "link: it is a template"),
        ("https://[::1", "link: its URL is not valid"),
        ("https://a:b", "link: its URL is not valid"),
    ],
)
def test_what_is_no_link(linked: Callable[..., Twin], link: Any, message: str) -> None:
    service = Script(hal(REPORT))
    client = linked(service)
    with pytest.raises(client.package.RequestError, match=f"^{message}"):
        follow(client, link)
    assert not service.requests


def test_the_path_with_more_fixed_text_wins(linked: Callable[..., Twin]) -> None:
    client = linked(Script(hal({"name": "x", "age": 3})))
    assert type(follow(client, "/api/acme/reports/latest")).__name__ == "Latest"


def test_a_query_in_the_link_chooses_the_type(linked: Callable[..., Twin]) -> None:
    client = linked(Script(hal(RUNS), hal({**RUNS, "detailed": True})))
    runs = client.client.runs.list
    assert type(follow(client, "/api/a/reports/b/runs?detail=false", runs)).__name__ == "Runs"
    assert type(follow(client, "/api/a/reports/b/runs?detail=true", runs)).__name__ == "DetailedRuns"


def test_a_method_with_pages_gives_one_page(linked: Callable[..., Twin]) -> None:
    service = Script(hal({**RUNS, "_links": {"next": {"href": "/api/a/reports/b/runs?page=3"}}}))
    client = linked(service)
    page = follow(client, {"href": "/api/a/reports/b/runs?page=2"}, client.client.runs.list)
    assert [run.id for run in page.embedded.runs] == [7]
    assert len(service.requests) == 1


def test_items_that_are_streamed_come_together(linked: Callable[..., Twin]) -> None:
    client = linked(
        Script(httpx2.Response(200, content=b'{"text": "x"}\n', headers={"content-type": "application/jsonl"}))
    )
    (line,) = follow(client, "/api/a/reports/b/lines", client.client.lines.list)
    assert line.text == "x"


def test_a_link_that_leads_elsewhere_than_to_the_method(linked: Callable[..., Twin]) -> None:
    service = Script(hal(REPORT))
    client = linked(service)
    with pytest.raises(client.package.RequestError, match=r"it does not lead to runs\.list \(GET /\{account\}"):
        follow(client, "/api/a/reports/b", client.client.runs.list)
    assert not service.requests


def test_only_methods_that_read_are_followed(linked: Callable[..., Twin]) -> None:
    service = Script(hal(REPORT))
    client = linked(service)
    for method in (client.client.reports.delete, len, print):
        with pytest.raises(TypeError, match="requires a GET method of the client"):
            follow(client, "/api/a/reports/b", method)
    assert not service.requests


def test_an_operation_that_no_document_knows(linked: Callable[..., Twin]) -> None:
    service = Script(hal({"big": 12345678901234567890, "list": [1.0]}))
    client = linked(service)
    made = follow(client, {"href": "/elsewhere/x"})
    assert client.package.to_jsonable(made) == {"big": 12345678901234567890, "list": [1.0]}
    (request,) = service.requests
    assert str(request.url) == "https://api.example.com/elsewhere/x?api_key=k3y"
    assert "authorization" in request.headers


def test_a_page_for_people_is_no_answer(linked: Callable[..., Twin]) -> None:
    page = httpx2.Response(200, content=b"<html>", headers={"content-type": "text/html"})
    client = linked(Script(page))
    with pytest.raises(client.package.UndecodableResponseError, match=r"GET \(a link\) returned 200 with 'text/html'"):
        follow(client, "/acme/reports/1")


def test_errors_and_options_are_those_of_any_call(linked: Callable[..., Twin]) -> None:
    service = Script(answer({}, 503), answer({}, 404))
    client = linked(service)
    with pytest.raises(client.package.NotFoundError):
        follow(client, "/api/a/reports/b", extra_query={"x": ["1", "2"]}, extra_headers={"x-a": "b"})
    assert len(service.requests) == 2
    assert service.requests[1].url.params.get_list("x") == ["1", "2"]
    assert service.requests[1].headers["x-a"] == "b"
    with pytest.raises(TypeError, match="unexpected keyword argument 'wrong'"):
        follow(client, "/api/a/reports/b", wrong=1)


def test_a_redirect_of_a_link_stays_on_the_host(linked: Callable[..., Twin]) -> None:
    away = httpx2.Response(302, headers={"location": "https://evil.example.net/"})
    service = Script(away)
    client = linked(service)
    with pytest.raises(client.package.StatusError):
        follow(client, "/elsewhere")
    assert {request.url.host for request in service.requests} == {"api.example.com"}


def test_another_base_url_is_the_origin(linked: Callable[..., Twin]) -> None:
    service = Script(hal(REPORT))
    client = linked(service, base_url="http://localhost:8000/proxy/api/")
    assert type(follow(client, "/proxy/api/a/reports/b")).__name__ == "Report"
    assert str(service.requests[0].url).startswith("http://localhost:8000/proxy/api/a/reports/b")
    assert not hasattr(follow(client, "/api/a/reports/b"), "links")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(link=st.one_of(st.text(), st.from_regex(r"\A(https?:)?[/\\]{0,3}[a-z@:.\\/?#%0-9-]{0,30}\Z")))
def test_whatever_the_address_is_nothing_leaves_the_host(linked: Callable[..., Twin], link: str) -> None:
    service = Script(hal(REPORT))
    client = linked(service, policy="tolerant")
    try:
        follow(client, link)
    except client.package.APIError:
        pass
    for request in service.requests:
        assert (request.url.scheme, request.url.host, request.url.port) == ("https", "api.example.com", None)


def test_a_package_without_links_has_no_follow(make: Make) -> None:
    made = make(ROOT / "tests" / "features" / "response_by" / "openapi.yaml")
    client = made.client(lambda _: httpx2.Response(200))
    assert not hasattr(client, "follow")
    assert not list(made.folder.glob("*/_core/*_links.py"))


def test_a_name_in_an_address_takes_no_credential_away(linked: Callable[..., Twin]) -> None:
    there = "https://eve:x@api.example.com/api/a/reports/b"
    redirected = Script(httpx2.Response(302, headers={"location": there}), hal(REPORT))
    linked(redirected).call("reports.get", "a", "c", version=1)
    paged = Script(hal({**RUNS, "_links": {"next": {"href": f"{there}/runs?page=2"}}}), hal(RUNS))
    assert len(linked(paged).items("runs.list", "a", "b")) == 2
    for request in (*redirected.requests, *paged.requests):
        assert request.headers["authorization"] == "Basic " + base64.b64encode(b"ann:s3cret").decode()
        assert not request.url.userinfo
