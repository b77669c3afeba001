"""Properties whose names match a pattern, beside those that a schema lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx2
import pytest

from conftest import Made

SPEC = """
    openapi: 3.1.0
    info: {title: Patterns, version: '1'}
    paths:
      /a:
        get:
          operationId: getA
          responses:
            '200':
              description: fine
              content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
    components:
      schemas:
        A:
          type: object
          properties:
            one: {$ref: '#/components/schemas/One'}
            several: {$ref: '#/components/schemas/Several'}
            rest: {$ref: '#/components/schemas/Rest'}
        One:
          type: object
          properties: {id: {type: integer}}
          patternProperties: {'^d': {type: string, format: date}, '^e': {type: string, format: date}}
          additionalProperties: false
        Several:
          type: object
          properties: {id: {type: integer}}
          patternProperties: {'^n': {type: integer}, '^t': {type: string}}
          additionalProperties: false
        Rest:
          type: object
          properties: {id: {type: integer}}
          patternProperties: {'^n': {type: integer}}
          additionalProperties: {type: string}
"""
Make = Callable[[str], Made]


def read(made: Made, **body: Any) -> Any:
    return made.client(lambda _: httpx2.Response(200, json=body)).api.get_a()


def test_patterns_of_one_type_give_it_to_further_properties(make: Make) -> None:
    thing = read(make(SPEC), one={"id": 1, "d1": "2024-05-01", "e1": "2024-05-02"})
    assert thing.one.model_extra == {"d1": date(2024, 5, 1), "e1": date(2024, 5, 2)}


@pytest.mark.parametrize(
    "body",
    [
        {"several": {"id": 1, "n1": 2, "t1": "x"}},
        {"rest": {"id": 1, "n1": 2, "other": "x"}},
    ],
)
def test_valid_values_of_each_pattern_are_accepted(make: Make, body: dict[str, Any]) -> None:
    assert read(make(SPEC), **body).to_dict() == body


@pytest.mark.parametrize("body", [{"one": {"d1": 5}}, {"several": {"n1": True}}, {"rest": {"other": [1]}}])
def test_other_values_are_violations(make: Make, body: dict[str, Any]) -> None:
    made = make(SPEC)
    with pytest.raises(made.module.InvalidResponseError):
        read(made, **body)
