"""Date-times that are text until they are read, and what stands where a schema says nothing."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from coalesce_client import models
from coalesce_client._core._decode import Decoder, Invalid
from hypothesis import given
from hypothesis import strategies as st

from conftest import Made

SPEC = """
    openapi: 3.1.0
    info: {title: Moments, version: '1'}
    paths:
      /a:
        get:
          operationId: getA
          responses:
            '200':
              description: fine
              content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
    components:
      schemas:
        A:
          type: object
          required: [at]
          properties:
            at: {type: string, format: date-time}
            metadata: {$ref: '#/components/schemas/B'}
            config: {type: object, additionalProperties: true}
            free: {}
            list: {type: array, items: {}}
        B:
          type: object
          properties:
            at: {type: string, format: date-time}
            ats: {type: array, items: {type: string, format: date-time}}
            count: {type: integer}
            inner: {$ref: '#/components/schemas/B'}
"""
Make = Callable[[str], Made]
RUNS = Decoder(models.RunSummaries)


def run(text: str) -> models.RunSummary:
    """A run as it comes, with nothing of it read."""
    page = RUNS.read(json.dumps({"data": [{"id": 1, "runStartTime": text}]}).encode())
    found: models.RunSummary = page.data[0]
    return found


def service(body: bytes) -> Callable[[httpx2.Request], httpx2.Response]:
    return lambda request: httpx2.Response(
        200, headers={"content-type": "application/json"}, stream=httpx2.ByteStream(body)
    )


def test_nothing_shows_that_it_was_text() -> None:
    text, date_time = "2024-05-01T12:00:00.25+02:00", datetime(2024, 5, 1, 10, 0, 0, 250000, tzinfo=UTC)
    assert run(text).__dict__["run_start_time"] == text
    assert run(text).run_start_time == date_time
    read = run(text)
    assert read.run_start_time is read.run_start_time
    assert run(text) == read
    assert read == run(text)
    assert run(text) != run("2024-05-01T12:00:01Z")
    assert run(text) != text
    assert run(text) in [read]
    assert dict(run(text))["run_start_time"] == date_time
    assert run(text).model_dump()["runStartTime"] == date_time
    assert run(text).model_copy().run_start_time == date_time
    assert "datetime.datetime(2024, 5, 1" in repr(run(text))
    assert copy.deepcopy(run(text)).run_start_time == date_time
    # Another process may unpickle it before it ever made the validators of the class.
    assert run(text).__getstate__()["__dict__"]["run_start_time"] == date_time
    assert pickle.loads(pickle.dumps(run(text))) == read


def test_it_can_be_set_and_deleted() -> None:
    made = run("2024-05-01T12:00:00Z")
    made.run_start_time = datetime(2025, 1, 1, tzinfo=UTC)
    assert made.to_dict()["runStartTime"] == "2025-01-01T00:00:00Z"
    del made.run_start_time
    with pytest.raises(AttributeError):
        made.run_start_time  # noqa: B018
    with pytest.raises(AttributeError):
        models.RunSummary.run_start_time  # noqa: B018


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01T12:00:00.123456789Z",
        "2024-05-01T12:00:00.000000000Z",
        "2016-12-31T23:59:60Z",
        "2024-05-01t12:00:00z",
        "2000-02-29T00:00:00Z",
        "2024-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_each_valid_spelling_goes_out_as_it_came(text: str) -> None:
    assert isinstance(run(text).run_start_time, datetime)
    unread = run(text)
    assert json.loads(unread.to_json())["runStartTime"] in (text, text.upper())
    read = run(text)
    date_time = read.run_start_time
    again = run(json.loads(read.to_json())["runStartTime"])
    assert again.run_start_time == date_time


@pytest.mark.parametrize(
    "text",
    [
        "1714564800", "2024-05-01", "2024-05-01 12:00:00Z", "2024-05-01T12:00Z", "2024-05-01T12:00:00",
        "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
        "2024-04-31T00:00:00Z", "2024-05-01T24:00:00Z", "2024-05-01T12:60:00Z", "2024-05-01T12:00:00+24:00",
        "2024-05-01T12:00:00+0500", "2024-W18-3T12:00:00Z", "2024-05-01T12:00:00.Z", "2024-05-01T12:00:00Z\n",
        "２０24-05-01T12:00:00Z", "2024-05-01T12:00:60Z",
    ],
)  # fmt: skip
def test_what_is_none_is_a_departure_and_stays_text(text: str) -> None:
    body = json.dumps({"data": [{"runStartTime": text}]}).encode()
    with pytest.raises(Invalid) as caught:
        RUNS.read(body)
    assert [violation.pointer for violation in caught.value.violations] == ["/data/0/runStartTime"]
    kept = RUNS.salvage(caught.value).data[0]
    assert kept.run_start_time == text
    assert kept.to_dict() == {"runStartTime": text}
    assert kept.model_dump()["runStartTime"] == text


@given(
    st.datetimes(timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))),
    st.integers(0, 9),
)
def test_every_moment_is_read_as_python_reads_it(date_time: datetime, zeros: int) -> None:
    text = date_time.isoformat()
    if date_time.microsecond:
        place = text.index(".") + 7
        text = text[:place] + "0" * zeros + text[place:]
    assert run(text).run_start_time == date_time


def test_nested_members_of_any_name_are_looked_at_again(make: Make) -> None:
    inner = {"at": "2016-12-31T23:59:60Z", "ats": ["2024-05-01T12:00:00.123456789Z"], "count": 1}
    body = {"at": "2024-05-01T12:00:00Z", "metadata": {**inner, "inner": inner}}
    client = make(SPEC).client(service(json.dumps(body).replace('"count": 1', '"count": 1.0').encode()))
    result = client.api.get_a()
    assert result.to_dict() == body
    assert result.metadata.inner.count == 1


@pytest.mark.parametrize("member", ["unlisted", "free", "config", "list", "metadata"])
@pytest.mark.parametrize("word", ["NaN", "-Infinity", "Infinity"])
def test_words_that_json_does_not_have(make: Make, member: str, word: str) -> None:
    made = make(SPEC)
    for value in (word, f"[{word}]", f'{{"a": {word}}}'):
        client = made.client(service(f'{{"at": "2024-05-01T12:00:00Z", "{member}": {value}}}'.encode()))
        with pytest.raises(made.module.UndecodableResponseError):
            client.api.get_a()
    fine = f'{{"at": "2024-05-01T12:00:00Z", "unlisted": "{word}"}}'
    assert made.client(service(fine.encode())).api.get_a().to_dict()["unlisted"] == word


@pytest.mark.parametrize("member", ["unlisted", "free", "config", "list"])
@pytest.mark.parametrize("number", ["0.1234567890123456789012", "1e400", "-1.5E+999", "12345678901234567890", "1.0"])
def test_numbers_that_no_float_holds(make: Make, member: str, number: str) -> None:
    wrap = {"config": '{{"a": {}}}', "list": "[{}]"}.get(member, "{}")
    body = f'{{"at": "2024-05-01T12:00:00Z", "{member}": {wrap.format(number)}}}'
    result = make(SPEC).client(service(body.encode())).api.get_a()

    def loaded(text: str) -> Any:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal)

    assert loaded(result.to_json()) == loaded(body)
