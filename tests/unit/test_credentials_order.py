"""The constructor's arguments for credentials: the usual one first, alternatives grouped."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from conftest import Made

Make = Callable[[str | Path], Made]


def document(*security: list[dict[str, list[str]]]) -> str:
    operations: dict[str, Any] = {
        f"/things/{number}": {
            "get": {
                "operationId": f"getThing{number}",
                "tags": ["things"],
                "security": each,
                "responses": {"204": {"description": "done"}},
            }
        }
        for number, each in enumerate(security)
    }
    return yaml.safe_dump(
        {
            "openapi": "3.1.0",
            "info": {"title": "Depot", "version": "1"},
            "servers": [{"url": "https://api.example.com"}],
            "paths": operations,
            "components": {
                "securitySchemes": {
                    "app": {"type": "apiKey", "in": "header", "name": "X-App"},
                    "login": {"type": "http", "scheme": "basic"},
                    "main": {"type": "http", "scheme": "bearer"},
                    "unused": {"type": "apiKey", "in": "query", "name": "unused"},
                }
            },
        },
        sort_keys=False,
    )


def arguments(made: Made) -> list[str]:
    return [
        name
        for name, parameter in inspect.signature(made.module.Depot).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]


def test_the_usual_credential_comes_first(make: Make) -> None:
    made = make(document([{"app": []}], [{"main": []}, {"login": []}], [{"main": []}], [{"main": [], "app": []}]))
    assert arguments(made) == ["token", "app", "username", "password", "unused"]
    doc = " ".join((made.module.Depot.__init__.__doc__ or "").split())
    groups = "`token`; `app`; `username` and `password`; `token` and `app`"
    assert f"Operations accept one of: {groups}." in doc
    readme = " ".join((made.folder / "README.md").read_text(encoding="utf-8").split())
    assert f"the usual one first: {groups}." in readme


def test_equally_frequent_credentials_keep_the_order_of_the_document(make: Make) -> None:
    made = make(document([{"login": []}], [{"main": []}], [{"app": []}]))
    assert arguments(made) == ["app", "token", "username", "password", "unused"]


def test_one_credential_has_no_alternatives(make: Make) -> None:
    made = make(document([{"main": []}], [{"main": []}]))
    assert arguments(made)[0] == "token"
    assert "accept one of" not in (made.module.Depot.__init__.__doc__ or "")
