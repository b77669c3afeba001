"""Answers that depart from their schema: salvaged and reported, or refused, by both kinds of clients."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from conftest import ROOT, Made
from execution.twin import Script, Twin, answer

SPEC = ROOT / "tests" / "features" / "violations" / "openapi.yaml"
Make = Callable[[Any], Made]
Twins = Callable[..., Twin]


def pointers(violations: Any) -> list[str]:
    return [violation.pointer for violation in violations]


@pytest.fixture
def thing(make: Make, twin: Twins) -> Callable[..., Any]:
    """What the tolerant client makes of a body, with `id` and `name` unless given: the response."""
    made = make(SPEC)

    def get(body: Any, config: dict[str, Any] | None = None, **options: Any) -> Any:
        if config is not None:
            options["config"] = made.module.Config(**config)
        whole = {"id": 1, "name": "n", **body} if isinstance(body, dict) else body
        return twin(made.module, "SchemaViolations", Script(answer(whole)), **options).raw("api.get_thing", 1)

    return get


@pytest.mark.parametrize(
    ("body", "pointer", "kept"),
    [
        ({"id": "1"}, "/id", {"id": "1"}),
        ({"when": "tomorrow"}, "/when", {"when": "tomorrow"}),
        ({"when": 5}, "/when", {"when": 5}),
        ({"state": 5}, "/state", {"state": 5}),
        ({"ages": {"a": 1, "b": "x"}}, "/ages/b", {"ages": {"a": 1, "b": "x"}}),
        ({"few": ["a", 1]}, "/few/1", {"few": ["a", 1]}),
        ({"few": ["a", "b", "c"]}, "/few", {"few": ["a", "b", "c"]}),
        ({"few": "a"}, "/few", {"few": "a"}),
        ({"count": 6}, "/count", {"count": 6}),
        ({"name": None}, "/name", {"name": None}),
        ({"closed": {"a": 1, "b": 2}}, "/closed/b", {"closed": {"a": 1, "b": 2}}),
        ({"shapes": [{"kind": "triangle"}]}, "/shapes/0", {"shapes": [{"kind": "triangle"}]}),
        ({"pair": [1, 2]}, "/pair/1", {"pair": [1, 2]}),
    ],
)
def test_what_is_wrong_is_kept_and_told(
    thing: Callable[..., Any], body: dict[str, Any], pointer: str, kept: dict[str, Any]
) -> None:
    response = thing(body)
    assert pointer in pointers(response.violations)
    assert response.value.to_dict() == {"id": 1, "name": "n", **kept}
    assert json.loads(response.value.to_json()) == {"id": 1, "name": "n", **kept}


def test_the_rest_of_the_answer_is_typed(thing: Callable[..., Any]) -> None:
    child = {"id": "bad", "name": "c", "when": "2024-05-01T00:00:00Z"}
    response = thing({"child": child, "shapes": [{"kind": "circle", "radius": "x"}, {"kind": "square", "side": 2}, 7]})
    value = response.value
    assert value.child.id == "bad"
    assert value.child.when.year == 2024
    circle, square, other = value.shapes
    assert (type(circle).__name__, circle.radius) == ("Circle", "x")
    assert (type(square).__name__, square.side) == ("Square", 2)
    assert other == 7
    assert pointers(response.violations) == ["/shapes/0/radius", "/shapes/2", "/child/id"]


def test_a_missing_member_raises_when_read_and_is_never_none(thing: Callable[..., Any]) -> None:
    response = thing({"child": {"name": "c"}})
    child = response.value.child
    with pytest.raises(AttributeError, match=r"Thing\.id is required but missing"):
        _ = child.id
    assert "id" not in child.model_fields_set
    assert child.to_dict() == {"name": "c"}
    assert "id" not in repr(child)
    assert child.when is None  # An optional one may be absent.
    assert pointers(response.violations) == ["/child/id"]
    assert pickle.loads(pickle.dumps(child)).to_dict() == {"name": "c"}


def test_no_value_is_read_as_the_wrong_variant(thing: Callable[..., Any]) -> None:
    for raw in ({"kind": "triangle", "radius": 1}, {"radius": 1}, {"kind": None, "side": 1}):
        [shape] = thing({"shapes": [raw]}).value.shapes
        assert type(shape).__name__ == "UnknownThingShapesItem"
        assert shape.raw == raw
    raws: list[dict[str, Any]] = [{}, {"left": "x"}, {"left": None, "right": 5}]
    for raw in raws:
        response = thing({"loose": raw})
        assert response.value.loose.raw == raw
        assert response.violations
    # But where one variant only can be meant, it is that one.
    assert type(thing({"text_or_left": {"left": "x"}}).value.text_or_left).__name__ == "Left"


def test_null_and_unset_are_told_apart(thing: Callable[..., Any]) -> None:
    response = thing({"when": None})
    assert response.value.when is None
    assert response.value.to_dict() == {"id": 1, "name": "n", "when": None}
    assert pointers(response.violations) == ["/when"]
    assert thing({}).value.to_dict() == {"id": 1, "name": "n"}


def test_new_values_and_members_are_no_departures(thing: Callable[..., Any]) -> None:
    response = thing({"state": "future", "more": {"x": [1]}})
    assert response.violations == ()
    assert not response.value.state.is_known
    assert response.value.to_dict()["more"] == {"x": [1]}


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"'])
def test_another_answer_altogether_is_refused(make: Make, twin: Twins, body: bytes) -> None:
    made = make(SPEC)
    reply = httpx2.Response(200, content=body, headers={"content-type": "application/json"})
    with pytest.raises(made.module.InvalidResponseError) as caught:
        twin(made.module, "SchemaViolations", Script(reply)).call("api.get_thing", 1)
    assert pointers(caught.value.violations) == [""]


def test_strict_lists_every_departure(make: Make, twin: Twins) -> None:
    made = make(SPEC)
    body = {"id": "1", "secret": ["s3cret"], "child": {"id": 1, "name": 5}}
    client = twin(made.module, "SchemaViolations", Script(answer(body)), policy="strict")
    with pytest.raises(made.module.InvalidResponseError) as caught:
        client.call("api.get_thing", 1)
    found = caught.value.violations
    assert pointers(found) == ["/id", "/name", "/secret", "/child/name"]
    assert (found[0].expected, found[0].got) == ("a valid integer", "string")
    assert "s3cret" not in str(caught.value) + repr(caught.value) + repr(found)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.violations == found
    # By call.
    assert client.call("api.get_thing", 1, policy="tolerant").child.id == 1
    assert client.wait(client.client.with_options(policy="tolerant").api.get_thing(1)).child.id == 1


def test_violations_are_reported_once(make: Make, twin: Twins, caplog: pytest.LogCaptureFixture) -> None:
    made = make(SPEC)
    body = answer({"id": "s3cret", "name": "n"})
    reports: list[Any] = []
    twin(made.module, "SchemaViolations", Script(body), on_violation=reports.append).call("api.get_thing", 1)
    (report,) = reports
    assert (report.operation, pointers(report.violations)) == ("GET /things/{id}", ["/id"])
    assert report.response.status_code == 200
    assert caplog.records == []
    with caplog.at_level(logging.WARNING):
        twin(made.module, "SchemaViolations", Script(body)).call("api.get_thing", 1)
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("schemaviolations_client", "WARNING")
    assert "/id: expected a valid integer, got string" in record.getMessage()
    assert "s3cret" not in record.getMessage()


def test_the_body_of_an_error_is_salvaged(make: Make, twin: Twins) -> None:
    made = make(SPEC)
    script = Script(answer({"code": "x", "more": 1}, 404))
    with pytest.raises(made.module.NotFoundError) as caught:
        twin(made.module, "SchemaViolations", script).call("api.get_thing", 1)
    error = caught.value
    assert error.body.to_dict() == {"code": "x", "more": 1}
    assert isinstance(error.body_error, made.module.InvalidResponseError)
    assert pointers(error.body_error.violations) == ["/code", "/detail"]
    with pytest.raises(made.module.NotFoundError) as caught:
        twin(made.module, "SchemaViolations", script, policy="strict").call("api.get_thing", 1)
    assert caught.value.body is None
    assert caught.value.body_error is not None


def test_the_extra_enforces_every_keyword(thing: Callable[..., Any]) -> None:
    body = {"few": ["a", "a"], "state": "future"}
    assert thing(body).violations == ()
    found = thing(body, config={"enforce_all": True}).violations
    assert {(each.pointer, each.expected) for each in found} == {
        ("/few", "a value that satisfies `uniqueItems`"),
        ("/state", "a value that satisfies `enum`"),
    }


def test_the_extra_is_asked_for_by_name(thing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    with pytest.raises(ValueError, match=r"pip install 'schemaviolations-client\[enforce\]'"):
        thing({}, config={"enforce_all": True})


@pytest.mark.parametrize("text", ["0.12345678901234567891", "9223372036854775807.5", "-1.000000000000000000001"])
def test_a_decimal_keeps_its_digits(make: Make, twin: Twins, text: str) -> None:
    made = make(SPEC)
    raw = f'{{"id":1,"name":"n","shapes":[{{"kind":"circle","radius":{text}}}],"more":[{text}]}}'
    reply = httpx2.Response(200, content=raw.encode(), headers={"content-type": "application/json"})
    value = twin(made.module, "SchemaViolations", Script(reply)).call("api.get_thing", 1)
    assert value.to_json() == raw
    assert str(value.to_dict()["more"][0]) == text
    assert isinstance(value.shapes[0].radius, float)
    assert pickle.loads(pickle.dumps(value)).to_json() == raw


def test_equal_violations_are_logged_once_and_counted(
    make: Make, twin: Twins, caplog: pytest.LogCaptureFixture
) -> None:
    """`wait` and loops get the same response again and again."""
    made = make(SPEC)
    bodies = [answer({"id": "a", "name": "n"})] * 10 + [answer({"id": 1, "name": 5})]
    client = twin(made.module, "SchemaViolations", Script(*bodies))
    with caplog.at_level(logging.WARNING):
        for _ in bodies:
            client.call("api.get_thing", 1)
    messages = [record.getMessage() for record in caplog.records]
    assert ["/id" in message for message in messages] == [True, True, False]
    assert messages[1].endswith("(10 responses so far)")
    assert "/name" in messages[2]
