"""Which values an example shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from speclient.build import build_api
from speclient.diagnostics import Sink
from speclient.document import load
from speclient.ir import Sample
from speclient.samples import choose_samples

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a/{p}:\n    post:\n      operationId: a\n"


def sample(folder: Path, *, parameter: str = "{type: string}", more: str = "", body: str = "") -> Sample:
    """What is chosen for an operation with a path parameter and, if one is given, a body (`content`)."""
    spec = folder / "openapi.yaml"
    wanted = f"      requestBody: {{required: true, content: {body}}}\n" if body else ""
    spec.write_text(
        f"{HEAD}      parameters: [{{name: p, in: path, required: true, schema: {parameter}{more}}}]\n{wanted}"
        "      responses: {'204': {description: none}}\n",
        encoding="utf-8",
    )
    document = load(spec, Sink())
    ((_, chosen),) = choose_samples(document, build_api(document, Sink()))
    return chosen


def argument(folder: Path, parameter: str, more: str = "") -> Any:
    ((_, _, value),) = sample(folder, parameter=parameter, more=more).arguments
    return value


def test_the_words_of_the_document_come_first(tmp_path: Path) -> None:
    assert argument(tmp_path, "{type: string, example: inner}", ", example: outer") == "outer"
    assert argument(tmp_path, "{type: string, examples: [inner]}") == "inner"
    assert argument(tmp_path, "{type: string, enum: [b, a]}") == "b"
    assert argument(tmp_path, "{type: integer, default: 7}") == 7


def test_an_example_that_is_not_valid_is_passed_over(tmp_path: Path) -> None:
    assert argument(tmp_path, "{type: integer, minimum: 5, maximum: 6}", ", example: 9") in (5, 6)
    assert argument(tmp_path, "{type: integer, example: nine}") == 1
    assert len(argument(tmp_path, "{type: string, minLength: 20, example: short}")) >= 20


def test_a_secret_is_dots(tmp_path: Path) -> None:
    secret = "{type: string, x-speclient: {secret: true}, example: hunter2}"
    assert argument(tmp_path, secret, ", example: hunter3") == "..."
    schema = f"{{type: object, required: [k, n], properties: {{k: {secret}, n: {{type: string, example: Ada}}}}}}"
    assert sample(tmp_path, body=f"{{application/json: {{schema: {schema}}}}}").body == {"k": "...", "n": "Ada"}
    whole = f"{{application/json: {{example: {{k: hunter4, n: Bob}}, schema: {schema}}}}}"
    assert sample(tmp_path, body=whole).body == {"k": "...", "n": "Bob"}


def test_bodies(tmp_path: Path) -> None:
    file = "{type: object, required: [f], properties: {f: {type: string, format: binary}, n: {type: string}}}"
    assert sample(tmp_path, body=f"{{multipart/form-data: {{schema: {file}}}}}").body == {"f": b"content"}
    assert sample(tmp_path, body="{application/octet-stream: {}}").body == b"content"
    some = "{type: object, properties: {a: {type: string}, b: {type: integer}, c: {type: integer}}}"
    assert sample(tmp_path, body=f"{{application/json: {{schema: {some}}}}}").body == {"a": "a", "b": 1}


def test_what_no_value_can_be_is_said(tmp_path: Path) -> None:
    endless = "{application/json: {schema: {type: integer, minimum: 5, maximum: 4}}}"
    assert sample(tmp_path, body=endless).missing == "no valid value was found for its body"
