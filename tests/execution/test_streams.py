"""Answers whose items are read while they come: server-sent events and lines of JSON, by both kinds of clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, Made
from execution.twin import Both, Script, Twin, answer
from speclient.runtime._events import Parser

SPEC = ROOT / "tests" / "features" / "streams" / "openapi.yaml"
Make = Callable[[Any], Made]
Twins = Callable[..., Twin]


def body(*pieces: bytes, kind: str = "text/event-stream", status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, headers={"content-type": kind}, stream=Both(lambda: iter(pieces)))


def items(client: Twin, path: str, **arguments: Any) -> list[Any]:
    return client.items(path, **arguments)


def test_lines_of_json(make: Make, twin: Twins) -> None:
    script = Script(
        body(b'{"text": "a"}\n{"te', b'xt": "b\xe2\x80\xa8c"}\r\n\n', b'{"text": "d"}', kind="application/x-ndjson")
    )
    found = items(twin(make(SPEC).module, "Streams", script), "logs.follow_logs", since=3)
    assert [entry.text for entry in found] == ["a", "b\u2028c", "d"]
    assert script.requests[0].headers["accept"] == "application/x-ndjson"
    assert script.requests[0].url.query == b"since=3"


def test_lines_of_anything(make: Make, twin: Twins) -> None:
    script = Script(body(b'1\n"a"\nnull\n', kind="application/jsonl"))
    assert items(twin(make(SPEC).module, "Streams", script), "logs.follow_anything") == [1, "a", None]


def test_events(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    wire = b"\xef\xbb\xbf: hello\r\nid: 1\rdata: a\ndata:b\n\nevent: end\nretry: 3000\ndata\n\nid\n\ndata: cut off\n"
    found = items(twin(module, "Streams", Script(body(wire))), "events.listen")
    assert found == [module.Event("a\nb", "message", "1", None), module.Event("", "end", "1", 3000)]


def test_a_line_end_that_comes_in_two_pieces(make: Make, twin: Twins) -> None:
    script = Script(body(b"data: a\r", b"\n", b"\n", b"data: b\r", b"\n", b"\r", b"\n"))
    found = items(twin(make(SPEC).module, "Streams", script), "events.listen")
    assert [event.data for event in found] == ["a", "b"]


def test_typed_events_end_with_done(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    script = Script(body(b'data: {"text": "a"}\n\n', b"data: [DONE]\n\n", b"data: nonsense\n\n"))
    (event,) = items(twin(module, "Streams", script), "events.listen_typed")
    assert event.data == module.models.Entry(text="a")


def test_an_answer_that_comes_whole_or_in_pieces(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    whole = twin(module, "Streams", script := Script(answer({"text": "42"})))
    assert whole.call("answers.ask", body={"question": "?"}).text == "42"
    assert script.requests[0].headers["accept"] == "application/json"
    pieces = twin(module, "Streams", script := Script(body(b'data: {"word": "4"}\n\ndata: {"word": "2"}\n\n')))
    assert [event.data.word for event in items(pieces, "answers.ask_stream", body={"question": "?"})] == ["4", "2"]
    assert script.requests[0].headers["accept"] == "text/event-stream"
    assert script.requests[0].content == b'{"question":"?"}'


def test_errors_are_typed(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    with pytest.raises(module.NotFoundError) as caught:
        items(twin(module, "Streams", Script(answer({"message": "gone"}, 404))), "logs.follow_logs")
    assert caught.value.body.message == "gone"
    with pytest.raises(module.UndecodableResponseError):
        items(twin(module, "Streams", Script(body(b"<html>", kind="text/html"))), "logs.follow_logs")
    with pytest.raises(module.UndecodableResponseError):
        items(twin(module, "Streams", Script(body(b"oops\n", kind="application/x-ndjson"))), "logs.follow_logs")

    def breaks() -> Iterator[bytes]:
        yield b'{"text": "a"}\n'
        raise httpx2.ReadError("reset")

    def service(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "application/x-ndjson"}, stream=Both(breaks))

    with pytest.raises(module.APIConnectionError):
        items(twin(module, "Streams", service), "logs.follow_logs")


def test_an_answer_without_a_body_has_no_items(make: Make, twin: Twins) -> None:
    client = twin(make(SPEC).module, "Streams", Script(httpx2.Response(204)))
    assert items(client, "logs.follow_logs") == []
    assert client.wait(client.client.logs.follow_logs().collect()) == []
    assert client.raw("logs.follow_logs").status_code == 204


def test_departures_are_told_item_by_item(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    lines = (b'{"text": "a"}\n', b'{"text": 1}\n', b'{"text": "c"}\n')
    reports: list[Any] = []
    client = twin(module, "Streams", Script(body(*lines, kind="application/x-ndjson")), on_violation=reports.append)
    assert [entry.text for entry in items(client, "logs.follow_logs")] == ["a", 1, "c"]
    assert [violation.pointer for report in reports for violation in report.violations] == ["/text"]
    raw = client.raw("logs.follow_logs")
    assert [violation.pointer for violation in raw.violations] == ["/1/text"]
    with pytest.raises(module.InvalidResponseError):
        items(client, "logs.follow_logs", policy="strict")


def test_an_item_without_end_is_refused(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    config = module.Config(max_response_bytes=1000)
    for path, kind in (("logs.follow_logs", "application/x-ndjson"), ("events.listen", "text/event-stream")):
        service = Script(body(*[b"data: " + b"x" * 90] * 20, kind=kind))
        with pytest.raises(module.ResponseTooLargeError):
            items(twin(module, "Streams", service, config=config), path)


@given(st.lists(st.sampled_from([b"data: a", b"id: 7", b": c", b"", b"data:b", b"event: e"]), max_size=12), st.data())
def test_it_does_not_matter_how_bytes_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    text = b"".join(line + data.draw(st.sampled_from([b"\n", b"\r", b"\r\n"])) for line in lines)
    whole = list(Parser("sse", 10_000).feed(text))
    parser, found, rest = Parser("sse", 10_000), [], text
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        found += list(parser.feed(rest[:size]))
        rest = rest[size:]
    assert found == whole
