"""Paginator that were inferred: all elements once, in order, and an end, whatever way the service leads on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ROOT, Made
from execution.twin import Script, Twin, answer
from speclient.mock.transport import mock

SPEC = ROOT / "tests" / "features" / "pagination_inferred" / "openapi.yaml"
Make = Callable[[Any], Made]
Twins = Callable[..., Twin]
SIZE = 3


def service(count: int, size: int = SIZE, *, beyond: str = "empty") -> Callable[[httpx2.Request], httpx2.Response]:
    """Things in pages, by every way. `beyond` is what a page after the last gives: `empty`, `last` or `error`."""

    def reply(request: httpx2.Request) -> httpx2.Response:
        query, way = request.url.params, request.url.path.removeprefix("/v1/")
        first = 0 if way == "zero" else 1
        if request.method == "POST":
            query = httpx2.QueryParams(json.loads(request.content or b"{}"))
        number = int(query.get("page", query.get("pageNumber", first))) - first
        start = {
            "cursor": lambda: int(query.get("page_token", "0")),
            "graph/me": lambda: int(query.get("after", "0")),
            "last": lambda: int(query.get("starting_after", "-1")) + 1,
            "nested": lambda: int(query.get("offset", "0")),
            "token-from-page": lambda: int(query.get("page_token", "0")),
            "integer": lambda: int(query.get("cursor", "0")),
            "query": lambda: int(query.get("cursor", "0")),
            "offset": lambda: int(query["offset"]) if "offset" in query else 0,
        }.get(way, lambda: int(query.get("from", number * size)))()
        if start >= count and start and beyond == "error":
            return httpx2.Response(404)
        if start >= count and start and beyond == "last":
            start = (count - 1) // size * size
        end = start + size
        more = end < count
        things: list[Any] = [{"id": each} for each in range(count)][start:end]
        following = f"https://api.example.com/v1/{way}?from={end}"
        match way:
            case "cursor":
                return answer({"things": things, "errors": ["none"], "next_page_token": str(end) if more else None})
            case "graph/me":
                cursors = {"before": "x", "after": str(end)} if more else {"before": "x"}
                return answer({"data": things, "pagination": {"cursors": cursors}})
            case "nested":
                return answer({"data": things, "next_page": {"offset": str(end), "path": "/x"} if more else None})
            case "token-from-page":
                return answer({"data": things, "next_page": str(end) if more else None})
            case "integer":
                return answer({"data": things, "next_cursor": end if more else 0})
            case "number":
                return answer({"data": things, "pagination": {"next_page": number + 2 if more else None}})
            case "query":
                return answer({"data": things, "next_cursor": str(end) if more else None})
            case "last":
                return answer({"object": "list", "data": things, "has_more": more})
            case "page":
                return answer([{"text": f"{thing['id']}"} for thing in things])
            case "zero":
                return answer({"content": things, "totalPages": -(-count // size)})
            case "link":
                return answer(things, 200, **({"link": f'<{following}>; rel="next"'} if more else {}))
            case "hal/things":
                links = {"self": {"href": "/v1/hal/things"}} | ({"next": {"href": f"?from={end}"}} if more else {})
                body = answer({"_embedded": {"things": things}, "_links": links})
                body.headers["content-type"] = "application/hal+json"
                return body
            case "json-api":
                body = answer({"data": things, "included": [{}], "links": {"next": following if more else None}})
                body.headers["content-type"] = "application/vnd.api+json"
                return body
            case "next":
                return answer({"count": count, "next": following if more else None, "results": things})
            case _:
                return answer({"data": things})

    return reply


WAYS = {
    "by_cursor": (), "by_graph": ("me",), "by_last": (), "by_offset": (), "by_page": (), "by_page_from_zero": (),
    "by_link": (), "by_hal": (), "by_json_api": (), "by_next": (), "by_nested_offset": (), "by_token_from_page": (),
    "by_integer_cursor": (), "by_next_number": (), "by_cursor_in_body": (),
}  # fmt: skip
COUNTED = ("by_offset", "by_page", "by_page_from_zero")


def ids(items: list[Any]) -> list[int]:
    return [item.id if hasattr(item, "id") else int(item.text) for item in items]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", [0, 1, 3, 7, 9])
def test_all_elements_once_in_order(make: Make, twin: Twins, way: str, count: int) -> None:
    script = Script(service(count))
    client = twin(make(SPEC).module, "Inferred", script)
    assert ids(client.items(f"paged.{way}", *WAYS[way])) == list(range(count))
    assert 1 <= len(script.requests) <= count // SIZE + 2
    assert ids(client.items(f"paged.{way}", *WAYS[way], max_items=5)) == list(range(min(5, count)))
    assert len(client.pages(f"paged.{way}", *WAYS[way], max_pages=2)) <= 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(way=st.sampled_from(sorted(WAYS)), count=st.integers(0, 40), size=st.integers(1, 12))
def test_every_number_of_elements(inferred: Any, way: str, count: int, size: int) -> None:
    client = inferred.Inferred(transport=httpx2.MockTransport(service(count, size)))
    assert ids(list(getattr(client.paged, way)(*WAYS[way]))) == list(range(count))


@pytest.fixture
def inferred(make: Make) -> Any:
    return make(SPEC).module


@pytest.mark.parametrize("way", COUNTED)
@pytest.mark.parametrize("count", [4, 6])
def test_the_last_page_for_every_number_beyond_it(make: Make, twin: Twins, way: str, count: int) -> None:
    client = twin(make(SPEC).module, "Inferred", Script(service(count, beyond="last")))
    assert ids(client.items(f"paged.{way}")) == list(range(count))


def test_the_number_of_pages_is_not_exceeded(make: Make, twin: Twins) -> None:
    script = Script(service(7, beyond="error"))
    client = twin(make(SPEC).module, "Inferred", script, max_retries=0)
    assert ids(client.items("paged.by_page_from_zero")) == list(range(7))
    assert [request.url.params.get("pageNumber") for request in script.requests] == [None, "1", "2"]
    assert ids(client.items("paged.by_page_from_zero", page_number=1)) == [3, 4, 5, 6]
    assert len(script.requests) == 5


def test_what_a_count_can_not_mean_is_passed_over(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    for told in (0, None):
        pages = [answer({"content": [{"id": 1}], "totalPages": told}), answer({"content": [], "totalPages": told})]
        assert ids(twin(module, "Inferred", Script(*pages)).items("paged.by_page_from_zero")) == [1]


def test_the_flag_decides_the_end(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    script = Script(answer({"object": "list", "data": [{"id": 1}, {"id": 2}], "has_more": False}))
    assert ids(twin(module, "Inferred", script).items("paged.by_last")) == [1, 2]
    assert len(script.requests) == 1
    # A page without elements ends it, although the flag says otherwise: there is nothing to go on from.
    script = Script(answer({"object": "list", "data": [], "has_more": True}))
    assert twin(module, "Inferred", script).items("paged.by_last") == []


def test_a_cursor_in_the_body_keeps_the_other_properties(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    script = Script(service(7))
    client = twin(module, "Inferred", script)
    ways: list[dict[str, Any]] = [
        {"filter": "new", "limit": 3},
        {"body": {"filter": "new", "limit": 3}},
        {"body": module.models.Query(filter="new", limit=3)},
    ]
    for arguments in ways:
        script.requests.clear()
        assert ids(client.items("paged.by_cursor_in_body", **arguments)) == list(range(7))
        sent = [json.loads(request.content) for request in script.requests]
        same = {"filter": "new", "limit": 3}
        assert sent == [same, {**same, "cursor": "3"}, {**same, "cursor": "6"}]


@pytest.mark.parametrize(
    "way", ["by_nested_offset", "by_token_from_page", "by_integer_cursor", "by_next_number", "by_cursor_in_body"]
)
def test_the_mock_leads_on_in_each_way(make: Make, way: str) -> None:
    with make(SPEC).module.Inferred(transport=mock(SPEC)) as client:
        things = [thing.id for thing in getattr(client.paged, way)()]
        assert len(things) > 20
        assert len(set(things)) == len(things)
        if way == "by_cursor_in_body":
            pages = list(client.paged.by_cursor_in_body(limit=25).pages())
            assert [len(page.data) for page in pages][:2] == [25, 25]


def test_a_cursor_in_the_body_can_be_passed(make: Make, twin: Twins) -> None:
    client = twin(make(SPEC).module, "Inferred", Script(service(7)))
    assert ids(client.items("paged.by_cursor_in_body", cursor="3")) == [3, 4, 5, 6]


def test_a_next_page_that_always_exists_ends_at_an_empty_page(make: Make, twin: Twins) -> None:
    def reply(request: httpx2.Request) -> httpx2.Response:
        number = int(request.url.params.get("page", "1"))
        things = [{"id": number}] if number < 4 else []
        return answer({"data": things, "pagination": {"next_page": number + 1}})

    script = Script(reply)
    assert ids(twin(make(SPEC).module, "Inferred", script).items("paged.by_next_number")) == [1, 2, 3]
    assert len(script.requests) == 4


def test_elements_that_moved_come_once(make: Make, twin: Twins) -> None:
    """Something was added at the front while the pages were asked for."""
    pages = [answer({"data": [{"id": 1}, {"id": 2}]}), answer({"data": [{"id": 2}, {"id": 3}]}), answer({"data": []})]
    client = twin(make(SPEC).module, "Inferred", Script(*pages))
    assert ids(client.items("paged.by_offset")) == [1, 2, 3]


def test_a_table_is_no_page(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    script = Script(httpx2.Response(200, headers={"content-type": "text/csv"}, content=b"text\n1\n"))
    client = twin(module, "Inferred", script)
    with pytest.raises(module.PaginationError, match="media type"):
        client.items("paged.by_page")
    assert client.call("paged.by_page") == "text\n1\n"


@pytest.mark.parametrize("way", ["by_link", "by_hal", "by_json_api", "by_next"])
def test_another_host_is_not_asked(make: Make, twin: Twins, way: str) -> None:
    module = make(SPEC).module
    real = service(9)

    def elsewhere(request: httpx2.Request) -> httpx2.Response:
        reply = real(request)
        text = reply.text.replace("https://api.", "https://evil.").replace('"?from', '"https://evil.example/?from')
        link = reply.headers.get("link", "").replace("https://api.", "https://evil.")
        kept = {"content-type": reply.headers["content-type"]} | ({"link": link} if link else {})
        return httpx2.Response(200, headers=kept, content=text.encode())

    script = Script(elsewhere)
    with pytest.raises(module.PaginationError, match="another host"):
        twin(module, "Inferred", script).items(f"paged.{way}")
    assert len(script.requests) == 1


def test_what_is_stated_counts(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    script = Script(answer({"data": [{"id": 1}]}), answer({"data": []}))
    client = twin(module, "Inferred", script)
    assert ids(client.items("stated.otherwise")) == [1]
    assert [request.url.params.get("number") for request in script.requests] == [None, "6"]
    assert [thing.id for thing in client.call("stated.switched_off").data or []] == []


def test_what_only_looks_like_pages(make: Make) -> None:
    table = json.loads(next(make(SPEC).folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    paged = {row["call"] for row in table["operations"] if row["paginated"]}
    assert paged == {*(f"paged.{way}" for way in WAYS), "stated.otherwise"}
