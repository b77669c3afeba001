"""The judge of `Any` is right: it must find one that hides a type, and no other."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from corpus import table
from corpus.count import count_operations
from corpus.figures import Row
from corpus.untyped import judged

_DOCUMENT: dict[str, Any] = {
    "components": {"schemas": {"Text": {"type": "string"}, "Free": {}, "Loop": {"allOf": [{"$ref": "#/l"}]}}}
}


@pytest.mark.parametrize(
    ("annotation", "schema", "fine"),
    [
        ("Any", {}, [True]),
        ("Any", {"description": "said in words only", "nullable": True}, [True]),
        ("Any", {"additionalProperties": True}, [True]),
        ("Any", {"additionalProperties": False}, [False]),
        ("Any", {"minLength": 1}, [False]),
        ("Any", {"type": "string"}, [False]),
        ("Any", {"$ref": "#/components/schemas/Text"}, [False]),
        ("Any", {"$ref": "#/components/schemas/Free"}, [True]),
        ("Any", {"allOf": [{"type": "string"}, {"description": "more"}]}, [False]),
        ("Any", {"oneOf": [{"type": "string"}, {}]}, [True]),
        ("list[Any]", {"type": "array", "items": {}}, [True]),
        ("list[Any]", {"type": "array"}, [True]),
        ("list[Any]", {"type": "array", "items": {"type": "string"}}, [False]),
        ("dict[str, Any]", {"type": "object"}, [True]),
        ("dict[str, Any]", {"type": "object", "additionalProperties": True}, [True]),
        ("dict[str, Any]", {"type": "object", "additionalProperties": {"type": "string"}}, [False]),
        ("Annotated[Omittable[list[dict[str, Any]]], Field()]", {"type": "array", "items": {"type": "object"}}, [True]),
        ("list[Any] | None", {"type": ["array", "null"], "items": {"enum": [1]}}, [False]),
        ("models.Thing | Mapping[str, Any] | None", {"type": "object", "properties": {"a": {}}}, []),
        ("str", {"type": "string"}, []),
    ],
)
def test_an_any_is_explained_by_the_document_alone(annotation: str, schema: dict[str, Any], fine: list[bool]) -> None:
    code = ast.parse(annotation, mode="eval").body
    assert list(judged(_DOCUMENT, code, (schema,))) == fine


def test_operations_are_counted() -> None:
    shared: dict[str, Any] = {"get": {}, "parameters": [], "x-get": {}}
    document = {
        "paths": {"/a": {"get": {}, "post": {}, "summary": "s"}, "/b": {"$ref": "#/items/b"}, "x-root": "/v1"},
        "items": {"b": shared},
    }
    assert count_operations(document) == 3


def test_the_page_keeps_what_people_wrote(tmp_path: Path) -> None:
    page = tmp_path / "corpus.md"
    written = "## Explained\n\nOne.\n\n## Documents that it was not tuned on\n\nTwo.\n"
    page.write_text("# Old\n\n" + written, encoding="utf-8")
    table.write(page, [Row("a-document", counted=1, emitted=1)])
    assert page.read_text(encoding="utf-8").endswith("\n\n" + written)
    assert "| a-document |" in page.read_text(encoding="utf-8")
