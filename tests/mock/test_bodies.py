"""No body is invalid: every documented answer of every spec, by many seeds, and many kinds of schema.

The judge here reads the document as it stands, by references into it: a mistake of our translation can't hide.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from speclient.mock import Mock, Request, Response
from tests_support import PACKAGES

SPECS = Path(__file__).resolve().parents[2] / "specs"
NAMES = PACKAGES
SEEDS = range(40)
URI = "urn:spec"


def answers(name: str) -> list[tuple[str, str, str, str]]:
    """(method, path, status, media type) of every documented body."""
    document = spec(name)
    found: list[tuple[str, str, str, str]] = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                for media in followed(document, response).get("content", {}):
                    found.append((method.upper(), path, status, media))
    return found


def spec(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((SPECS / f"{name}.yaml").read_text(encoding="utf-8"))
    return json.loads(json.dumps(loaded, default=str))  # type: ignore[no-any-return]


def followed(document: Any, value: Any) -> Any:
    while "$ref" in value:
        reference, value = value["$ref"], document
        for token in reference.removeprefix("#/").split("/"):
            value = value[token.replace("~1", "/").replace("~0", "~")]
    return value


def validator(document: Any, method: str, path: str, status: str, media: str) -> jsonschema_rs.Draft202012Validator:
    schema = followed(document, document["paths"][path][method.lower()]["responses"][status])["content"][media][
        "schema"
    ]
    registry = jsonschema_rs.Registry([(URI, document)], draft=jsonschema_rs.Draft202012)
    return jsonschema_rs.Draft202012Validator(
        absolute(schema), registry=registry, validate_formats=True, ignore_unknown_formats=True
    )


def absolute(schema: Any) -> Any:
    """The schema with its own references leading into the document; those inside the document stay as they are."""
    if isinstance(schema, dict):
        return {key: URI + value if key == "$ref" else absolute(value) for key, value in schema.items()}
    return [absolute(each) for each in schema] if isinstance(schema, list) else schema


CASES = [(name, *answer) for name in NAMES for answer in answers(name)]


@pytest.mark.parametrize(("name", "method", "path", "status", "media"), CASES)
def test_every_documented_body_is_valid(name: str, method: str, path: str, status: str, media: str) -> None:
    judge = validator(spec(name), method, path, status, media)
    bodies: set[bytes] = set()
    where = path
    for place, value in {"runID": "401", "flowid": "77"}.items():
        where = where.replace(f"{{{place}}}", value)
    where = where.replace("{", "x").replace("}", "")
    for seed in SEEDS:
        service = Mock(SPECS / f"{name}.yaml", seed=seed) if seed == 0 else reseeded(name, seed)
        for query in ("", "detail=true") if name == "coalesce" else ("",):
            response = service.handle(Request(method, where, query, (("x-mock-status", status), ("accept", media))))
            assert (response.status, response.header("content-type")) == (int(status), media)
            value = response.json() if "json" in media else response.body.decode()
            judge.validate(value)
            bodies.add(response.body)
    assert len(bodies) > len(SEEDS) / 2 or status != "200"


SERVICES: dict[str, Mock] = {}


def reseeded(name: str, seed: int) -> Mock:
    """A service with another seed; compiling it once is enough."""
    if name not in SERVICES:
        SERVICES[name] = Mock(SPECS / f"{name}.yaml")
    SERVICES[name].reset(seed=seed)
    return SERVICES[name]


# JSON Schema 2020-12, one keyword or trap a line.
SCHEMAS: dict[str, Any] = {
    "anything": {},
    "const": {"const": {"a": [1, None]}},
    "enum of many types": {"enum": [1, "1", True, None, [1], {"a": 1}]},
    "enum within type": {"type": "integer", "enum": [1, "1", 2]},
    "integer bounds": {"type": "integer", "minimum": -3, "maximum": -1},
    "exclusive integer": {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6},
    "far integer": {"type": "integer", "minimum": 10**15},
    "below zero": {"type": "integer", "maximum": -(10**6)},
    "multiple": {"type": "integer", "multipleOf": 7, "minimum": 50, "maximum": 60},
    "two multiples": {"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}], "minimum": 1, "maximum": 12},
    "int32": {"type": "integer", "format": "int32", "minimum": 2**31 - 2},
    "narrow number": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    "number between": {"type": "number", "minimum": 1.05, "maximum": 1.06},
    "cents": {"type": "number", "multipleOf": 0.01, "minimum": 0.5, "maximum": 2},
    "length": {"type": "string", "minLength": 30, "maxLength": 31},
    "one character": {"type": "string", "minLength": 1, "maxLength": 1},
    "empty": {"type": "string", "maxLength": 0},
    "digits": {"type": "string", "pattern": "^[0-9]+$"},
    "pattern and length": {"type": "string", "pattern": "^[A-Z]{2}-\\d*$", "minLength": 12, "maxLength": 14},
    "pattern inside": {"type": "string", "pattern": "ab?c|xyz"},
    "groups": {"type": "string", "pattern": "^(a|b)(?:c{2,3})\\1$"},
    "negated set": {"type": "string", "pattern": "^[^a-z]{4}$"},
    "letters of unicode": {"type": "string", "pattern": "^\\p{L}+$"},
    "two patterns": {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}]},
    "lookahead": {"type": "string", "pattern": "^(?!x)[a-z]{3}$"},
    **{
        f"format {name}": {"type": "string", "format": name}
        for name in (
            "date-time", "date", "time", "duration", "uuid", "email", "hostname", "ipv4", "ipv6", "uri",
            "uri-reference", "uri-template", "json-pointer",
            "relative-json-pointer", "regex", "byte", "binary", "password", "unknown",
        )
    },
    "uuid of a pattern": {"type": "string", "format": "uuid", "pattern": "^[0-9a-f-]{36}$"},
    "list": {"type": "array", "items": {"type": "integer"}, "minItems": 5, "maxItems": 6},
    "unique": {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 3, "uniqueItems": True},
    "tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "minItems": 2},
    "contains": {"type": "array", "items": {"type": ["integer", "string"]}, "contains": {"const": 7}},
    "no items": {"type": "array", "maxItems": 0},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 4},
    "map of named keys": {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 2},
    "keys of a pattern": {
        "type": "object", "patternProperties": {"^x-[a-z]{3}$": {"type": "integer"}}, "additionalProperties": False,
        "minProperties": 2,
    },
    "closed": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
    "required unnamed": {"type": "object", "required": ["a"], "additionalProperties": {"type": "boolean"}},
    "required by pattern": {"type": "object", "required": ["n1"], "patternProperties": {"^n": {"type": "integer"}}},
    "dependent": {"type": "object", "properties": {"a": {}, "b": {"type": "null"}}, "dependentRequired": {"a": ["b"]}},
    "if then else": {
        "type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["a", "b"]}},
        "if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["kind"]}, "else": {"maxProperties": 1},
    },
    "not": {"type": "integer", "minimum": 1, "maximum": 3, "not": {"const": 2}},
    "nullable": {"type": ["string", "null"], "maxLength": 3},
    "all of": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "number"}}},
            {"required": ["a"], "properties": {"a": {"type": "integer", "minimum": 5}}},
        ]
    },
    "one of, overlapping": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 0.5}, {"type": "string"}]},
    "one of, by absence": {
        "oneOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {}}, "additionalProperties": False},
            {"type": "object", "required": ["b"], "properties": {"b": {}}, "additionalProperties": False},
        ]
    },
    "any of requireds": {
        "type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "union twice": {"anyOf": [{"minimum": 5}, {"maximum": -5}], "oneOf": [{"type": "integer"}, {"type": "string"}]},
    "tree": {"$ref": "#/components/schemas/Tree"},
    "shape": {"$ref": "#/components/schemas/Shape"},
    "base": {"$ref": "#/components/schemas/Base"},
    "deep": {"$ref": "#/components/schemas/Deep"},
    "unevaluated": {
        "allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}], "unevaluatedProperties": False,
        "properties": {"b": {"type": "integer"}},
    },
}  # fmt: skip
COMPONENTS: dict[str, Any] = {
    "Tree": {
        "type": "object", "required": ["name", "children"],
        "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
    },
    "Deep": {
        "type": "object", "required": ["next"],
        "properties": {"next": {"anyOf": [{"$ref": "#/components/schemas/Deep"}, {"type": "null"}]}},
    },
    "Circle": {"type": "object", "required": ["type", "r"], "properties": {"type": {"type": "string"}}},
    "Box": {"type": "object", "required": ["type", "w"], "properties": {"type": {"type": "string"}}},
    "Shape": {
        "oneOf": [{"$ref": "#/components/schemas/Circle"}, {"$ref": "#/components/schemas/Box"}],
        "discriminator": {"propertyName": "type", "mapping": {"circle": "#/components/schemas/Circle", "box": "Box"}},
    },
    "Base": {
        "type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat"}},
    },
    "Cat": {"allOf": [{"$ref": "#/components/schemas/Base"}], "required": ["lives"]},
}  # fmt: skip


def asked(tmp_path: Path, schema: Any) -> tuple[list[Response], Any]:
    answer = {"description": "", "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Made for a test", "version": "1"},
        "paths": {"/p": {"get": {"responses": {"200": answer}}}},
        "components": {"schemas": COMPONENTS},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    service = Mock(path)
    found: list[Response] = []
    for seed in SEEDS:
        service.reset(seed=seed)
        found.append(service.handle(Request("GET", "/p")))
    return found, validator(document, "GET", "/p", "200", "application/json")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_met(name: str, tmp_path: Path) -> None:
    responses, judge = asked(tmp_path, SCHEMAS[name])
    for response in responses:
        assert response.status == 200, response.json()
        judge.validate(response.json())


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"type": "object", "required": ["a"], "additionalProperties": False},
        {"oneOf": [{"type": "integer"}, {"type": "integer"}]},
        {"not": {}},
        False,
        {"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": True},
        {"type": "string", "enum": [1, 2]},
        {"$ref": "#/components/schemas/Endless"},
    ],
)
def test_what_no_value_meets_is_said(schema: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Endless"}}}
    monkeypatch.setitem(COMPONENTS, "Endless", endless)
    responses, _ = asked(tmp_path, schema)
    assert {response.status for response in responses} == {501}


def test_a_discriminator_names_the_shape_that_is_sent(tmp_path: Path) -> None:
    shapes = [response.json() for response in asked(tmp_path, SCHEMAS["shape"])[0]]
    assert {(shape["type"], *sorted(shape)) for shape in shapes} == {("circle", "r", "type"), ("box", "type", "w")}
    for response in asked(tmp_path, SCHEMAS["base"])[0]:
        assert response.json()["kind"] == "cat"
        assert "lives" in response.json()


def test_write_only_members_are_not_sent_and_read_only_ones_are(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer", "readOnly": True}, "password": {"type": "string", "writeOnly": True}},
    }
    assert all(set(response.json()) == {"id"} for response in asked(tmp_path, schema)[0])


def test_examples_are_used_for_some(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "examples": ["Ada"]}}}
    names = {response.json()["name"] for response in asked(tmp_path, schema)[0]}
    assert "Ada" in names
    assert len(names) > 2


def test_times_are_sensible(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["at", "ended"],
        "properties": {
            "at": {"type": "string", "format": "date-time"},
            "ended": {"type": "integer", "x-speclient": {"unit": "epoch-milliseconds"}},
        },
    }
    for response in asked(tmp_path, schema)[0]:
        value = response.json()
        assert value["at"][:4] in ("2024", "2025")
        assert 1_700_000_000_000 < value["ended"] < 1_800_000_000_000
