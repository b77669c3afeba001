"""Models and JSON data in Python: what `json.loads` and dumps give is read like JSON text; numbers keep their value."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx2
import pydantic
import pytest

from conftest import ROOT, Made
from features.test_features import FEATURES

Make = Callable[[Any], Made]
PROGRAM = ROOT / "tests" / "corpus" / "round_trips.py"

SPEC = """
openapi: 3.1.0
info: {title: Store, version: "1"}
servers: [{url: https://api.example.com}]
paths:
  /items/{id}:
    get:
      operationId: getItem
      tags: [items]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
    put:
      operationId: putItem
      tags: [items]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses: {'204': {description: done}}
  /anything:
    get:
      operationId: getAnything
      tags: [items]
      responses: {'200': {description: any, content: {application/json: {schema: {}}}}}
components:
  schemas:
    Item:
      type: object
      properties:
        id: {type: integer}
        price: {type: number, minimum: -10.5}
        prices: {type: array, items: {type: number}}
        free: {}
        size: {$ref: '#/components/schemas/Size'}
        sizes: {type: array, items: {$ref: '#/components/schemas/Size'}}
        grade: {type: integer, enum: [1, 2]}
        mixed: {enum: [a, 1, 2.5]}
        on: {type: string, format: date}
        at: {type: string, format: date-time}
        ats: {type: array, items: {type: string, format: date-time}}
        pair: {type: array, prefixItems: [{type: integer}, {type: string}], minItems: 2, maxItems: 2}
        note: {type: [string, 'null']}
        parent: {$ref: '#/components/schemas/Item'}
        pet:
          oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
          discriminator:
            propertyName: petKind
            mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}
        loose: {anyOf: [{$ref: '#/components/schemas/Cat'}, {type: string, format: date-time}, {type: integer}]}
    Size: {type: string, enum: [small, large]}
    Cat: {type: object, required: [petKind], properties: {petKind: {type: string}, lives: {type: integer}}}
    Dog: {type: object, required: [petKind], properties: {petKind: {type: string}, lives: {type: string}}}
"""


def answered(text: str) -> Callable[[httpx2.Request], httpx2.Response]:
    """A service that answers with a JSON text."""
    return lambda _: httpx2.Response(200, content=text.encode(), headers={"content-type": "application/json"})


BODIES = [
    {"size": "small", "grade": 2, "mixed": 2.5, "on": "2024-05-01", "at": "2024-05-01T12:00:00.120000Z"},
    {"size": "new", "sizes": ["small", "new"], "grade": 7, "mixed": "b", "note": None},
    {"ats": ["2024-05-01T12:00:00Z"], "pair": [1, "a"], "price": 400, "prices": [400, 400.0, 1.5]},
    {"pet": {"petKind": "cat", "lives": 9}, "parent": {"pet": {"petKind": "dog", "lives": "nine"}, "size": "large"}},
    {"loose": {"petKind": "cat"}},
    {"loose": "2024-05-01T12:00:00Z"},
    {"free": {"a": [1, 2.0, None]}, "unlisted": [True]},
]
ODD = [
    '{"id": 1.0, "parent": {"id": 2e0}}',
    '{"at": "2016-12-31T23:59:60Z"}',
    '{"at": "2024-05-01t12:00:00z", "ats": ["2024-05-01T12:00:00.123456789Z"]}',
]


@pytest.mark.parametrize("body", BODIES)
def test_data_is_read_like_text_and_dumps_are_read_again(make: Make, body: dict[str, Any]) -> None:
    item = make(SPEC).module.models.Item
    text = json.dumps(body)
    value = item.model_validate_json(text)
    assert item.model_validate(json.loads(text)) == value
    assert item.model_validate(json.loads(text)).to_json() == value.to_json()
    assert json.loads(value.to_json()) == body

    class Outer(pydantic.BaseModel):
        item: item  # type: ignore[valid-type]
        items: dict[str, list[item]] = {}  # type: ignore[valid-type]
        anything: Any = None

    adapter = pydantic.TypeAdapter(list[item])  # type: ignore[valid-type]
    outer = Outer(item=value, items={"a": [value]}, anything=value)
    assert adapter.validate_python([body]) == [value]
    assert Outer.model_validate({"item": body}).item == value
    assert json.loads(outer.model_dump_json()) == {"item": body, "items": {"a": [body]}, "anything": body}
    for mode in ("python", "json"):
        assert item.model_validate(value.model_dump(mode=mode)) == value
        assert adapter.validate_python(adapter.dump_python([value], mode=mode)) == [value]
        assert Outer.model_validate(outer.model_dump(mode=mode)).items == {"a": [value]}
    assert value.model_dump(exclude_unset=False).keys() == value.model_dump().keys()
    assert item.model_validate_json(value.model_dump_json()) == value
    assert adapter.validate_json(adapter.dump_json([value])) == [value]


@pytest.mark.parametrize("text", ODD)
def test_every_valid_spelling_is_read_from_text_and_data(make: Make, text: str) -> None:
    item = make(SPEC).module.models.Item
    value = item.model_validate_json(text)
    assert item.model_validate(json.loads(text)) == value
    assert item.model_validate_json(text.encode()) == value


@pytest.mark.parametrize(
    "data",
    [
        {"id": "1"}, {"id": True}, {"id": 1.5}, {"grade": True}, {"grade": "1"}, {"size": 1}, {"price": "1"},
        {"price": True}, {"on": 5}, {"on": "20240501"}, {"at": 0}, {"at": "2024-05-01"}, {"pair": [1]}, {"pair": "ab"},
        {"id": None}, {"pet": {"petKind": "bird"}}, {"pet": {"lives": 1}}, {"mixed": True}, {"parent": []},
    ],
)  # fmt: skip
def test_what_is_invalid_in_text_is_invalid_in_data(make: Make, data: dict[str, Any]) -> None:
    item = make(SPEC).module.models.Item
    with pytest.raises(pydantic.ValidationError):
        item.model_validate_json(json.dumps(data))
    with pytest.raises(pydantic.ValidationError):
        item.model_validate(data)


def test_only_data_of_json_is_read_like_json(make: Make) -> None:
    item = make(SPEC).module.models.Item
    for data in ({"free": 1, 5: 6}, {"id": 1.0, "free": (1, 2)}, [("id", 1)], "text", None):
        with pytest.raises(pydantic.ValidationError):
            item.model_validate(data)


def numbers(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize("number", [
    "400", "400.0", "-0.5", "1e2", "9007199254740993", "123456789012345678901234567890", "1e300",
    "0.12345678901234567891",
    "12345678901234567890.5", "1E-400",
])  # fmt: skip
@pytest.mark.parametrize(
    "shape", ['{{"price":{}}}', '{{"prices":[{}]}}', '{{"free":{{"a":[{}]}}}}', '{{"unlisted":{}}}']
)
def test_numbers_keep_their_value(make: Make, number: str, shape: str) -> None:
    made = make(SPEC)
    text = shape.format(number)
    reply = httpx2.Response(200, content=text.encode(), headers={"content-type": "application/json"})
    sent: list[bytes] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content)
        return reply if request.method == "GET" else httpx2.Response(204)

    client = made.client(service)
    for value in (client.items.get_item("1"), made.module.models.Item.model_validate_json(text)):
        assert numbers(value.to_json()) == numbers(value.model_dump_json()) == numbers(text)
        data = value.to_dict()
        assert numbers(repr(data).replace("'", '"')) == numbers(text)
        json.dumps(data, allow_nan=False)
        json.dumps(made.module.to_jsonable([value]), allow_nan=False)
        client.items.put_item("1", body=value)
        assert numbers(sent[-1].decode()) == numbers(text)
        client.items.put_item("1", body={"free": value})
        assert numbers(sent[-1].decode()) == {"free": numbers(text)}
        wrapped = made.module.models.Item(parent=value, free=[value])
        assert numbers(wrapped.to_json()) == {"free": [numbers(text)], "parent": numbers(text)}


def test_an_integer_is_written_as_an_integer(make: Make) -> None:
    item = make(SPEC).module.models.Item
    text = '{"price":400,"prices":[1,2.5,9007199254740993]}'
    assert item.model_validate_json(text).to_json() == text
    assert json.dumps(item.model_validate_json(text).to_dict(), separators=(",", ":")) == text
    assert item(price=400).to_json() == '{"price":400}'


def list_of(model: Any) -> Any:
    """The type of lists of a model."""
    return list[model]


HUGE = ["1e999999999", "-1e999", "1e99999999999999999999", "7" * 5000, "-" + "7" * 5000]


@pytest.mark.parametrize("number", HUGE, ids=lambda text: text[:8])
@pytest.mark.parametrize("name", ["id", "price", "parent", "size"])
def test_a_number_out_of_range_is_a_violation_and_kept(make: Make, number: str, name: str) -> None:
    made = make(SPEC)
    text = f'{{"{name}":{number}}}'
    client = made.client(answered(text), policy="tolerant")
    response = client.raw(client.items.get_item, "1")
    assert [violation.pointer for violation in response.violations] == [f"/{name}"]
    assert response.value.to_json() == text
    assert json.dumps(response.value.to_dict(), allow_nan=False) == f'{{"{name}": "{number}"}}'
    with pytest.raises(made.module.InvalidResponseError):
        made.client(answered(text)).items.get_item("1")
    with pytest.raises(pydantic.ValidationError):
        made.module.models.Item.model_validate_json(text)


@pytest.mark.parametrize("number", HUGE, ids=lambda text: text[:8])
@pytest.mark.parametrize("name", ["free", "unlisted"])
def test_where_anything_may_be_a_number_out_of_range_is_kept(make: Make, number: str, name: str) -> None:
    made = make(SPEC)
    for text in (f'{{"{name}":{number}}}', f'{{"{name}":{{"a":[{number}]}}}}'):
        for value in (
            made.client(answered(text)).items.get_item("1"),
            made.module.models.Item.model_validate_json(text),
        ):
            assert value.to_json() == text
            json.dumps(value.to_dict(), allow_nan=False)
        # pydantic alone would make it null.
        with pytest.raises(pydantic.ValidationError):
            pydantic.TypeAdapter(list_of(made.module.models.Item)).validate_json(f"[{text}]")
        with pytest.raises(pydantic.ValidationError):
            made.module.models.Item.model_validate({name: [float("inf")]})


def test_numbers_of_a_result_of_any_type(make: Make) -> None:
    made = make(SPEC)
    for number in (*HUGE, "0.12345678901234567891"):
        value = made.client(answered(f"[{number}]")).items.get_anything()
        assert json.dumps(made.module.to_jsonable(value), allow_nan=False)
        assert made.module.models.Item(free=value).to_json() == f'{{"free":[{number}]}}'


@pytest.mark.parametrize("feature", FEATURES)
def test_properties_of_every_model_of_the_features(make: Make, feature: str) -> None:
    made = make(ROOT / "tests" / "features" / feature / "openapi.yaml")
    done = subprocess.run(
        [sys.executable, PROGRAM, made.folder, made.module.__name__], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


AWKWARD = [
    "@id", "id", "id_", "foo-bar", "foo_bar", "fooBar", "FooBar", "foo_bar_", "displayName", "display_name",
    "register", "mro", "class", "class_", "None", "import", "date", "date_", "datetime", "list", "int", "str",
    "dict", "set", "object", "type", "Any", "Model", "Field", "Omittable", "annotations", "model_config",
    "model_fields", "model_dump", "model_x", "json", "copy", "schema", "validate", "construct", "parse_obj",
    "from_orm", "to_dict", "to_json", "secret_members", "self", "cls", "_private", "__class__", "__init__",
    "__dict__", "__pydantic_extra__", "_decoder", "_datetimes", "", " ", "a b", "30d", "+1", "\u6570\u91cf",
    "\u00e9t\u00e9", "abstractmethod", "fget", "field", "field000001x", "additional_members_of_any_name",
    "aliased_type", "super", "property", "context", "data", "made", "name", "value", "items", "keys", "get",
    "pop", "update", "recursive", "resolve_references", "hash", "print", "eval", "async", "match", "true",
    "null", "$ref", "\u2028",
]  # fmt: skip


def document(properties: dict[str, Any], name: str = "Row") -> str:
    """A document with one object schema."""
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Awkward", "version": "1"},
            "servers": [{"url": "https://api.example.com"}],
            "paths": {
                "/rows": {
                    "get": {
                        "operationId": "getRow",
                        "responses": {
                            "200": {
                                "description": "one",
                                "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
                            }
                        },
                    }
                }
            },
            "components": {"schemas": {name: {"type": "object", "properties": properties}}},
        }
    )


def test_each_awkward_property_is_a_field(make: Make, tmp_path: Any) -> None:
    path = tmp_path / "awkward.json"
    path.write_text(document({name: {"type": "string"} for name in AWKWARD}), encoding="utf-8")
    made = make(path)
    row = made.module.models.Row
    names = {name if field.alias is None else field.alias: name for name, field in row.model_fields.items()}
    assert sorted(names) == sorted(AWKWARD)
    assert all(wire == name or name not in names for wire, name in names.items())
    data = {name: f"value of {name}" for name in AWKWARD}
    value = row(**{name: data[wire] for wire, name in names.items()})
    assert value.to_dict() == data
    assert row.model_validate_json(value.to_json()) == row.model_validate(data) == row(**data) == value
    assert all(getattr(value, name) == data[wire] for wire, name in names.items())
    assert made.client(answered(json.dumps(data))).api.get_row() == value
    assert not [entry for entry in made.report["entries"] if entry["kind"] == "degraded"]


def test_a_bound_that_nothing_reaches_costs_no_model(make: Make) -> None:
    properties = {
        "text": {"type": "string", "maxLength": 10**40, "minLength": 1},
        "list": {"type": "array", "items": {}, "maxItems": 10**30},
        "map": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 10**30},
        "number": {"type": "number", "maximum": 10**400},
        "integer": {"type": "integer", "maximum": 10**400},
    }
    row = make(document(properties)).module.models.Row
    data = {"text": "a", "list": [1], "map": {"a": "b"}, "number": 1.5, "integer": 10**30}
    assert row.model_validate_json(json.dumps(data)).to_dict() == data
    with pytest.raises(pydantic.ValidationError):
        row(text="")


def test_a_property_may_have_the_name_of_its_class(make: Make, tmp_path: Any) -> None:
    path = tmp_path / "awkward.json"
    name = "\u6570\u91cf"
    path.write_text(document({name: {"$ref": f"#/components/schemas/{name}"}}, name), encoding="utf-8")
    models = make(path).module.models
    model = getattr(models, dir(models)[0])
    text = f'{{"{name}":{{"{name}":{{}}}}}}'
    assert model.model_validate_json(text).to_json() == text


def test_a_wire_name_is_the_attribute_where_it_can_be(make: Make) -> None:
    properties = ["@id", "id", "foo-bar", "foo_bar", "displayName"]
    row = make(document({name: {"type": "string"} for name in properties})).module.models.Row
    value = row(id="a", id_="b", foo_bar="c", foo_bar_="d", display_name="e")
    assert value.to_dict() == {"@id": "b", "id": "a", "foo-bar": "d", "foo_bar": "c", "displayName": "e"}


def test_an_unlisted_member_with_the_name_of_an_attribute_is_kept(make: Make) -> None:
    row = make(document({"displayName": {"type": "string"}})).module.models.Row
    data = {"displayName": "a", "display_name": "b"}
    for value in (row.model_validate(data), row.model_validate_json(json.dumps(data))):
        assert value.display_name == "a"
        assert value.to_dict() == data
