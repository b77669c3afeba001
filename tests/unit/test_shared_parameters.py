"""Parameters that almost all operations have follow those of the operation itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import yaml

from conftest import Made

Make = Callable[[str | Path], Made]


def document(operations: int, without: int = 0) -> str:
    common = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("alt", "trace")]
    own = [{"name": "limit", "in": "query", "schema": {"type": "integer"}}]
    paths = {
        f"/things{number}/{{id}}": {
            "get": {
                "operationId": f"getThing{number}",
                "tags": ["things"],
                "parameters": [
                    *(common if number >= without else []),
                    *(own if number == 9 else []),
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {"204": {"description": "done"}},
            }
        }
        for number in range(operations)
    }
    head = {
        "openapi": "3.1.0",
        "info": {"title": "Depot", "version": "1"},
        "servers": [{"url": "https://a.example.com"}],
    }
    return yaml.safe_dump({**head, "paths": paths}, sort_keys=False)


def arguments(made: Made) -> list[str]:
    signature = inspect.signature(made.module.Depot().things.get_thing9)
    return [name for name in signature.parameters if name not in ("timeout", "policy", "options")]


def test_shared_parameters_come_last(make: Make) -> None:
    made = make(document(20, without=2))
    assert arguments(made) == ["id", "limit", "alt", "trace"]
    doc = made.module.Depot().things.get_thing9.__doc__ or ""
    assert doc.index("limit:") < doc.index("alt:")


def test_parameters_of_some_operations_keep_their_order(make: Make) -> None:
    assert arguments(make(document(20, without=3))) == ["id", "alt", "trace", "limit"]
