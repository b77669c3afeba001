"""The saved pages that the specs were written from: every fact that stands on them as text is read.

The pages are not part of the project; `SPECLIENT_PAGES` names the folder with the copies.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from speclient.pages.readers import Reading, read_page
from speclient.pages.text import load_page

from .texts import lost, operations, read, residue, table, triples

FOLDER = os.environ.get("SPECLIENT_PAGES", "")

pytestmark = pytest.mark.skipif(not FOLDER, reason="SPECLIENT_PAGES does not name a folder with saved pages")

COUNTS = {
    "coalesce-list-runs": {
        "operation": 1, "parameter": 8, "maximum": 1, "default": 4, "enum": 11, "status": 8, "media-type": 8,
        "field": 18, "type": 11, "required": 11, "example": 8,
    },
    "coalesce-list-run-results": {
        "operation": 1, "parameter": 1, "required": 14, "status": 9, "media-type": 9, "field": 14, "type": 15,
        "enum": 1, "example": 9,
    },
    "cortex-retrieve-query-results": {
        "operation": 1, "parameter": 1, "required": 3, "status": 3, "media-type": 3, "field": 5, "type": 4, "enum": 3,
        "example": 3, "header": 1, "minimum": 1, "maximum": 1,
    },
    "mode-query-runs": {
        "field": 64, "type": 53, "required": 53, "example": 2, "operation": 2, "server": 2, "authentication": 2,
        "parameter": 7, "status": 6, "media-type": 2,
    },
    "etlworks-get-flow-status": {
        "operation": 2, "authentication": 2, "parameter": 6, "required": 22, "type": 46, "format": 20, "server": 2,
        "example": 9, "status": 8, "media-type": 2, "field": 46, "nullable": 22, "enum": 4, "deprecated": 1,
    },
}  # fmt: skip
"""The number of facts of each kind."""

STATUSES = ["canceled", "completed", "failed", "initializing", "rendering", "running", "waitingToRun"]
ERROR = {"error": {"errorString": "string", "errorDetail": "string"}}


def saved(name: str) -> Reading:
    return read_page(load_page(Path(FOLDER) / f"{name}.txt"))


@pytest.mark.parametrize("name", COUNTS)
def test_all_facts_are_read(name: str) -> None:
    reading = saved(name)
    assert Counter(fact.kind for fact in reading.facts.facts) == COUNTS[name]
    assert all(1 <= fact.line <= fact.end <= len(reading.lines) for fact in reading.facts.facts)


@pytest.mark.parametrize("name", COUNTS)
def test_line_endings_and_spaces_change_nothing(name: str) -> None:
    text = (Path(FOLDER) / f"{name}.txt").read_text(encoding="utf-8")
    expected = triples(saved(name))
    assert triples(read(text.replace("\n", "\r\n"))) == expected
    assert triples(read(text.replace(" ", "\u00a0"))) == expected
    assert triples(read(text.replace("\n", " \t\n"))) == expected


def test_list_runs() -> None:
    reading = saved("coalesce-list-runs")
    assert operations(reading) == ["GET /api/v1/runs"]
    assert table(reading, "parameter") == {f"query #{number}": f"#{number}" for number in range(1, 9)}
    assert table(reading, "maximum") == {"query #1": 1000}
    content = "response 200 application/json"
    assert table(reading, "default") == {"query #1": 25, "query #3": "id", "query #4": "desc", f"{content} #2": "id"}
    assert table(reading, "enum") == {
        "query #3": ["id", "runStartTime", "runEndTime"],
        "query #4": ["asc", "desc"],
        "query #5": ["deploy", "refresh"],
        "query #6": STATUSES,
        f"{content} #1": ["asc", "desc"],
        f"{content} #2": ["id", "runStartTime", "runEndTime"],
        f"{content} data[].#1": ["deploy", "refresh"],
        f"{content} data[].#2": STATUSES,
        f"{content} #0.#1": STATUSES,
        f"{content} #0.#2": ["deploy", "refresh"],
        f"{content} #0.#3": ["Basic", "Cloud", "KeyPair", "OAuth"],
    }
    required = table(reading, "required")
    assert required[f"{content} data"] is True
    assert required[f"{content} #0.runDetails"] is True
    assert required[f"{content} #0.runTimeParameters"] is True
    assert required[f"{content} #0.userCredentials"] is False
    assert all(required[f"response {status} application/json error"] for status in (400, 401, 403, 500, 502, 503, 504))
    examples = table(reading, "example")
    assert examples[content]["data"][0]["runStatus"] == "canceled"
    assert all(
        examples[f"response {status} application/json"] == ERROR for status in (400, 401, 403, 500, 502, 503, 504)
    )
    assert table(reading, "type")[f"{content} data"] == "object"
    assert len(lost(reading)) == 18
    assert "The maximum number of runs to return." in residue(reading)


def test_list_run_results() -> None:
    reading = saved("coalesce-list-run-results")
    assert operations(reading) == ["GET /api/v1/runs/{runID}/results"]
    assert table(reading, "parameter") == {"path runID": "runID"}
    content = "response 200 application/json"
    assert table(reading, "enum") == {f"{content} data[].#1": ["API", "CLI", "UI", "fivetranAPI"]}
    fields = [key.removeprefix(f"{content} ") for key in table(reading, "field") if key.startswith(content)]
    assert fields == [
        "data", "data[].#1", "data[].queryResults", "data[].queryResults[].error", "data[].renderQueryResult",
        "data[].renderQueryResult.error",
    ]  # fmt: skip
    types = table(reading, "type")
    assert (types[f"{content} data"], types[f"{content} data[]"]) == ("array", "object")
    assert list(table(reading, "status").values()) == ["200", "400", "401", "403", "404", "500", "502", "503", "504"]
    assert lost(reading) == [f"GET /api/v1/runs/{{runID}}/results {content} data[].#1"]


def test_query_results() -> None:
    reading = saved("cortex-retrieve-query-results")
    assert operations(reading) == ["GET /api/v1/queries/{jobId}"]
    assert table(reading, "media-type") == {
        "response 200 application/json": "application/json",
        "response 404 application/json": "application/json",
        "response 429 application/problem+json": "application/problem+json",
    }
    enums = table(reading, "enum")
    assert enums["response 200 application/json #0.#1"] == ["IN_PROGRESS", "DONE", "CANCELLED", "FAILURE", "TIMED_OUT"]
    assert len(enums["response 404 application/json #1"]) == 30
    assert enums["response 429 application/problem+json #1"] == [429]
    assert table(reading, "minimum") == {"response 429 application/problem+json #1": 100}
    assert table(reading, "maximum") == {"response 429 application/problem+json #1": 599}
    assert table(reading, "header") == {"response 429 header Retry-After": "Retry-After"}
    assert table(reading, "type")["response 429 header Retry-After"] == "integer"
    assert table(reading, "example")["response 200 application/json"]["queryDetails"]["jobId"] == "string"


def test_query_runs() -> None:
    reading = saved("mode-query-runs")
    collection = "GET /{account}/reports/{report}/runs/{run}/query_runs"
    assert operations(reading) == [f"{collection}/{{query_run}}", collection]
    assert table(reading, "server") == dict.fromkeys(operations(reading), "https://app.mode.com/api")
    assert table(reading, "authentication") == dict.fromkeys(operations(reading), "basic")
    assert set(table(reading, "media-type").values()) == {"application/hal+json"}
    required = table(reading, "required")
    optional = {
        "raw_source", "statement_annotation", "dbt_metric_token", "rendered_source", "help_url", "error_code",
        "error_type", "error_message",
    }  # fmt: skip
    for part in ("schema Query Run", "response 200 application/hal+json"):
        members = {key.removeprefix(f"{part} "): value for key, value in required.items() if key.startswith(part)}
        assert len(members) == 23
        assert {key for key, value in members.items() if not value} == optional
        assert f"{part} parameters" in table(reading, "field")
        assert f"{part} _links.view" in table(reading, "field")
        assert table(reading, "example")[part]["id"] == 1312
    assert [section.first for section in reading.facts.sections] == [194, 275]
    assert "Get a query run" in residue(reading)


def test_flow_status() -> None:
    reading = saved("etlworks-get-flow-status")
    current, legacy = "GET /rest/v1/executions/{flowid}", "GET /plugins/dashboard/rest/v1/flows/{flowid}"
    assert operations(reading) == [current, legacy]
    assert table(reading, "deprecated") == {legacy: True}
    assert table(reading, "server") == dict.fromkeys([current, legacy], "https://app.etlworks.com")
    assert table(reading, "authentication") == dict.fromkeys([current, legacy], "bearer")
    assert set(table(reading, "status").values()) == {"200", "401", "403", "500"}
    content = "response 200 application/json"
    assert table(reading, "enum") == {
        f"{content} status": ["success", "warning", "error", "running"],
        f"{content} triggerType": ["flow.execution.scheduler", "flow.execution.on.demand"],
    }
    assert table(reading, "example") == {
        "path flowid": 1234,
        "query messageId": "15a20488-0224-4ae1-a52c-9ee65a69f2c5",
        "query auditId": 1234567,
        f"{content} ended": 1531158790495,
        f"{content} fileName": None,
        f"{content} records": 1,
    }
    required = table(reading, "required")
    assert (required["path flowid"], required["query messageId"], required["query auditId"]) == (True, False, False)
    nullable = {key.removeprefix(f"{content} ") for key in table(reading, "nullable")}
    assert nullable == {
        "parentAuditId", "retries", "eventName", "messageId", "tenantId", "triggerType", "code", "warnings", "metrics",
        "fileMetrics", "errorLocationInSql",
    }  # fmt: skip
    assert f"{content} fileName" not in table(reading, "type")
    formats = table(reading, "format")
    assert (formats["path flowid"], formats["query messageId"], formats[f"{content} started"]) == (
        "int64",
        "uuid",
        "int64",
    )
