"""`speclient demo` shows every kind of result."""

from __future__ import annotations

from pathlib import Path

import pytest

from speclient.cli import main

DOCUMENT = """\
openapi: 3.1.0
info: {title: Demonstrated files, version: '1'}
servers: [{url: https://files.example}]
security: []
paths:
  /bytes:
    get:
      operationId: getBytes
      responses: {'200': {description: d, content: {application/octet-stream: {schema: {}}}}}
  /events:
    get:
      operationId: getEvents
      responses: {'200': {description: d, content: {text/event-stream: {schema: {type: object}}}}}
  /image:
    get:
      operationId: getImage
      responses: {'200': {description: d, content: {image/png: {schema: {type: string, format: binary}}}}}
  /lines:
    get:
      operationId: getLines
      responses: {'200': {description: d, content: {application/jsonl: {schema: {type: object}}}}}
  /text:
    get:
      operationId: getText
      responses: {'200': {description: d, content: {text/plain: {schema: {type: string}}}}}
"""


def test_every_kind_of_result_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("api.yaml").write_text(DOCUMENT, encoding="utf-8")
    assert main(["generate", "api.yaml", "--output", "out"]) == 0
    assert main(["demo", "api.yaml", "--output", "out"]) == 0
    shown = capsys.readouterr().out
    assert "-> bytes (" in shown
    assert '"event": "message"' in shown
    assert "unexpected" not in shown
