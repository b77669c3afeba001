"""A documented header `Idempotency-Key` is filled in: once per call, and equal for its retries."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from conftest import Made
from execution.twin import KINDS, Script, Twin

Make = Callable[[str | Path], Made]
SPEC = """
openapi: 3.1.0
info: {title: Till, version: "1"}
servers: [{url: https://api.example.com}]
security: []
paths:
  /charges:
    post:
      operationId: createCharge
      tags: [charges]
      parameters:
      - {name: idempotency-KEY, in: header, required: REQUIRED, schema: SCHEMA}
      requestBody: {content: {application/json: {schema: {type: object, properties: {amount: {type: integer}}}}}}
      responses: {'204': {description: done}}
"""


def keys(made: Made, kind: str, replies: list[httpx2.Response], **arguments: Any) -> list[str | None]:
    wire = Script(*replies)
    client = Twin(kind, made.module, "Till", wire)
    try:
        client.call("charges.create_charge", amount=1, **arguments)
    finally:
        client.close()
    return [request.headers.get("idempotency-key") for request in wire.requests]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("required", ["true", "false"])
@pytest.mark.parametrize("schema", ["{type: string}", "{type: string, format: uuid}", "{type: string, maxLength: 64}"])
def test_retries_of_a_call_have_the_same_key(make: Make, kind: str, required: str, schema: str) -> None:
    made = make(SPEC.replace("REQUIRED", required).replace("SCHEMA", schema))
    first = keys(made, kind, [httpx2.Response(503), httpx2.Response(204)])
    second = keys(made, kind, [httpx2.Response(204)])
    assert len(first) == 2
    assert first[0] == first[1]
    assert first[0] is not None
    assert UUID(first[0]).version == 4
    assert second != first[:1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_can_be_passed(make: Make, kind: str) -> None:
    made = make(SPEC.replace("REQUIRED", "true").replace("SCHEMA", "{type: string}"))
    replies = [httpx2.Response(503), httpx2.Response(204)]
    assert keys(made, kind, replies, idempotency_key="mine") == ["mine", "mine"]
    assert keys(made, kind, replies, extra_headers={"Idempotency-Key": "other"}) == ["other", "other"]


def test_other_types_are_not_filled_in(make: Make) -> None:
    made = make(SPEC.replace("REQUIRED", "false").replace("SCHEMA", "{type: integer}"))
    assert keys(made, "sync", [httpx2.Response(204)]) == [None]


def test_the_docstring_states_it(make: Make) -> None:
    made = make(SPEC.replace("REQUIRED", "true").replace("SCHEMA", "{type: string}"))
    doc = " ".join((made.module.Till().charges.create_charge.__doc__ or "").split())
    assert re.search(r"default a UUID that all retries of the call share", doc)
