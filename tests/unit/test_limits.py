"""Documents of hostile size or form: each run ends soon, in little memory, with a message that says where and what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests_support import ROOT

resource = pytest.importorskip("resource")

HEAD = "openapi: 3.1.0\ninfo: {title: Bomb, version: '1'}\nservers: [{url: 'https://api.example.com'}]\n"
PATHS = "paths: {/a: {get: {operationId: a, responses: {'204': {description: x}}}}}\n"


def _api(schemas: dict[str, Any], root: str) -> str:
    schema = {"$ref": f"#/components/schemas/{root}"}
    responses = {"200": {"description": "x", "content": {"application/json": {"schema": schema}}}}
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Bomb", "version": "1"},
            "servers": [{"url": "https://api.example.com"}],
            "paths": {"/a": {"get": {"operationId": "a", "responses": responses}}},
            "components": {"schemas": schemas},
        }
    )


def merge_keys() -> str:
    lines = "x-0: &x0 {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}\n"
    for level in range(1, 9):
        sources = ", ".join([f"*x{level - 1}"] * 12)
        lines += f"x-{level}: &x{level} {{<<: [{sources}], k{level}: 1}}\n"
    return HEAD + lines + PATHS


def aliases() -> str:
    lines = "x-0: &x0 [a, b, c, d, e, f, g, h]\n"
    for level in range(1, 12):
        lines += f"x-{level}: &x{level} [" + ", ".join([f"*x{level - 1}"] * 8) + "]\n"
    return HEAD + lines + PATHS


def references() -> str:
    """An object in place of each reference, as if by aliases."""
    parts: dict[str, Any] = {"p0": {"a": {"type": "string"}}}
    for level in range(1, 20):
        inner = {"type": "object", "properties": {"$ref": f"#/x-parts/p{level - 1}"}}
        parts[f"p{level}"] = dict.fromkeys("abcdefgh", inner)
    document = json.loads(_api({"A": {"type": "object", "properties": {"$ref": "#/x-parts/p19"}}}, "A"))
    return json.dumps({**document, "x-parts": parts})


def enumeration() -> str:
    return _api({"E": {"type": "string", "enum": [f"value {number}" for number in range(10_000)]}}, "E")


def union() -> str:
    variants = {
        f"V{number}": {"type": "object", "required": [f"p{number}"], "properties": {f"p{number}": {"type": "string"}}}
        for number in range(1_000)
    }
    return _api({**variants, "U": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in variants]}}, "U")


def extension_chain() -> str:
    schemas: dict[str, Any] = {"S0": {"type": "object", "properties": {"p0": {"type": "string"}}}}
    for number in range(1, 250):
        own = {"type": "object", "properties": {f"p{number}": {"type": "string"}}}
        schemas[f"S{number}"] = {"allOf": [{"$ref": f"#/components/schemas/S{number - 1}"}, own]}
    return _api(schemas, "S249")


def reference_chain() -> str:
    schemas: dict[str, Any] = {"R0": {"type": "object", "properties": {"a": {"type": "string"}}}}
    for number in range(1, 20_000):
        schemas[f"R{number}"] = {"$ref": f"#/components/schemas/R{number - 1}"}
    return _api(schemas, "R19999")


def inherited() -> str:
    base = {f"p{number}": {"type": "string"} for number in range(600)}
    schemas: dict[str, Any] = {"Base": {"type": "object", "properties": base}}
    for number in range(600):
        own = {"type": "object", "properties": {"own": {"type": "string"}}}
        schemas[f"C{number}"] = {"allOf": [{"$ref": "#/components/schemas/Base"}, own]}
    return _api({"C": {"type": "object"}, **schemas}, "C")


def circular_union() -> str:
    key = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind"},
        "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
    }
    extended = {"$ref": "#/components/schemas/K"}
    document = json.loads(
        _api(
            {
                "K": key,
                "A": {"allOf": [extended, {"type": "object", "properties": {"a": {"type": "string"}}}]},
                "B": {"allOf": [extended, {"type": "object", "properties": {"b": {"type": "string"}}}]},
            },
            "K",
        )
    )
    document["paths"]["/a"]["post"] = {
        "operationId": "add",
        "requestBody": {"required": True, "content": {"application/json": {"schema": extended}}},
        "responses": {"204": {"description": "x"}},
    }
    return json.dumps(document)


CASES: list[tuple[Callable[[], str], int, str]] = [
    (merge_keys, 2, "error[SC006]: more than 250,000 properties are copied by merge keys"),
    (aliases, 2, "error[SC006]: aliases add more than 250,000 values"),
    (references, 2, "error[SC006]: after resolving references: aliases add more than 250,000 values"),
    (lambda: HEAD + "x-a: " + "[" * 100_000, 2, "error[SC006]: nested deeper than 400 levels"),
    (lambda: HEAD + "x-a:\n  " + "- " * 50_000 + "a\n", 2, "error[SC006]: nested deeper than 400 levels"),
    (lambda: '{"openapi": "3.1.0", "x-a": ' + "[" * 100_000, 2, "error[SC006]: nested too deeply"),
    (lambda: '{"openapi": "3.1.0", "x-a": [' + "[]," * 3_000_000 + "[]]}", 2, "error[SC006]: more than 2,000,000"),
    (lambda: HEAD + PATHS + "x-a: " + "a" * 45_000_000 + "\n", 0, "1 operation"),
    (lambda: HEAD + PATHS + "x-a: " + "a" * 70_000_000 + "\n", 2, "bytes exceed the limit"),
    (enumeration, 0, "1 operation, 1 model"),
    (union, 0, "warning[SC203]: a union of 1,000 variants is read as any value; the limit is 250"),
    (extension_chain, 1, "error[SC006]: more than 64 schemas extend one another by `allOf`"),
    (reference_chain, 2, "error[SC006]: a chain of more than 100 references"),
    (circular_union, 0, "3 models"),
]


def _run(arguments: list[str], folder: Path, *, seconds: int = 20, megabytes: int = 1_500) -> tuple[int, str]:
    """The command under limits on processor time and memory; a run that exceeds them is killed."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    done = subprocess.run(
        [sys.executable, "-m", "speclient", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=limit,
    )
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("document", "code", "message"), CASES)
def test_generation_ends(document: Callable[[], str], code: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(document(), encoding="utf-8")
    found, shown = _run(["generate", "openapi.yaml", "--output", "out"], tmp_path)
    assert message in shown
    assert found == code


@pytest.mark.slow
def test_inherited_properties_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from speclient.build import objects
    from speclient.config import Settings
    from speclient.pipeline import generate

    monkeypatch.setattr(objects, "_INHERITED_LIMIT", 3_000)
    (tmp_path / "openapi.json").write_text(inherited(), encoding="utf-8")
    outcome = generate(tmp_path / "openapi.json", Settings(output=str(tmp_path / "out")))
    found = [found for found in outcome.diagnostics if found.code == "SC006"]
    assert [each.message for each in found] == ["`allOf` copies more than 3,000 properties into other schemas"]


@pytest.mark.parametrize("command", [["contract", "service", "openapi.yaml", "--url", "http://127.0.0.1:9"], ["check"]])
@pytest.mark.parametrize("document", [case[0] for case in (*CASES[:2], *CASES[3:6])])
def test_other_commands_end_too(document: Callable[[], str], command: list[str], tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(document(), encoding="utf-8")
    arguments = command if "openapi.yaml" in command else [*command, "openapi.yaml"]
    code, shown = _run(arguments, tmp_path)
    assert code == 2
    assert "error[SC006]" in shown


@pytest.mark.slow
def test_the_demo_ends_too(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(HEAD + PATHS, encoding="utf-8")
    assert _run(["generate", "openapi.yaml", "--output", "out"], tmp_path)[0] == 0
    assert _run(["demo", "openapi.yaml", "--output", "out"], tmp_path)[0] == 0
    (tmp_path / "openapi.yaml").write_text(merge_keys(), encoding="utf-8")
    code, shown = _run(["demo", "openapi.yaml", "--output", "out"], tmp_path)
    assert (code, "error[SC006]" in shown) == (2, True)
    table = next((tmp_path / "out").glob("*/*/_spec/operations.json"))
    table.write_text("[" * 100_000, encoding="utf-8")
    code, shown = _run(["demo", "openapi.yaml", "--output", "out"], tmp_path)
    assert (code, "error[SC404]" in shown) == (2, True)


def _chain(link: Callable[[dict[str, str]], dict[str, Any]], last: dict[str, Any], length: int = 40) -> dict[str, Any]:
    names = [f"L{number}" for number in range(length)]
    schemas = {name: link({"$ref": f"#/components/schemas/L{number + 1}"}) for number, name in enumerate(names)}
    return {"A": {"$ref": "#/components/schemas/L0"}, **schemas, f"L{length}": last}


_TEXT = {"type": "string"}
_ITSELF = {"$ref": "#/components/schemas/A"}
HOSTILE_SCHEMAS: dict[str, dict[str, Any]] = {
    "many elements": {"A": {"type": "array", "minItems": 10**9, "items": {"const": 1}}},
    "nested elements": {"A": {"type": "array", "minItems": 5_000, "items": {"type": "array", "minItems": 5_000}}},
    "long text": {"A": {"type": "string", "minLength": 10**9}},
    "long text of a pattern": {"A": {"type": "string", "minLength": 10**9, "pattern": "a"}},
    "many properties": {"A": {"type": "object", "minProperties": 10**9}},
    "names from a pattern": {
        "A": {"type": "object", "minProperties": 5_000, "propertyNames": {"pattern": "^[ab]{4}$"}}
    },
    "different elements": {
        "A": {"type": "array", "uniqueItems": True, "minItems": 9_000, "items": {"type": "integer"}}
    },
    "huge bounds": {"A": {"type": "number", "minimum": 10**400, "maximum": 10**401}},
    "huge exclusive bounds": {"A": {"type": "number", "exclusiveMinimum": -(10**400), "exclusiveMaximum": 10**401}},
    "huge count": {"A": {"type": "array", "minItems": 10**400}},
    "repetitions": {"A": {"type": "string", "pattern": "^a{1000000}$", "allOf": [{"pattern": "^((b{99}){99}){99}$"}]}},
    "backtracking": {
        "A": {"type": "string", "minLength": 40, "pattern": "^(a+)+$", "allOf": [{"pattern": "^(([a-z])+.)+[A-Z]$"}]}
    },
    "backtracking in names": {
        "A": {"type": "object", "patternProperties": {"^(a+)+$": {}}, "required": ["a" * 40 + "!"]}
    },
    "allOf twice": _chain(lambda following: {"allOf": [following, following]}, _TEXT),
    "anyOf twice": _chain(lambda following: {"anyOf": [following, following]}, _TEXT),
    "oneOf twice": _chain(
        lambda following: {"oneOf": [following, {"type": "object", "properties": {"x": following}}]}, _TEXT
    ),
    "conditions": _chain(lambda following: {"if": following, "then": following, "else": following}, _TEXT),
    "required twice": _chain(
        lambda following: {"type": "object", "required": ["x", "y"], "properties": {"x": following, "y": following}},
        _TEXT,
        22,
    ),
    "no finite value": {
        "A": {
            "type": "object",
            "required": ["a", "b"],
            "properties": {"a": {"oneOf": [_ITSELF, {"type": "array", "minItems": 2, "items": _ITSELF}]}, "b": _ITSELF},
        }
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE_SCHEMAS)
def test_examples_and_the_demo_end(name: str, tmp_path: Path) -> None:
    document = json.loads(_api(HOSTILE_SCHEMAS[name], "A"))
    get = document["paths"]["/a"]["get"]
    content = get["responses"]["200"]["content"]
    document["paths"]["/a"]["post"] = {
        "operationId": "add",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "x", "content": content}},
    }
    get["responses"]["200"]["headers"] = {"X-A": {"schema": {"$ref": "#/components/schemas/A"}}}
    (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    code, shown = _run(["generate", "openapi.json", "--output", "out"], tmp_path)
    assert (code, "2 operations" in shown) == (0, True), shown
    code, shown = _run(["demo", "openapi.json", "--output", "out"], tmp_path)
    assert code == 0, shown
    assert "client.a.get()" in shown


@pytest.mark.slow
def test_a_contract_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    schema = HOSTILE_SCHEMAS["backtracking"]
    document = json.loads(_api(schema, "A"))
    query = {"name": "q", "in": "query", "required": True, "schema": schema["A"]}
    document["paths"]["/a"]["get"]["parameters"] = [query]
    (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    arguments = ["contract", "service", "openapi.json", "--url", "http://127.0.0.1:9", "--max-time", "1"]
    code, shown = _run(arguments, tmp_path, seconds=60, megabytes=6_000)
    assert code == 2
    assert "error[SC006]: the contract run was stopped: no report within 1 seconds" in shown


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "loop"])
@pytest.mark.parametrize("place", ["document", "reference", "overlay"])
def test_only_regular_files_are_read(kind: str, place: str, tmp_path: Path) -> None:
    odd = tmp_path / "odd.yaml"
    match kind:
        case "pipe":
            os.mkfifo(odd)
        case "device":
            odd.symlink_to("/dev/zero")
        case "folder":
            odd.mkdir()
        case _:
            odd.symlink_to("odd.yaml")
    get = "{$ref: odd.yaml}" if place == "reference" else "{operationId: a, responses: {'204': {description: x}}}"
    (tmp_path / "openapi.yaml").write_text(HEAD + f"paths: {{/a: {{get: {get}}}}}\n", encoding="utf-8")
    spec = "odd.yaml" if place == "document" else "openapi.yaml"
    options = ["--overlay", "odd.yaml"] if place == "overlay" else []
    code, shown = _run(["generate", spec, "--output", "out", "--allow-outside-refs", *options], tmp_path)
    assert code == (1 if place == "reference" else 2), shown
    assert ("error[SC010]" if place == "reference" else "error[SC001]") in shown
    for command in ("check", "inspect"):
        assert _run([command, "odd.yaml"], tmp_path)[0] == 2
    assert _run(["contract", "service", "odd.yaml", "--url", "http://127.0.0.1:9"], tmp_path)[0] == 2


@pytest.mark.parametrize(
    "actions",
    [
        [{"target": "$..*", "update": {f"x-{number}": {"a": {"b": 1}}}} for number in range(12)],
        [{"target": "$..*", "update": {"x": list(range(100))}}],
        [{"target": "$" + ".x" * number, "update": {"x": {}}} for number in range(600)],
    ],
)
def test_overlays_are_limited(actions: list[dict[str, Any]], tmp_path: Path) -> None:
    properties = {f"p{number}": {"type": "string"} for number in range(3_000)}
    (tmp_path / "openapi.json").write_text(_api({"A": {"type": "object", "properties": properties}}, "A"))
    overlay = {"overlay": "1.0.0", "info": {"title": "Grow", "version": "1"}, "actions": actions}
    (tmp_path / "grow.json").write_text(json.dumps(overlay), encoding="utf-8")
    code, shown = _run(["generate", "openapi.json", "--output", "out", "--overlay", "grow.json"], tmp_path)
    assert code == 2
    assert "grow.json: error[SC006]" in shown
    assert "#/actions/" in shown


def test_an_overlay_changes_only_the_places_that_it_names(tmp_path: Path) -> None:
    from speclient.diagnostics import Sink
    from speclient.document import apply_overlay, load

    (tmp_path / "openapi.json").write_text(_api({"A": {"type": "object"}, "B": {"type": "object"}}, "A"))
    actions = [
        {"target": "$.components.schemas.*", "update": {"x-both": {"list": []}}},
        {"target": "$.components.schemas.A['x-both'].list", "update": 1},
    ]
    (tmp_path / "overlay.json").write_text(json.dumps({"overlay": "1.0.0", "actions": actions}))
    document = load(tmp_path / "openapi.json", Sink())
    apply_overlay(document, tmp_path / "overlay.json", Sink())
    schemas = document.root.mapping["components"]["schemas"]
    assert (schemas["A"]["x-both"], schemas["B"]["x-both"]) == ({"list": [1]}, {"list": []})


def test_deep_settings_and_locks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(HEAD + PATHS, encoding="utf-8")
    assert _run(["generate", "openapi.yaml", "--output", "out"], tmp_path)[0] == 0
    lock = next((tmp_path / "out").glob("*/speclient.lock"))
    lock.write_text("[" * 100_000, encoding="utf-8")
    code, shown = _run(["generate", "openapi.yaml", "--output", "out"], tmp_path)
    assert (code, "error[SC404]" in shown) == (2, True)
    lock.unlink()
    os.mkfifo(lock)
    code, shown = _run(["generate", "openapi.yaml", "--output", "out"], tmp_path)
    assert (code, "error[SC404]" in shown) == (2, True)
    (tmp_path / "pyproject.toml").write_text("a = " + "[" * 100_000, encoding="utf-8")
    code, shown = _run(["check", "openapi.yaml"], tmp_path)
    assert (code, "error[SC501]" in shown) == (2, True)


def test_an_aliased_schema_is_one_schema(make: Callable[..., Any]) -> None:
    made = make("""
        openapi: 3.1.0
        info: {title: Shared, version: '1'}
        servers: [{url: https://api.example.com}]
        x-common: &common {type: object, properties: {place: &place {type: object, properties: {z: {type: string}}}}}
        paths:
          /a:
            get:
              operationId: a
              x-speclient: {group: api, method: a}
              responses:
                '200': {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/E'}}}}
        components:
          schemas:
            A: &a {type: object, properties: {p1: {type: string}, other: *place}}
            D: *a
            E: {type: object, properties: {a: *a, d: {$ref: '#/components/schemas/D'}, c: *common, all: [*a]}}
            F: {<<: *common, required: [place]}
            G: {allOf: [*a, *a, *a], oneOf: [*a, *common]}
        """)
    models = made.module.models
    assert models.D.__value__ is models.A
    annotations = {name: str(field.annotation) for name, field in models.E.model_fields.items()}
    assert "A" in annotations["a"]
    assert sorted(dir(models)).count("A") == 1
    assert not [name for name in dir(models) if name.startswith("E") and name != "E" and "Common" in name]
    assert models.F.model_fields.keys() == {"place"}


def test_a_union_whose_variants_extend_it_gives_the_variants(make: Callable[..., Any]) -> None:
    import httpx2

    made = make(circular_union())
    models = made.module.models
    body: dict[str, Any] = {"kind": "A", "a": "x"}

    def service(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(204) if request.method == "POST" else httpx2.Response(200, json=body)

    client = made.client(service)
    assert isinstance(client.api.a(), models.A)
    body.update(kind="B", b="y")
    assert isinstance(client.api.a(), models.B)
    assert client.api.add(body=models.A(kind="A", a="x")) is None
