"""Facts against a document: what is held, what is missing, what contradicts, what is weaker."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from speclient.diagnostics import FatalError, Sink
from speclient.document import Document, load
from speclient.pages.compare import Comparison, Verdict
from speclient.pages.facts import Fact, Kind, Subject

CORPUS = os.environ.get("SPECLIENT_CORPUS")

SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://api.example.com/v2"}, {"url": "https://{region}.example.com"}],
    "security": [{"token": []}],
    "paths": {
        "/runs/{runId}": {
            "get": {
                "deprecated": True,
                "parameters": [
                    {"name": "runId", "in": "path", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 100, "default": 20},
                    },
                    {"name": "state", "in": "query", "schema": {"enum": ["done", "failed"]}},
                ],
                "responses": {
                    "200": {
                        "description": "OK",
                        "headers": {"X-Rate": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}},
                    },
                    "404": {"description": "No"},
                },
            }
        }
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": ["integer", "string"]}}},
            "Run": {
                "allOf": [{"$ref": "#/components/schemas/Base"}],
                "properties": {
                    "steps": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "started": {
                        "type": ["string", "null"],
                        "format": "date-time",
                        "x-source": {"basis": "observed", "note": "The page says integer.", "page": "integer"},
                    },
                    "ratio": {"type": "number"},
                },
            },
        },
    },
}
OPERATION = "GET /runs/{runId}"
JSON = "response 200 application/json"


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    path = tmp_path_factory.mktemp("compare") / "spec.yaml"
    path.write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    return Comparison(load(path, Sink()))


def verdict(
    comparison: Comparison, part: str, kind: Kind, value: Any, *field: str, operation: str = OPERATION
) -> Verdict:
    (judgement,) = comparison.judge([Fact(Subject(operation, part, field), kind, value, 1)])
    return judgement.verdict


@pytest.mark.parametrize(
    ("part", "kind", "value", "field", "expected"),
    [
        ("", "operation", "GET /runs/{id}", (), "held"),
        ("", "operation", "POST /runs", (), "missing"),
        ("", "deprecated", True, (), "held"),
        ("", "server", "https://api.example.com/v2/", (), "held"),
        ("", "server", "https://eu.example.com", (), "held"),
        ("", "server", "https://api.example.org", (), "contradicts"),
        ("", "authentication", "bearer", (), "held"),
        ("", "authentication", "basic", (), "contradicts"),
        ("query limit", "parameter", "limit", (), "held"),
        ("query page", "parameter", "page", (), "missing"),
        ("query limit", "maximum", 100, (), "held"),
        ("query limit", "maximum", 100.0, (), "held"),
        ("query limit", "maximum", 50, (), "contradicts"),
        ("query limit", "multiple-of", 10, (), "weaker"),
        ("query limit", "default", "20", (), "held"),
        ("query limit", "default", 25, (), "contradicts"),
        ("query limit", "required", False, (), "held"),
        ("query limit", "required", True, (), "contradicts"),
        ("query limit", "type", "string", (), "contradicts"),
        ("query limit", "format", "int64", (), "contradicts"),
        ("query state", "enum", ["failed", "done"], (), "held"),
        ("query state", "enum", ["failed", "done", "lost"], (), "contradicts"),
        ("query state", "type", "string", (), "held"),
        ("path id", "parameter", "id", (), "missing"),
        ("path run_id", "parameter", "run_id", (), "held"),
        ("response 404", "status", "404", (), "held"),
        ("response 500", "status", "500", (), "missing"),
        ("response 200 header x-rate", "header", "x-rate", (), "held"),
        ("response 200 header X-Limit", "header", "X-Limit", (), "missing"),
        (JSON, "media-type", "application/json", (), "held"),
        ("response 200 text/csv", "media-type", "text/csv", (), "missing"),
        (JSON, "field", "id", ("id",), "held"),
        (JSON, "required", True, ("id",), "held"),
        (JSON, "required", True, ("ratio",), "weaker"),
        (JSON, "type", "integer", ("id",), "weaker"),
        (JSON, "type", "boolean", ("id",), "contradicts"),
        (JSON, "type", "integer", ("ratio",), "weaker"),
        (JSON, "type", "integer", ("started",), "explained"),
        (JSON, "type", "boolean", ("started",), "contradicts"),
        (JSON, "nullable", True, ("started",), "held"),
        (JSON, "nullable", True, ("ratio",), "weaker"),
        (JSON, "field", "name", ("steps", "[]", "name"), "held"),
        # A page may not show that the parent is an array, or the media type.
        (JSON, "field", "name", ("steps", "name"), "held"),
        ("response 200", "type", "string", ("steps", "[]", "name"), "held"),
        (JSON, "field", "color", ("steps", "[]", "color"), "missing"),
        (JSON, "example", {"id": 1, "steps": [{"name": "a"}], "labels": {"any": "b"}}, (), "held"),
        (JSON, "example", {"id": 1, "color": "red"}, (), "missing"),
        (JSON, "example", {"id": 1, "ratio": "high"}, (), "contradicts"),
    ],
)
def test_verdicts(
    comparison: Comparison, part: str, kind: Kind, value: Any, field: tuple[str, ...], expected: str
) -> None:
    assert verdict(comparison, part, kind, value, *field) == expected


def test_a_page_may_show_the_path_with_that_of_the_server(comparison: Comparison) -> None:
    assert verdict(comparison, "query limit", "maximum", 100, operation="GET /v2/runs/{runId}") is Verdict.HELD
    assert comparison.operation("GET /other/{runId}") is None


def test_a_schema_is_found_by_its_name_in_other_spelling(comparison: Comparison) -> None:
    assert verdict(comparison, "schema run", "field", "ratio", "ratio", operation="") is Verdict.HELD
    assert verdict(comparison, "schema Walk", "field", "ratio", "ratio", operation="") is Verdict.UNBOUND


def test_a_fact_without_a_name_is_held_if_any_place_has_it(comparison: Comparison) -> None:
    assert verdict(comparison, "query #1", "maximum", 100) is Verdict.HELD
    assert verdict(comparison, "query #1", "maximum", 99) is Verdict.MISSING
    named = Fact(Subject(OPERATION, "query limit"), "parameter", "limit", 1)
    lost = Fact(Subject(OPERATION, "query #1"), "maximum", 100, 1)
    assert comparison.judge([named, lost])[1].verdict is Verdict.MISSING, "the place is taken by a name"


def test_only_the_outermost_missing_thing_is_reported(comparison: Comparison) -> None:
    subject = Subject(OPERATION, "response 500 application/json")
    facts = [
        Fact(Subject(OPERATION, "response 500"), "status", "500", 1),
        Fact(subject, "media-type", "application/json", 2),
        Fact(subject.at("code"), "field", "code", 3),
        Fact(subject.at("code"), "type", "integer", 3),
    ]
    assert [judgement.fact.kind for judgement in comparison.judge(facts)] == ["status"]


@pytest.mark.slow
@pytest.mark.skipif(CORPUS is None, reason="SPECLIENT_CORPUS names no folder")
@pytest.mark.parametrize("name", sorted(path.name for path in Path(CORPUS or ".").glob("*.json")) if CORPUS else [])
def test_a_document_states_what_it_states(name: str) -> None:
    """No false finding: each statement of a document, taken as a fact, is held; each changed one is not."""
    try:
        document: Document = load(Path(CORPUS or "") / name, Sink())
    except FatalError:
        pytest.skip("not a document")
    comparison = Comparison(document)
    facts = [statement.fact for statement in comparison.statements][:4000]
    # Examples in real documents contradict their own schemas.
    facts = [fact for fact in facts if fact.kind != "example"]
    wrong = [str(judgement.fact) for judgement in comparison.judge(facts) if judgement.verdict is not Verdict.HELD]
    assert wrong == []
    numbers = [fact for fact in facts if fact.kind in ("maximum", "minimum", "max-length") and fact.value != 987654]
    for fact in numbers[:100]:
        (judgement,) = comparison.judge([replace(fact, value=987654)])
        assert judgement.verdict is Verdict.CONTRADICTS, str(fact)


CIRCULAR: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "//api.example.com"}],
    "paths": {
        "/nodes": {
            "get": {
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}},
                    }
                }
            }
        }
    },
    "components": {
        "schemas": {
            "Node": {
                "properties": {
                    "name": {"type": "string"},
                    "nodes": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
                }
            }
        }
    },
}


@pytest.mark.parametrize("depth", [1, 2, 9])
def test_a_page_may_show_a_circular_schema_deeper(depth: int, tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(CIRCULAR))
    comparison = Comparison(load(file, Sink()))
    field = ("nodes", "[]") * depth
    part = Subject("GET /nodes", "response 200 application/json", (*field, "name"))
    wrong = Subject("GET /nodes", "response 200 application/json", (*field, "title"))
    facts = [Fact(part, "field", "name"), Fact(part, "type", "string"), Fact(wrong, "field", "title")]
    assert [judged.verdict for judged in comparison.judge(facts)] == [Verdict.HELD, Verdict.HELD, Verdict.MISSING]


def test_properties_imply_an_object_and_servers_may_lack_a_scheme(tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(CIRCULAR))
    comparison = Comparison(load(file, Sink()))
    facts = [
        Fact(Subject("GET /nodes", "response 200 application/json"), "type", "object"),
        Fact(Subject("GET /nodes"), "server", "https://api.example.com"),
    ]
    assert {judged.verdict for judged in comparison.judge(facts)} == {Verdict.HELD}
