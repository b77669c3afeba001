"""What is small on the wire stays cheap: charsets, lines of streams, violations by the hundred thousand."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable, Iterator
from typing import Any

import coalesce_client
import httpx2
import pytest

from conftest import ROOT, Made
from execution.twin import Both, Script, Twin, answer
from speclient.runtime._events import Parser

Make = Callable[..., Made]
Twins = Callable[..., Twin]
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "rot13", "hex", "zip", "undefined", "unicode_escape", "utf-7", "klingon", "a\x00b"]
)
def test_codecs_that_are_not_charsets_are_not_used(twin: Twins, charset: str) -> None:
    content_type = f"application/json; charset={charset}"
    service = Script(
        httpx2.Response(200, headers={"content-type": content_type}, content=b'{"data": []}' + b"a" * 500_000)
    )
    with pytest.raises(coalesce_client.UndecodableResponseError, match="an unsupported charset"):
        twin(coalesce_client, "Coalesce", service, "t").call("runs.list")


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "iso-8859-1", "latin1", "windows-1252", "utf-16", "shift_jis"])
def test_charsets_of_the_web_are_read(twin: Twins, charset: str) -> None:
    content = json.dumps({"data": [], "next": "caf" if charset == "shift_jis" else "caf\xe9"}, ensure_ascii=False)
    headers = {"content-type": f"application/json; charset={charset}"}
    service = Script(httpx2.Response(200, headers=headers, content=content.encode(charset)))
    client = twin(coalesce_client, "Coalesce", service, "t", policy="strict")
    assert client.call("runs.list").next.startswith("caf")


def test_a_long_line_in_many_pieces_costs_its_length() -> None:
    def cpu(pieces: int) -> float:
        parser = Parser("sse", 2**30)
        began = time.process_time()
        list(parser.feed(b"data: "))
        for _ in range(pieces):
            list(parser.feed(b"x" * 100))
        assert [len(text) for text, _ in parser.feed(b"\n\n")] == [100 * pieces]
        return time.process_time() - began

    # Copied with each piece, 16 times the pieces would cost 256 times as much.
    assert cpu(32_000) < 80 * max(cpu(2_000), 0.001)


def test_a_line_has_a_limit() -> None:
    parser = Parser("sse", 1_000)
    with pytest.raises(OverflowError):
        assert [list(parser.feed(b"x" * 100)) for _ in range(20)] == []
    with pytest.raises(OverflowError):
        list(Parser("jsonl", 1_000).feed(b"x" * 1_001 + b"\n"))


def test_a_retry_of_5_000_digits_is_not_a_time() -> None:
    assert next(iter(Parser("sse", 10_000).feed(b"retry: " + b"9" * 5_000 + b"\ndata: x\n\n")))[1]["retry"] is None
    assert next(iter(Parser("sse", 10_000).feed(b"retry: 3000\ndata: x\n\n")))[1]["retry"] == 3000


@pytest.fixture
def flawed() -> httpx2.Response:
    return answer({"data": [{"id": []} for _ in range(20_000)]})


def test_the_first_hundred_departures_and_their_number(twin: Twins, flawed: httpx2.Response) -> None:
    reports: list[Any] = []
    client = twin(coalesce_client, "Coalesce", Script(flawed), "t", on_violation=reports.append)
    response = client.raw("runs.list")
    assert len(response.violations) == 100
    assert response.violation_count >= 20_000
    assert len(response.value.data) == 20_000
    (report,) = reports
    assert len(report.violations) == 100
    assert f"and {report.violation_count - 3} more" in str(report)
    strict = twin(coalesce_client, "Coalesce", Script(flawed), "t", policy="strict")
    with pytest.raises(coalesce_client.InvalidResponseError) as caught:
        strict.call("runs.list")
    assert len(caught.value.violations) == 100
    again = pickle.loads(pickle.dumps(caught.value))
    assert (len(again.violations), again.violation_count) == (100, caught.value.violation_count)
    assert len(str(caught.value)) < 500


def test_a_wrong_stream_item_can_be_pickled(make: Make, twin: Twins) -> None:
    module = make(ROOT / "tests" / "features" / "streams" / "openapi.yaml").module

    def pieces() -> Iterator[bytes]:
        yield b"data: {\n\n"

    service = Script(httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=Both(pieces)))
    client = twin(module, "Streams", service, policy="strict")
    with pytest.raises(module.ResponseError) as caught:
        client.items("events.listen_typed")
    assert type(pickle.loads(pickle.dumps(caught.value))) is type(caught.value)
