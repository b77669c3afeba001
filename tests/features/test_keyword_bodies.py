"""Properties of object bodies as arguments of methods."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conftest import Made
from execution.twin import KINDS, Script, Twin

Make = Callable[[str | Path], Made]
HERE = Path(__file__).parent


@pytest.fixture
def package(make: Make) -> Made:
    return make(HERE / "keyword_bodies" / "openapi.yaml")


def sent(package: Made, call: str, *positional: Any, **arguments: Any) -> httpx2.Request:
    """The request of the synchronous client; that of the asynchronous one is the same."""
    requests: list[httpx2.Request] = []
    for kind in KINDS:
        created = httpx2.Response(201, json={"sku": "a", "quantity": 1})
        wire = Script(created if call == "lines.create" else httpx2.Response(204))
        client = Twin(kind, package.module, "Shop", wire)
        try:
            client.call(call, *positional, **arguments)
        finally:
            client.close()
        requests.append(wire.requests[-1])
    assert requests[0].url == requests[1].url
    return requests[0]


def body(request: httpx2.Request) -> Any:
    return json.loads(request.content)


def test_what_is_left_out_is_not_sent_and_none_is_null(package: Made) -> None:
    assert body(sent(package, "lines.create", "o1", sku="a", quantity=2)) == {"sku": "a", "quantity": 2}
    assert body(sent(package, "lines.create", "o1", sku="a", quantity=2, body_note=None))["note"] is None


def test_required_constants_are_filled_in(package: Made) -> None:
    constants = {"kind": "payment", "version": 2}
    assert body(sent(package, "payments.create", amount=5)) == {**constants, "amount": 5}
    assert body(sent(package, "payments.create", amount=5, mode="fast")) == {**constants, "amount": 5, "mode": "fast"}
    assert body(sent(package, "payments.create", amount=5, extra_body={"kind": "other"}))["kind"] == "other"
    assert body(sent(package, "payments.create", body={"amount": 5})) == {"amount": 5}
    with pytest.raises(TypeError, match="kind"):
        sent(package, "payments.create", amount=5, kind="payment")
    with pytest.raises(package.module.RequestError, match="amount"):
        sent(package, "payments.create")


def test_a_body_of_constants_keeps_its_arguments(package: Made) -> None:
    assert body(sent(package, "payments.ping", kind="ping")) == {"kind": "ping"}
    assert sent(package, "payments.ping").content == b""


def test_a_union_with_one_object_has_its_properties(package: Made) -> None:
    line = {"sku": "a", "quantity": 2}
    assert body(sent(package, "words.create", sku="a", quantity=2)) == line
    assert body(sent(package, "words.create", body="word")) == "word"
    assert body(sent(package, "words.create", body=package.module.models.NewLine(sku="a", quantity=2))) == line
    with pytest.raises(TypeError):
        sent(package, "words.replace", sku="a", quantity=2)  # A map could be meant, too.


def test_a_parameter_keeps_its_name_and_the_property_gets_a_prefix(package: Made) -> None:
    request = sent(package, "lines.create", "o1", sku="a", quantity=2, note="query", body_note="body", body_timeout=3)
    assert request.url.params["note"] == "query"
    assert body(request) == {"sku": "a", "quantity": 2, "note": "body", "timeout": 3}


def test_values_are_written_as_in_a_model(package: Made) -> None:
    address = package.module.models.NewLineAddress(city="Bonn")
    due = datetime(2026, 1, 2, tzinfo=UTC)
    request = sent(package, "lines.create", "o1", sku="a", quantity=1, due=due, address=address, from_="x", tags=("t",))
    assert body(request) == {
        "sku": "a", "quantity": 1, "due": "2026-01-02T00:00:00Z", "address": {"city": "Bonn"}, "from": "x",
        "tags": ["t"],
    }  # fmt: skip


def test_further_properties_and_the_whole_body(package: Made) -> None:
    assert body(sent(package, "lines.create", "o1", sku="a", quantity=1, extra_body={"x-new": 1})) == {
        "sku": "a", "quantity": 1, "x-new": 1,
    }  # fmt: skip
    model = package.module.models.NewLine(sku="a", quantity=1)
    assert body(sent(package, "lines.create", "o1", body=model)) == {"sku": "a", "quantity": 1}
    assert body(sent(package, "lines.create", "o1", body={"sku": "b", "quantity": 3})) == {"sku": "b", "quantity": 3}


def test_an_optional_body_can_be_left_out(package: Made) -> None:
    assert sent(package, "lines.update", "o1").content == b""
    request = sent(package, "lines.update", "o1", body="<a/>", content_type="application/xml")
    assert request.headers["content-type"] == "application/xml"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sku": "a"}, "quantity"),
        ({}, "sku, quantity"),
        ({"body": {"sku": "a"}, "quantity": 1}, "not both: quantity"),
        ({"body": {"sku": "a"}, "extra_body": {"x": 1}}, "not both: x"),
    ],
)
def test_a_wrong_body_is_refused_before_it_is_sent(package: Made, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(package.module.RequestError, match=message):
        sent(package, "lines.create", "o1", **arguments)


def test_files_of_forms(package: Made) -> None:
    request = sent(package, "files.create", file=("a.txt", b"data", "text/plain"), title="T")
    assert b'filename="a.txt"' in request.content
    assert b"data" in request.content


STREAMING = """
openapi: 3.1.0
info: {title: Words, version: "1"}
servers: [{url: "https://api.example.com"}]
paths:
  /answers:
    post:
      operationId: createAnswer
      tags: [answers]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [question]
              properties: {question: {type: string}, stream: {type: [boolean, "null"]}}
      responses:
        '200':
          description: Whole, or piece by piece.
          content:
            application/json: {schema: {type: object, properties: {id: {type: string}}}}
            text/event-stream: {schema: {$ref: '#/components/schemas/Piece'}}
components:
  schemas:
    Piece:
      oneOf:
        - {type: object, required: [type], properties: {type: {const: piece.delta}, text: {type: string}}}
        - {type: object, required: [type], properties: {type: {const: piece.done}, reason: {type: string}}}
      discriminator: {propertyName: type}
"""


def test_the_method_that_streams_asks_for_a_stream(make: Make) -> None:
    package = make(STREAMING)
    assert {"PieceDelta", "PieceDone"} <= set(dir(package.module.models))
    events = b'data: {"type": "piece.delta", "text": "a"}\n\n'
    wire = Script(
        httpx2.Response(200, json={"id": "1"}),
        *(httpx2.Response(200, content=events, headers={"Content-Type": "text/event-stream"}) for _ in range(3)),
    )
    client = Twin("sync", package.module, "Words", wire)
    client.call("answers.create_answer", question="q")
    assert body(wire.requests[-1]) == {"question": "q"}
    model = package.module.models.AnswersCreateAnswerBody(question="q")
    for arguments in ({"question": "q"}, {"body": {"question": "q"}}, {"body": model}):
        stream = client.call("answers.create_answer_stream", **arguments)
        assert [type(event.data).__name__ for event in stream] == ["PieceDelta"]
        assert body(wire.requests[-1]) == {"question": "q", "stream": True}
    client.close()


PROGRAM = """
from shop_client import Shop, models

client = Shop()
client.lines.create("o", sku="a", quantity=1, body_note=None)
client.lines.create("o", body=models.NewLine(sku="a", quantity=1))
client.files.create(file=b"x")
client.lines.create("o", sku="a")  # E
client.lines.create("o", sku="a", quantity="1")  # E
client.lines.create("o", sku="a", quantity=1, colour="red")  # E
client.lines.create("o", sku="a", quantity=1, body={})  # E
client.lines.create("o", sku=None, quantity=1)  # E
"""


def test_type_checkers_see_what_is_wrong(package: Made, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    for command in (["mypy", "--strict"], ["basedpyright", "--pythonpath", sys.executable, "--level", "error"]):
        done = subprocess.run(
            [sys.executable, "-m", *command, str(program)],
            cwd=package.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        wrong = {number for number, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith("# E")}
        shown = {number for number in wrong | {5, 6, 7, 8} if f":{number}:" in done.stdout}
        assert shown == wrong, done.stdout
