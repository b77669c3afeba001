"""`to_dict(mask_secrets=True)`: data for logs, without the values of secret properties."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Made
from tests_support import answer

Make = Callable[[str | Path], Made]
SPEC = """
openapi: 3.1.0
info: {title: Vault, version: "1"}
servers: [{url: https://api.example.com}]
security: []
paths:
  /accounts:
    get:
      operationId: listAccounts
      tags: [accounts]
      responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Account'}}}}}}
components:
  schemas:
    Account:
      type: object
      properties:
        name: {type: string}
        api-key: {type: string, format: password}
        owner: {$ref: '#/components/schemas/Owner'}
        others: {type: array, items: {$ref: '#/components/schemas/Owner'}}
        by-name: {type: object, additionalProperties: {$ref: '#/components/schemas/Owner'}}
        contact: {oneOf: [{$ref: '#/components/schemas/Owner'}, {$ref: '#/components/schemas/Team'}]}
    Owner: {type: object, required: [pin], properties: {pin: {type: string, format: password}, age: {type: integer}}}
    Team: {type: object, required: [pin, size], properties: {pin: {type: string, format: password}, size: {type: integer}}}
"""
OWNER = {"pin": "1234", "age": 5}
MASKED = {"pin": "**********", "age": 5}
DATA = {
    "name": "n", "api-key": "k", "owner": OWNER, "others": [OWNER], "by-name": {"a": OWNER}, "more": {"x": [1]}, "model_fields": {"y": 1},
    "contact": OWNER,
}  # fmt: skip


def test_secrets_are_masked_at_every_depth(make: Make) -> None:
    made = make(SPEC)
    accounts = made.client(answer([DATA])).accounts.list_accounts()
    masked = {
        **DATA, "api-key": "**********", "owner": MASKED, "others": [MASKED], "by-name": {"a": MASKED}, "contact": MASKED,
    }  # fmt: skip
    assert accounts[0].to_dict(mask_secrets=True) == masked
    assert made.module.to_jsonable(accounts, mask_secrets=True) == [masked]
    assert made.module.to_jsonable({"x": accounts}, mask_secrets=True) == {"x": [masked]}
    assert accounts[0].to_dict() == DATA


@pytest.mark.parametrize("contact", [{"pin": "1234", "tail": 1}, {"pin": 1234}, {"pin": None}])
def test_secrets_of_unknown_variants_are_masked(make: Make, contact: dict[str, object]) -> None:
    made = make(SPEC)
    accounts = made.client(answer([{"contact": contact}]), policy="tolerant").accounts.list_accounts()
    assert accounts[0].to_dict(mask_secrets=True) == {"contact": {**contact, "pin": "**********"}}
    assert "1234" not in repr(accounts[0])


def test_invalid_values_that_were_kept(make: Make) -> None:
    made = make(SPEC)
    data = {"owner": "none", "others": {"a": 1}, "by-name": [1], "api-key": 5}
    accounts = made.client(answer([data]), policy="tolerant").accounts.list_accounts()
    assert accounts[0].to_dict(mask_secrets=True) == {**data, "api-key": "**********"}
