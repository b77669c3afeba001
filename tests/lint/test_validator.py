"""openapi-spec-validator behind its guard: what it says, and that no way of failing reaches the caller."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest

from speclient.diagnostics import Diagnostic, Severity, Sink
from speclient.document import Limits, load
from speclient.lint import lint, validator_process
from speclient.lint.validator import SHOWN
from tests_support import PACKAGES

ROOT = Path(__file__).resolve().parents[2]


def linted(folder: Path, text: str, *, time_limit: float = 20.0) -> list[Diagnostic]:
    path = folder / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    sink = Sink()
    document = load(path, sink)
    lint(document, sink, time_limit=time_limit)
    return [found for found in sink.located(document.locate) if found.code in ("SC101", "SC102")]


def place(found: Diagnostic) -> tuple[str, int | None]:
    assert found.location is not None
    return found.location.pointer, found.location.line


HEAD = "openapi: 3.1.0\ninfo: {title: Parcels, version: '1'}\n"


@pytest.mark.parametrize("name", PACKAGES)
def test_the_specs_have_no_finding_at_all(name: str) -> None:
    sink = Sink()
    document = load(ROOT / "specs" / f"{name}.yaml", sink)
    lint(document, sink)
    assert list(sink) == []


def test_an_error_stands_at_its_place(tmp_path: Path) -> None:
    (found,) = linted(tmp_path, HEAD + "paths: {}\nservers:\n  - url: 7\n")
    assert (found.code, found.severity, place(found)) == ("SC101", Severity.WARNING, ("/servers/0/url", 5))
    assert "7 is not of type 'string'" in found.message


def test_an_error_inside_a_schema_stands_there_and_not_at_the_root(tmp_path: Path) -> None:
    text = (
        HEAD + "paths:\n  /p:\n    get:\n      parameters:\n        - $ref: '#/components/parameters/limit'\n"
        "      responses: {'200': {description: Fine.}}\n"
        "components:\n  parameters:\n    limit:\n      name: limit\n      in: query\n"
        "      schema:\n        type: integer\n        default: many\n"
    )
    assert ("/components/parameters/limit/schema/default", 16) in [place(found) for found in linted(tmp_path, text)]


def test_of_a_choice_the_likely_branch_is_told(tmp_path: Path) -> None:
    text = (
        HEAD.replace("3.1.0", "3.0.3")
        + "paths:\n  /p:\n    get:\n      responses:\n        '200': {descripton: Oops.}\n"
    )
    messages = [found.message for found in linted(tmp_path, text)]
    assert "'description' is a required property" in messages


def test_messages_show_no_dump_of_the_document(tmp_path: Path) -> None:
    inner = "".join(f"        key{n}: {'x' * 60}\n" for n in range(50))
    found = linted(tmp_path, HEAD + "paths:\n  /p:\n    get:\n      responses:\n" + inner)
    assert found
    assert all(len(each.message) <= 200 and "x" * 100 not in each.message for each in found)


def test_only_so_many_are_shown_and_the_rest_is_counted(tmp_path: Path) -> None:
    schemas = "".join(f"    S{n}: {{type: integer, default: text{n}}}\n" for n in range(SHOWN + 25))
    found = linted(tmp_path, HEAD + "paths: {}\ncomponents:\n  schemas:\n" + schemas)
    assert len(found) == SHOWN + 1
    assert found[-1].message == "openapi-spec-validator reports 25 more errors, not shown"


def test_time_runs_out(tmp_path: Path) -> None:
    (found,) = linted(tmp_path, HEAD + "paths: {}\n", time_limit=0.001)
    assert (found.code, found.severity) == ("SC102", Severity.NOTE)
    assert "0.001 seconds" in found.message


def test_a_crash_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        'import sys, os\nsys.stdin.read()\nprint(\'{"path": [], "message": "so far"}\', flush=True)\nos.abort()\n'
    )
    monkeypatch.setattr(validator_process, "__file__", str(script))
    found = linted(tmp_path, HEAD + "paths: {}\n")
    assert [each.code for each in found] == ["SC101", "SC102"]
    assert "its process died" in found[1].message


def test_endless_allof_does_no_harm(tmp_path: Path) -> None:
    text = HEAD + "paths: {}\ncomponents:\n  schemas:\n    A:\n      allOf: [{$ref: '#/components/schemas/A'}]\n"
    assert {found.code for found in linted(tmp_path, text)} <= {"SC101", "SC102"}


def test_no_connection_is_opened_for_a_reference(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/schemas.json"
        found = linted(tmp_path, HEAD + f"paths: {{}}\ncomponents:\n  schemas:\n    A: {{$ref: '{url}#/A'}}\n")
        with pytest.raises(TimeoutError):
            server.accept()
    assert [each.code for each in found] == ["SC102"]


def test_other_files_are_sent_along(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "more.json").write_text(json.dumps({"Size": {"type": "integer", "default": "wide"}}))
    text = (
        HEAD + "paths:\n  /p:\n    get:\n      responses:\n        '200':\n          description: Fine.\n"
        "          content: {application/json: {schema: {$ref: 'parts/more.json#/Size'}}}\n"
    )
    found = linted(tmp_path, text)
    assert [(each.code, each.location.file if each.location else None) for each in found] == [
        ("SC101", "parts/more.json")
    ]


def test_aliases_that_expand_without_end_cost_nothing(tmp_path: Path) -> None:
    text = HEAD + "paths:\n  /p:\n    get:\n      responses:\n        '200':\n          description: Fine.\n"
    text += "          content: {application/json: {schema: {$ref: '#/components/schemas/S8'}, example: {a: {}}}}\n"
    text += "components:\n  schemas:\n    S0: &s0 {type: object, properties: {a: {type: integer}}}\n"
    for level in range(1, 9):
        members = ", ".join(f"{name}: *s{level - 1}" for name in "abcdef")
        text += f"    S{level}: &s{level} {{type: object, properties: {{{members}}}, example: {{a: {{}}}}}}\n"
    path = tmp_path / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    sink = Sink()
    started = time.monotonic()
    lint(load(path, sink, limits=Limits(growth=10**12)), sink)
    assert time.monotonic() - started < 5
    codes = {found.code for found in sink}
    assert "SC102" in codes
    assert "SC113" not in codes
