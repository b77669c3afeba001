"""`$ref` at places where OpenAPI does not allow one, as documents split into files use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from speclient.cli import main
from speclient.config import Settings
from speclient.diagnostics import Severity, Sink
from speclient.document import bundle, load
from speclient.mock import mock
from speclient.pipeline import check, generate
from tests_support import Made, answer, recorder

Make = Callable[[str | Path], Made]

WHOLE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Kiln", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "paths": {
        "/pots/{id}": {
            "get": {
                "operationId": "getPot",
                "x-speclient": {"group": "api", "method": "get_pot"},
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "glaze", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "A pot.",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pot"}}},
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Pot": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "integer"}, "size": {"allOf": [{"type": "number"}]}},
            }
        }
    },
}
OPERATION = "/paths/~1pots~1{id}/get"
PLACES = [
    "/info", "/servers", "/servers/0", "/paths", OPERATION, f"{OPERATION}/parameters", f"{OPERATION}/responses",
    f"{OPERATION}/responses/200/content", f"{OPERATION}/responses/200/content/application~1json",
    f"{OPERATION}/responses/200/headers", "/components", "/components/schemas",
    "/components/schemas/Pot/properties", "/components/schemas/Pot/required",
    "/components/schemas/Pot/properties/size/allOf",
]  # fmt: skip


def _moved(place: str) -> tuple[dict[str, Any], Any]:
    """The document without what stands at a place, and that."""
    document: Any = json.loads(json.dumps(WHOLE))
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]
    holder = document
    for step in steps:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    key: Any = int(last) if isinstance(holder, list) else last
    value = holder[key]
    holder[key] = None
    return document, value


def _put(document: Any, place: str, reference: str) -> Any:
    text = json.dumps(document)
    assert text.count("null") == 1, place
    return json.loads(text.replace("null", json.dumps({"$ref": reference})))


def _files(folder: Path, place: str, kind: str) -> Path:
    document, value = _moved(place)
    if kind == "here":
        document = _put(document, place, "#/x-parts/one")
        document["x-parts"] = {"one": value}
    else:
        # Below, where relative references to the first file need another path.
        document = _put(document, place, "parts/one.json")
        (folder / "parts").mkdir()
        text = json.dumps(value).replace('"#/components', '"../kiln.json#/components')
        (folder / "parts" / "one.json").write_text(text, encoding="utf-8")
    path = folder / "kiln.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["here", "in_a_file"])
@pytest.mark.parametrize("place", PLACES)
def test_a_reference_is_resolved_wherever_it_stands(place: str, kind: str, make: Make, tmp_path: Path) -> None:
    made = make(_files(tmp_path, place, kind))
    assert [found.code for found in made.outcome.diagnostics].count("SC016") == 1
    assert not [found for found in made.outcome.diagnostics if found.severity is Severity.ERROR]
    wire = recorder(answer({"id": 3, "size": 2.5}))
    pot = made.client(wire).api.get_pot(3, glaze="blue")
    assert wire.url == "https://api.example.com/pots/3?glaze=blue"
    assert isinstance(pot, made.module.models.Pot)
    assert (pot.id, pot.size) == (3, 2.5)
    with pytest.raises(made.module.InvalidResponseError):
        made.client(answer({"size": 2.5})).api.get_pot(3)


@pytest.mark.parametrize("place", PLACES)
def test_the_mock_and_the_copy_in_the_package_are_whole(place: str, tmp_path: Path) -> None:
    path = _files(tmp_path, place, "in_a_file")
    with httpx2.Client(transport=mock(path), base_url="https://api.example.com") as client:
        assert client.get("/pots/3").status_code == 200
        assert client.get("/pots/x").status_code == 400
    copy = bundle(load(path, Sink()))
    (tmp_path / "alone").mkdir()
    alone = tmp_path / "alone" / "kiln.json"
    alone.write_text(json.dumps(copy), encoding="utf-8")
    document = load(alone, Sink())
    assert document.root.mapping["paths"]["/pots/{id}"]["get"]["operationId"] == "getPot"
    assert not document.unresolved


def test_data_is_never_resolved(make: Make) -> None:
    made = make("""
        openapi: 3.1.0
        info: {title: Data, version: '1'}
        servers: [{url: https://api.example.com}]
        paths:
          /a:
            get:
              operationId: a
              responses:
                '200':
                  description: Fine.
                  content:
                    application/json:
                      schema: {$ref: '#/components/schemas/A'}
                      example: {$ref: '#/nowhere'}
                      examples: {one: {value: {content: {$ref: '#/nowhere'}}}}
        components:
          schemas:
            A:
              type: object
              default: {properties: {$ref: '#/nowhere'}}
              properties:
                $ref: {type: string}
                fixed: {const: {$ref: '#/nowhere'}}
                listed: {enum: [{$ref: '#/nowhere'}]}
        """)
    assert not [found for found in made.outcome.diagnostics if found.code in ("SC010", "SC016")]
    found = made.client(answer({"$ref": "text", "fixed": {"$ref": "#/nowhere"}})).api.a()
    assert found.ref == "text"


BROKEN = """\
openapi: 3.1.0
info: {title: Broken, version: '1'}
servers: [{url: https://api.example.com}]
paths:
  /operation: {get: {$ref: 'none.yaml'}}
  /content: {get: {operationId: c, responses: {'200': {description: x, content: {$ref: '#/x-none'}}}}}
  /parameters: {get: {operationId: p, parameters: {$ref: '#/x-none'}, responses: {'204': {description: x}}}}
  /below: {get: {operationId: b, responses: {'200': {$ref: '#/components/responses/Bad'}}}}
  /circle: {get: {operationId: l, responses: {'200': {description: x, content: {$ref: '#/x-a'}}}}}
  /kind: {get: {operationId: k, parameters: {$ref: '#/info'}, responses: {'204': {description: x}}}}
  /fine: {get: {operationId: f, tags: [fine], responses: {'204': {description: x}}}}
x-a: {$ref: '#/x-b'}
x-b: {$ref: '#/x-a'}
components:
  responses: {Bad: {description: x, content: {application/json: {$ref: '#/x-none'}}}}
"""


def test_an_unresolved_reference_refuses_what_needs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text(BROKEN, encoding="utf-8")
    outcome = generate(Path("broken.yaml"), Settings(output="out"))
    errors = {
        (found.code, found.location.line, found.location.pointer)
        for found in outcome.diagnostics
        if found.severity is Severity.ERROR and found.location is not None
    }
    assert errors == {
        ("SC010", 5, "/paths/~1operation/get"),
        ("SC010", 6, "/paths/~1content/get/responses/200/content"),
        ("SC010", 7, "/paths/~1parameters/get/parameters"),
        ("SC010", 15, "/components/responses/Bad/content/application~1json"),
        ("SC011", 13, "/x-b"),
        ("SC013", 10, "/paths/~1kind/get/parameters"),
    }
    assert outcome.counts == (1, 0, 6)
    assert main(["generate", "broken.yaml", "--output", "out"]) == 1
    # The package was written; it is still not up to date, so that the errors are seen again.
    assert main(["generate", "broken.yaml", "--output", "out"]) == 1
    assert main(["check", "broken.yaml"]) == 1
    shown = capsys.readouterr()
    assert shown.out.count("error[SC010]") + shown.err.count("error[SC010]") == 6
    # What is not selected does not count.
    assert main(["generate", "broken.yaml", "--output", "other", "--include", "tag:fine"]) == 0


def test_an_operation_that_contains_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loop.yaml"
    path.write_text(
        "openapi: 3.1.0\ninfo: {title: Loop, version: '1'}\npaths:\n"
        "  /a: {post: {operationId: a, responses: {'204': {description: x}},"
        " callbacks: {again: {'{$request.body#/url}': {post: {$ref: '#/paths/~1a/post'}}}}}}\n",
        encoding="utf-8",
    )
    outcome = generate(path, Settings(output=str(tmp_path / "out")))
    assert "SC011" in [found.code for found in outcome.diagnostics]
    assert "SC011" in [found.code for found in check(path, Settings())]


def test_an_unresolved_response_does_not_become_none(make: Make) -> None:
    made = make("""
        openapi: 3.1.0
        info: {title: Hollow, version: '1'}
        servers: [{url: https://api.example.com}]
        paths:
          /a: {get: {operationId: a, responses: {'200': {$ref: '#/components/responses/None'}}}}
        """)
    assert [found.code for found in made.outcome.diagnostics].count("SC010") == 1
    assert made.client(answer({"x": 1})).api.a() == {"x": 1}
