"""Call what was generated for the features, and read the wire."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests_support import Made, answer, recorder

HERE = Path(__file__).parent
Make = Callable[[str | Path], Made]


def feature(name: str) -> Path:
    return HERE / name / "openapi.yaml"


def test_open_enums(make: Make) -> None:
    made = make(feature("open_enums"))
    body = [
        {"state": "done", "level": "high", "kind": "job", "priority": 2},
        {"state": "melted", "level": None, "priority": 7},
    ]
    wire = recorder(answer(body))
    client = made.client(wire)
    known, unknown = (
        client.api.get_jobs("running", order="+1", size=10)
        if hasattr(client, "api")
        else client.jobs.get_jobs("running", order="+1", size=10)
    )
    assert wire.url == "https://api.example.com/jobs/running?order=%2B1&size=10"
    assert known.state is made.module.models.State.DONE
    assert known.state.is_known
    assert known.level == made.module.models.JobLevel.HIGH
    assert (unknown.state, unknown.state.is_known, unknown.priority) == ("melted", False, 7)
    assert unknown.state is made.module.models.State("melted")
    assert made.module.to_jsonable([known, unknown]) == body


def test_an_enum_is_open_but_not_to_another_type(make: Make) -> None:
    made = make(feature("open_enums"))
    for body in (
        [{"state": 5}],
        [{"state": "done", "priority": "high"}],
        [{"state": "done", "priority": True}],
        [{"state": None}],
    ):
        with pytest.raises(made.module.InvalidResponseError):
            made.client(answer(body)).jobs.get_jobs("done")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"yes": True, "no": False, "one": 1, "zero": 0, "mixed": True, "listed": [True, True]}, None),
        ({"yes": 1}, "/yes"),
        ({"yes": 1.0}, "/yes"),
        ({"yes": False}, "/yes"),
        ({"no": 0}, "/no"),
        ({"one": True}, "/one"),
        ({"one": 2}, "/one"),
        ({"zero": False}, "/zero"),
        ({"mixed": 2}, "/mixed"),
        ({"mixed": 1}, None),
        ({"mixed": "a"}, None),
        ({"maybe": None}, None),
        ({"maybe": 1}, "/maybe"),
        ({"listed": [1]}, "/listed/0"),
    ],
)
def test_a_constant_is_of_one_type(make: Make, body: dict[str, Any], wrong: str | None) -> None:
    made = make(feature("constants"))
    client = made.client(answer(body))
    if wrong is None:
        assert json.dumps(made.module.to_jsonable(client.api.list())) == json.dumps(body)
    else:
        with pytest.raises(made.module.InvalidResponseError) as caught:
            client.api.list()
        assert {violation.pointer for violation in caught.value.violations} == {wrong}
    assert made.client(answer({"one": 1.0})).api.list().one == 1


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"a": "x", "b": None}, None),
        ({"a": "x", "b": None, "d": None, "e": None, "f": None}, None),
        ({"a": "x", "b": "y", "d": 1, "e": {"name": "n"}, "f": {"size": 1}}, None),
        ({"a": None, "b": None}, "/a"),
        ({"a": "x"}, "/b"),
        ({"a": "x", "b": None, "c": None}, "/c"),
        ({"a": "x", "b": None, "d": 0}, "/d"),
    ],
)
def test_null_and_absent_are_two_things(make: Make, body: dict[str, Any], wrong: str | None) -> None:
    made = make(feature("nullable_30"))
    client = made.client(answer(body))
    if wrong is None:
        result = client.api.list_things()
        assert result.to_dict() == body
        assert ("d" in result.model_fields_set) == ("d" in body)
    else:
        with pytest.raises(made.module.InvalidResponseError) as caught:
            client.api.list_things()
        assert [violation.pointer for violation in caught.value.violations] == [wrong]


def test_all_of_is_an_intersection(make: Make) -> None:
    made = make(feature("all_of"))
    dog = made.client(answer({"name": "Rex", "barks": True, "age": 3, "colour": "red"})).api.list_pets()
    assert (dog.name, dog.barks, dog.age, dog.colour) == ("Rex", True, 3, "red")
    for body in (
        {"name": "Rex"},
        {"barks": True},
        {"name": "Rex", "barks": True, "age": -1},
        {"name": "Rex", "barks": True, "age": 1.5},
    ):
        with pytest.raises(made.module.InvalidResponseError):
            made.client(answer(body)).api.list_pets()
    assert made.module.models.Puppy.__value__ is made.module.models.Animal


def test_discriminator_chooses_the_variant(make: Make) -> None:
    made = make(feature("discriminator"))
    body = [{"eventType": "created", "id": 1}, {"eventType": "removed", "id": 2, "reason": "old"}]
    created, removed = made.client(answer(body)).api.list_events()
    assert [type(created).__name__, type(removed).__name__] == ["Created", "Deleted"]
    assert made.module.to_jsonable([created, removed]) == body
    with pytest.raises(made.module.InvalidResponseError) as caught:
        made.client(answer([{"eventType": "other", "id": 1}])).api.list_events()
    assert caught.value.violations[0].pointer == "/0"
    assert "other" not in str(caught.value)


def test_additional_properties(make: Make) -> None:
    made = make(feature("additional_properties"))
    body = {
        "free": {"x": [1, None]}, "counts": {"a": 1}, "closed": {"a": "x"}, "typed": {"a": "x", "b": 2},
        "pattern": {"x1": "y"},
    }  # fmt: skip
    result = made.client(answer(body)).api.get_maps()
    assert result.to_dict() == body
    assert result.typed.model_extra == {"b": 2}
    for wrong, pointer in (
        ({"counts": {"a": -1}}, "/counts/a"),
        ({"counts": {"a": 1, "b": 2, "c": 3}}, "/counts"),
        ({"closed": {"b": 1}}, "/closed/b"),
        ({"typed": {"b": "x"}}, "/typed/b"),
    ):
        with pytest.raises(made.module.InvalidResponseError) as caught:
            made.client(answer(wrong)).api.get_maps()
        assert [violation.pointer for violation in caught.value.violations] == [pointer]


def test_recursive(make: Make) -> None:
    made = make(feature("recursive"))
    body = {"value": ["a", ["b"]], "left": {"value": "c"}, "others": [{"trees": [{"value": []}]}]}
    tree = made.client(answer(body)).api.get_tree()
    assert tree.left.value == "c"
    assert tree.to_dict() == body
    with pytest.raises(made.module.InvalidResponseError):
        made.client(answer({"value": ["a", [1]]})).api.get_tree()


def test_names(make: Make) -> None:
    made = make(feature("names"))
    wire = recorder(httpx2.Response(204))
    client = made.client(wire)
    client.client.class_(self_="a", id="b", id_header="c", timeout_="d", from_="e", filter_x="f")
    assert wire.url == "https://api.example.com/a?self=a&id=b&timeout=d&from=e&filter%5Bx%5D=f"
    assert wire.request.headers["id"] == "c"
    client.client.class__()
    assert wire.request.method == "POST"
    client.api.delete_c_by_x_y("..")
    assert wire.url == "https://api.example.com/c/%2E%2E"
    body = {
        "list": "1", "str": "2", "model_config": "3", "copy": "4", "class": "5", "fooBar": "6", "foo_bar": "7",
        "foo-bar": "8",
        "2fa": "9", "@type": "10", "ключ": "11", "": "12",
    }  # fmt: skip
    found = made.client(answer([[body]])).client.list()[0][0]
    assert found.to_dict() == body
    assert (found.list_, found.str_, found.model_config_, found.copy_, found.class_) == ("1", "2", "3", "4", "5")
    assert sorted(found.model_dump(by_alias=False).values(), key=int) == [str(number) for number in range(1, 13)]


def test_parameters(make: Make) -> None:
    made = make(feature("parameters"))
    wire = recorder(httpx2.Response(204))
    made.client(wire).wire.send(
        "a/b ?#é", [3, 4], {"x": "1", "y": "2"},
        tags=["a b", "c&d"], csv=["a,b", "c"], space=["a", "b"], pipe=["a", "b"], deep={"k": {"n": 1}, "l": [1, 2]},
        json={"q": "ä"}, when=datetime(2024, 5, 1, 12, tzinfo=UTC), flag=True, x_list=[1, 2], session="a;b",
    )  # fmt: skip
    path, _, query = wire.url.partition("?")
    assert path == "https://api.example.com/p/a%2Fb%20%3F%23%C3%A9/.3.4/;matrix=x,1,y,2"
    assert query.split("&") == [
        "tags=a%20b", "tags=c%26d", "csv=a%2Cb,c", "space=a%20b", "pipe=a%7Cb", "deep%5Bk%5D%5Bn%5D=1",
        "deep%5Bl%5D%5B0%5D=1", "deep%5Bl%5D%5B1%5D=2",
        "json=%7B%22q%22%3A%22%C3%A4%22%7D", "when=2024-05-01T12%3A00%3A00Z", "flag=true",
    ]  # fmt: skip
    assert wire.request.headers["x-list"] == "1,2"
    assert wire.request.headers["cookie"] == "session=a%3Bb"
    assert wire.request.headers["user-agent"] == "parameters-client/1.2.3"
    made.client(wire).wire.send("a", [1], {"k": "v"}, user_agent="mine")
    assert wire.request.headers.get_list("user-agent") == ["mine"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"when": datetime(2024, 5, 1)},
        {"x_list": ["a\r\nb: c"]},
        {"flag": object()},
        {"deep": {"a": float("nan")}},
        {"tags": ["\ud800"]},
    ],
)
def test_what_cannot_be_sent_is_refused(make: Make, arguments: dict[str, Any]) -> None:
    made = make(feature("parameters"))
    with pytest.raises(made.module.RequestError) as caught:
        made.client(answer({})).wire.send("a", [1], {"x": "y"}, **arguments)
    assert isinstance(caught.value, ValueError)


def test_an_empty_path_parameter_is_refused(make: Make) -> None:
    made = make(feature("parameters"))
    with pytest.raises(made.module.RequestError, match="simple"):
        made.client(answer({})).wire.send("", [1], {"x": "y"})


_ALL_CREDENTIALS = {
    "token": "t0ken", "username": "user", "password": "pa:ss", "query_key": "q/k", "header_key": "hk",
    "cookie_key": "ck",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "given", "headers", "query"),
    [
        ("one", tuple(_ALL_CREDENTIALS), {"authorization": "Bearer t0ken"}, ""),
        ("none", tuple(_ALL_CREDENTIALS), {}, ""),
        ("either", tuple(_ALL_CREDENTIALS), {"x-key": "hk"}, "api-key=q%2Fk"),
        ("either", ("username", "password", "query_key"), {"authorization": "Basic dXNlcjpwYTpzcw=="}, ""),
        ("maybe", ("cookie_key",), {"cookie": "sid=ck"}, ""),
        ("maybe", (), {}, ""),
    ],
)
def test_exactly_one_requirement_is_sent(
    make: Make, method: str, given: tuple[str, ...], headers: dict[str, str], query: str
) -> None:
    made = make(feature("security"))
    wire = recorder(httpx2.Response(204))
    getattr(made.client(wire, **{name: _ALL_CREDENTIALS[name] for name in given}).api, method)()
    sent = {name: value for name, value in wire.request.headers.items() if name in ("authorization", "x-key", "cookie")}
    assert sent == headers
    assert wire.request.url.query.decode() == query


def test_a_parameter_that_repeats_a_credential_is_no_argument(make: Make) -> None:
    made = make(feature("security"))
    wire = recorder(httpx2.Response(204))
    client = made.client(wire, query_key="q/k", header_key="hk")
    client.api.repeated(sid="s")
    assert wire.request.url.query == b"api-key=q%2Fk"
    assert wire.request.headers.get_list("x-key") == ["hk"]
    assert wire.request.headers["cookie"] == "sid=s"
    with pytest.raises(TypeError, match="unexpected keyword argument 'x_key'"):
        client.api.repeated(x_key="twice")


def test_missing_credentials_are_named(make: Make) -> None:
    made = make(feature("security"))
    with made.module.Security(base_url="https://api.example.com") as client:
        with pytest.raises(made.module.MissingCredentialsError, match="SECURITY_TOKEN"):
            client.api.one()


def test_bodies(make: Make) -> None:
    made = make(feature("bodies"))
    thing = made.module.models.Thing(name="a", size_mb=1.5, made_at=datetime(2024, 5, 1, tzinfo=UTC), note=None)
    data = {"name": "a", "sizeMb": 1.5, "madeAt": "2024-05-01T00:00:00Z", "note": None}
    wire = recorder(httpx2.Response(201, json=data))
    client = made.client(wire)
    assert client.bodies.send_json(body=thing) == thing
    assert json.loads(wire.request.content) == data
    assert wire.request.headers["content-type"] == "application/json"
    client.bodies.send_json(body={"name": "b"})
    assert json.loads(wire.request.content) == {"name": "b"}

    wire = recorder(httpx2.Response(204))
    client = made.client(wire)
    client.bodies.send_form(body={"name": "a b&c", "tags": ["x", "y"], "sizeMb": 2})
    assert wire.request.content == b"name=a+b%26c&tags=x&tags=y&sizeMb=2"
    client.bodies.send_form()
    assert wire.request.content == b""
    client.bodies.send_parts(body={"file": ("a.txt", b"content", "text/plain"), "note": "n"})
    assert b'name="file"; filename="a.txt"' in wire.request.content
    assert b'name="note"' in wire.request.content
    assert wire.request.headers["content-type"].startswith("multipart/form-data; boundary=")

    wire = recorder(httpx2.Response(200, text="ünï"))
    assert made.client(wire).bodies.send_text(body="häh") == "ünï"
    assert wire.request.content == "häh".encode()
    wire = recorder(httpx2.Response(200, content=b"\x89PNG", headers={"content-type": "image/png"}))
    assert made.client(wire).bodies.send_bytes(body=b"\x00") == b"\x89PNG"


def test_read_only_and_write_only(make: Make) -> None:
    made = make(feature("read_write_only"))
    models = made.module.models
    user = models.UserInput(name="a", password="p4ss", home=models.HomeInput(street="s"))
    assert "p4ss" not in repr(user)
    body = {"id": 1, "name": "a", "home": {"street": "s", "checked": True}}
    wire = recorder(httpx2.Response(201, json=body))
    result = made.client(wire).users.create_user(body=user)
    assert json.loads(wire.request.content) == {"name": "a", "password": "p4ss", "home": {"street": "s"}}
    assert type(result) is models.User
    assert result.to_dict() == body
    for wrong in ({"name": "a", "home": body["home"]}, {"id": 1, "name": "a", "home": {"street": "s"}}):
        with pytest.raises(made.module.InvalidResponseError):
            made.client(answer(wrong, 201)).users.create_user(body=user)
    with pytest.raises(ValueError, match="password"):
        models.UserInput(name="a", home={"street": "s"})
    assert not hasattr(models, "SecretInput")
    with pytest.warns(DeprecationWarning, match="PUT /secrets"):
        made.client(recorder(httpx2.Response(204))).users.put_secret(body=models.Secret(value="v"))


def test_read_only_and_write_only_behind_references(make: Make) -> None:
    made = make(feature("read_write_only"))
    card = made.module.models.CardInput(pin="1", number="2")
    wire = recorder(httpx2.Response(201, json={"id": 1, "number": "2"}))
    assert made.client(wire).users.create_card(body=card).to_dict() == {"id": 1, "number": "2"}
    assert json.loads(wire.request.content) == {"pin": "1", "number": "2"}


def test_webhooks_and_callbacks(make: Make) -> None:
    made = make(feature("webhooks"))
    webhooks = importlib.import_module(f"{made.module.__name__}.webhooks")
    assert webhooks.parse_on_done(b'{"id": "a"}') == made.module.models.Done(id="a")
    assert webhooks.parse_new_item("[1, 2.0]") == [1, 2]
    assert webhooks.parse_on_referred(b'{"id": "b"}').id == webhooks.parse_referred(b'{"id": "b"}').id == "b"
    with pytest.raises(made.module.WebhookError) as caught:
        webhooks.parse_new_item("[0]")
    assert caught.value.violations[0].pointer == "/0"
    with pytest.raises(made.module.WebhookError, match="not JSON"):
        webhooks.parse_on_done(b"<html>")
    assert "status: getJob" in made.client(answer({})).jobs.start_job.__doc__


def test_references_across_files(make: Make) -> None:
    made = make(feature("references"))
    body = {"name": "a", "back": {"other": {"name": "b"}, "dynamic": {"anything": 1}, "described": {"x": "y"}}}
    result = made.client(answer(body)).a.get()
    assert type(result.back).__name__ == "Node"
    assert result.back.other.name == "b"
    assert result.to_dict() == body
    assert type(made.client(answer(body["back"])).api.get_b(size=2)).__name__ == "Node"
    assert type(result.back.dynamic).__name__ == "Node"
    assert made.report["entries"] == []


def test_servers_and_their_variables(make: Make) -> None:
    made = make(feature("servers"))
    client = made.module.Servers
    assert client().base_url == "https://eu.example.com/v1"
    assert client(region="us", version="v2").base_url == "https://us.example.com/v2"
    assert client(host="h:1").base_url == "https://h:1/own"
    wire = recorder(httpx2.Response(204))
    made.client(wire).api.get_a()
    assert wire.url == "https://api.example.com/a"
    client(http_client=httpx2.Client(transport=httpx2.MockTransport(wire))).api.get_b()
    assert wire.url == "https://files.example.com/b"
    made.client(wire).api.get_b()  # Who points a client at a mock means all of it.
    assert wire.url == "https://api.example.com/b"


@pytest.mark.parametrize(
    ("body", "fine"),
    [
        ({"pair": ["a", 1], "open": ["a", 1, 2], "bounded": ["ab"], "unique": [1, 1], "either": None}, True),
        ({"either": "x", "nested": [[{"x": True}], []]}, True),
        ({"either": [0.5]}, True),
        ({"pair": ["a"]}, False),
        ({"pair": ["a", "b"]}, False),
        ({"pair": ["a", 1, 2]}, False),
        ({"open": [True]}, False),
        ({"bounded": []}, False),
        ({"bounded": ["abc"]}, False),
        ({"either": [0]}, False),
        ({"nested": [[{"x": 1}]]}, False),
    ],
)
def test_arrays(make: Make, body: dict[str, Any], fine: bool) -> None:
    made = make(feature("arrays"))
    client = made.client(answer(body))
    if fine:
        assert client.api.get_a().to_dict() == body
    else:
        with pytest.raises(made.module.InvalidResponseError):
            client.api.get_a()


def test_variants_without_a_tag(make: Make) -> None:
    made = make(feature("variants"))
    cat = made.client(answer({"lives": 9})).api.get_a()
    dog = made.client(answer({"barks": True})).api.get_a()
    assert (type(cat).__name__, type(dog).__name__) == ("Cat", "AnyDog")
    assert made.client(answer("fish")).api.get_a() == "fish"
    for body in ({"lives": "9"}, {"lives": 9, "more": 1}, {}, 5):
        with pytest.raises(made.module.InvalidResponseError):
            made.client(answer(body)).api.get_a()


def test_a_body_of_several_media_types(make: Make) -> None:
    made = make(feature("bodies"))
    wire = recorder(httpx2.Response(204))
    client = made.client(wire)
    client.bodies.send_several(body={"name": "a"})
    assert (wire.request.headers["content-type"], wire.request.content) == ("application/json", b'{"name":"a"}')
    client.bodies.send_several(body="a,b", content_type="text/csv")
    assert (wire.request.headers["content-type"], wire.request.content) == ("text/csv", b"a,b")
    client.bodies.send_several(body={"name": "a"}, content_type="application/x-www-form-urlencoded")
    assert wire.request.content == b"name=a"
    with pytest.raises(made.module.RequestError, match="text/csv"):
        client.bodies.send_several(body="x", content_type="text/plain")


def test_answers(make: Make) -> None:
    made = make(feature("answers"))
    module = made.module
    assert made.client(answer([1, 2])).answers.get_many() == [1, 2]
    assert made.client(lambda _: httpx2.Response(200, text="x")).answers.get_many() == "x"
    assert made.client(lambda _: httpx2.Response(202)).answers.get_many() is None
    problem = {"title": "no"}

    def wrong(status: int, **content: Any) -> Any:
        with pytest.raises(module.StatusError) as caught:
            made.client(lambda _: httpx2.Response(status, **content)).answers.get_many()
        return caught.value

    headers = {"content-type": "application/problem+json"}
    found = wrong(404, content=json.dumps(problem), headers=headers)
    assert type(found) is module.NotFoundError
    assert found.body.title == "no"
    assert type(wrong(409, content=json.dumps(problem), headers=headers)) is module.ConflictError
    assert wrong(409, content=json.dumps(problem), headers=headers).body.title == "no"
    assert wrong(418, text="short and stout").body == "short and stout"
    assert wrong(500, json={"a": 1}).body == {"a": 1}
    broken = wrong(404, content="{}", headers=headers)
    assert (broken.body, type(broken.body_error)) == (None, module.InvalidResponseError)
    assert type(wrong(207, json={"a": 1})) is module.UnexpectedStatusError
    assert type(wrong(520, json={"a": 1})) is module.StatusError
    assert type(wrong(499, content=json.dumps(problem), headers=headers)) is module.StatusError
    with pytest.raises(module.InvalidResponseError):
        made.client(answer([-1])).answers.get_many()
    assert made.client(answer("x")).answers.get_default() == "x"
    with pytest.raises(module.InvalidResponseError):
        made.client(answer("")).answers.get_default()


def test_degraded_operations_still_work(make: Make) -> None:
    made = make(feature("degraded"))
    report = made.report
    assert report["operations"] == {"emitted": 1, "degraded": 2, "refused": 1}
    assert report["degraded"] == ["GET /dangling", "GET /odd"]
    assert made.client(answer({"any": 1})).api.dangling() == {"any": 1}
    assert made.client(answer({"name": "", "size": "x", "list": [9]})).api.odd(q="x").size == "x"
    assert not hasattr(made.client(answer({})).api, "refused")


def test_a_parameter_decides_the_type(make: Make) -> None:
    made = make(feature("response_by"))
    models = made.module.models
    body = {"id": 1, "detail": "d"}
    client = made.client(answer(body))
    assert type(client.runs.list()) is models.Short
    assert type(client.runs.list(view="short")) is models.Short
    assert type(client.runs.list(view="long")) is models.Long
    assert type(client.runs.list(view=models.RunsListView.LONG)) is models.Long
    with pytest.raises(made.module.InvalidResponseError):
        made.client(answer({"id": 1})).runs.list(view="long")


def test_units_and_secrets_hold_behind_references(make: Make) -> None:
    made = make(feature("units_and_secrets"))
    body = {
        "plain": "shown", "direct": 1, "referred": 2, "key": "k1", "maybeKey": "k2", "keys": ["k3"],
        "keysByName": {"a": "k4"}, "owner": {"name": "k5"},
    }  # fmt: skip
    job = made.client(answer(body)).api.list_jobs()
    assert job.to_dict() == body
    assert "shown" in repr(job)
    assert not [secret for secret in ("k1", "k2", "k3", "k4", "k5") if secret in repr(job)]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"many": "a", "meant": None, "part": None, "either": None, "only": None}, None),
        ({"many": 5, "one": "a", "objects": [1], "part": {"name": "n"}, "either": {"name": "n"}}, None),
        ({"many": True, "objects": {"a": "x"}}, None),
        ({"many": None}, None),
        ({"many": 1.5}, "/many"),
        ({"many": None, "one": None}, "/one"),
        ({"many": None, "only": 0}, "/only"),
        ({"many": None, "objects": "a"}, "/objects"),
    ],
)
def test_lists_of_types(make: Make, body: dict[str, Any], wrong: str | None) -> None:
    made = make(feature("nullable_31"))
    client = made.client(answer(body))
    if wrong is None:
        assert client.api.list_things(since=None).to_dict() == body
    else:
        with pytest.raises(made.module.InvalidResponseError) as caught:
            client.api.list_things()
        assert {violation.pointer for violation in caught.value.violations} == {wrong}


def test_odd_enumerations(make: Make) -> None:
    made = make(feature("enums"))
    words = made.module.models.Words
    assert (words.EMPTY, words.A, words.A_, words.NONE, words.MRO, words.LINE_BREAK) == (
        "", "a", "A", "None", "mro", "line\nbreak",
    )  # fmt: skip
    assert words.NAME.name == "NAME"
    assert words.VALUE.value == "value"
    for value in ("a", 1, 1.5, True, False, None):
        body = {"mixed": value, "words": "__init__", "numbers": 0.5, "whole": -1, "nothing": None, "texts": ["1", "9"]}
        result = made.client(answer(body)).api.get_odd(n=0.5, b=True)
        assert result.mixed is value or result.mixed == value
        assert result.to_dict() == body
    for wrong in ({"mixed": [1]}, {"nothing": 1}, {"whole": "1"}, {"texts": [1]}):
        with pytest.raises(made.module.InvalidResponseError):
            made.client(answer(wrong)).api.get_odd()


def test_defaults_are_the_services_own(make: Make) -> None:
    """They are told and never sent: what the service takes by default may change."""
    made = make(feature("defaults"))
    wire = recorder(httpx2.Response(200, json={"name": "a"}))
    result = made.client(wire).api.make_thing(body=made.module.models.Thing(name="a"))
    assert (wire.request.url.query, "x-trace" in wire.request.headers) == (b"", False)
    assert json.loads(wire.request.content) == {"name": "a"} == result.to_dict()
    assert (result.size, result.kind, result.list_) == (None, None, None)
    assert "default ['a', 'b']" in made.client(wire).api.make_thing.__doc__


@pytest.mark.parametrize(
    ("body", "fine"),
    [
        ({"short": "abc", "whole": 9, "word": "b", "list": ["a"], "map": {"a": 1}, "need": {"x": 1}}, True),
        ({"maybe": None, "described": "a", "empty": [1]}, True),
        ({"short": "abcd"}, False),
        ({"short": ""}, False),
        ({"whole": 0}, False),
        ({"whole": 1.5}, False),
        ({"list": []}, False),
        ({"map": {}}, False),
        ({"need": {"y": "a"}}, False),
        ({"maybe": 5}, False),
    ],
)
def test_all_of_without_properties(make: Make, body: dict[str, Any], fine: bool) -> None:
    made = make(feature("all_of_scalars"))
    client = made.client(answer(body))
    if fine:
        assert client.api.get_a().to_dict() == body
    else:
        with pytest.raises(made.module.InvalidResponseError):
            client.api.get_a()


def test_a_discriminator_on_a_parent(make: Make) -> None:
    made = make(feature("inheritance"))
    pets = [{"petType": "Cat", "name": "a", "lives": 9}, {"petType": "hound", "name": "b", "bark": "w"}]
    assert made.module.to_jsonable(made.client(answer(pets)).api.list_pets()) == pets
    assert type(made.client(answer(pets[0])).api.get_named()).__name__ == "Cat"
    named = made.client(answer({"petType": "Dog", "name": "b", "bark": "w"})).api.get_named()
    assert type(named).__name__ == "Dog"


def test_deprecated(make: Make, recwarn: pytest.WarningsRecorder) -> None:
    made = make(feature("deprecated"))
    client = made.client(recorder(httpx2.Response(204)))
    with pytest.warns(DeprecationWarning, match="GET /old"):
        client.api.get_old()
    made.client(answer({"old": "a", "part": {"x": 1}})).api.get_new(old="a")
    assert not recwarn.list
    assert "deprecated" in client.api.get_new.__doc__


def test_dynamic_references_are_bound(make: Make) -> None:
    made = make(feature("dynamic_references"))
    assert made.report["entries"] == []
    body = {"items": [1], "next": {"items": [2]}}
    assert made.client(answer(body)).api.get_numbers().to_dict() == body
    wrongs: list[dict[str, Any]] = [{"items": {}}, {"items": ["a"]}, {"items": [], "next": {"items": ["a"]}}]
    for wrong in wrongs:
        with pytest.raises(made.module.InvalidResponseError):
            made.client(answer(wrong)).api.get_numbers()


def test_formats(make: Make) -> None:
    made = make(feature("formats"))
    body = {
        "at": "2024-05-01T12:00:00Z", "day": "2024-05-01", "time": "12:00:00Z", "duration": "P1D",
        "id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "link": "x", "data": "YQ==", "file": "x", "secret": "s", "long": 2**70, "exact": "0.10", "float": 1,
        "other": "red", "wrong": 5,
    }  # fmt: skip
    wire = recorder(httpx2.Response(200, json=body))
    result = made.client(wire).api.get_formats(date(2024, 5, 1), id="a")
    assert wire.url == "https://api.example.com/formats/2024-05-01?id=a"
    assert (result.at, result.day) == (datetime(2024, 5, 1, 12, tzinfo=UTC), date(2024, 5, 1))
    assert result.to_dict() == body
    for wrong in ({"at": "2024-05-01"}, {"day": "2024-05-01T00:00:00Z"}):
        with pytest.raises(made.module.InvalidResponseError):
            made.client(answer(wrong)).api.get_formats("2024-05-01")


def test_content_parameters(make: Make) -> None:
    made = make(feature("content_parameters"))
    wire = recorder(httpx2.Response(204))
    found = made.module.models.Filter(name="ä b")
    made.client(wire).api.find([1, 2], filter=found, x_filter={"name": "n", "max": 1}, words="a&b")
    path, _, query = wire.url.partition("?")
    assert path == "https://api.example.com/find/%5B1%2C2%5D"
    assert query == "filter=%7B%22name%22%3A%22%C3%A4%20b%22%7D&words=a%26b"
    assert wire.request.headers["x-filter"] == '{"name":"n","max":1}'
    # A header has no other signs than those of ASCII; JSON needs no others.
    made.client(wire).api.find([1], x_filter={"name": 'h"ä漢\U0001f600'})
    assert wire.request.headers["x-filter"] == r'{"name":"h\"\u00e4\u6f22\ud83d\ude00"}'
    made.client(wire).api.find([1], filter={"name": "n", "max": Decimal("1.10")})
    assert wire.request.url.query == b"filter=%7B%22name%22%3A%22n%22%2C%22max%22%3A1.10%7D"
    for wrong in (float("nan"), object(), "\ud800"):
        with pytest.raises(made.module.RequestError):
            made.client(wire).api.find([1], filter={"name": wrong})


def test_a_document_of_version_3_2(make: Make) -> None:
    made = make(feature("openapi_32"))
    assert made.outcome.diagnostics == ()
    assert made.client(answer({"id": 1, "note": None})).api.get_thing(1).to_dict() == {"id": 1, "note": None}


def test_several_media_types(make: Make) -> None:
    made = make(feature("media_types"))
    thing, other = {"name": "a"}, {"title": "b"}

    def got(content: bytes, media: str) -> Any:
        reply = httpx2.Response(200, content=content, headers={"content-type": media})
        return made.client(lambda _: reply).media.get_answer()

    assert got(json.dumps(thing).encode(), "application/vnd.thing.v2+json").name == "a"
    assert got(json.dumps(other).encode(), "application/json").title == "b"
    assert got(b"<a/>", "application/xml") == "<a/>"
    assert got("häh".encode("latin-1"), "text/html; charset=latin-1") == "häh"
    assert got(b"\x00", "application/octet-stream") == b"\x00"
    wire = recorder(httpx2.Response(204))
    media = made.client(wire).media
    media.send_vendor(body=thing)
    assert wire.request.headers["content-type"] == "application/merge-patch+json"
    media.send_parts(body={"files": [b"1", ("b.txt", b"2", "text/plain")], "thing": thing, "tags": ["x"], "count": 1})
    parts = wire.request.content
    assert parts.count(b'; name="files"') == 2
    assert b'{"name":"a"}' in parts
    made.client(recorder(httpx2.Response(200))).media.send_image(body=b"1", content_type="image/jpeg")


def test_json_is_preferred_to_other_media_types(make: Make) -> None:
    made = make(feature("preferred_media"))
    wire = recorder(httpx2.Response(200, json={"id": "a"}))
    client = made.client(wire)
    assert client.notes.get("1").id == "a"
    assert wire.request.headers["accept"] == "application/json"
    assert client.notes.get_entry("1").id == "a"
    assert client.notes.create(id="a").id == "a"
    # The type of the result is that of the media type that was asked for.
    with pytest.raises(made.module.UndecodableResponseError, match="'application/json', expected application/pdf"):
        client.notes.create(id="a", accept="application/pdf")
    assert wire.request.headers["accept"] == "application/pdf"
    assert client.notes.create(id="a", accept="application/json").id == "a"
    wire = recorder(httpx2.Response(200, text="<p>", headers={"content-type": "text/html"}))
    client = made.client(wire)
    assert client.notes.get("1", accept="text/html") == "<p>"
    assert wire.request.headers.get_list("accept") == ["text/html"]
    assert client.notes.get("1") == "<p>"


def test_names_of_operations(make: Make) -> None:
    made = make(feature("operation_names"))
    wire = recorder(httpx2.Response(204))
    client = made.client(wire)
    table = json.loads(next(made.folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    calls = [row["call"] for row in table["operations"]]
    assert len(calls) == len({call.casefold() for call in calls}) == 15
    for row in table["operations"]:
        group, _, method = row["call"].partition(".")
        getattr(getattr(client, group), method)(*([1] * len(row["parameters"])))
        assert wire.request.method == row["method"]
        assert wire.request.url.path == row["path"].replace("{id}", "1")


def test_names_that_the_package_uses_itself(make: Make) -> None:
    made = make(feature("package_names"))
    names = ["str", "datetime", "date", "Annotated", "Omittable", "to_dict", "model_dump", "schema", "json"]
    body: dict[str, Any] = dict.fromkeys([*names, "__dict__", "__class__", "_private"], "x")
    body |= {
        "datetime": "2024-05-01T12:00:00Z", "date": "2024-05-01", "Any": [1], "BaseModel": {"x": 1}, "Enum": "Enum",
        "list": [{"self": "a"}], "self": {"self": "b"}, "field": {"Field": "c"}, "client": {"a": "d"}, "more": ["e"],
        "error": {"loc": ["f"]},
    }  # fmt: skip
    wire = recorder(httpx2.Response(200, json=body))
    result = made.client(wire).models.list(
        models="1", body_="2", core="3", content_type_="4", any="5", str=["6"], body={"a": 1}
    )
    assert wire.request.url.query == b"models=1&body=2&_core=3&content_type=4&Any=5&str=6"
    assert result.to_dict() == body
    with pytest.raises(made.module.NotFoundError) as caught:
        made.client(answer({"message": "m"}, 404)).models.list()
    assert type(caught.value.body) is made.module.models.NotFoundError


def test_a_fragment_of_a_path_is_not_sent(make: Make) -> None:
    wire = recorder(httpx2.Response(204))
    make(feature("path_fragments")).client(wire).metrics.delete_metrics("a b", destination="here")
    assert wire.url == "https://api.example.com/metrics/a%20b?destination=here"


def test_a_query_in_a_path(make: Make) -> None:
    wire = recorder(answer([]))
    make(feature("path_fragments")).client(wire).metrics.search("a&b", limit=5)
    assert wire.url == "https://api.example.com/search?q=a%26b&kind=any&limit=5"
