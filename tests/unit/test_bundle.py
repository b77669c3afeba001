"""The document that goes into a package is whole: one file, the same operations, nothing of the machine in it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from speclient.build import build_api
from speclient.config import Settings
from speclient.contract import Profile, check_requests, load_package
from speclient.diagnostics import Sink
from speclient.document import bundle, load
from speclient.mock import Mock, Request
from speclient.pipeline import generate

FEATURE = Path(__file__).parent.parent / "features" / "references" / "openapi.yaml"
ROOT = """\
openapi: 3.1.0
info: {title: Parts, version: '1'}
servers: [{url: 'https://a.example.com'}]
paths:
  /a: {$ref: 'paths/a.yaml#/~1a'}
  /b:
    get:
      responses:
        '200':
          description: One.
          content:
            application/json:
              schema: {$ref: '%s#/Pet'}
              examples: {one: {$ref: 'paths/a.yaml#/example'}}
components:
  schemas:
    Local: {type: object, properties: {$ref: {type: string}, default: {$ref: 'schemas.yaml#/Cat'}}}
    Data: {type: object, default: {$ref: 'schemas.yaml#/Cat'}, example: {$ref: nowhere.yaml}}
"""
PATHS = """\
/a:
  get:
    parameters: [{$ref: '#/Size'}]
    responses:
      '200':
        description: Local.
        content: {application/json: {schema: {$ref: '../root.yaml#/components/schemas/Local'}}}
      '404': {description: Lost., content: {application/json: {schema: {$ref: 'gone.yaml#/X'}}}}
Size: {name: size, in: query, schema: {$ref: '../schemas.yaml#size'}}
example: {value: {kind: Cat, name: {$ref: '../schemas.yaml#/Cat'}}}
"""
SCHEMAS = """\
Size: {$anchor: size, type: integer}
Pet:
  oneOf: [{$ref: '#/Cat'}, {$ref: '#/Dog'}]
  discriminator: {propertyName: kind, mapping: {hound: '#/Dog'}}
Cat: {type: object, required: [kind], properties: {kind: {const: Cat}, friend: {$ref: '#/Pet'}}}
Dog: {type: object, required: [kind], properties: {kind: {enum: [hound, Dog]}, size: {$ref: '#/Size'}}}
"""


def written(folder: Path, *, schemas: str = "schemas.yaml") -> Path:
    (folder / "paths").mkdir(parents=True)
    (folder / "root.yaml").write_text(ROOT % schemas, encoding="utf-8")
    (folder / "paths" / "a.yaml").write_text(PATHS, encoding="utf-8")
    for place in {folder / schemas, folder / "schemas.yaml"}:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(SCHEMAS, encoding="utf-8")
    return folder / "root.yaml"


def alone(spec: Path, folder: Path, **settings: Any) -> Path:
    """The document of the package that is made of a document, in a folder of its own."""
    outcome = generate(spec, Settings(output=str(folder / "out"), **settings))
    assert outcome.folder is not None
    shipped = next(outcome.folder.glob("*/_spec/openapi.json"))
    copy = folder / "alone" / "openapi.json"
    copy.parent.mkdir()
    copy.write_bytes(shipped.read_bytes())
    return copy


def read(path: Path) -> tuple[list[Any], list[str]]:
    """The operations of a document without the places that their parts stand in, and the codes of its findings."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items() if key not in ("origin", "type", "schema", "body")}
        return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value

    sink = Sink()
    api = build_api(load(path, sink), sink)
    return [plain(asdict(operation)) for operation in api.operations], sorted(
        found.code for found in sink.located(lambda at: at)
    )


@pytest.mark.parametrize("name", ["feature", "root"])
def test_it_has_the_same_operations_alone(name: str, tmp_path: Path) -> None:
    spec = FEATURE if name == "feature" else written(tmp_path / "in")
    copy = alone(spec, tmp_path)
    assert read(copy) == read(spec)
    assert len(read(copy)[0]) == 2


def test_what_is_led_elsewhere_and_what_is_data(tmp_path: Path) -> None:
    made = json.loads(alone(written(tmp_path / "in"), tmp_path).read_text(encoding="utf-8"))
    assert sorted(made["x-files"]) == ["a.yaml", "schemas.yaml"]
    assert made["paths"]["/a"] == {"$ref": "#/x-files/a.yaml/~1a"}
    local, data = made["components"]["schemas"]["Local"], made["components"]["schemas"]["Data"]
    assert local["properties"] == {"$ref": {"type": "string"}, "default": {"$ref": "#/x-files/schemas.yaml/Cat"}}
    assert (data["default"], data["example"]) == ({"$ref": "schemas.yaml#/Cat"}, {"$ref": "nowhere.yaml"})
    paths = made["x-files"]["a.yaml"]
    answers = paths["/a"]["get"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Local"}
    assert answers["404"]["content"]["application/json"]["schema"] == {"$ref": "gone.yaml#/X"}
    assert paths["Size"]["schema"] == {"$ref": "#/x-files/schemas.yaml/Size"}
    assert paths["example"]["value"]["name"] == {"$ref": "../schemas.yaml#/Cat"}
    pet = made["x-files"]["schemas.yaml"]["Pet"]
    assert pet["discriminator"]["mapping"] == {"hound": "#/x-files/schemas.yaml/Dog"}
    assert pet["oneOf"][0] == {"$ref": "#/x-files/schemas.yaml/Cat"}


def test_files_outside_the_folder_leave_no_path(tmp_path: Path) -> None:
    spec = written(tmp_path / "in", schemas="../shared/schemas.yaml")
    copy = alone(spec, tmp_path, allow_outside_refs=True)
    made = json.loads(copy.read_text(encoding="utf-8"))
    assert sorted(made["x-files"]) == ["a.yaml", "schemas.yaml", "schemas.yaml-2"]
    package = next((tmp_path / "out").iterdir())
    assert not [path for path in package.rglob("*") if path.is_file() and str(tmp_path).encode() in path.read_bytes()]
    assert {path.name for path in package.glob("*/_spec/*")} == {"openapi.json", "operations.json"}


def test_it_is_the_same_each_time(tmp_path: Path) -> None:
    spec = written(tmp_path / "in")
    first, second = (json.dumps(bundle(load(spec, Sink()))) for _ in range(2))
    assert first == second
    assert len(list((tmp_path / "in").iterdir())) == 3


def test_one_file_stays_as_it_is(tmp_path: Path) -> None:
    spec = tmp_path / "one.yaml"
    spec.write_text("openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {A: {$ref: '#b'}, B: {$anchor: b}}}\n")
    document = load(spec, Sink())
    assert bundle(document) == document.root.value


def test_the_mock_and_the_contract_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = alone(written(tmp_path / "in"), tmp_path)
    service = Mock(copy)
    asked = {path: service.handle(Request("GET", path, "size=1")) for path in ("/a", "/b")}
    assert {path: reply.status for path, reply in asked.items()} == {"/a": 200, "/b": 200}
    assert asked["/b"].json()["kind"] in ("Cat", "Dog", "hound")
    assert service.handle(Request("GET", "/a", "size=x")).status == 400
    project = next((tmp_path / "out").iterdir())
    package = load_package("parts_client", path=project)
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != str(project)])
    assert list(package.judge_table()) == []
    for method in package.methods:
        check_requests(package, method, Profile(examples=5, shrink=False))
