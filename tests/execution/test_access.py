"""Options, raw and streamed responses, middleware, logging, limits in time: for both kinds of clients."""

from __future__ import annotations

import asyncio
import io
import logging
import pickle
import threading
from collections.abc import Callable, Iterator
from typing import Any

import coalesce_client
import httpx2
import pytest

from conftest import ROOT, Made
from execution.twin import Both, Script, Twin, answer

Make = Callable[[Any], Made]
Twins = Callable[..., Twin]
FINE = answer({"data": [{"id": 1}]}, x_request_id="r-1")
FEATURES = ROOT / "tests" / "features"


def coalesce(twin: Twins, service: Any, **options: Any) -> Twin:
    return twin(coalesce_client, "Coalesce", service, "t", **options)


def test_both_kinds_send_the_same(twin: Twins) -> None:
    service = Script(FINE)
    coalesce(twin, service).call("runs.list", limit=5, run_status="failed", order_by=coalesce_client.models.RunOrder.ID)
    (request,) = service.requests
    assert str(request.url) == ("https://app.coalescesoftware.io/api/v1/runs?limit=5&orderBy=id&runStatus=failed")
    assert dict(request.headers) == {
        "host": "app.coalescesoftware.io", "accept": "application/json", "accept-encoding": "gzip, deflate",
        "authorization": "Bearer t", "user-agent": f"coalesce-client/{coalesce_client.__version__}",
    }  # fmt: skip


def test_raw_responses(twin: Twins) -> None:
    client = coalesce(twin, Script(httpx2.Response(503), FINE))
    response = client.raw("runs.list", limit=1)
    assert response.value.data[0].id == 1
    assert (response.status_code, response.request_id, response.attempts) == (200, "r-1", 2)
    assert response.headers["content-type"] == "application/json"
    assert response.content == FINE.content
    assert response.violations == ()
    assert repr(response) == "<Response [200]>"
    with pytest.raises(TypeError, match=r"client\.runs\.get"):
        client.wait(client.client.raw(len, [1]))


def test_options_of_a_call_and_of_a_copy(twin: Twins) -> None:
    service = Script(FINE)
    client = coalesce(twin, service, timeout=7)
    client.call("runs.list", timeout=3, extra_headers={"authorization": "Bearer other", "X-Trace": "1"},
                extra_query={"a": ["1", "2 3"]}, limit=2)  # fmt: skip
    (request,) = service.requests
    assert request.headers["authorization"] == "Bearer other"
    assert request.headers["x-trace"] == "1"
    assert request.url.query == b"limit=2&a=1&a=2+3"
    assert request.extensions["timeout"]["read"] == 3
    copied = client.client.with_options(extra_headers={"X-Trace": "2"}, timeout=httpx2.Timeout(9, connect=1))
    client.wait(copied.runs.list(extra_headers={"X-More": "3"}).first_page())
    request = service.requests[-1]
    assert (request.headers["x-trace"], request.headers["x-more"]) == ("2", "3")
    assert (request.extensions["timeout"]["read"], request.extensions["timeout"]["connect"]) == (9, 1)
    client.call("runs.list")
    assert "x-trace" not in service.requests[-1].headers
    assert service.requests[-1].extensions["timeout"]["read"] == 7
    assert copied._sender is client.client._sender


def test_a_misspelled_argument_is_no_option(twin: Twins) -> None:
    client = coalesce(twin, Script(FINE))
    with pytest.raises(TypeError, match="unexpected keyword argument 'run_stats'"):
        client.call("runs.list", run_stats="failed")
    with pytest.raises(TypeError, match="unexpected keyword argument 'max_retrys'"):
        coalesce(twin, Script(FINE), max_retrys=1)


def test_an_extra_header_can_start_no_other(twin: Twins) -> None:
    with pytest.raises(coalesce_client.RequestError, match="control characters"):
        coalesce(twin, Script(FINE)).call("runs.list", extra_headers={"X-A": "1\r\nX-B: 2"})


def test_middleware_stands_around_each_attempt(twin: Twins) -> None:
    seen: list[str] = []
    client = coalesce(twin, Script(httpx2.Response(503), FINE))

    def note(name: str) -> Any:
        def layer(request: httpx2.Request, call_next: Any) -> Any:
            seen.append(f"{name} {request.method}")
            response = call_next(request)
            seen.append(f"{name} {response.status_code} {len(response.content) > 0}")
            return response

        async def later(request: httpx2.Request, call_next: Any) -> Any:
            seen.append(f"{name} {request.method}")
            response = await call_next(request)
            seen.append(f"{name} {response.status_code} {len(response.content) > 0}")
            return response

        return layer if client.kind == "sync" else later

    coalesce(twin, Script(httpx2.Response(503), FINE), middleware=[note("a"), note("b")]).call("runs.list")
    assert seen == ["a GET", "b GET", "b 503 False", "a 503 False", "a GET", "b GET", "b 200 True", "a 200 True"]


def test_attempts_are_logged_without_secrets(twin: Twins, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="coalesce_client"):
        coalesce(twin, Script(httpx2.Response(503), FINE)).call("runs.list_results", 77)
    lines = [record.getMessage() for record in caplog.records if record.name == "coalesce_client"]
    assert lines[0] == "GET /api/v1/runs/{runID}/results: attempt 1, 503 after 0 ms"
    assert lines[1].endswith("retrying in 0.25 s")
    assert "77" not in "".join(lines)


def test_a_deadline_ends_waits_and_attempts(twin: Twins) -> None:
    service = Script(httpx2.Response(503, headers={"retry-after": "8"}))
    client = coalesce(twin, service, max_retries=9, deadline=20)
    with pytest.raises(coalesce_client.ServiceUnavailableError):
        client.call("runs.list")
    assert len(service.requests) == 3
    assert sum(client.waits) < 20
    assert service.requests[-1].extensions["timeout"]["read"] < 5  # What is left.


def test_a_long_wait_is_raised_at_once_and_named(twin: Twins) -> None:
    client = coalesce(twin, Script(httpx2.Response(429, headers={"retry-after": "3600"})))
    with pytest.raises(coalesce_client.TooManyRequestsError, match="retry after 3600 s") as caught:
        client.call("runs.list")
    assert client.waits == []
    assert caught.value.retry_after == 3600


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (httpx2.Response(429, headers={"retry-after": "7"}), 7),
        (httpx2.Response(503, headers={"retry-after": "Tue, 14 Nov 2023 22:30:25 GMT"}), 25),
        (answer({"retryAfter": 9}, 429), 9),
        (answer({"retryAfter": "soon"}, 429), 0),
        (httpx2.Response(429, headers={"ratelimit-reset": "11"}), 11),
        (httpx2.Response(429, headers={"x-ratelimit-reset": "1700001012"}), 12),
        (httpx2.Response(429, headers={"x-ratelimit-reset": "1700001012000"}), 12),
        (httpx2.Response(429, headers={"ratelimit": '"default";r=0;t=13'}), 13),
        (httpx2.Response(503, headers={"x-ratelimit-reset": "50"}), 0),
        (httpx2.Response(429, headers={"retry-after": "nonsense"}), 0),
    ],
)
def test_how_long_a_service_asks_to_wait(twin: Twins, reply: httpx2.Response, wait: float) -> None:
    client = coalesce(twin, Script(reply, FINE))
    client.call("runs.list")
    assert wait <= client.waits[0] <= wait + 0.5


def test_writing_methods_are_sent_once_unless_told(make: Make, twin: Twins) -> None:
    module = make(FEATURES / "oauth2" / "openapi.yaml").module
    service = Script(httpx2.ReadError("reset"), httpx2.Response(204))
    with pytest.raises(module.APIConnectionError):
        twin(module, "Oauth", service, "t").call("api.write")
    assert len(service.requests) == 1
    # Where nothing was sent, nothing can have happened; and a service that takes a key tells repetitions apart.
    service = Script(httpx2.ConnectError("refused"), httpx2.Response(204))
    twin(module, "Oauth", service, "t").call("api.write")
    service = Script(httpx2.ReadError("reset"), httpx2.Response(204))
    twin(module, "Oauth", service, "t").call("api.write", extra_headers={"Idempotency-Key": "1"})
    assert len(service.requests) == 2
    for call, options in (("api.write", {"idempotent": True}), ("api.again", {})):
        service = Script(httpx2.ConnectError("refused"), httpx2.Response(503), httpx2.Response(204))
        twin(module, "Oauth", service, "t").call(call, **options)
        assert len(service.requests) == 3
    with pytest.raises(module.APIConnectionError):
        twin(module, "Oauth", Script(httpx2.ConnectError("x")), "t").call("api.again", idempotent=False)


def test_other_rules_for_retries(twin: Twins) -> None:
    retry = coalesce_client.Retry(statuses=frozenset({418}), first_wait=4, longest_wait=1)
    client = coalesce(twin, Script(httpx2.Response(418), FINE), config=coalesce_client.Config(retry=retry))
    client.call("runs.list")
    assert client.waits == [2]
    service = Script(httpx2.Response(503))
    with pytest.raises(coalesce_client.ServiceUnavailableError):
        coalesce(twin, service, config=coalesce_client.Config(retry=retry)).call("runs.list")
    assert len(service.requests) == 1


def test_servers_by_name(make: Make, twin: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    module = make(FEATURES / "named_servers" / "openapi.yaml").module

    def base(**given: Any) -> str:
        return str(twin(module, "Regions", Script(httpx2.Response(204)), **given).client.base_url)

    assert base() == base(server="europe") == "https://eu.example.com"
    assert base(server="united-states") == "https://us.example.com/api"
    assert base(server="sandbox") == "https://sandbox.example.com"
    assert base(tenant="acme") == "https://acme.example.com"
    monkeypatch.setenv("REGIONS_SERVER", "sandbox")
    assert base() == "https://sandbox.example.com"
    with pytest.raises(module.RequestError, match="server: 'mars' is not one of europe, united-states, sandbox"):
        base(server="mars")


def test_errors_can_be_pickled(twin: Twins) -> None:
    reply = answer({"error": {"errorString": "none", "errorDetail": {}}}, 404, x_request_id="r", retry_after="5")
    with pytest.raises(coalesce_client.NotFoundError) as caught:
        coalesce(twin, Script(reply)).call("runs.list_results", 1)
    error = pickle.loads(pickle.dumps(caught.value))
    assert type(error) is coalesce_client.NotFoundError
    assert (error.status_code, error.request_id, error.retry_after) == (404, "r", 5)
    assert error.body == caught.value.body
    assert str(error) == str(caught.value)
    assert error.response.request.method == "GET"


def test_threads_share_a_client() -> None:
    def service(request: httpx2.Request) -> httpx2.Response:
        return answer({"data": [{"id": int(request.url.params["limit"])}]})

    client = coalesce_client.Coalesce("t", transport=httpx2.MockTransport(service))
    wrong: list[int] = []

    def run(number: int) -> None:
        for _ in range(50):
            if client.runs.list(limit=number).first_page().data[0].id != number:
                wrong.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_tasks_share_a_client() -> None:
    async def service(request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0.001)
        return answer({"data": [{"id": int(request.url.params["limit"])}]})

    async def main() -> list[int]:
        async with coalesce_client.AsyncCoalesce("t", transport=httpx2.MockTransport(service)) as client:
            results = await asyncio.gather(*(client.runs.list(limit=number).first_page() for number in range(1, 50)))
        return [int(result.data[0].id or 0) for result in results]

    assert asyncio.run(main()) == list(range(1, 50))


# -- streams ---------------------------------------------------------------------------------------------------


def pieces(*parts: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter(parts)


def test_streamed_bodies(twin: Twins) -> None:
    body = Both(pieces(b'{"data": ', b"[]}\n", b"x"))
    reply = httpx2.Response(200, headers={"content-type": "application/json"}, stream=body)
    client = coalesce(twin, Script(reply))
    assert client.stream("runs.list", lambda response: response.iter_bytes()) == [b'{"data": ', b"[]}\n", b"x"]
    assert body.closed
    assert client.stream("runs.list", lambda response: response.iter_lines()) == ['{"data": []}', "x"]
    assert client.stream("runs.list", lambda response: response.read()) == b'{"data": []}\nx'
    assert client.stream("runs.list", lambda response: (response.status_code, response.attempts)) == (200, 1)
    assert coalesce(twin, Script(FINE)).stream("runs.list", lambda response: response.parse()).data[0].id == 1


def test_a_stream_raises_the_errors_of_the_client(twin: Twins) -> None:
    service = Script(answer({"error": {"errorString": "x", "errorDetail": {}}}, 404))
    with pytest.raises(coalesce_client.NotFoundError) as caught:
        coalesce(twin, service).stream("runs.list_results", lambda response: response.parse(), 1)
    assert caught.value.body is not None

    def broken() -> Iterator[bytes]:
        yield b"a"
        raise httpx2.ReadError("reset")

    reply = httpx2.Response(200, headers={"content-type": "application/json"}, stream=Both(broken))
    with pytest.raises(coalesce_client.APIConnectionError):
        coalesce(twin, Script(reply)).stream("runs.list", lambda response: response.iter_bytes())


def test_an_injected_client_is_used_and_left_open(twin: Twins) -> None:
    service = Script(FINE)
    sync = httpx2.Client(transport=httpx2.MockTransport(service), headers={"X-Mine": "1"}, timeout=4)
    later = httpx2.AsyncClient(transport=httpx2.MockTransport(service), headers={"X-Mine": "1"}, timeout=4)
    kind = coalesce(twin, service).kind
    http_client = sync if kind == "sync" else later
    client = coalesce(twin, service, http_client=http_client)
    client.call("runs.list")
    assert service.requests[0].headers["x-mine"] == "1"
    assert service.requests[0].extensions["timeout"]["read"] == 4
    client.wait(client.client.close())
    assert not http_client.is_closed
    own = coalesce(twin, service)
    own.wait(own.client.close())
    assert own.client._sender.closed


def test_a_file_is_sent_again_from_its_beginning(make: Make, twin: Twins) -> None:
    module = make(FEATURES / "bodies" / "openapi.yaml").module
    bodies: list[bytes] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        bodies.append(request.content)
        return (
            httpx2.Response(503)
            if len(bodies) < 3
            else httpx2.Response(200, content=b"x", headers={"content-type": "image/png"})
        )

    file = io.BytesIO(b"skipped,content")
    file.seek(8)
    client = twin(module, "Bodies", Script(service), base_url="https://api.example.com")
    client.call("bodies.send_bytes", body=file, idempotent=True)
    assert bodies == [b"content"] * 3
    bodies.clear()
    once = (part for part in (b"con", b"tent"))
    with pytest.raises(module.ServiceUnavailableError):
        client.call("bodies.send_bytes", body=once, idempotent=True)
    assert bodies == [b"content"]
