"""Reading documents: YAML by its own rules, places, references."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speclient.diagnostics import FatalError, Location, Sink
from speclient.document import Document, Limits, Node, escape_pointer, load, split_pointer
from speclient.document.problems import ReferenceProblem
from speclient.document.source_map import SourceMap
from speclient.document.yaml12 import parse_yaml
from speclient.schema import schema_view
from speclient.schema.dialect import NULLABLE
from unit.apis import read

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("off", "off"), ("yes", "yes"), ("no", "no"), ("y", "y"), ("n", "n"), ("On", "On"),
        ("true", True),
        ("True", True), ("TRUE", True), ("false", False), ("tRue", "tRue"), ("null", None), ("~", None), ("Null", None),
        ("", None), ("nULL", "nULL"), ("012", 12), ("0o14", 12), ("0xC", 12), ("0b11", "0b11"), ("+12", 12),
        ("-12", -12),
        ("1_000", "1_000"), ("1:30", "1:30"), ("190:20:30", "190:20:30"), ("1.5", 1.5), ("1e3", 1000.0), ("1.", 1.0),
        (".5", 0.5), ("1e", "1e"), ("-.5e-1", -0.05), ("1,5", "1,5"), (".inf", ".inf"), ("-.INF", "-.INF"),
        (".nan", ".nan"),
        ("1e400", "1e400"), ("!!float x", "x"), ("-0", 0),
        ("2024-05-01", "2024-05-01"), ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"), ("1.2.3", "1.2.3"), ("=", "="),
        ("'12'", "12"), ('"true"', "true"), ("!!str 12", "12"), ("!!binary aGk=", "aGk="),
        ("!!timestamp 2024-05-01", "2024-05-01"),
        ("9007199254740993", 9007199254740993), ("0.1", 0.1), ("-", [None]), ("<", "<"), ("|\n  a\n  b\n", "a\nb\n"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    data, _ = parse_yaml(f"a: {text}\n" if not text.startswith("-\n") and text != "-" else "a:\n  -\n")
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_numbers_that_no_float_holds_stay_text(tmp_path: Path) -> None:
    """Infinity and NaN are no values of JSON; a document that held one could not be written out again."""
    path = tmp_path / "openapi.json"
    path.write_text('{"openapi": "3.1.0", "a": [NaN, Infinity, -Infinity, 1e400, -1e999999999, 1e3]}', encoding="utf-8")
    data = load(path, Sink()).root.mapping["a"]
    assert data == ["NaN", "Infinity", "-Infinity", "1e400", "-1e999999999", 1000.0]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("200", "200"),
        ("on", "on"),
        ("null", "null"),
        ("1.0", "1.0"),
        ("true", "true"),
        ("~", "~"),
        ("2024-05-01", "2024-05-01"),
    ],
)
def test_keys_are_the_text_that_stands_there(text: str, key: str) -> None:
    assert parse_yaml(f"{text}: 1\n")[0] == {key: 1}


def test_merge_keys_and_anchors() -> None:
    data, _ = parse_yaml("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n")
    assert data["b"] == {"x": 1, "y": 3}
    assert data["c"] is data["a"]


def test_keys_that_stand_twice() -> None:
    data, twice = parse_yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert data == {"a": 3, "b": {"c": 2}}
    assert sorted(twice) == [("a", 5), ("c", 4)]


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=6), JSON_VALUES, max_size=4))
@settings(max_examples=150, deadline=None)
def test_every_value_of_a_json_text_is_found_again(data: dict[str, Any]) -> None:
    """Each pointer leads to its value, and to the line that holds it."""
    text = json.dumps({"openapi": "3.1.0", **data}, indent=1)
    marks = SourceMap(text)
    lines = text.split("\n")
    for pointer, key in _pointers({"openapi": "3.1.0", **data}):
        line, column = marks.find(pointer)
        if line is not None and column is not None and key is not None and "\x7f" not in key and key.isprintable():
            assert lines[line - 1][column - 1 :].startswith(json.dumps(key)), pointer


def _pointers(value: Any, at: str = "") -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    if isinstance(value, dict):
        for key, item in value.items():
            inner = f"{at}/{escape_pointer(key)}"
            found += [(inner, key), *_pointers(item, inner)]
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += [(f"{at}/{index}", None), *_pointers(item, f"{at}/{index}")]
    return found


@given(st.lists(st.text(max_size=6), max_size=5))
def test_pointers_come_back(tokens: Sequence[str]) -> None:
    pointer = "".join(f"/{escape_pointer(token)}" for token in tokens)
    assert split_pointer(pointer) == tuple(tokens)


def test_lines_and_columns(tmp_path: Path) -> None:
    document, _ = read(
        tmp_path,
        HEAD + "paths:\n  /a~b/{c}:\n    get:\n      tags:\n        - one\n        - two\n      x: {y: [1, {z: 2}]}\n",
    )
    for pointer, place in {
        "": (1, 1),
        "/info/title": (2, 8),
        "/paths/~1a~0b~1{c}": (4, 3),
        "/paths/~1a~0b~1{c}/get/tags/1": (8, 11),
        "/paths/~1a~0b~1{c}/get/x/y/1/z": (9, 19),
        "/paths/~1a~0b~1{c}/get/nothing/here": (5, 5),
        "/paths/~1a~0b~1{c}/get/tags/7": (6, 7),
    }.items():
        found = document.locate(Location(document.root_file, pointer))
        assert (found.line, found.column) == place, pointer
    assert document.locate(Location("elsewhere.yaml", "/a")) == Location("elsewhere.yaml", "/a")


# -- references ------------------------------------------------------------------------------------------------


def _at(document: Document, pointer: str) -> Node:
    found = document.at(document.root_file, pointer)
    assert found is not None
    return found


TARGETS = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a/{b}~c: {get: {summary: it}}
components:
  schemas:
    Plain: {type: string}
    'a/b': {type: integer}
    'a~b': {type: boolean}
    'a b%c': {type: array}
    'größe': {type: number}
    '~1': {type: 'null'}
    Anchored:
      $anchor: here
      properties: {x: {$anchor: inner, type: string}}
    Dynamic: {$dynamicAnchor: node, type: object}
    List: {allOf: [{title: first}, {title: second}]}
    Chain: {$ref: '#/components/schemas/Link'}
    Link: {$ref: '#/components/schemas/Plain'}
"""


@pytest.mark.parametrize(
    ("reference", "pointer"),
    [
        ("#/components/schemas/Plain", "/components/schemas/Plain"),
        ("#/components/schemas/a~1b", "/components/schemas/a~1b"),
        ("#/components/schemas/a~0b", "/components/schemas/a~0b"),
        ("#/components/schemas/a%20b%25c", "/components/schemas/a b%c"),
        ("#/components/schemas/gr%C3%B6%C3%9Fe", "/components/schemas/größe"),
        ("#/components/schemas/größe", "/components/schemas/größe"),
        ("#/components/schemas/~01", "/components/schemas/~01"),
        ("#/paths/~1a~1%7Bb%7D~0c/get", "/paths/~1a~1{b}~0c/get"),
        ("#/paths/~1a~1{b}~0c", "/paths/~1a~1{b}~0c"),
        ("#/components/schemas/List/allOf/1", "/components/schemas/List/allOf/1"),
        ("#here", "/components/schemas/Anchored"),
        ("#inner", "/components/schemas/Anchored/properties/x"),
        ("#node", "/components/schemas/Dynamic"),
        ("#", ""),
        ("", ""),
        ("openapi.yaml#/info", "/info"),
        ("./openapi.yaml#/info", "/info"),
    ],
)
def test_references_within_a_file(reference: str, pointer: str, tmp_path: Path) -> None:
    document, _ = read(tmp_path, TARGETS)
    found = document.follow(document.root, reference)
    assert (found.file, found.pointer) == (document.root_file, pointer)
    assert found.value == _at(document, pointer).value


def test_a_chain_is_followed_to_its_end(tmp_path: Path) -> None:
    document, _ = read(tmp_path, TARGETS)
    assert _at(document, "/components/schemas/Chain").resolve().pointer == "/components/schemas/Plain"


@pytest.mark.parametrize(
    ("reference", "code", "message"),
    [
        ("#/components/schemas/Plan", "SC010", "did you mean 'Plain'?"),
        ("#/component/schemas/Plain", "SC010", "did you mean 'components'?"),
        ("#/components/schemas/List/allOf/2", "SC010", "unresolved reference"),
        ("#/components/schemas/List/allOf/-1", "SC010", "unresolved reference"),
        ("#/components/schemas/List/allOf/x", "SC010", "unresolved reference"),
        ("#/openapi/x", "SC010", "unresolved reference"),
        ("#nowhere", "SC010", "no schema has the anchor 'nowhere'"),
        ("nowhere.yaml", "SC010", "no such file"),
        ("openapi.yml", "SC010", "did you mean 'openapi.yaml'?"),
        ("../x.yaml", "SC012", "is outside the document's folder"),
        ("a/../../x.yaml", "SC012", "is outside the document's folder"),
        ("%2e%2e/x.yaml", "SC012", "is outside the document's folder"),
        ("/etc/hosts", "SC012", "is outside the document's folder"),
        ("https://example.com/x.yaml", "SC012", "URLs are not loaded"),
        ("file:///etc/hosts", "SC012", "URLs are not loaded"),
        ("//example.com/x.yaml", "SC012", "URLs are not loaded"),
        ("http://[::1/x", "SC010", "is not a valid reference"),
        ("a%00b.yaml", "SC010", "is not a valid file path"),
        ("x" * 5000, "SC010", "the file"),
    ],
)
def test_references_that_lead_nowhere(reference: str, code: str, message: str, tmp_path: Path) -> None:
    document, _ = read(tmp_path / "inner", TARGETS)
    (tmp_path / "x.yaml").write_text("a: 1\n", encoding="utf-8")
    place = _at(document, "/components/schemas/List")
    with pytest.raises(ReferenceProblem) as caught:
        document.follow(place, reference)
    found = caught.value.diagnostic
    assert (found.code, found.location) == (code, place.location)
    assert message in found.message


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    document, _ = read(tmp_path / "inner", TARGETS)
    (tmp_path / "x.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "inner" / "link.yaml").symlink_to(tmp_path / "x.yaml")
    with pytest.raises(ReferenceProblem) as caught:
        document.follow(document.root, "link.yaml")
    assert caught.value.diagnostic.code == "SC012"


def test_circles(tmp_path: Path) -> None:
    document, _ = read(tmp_path, HEAD + "a: {$ref: '#/b'}\nb: {$ref: '#/c'}\nc: {$ref: '#/b'}\nd: {$ref: '#/d'}\n")
    for pointer in ("/a", "/d"):
        with pytest.raises(ReferenceProblem) as caught:
            _at(document, pointer).resolve()
        assert caught.value.diagnostic.code == "SC011"


def test_references_between_files_start_where_they_stand(tmp_path: Path) -> None:
    files = {
        "schemas/order.yaml": "line: {$ref: 'parts/line.json#/defs/a~1b'}\n"
        "root: {$ref: '../openapi.yaml#/info/title'}\n",
        "schemas/parts/line.json": '{"defs": {"a/b": {"$ref": "../with%20space.yaml#it"}}}',
        "schemas/with space.yaml": "x: {$anchor: it, back: {$ref: 'order.yaml#/root'}}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    document, _ = read(tmp_path, HEAD + "x: {$ref: 'schemas/order.yaml#/line'}\n")
    found = _at(document, "/x").resolve()
    assert (found.file, found.pointer) == ("schemas/with space.yaml", "/x")
    back = found.get("back")
    assert back is not None
    assert (back.resolve().file, back.resolve().pointer) == (document.root_file, "/info/title")
    assert document.locate(found.location).line == 1
    assert [name for name, _ in document.texts()] == [document.root_file, *files]
    assert found.id == "schemas/with space.yaml#/x"


def test_limits(tmp_path: Path) -> None:
    for text, limits, message in (
        (HEAD + "a: [1, 2, 3, 4]\n", Limits(values=8), "more than 8 values"),
        (HEAD + "a: {b: {c: {d: 1}}}\n", Limits(depth=2), "nested deeper than 2 levels"),
        (HEAD, Limits(bytes=20), "bytes exceed the limit of 20"),
    ):
        (tmp_path / "openapi.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(FatalError, match=message) as caught:
            load(tmp_path / "openapi.yaml", Sink(), limits=limits)
        assert caught.value.diagnostic.code == "SC006"
    for name in "bc":
        (tmp_path / f"{name}.yaml").write_text("x: 1\n", encoding="utf-8")
    (tmp_path / "openapi.yaml").write_text(HEAD, encoding="utf-8")
    document = load(tmp_path / "openapi.yaml", Sink(), limits=Limits(files=2))
    document.follow(document.root, "b.yaml")
    with pytest.raises(ReferenceProblem) as problem:
        document.follow(document.root, "c.yaml")
    assert problem.value.diagnostic.code == "SC006"


def test_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode() + b"a:\r\n  b: 1\r\n")
    document = load(path, Sink())
    assert document.locate(Location(document.root_file, "/a/b")).line == 4


# -- 3.0 seen as 3.1 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "view"),
    [
        ({"type": "string"}, {"type": ["string"]}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"], NULLABLE: True}),
        ({"type": ["string", "null"], "nullable": True}, {"type": ["string", "null"], NULLABLE: True}),
        ({"type": "string", "nullable": False}, {"type": ["string"]}),
        ({"type": "string", "nullable": "yes"}, {"type": ["string"]}),
        ({"enum": ["a"], "nullable": True}, {"enum": ["a"], NULLABLE: True}),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
        ({"exclusiveMaximum": True}, {}),
        ({"exclusiveMinimum": 1}, {"exclusiveMinimum": 1}),
        ({"type": "file"}, {"type": ["string"], "format": "binary"}),
        ({"type": 5}, {"type": 5}),
    ],
)
def test_schemas_of_3_0(schema: dict[str, Any], view: dict[Any, Any]) -> None:
    before = json.dumps(schema)
    assert schema_view(schema) == view
    assert json.dumps(schema) == before
