"""The client and the mock read one document in the same way."""

# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conftest import Made
from speclient.lint.index import build_index
from speclient.mock import Mock, Request, mock
from tests_support import answer
from unit.apis import build, build_properties, read

Make = Callable[[Any], Made]

HEAD = """
openapi: 3.1.0
info: {title: Depot, version: "1"}
servers: [{url: https://api.example.com}]
"""


def client_of(made: Made, folder: Path, **arguments: Any) -> Any:
    """The client of a package, answered by the mock of its document."""
    table = json.loads(next(made.folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    http_client = httpx2.Client(transport=mock(folder / "openapi.yaml"))
    return getattr(made.module, table["client"])(http_client=http_client, policy="strict", max_retries=0, **arguments)


LINES = (
    HEAD
    + """
security: []
paths:
  /lines:
    get:
      operationId: getLines
      tags: [depot]
      responses: {'200': {description: all, content: {MEDIA: {schema: {type: array, items: {$ref: '#/components/schemas/Line'}}}}}}
components:
  schemas:
    Line: {type: object, required: [n], properties: {n: {type: integer}}}
"""
)


@pytest.mark.parametrize(
    "media",
    [
        "application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines", "application/json-lines",
        "application/vnd.acme+jsonl", "application/x-ndjson; charset=utf-8", "application/stream+json",
    ],
)  # fmt: skip
def test_lines_of_json_are_items(make: Make, tmp_path: Path, media: str) -> None:
    made = make(LINES.replace("MEDIA", f"'{media}'"))
    lines = client_of(made, tmp_path).depot.get_lines().collect()
    assert lines
    assert {type(line).__name__ for line in lines} == {"Line"}


@pytest.mark.parametrize(
    "media", ["application/vnd.acme.json", "application/vnd.acme+json", "application/json", "text/json"]
)
def test_json_is_one_value(make: Make, tmp_path: Path, media: str) -> None:
    made = make(LINES.replace("MEDIA", media))
    lines = client_of(made, tmp_path).depot.get_lines()
    assert isinstance(lines, list)
    assert all(type(line).__name__ == "Line" for line in lines)


METHODS = (
    HEAD
    + """
security: []
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    GET: {operationId: getThing, tags: [things], responses: {'204': {description: ok}}}
    Delete: {operationId: deleteThing, tags: [things], responses: {'204': {description: ok}}}
    post: {operationId: postThing, tags: [things], responses: {'204': {description: ok}}}
    x-get: {operationId: none, responses: {}}
"""
)


def test_methods_count_in_any_case(make: Make, tmp_path: Path) -> None:
    client = client_of(make(METHODS), tmp_path)
    for name in ("get_thing", "delete_thing", "post_thing"):
        getattr(client.things, name)("a")
    document, _ = read(tmp_path, METHODS)
    index = build_index(document)
    assert [entry.key for entry in index.operations()] == [
        "GET /things/{id}",
        "DELETE /things/{id}",
        "POST /things/{id}",
    ]
    assert {node.text("operationId") for node in index.of("operation")} == {"getThing", "deleteThing", "postThing"}
    service = Mock(tmp_path / "openapi.yaml")
    assert service.handle(Request("GET", "/things/a")).status == 204
    assert service.handle(Request("PUT", "/things/a")).status == 405


STYLES = (
    HEAD
    + """
security: []
paths:
  /things:
    get:
      operationId: listThings
      tags: [things]
      parameters:
      - {name: range, in: query, style: unknown, required: true, schema: {type: object, properties: {low: {type: integer}}}}
      responses: {'204': {description: ok}}
"""
)


def test_an_unknown_style_is_the_default_style(make: Make, tmp_path: Path) -> None:
    assert client_of(make(STYLES), tmp_path).things.list_things(range={"low": 1}) is None


def test_scopes_behind_a_reference_are_requested(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        HEAD
        + """
paths:
  /a: {$ref: '#/components/pathItems/A'}
  /b: {get: {operationId: b, responses: {'204': {description: ok}}}}
security: [{o: [root]}]
components:
  pathItems:
    A: {Get: {operationId: a, security: [{o: [read]}, {}], responses: {'204': {description: ok}}}}
  securitySchemes:
    o: {type: oauth2, flows: {clientCredentials: {tokenUrl: https://x.example/token, scopes: {read: r, write: w, root: x}}}}
""",
    )
    assert built.api.security_schemes[0].scopes == ("read", "root")


def test_marks_of_other_tools_mean_nothing(tmp_path: Path) -> None:
    built = build_properties(
        tmp_path,
        """
        a: {type: string, x-nullable: true, x-secret: true, x-unit: bytes, x-omit: true}
        b: {type: string}
        """,
    )
    assert built.type("a") == built.type("b")
    assert not built.property("Thing", "a").secret
    assert built.property("Thing", "a").unit is None


ERRORS = (
    HEAD
    + """
security: []
paths:
  /a:
    get:
      operationId: a
      responses:
        '200': {description: ok}
        '404':
          description: gone
          content:
            application/json:
              schema:
                type: object
                required: [fault, unrelated]
                properties:
                  fault:
                    type: object
                    required: [fault_message, statusOfAnswer, error_code, errorTitle]
                    properties:
                      fault_message: {type: string}
                      statusOfAnswer: {type: integer}
                      error_code: {type: string, enum: [E1]}
                      errorTitle: {type: string}
                  unrelated: {type: boolean}
"""
)


def test_errors_are_described_by_the_names_and_types_of_properties(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(ERRORS, encoding="utf-8")
    response = Mock(path).handle(Request("GET", "/a", headers=(("X-Mock-Status", "404"),)))
    fault = response.json()["fault"]
    assert fault["fault_message"] == "This response was requested."
    assert fault["statusOfAnswer"] == 404
    assert fault["error_code"] == "E1"
    assert fault["errorTitle"] == "Not Found"


FORM = (
    HEAD
    + """
security: []
paths:
  /a:
    get:
      operationId: a
      tags: [depot]
      parameters:
      - {name: filter, in: query, style: STYLE, explode: EXPLODE, schema: {$ref: '#/components/schemas/Filter'}}
      responses: {'204': {description: ok}}
components:
  schemas:
    Filter:
      allOf: [{type: object, properties: {name: {type: string}}}, {properties: {tags: {$ref: '#/components/schemas/Tags'}}}]
    Tags: {type: array, items: {type: string}}
"""
)


@pytest.mark.parametrize(
    ("style", "explode", "reported"), [("form", "true", True), ("form", "false", True), ("deepObject", "true", False)]
)
def test_a_list_in_an_object_of_a_form_is_reported(make: Make, style: str, explode: str, reported: bool) -> None:
    made = make(FORM.replace("STYLE", style).replace("EXPLODE", explode))
    messages = [found.message for found in made.outcome.diagnostics if "'tags'" in found.message]
    assert bool(messages) is reported
    client = made.client(answer(None, 204))
    if reported:
        with pytest.raises(made.module.RequestError):
            client.depot.a(filter={"tags": ["a", "b"]})
    else:
        client.depot.a(filter={"tags": ["a", "b"]})
