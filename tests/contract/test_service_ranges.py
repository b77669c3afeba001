"""Range filters and smallest pages of listings, judged against services of one operation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

from speclient.contract.service import Limits, Options, Report, run_service_contract

SPEC = """
openapi: 3.1.0
info: {title: Loads, version: '1'}
paths:
  /loads:
    get:
      operationId: listLoads
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100, default: 50}}
        - {name: started_after, in: query, schema: {type: string, format: date-time}}
        - {name: startedBefore, in: query, schema: {type: string, format: date}}
        - {name: min_rows, in: query, schema: {type: integer}}
        - {name: 'rows[lte]', in: query, schema: {type: integer}}
      responses:
        '200':
          description: The loads.
          content:
            application/json:
              schema:
                type: array
                items:
                  type: object
                  required: [id, rows, started_at]
                  properties:
                    id: {type: string}
                    rows: {type: integer}
                    started_at: {type: string, format: date-time}
        '400': {description: Invalid.}
"""
LOADS = [
    {"id": f"load-{number}", "rows": number * 10, "started_at": f"2024-05-{number + 1:02d}T12:00:00Z"}
    for number in range(1, 25)
]
Loads = Sequence[dict[str, Any]]
Query = dict[str, str]
Step = Callable[[Loads, Query], Loads]


def after(loads: Loads, query: Query) -> Loads:
    bound = query.get("started_after", "")
    return [each for each in loads if each["started_at"] > bound]


def before(loads: Loads, query: Query) -> Loads:
    bound = query.get("startedBefore", "9")
    return [each for each in loads if each["started_at"] < bound]


def least(loads: Loads, query: Query) -> Loads:
    return [each for each in loads if each["rows"] >= int(query.get("min_rows", 0))]


def most(loads: Loads, query: Query) -> Loads:
    return [each for each in loads if each["rows"] <= int(query.get("rows[lte]", 10_000))]


def first(loads: Loads, query: Query) -> Loads:
    return loads[: int(query.get("limit", 50))]


STEPS = {"started_after": after, "startedBefore": before, "min_rows": least, "rows[lte]": most, "limit": first}


def everything(loads: Loads, query: Query) -> Loads:
    return loads


def judged(tmp_path: Path, changed: Mapping[str, Step] | None = None, seed: int = 0) -> Report:
    spec = tmp_path / "loads.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    steps = {**STEPS, **(changed or {})}

    def handle(request: httpx2.Request) -> httpx2.Response:
        query = dict(request.url.params)
        if request.method != "GET":
            return httpx2.Response(405, headers={"allow": "GET"}, stream=httpx2.ByteStream(b""))
        if set(query) - set(steps) or len(query) != len(request.url.params.multi_items()):
            return httpx2.Response(400, stream=httpx2.ByteStream(b""))
        try:
            if not 1 <= int(query.get("limit", 50)) <= 100:
                return httpx2.Response(400, stream=httpx2.ByteStream(b""))
            for name, length in (("started_after", 19), ("startedBefore", 10)):
                if name in query and (len(query[name]) < length or query[name][4:5] != "-"):
                    return httpx2.Response(400, stream=httpx2.ByteStream(b""))
            loads: Loads = LOADS
            for step in steps.values():
                loads = step(loads, query)
        except ValueError:
            return httpx2.Response(400, stream=httpx2.ByteStream(b""))
        content = json.dumps(list(loads)).encode()
        return httpx2.Response(200, headers={"content-type": "application/json"}, stream=httpx2.ByteStream(content))

    return run_service_contract(
        spec, "https://service.test", environment={}, limits=Limits(requests=200), options=Options(seed=seed),
        service=httpx2.MockTransport(handle),
    )  # fmt: skip


def checks(report: Report) -> set[str]:
    return {finding.check for finding in report.violations}


@pytest.mark.parametrize("seed", range(4))
def test_a_correct_service_has_no_violations(tmp_path: Path, seed: int) -> None:
    assert not judged(tmp_path, seed=seed).violations


def test_bounds_may_be_inclusive_or_exclusive(tmp_path: Path) -> None:
    def from_then_on(loads: Loads, query: Query) -> Loads:
        return [each for each in loads if each["started_at"] >= query.get("started_after", "")]

    def more(loads: Loads, query: Query) -> Loads:
        return [each for each in loads if each["rows"] > int(query.get("min_rows", 0))]

    assert not judged(tmp_path, {"started_after": from_then_on, "min_rows": more}).violations


@pytest.mark.parametrize("name", ["started_after", "startedBefore", "min_rows", "rows[lte]"])
def test_a_range_filter_that_is_ignored_is_found(tmp_path: Path, name: str) -> None:
    report = judged(tmp_path, {name: everything})
    assert checks(report) == {"service.filter"}
    assert any(name in finding.expected for finding in report.violations), str(report)


def test_a_range_filter_in_the_other_direction_is_found(tmp_path: Path) -> None:
    def below(loads: Loads, query: Query) -> Loads:
        return [each for each in loads if each["rows"] <= int(query.get("min_rows", 10_000))]

    assert "service.filter" in checks(judged(tmp_path, {"min_rows": below}))


def test_a_range_filter_that_loses_elements_is_found(tmp_path: Path) -> None:
    def loses(loads: Loads, query: Query) -> Loads:
        return least(loads, query)[1:-1] if "min_rows" in query else loads

    report = judged(tmp_path, {"min_rows": loses})
    assert checks(report) == {"service.filter"}
    assert "missing" in str(report)


def test_a_page_of_one_element_has_one(tmp_path: Path) -> None:
    def two(loads: Loads, query: Query) -> Loads:
        return loads[: max(2, int(query.get("limit", 50)))]

    assert checks(judged(tmp_path, {"limit": two})) == {"service.limit"}
