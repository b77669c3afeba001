"""Operations that remove resources are tested last, so that the others have something to work on."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2

from speclient.contract.service import Limits, Options, run_service_contract

SPEC = """
openapi: 3.1.0
info: {title: Loads, version: '1'}
paths:
  /loads:
    get:
      operationId: listLoads
      responses:
        '200':
          description: The loads.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Load'}}}}
  /loads/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    delete:
      operationId: deleteLoad
      responses: {'204': {description: Removed.}, '404': {description: Unknown.}}
    get:
      operationId: getLoad
      responses:
        '200':
          description: A load.
          content: {application/json: {schema: {$ref: '#/components/schemas/Load'}}}
        '404': {description: Unknown.}
components:
  schemas: {Load: {type: object, required: [id, rows], properties: {id: {type: string}, rows: {type: integer}}}}
"""


def test_deleting_does_not_hide_a_fault_of_reading(tmp_path: Path) -> None:
    spec = tmp_path / "loads.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    loads = {f"load-{number}": {"id": f"load-{number}", "rows": number} for number in range(3)}
    methods: list[str] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        identity = request.url.path.removeprefix("/loads").strip("/")
        methods.append(request.method)
        if request.method not in ("GET", "DELETE"):
            return httpx2.Response(405, stream=httpx2.ByteStream(b""))
        if not identity:
            value: object = list(loads.values())
        elif identity not in loads:
            return httpx2.Response(404, stream=httpx2.ByteStream(b""))
        elif request.method == "DELETE":
            del loads[identity]
            return httpx2.Response(204, stream=httpx2.ByteStream(b""))
        else:
            value = {**loads[identity], "rows": loads[identity]["rows"] + 1}  # type: ignore[operator]
        content = httpx2.ByteStream(json.dumps(value).encode())
        return httpx2.Response(200, headers={"content-type": "application/json"}, stream=content)

    report = run_service_contract(
        spec, "https://service.test", environment={}, limits=Limits(requests=120), options=Options(unsafe_methods=True),
        service=httpx2.MockTransport(handle),
    )  # fmt: skip
    assert {finding.check for finding in report.violations} == {"service.list_then_get"}, str(report)
    assert "DELETE" in methods
    assert methods.index("DELETE") > methods.index("SPECLIENT")
