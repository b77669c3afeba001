"""Waiting for a final state: which states end it, how long it takes, what it raises."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import coalesce_client
import cortex_client
import etlworks_client
import httpx2
import mode_client
import pytest

from conftest import ROOT, Made
from execution.sockets import response, serving
from execution.twin import Script, Twin, answer

SPEC = ROOT / "tests" / "features" / "polling" / "openapi.yaml"
Make = Callable[[Any], Made]
Twins = Callable[..., Twin]


def states(*names: Any) -> list[httpx2.Response]:
    return [answer({"state": name}) for name in names]


def test_it_ends_in_a_final_state_only(make: Make, twin: Twins) -> None:
    script = Script(*states("busy", "never heard of", None, "done"))
    client = twin(make(SPEC).module, "Polling", script)
    result = client.call("jobs.wait", 7, verbose=True, extra_headers={"X-A": "1"})
    assert result.state == "done"
    assert len(script.requests) == 4
    assert {str(request.url) for request in script.requests} == {"https://api.example.com/jobs/7?verbose=true"}
    assert script.requests[-1].headers["x-a"] == "1"
    assert client.waits == [1.0, 1.5, 2.25]  # The clock's jitter is in the middle.


def test_intervals_grow_to_a_limit(make: Make, twin: Twins) -> None:
    client = twin(make(SPEC).module, "Polling", Script(*states(*["busy"] * 9, "done")))
    client.call("jobs.wait", 7, first_interval=2, longest_interval=5)
    assert client.waits == [2, 3, 4.5, 5, 5, 5, 5, 5, 5]


def test_retry_after_is_obeyed(make: Make, twin: Twins) -> None:
    slow = answer({"state": "busy"}, retry_after="17")
    client = twin(make(SPEC).module, "Polling", Script(slow, *states("done")))
    client.call("jobs.wait", 7)
    assert client.waits == [17]


def test_a_failure_carries_the_answer(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    script = Script(answer({"state": "failed", "result": 3}))
    with pytest.raises(module.FailedStateError, match="'failed'") as caught:
        twin(module, "Polling", script).call("jobs.wait", 7)
    assert caught.value.last.result == 3
    assert pickle.loads(pickle.dumps(caught.value)).state == "failed"
    assert twin(module, "Polling", script).call("jobs.wait", 7, raise_on_failure=False).result == 3


def test_the_deadline_carries_the_last_answer(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    client = twin(module, "Polling", Script(answer({"state": "busy", "result": 1})))
    with pytest.raises(module.WaitTimeoutError, match="within 60 s; the last state is 'busy'") as caught:
        client.call("jobs.wait", 7, wait_timeout=60)
    assert caught.value.last.result == 1
    assert sum(client.waits) <= 60
    assert issubclass(module.WaitTimeoutError, module.WaitError)


def test_errors_of_a_call_come_through(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    with pytest.raises(module.NotFoundError):
        twin(module, "Polling", Script(httpx2.Response(404))).call("jobs.wait", 7)
    with pytest.raises(TypeError, match="nope"):
        twin(module, "Polling", Script(*states("done"))).call("jobs.wait", 7, nope=1)


def test_the_packages_wait(twin: Twins) -> None:
    details = {"queryDetails": {"initiatedAt": "2024-07-29T15:51:28Z", "jobId": "a", "query": "q"}}
    cortex = Script(answer({**details, "status": "IN_PROGRESS"}), answer({**details, "status": "DONE"}))
    assert twin(cortex_client, "Cortex", cortex, "t").call("queries.wait", "a").status == "DONE"
    etlworks = Script(answer({"status": "running"}), answer({"status": "canceled"}))
    with pytest.raises(etlworks_client.FailedStateError):
        twin(etlworks_client, "Etlworks", etlworks, "t").call("flows.wait", 1)
    mode = Script(
        httpx2.Response(200, headers={"content-type": "application/hal+json"}, content=b'{"state":"succeeded"}')
    )
    client = twin(mode_client, "Mode", mode, "u", "p", on_violation=print)
    assert client.call("query_runs.wait", "acme", "r", "x", "q").state == "succeeded"


def test_the_message_of_a_failure_is_shown(twin: Twins) -> None:
    run = {"id": 5, "runStatus": "failed", "runFailureReason": "no warehouse for token-99999"}
    client = twin(coalesce_client, "Coalesce", Script(answer({"data": [run]})), "token-99999")
    with pytest.raises(coalesce_client.FailedStateError) as caught:
        client.call("runs.wait", 5)
    expected = "GET /api/v1/runs/{runID}/results: 5 reached the failure state 'failed': no warehouse for [secret]"
    assert str(caught.value) == expected


def test_a_busy_service_is_asked_again_for_the_whole_time(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    busy: list[httpx2.Response | Exception]
    busy = [httpx2.Response(503), httpx2.ConnectError("refused"), httpx2.Response(429, headers={"retry-after": "9"})]
    client = twin(module, "Polling", Script(*busy * 10, *states("done")))
    assert client.call("jobs.wait", 7).state == "done"
    client = twin(module, "Polling", Script(httpx2.Response(503)))
    with pytest.raises(
        module.WaitTimeoutError, match=r"within 90 s; the last state is unknown; .* returned 503"
    ) as caught:
        client.call("jobs.wait", 7, wait_timeout=90)
    assert client.now - 1_000 <= 90
    assert caught.value.last is None


def test_a_service_that_hangs_does_not_outlast_the_wait(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    with serving(lambda number, _: response(b'{"state": "busy"}') if number == 0 else [3.0, response()]) as server:
        client = twin(module, "Polling", Script(), base_url=server.url, transport=None, clock=None)
        with pytest.raises(module.WaitTimeoutError, match="the last state is 'busy'"):
            client.call("jobs.wait", 7, wait_timeout=0.5, first_interval=0.01)
        assert len(server.requests) <= 3


def test_a_run_is_looked_up_at_once(twin: Twins) -> None:
    def service(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/results"):
            return answer({"data": [], "isRunning": False})
        assert dict(request.url.params) == {
            "startingFrom": "43", "orderBy": "id", "orderByDirection": "desc", "limit": "1",
        }  # fmt: skip
        return answer({"data": [{"id": 42, "runStatus": "completed"}]})

    script = Script(service)
    assert twin(coalesce_client, "Coalesce", script, "t").call("runs.wait", "42").data == []
    assert len(script.requests) == 2


@pytest.mark.parametrize("refusal", [answer({"data": [{"id": 41}]}), httpx2.Response(400)], ids=["other", "400"])
def test_a_look_up_that_finds_nothing_falls_back_to_the_list(twin: Twins, refusal: httpx2.Response) -> None:
    def service(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/results"):
            return answer({"data": []})
        if "orderBy" in request.url.params:
            return Script(refusal)(request)
        return answer({"data": [{"id": "42", "runStatus": "completed"}]})

    script = Script(service)
    twin(coalesce_client, "Coalesce", script, "t").call("runs.wait", 42)
    assert [len(request.url.params) for request in script.requests] == [4, 0, 0]


def test_an_unknown_run_ends_the_wait(twin: Twins) -> None:
    def service(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/results"):
            return answer({"error": {"errorString": "no run"}}, 404)
        return answer({"data": []})

    client = twin(coalesce_client, "Coalesce", Script(service), "t")
    with pytest.raises(coalesce_client.NotFoundError):
        client.call("runs.wait", 42)
    assert client.waits == []

    def silent(request: httpx2.Request) -> httpx2.Response:
        return answer({"data": []})

    client = twin(coalesce_client, "Coalesce", Script(silent), "t")
    with pytest.raises(coalesce_client.WaitError, match="42 is not in the listing"):
        client.call("runs.wait", 42)
    assert len(client.waits) == 2


def test_a_run_is_found_among_the_runs(twin: Twins) -> None:
    polls: list[str] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/results"):
            return answer({"data": [], "isRunning": False})
        start = request.url.params.get("startingFrom")
        if "orderBy" in request.url.params:
            return httpx2.Response(400)
        if start is None:
            polls.append("poll")
            return answer({"data": [{"id": 9, "runStatus": "failed"}, {"id": 8}]})
        # The run is not there at first: that proves nothing.
        runs = [{"id": "5", "runStatus": "running" if len(polls) < 3 else "completed"}] if len(polls) > 1 else []
        return answer({"data": runs if start == "8" else []})

    client = twin(coalesce_client, "Coalesce", Script(service), "t")
    result = client.call("runs.wait", 5)
    assert result.data == []
    assert len(polls) == 3
    assert len(client.waits) == 2


def test_a_failed_run(twin: Twins) -> None:
    script = Script(answer({"data": [{"id": 5, "runStatus": "canceled", "runFailureReason": "x"}]}))
    with pytest.raises(coalesce_client.FailedStateError) as caught:
        twin(coalesce_client, "Coalesce", script, "t").call("runs.wait", "5")
    assert caught.value.last.run_failure_reason == "x"


@pytest.mark.parametrize(
    ("feature", "modules"),
    [
        ("polling", {"_pointers", "_polling"}),
        ("pagination", {"_pages", "_pagination", "_pointers"}),
        ("arrays", set[str]()),
    ],
)
def test_a_package_contains_only_the_modules_it_needs(make: Make, feature: str, modules: set[str]) -> None:
    package = make(ROOT / "tests" / "features" / feature / "openapi.yaml")
    folder = Path(package.module.__file__ or "").parent / "_core"
    optional = {"_listing", "_pages", "_pagination", "_pointers", "_polling"}
    assert {path.stem for path in folder.glob("*.py")} & optional == modules


def test_a_parameter_called_like_an_option_of_wait(make: Callable[[Any], Made]) -> None:
    made = make("""
        openapi: 3.1.0
        info: {title: Late jobs, version: '1'}
        servers: [{url: https://api.example.com}]
        security: []
        paths:
          /jobs/{id}:
            get:
              operationId: getJob
              tags: [jobs]
              x-speclient: {polling: {status: /state, success: [done]}}
              parameters:
                - {name: id, in: path, required: true, schema: {type: string}}
                - {name: wait_timeout, in: query, schema: {type: integer}}
              responses:
                '200':
                  description: d
                  content: {application/json: {schema: {type: object, properties: {state: {type: string}}}}}
        """)
    seen: list[str] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        return httpx2.Response(200, json={"state": "done"})

    made.client(service).jobs.wait("7", wait_timeout_=3, wait_timeout=60)
    assert seen == ["https://api.example.com/jobs/7?wait_timeout=3"]
