"""The mock as a service: which requests it takes, and what it answers to them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from speclient.mock import Mock, Request, Response

SPECS = Path(__file__).resolve().parents[2] / "specs"
TOKEN = ("Authorization", "Bearer secret")
BASIC = ("Authorization", "Basic " + base64.b64encode(b"name:word").decode())
# Every operation of the four specs, with a request that it takes.
CALLS = {
    "coalesce listRuns": ("coalesce", "/api/v1/runs", TOKEN),
    "coalesce listRunResults": ("coalesce", "/api/v1/runs/401/results", TOKEN),
    "mode listQueryRuns": ("mode", "/acme/reports/r1/runs/r2/query_runs", BASIC),
    "mode getQueryRun": ("mode", "/acme/reports/r1/runs/r2/query_runs/q3", BASIC),
    "cortex getQueryResults": ("cortex", "/api/v1/queries/job-7", TOKEN),
    "etlworks getFlowStatus": ("etlworks", "/rest/v1/executions/77", TOKEN),
    "etlworks getFlowStatusLegacy": ("etlworks", "/plugins/dashboard/rest/v1/flows/77", TOKEN),
}
RESOURCES: dict[str, Callable[[Mock], object]] = {
    "coalesce": lambda made: made.add("listRuns", id=401),
    "mode": lambda made: made.add("listQueryRuns", id="q3", account="acme", report="r1", run="r2"),
    "cortex": lambda made: [made.add("getQueryResults", id=name) for name in ("job-7", "job-8", "job/7")],
    "etlworks": lambda made: made.add("getFlowStatus", id=77),
}
SERVICES: dict[tuple[str, int], Mock] = {}


def service(name: str, seed: int = 0) -> Mock:
    if (name, seed) not in SERVICES:
        SERVICES[name, seed] = made = Mock(SPECS / f"{name}.yaml", seed=seed)
        RESOURCES[name](made)
    return SERVICES[name, seed]


def get(name: str, path: str, query: str = "", *headers: tuple[str, str], seed: int = 0) -> Response:
    return service(name, seed).handle(Request("GET", path, query, headers))


@pytest.mark.parametrize("call", CALLS)
def test_every_operation_is_answered(call: str) -> None:
    name, path, credential = CALLS[call]
    response = get(name, path, "", credential)
    assert response.status == 200
    assert "json" in (response.header("content-type") or "")
    assert isinstance(response.json(), dict)


@pytest.mark.parametrize("call", CALLS)
def test_without_credentials_there_is_no_answer(call: str) -> None:
    name, path, _ = CALLS[call]
    response = get(name, path)
    assert response.status == 401
    assert response.header("www-authenticate") is not None


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Basic bmFtZTp3b3Jk", "secret"])
def test_other_credentials_do_not_pass_for_a_bearer_token(value: str) -> None:
    assert get("cortex", "/api/v1/queries/1", "", ("Authorization", value)).status == 401


@pytest.mark.parametrize("value", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer secret"])
def test_basic_credentials_are_name_and_password(value: str) -> None:
    assert get("mode", CALLS["mode getQueryRun"][1], "", ("Authorization", value)).status == 401


def test_unknown_path_and_wrong_method() -> None:
    nowhere = get("cortex", "/api/v1/query/1", "", TOKEN)
    assert (nowhere.status, nowhere.header("content-type")) == (404, "application/problem+json")
    wrong = service("cortex").handle(Request("DELETE", "/api/v1/queries/1", "", (TOKEN,)))
    assert (wrong.status, wrong.header("allow")) == (405, "GET")
    assert wrong.json()["status"] == 405


def test_the_path_of_a_server_may_stand_before_or_not() -> None:
    path = CALLS["mode listQueryRuns"][1]
    assert get("mode", "/api" + path, "", BASIC).status == get("mode", path, "", BASIC).status == 200


def test_concrete_paths_come_before_those_with_places(tmp_path: Path) -> None:
    spec = document(
        tmp_path,
        {
            "/runs/{id}": {"get": answers({"type": "object", "properties": {"id": {"type": "string"}}})},
            "/runs/latest": {"get": answers({"const": "latest"})},
        },
    )
    assert spec.handle(Request("GET", "/runs/latest")).json() == "latest"


@pytest.mark.parametrize(
    "query",
    [
        "limit=many", "limit=1001", "limit=1.5", "runStatus=gone", "orderBy=name", "detail=yes",
        "orderByDirection=", "runType=DEPLOY",
    ],
)  # fmt: skip
def test_bad_parameters_get_the_documented_error(query: str) -> None:
    response = get("coalesce", "/api/v1/runs", query, TOKEN)
    name = query.partition("=")[0]
    assert (response.status, response.header("content-type")) == (400, "application/json")
    assert name in response.json()["error"]["errorDetail"]


def test_bad_parameters_get_a_problem_where_nothing_is_documented() -> None:
    response = get("etlworks", "/rest/v1/executions/first", "messageId=no-uuid", TOKEN)
    assert (response.status, response.header("content-type")) == (400, "application/problem+json")
    assert "'flowid'" in response.json()["detail"]
    assert "'messageId'" in response.json()["detail"]


@pytest.mark.parametrize("query", ["limit=10&detail=false", "runStatus=waitingToRun", "unknown=1", "startingFrom=12"])
def test_good_parameters_pass(query: str) -> None:
    assert get("coalesce", "/api/v1/runs", query, TOKEN).status == 200


def test_values_of_the_request_come_back() -> None:
    assert get("cortex", "/api/v1/queries/job%2F7", "", TOKEN).json()["queryDetails"]["jobId"] == "job/7"
    assert get("etlworks", "/rest/v1/executions/77", "auditId=9", TOKEN).json()["flowId"] == 77
    page = get("coalesce", "/api/v1/runs", "limit=7&orderBy=runEndTime", TOKEN, seed=3).json()
    assert page.get("limit", 7) == 7
    assert page.get("orderBy", "runEndTime") == "runEndTime"


@pytest.mark.parametrize("seed", range(25))
def test_response_by_chooses_the_shape(seed: int) -> None:
    for element in get("coalesce", "/api/v1/runs", "", TOKEN, seed=seed).json()["data"]:
        assert "runDetails" not in element
    detailed = get("coalesce", "/api/v1/runs", "detail=true", TOKEN, seed=seed).json()["data"]
    assert detailed
    assert all({"runType", "runDetails", "runTimeParameters"} <= set(element) for element in detailed)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("limit", [0, 1, 2])
def test_a_page_has_as_many_items_as_requested(limit: int, seed: int) -> None:
    page = get("coalesce", "/api/v1/runs", f"limit={limit}", TOKEN, seed=seed).json()
    assert len(page["data"]) == limit
    assert ("next" in page) == (limit > 0)


@pytest.mark.parametrize("seed", range(10))
def test_a_filter_shows_in_the_elements_where_their_schema_allows_it(seed: int) -> None:
    page = get("coalesce", "/api/v1/runs", "detail=true&runType=deploy&runStatus=failed", TOKEN, seed=seed).json()
    assert {element["runType"] for element in page["data"]} == {"deploy"}
    assert {element.get("runStatus", "failed") for element in page["data"]} == {"failed"}


def test_equal_requests_get_equal_answers_and_others_do_not() -> None:
    path = "/api/v1/queries/job-7"
    one, other = Mock(SPECS / "cortex.yaml"), Mock(SPECS / "cortex.yaml")
    RESOURCES["cortex"](one)
    RESOURCES["cortex"](other)
    first = one.handle(Request("GET", path, "", (TOKEN,)))
    again = other.handle(Request("GET", path, "", (("authorization", "bearer other"),)))
    assert (first.body, first.headers) == (again.body, again.headers)
    assert len({get("cortex", path, "", TOKEN, seed=seed).body for seed in range(10)}) > 8
    assert first.body != get("cortex", "/api/v1/queries/job-8", "", TOKEN).body


@pytest.mark.parametrize("header", [("X-Mock-Status", "429"), ("Prefer", "wait=1, code=429"), ("prefer", 'code="429"')])
def test_a_documented_status_can_be_asked_for(header: tuple[str, str]) -> None:
    response = get("cortex", "/api/v1/queries/1", "", header)
    assert (response.status, response.header("content-type")) == (429, "application/problem+json")
    assert int(response.header("retry-after") or "") >= 0
    assert response.json()["status"] == 429


def test_a_status_without_a_body_has_none() -> None:
    response = get("etlworks", "/rest/v1/executions/7", "", ("X-Mock-Status", "403"))
    assert (response.status, response.body) == (403, b"")


def test_a_status_that_is_not_documented_is_refused() -> None:
    response = get("cortex", "/api/v1/queries/1", "", ("X-Mock-Status", "418"))
    assert response.status == 501
    assert "418" in response.json()["detail"]


def test_what_cannot_be_made_is_said_with_its_schema(tmp_path: Path) -> None:
    made = document(tmp_path, {"/p": {"get": answers({"type": "string", "allOf": [{"type": "integer"}]})}})
    response = made.handle(Request("GET", "/p"))
    assert response.status == 501
    assert "#/paths/~1p/get/responses/200/content/application~1json/schema" in response.json()["detail"]


def test_accept_chooses_the_media_type(tmp_path: Path) -> None:
    content = {"application/json": {"schema": {"type": "object"}}, "text/html": {"schema": {"type": "string"}}}
    made = document(tmp_path, {"/p": {"get": {"responses": {"200": {"description": "", "content": content}}}}})

    def sent(accept: str) -> str | None:
        return made.handle(Request("GET", "/p", "", (("accept", accept),))).header("content-type")

    assert sent("text/html") == sent("text/*, application/json;q=0.5") == "text/html"
    assert sent("*/*") == sent("text/html;q=0.1, */*") == "application/json"
    refused = made.handle(Request("GET", "/p", "", (("accept", "image/png"),)))
    assert (refused.status, refused.header("x-mock-undocumented")) == (406, "true")


def test_the_body_of_a_request_is_judged(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["weight"], "properties": {"weight": {"type": "number"}}}
    operation = {
        **answers({"type": "object"}),
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
    }
    made = document(tmp_path, {"/p": {"post": operation}})

    def status(body: bytes, kind: str = "application/json") -> int:
        return made.handle(Request("POST", "/p", "", (("content-type", kind),), body)).status

    assert status(b'{"weight": 1}') == status(b'{"weight": 1}', "application/json; charset=utf-8") == 200
    assert status(b"") == status(b"{") == 400
    assert status(b'{"weight": "1"}') == 422
    assert status(b"weight=1", "application/x-www-form-urlencoded") == 415


def test_parameters_by_style(tmp_path: Path) -> None:
    def parameter(name: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        return {"name": name, "in": "query", "schema": schema, **more}

    numbers = {"type": "array", "items": {"type": "integer"}, "maxItems": 2}
    box = {"type": "object", "properties": {"w": {"type": "integer"}}, "additionalProperties": False}
    parameters = [
        parameter("each", numbers),
        parameter("joined", numbers, explode=False),
        parameter("piped", numbers, style="pipeDelimited", explode=False),
        parameter("box", box, style="deepObject", explode=True),
        {"name": "filter", "in": "query", "content": {"application/json": {"schema": box}}},
        {"name": "X-Ids", "in": "header", "schema": numbers},
        {"name": "seen", "in": "cookie", "schema": {"type": "boolean"}},
    ]
    made = document(tmp_path, {"/p": {"get": {**answers({"type": "object"}), "parameters": parameters}}})

    def status(query: str, *headers: tuple[str, str]) -> int:
        return made.handle(Request("GET", "/p", query, headers)).status

    good = ["each=1&each=2", "joined=1,2", "joined=1%2C2", "piped=1|2", "box%5Bw%5D=3", "filter=%7B%22w%22%3A1%7D"]
    assert {query: status(query) for query in good} == dict.fromkeys(good, 200)
    bad = ["each=1&each=x", "each=1&each=2&each=3", "joined=1,2,3", "piped=1|x", "filter=%7B%22x%22%3A1%7D", "filter=w"]
    assert {query: status(query) for query in bad} == dict.fromkeys(bad, 400)
    assert (status("", ("x-ids", "1,2")), status("", ("x-ids", "1,x"))) == (200, 400)
    assert (status("", ("cookie", "a=b; seen=true")), status("", ("cookie", "seen=often"))) == (200, 400)


def test_every_kind_of_credential(tmp_path: Path) -> None:
    schemes = {
        "head": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "query": {"type": "apiKey", "in": "query", "name": "key"},
        "jar": {"type": "apiKey", "in": "cookie", "name": "session"},
        "oauth": {"type": "oauth2", "flows": {}},
    }
    operation = {**answers({"type": "object"}), "security": [{"head": [], "query": []}, {"jar": []}, {"oauth": []}]}
    made = document(tmp_path, {"/p": {"get": operation}}, components={"securitySchemes": schemes})

    def status(query: str, *headers: tuple[str, str]) -> int:
        return made.handle(Request("GET", "/p", query, headers)).status

    assert status("key=1", ("x-key", "2")) == status("", ("cookie", "session=1")) == 200
    assert status("", ("authorization", "Bearer t")) == 200
    assert status("key=1") == status("", ("x-key", "2")) == status("", ("cookie", "other=1")) == status("") == 401


def answers(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}


def document(folder: Path, paths: Mapping[str, Any], **members: Any) -> Mock:
    path = folder / "openapi.json"
    info = {"title": "Made for a test", "version": "1"}
    path.write_text(json.dumps({"openapi": "3.1.0", "info": info, "paths": paths, **members}), encoding="utf-8")
    return Mock(path)


FRAGMENTS = """
openapi: 3.0.0
info: {title: T, version: '1'}
paths:
  /#Action=Add: {get: {responses: {'200': {description: add}}}}
  /#Action=Remove: {get: {responses: {'201': {description: remove}}}}
  /#X-Target=A.B: {get: {responses: {'202': {description: by a header}}}}
  /things: {get: {responses: {'200': {description: all}}}}
  /things#tag&page: {get: {responses: {'203': {description: by a tag}}}}
  /things/{id}: {get: {responses: {'204': {description: one}}}}
"""


@pytest.mark.parametrize(
    ("path", "query", "headers", "status"),
    [
        ("/", "Action=Add", (), 200),
        ("/", "Version=1&Action=Remove", (), 201),
        ("/", "", (("x-target", "A.B"),), 202),
        ("/things", "", (), 200),
        ("/things", "tag=x", (), 200),
        ("/things", "tag=x&page=", (), 203),
        ("/things/1", "tag=x&page=1", (), 204),
    ],
)
def test_a_fragment_tells_operations_of_one_path_apart(
    path: str, query: str, headers: tuple[tuple[str, str], ...], status: int, tmp_path: Path
) -> None:
    document = tmp_path / "openapi.yaml"
    document.write_text(FRAGMENTS, encoding="utf-8")
    assert Mock(document).handle(Request("GET", path, query, headers)).status == status


def test_a_variable_of_a_server_may_contain_slashes(tmp_path: Path) -> None:
    servers = [{"url": "https://a.example/{base}", "variables": {"base": {"default": "api/things/v1"}}}]
    made = document(tmp_path, {"/parts/{id}": {"get": answers({"type": "object"})}}, servers=servers)
    for path in ("/api/things/v1/parts/1", "/v2/parts/1", "/parts/1"):
        assert made.handle(Request("GET", path)).status == 200
    assert made.handle(Request("GET", "/api/things/v1/pieces/1")).status == 404
