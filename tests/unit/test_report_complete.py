"""Every operation of a document is emitted or refused by name; the walk here shares no code with the toolkit."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from speclient.cli import main
from speclient.config import Settings
from speclient.pipeline import generate
from tests_support import Made, answer, recorder

HTTP = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}
CORPUS = os.environ.get("SPECLIENT_CORPUS")
FILES = sorted(Path(CORPUS).glob("*.json")) if CORPUS else []
Make = Callable[[str | Path], Made]

DOCUMENT = """\
openapi: 3.2.0
info: {title: Shelves, version: '1'}
servers: [{url: https://api.example.com}]
paths:
  /shelves:
    query:
      operationId: findShelves
      requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
      responses: {'200': {description: x, content: {application/json: {schema: {type: array, items: {}}}}}}
    GET: {operationId: listShelves, responses: {'204': {description: x}}}
    additionalOperations:
      COPY:
        operationId: copyShelf
        parameters: [{name: to, in: query, schema: {type: string}}]
        responses: {'200': {description: x, content: {application/json: {schema: {type: object}}}}}
      purge: {operationId: purgeShelves, responses: {'204': {description: x}}}
      "not a method": {operationId: odd, responses: {'204': {description: x}}}
      GET: {operationId: twice, responses: {'204': {description: x}}}
      LOCK: {$ref: '#/x-nowhere'}
      MOVE: {$ref: '#/x-operations/move'}
  /shared: {$ref: '#/components/pathItems/Shared'}
  no-slash: {get: {operationId: n, responses: {'204': {description: x}}}, put: {operationId: m, responses: {}}}
  /malformed: {get: [], post: {operationId: p, parameters: [{$ref: '#/nowhere'}], responses: {}}}
components:
  pathItems:
    Shared: {delete: {operationId: d, responses: {'204': {description: x}}}}
x-operations:
  move: {operationId: moveShelf, responses: {'204': {description: x}}}
"""


def _operations(document: dict[str, Any]) -> Iterator[str]:
    """METHOD and path of all operations, those that are malformed too."""
    for path, entry in document.get("paths", {}).items():
        if path.startswith("x-"):
            continue
        item = entry
        while isinstance(item, dict) and "$ref" in item:
            found: Any = document
            for step in item["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            item = found
        for name, value in item.items():
            if name.lower() in HTTP:
                yield f"{name.upper()} {path}"
            elif name == "additionalOperations":
                yield from (f"{method.upper()} {path}" for method in value)


def _reported(folder: Path) -> tuple[list[str], list[str], dict[str, int]]:
    table = json.loads(next(folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    emitted = [f"{row['method']} {row['path']}" for row in table["operations"]]
    refused = [entry["owner"] for entry in report["entries"] if entry["kind"] == "refused"]
    return emitted, refused, report["operations"]


def test_each_operation_is_emitted_or_refused(tmp_path: Path) -> None:
    import yaml

    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT, encoding="utf-8")
    outcome = generate(path, Settings(output=str(tmp_path / "out")))
    assert outcome.folder is not None
    emitted, refused, counts = _reported(outcome.folder)
    assert Counter([*emitted, *refused]) == Counter(_operations(yaml.safe_load(DOCUMENT)))
    assert sum(counts.values()) == len(emitted) + len(refused) == 13
    assert set(emitted) == {
        "QUERY /shelves", "GET /shelves", "COPY /shelves", "PURGE /shelves", "MOVE /shelves", "DELETE /shared",
    }  # fmt: skip


@pytest.mark.skipif(not FILES, reason="SPECLIENT_CORPUS names no folder of documents")
@pytest.mark.parametrize("path", FILES[::6], ids=lambda path: path.stem)
def test_each_operation_of_real_documents_is_counted(path: Path, tmp_path: Path) -> None:
    outcome = generate(path, Settings(output=str(tmp_path)))
    assert outcome.folder is not None
    emitted, refused, counts = _reported(outcome.folder)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert Counter([*emitted, *(key for key in refused if "webhook" not in key)]) == Counter(_operations(document))
    assert sum(counts.values()) == len(list(_operations(document)))


def test_additional_operations_are_methods(make: Make, tmp_path: Path) -> None:
    made = make("""
        openapi: 3.2.0
        info: {title: Shelves, version: '1'}
        servers: [{url: https://api.example.com}]
        paths:
          /shelves/{id}:
            parameters: [{name: id, in: path, required: true, schema: {type: string}}]
            additionalOperations:
              COPY:
                operationId: copyShelf
                tags: [shelves]
                parameters: [{name: to, in: query, schema: {type: string}}]
                responses:
                  '200': {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/Shelf'}}}}
        components:
          schemas:
            Shelf: {type: object, required: [id], properties: {id: {type: string}}}
        """)
    wire = recorder(answer({"id": "b"}))
    shelf = made.client(wire).shelves.copy_shelf("a", to="b")
    assert isinstance(shelf, made.module.models.Shelf)
    assert (wire.request.method, wire.url) == ("COPY", "https://api.example.com/shelves/a?to=b")

    import httpx2

    from speclient.mock import mock

    with httpx2.Client(transport=mock(tmp_path / "openapi.yaml")) as client:
        assert client.request("COPY", "https://api.example.com/shelves/a").status_code == 200
        assert client.get("https://api.example.com/shelves/a").status_code == 405


def test_a_document_with_webhooks_only(make: Make) -> None:
    made = make("""
        openapi: 3.1.0
        info: {title: Bells, version: '1'}
        webhooks:
          rung:
            post:
              requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Rung'}}}}
              responses: {'204': {description: x}}
          silent: {post: {responses: {'204': {description: x}}}}
        components:
          schemas:
            Rung: {type: object, required: [bell], properties: {bell: {type: string}}}
        """)
    assert made.report["operations"] == {"emitted": 0, "degraded": 0, "refused": 0}
    assert made.report["webhooks"] == {"emitted": 1, "refused": 1}
    import importlib

    hooks = importlib.import_module(f"{made.module.__name__}.webhooks")
    parse = next(
        getattr(hooks, name) for name in dir(hooks) if "rung" in name.lower() and callable(getattr(hooks, name))
    )
    assert parse(b'{"bell": "left"}').bell == "left"
    with made.client(answer({})) as client:
        assert "Bells" in repr(client)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--include", "tag:nothing"], "no operation matches 'tag:nothing' (include)"),
        (["--include", "tag:shelfs"], "no operation matches 'tag:shelfs' (include); did you mean 'shelves'?"),
        (["--include", "path:/shelve"], "did you mean '/shelves'?"),
        (["--include", "operation:listShelvs"], "did you mean 'listShelves'?"),
        (["--exclude", "tag:shelves"], "`exclude` matches every operation"),
    ],
)
def test_a_selection_of_nothing_is_blamed(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "openapi: 3.1.0\ninfo: {title: S, version: '1'}\npaths: {/shelves: {get: {operationId: listShelves,"
        " tags: [shelves], responses: {'204': {description: x}}}}}\n"
    )
    (tmp_path / "openapi.yaml").write_text(text, encoding="utf-8")
    assert main(["generate", str(tmp_path / "openapi.yaml"), "--output", str(tmp_path / "out"), *options]) == 1
    shown = capsys.readouterr().err
    assert "error[SC502]" in shown
    assert message in shown
    assert "SC205" not in shown
