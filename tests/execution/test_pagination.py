"""Paginator: all elements once, in order, and an end; every guard trips."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import coalesce_client
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, Made
from execution.twin import Script, Twin, answer

SPEC = ROOT / "tests" / "features" / "pagination" / "openapi.yaml"
Make = Callable[[Any], Made]
Twins = Callable[..., Twin]


def things(*ids: int, **more: Any) -> dict[str, Any]:
    return {"data": [{"id": number} for number in ids], **more}


def service(count: int, size: int) -> Callable[[httpx2.Request], httpx2.Response]:
    """Things in pages, by every way."""

    def reply(request: httpx2.Request) -> httpx2.Response:
        query, path = request.url.params, request.url.path.removeprefix("/v1/")
        assert len(request.url.params.multi_items()) == len(request.url.params)
        limit = int(query.get("limit", size))
        start = {
            "cursor": lambda: int(query.get("after", "0")),
            "offset": lambda: int(query.get("offset", "0")),
            "page": lambda: (int(query.get("page", "1")) - 1) * size,
        }.get(path, lambda: int(query.get("from", "0")))()
        ids = list(range(count))[start : start + limit]
        end = start + limit
        more = end < count
        if path == "page":
            return answer([{"id": number} for number in ids])
        if path == "link":
            link = (
                {"link": f'<https://api.example.com/v1/link?from={end}>; rel="next", <x>; rel="last"'} if more else {}
            )
            return answer(things(*ids), 200, **link)
        if path.startswith("hal/"):
            body = {"_embedded": {"things": [{"id": number} for number in ids]}}
            links = {"_links": {"next": {"href": f"/v1/{path}?from={end}"}}} if more else {"_links": {}}
            reply = answer({**body, **links})
            reply.headers["content-type"] = "application/hal+json"
            return reply
        return answer(things(*ids, meta={"next": str(end) if more else None}))

    return reply


WAYS = {"by_cursor": (), "by_offset": (), "by_page": (), "by_link": (), "by_hal": ("me",)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("count", "size"), [(0, 3), (1, 3), (3, 3), (7, 3), (9, 3)])
def test_all_elements_once_in_order(make: Make, twin: Twins, way: str, count: int, size: int) -> None:
    module = make(SPEC).module
    client = twin(module, "Pagination", Script(service(count, size)), "k")
    assert [item.id for item in client.items(f"api.{way}", *WAYS[way])] == list(range(count))
    assert [item.id for item in client.items(f"api.{way}", *WAYS[way], max_items=5)] == list(range(min(5, count)))
    assert client.items(f"api.{way}", *WAYS[way], max_items=0) == []
    assert len(client.items(f"api.{way}", *WAYS[way], max_pages=2)) == min(count, 2 * size)
    pages = client.pages(f"api.{way}", *WAYS[way])
    assert 1 <= len(pages) <= count // size + 2


def test_nothing_is_asked_for_that_is_not_needed(make: Make, twin: Twins) -> None:
    script = Script(service(100, 10))
    client = twin(make(SPEC).module, "Pagination", script, "k")
    client.items("api.by_cursor", max_items=10)
    assert len(script.requests) == 1
    client.items("api.by_cursor", max_items=11, limit=4)
    assert [request.url.params.get("limit") for request in script.requests[1:]] == ["4", "4", "4"]
    client.call("api.by_cursor")
    assert len(script.requests) == 5


def test_options_and_keys_go_with_every_page(make: Make, twin: Twins) -> None:
    script = Script(service(5, 2))
    client = twin(make(SPEC).module, "Pagination", script, "secret")
    client.items("api.by_link", extra_headers={"X-A": "1"})
    assert [request.headers["x-a"] for request in script.requests] == ["1"] * 3
    assert [request.url.params["api_key"] for request in script.requests] == ["secret"] * 3
    response = client.raw("api.by_cursor", limit=2)
    assert [item.id for item in response.value.data] == [0, 1]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/v1/link",
        "http://api.example.com:8080/v1/link",
        "//evil.example/",
        "https://api.example.com:8/",
    ],
)
def test_a_next_page_on_another_host_is_not_asked_for(make: Make, twin: Twins, target: str) -> None:
    module = make(SPEC).module
    script = Script(answer(things(1), link=f'<{target}>; rel="next"'))
    with pytest.raises(module.PaginationError, match=r"(another host|another port|not https), so no request is sent"):
        twin(module, "Pagination", script, "secret").items("api.by_link")
    assert len(script.requests) == 1


def test_a_next_page_of_the_same_host_behind_tls_is_asked_for_by_https(make: Make, twin: Twins) -> None:
    # A service behind a proxy that ends TLS often believes that it is reached by http.
    module = make(SPEC).module
    script = Script(answer(things(1), link='<http://api.example.com/v1/link?x=1>; rel="next"'), answer(things(2)))
    assert len(twin(module, "Pagination", script, "secret").items("api.by_link")) == 2
    assert str(script.requests[1].url) == "https://api.example.com/v1/link?x=1&api_key=secret"


def test_new_cursors_with_empty_pages_end(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    asked: list[int] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        return answer(things(meta={"next": f"c{len(asked)}"}))

    client = twin(module, "Pagination", Script(service), "k")
    with pytest.raises(module.PaginationError, match="100 consecutive pages"):
        client.items("api.by_cursor")
    assert len(asked) == 101
    assert client.items("api.by_cursor", max_pages=150) == []
    assert len(asked) == 251


def test_pages_in_a_circle(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    replies = [answer(things(1, meta={"next": "a"})), answer(things(2, meta={"next": "b"})),
               answer(things(3, meta={"next": "a"}))]  # fmt: skip
    script = Script(*replies)
    with pytest.raises(module.PaginationError, match="already requested"):
        twin(module, "Pagination", script, "k").items("api.by_cursor")
    assert len(script.requests) == 3
    script = Script(answer(things(1), link='</v1/link?x=1>; rel="next"'))
    with pytest.raises(module.PaginationError):
        twin(module, "Pagination", script, "k").items("api.by_link")
    assert len(script.requests) == 2
    # An empty page that leads to itself is how some services say that it is the last.
    script = Script(answer(things(1, meta={"next": "a"})), answer(things(meta={"next": "a"})))
    assert len(twin(module, "Pagination", script, "k").items("api.by_cursor")) == 1
    assert len(script.requests) == 2
    script = Script(
        answer(things(1), link='</v1/link?x=1>; rel="next"'), answer(things(), link='</v1/link?x=1>; rel="next"')
    )
    assert len(twin(module, "Pagination", script, "k").items("api.by_link")) == 1
    assert len(script.requests) == 2
    # A service that gives the same page whatever the offset is left when nothing new comes.
    script = Script(answer(things(1, 2)))
    assert len(twin(module, "Pagination", script, "k").items("api.by_offset")) == 2
    assert len(script.requests) == 2


@pytest.mark.parametrize("last", [None, ""])
def test_an_empty_cursor_ends_it(make: Make, twin: Twins, last: str | None) -> None:
    module = make(SPEC).module
    script = Script(answer(things(1, meta={"next": last})))
    assert len(twin(module, "Pagination", script, "k").items("api.by_cursor")) == 1
    assert len(script.requests) == 1


# -- Coalesce: the last element tells the next page, exclusively; the vendor's own client reads `next` --------------


def coalesce(runs: list[dict[str, Any]], *, tell_next: bool) -> Callable[[httpx2.Request], httpx2.Response]:
    """Runs as List Runs gives them: after the run whose value of `orderBy` is `startingFrom`."""

    def reply(request: httpx2.Request) -> httpx2.Response:
        query = request.url.params
        member, limit = query.get("orderBy", "id"), int(query.get("limit", "25"))
        start = query.get("startingFrom")
        ordered = sorted(runs, key=lambda run: (run.get(member) is None, run.get(member)))
        rest = [run for run in ordered if run.get(member) is None or start is None or str(run[member]) > start]
        page = rest[:limit]
        body: dict[str, Any] = {"data": page}
        if tell_next:
            body["next"] = page[-1].get(member) if len(rest) > limit else None
        return answer(body)

    return reply


@settings(max_examples=40, deadline=None)
@given(count=st.integers(0, 30), limit=st.integers(1, 12), tell_next=st.booleans())
def test_every_run_once(count: int, limit: int, tell_next: bool) -> None:
    runs = [{"id": f"{number:04}"} for number in range(count)]
    client = coalesce_client.Coalesce("t", transport=httpx2.MockTransport(coalesce(runs, tell_next=tell_next)))
    assert [run.id for run in client.runs.list(limit=limit)] == [run["id"] for run in runs]


def test_the_order_chooses_the_cursor(twin: Twins) -> None:
    runs = [{"id": f"{n}", "runStartTime": f"2024-05-01T00:00:0{n}Z"} for n in range(5)]
    script = Script(coalesce(runs, tell_next=False))
    client = twin(coalesce_client, "Coalesce", script, "t")
    assert len(client.items("runs.list", limit=2, order_by="runStartTime")) == 5
    assert [request.url.params.get("startingFrom") for request in script.requests][:2] == [None, "2024-05-01T00:00:01Z"]


def test_running_runs_have_no_end_time(twin: Twins) -> None:
    ended = [{"id": f"{n}", "runEndTime": f"2024-05-01T00:00:0{n}Z"} for n in range(3)]
    running = [{"id": "8"}, {"id": "9"}]
    client = twin(coalesce_client, "Coalesce", Script(coalesce([*ended, *running], tell_next=False)), "t")
    assert [run.id for run in client.items("runs.list", limit=4, order_by="runEndTime")] == ["0", "1", "2", "8", "9"]
    only = twin(coalesce_client, "Coalesce", Script(coalesce(running, tell_next=False)), "t")
    with pytest.raises(coalesce_client.PaginationError, match="runEndTime"):
        only.items("runs.list", limit=1, order_by="runEndTime")


@pytest.mark.parametrize(
    "extension",
    [
        "{pagination: {kind: cursor, parameter: {a: 1}, items: /data}}", "{pagination: {kind: [cursor], items: /data}}",
        "{pagination: [], polling: []}", "{polling: {status: /id, success: {a: 1}, failure: 5}}",
        "{polling: {status: /id, status-operation: {a: 1}}}",
    ],
)  # fmt: skip
def test_what_can_not_be_followed_is_passed_over(make: Make, extension: str) -> None:
    made = make(
        "openapi: 3.1.0\ninfo: {title: Odd, version: '1'}\nservers: [{url: 'https://api.example.com'}]\npaths:\n"
        f"  /a:\n    get:\n      operationId: getA\n      x-speclient: {extension}\n"
        "      responses: {'200': {description: A., content: {application/json: {schema: {type: object}}}}}\n"
    )
    assert made.client(lambda _: answer({"data": []})).api.get_a() is not None
