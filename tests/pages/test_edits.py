"""Proposed edits: shared components, other files, examples that still have a field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from speclient.diagnostics import Sink
from speclient.document import load
from speclient.pages.compare import Comparison
from speclient.pages.diff import Change
from speclient.pages.edits import Proposal, propose
from speclient.pages.facts import Fact, Subject

SHARED: dict[str, Any] = {"type": "object", "properties": {"size": {"type": "integer", "maximum": 5}}}


def proposal(folder: Path, facts: list[Fact], changed: list[Change], ref: str = "#/components/schemas/Box") -> Proposal:
    content = {"application/json": {"schema": {"$ref": ref}}}
    operation = {"responses": {"200": {"description": "d", "content": content}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": operation}, "/b": {"get": operation}},
        "components": {"schemas": {"Box": SHARED}},
    }
    (folder / "spec.json").write_text(json.dumps(document))
    (folder / "box.json").write_text(json.dumps(SHARED))
    comparison = Comparison(load(folder / "spec.json", Sink()))
    return propose(comparison, facts, comparison.judge(facts), changed)


def size(kind: Any, value: Any) -> Fact:
    return Fact(Subject("GET /a", "response 200 application/json", ("size",)), kind, value, 1, 1)


def test_a_reason_names_the_operations_that_share_a_component(tmp_path: Path) -> None:
    (edit,) = proposal(tmp_path, [size("maximum", 9)], []).edits
    assert "GET /b" in edit.reason


def test_values_in_other_files_are_left_to_a_person(tmp_path: Path) -> None:
    result = proposal(tmp_path, [size("maximum", 9)], [], "box.json")
    assert result.edits == ()
    assert "box.json" in result.open[0]


@pytest.mark.parametrize("in_example", [True, False])
def test_a_field_that_an_example_still_has_is_not_removed(in_example: bool, tmp_path: Path) -> None:
    part = Subject("GET /a", "response 200 application/json")
    examples = [Fact(part, "example", {"size": 1})] if in_example else []
    change = Change("removed", "GET /a", 1, old=size("field", "size"))
    result = proposal(tmp_path, examples, [change])
    assert bool(result.edits) is not in_example
    assert bool(result.open) is in_example


def test_a_media_type_of_a_new_status_adds_the_response(tmp_path: Path) -> None:
    subject = Subject("GET /a", "response 201 application/json")
    (edit,) = proposal(tmp_path, [Fact(subject, "media-type", "application/json")], []).edits
    assert edit.path == ("paths", "/a", "get", "responses", "201")
