"""Waiting for a final state: which states end it, how long it takes, what it raises."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import coalesce_client
import cortex_client
import etlworks_client
import httpx2
import mode_client
import pytest

from conftest import ROOT, Made
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
    with pytest.raises(module.WaitTimeoutError, match="within 60 s; the last is 'busy'") as caught:
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
    client = twin(mode_client, "Mode", mode, "u", "p", on_departure=print)
    assert client.call("query_runs.wait", "acme", "r", "x", "q").state == "succeeded"


def test_a_run_is_found_among_the_runs(twin: Twins) -> None:
    polls: list[str] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/results"):
            return answer({"data": [], "isRunning": False})
        start = request.url.params.get("startingFrom")
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
