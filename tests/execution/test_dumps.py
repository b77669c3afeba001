"""Dumps never alter data: neither undocumented properties, nor the invalid values that the tolerant policy keeps."""

from __future__ import annotations

import copy
import itertools
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from conftest import Made

SPEC = """
    openapi: 3.1.0
    info: {title: Dumps, version: '1'}
    paths:
      /a:
        get:
          operationId: getA
          responses:
            '200':
              description: fine
              content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
        post:
          operationId: postA
          requestBody: {content: {multipart/form-data: {schema: {$ref: '#/components/schemas/A'}}}}
          responses: {'204': {description: fine}}
      /list:
        get:
          operationId: getList
          responses:
            '200':
              description: fine
              content:
                application/json:
                  schema: {type: object, additionalProperties: {type: array, items: {$ref: '#/components/schemas/A'}}}
    components:
      schemas:
        Leaf: {type: object, properties: {runType: {type: string}}}
        A:
          type: object
          properties:
            runType: {type: string}
            startTime: {type: string, format: date-time}
            class: {type: string}
            id: {type: string}
            inner: {$ref: '#/components/schemas/Leaf'}
            leaves: {type: array, items: {$ref: '#/components/schemas/Leaf'}}
            byName: {type: object, additionalProperties: {$ref: '#/components/schemas/Leaf'}}
            pair: {type: array, prefixItems: [{$ref: '#/components/schemas/Leaf'}, {}], minItems: 2, maxItems: 2}
            either: {oneOf: [{$ref: '#/components/schemas/Leaf'}, {type: integer}]}
            integer: {type: integer}
            bounded: {type: integer, minimum: 1}
            number: {type: number}
            boolean: {type: boolean}
            string: {type: string}
            date: {type: string, format: date}
            dateTime: {type: string, format: date-time}
            uuid: {type: string, format: uuid}
            kind: {type: string, enum: [a, b]}
            level: {type: integer, enum: [0, 1]}
            fixed: {const: 1}
            integers: {type: array, items: {type: integer}}
            byKey: {type: object, additionalProperties: {type: integer}}
            nullable: {type: [integer, 'null']}
            mixed: {type: [integer, string]}
            numbers: {type: array, prefixItems: [{type: integer}, {type: number}], items: false, minItems: 2}
"""
Make = Callable[[str], Made]
VALUES: tuple[Any, ...] = (
    True,
    False,
    0,
    1,
    1.5,
    1e-5,
    "",
    "true",
    "1",
    None,
    [],
    [True],
    {},
    {"a": True},
    {"runType": True},
)


def views(result: Any) -> Iterator[Any]:
    for model in (result, copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        yield model.to_dict()
        yield json.loads(model.to_json())
        yield model.model_dump(mode="json", warnings=False)
        yield json.loads(model.model_dump_json(warnings=False))


def same(left: Any, right: Any) -> bool:
    """Equality of JSON data, in which `true` is not 1."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def read(made: Made, body: Any, call: str = "get_a", **options: Any) -> Any:
    reply = httpx2.Response(200, json=body)
    return getattr(made.client(lambda _: reply, **options).api, call)()


@pytest.mark.parametrize("extra", [1, True, "x", None, {"run_type": 1}, [1.5], 10**30])
@pytest.mark.parametrize("policy", ["strict", "tolerant"])
def test_undocumented_properties_named_like_attributes(make: Make, extra: Any, policy: str) -> None:
    made = make(SPEC)
    twin = {"run_type": extra}
    for body in (
        twin,
        {"runType": "a", **twin},
        {"start_time": extra, "class_": extra, **twin},
        {"inner": twin, "leaves": [twin, {}, {"runType": "b"}], "byName": {"a": twin}, "pair": [twin, 1]},
        {"either": twin},
        {"id": "x", "other": twin},
    ):
        result = read(made, body, policy=policy)
        for view in views(result):
            assert same(view, body)
        assert result.run_type == body.get("runType")
        assert (result.model_extra or {}).get("run_type") == body.get("run_type")
        if "run_type" in body:
            assert f"run_type={extra!r}" in repr(result)
    listed = read(made, {"a": [twin, {"runType": "b"}]}, "get_list", policy=policy)
    assert same([item.to_dict() for item in listed["a"]], [twin, {"runType": "b"}])


def test_the_same_beside_invalid_values(make: Make) -> None:
    made = make(SPEC)
    body = {"run_type": 1, "inner": {"run_type": 1, "runType": 5}, "integer": "x", "leaves": [{"run_type": True}, 5]}
    for view in views(read(made, body, policy="tolerant")):
        assert same(view, body)
    text = '{"run_type": 1.50000000000000000001, "integer": 1.0}'
    reply = httpx2.Response(200, content=text, headers={"content-type": "application/json"})
    result = made.client(lambda _: reply).api.get_a()
    assert result.to_json() == '{"integer":1,"run_type":1.50000000000000000001}'


def test_models_can_be_sent_back(make: Make) -> None:
    made, sent = make(SPEC), list[bytes]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content)
        return httpx2.Response(204) if request.method == "POST" else httpx2.Response(200, json={"run_type": "x"})

    api = made.client(answer).api
    api.post_a(body=api.get_a())
    assert b'name="run_type"\r\n\r\nx\r\n' in sent[-1]
    assert b'name="runType"' not in sent[-1]


@pytest.mark.parametrize(
    "name",
    ["integer", "bounded", "number", "boolean", "string", "date", "dateTime", "uuid", "kind", "level", "fixed",
     "integers", "byKey", "nullable", "mixed", "inner", "leaves", "either", "numbers"],
)  # fmt: skip
def test_invalid_values_are_dumped_unchanged(make: Make, name: str) -> None:
    made = make(SPEC)
    for value in VALUES:
        for body in ({name: value}, {name: [value, value]}, {name: {"a": value}}):
            result = read(made, body, policy="tolerant")
            for view in views(result):
                assert same(view, body), (body, view)


def test_parts_of_valid_types_are_dumped_unchanged(make: Make) -> None:
    made = make(SPEC)
    for first, second in itertools.product((True, 1, 1.5, "x", None), repeat=2):
        body = {"integers": [first, 5, second], "byKey": {"a": first, "b": second}, "numbers": [first, second]}
        for view in views(read(made, body, policy="tolerant")):
            assert same(view, body)
