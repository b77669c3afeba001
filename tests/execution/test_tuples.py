"""Arrays whose first items have schemas of their own: tuples where the length is fixed, else lists of a true type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from conftest import Made

SPEC = """
    openapi: 3.1.0
    info: {title: Tuples, version: '1'}
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
            open: {type: array, prefixItems: [{type: string}, {type: integer}]}
            closed: {type: array, prefixItems: [{type: string}, {type: integer}], items: false}
            rest: {type: array, prefixItems: [{type: string}], items: {type: integer}}
            fixed: {type: array, prefixItems: [{type: string}, {type: integer}], items: false, minItems: 2}
            cut: {type: array, prefixItems: [{type: string}, {type: integer}, {}], minItems: 2, maxItems: 2}
            extended: {type: array, prefixItems: [{type: string}], items: {type: integer}, minItems: 3, maxItems: 3}
            padded: {type: array, prefixItems: [{type: string}], minItems: 2, maxItems: 2}
            at_least: {type: array, prefixItems: [{type: string}, {type: integer}], minItems: 2}
            empty: {type: array, prefixItems: [{type: string}], maxItems: 0}
            same: {type: array, prefixItems: [{type: string}, {type: string}], items: false}
            old: {type: array, items: [{type: string}, {type: integer}], additionalItems: false, minItems: 2}
            merged:
              allOf:
                - {type: array, prefixItems: [{type: [string, integer]}, {type: number}], minItems: 2}
                - {type: array, prefixItems: [{type: string}], items: {type: integer}, maxItems: 2}
            none: {type: array, items: false}
"""
Make = Callable[[str], Made]


def read(made: Made, body: Any, **options: Any) -> Any:
    reply = httpx2.Response(200, json=body)
    return made.client(lambda _: reply, **options).api.get_a()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fixed", ("a", 1)), ("cut", ("a", 1)), ("extended", ("a", 1, 2)), ("padded", ("a", {"any": [1]})),
        ("old", ("a", 1)), ("merged", ("a", 1)),
        ("open", ["a", 1, None, {}]), ("open", ["a"]), ("open", []), ("closed", ["a", 1]), ("closed", ["a"]),
        ("closed", []), ("rest", ["a", 1, 2]), ("rest", []), ("at_least", ["a", 1]), ("at_least", ["a", 1, {}, []]),
        ("empty", []), ("same", ["a"]), ("same", ["a", "b"]), ("none", []),
    ],
)  # fmt: skip
def test_valid_arrays(make: Make, name: str, value: Any) -> None:
    body = {name: list(value)}
    result = read(make(SPEC), body)
    assert getattr(result, name) == value
    assert result.to_dict() == body


@pytest.mark.parametrize(
    "body",
    [
        {"fixed": ["a"]}, {"fixed": ["a", "b"]}, {"fixed": ["a", 1, 2]}, {"cut": ["a"]}, {"cut": ["a", 1, True]},
        {"extended": ["a", 1, "b"]}, {"extended": ["a", 1]}, {"padded": [1, 1]}, {"padded": ["a"]},
        {"closed": ["a", 1, 2]}, {"closed": [True]}, {"rest": [True]}, {"at_least": ["a"]}, {"empty": ["a"]},
        {"same": ["a", "b", "c"]}, {"same": [1]}, {"old": ["a", 1, 2]}, {"old": [1, "a"]}, {"merged": [1, 1]},
        {"merged": ["a", 1.5]}, {"merged": ["a"]},
    ],
)  # fmt: skip
def test_invalid_arrays_are_violations_and_kept(make: Make, body: dict[str, Any]) -> None:
    made = make(SPEC)
    with pytest.raises(made.module.InvalidResponseError):
        read(made, body)
    assert read(made, body, policy="tolerant").to_dict() == body


def test_exact_types_are_not_reported(make: Make) -> None:
    reported = {entry["pointer"].rpartition("/")[2] for entry in make(SPEC).report["entries"]}
    assert reported == {"open", "closed", "rest", "at_least"}
