"""Which public symbols of a package change."""

from __future__ import annotations

from pathlib import Path

import pytest

from speclient.cli import main
from speclient.publish.symbols import symbol_changes

SPEC = """\
openapi: 3.1.0
info: {title: Shop, version: '1'}
servers: [{url: 'https://a.example.com'}]
paths:
  /orders:
    get:
      operationId: listOrders
      tags: [orders]
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        '200':
          description: OK
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
components:
  schemas:
    Order:
      type: object
      properties: {id: {type: string}, state: {type: string, enum: [open, closed]}}
"""


def generated(capsys: pytest.CaptureFixture[str], text: str) -> list[str]:
    Path("shop.yaml").write_text(text, encoding="utf-8")
    assert main(["generate", "shop.yaml", "--output", "out"]) == 0
    return [line.strip() for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]


def test_generate_lists_what_callers_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert generated(capsys, SPEC) == [], "a new package has no changes"
    assert generated(capsys, SPEC.replace("openapi: 3.1.0", "openapi: 3.1.0 # x")) == []
    changed = (
        SPEC.replace(
            "name: limit, in: query, schema: {type: integer}", "name: state, in: query, schema: {type: string}"
        )
        .replace("id: {type: string}", "id: {type: integer}, total: {type: number}")
        .replace("[open, closed]", "[open, lost]")
    )
    lines = generated(capsys, changed)
    assert "- client.orders.list(limit=)" in lines
    assert "+ client.orders.list(state=)" in lines
    assert "+ Order.total" in lines
    assert "~ Order.id: Omittable[str] -> Omittable[int]" in lines
    assert {"- OrderState.CLOSED", "+ OrderState.LOST"} <= set(lines)
    assert generated(capsys, changed.replace("/orders:", "/orders/{id}:\n    x-a: 1\n  /orders:")) == []


def test_only_the_outermost_symbol_is_listed() -> None:
    source = (
        "class A:\n    x: int\n    y: Annotated[str, Field(alias='Y')]\n\n    def method(self, a: int) -> None: ...\n"
    )
    changes = symbol_changes({}, {"p/models/_a.py": source, "p/_core/x.py": "class B: ..."})
    assert changes.added == ("A",)
    edited = source.replace("str, Field(alias='Y')", "str, Field(alias='Z')")
    assert not symbol_changes({"p/models/_a.py": source}, {"p/models/_a.py": edited}), "the wire name is not a symbol"


def test_source_that_was_edited_by_hand_is_ignored() -> None:
    assert symbol_changes({"p/models/_a.py": "class A(:"}, {"p/models/_a.py": "class A: ..."}).added == ("A",)
