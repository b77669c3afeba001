"""Range filters of listings: `created_after`, `min_rows` and the like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from speclient.mock import Mock, Request

SPEC = """
openapi: 3.1.0
info: {title: Loads, version: '1'}
paths:
  /loads:
    get:
      operationId: listLoads
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: cursor, in: query, schema: {type: string}}
        - {name: started_after, in: query, schema: {type: string, format: date-time}}
        - {name: startedBefore, in: query, schema: {type: string, format: date}}
        - {name: started_since, in: query, schema: {type: string, format: date-time}}
        - {name: min_rows, in: query, schema: {type: integer}}
        - {name: 'rows[lt]', in: query, schema: {type: integer}}
        - {name: rows_lte, in: query, schema: {type: integer}}
        - {name: after, in: query, schema: {type: string}}
        - {name: max_note, in: query, schema: {type: string}}
      responses:
        '200':
          description: The loads.
          content:
            application/json:
              schema:
                type: object
                required: [items]
                properties:
                  items: {type: array, items: {$ref: '#/components/schemas/Load'}}
                  next_cursor: {type: [string, 'null']}
components:
  schemas:
    Load:
      type: object
      required: [id, rows, started_at, note]
      properties:
        id: {type: string}
        note: {type: string}
        rows: {type: integer, minimum: 0, maximum: 1000}
        started_at: {type: string, format: date-time}
"""


@pytest.fixture
def service(tmp_path: Path) -> Mock:
    path = tmp_path / "loads.yaml"
    path.write_text(SPEC, encoding="utf-8")
    mock = Mock(path, size=0)
    for number in range(1, 21):
        started = f"2024-05-{number:02d}T12:00:00Z"
        mock.add("listLoads", {"rows": number * 10, "started_at": started}, id=f"load-{number}")
    return mock


def loads(service: Mock, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(40):
        response = service.handle(Request("GET", "/loads", urlencode({**query, **cursor})))
        assert response.status == 200, response.body
        found += response.json()["items"]
        following = response.json().get("next_cursor")
        if not following:
            return found
        cursor = {"cursor": following}
    raise AssertionError("the pages do not end")


CASES: list[tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = [
    ({"min_rows": 50}, lambda load: load["rows"] >= 50),
    ({"rows[lt]": 50}, lambda load: load["rows"] < 50),
    ({"rows_lte": 50}, lambda load: load["rows"] <= 50),
    ({"min_rows": 50, "rows_lte": 90}, lambda load: 50 <= load["rows"] <= 90),
    ({"started_after": "2024-05-05T12:00:00Z"}, lambda load: load["started_at"] > "2024-05-05T12:00:00Z"),
    ({"started_after": "2024-05-05T14:00:00+02:00"}, lambda load: load["started_at"] > "2024-05-05T12:00:00Z"),
    ({"started_since": "2024-05-05T12:00:00Z"}, lambda load: load["started_at"] >= "2024-05-05T12:00:00Z"),
    ({"startedBefore": "2024-05-05"}, lambda load: load["started_at"] < "2024-05-05"),
    ({"max_note": "a"}, lambda load: True),
]


@pytest.mark.parametrize(("query", "selects"), CASES, ids=[str(query) for query, _ in CASES])
def test_a_range_filter_is_obeyed(
    service: Mock, query: dict[str, Any], selects: Callable[[dict[str, Any]], bool]
) -> None:
    everything = loads(service)
    wanted = [load for load in everything if selects(load)]
    assert wanted
    assert loads(service, **query) == wanted
    assert loads(service, **query, limit=3) == wanted
