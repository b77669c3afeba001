"""Typed dictionaries for the objects of requests."""

# ruff: noqa: E501

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conftest import Made
from tests_support import recorder

Make = Callable[[Any], Made]

SPEC = """
openapi: 3.1.0
info: {title: Depot, version: "1"}
servers: [{url: https://api.example.com}]
security: []
paths:
  /jobs:
    post:
      operationId: createJob
      tags: [jobs]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Job'}}}}
      responses: {'200': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Result'}}}}}
  /jobs/types:
    post:
      operationId: types
      tags: [jobs]
      requestBody: {required: true, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Options'}}}}}
      responses: {'204': {description: done}}
components:
  schemas:
    Job:
      type: object
      required: [name, settings]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string}
        settings: {$ref: '#/components/schemas/Options'}
        steps: {type: array, items: {$ref: '#/components/schemas/Step'}}
        labels: {type: object, properties: {main: {type: string}}, additionalProperties: {type: string}}
    Options:
      type: object
      required: [temperature]
      properties:
        temperature: {type: number}
        until: {type: [string, 'null'], format: date-time}
        mode: {type: string, enum: [slow, fast]}
        odd-name: {type: string}
        str: {type: string}
        children: {type: array, items: {$ref: '#/components/schemas/Options'}}
    Step:
      oneOf: [{$ref: '#/components/schemas/Run'}, {$ref: '#/components/schemas/Wait'}]
      discriminator: {propertyName: kind, mapping: {run: '#/components/schemas/Run', wait: '#/components/schemas/Wait'}}
    Run: {type: object, required: [kind, command], properties: {kind: {type: string}, command: {type: string}}}
    Wait: {type: object, required: [kind], properties: {kind: {type: string}, seconds: {type: integer}}}
    Result: {type: object, properties: {ok: {type: boolean}, step: {$ref: '#/components/schemas/Step'}}}
"""
RIGHT = """
from datetime import datetime
from depot_client import Depot, models, types

client = Depot()
options: types.OptionsDict = {"temperature": 1, "until": None, "odd-name": "x", "children": [{"temperature": 2}]}
client.jobs.create_job(name="a", settings=options)
client.jobs.create_job(name="a", settings={"temperature": 1, "until": datetime.now(), "mode": "fast"})
client.jobs.create_job(name="a", settings=models.Options(temperature=1), labels={"other": "x"})
client.jobs.create_job(name="a", settings=options, steps=[{"kind": "run", "command": "ls"}, models.Wait(seconds=1)])
client.jobs.create_job(body={"name": "a", "settings": {"temperature": 1}})
client.jobs.types(body=[{"temperature": 1}, models.Options(temperature=1)])
"""
WRONG = """
from depot_client import Depot

client = Depot()
client.jobs.create_job(name="a", settings={"tmperature": 3})
client.jobs.create_job(name="a", settings={"temperature": 3, "tmp": 3})
client.jobs.create_job(name="a", settings={"temperature": "3"})
client.jobs.create_job(name="a", settings={"temperature": 3, "mode": "fats"})
client.jobs.create_job(name="a", settings={"temperature": 3}, steps=[{"kind": "runn", "command": "x"}])
client.jobs.create_job(body={"name": "a", "settings": {"tmperature": 1}})
client.jobs.create_job(body={"name": "a", "settings": {"temperature": 1}, "id": "read-only"})
client.jobs.types(body=[{"temp": 1}])
"""
CHECKERS = {
    "mypy": ("mypy", "--strict", "--no-error-summary"),
    "basedpyright": ("basedpyright", "--pythonpath", sys.executable, "--level", "error"),
    "ty": ("ty", "check", "--python", sys.prefix, "--output-format", "concise"),
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_checkers_accept_right_dictionaries_and_report_wrong_ones(make: Make, tmp_path: Path, checker: str) -> None:
    made = make(SPEC)
    folder = tmp_path / "checked"
    folder.mkdir()
    shutil.copytree(made.folder / "depot_client", folder / "depot_client")
    for name, text in (("right", RIGHT), ("wrong", WRONG)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", *CHECKERS[checker], "right.py", "wrong.py"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = {
        int(line.split(":")[1])
        for line in done.stdout.splitlines()
        if line.strip().startswith("wrong.py:") or "/wrong.py:" in line
    }
    assert "right.py" not in done.stdout, done.stdout
    calls = {number for number, line in enumerate(WRONG.splitlines(), 1) if line.startswith("client.jobs")}
    assert lines == calls, done.stdout


def test_dictionaries_are_sent_as_they_are(make: Make) -> None:
    made = make(SPEC)
    service = recorder(httpx2.Response(200, json={"ok": True}))
    made.client(service).jobs.create_job(
        name="a",
        settings={"temperature": 1, "odd-name": "x"},
        steps=[{"kind": "wait"}, made.module.models.Run(command="l")],
    )
    assert json.loads(service.request.content) == {
        "name": "a",
        "settings": {"temperature": 1, "odd-name": "x"},
        "steps": [{"kind": "wait"}, {"kind": "run", "command": "l"}],
    }
    assert not any(name.endswith("_client.types") for name in sys.modules)


def test_the_module_can_be_imported(make: Make) -> None:
    made = make(SPEC)
    types = made.module.types
    hints = typing.get_type_hints(types.OptionsDict, include_extras=True)
    assert list(hints) == ["temperature", "until", "mode", "odd-name", "str", "children"]
    assert types.OptionsDict.__required_keys__ == {"temperature"}
    assert typing.get_type_hints(types.RunDict)["kind"] == typing.Literal["run"]
    assert set(dir(types)) == {
        "JobDict", "JobLabelsDict", "OptionsDict", "RunDict", "WaitDict",
    }  # fmt: skip
