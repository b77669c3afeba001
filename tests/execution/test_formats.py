"""Strings with a format that has a type of its own: uuid, time, duration, byte and decimal."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx2
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import SchemaValidator, ValidationError

from conftest import Made
from speclient.runtime._fallback import derive
from speclient.runtime._formats import (
    BYTE_FORMAT,
    DECIMAL_FORMAT,
    DURATION_FORMAT,
    TIME_FORMAT,
    UUID_FORMAT,
    Duration,
)
from speclient.runtime._lazy_text import TextFormat

SPEC = """
    openapi: 3.1.0
    info: {title: Texts, version: '1'}
    paths:
      /a:
        get:
          operationId: getA
          responses:
            '200':
              description: fine
              content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
        post:
          operationId: postA
          requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
          responses:
            '200':
              description: fine
              content: {application/json: {schema: {type: array, items: {type: string, format: uuid}}}}
    components:
      schemas:
        A:
          type: object
          properties:
            id: {type: string, format: uuid}
            bounded: {type: string, format: uuid, minLength: 36, maxLength: 36}
            restricted: {type: string, format: uuid, pattern: '^0'}
            at: {type: string, format: time}
            length: {type: [string, 'null'], format: duration}
            ids: {type: array, items: {type: string, format: uuid}}
            by_name: {type: object, additionalProperties: {type: string, format: duration}}
            either: {anyOf: [{type: string, format: uuid}, {type: integer}]}
"""
Make = Callable[[str], Made]
ID = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
TEXTS: dict[str, Any] = {
    "id": ID, "bounded": ID, "restricted": "0", "at": "10:30:00.500+02:00", "length": "PT1H30M",
    "ids": [ID, ID.upper()], "by_name": {"a": "P1W"}, "either": ID,
}  # fmt: skip


def read(made: Made, body: Any, **options: Any) -> Any:
    reply = httpx2.Response(200, json=body)
    return made.client(lambda _: reply, **options).api.get_a()


def test_values_have_their_types(make: Make) -> None:
    made = make(SPEC)
    thing = read(made, TEXTS)
    assert (thing.id, thing.bounded, thing.restricted) == (UUID(ID), UUID(ID), "0")
    assert thing.at == time(10, 30, 0, 500_000, timezone(timedelta(hours=2)))
    assert isinstance(thing.length, made.module.Duration)
    assert thing.length.timedelta == timedelta(minutes=90)
    assert thing.ids == [UUID(ID), UUID(ID)]
    assert thing.by_name["a"].timedelta == timedelta(weeks=1)
    assert thing.either == UUID(ID)


@pytest.mark.parametrize(
    ("identity", "at", "length"),
    [
        (ID, "10:30:00Z", "P1Y2M"), (ID.upper(), "10:30:00.000Z", "PT0.50S"), (ID.title(), "10:30:00+00:00", "-P1D"),
        (ID, "10:30:00.1234567-01:30", "P0D"), (ID, "23:59:60Z", None),
    ],
)  # fmt: skip
def test_the_same_text_is_written(make: Make, identity: str, at: str, length: str | None) -> None:
    body = {**TEXTS, "id": identity, "ids": [identity], "at": at, "length": length}
    made = make(SPEC)
    unread, thing = read(made, body), read(made, body)
    assert (thing.id, type(thing.at.hour)) == (UUID(identity), int)
    assert dict(thing)["id"] == UUID(ID)
    for model in (unread, thing, copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
        assert model.to_dict() == body
        assert json.loads(model.to_json()) == body
        assert json.loads(model.model_dump_json()) == body
    assert unread == thing


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "6ba7b810"}, {"id": ID.replace("-", "")}, {"id": f"{{{ID}}}"}, {"id": f"{ID}\n"}, {"id": 5},
        {"ids": ["x"]}, {"at": "25:00:00Z"}, {"at": "10:30:00"}, {"at": "10:30Z"}, {"at": "10:30:60Z"},
        {"length": "P"}, {"length": "PT"}, {"length": "P1"}, {"length": "1D"}, {"length": "P1H"}, {"length": ""},
        {"by_name": {"a": "x"}},
    ],
)  # fmt: skip
def test_invalid_values_are_violations_and_kept(make: Make, wrong: dict[str, Any]) -> None:
    made = make(SPEC)
    with pytest.raises(made.module.InvalidResponseError):
        read(made, {**TEXTS, **wrong})
    thing = read(made, {**TEXTS, **wrong}, policy="tolerant")
    assert thing.to_dict() == {**TEXTS, **wrong}
    ((name, value),) = wrong.items()
    assert getattr(thing, name) == value


@pytest.mark.parametrize("text", ["P1M", "P1Y", "P1Y2M3DT4H", "-P3M", "P0.5Y"])
def test_months_and_years_have_no_length(text: str) -> None:
    with pytest.raises(ValueError, match="months or years"):
        _ = Duration(text).timedelta
    assert Duration(text) == text


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P1D", timedelta(1)), ("P2W", timedelta(14)), ("PT0.5S", timedelta(seconds=0.5)),
        ("-PT5M", timedelta(minutes=-5)),
        ("P1DT2H3M4,5S", timedelta(1, hours=2, minutes=3, seconds=4.5)), ("PT36H", timedelta(1.5)),
        ("PT1M", timedelta(0, 60)),
    ],
)  # fmt: skip
def test_lengths(text: str, length: timedelta) -> None:
    assert Duration(text).timedelta == length


@given(st.timedeltas())
def test_durations_of_timedeltas(length: timedelta) -> None:
    assert abs(Duration.of(length).timedelta - length) <= timedelta(microseconds=1)


@pytest.mark.parametrize("text", ["", "P", f"P{'9' * 400}D", "x"])
def test_what_is_not_a_length(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an ISO|too long"):
        _ = Duration(text).timedelta


def test_values_are_sent(make: Make) -> None:
    made, sent = make(SPEC), list[Any]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(json.loads(request.content))
        return httpx2.Response(200, json=[ID.upper()])

    client = made.client(answer)
    model = made.module.models.A(id=UUID(ID), at=time(10, tzinfo=UTC), length="P1M")
    thing = read(made, {"id": ID.upper(), "length": "P1M"})
    ways: list[dict[str, Any]] = [
        {"body": model},
        {"id": UUID(ID), "at": time(10, tzinfo=UTC), "length": Duration("P1M")},
        {"id": thing.id, "length": thing.length},
    ]
    for arguments in ways:
        assert client.api.post_a(**arguments) == [UUID(ID)]
    plain = {"id": ID, "at": "10:00:00Z", "length": "P1M"}
    assert sent == [plain, plain, {"id": ID.upper(), "length": "P1M"}]
    with pytest.raises(ValueError, match="RFC 3339 time"):
        made.module.models.A(at=time(10))


FORMATS = {"uuid": UUID_FORMAT, "time": TIME_FORMAT, "duration": DURATION_FORMAT}
_LIKE_ONE = {
    "uuid": st.one_of(st.uuids().map(str), st.from_regex(r"[0-9a-fA-F{}-]{30,38}")),
    "time": st.from_regex(r"[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,8})?([zZ]|[+-][0-2][0-9]:[0-6][0-9])?\n?"),
    "duration": st.from_regex(r"[+-]?P([0-9]{1,2}[YMWD]){0,3}(T([0-9]{1,2}(\.5)?[HMS]){0,3})?\n?", fullmatch=True),
}


@pytest.mark.parametrize("name", FORMATS)
def test_both_passes_agree_with_an_independent_validator(name: str) -> None:
    """The fast pass accepts nothing that the fallback rejects; the fallback accepts all that the format allows."""
    text_format: TextFormat = FORMATS[name]
    fast, slow = SchemaValidator(text_format.schema()), derive(text_format.schema())
    oracle = jsonschema_rs.Draft202012Validator({"type": "string", "format": name}, validate_formats=True)

    @given(_LIKE_ONE[name])
    def check(text: str) -> None:
        whole = json.dumps(text)
        quick, late = accepts(fast, whole), accepts(slow, whole)
        assert late or not quick
        assert late or not oracle.is_valid(text)
        if name != "duration":  # Signs and fractions are valid in ISO 8601.
            assert oracle.is_valid(text) or not late

    check()


def accepts(validator: SchemaValidator, text: str) -> bool:
    try:
        validator.validate_json(text)
    except ValidationError:
        return False
    return True


ENCODED = """
    openapi: 3.1.0
    info: {title: Encoded, version: '1'}
    paths:
      /a:
        get:
          operationId: getA
          parameters: [{name: least, in: query, schema: {type: string, format: decimal}}]
          responses:
            '200':
              description: fine
              content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
        post:
          operationId: postA
          requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
          responses: {'204': {description: fine}}
      /form:
        post:
          operationId: postForm
          requestBody:
            content:
              multipart/form-data: {schema: {$ref: '#/components/schemas/Upload'}}
          responses: {'204': {description: fine}}
    components:
      schemas:
        Price: {type: string, format: decimal}
        Upload:
          type: object
          properties:
            data: {type: string, format: byte}
            file: {type: string, format: binary}
            price: {$ref: '#/components/schemas/Price'}
        A:
          type: object
          properties:
            data: {type: string, format: byte}
            encoded: {type: string, contentEncoding: base64, contentMediaType: image/png}
            price: {type: [string, 'null'], format: decimal}
            prices: {type: array, items: {$ref: '#/components/schemas/Price'}}
            amount: {type: number, format: decimal}
            restricted: {type: string, format: byte, maxLength: 8}
            part: {type: object, properties: {data: {type: string, format: byte}}}
"""


@pytest.mark.parametrize(
    ("data", "value"),
    [("YQ==", b"a"), ("", b""), ("YQ", b"a"), ("YR==", b"a"), ("-_8=", b"\xfb\xff"), ("YWJj\nZGVm\n", b"abcdef")],
)
@pytest.mark.parametrize("price", ["1.50", "0", "-0.00", "007.1", "+1", "1e5", "1.", ".5", "0.0000001", "9" * 60])
def test_bytes_and_decimals_keep_their_text(make: Make, data: str, value: bytes, price: str) -> None:
    body: dict[str, Any] = {
        "data": data, "encoded": data, "price": price, "prices": [price], "amount": 1.25, "restricted": "YQ",
        "part": {"data": data},
    }  # fmt: skip
    made = make(ENCODED)
    unread, thing = read(made, body), read(made, body)
    assert (thing.data, thing.encoded, thing.part.data, thing.restricted) == (value, value, value, "YQ")
    assert (thing.price, thing.prices[0]) == (Decimal(price), Decimal(price))
    assert isinstance(thing.data, bytes)
    assert isinstance(thing.price, Decimal)
    for model in (unread, thing, copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
        assert model.to_dict() == body
        assert json.loads(model.to_json()) == body
    assert thing.price + 1 == Decimal(price) + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": "Y"}, {"data": "YQ="}, {"data": "YQ==="}, {"data": "?"}, {"data": 1}, {"encoded": "é"},
        {"price": "text"}, {"price": ""}, {"price": "NaN"}, {"price": "1_0"}, {"price": "."}, {"price": "1e9999999"},
        {"price": 1.5}, {"prices": ["x"]},
    ],
)  # fmt: skip
def test_invalid_bytes_and_decimals_are_violations_and_kept(make: Make, wrong: dict[str, Any]) -> None:
    made = make(ENCODED)
    with pytest.raises(made.module.InvalidResponseError):
        read(made, wrong)
    thing = read(made, wrong, policy="tolerant")
    assert thing.to_dict() == wrong
    ((name, value),) = wrong.items()
    assert getattr(thing, name) == value


def test_exact_numbers_keep_their_digits(make: Make) -> None:
    made = make(ENCODED)
    reply = httpx2.Response(200, content=b'{"amount": 0.12345678901234567890}')
    thing = made.client(lambda _: reply).api.get_a()
    assert thing.amount.decimal == Decimal("0.12345678901234567890")
    assert thing.to_json() == '{"amount":0.12345678901234567890}'


def test_bytes_and_decimals_are_sent(make: Make) -> None:
    made, sent = make(ENCODED), list[httpx2.Request]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(204) if request.method == "POST" else httpx2.Response(200, json={"data": "YQ"})

    client, models = made.client(answer), made.module.models
    read_back = client.api.get_a(least=Decimal("1.50"))
    assert sent.pop().url.query == b"least=1.50"
    same = {"data": "Yg==", "price": "100000", "part": {"data": "Yg=="}}
    for arguments in (
        {"data": b"b", "price": Decimal("1E+5"), "part": {"data": b"b"}},
        {"data": "Yg==", "price": "100000", "part": models.APart(data=b"b")},
        {"body": models.A(data=b"b", price=Decimal("1E+5"), part={"data": b"b"})},
        {"body": {"data": b"b", "price": Decimal("1E+5"), "part": {"data": b"b"}}},
    ):
        client.api.post_a(**arguments)
        assert json.loads(sent.pop().content) == same
    client.api.post_a(data=read_back.data, amount=Decimal("0.1"))
    assert sent.pop().content == b'{"data":"YQ","amount":0.1}'
    for body in (
        {"data": b"b", "file": b"b", "price": Decimal("1.50")},
        {"body": {"data": b"b", "file": b"b", "price": Decimal("1.50")}},
        {"body": models.Upload(data=b"b", file=b"b", price=Decimal("1.50"))},
    ):
        client.api.post_form(**body)
        content = sent.pop().content
        assert content.count(b"Yg==") == 1
        assert content.count(b"\r\n\r\nb\r\n") == 1
        assert b"\r\n\r\n1.50\r\n" in content
    with pytest.raises(ValueError, match="decimal"):
        models.A(price=Decimal("NaN"))


@given(st.binary(max_size=64), st.text("AZaz09+/-_= \n", max_size=12))
def test_base64_agrees_with_the_standard_library(data: bytes, text: str) -> None:
    fast, slow = SchemaValidator(BYTE_FORMAT.schema()), derive(BYTE_FORMAT.schema())
    assert fast.validate_json(json.dumps(base64.b64encode(data).decode())) == data
    if accepts(fast, json.dumps(text)):
        assert base64.b64decode(text, validate=True) == slow.validate_json(json.dumps(text))


@given(st.decimals(allow_nan=False, allow_infinity=False), st.text("019.eE+-_ ", max_size=8))
def test_decimals_agree_with_the_standard_library(value: Decimal, text: str) -> None:
    fast, slow = SchemaValidator(DECIMAL_FORMAT.schema()), derive(DECIMAL_FORMAT.schema())
    assert slow.validate_json(json.dumps(str(value))) == value
    if accepts(slow, json.dumps(text)):
        assert slow.validate_json(json.dumps(text)) == Decimal(text)
    else:
        assert not accepts(fast, json.dumps(text))
