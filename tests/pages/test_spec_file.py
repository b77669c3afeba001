"""Edits of spec files: nothing but the edited lines changes."""

from __future__ import annotations

import difflib
import json
from typing import Any, Literal

import pytest
import yaml

from speclient.pages.edits import Edit
from speclient.pages.spec_file import NotEditable, edited
from tests_support import PACKAGES, ROOT

TEXT = """\
# A comment at the top.
openapi: 3.1.0   # the version
paths:
  /a:
    get:
      parameters:
        - {name: x, in: query, schema: {type: integer, maximum: 10}}   # kept
      responses:
        '200':
          description: >-
            A long text that a dump would
            wrap in another way.

        # About the default.
        default:
          description: Other.

  # About b.
  /b: {}
tags: [ one,two ]
"""


def changed_lines(edits: list[Edit], text: str = TEXT) -> list[str]:
    lines = difflib.ndiff(text.splitlines(), edited(text, edits).splitlines())
    return [line for line in lines if line[0] in "+-"]


def edit(action: Literal["set", "append", "remove", "discard"], *path: str, value: Any = None) -> Edit:
    return Edit(action, path, "", value)


def test_a_value_is_replaced_in_its_line() -> None:
    path = ("paths", "/a", "get", "responses", "default", "description")
    assert changed_lines([edit("set", *path, value="Any other.")]) == [
        "-           description: Other.",
        "+           description: Any other.",
    ]


def test_statuses_are_sorted_and_comments_stay_with_what_follows() -> None:
    path = ("paths", "/a", "get", "responses")
    result = edited(TEXT, [edit("set", *path, "404", value={"description": "No."})])
    assert list(yaml.safe_load(result)["paths"]["/a"]["get"]["responses"]) == ["200", "default", "404"]
    assert "# About b." in result
    assert result.index("'404'") < result.index("# About b.")
    early = edited(TEXT, [edit("set", *path, "100", value={"description": "No."})])
    assert early.index("'100'") < early.index("'200'")


def test_new_text_that_yaml_reads_as_another_type_is_quoted() -> None:
    result = edited(TEXT, [edit("set", "paths", "/c", value={"enum": ["no", "1", "plain", "null"]})])
    assert yaml.safe_load(result)["paths"]["/c"]["enum"] == ["no", "1", "plain", "null"]


def test_appending_twice_adds_once() -> None:
    twice = [edit("append", "tags", value="three"), edit("append", "tags", value="three")]
    assert yaml.safe_load(edited(TEXT, twice))["tags"] == ["one", "two", "three"]


def test_discarding_the_last_element_removes_the_list() -> None:
    both = [edit("discard", "tags", value="one"), edit("discard", "tags", value="two")]
    assert "tags" not in yaml.safe_load(edited(TEXT, both))


@pytest.mark.parametrize("name", PACKAGES)
def test_no_edit_changes_nothing(name: str) -> None:
    text = (ROOT / "specs" / f"{name}.yaml").read_text(encoding="utf-8")
    assert edited(text, []) == text


@pytest.mark.parametrize("name", PACKAGES)
def test_one_edit_of_a_committed_spec_changes_one_line(name: str) -> None:
    text = (ROOT / "specs" / f"{name}.yaml").read_text(encoding="utf-8")
    lines = changed_lines([edit("set", "info", "title", value="Another")], text)
    assert [line for line in lines if not line.startswith("?")] == [
        f"-   title: {yaml.safe_load(text)['info']['title']}",
        "+   title: Another",
    ]


def test_json_keeps_its_indentation() -> None:
    text = json.dumps({"paths": {"/a": {}}, "info": {"title": "é"}}, indent=4, ensure_ascii=False) + "\n"
    result = edited(text, [edit("set", "info", "version", value="2")], is_json=True)
    assert [line for line in difflib.ndiff(text.splitlines(), result.splitlines()) if line[0] == "+"] == [
        '+         "title": "é",',
        '+         "version": "2"',
    ]


@pytest.mark.parametrize("path", [("paths", "/a", "get", "parameters", "7"), ("tags", "x"), ("info", "title")])
def test_a_missing_place_is_an_error(path: tuple[str, ...]) -> None:
    with pytest.raises(NotEditable):
        edited(TEXT, [edit("remove", *path)])


def test_lists_without_indentation_keep_their_layout() -> None:
    text = "parameters:\n- name: a\n  in: query\n- name: b\n  in: query\nlast: 1\n"
    edits = [
        Edit("append", ("parameters",), "", {"name": "c", "in": "query"}),
        Edit("remove", ("parameters", "0"), ""),
    ]
    assert edited(text, edits) == "parameters:\n- name: b\n  in: query\n- name: c\n  in: query\nlast: 1\n"


def test_json_keeps_its_end() -> None:
    text = '{\n  "a": 1,\n  "b": 2\n}'
    assert edited(text, [Edit("set", ("b",), "", 3)], is_json=True) == '{\n  "a": 1,\n  "b": 3\n}'


def test_json_keeps_lists_in_one_line() -> None:
    text = '{\n  "a": ["x", "y"],\n  "b": 2\n}\n'
    assert edited(text, [Edit("set", ("b",), "", 3)], is_json=True) == text.replace("2", "3")
