"""The committed packages at work: retries, errors, credentials, connections. Each test reads the wire."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import coalesce_client
import cortex_client
import etlworks_client
import httpx2
import mode_client
import pytest

from tests_support import Recorder, answer

SECRET = "s3cr3t-t0ken"
FINE: dict[str, Any] = {"data": []}


def coalesce(reply: Any, **arguments: Any) -> tuple[coalesce_client.Coalesce, Recorder]:
    wire = Recorder(reply)
    http_client = httpx2.Client(transport=httpx2.MockTransport(wire))
    arguments.setdefault("clock", Waits(wire.waits))
    return coalesce_client.Coalesce(SECRET, http_client=http_client, **arguments), wire


class Waits(coalesce_client.Clock):
    """A clock on which nothing waits; it keeps how long it was asked to."""

    def __init__(self, waits: list[float]) -> None:
        self.waits = waits

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Script:
    """Answers in turn; the last one for ever. An exception is raised."""

    def __init__(self, *replies: httpx2.Response | Exception) -> None:
        self.replies = list(replies)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply


def test_base_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COALESCE_BASE_URL", "COALESCE_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert coalesce_client.Coalesce("t").base_url == "https://app.coalescesoftware.io"
    assert (
        coalesce_client.Coalesce("t", region="us-east-1.aws").base_url
        == "https://app.us-east-1.aws.coalescesoftware.io"
    )
    assert coalesce_client.Coalesce("t", region="eu", base_url="https://x/y/").base_url == "https://x/y"
    monkeypatch.setenv("COALESCE_BASE_URL", "http://localhost:1/")
    assert coalesce_client.Coalesce("t").base_url == "http://localhost:1"
    with pytest.raises(coalesce_client.RequestError, match="https://"):
        coalesce_client.Coalesce("t", base_url="app.coalescesoftware.io")


def test_credentials_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODE_USERNAME", "user")
    monkeypatch.setenv("MODE_PASSWORD", "pass")
    wire = Recorder(httpx2.Response(404, json={"id": "not_found", "message": "no"}))
    with httpx2.Client(transport=httpx2.MockTransport(wire)) as http_client:
        with pytest.raises(mode_client.NotFoundError) as caught:
            mode_client.Mode(http_client=http_client).query_runs.get("acme", "r", "x", "q")
    assert wire.request.headers["authorization"] == "Basic dXNlcjpwYXNz"
    assert wire.url == "https://app.mode.com/api/acme/reports/r/runs/x/query_runs/q"
    assert "application/hal+json" in wire.request.headers["accept"]
    assert caught.value.body is not None


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_retries_until_it_works(status: int) -> None:
    client, wire = coalesce(Script(httpx2.Response(status), httpx2.Response(status), httpx2.Response(200, json=FINE)))
    assert client.runs.list().first_page().data == []
    assert len(wire.requests) == 3
    assert len(wire.waits) == 2
    assert all(wait <= 1.0 for wait in wire.waits)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 501])
def test_does_not_retry_what_would_not_help(status: int) -> None:
    client, wire = coalesce(Script(httpx2.Response(status)))
    with pytest.raises(coalesce_client.StatusError):
        client.runs.list().first_page()
    assert len(wire.requests) == 1


def test_retry_after_in_seconds_and_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    client, wire = coalesce(
        Script(
            httpx2.Response(429, headers={"retry-after": "7"}),
            httpx2.Response(503, headers={"retry-after": later}),
            httpx2.Response(200, json=FINE),
        )
    )
    client.runs.list().first_page()
    first, second = wire.waits
    assert 7 <= first <= 8
    assert 27 <= second <= 32


def test_a_long_retry_after_is_raised_at_once() -> None:
    client, wire = coalesce(Script(httpx2.Response(429, headers={"retry-after": "3600"})))
    with pytest.raises(coalesce_client.TooManyRequestsError) as caught:
        client.runs.list().first_page()
    assert len(wire.requests) == 1
    assert caught.value.retry_after == 3600


def test_connection_errors_are_retried_then_raised() -> None:
    client, wire = coalesce(Script(httpx2.ConnectError("refused"), httpx2.Response(200, json=FINE)))
    assert client.runs.list().first_page().data == []
    assert len(wire.requests) == 2
    client, wire = coalesce(Script(httpx2.ReadTimeout("slow")), max_retries=1)
    with pytest.raises(coalesce_client.APITimeoutError) as caught:
        client.runs.list().first_page()
    assert len(wire.requests) == 2
    assert isinstance(caught.value.__cause__, httpx2.ReadTimeout)


def test_the_secret_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    replies: list[Any] = [
        httpx2.Response(401, json={"error": {"errorString": "no"}}),
        httpx2.Response(200, text="<html>", headers={"content-type": "text/html"}),
        httpx2.Response(200, json={"data": [{"id": []}]}),
        httpx2.ConnectError("refused"),
        httpx2.Response(302, headers={"location": "https://elsewhere.example/"}),
    ]
    for reply in replies:
        client, _ = coalesce(Script(reply), max_retries=0, policy="strict")
        with pytest.raises(coalesce_client.APIError) as caught:
            client.runs.list().first_page()
        error = caught.value
        shown = [str(error), repr(error), repr(error.args), "".join(traceback.format_exception(error)), repr(client)]
        shown += [repr(client._settings), caplog.text]
        assert not any(SECRET in text for text in shown)


def test_secret_members_show_nowhere() -> None:
    run: dict[str, Any] = {
        "id": 1, "runType": "deploy", "runTimeParameters": {}, "runDetails": {},
        "userCredentials": {"snowflakeUsername": "bob", "snowflakeRole": "admin"},
    }  # fmt: skip
    client, _ = coalesce(answer({"data": [run]}))
    result = client.runs.list(detail=True).first_page()
    assert "bob" not in repr(result)
    assert "admin" not in str(result)
    assert result.to_dict() == {"data": [run]}
    run["userCredentials"] = {"snowflakeUsername": ["bob"]}
    client, _ = coalesce(answer({"data": [run]}), policy="strict")
    with pytest.raises(coalesce_client.InvalidResponseError) as caught:
        client.runs.list(detail=True).first_page()
    assert "bob" not in repr(caught.value) + repr(caught.value.violations)
    assert [violation.pointer for violation in caught.value.violations] == ["/data/0/userCredentials/snowflakeUsername"]


def test_detailed_runs_are_told_apart_by_run_type() -> None:
    refresh = {"id": "100", "runType": "refresh", "runTimeParameters": {}, "runDetails": {"parallelism": 4}}
    client, wire = coalesce(answer({"data": [refresh]}))
    (run,) = client.runs.list(detail=True).first_page().data
    assert isinstance(run, coalesce_client.models.DetailedRefreshRun)
    assert "detail=true" in wire.url
    assert run.run_type == str(coalesce_client.models.RunType.REFRESH)


def test_one_bad_run_does_not_turn_a_page_into_summaries() -> None:
    good = {"id": 1, "runType": "deploy", "runTimeParameters": {}, "runDetails": {}}
    client, _ = coalesce(answer({"data": [good, {"id": 2, "runType": "deploy"}]}), policy="strict")
    with pytest.raises(coalesce_client.InvalidResponseError) as caught:
        client.runs.list(detail=True).first_page()
    assert {violation.pointer for violation in caught.value.violations} == {
        "/data/1/runDetails",
        "/data/1/runTimeParameters",
    }


def test_a_new_status_does_not_fail_the_page() -> None:
    client, _ = coalesce(answer({"data": [{"id": 1, "runStatus": "paused", "new": {"a": 1}}]}))
    (run,) = client.runs.list().first_page().data
    assert run.run_status == "paused"
    assert run.run_status is not None
    assert not run.run_status.is_known
    assert run.to_dict() == {"id": 1, "runStatus": "paused", "new": {"a": 1}}


def test_models_copy_and_pickle() -> None:
    client, _ = coalesce(
        answer({"data": [{"id": 1, "runStatus": "paused", "runStartTime": "2024-02-03T04:05:06.123456789Z"}]})
    )
    result = client.runs.list().first_page()
    for other in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
        assert other == result
        assert other.to_json() == result.to_json()


def test_reading_a_model_calls_no_python_initialiser(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("reading JSON must stay in pydantic's core")

    monkeypatch.setattr(coalesce_client.models.RunSummary, "__init__", forbidden)
    client, _ = coalesce(answer({"data": [{"id": 1}]}))
    assert client.runs.list().first_page().data[0].id == 1


def test_the_slow_pass_judges_nested_models_too() -> None:
    """Holds a switch of pydantic-core that is not public (`_use_prebuilt`)."""
    client, _ = coalesce(answer({"data": [{"id": 1.0, "runStartTime": "2016-12-31T23:59:60Z"}]}))
    (run,) = client.runs.list().first_page().data
    assert run.to_dict() == {"id": 1, "runStartTime": "2016-12-31T23:59:60Z"}
    assert run.run_start_time == datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


def test_large_numbers_keep_their_value() -> None:
    body = {
        "queryDetails": {"initiatedAt": "2024-07-29T15:51:28Z", "jobId": "a", "query": "q"}, "status": "DONE",
        "progress": 12345678901234567890,
    }  # fmt: skip
    with httpx2.Client(transport=httpx2.MockTransport(answer(body))) as http_client:
        result = cortex_client.Cortex("t", http_client=http_client).queries.get_results("a")
    assert result.progress == 12345678901234567890
    assert result.to_dict() == body


def test_models_are_built_kindly_and_checked() -> None:
    models = coalesce_client.models
    given: dict[str, Any] = {"id": "5", "run_status": "failed", "run_start_time": "2024-05-01T00:00:00Z"}
    made = models.RunSummary(**given)
    assert made.run_status is models.RunStatus.FAILED
    assert made.to_dict() == {"id": "5", "runStatus": "failed", "runStartTime": "2024-05-01T00:00:00Z"}
    with pytest.raises(ValueError, match="date-time"):
        models.RunSummary(run_start_time=datetime(2024, 5, 1))


def test_etlworks_legacy_path_and_parameters() -> None:
    wire = Recorder(answer({"status": "queued", "fileName": None, "metrics": None, "started": 1531158790495}))
    with httpx2.Client(transport=httpx2.MockTransport(wire)) as http_client:
        client = etlworks_client.Etlworks("t", http_client=http_client)
        status = client.flows.get_status(1234, audit_id=7, message_id="15a20488-0224-4ae1-a52c-9ee65a69f2c5")
        assert wire.url == (
            "https://app.etlworks.com/rest/v1/executions/1234?messageId=15a20488-0224-4ae1-a52c-9ee65a69f2c5&auditId=7"
        )
        with pytest.warns(DeprecationWarning, match="plugins/dashboard"):
            client.flows.get_status_legacy(1234)  # pyright: ignore[reportDeprecated]
        assert wire.url == "https://app.etlworks.com/plugins/dashboard/rest/v1/flows/1234"
    assert status.started == 1531158790495
    assert status.started_datetime == datetime(2018, 7, 9, 17, 53, 10, 495000, tzinfo=UTC)
    assert status.to_dict()["started"] == 1531158790495
    for odd in (None, 10**30):
        assert etlworks_client.models.FlowStatus.model_construct(started=odd).started_datetime is None


def test_close_leaves_an_injected_client_open() -> None:
    http_client = httpx2.Client(transport=httpx2.MockTransport(answer(FINE)))
    with coalesce_client.Coalesce("t", http_client=http_client) as client:
        client.runs.list().first_page()
    assert not http_client.is_closed
    own = coalesce_client.Coalesce("t")
    own.close()
    assert own._sender.closed


def test_a_bare_import_loads_nothing() -> None:
    import subprocess
    import sys

    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import coalesce_client; "
        "assert 'pydantic' not in sys.modules and 'httpx2' not in sys.modules; coalesce_client.Coalesce"
    )
    folder = next(path for path in sys.path if path.endswith("coalesce-client"))
    subprocess.run([sys.executable, "-c", code, folder], check=True)
