"""Successful responses without a description of their content: bytes where they are files, else None."""

from __future__ import annotations

from collections.abc import Callable

import httpx2

from conftest import Made

SPEC = """
    openapi: 3.1.0
    info: {title: Files, version: '1'}
    x-speclient: {infer-pagination: false}
    paths:
      /things: {get: {operationId: listThings, responses: {'200': {description: fine}}}}
      /things/{id}/export:
        parameters: [{name: id, in: path, required: true, schema: {type: string}}]
        get: {operationId: exportThing, responses: {'200': {description: fine, content: {}}}}
        post: {operationId: startExport, responses: {'200': {description: fine}}}
      /files/download/{id}:
        parameters: [{name: id, in: path, required: true, schema: {type: string}}]
        get: {operationId: getFile, responses: {'200': {description: fine}}}
      /rawData: {get: {operationId: getRawData, responses: {'200': {description: fine}}}}
      /stated:
        get: {operationId: getStated, x-speclient: {binary: true}, responses: {'200': {description: fine}}}
      /denied/archive:
        get: {operationId: getDenied, x-speclient: {binary: false}, responses: {'200': {description: fine}}}
      /created/archive: {get: {operationId: getCreated, responses: {'201': {description: fine}}}}
      /described/archive:
        get:
          operationId: getDescribed
          responses: {'200': {description: fine, content: {application/json: {schema: {type: integer}}}}}
"""
Make = Callable[[str], Made]


def test_files_are_bytes(make: Make) -> None:
    made = make(SPEC)

    def answer(request: httpx2.Request) -> httpx2.Response:
        described = request.url.path == "/described/archive"
        status = 201 if request.url.path == "/created/archive" else 200
        return httpx2.Response(status, content=b"5", headers={"content-type": "application/json"} if described else {})

    api = made.client(answer).api
    assert api.export_thing("1") == api.get_file("1") == api.get_stated() == b"5"
    assert api.get_described() == 5
    for method in (api.list_things, api.get_raw_data, api.get_denied, api.get_created):
        assert method() is None
    assert api.start_export("1") is None


def test_the_evidence_is_reported(make: Make) -> None:
    made = make(SPEC)
    found = {entry["operation"]: (entry["inferred"], entry["evidence"]) for entry in made.report["binary"]}
    assert found == {
        "GET /things/{id}/export": (True, "the path ends in 'export', and the response 200 has no content"),
        "GET /files/download/{id}": (True, "the path ends in 'download', and the response 200 has no content"),
        "GET /stated": (False, "x-speclient"),
    }
    notes = [each.message for each in made.outcome.diagnostics if each.code == "SC210"]
    assert len(notes) == 2
