"""Names: whatever stands in a document, each is a new identifier, and it changes only with what it names."""

from __future__ import annotations

import ast
import json
import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import httpx2
import jinja2
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speclient.diagnostics import Location, Sink
from speclient.ir import (
    Anything,
    Api,
    CredentialKind,
    EnumSchema,
    NameHint,
    ObjectSchema,
    Operation,
    Parameter,
    ParameterLocation,
    Property,
    Scalar,
    ScalarKind,
    Schema,
    SecurityScheme,
    Server,
    ServerVariable,
)
from speclient.ir.order import bases_first
from speclient.naming import Names, choose_names, constant, pascal, read_name_lock, snake
from speclient.runtime._client import SyncClient
from speclient.runtime._model import Model
from tests_support import ROOT

ODD = [
    "", " ", "_", "__init__", "class", "None", "self", "list", "str", "id", "ID", "Id", "i-d", "i d", "2fa", "+1", "-1",
    "<=", "a·b", "·", "ª", "ﬁ", "İ", "ß", "K", "١", "💥", "ͺ", "\u0345", "𝒞𝓁𝒶𝓈𝓈", "ºº", "\x00", "\ud800", "\u202eabc",
    "a\nb", "'''", "model_config", "model_fields", "copy", "json", "mro", "name", "value", "__class__", "{{ x }}",
    "x" * 300,
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(ODD), st.text(max_size=12))
PLACE = Location("openapi.yaml")
TEXT_TYPE = Scalar(ScalarKind.STRING)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def is_name(text: str) -> bool:
    """An identifier that Python reads as it is written."""
    return text.isidentifier() and not keyword.iskeyword(text) and unicodedata.normalize("NFKC", text) == text


def test_what_the_runtime_defines_is_free_for_no_document() -> None:
    attributes = [name for name in dir(Model) if not name.startswith("_")]
    names = named(api(schemas=(component("Thing", attributes),)))
    all_fine(names.fields["#/components/schemas/Thing"].values(), members_of=Model)
    words = [name for name in dir(SyncClient) if not name.startswith("_")]
    operations = tuple(operation(f"GET /{word}", tags=(word,), operation_id=word) for word in words)
    all_fine((made.group for made in named(api(operations=operations)).operations.values()), members_of=SyncClient)


@given(TEXT)
@settings(max_examples=400, deadline=None)
def test_words_make_identifiers(text: str) -> None:
    for made in (snake(text), pascal(text), constant(text)):
        assert is_name(made), (text, made)
    assert pascal(text, text).isidentifier()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reRunID", "re_run_id"), ("HTTPServer", "http_server"), ("runIDs", "run_ids"), ("query-runs", "query_runs"),
        ("OAuth2Token", "oauth2_token"), ("class", "class_"), ("2fa", "field_2fa"), ("", "field"), ("+1", "plus_1"),
        ("-1", "minus_1"), ("@type", "type"), ("größe", "größe"), ("__x__", "x"), ("a.b[c]", "a_b_c"),
    ],
)  # fmt: skip
def test_snake(text: str, expected: str) -> None:
    assert snake(text) == expected


def operation(key: str, **given: Any) -> Operation:
    method, path = key.split(" ", 1)
    values: dict[str, Any] = {
        "key": key, "method": method, "path": path, "origin": PLACE, "operation_id": None, "tags": (), "group": None,
        "method_name": None, "summary": None, "description": None, "page": None, "deprecated": False, "parameters": (),
        "body": None, "responses": (), "security": (), **given,
    }  # fmt: skip
    return Operation(**values)


def api(**given: Any) -> Api:
    values: dict[str, Any] = {
        "title": "Shop", "version": "1", "summary": None, "description": None, "package": None, "client": None,
        "environment": None, "pages": (), "servers": (), "security_schemes": (), "operations": (), "schemas": (),
        "limitations": (), **given,
    }  # fmt: skip
    return Api(**values)


def parameter(name: str, place: ParameterLocation = "query") -> Parameter:
    return Parameter(name, place, False, "form", True, False, TEXT_TYPE, PLACE)


def component(name: str, fields: Iterable[str] = ()) -> ObjectSchema:
    made = tuple(Property(field, TEXT_TYPE, False) for field in dict.fromkeys(fields))
    return ObjectSchema(f"#/components/schemas/{name}", NameHint((name,), component=True), PLACE, made, Anything())


def enumeration(name: str, values: Sequence[str]) -> EnumSchema:
    hint = NameHint((name,), component=True)
    return EnumSchema(f"#/components/schemas/{name}", hint, PLACE, tuple(dict.fromkeys(values)), ScalarKind.STRING)


def named(made: Api) -> Names:
    return choose_names(made, Sink())


def all_fine(names: Iterable[str], *, members_of: type[Any] | None = None) -> None:
    listed = list(names)
    assert all(is_name(name) for name in listed), listed
    assert len(set(listed)) == len(listed), listed
    if members_of is not None:
        assert not {name for name in listed if name in dir(members_of)}


@given(st.lists(TEXT, max_size=8), st.lists(TEXT, max_size=8), TEXT)
@QUICK
def test_classes_fields_and_members(components: list[str], inner: list[str], title: str) -> None:
    unique = list(dict.fromkeys(components))
    schemas: list[Schema] = [
        enumeration(name, [*inner, "a", "b"]) if place % 3 == 0 else component(name, inner)
        for place, name in enumerate(unique)
    ]
    names = named(api(title=title, schemas=tuple(schemas)))
    all_fine(names.classes.values())
    all_fine([names.client])
    assert names.package.isascii()
    assert is_name(names.package)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", names.distribution)
    assert re.fullmatch(r"[A-Z_][A-Z0-9_]*", names.environment)
    for schema in schemas:
        if isinstance(schema, ObjectSchema):
            all_fine(names.fields[schema.id].values(), members_of=Model)
            assert not any(
                name.startswith(("model_", "_")) and not name.endswith("_") for name in names.fields[schema.id].values()
            )
        elif isinstance(schema, EnumSchema):
            all_fine(names.members[schema.id])
            assert not any(name.startswith("_") for name in names.members[schema.id])


@given(st.lists(st.tuples(TEXT, TEXT, st.lists(TEXT, max_size=4)), max_size=8))
@QUICK
def test_groups_methods_and_arguments(given_operations: list[tuple[str, str, list[str]]]) -> None:
    operations = [
        operation(
            f"GET /{number}", operation_id=name, tags=(tag,),
            parameters=tuple(parameter(p, at) for p in dict.fromkeys(parameters) for at in ("query", "path", "header")),
        )
        for number, (name, tag, parameters) in enumerate(given_operations)
    ]  # fmt: skip
    names = named(api(operations=tuple(operations)))
    chosen = list(names.operations.values())
    groups = {(made.group, made.group_class) for made in chosen}
    all_fine([group for group, _ in groups], members_of=SyncClient)
    all_fine([name for _, name in groups])
    for group, _ in groups:
        all_fine([made.method for made in chosen if made.group == group])
    for made in chosen:
        all_fine(made.arguments.values())


CONSTRUCTOR = st.one_of(st.sampled_from(["token", "username", "base_url", "baseUrl", "timeout", "url", "os"]), TEXT)


@given(st.lists(CONSTRUCTOR, max_size=6, unique=True), st.lists(CONSTRUCTOR, max_size=6, unique=True))
@QUICK
def test_arguments_of_the_constructor(schemes: list[str], variables: list[str]) -> None:
    kinds: tuple[CredentialKind, ...] = ("key", "bearer", "basic", "none")
    made = api(
        security_schemes=tuple(SecurityScheme(name, kinds[n % 4]) for n, name in enumerate(schemes)),
        servers=(Server("https://x", None, tuple(ServerVariable(name, "") for name in variables)),),
    )
    names = named(made)
    keys = [next(iter(parts.values())) for parts in names.credentials.values() if len(parts) == 1 and "key" in parts]
    arguments = {name for parts in names.credentials.values() for name in parts.values()}
    all_fine([*keys, *names.server_variables.values()])
    # A variable must never be filled from the environment variable of a secret, nor a secret from that of the URL.
    all_fine([name.strip("_") + "_" for name in (*arguments, *names.server_variables.values(), "base_url")])


@given(st.lists(TEXT, min_size=1, max_size=8, unique=True), st.randoms(use_true_random=False))
@QUICK
def test_a_name_that_nothing_else_wants_does_not_depend_on_the_order(components: list[str], random: Any) -> None:
    schemas: list[Schema] = [component(name, ["a"]) for name in components]
    first = named(api(schemas=tuple(schemas)))
    random.shuffle(schemas)
    second = named(api(schemas=tuple(schemas)))
    wanted = [pascal(name) for name in components]
    for name in components:
        if wanted.count(pascal(name)) == 1 and not re.search(r"\d$", pascal(name)):
            assert first.classes[f"#/components/schemas/{name}"] == second.classes[f"#/components/schemas/{name}"]


def test_a_new_component_changes_no_other_name() -> None:
    before = named(api(schemas=(component("Order"), component("Line"))))
    after = named(api(schemas=(component("Address"), component("Order"), component("Line"))))
    assert after.classes.items() >= before.classes.items()


def test_a_component_comes_before_what_is_named_after_a_place() -> None:
    inner = ObjectSchema("#/x", NameHint(("Line",), parent="#/components/schemas/Order"), PLACE, (), Anything())
    names = named(api(schemas=(component("Order"), inner, component("OrderLine"))))
    assert names.classes["#/components/schemas/OrderLine"] == "OrderLine"
    assert names.classes["#/x"] == "OrderLine2"


def test_what_x_speclient_asks_for_comes_first() -> None:
    asked = ObjectSchema("#/y", NameHint(("Thing",), explicit="Order"), PLACE, (), Anything())
    sink = Sink()
    names = choose_names(api(schemas=(component("Order"), asked)), sink)
    assert names.classes == {"#/y": "Order", "#/components/schemas/Order": "Order2"}
    assert [found.code for found in sink] == ["SC206"]


@pytest.mark.parametrize("title", ["API", "", "   ", "The REST API", "OpenAPI", "v1", "ПРИВЕТ", "🙂"])
def test_a_title_without_a_word_of_its_own(title: str) -> None:
    names = named(api(title=title))
    assert names.client.isascii()
    assert names.package == "api_client"


@pytest.mark.parametrize(
    ("title", "client", "package"),
    [
        ("Auth0 API", "Auth0", "auth0_client"),
        ("S3", "S3", "s3_client"),
        ("Office 365 API", "Office365", "office_365_client"),
        ("3scale", "Api3scale", "api_3scale_client"),
        ("1Password Connect", "Api1PasswordConnect", "api_1password_connect_client"),
        ("Area 51 v2 API", "Area51", "area_51_client"),
        ("Shop API v2", "Shop", "shop_client"),
        ("Shop API (v1.4.2)", "Shop", "shop_client"),
        ("Shop - OpenAPI 3.0", "Shop", "shop_client"),
        ("Shop 1.0", "Shop", "shop_client"),
        ("Shop API version 3", "Shop", "shop_client"),
        ("Web3 v1.0-beta", "Web3", "web3_client"),
        ("v2", "Api", "api_client"),
    ],
)
def test_a_title_keeps_its_digits_and_loses_its_version(title: str, client: str, package: str) -> None:
    names = named(api(title=title))
    assert (names.client, names.package) == (client, package)


# -- names that a package had before --------------------------------------------------------------------------------


def test_a_name_that_the_lock_keeps_is_not_taken() -> None:
    sink = Sink()
    first = choose_names(api(operations=(operation("GET /a", tags=("x",), operation_id="one"),)), sink)
    after = api(operations=(operation("GET /a", tags=("x",), operation_id="uno"),))
    assert choose_names(after, sink, memory=first.memory).operations["GET /a"].method == "one"
    assert [found.message for found in sink] == []


def test_a_name_that_another_operation_has_is_taken_in_every_run() -> None:
    both = api(
        operations=(
            operation("GET /a", tags=("x",), operation_id="one"),
            operation("GET /b", tags=("x",), operation_id="one"),
        )
    )
    first, second = Sink(), Sink()
    memory = choose_names(both, first).memory
    choose_names(both, second, memory=memory)
    assert [[found.code for found in sink] for sink in (first, second)] == [["SC206"], ["SC206"]]


def _thing() -> Api:
    return api(
        schemas=(component("Order", ["id", "class"]), component("Line", ["id"])),
        operations=(
            operation("GET /a", tags=("x",), operation_id="one"),
            operation("GET /b", tags=("x",), operation_id="two"),
        ),
    )


@pytest.mark.parametrize(
    "bad",
    [
        "class",
        "None",
        "_private",
        "__init__",
        "a b",
        "x; import os",
        "",
        "ﬁ",
        5,
        None,
        ["x"],
        "Model",
        "self",
        "Line",
        "two",
        "id",
    ],
)
def test_a_lock_cannot_bring_a_name_that_is_none(bad: Any) -> None:
    """Whatever stands in a lock, each thing has one name that can stand in code."""
    made = _thing()
    fresh = named(made)
    order = "#/components/schemas/Order"
    value = {
        "classes": {order: bad, "#/components/schemas/Line": "Line"},
        "methods": {"GET /a": ["x", bad], "GET /b": ["x", "two"], "GET /c": bad},
        "fields": {order: {"class": bad, "id": "id"}, "#/components/schemas/Line": bad},
    }
    names = choose_names(made, Sink(), memory=read_name_lock(value))
    all_fine(names.classes.values())
    all_fine([found.method for found in names.operations.values()])
    all_fine(names.fields[order].values(), members_of=Model)
    assert names.fields["#/components/schemas/Line"] == fresh.fields["#/components/schemas/Line"]
    assert named(made) == fresh


@pytest.mark.parametrize("value", [None, [], "x", 5, {}, {"classes": 5, "methods": [], "fields": {"a": 5}}, {"x": {}}])
def test_a_lock_without_names_is_as_none(value: Any) -> None:
    assert choose_names(_thing(), Sink(), memory=read_name_lock(value)) == named(_thing())


@given(st.lists(TEXT, max_size=6, unique=True), st.lists(TEXT, max_size=6, unique=True))
@QUICK
def test_names_stay_when_something_comes_in_front(old: list[str], new: list[str]) -> None:
    before = named(api(schemas=tuple(component(name, old) for name in old)))
    memory = read_name_lock(json.loads(json.dumps(before.memory.dump())))
    both = list(dict.fromkeys([*new, *old]))
    after = choose_names(api(schemas=tuple(component(name, both) for name in both)), Sink(), memory=memory)
    assert after.classes.items() >= before.classes.items()
    for key, fields in before.fields.items():
        # A name that became the wire name of another property can't stay: the constructor takes both.
        kept = {wire: name for wire, name in fields.items() if name == wire or name not in both}
        assert after.fields[key].items() >= kept.items()
        all_fine(after.fields[key].values(), members_of=Model)
    all_fine(after.classes.values())


# -- names that generated modules use themselves ---------------------------------------------------------------


def _names_of_templates() -> list[str]:
    """Every identifier that stands in a template: a name of a document must not get in its way."""
    found: set[str] = set()
    lexer = jinja2.Environment(trim_blocks=True)
    for path in sorted((ROOT / "generator" / "speclient" / "templates" / "package").rglob("*.py.jinja")):
        for _, kind, text in lexer.lex(path.read_text(encoding="utf-8")):
            if kind in ("data", "string"):
                found |= set(re.findall(r"[A-Za-z_]\w*", text))
    return sorted(found)


def _document(words: Sequence[str]) -> dict[str, Any]:
    """Each word as tag, operationId, parameter, security scheme, server variable, schema, property and value."""
    schemas = {
        word: {
            "type": "object",
            "properties": {word: {"type": "string"}, "the link": {"$ref": f"#/components/schemas/{word}"}},
        }
        for word in words
    }
    paths: dict[str, Any] = {}
    for word in words:
        body = {"application/json": {"schema": {"$ref": f"#/components/schemas/{word}"}}}
        paths[f"/{word}/{{{word}}}"] = {
            "get": {
                "operationId": word,
                "tags": [word],
                "parameters": [
                    {"name": word, "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": word, "in": "query", "schema": {"type": "string", "enum": [word, f"{word} 2"]}},
                ],
                "security": [{word: []}],
                "responses": {
                    "200": {"description": "It.", "content": body},
                    "404": {"description": "None.", "content": body},
                },
            }
        }
    every = {"get": {"operationId": "every", "tags": ["every"], "responses": {"204": {"description": "None."}}}}
    paths["/-/-"] = {**every, "post": {**every["get"], "operationId": "post"}}
    for number, word in enumerate(words):
        paths[f"/-/{number}"] = {
            "get": {"operationId": word, "tags": ["every"], "responses": {"204": {"description": "-"}}}
        }
    host = ".".join(f"{{{word}}}" for word in words)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Names", "version": "1"},
        "servers": [{"url": f"https://{host}.example.com", "variables": {word: {"default": "x"} for word in words}}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                word: {"type": "apiKey", "in": "query", "name": f"k{n}"} for n, word in enumerate(words)
            },
        },
    }


def test_names_of_templates_are_free_for_documents(make: Any, tmp_path: Path) -> None:
    words = [word for word in _names_of_templates() if snake(word, "") and not word.startswith("__")]
    assert {"cached_property", "Operation", "builtins", "url", "super", "Any", "Media"} <= set(words)
    # One word a spelling: two that differ by case only are another test's matter.
    words = list({snake(word): word for word in words}.values())
    (tmp_path / "names.yaml").write_text(yaml.safe_dump(_document(words), sort_keys=False), encoding="utf-8")
    made = make(tmp_path / "names.yaml")
    assert made.report["operations"]["refused"] == 0
    for path in made.folder.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))
    table = {row["path"]: row for row in _table(made.folder)}
    arguments = _credentials(made.folder)
    requests: list[httpx2.Request] = []

    def service(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        word = request.url.path.split("/")[1]
        if word == "-":
            return httpx2.Response(204)
        return httpx2.Response(200, json={word: "x", "the link": {word: "y"}})

    client = made.client(service, **dict.fromkeys(arguments, "secret"))
    for word in words:
        group, method = table[f"/{word}/{{{word}}}"]["call"].split(".")
        by_place = {row["in"]: row["argument"] for row in table[f"/{word}/{{{word}}}"]["parameters"]}
        result = getattr(getattr(client, group), method)("p", **{by_place["query"]: word})
        assert made.module.to_jsonable(result) == {word: "x", "the link": {word: "y"}}
        assert requests[-1].url.path == f"/{word}/p"
        assert f"{word}={word}" in requests[-1].url.query.decode()
        assert "=secret" in requests[-1].url.query.decode()
    for number, _ in enumerate(words):
        group, method = table[f"/-/{number}"]["call"].split(".")
        assert getattr(getattr(client, group), method)() is None


def _table(folder: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(next(folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))[
        "operations"
    ]
    return loaded


def _credentials(folder: Path) -> list[str]:
    loaded = json.loads(next(folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))["credentials"]
    return [name for parts in loaded.values() for name in parts.values()]


def test_bases_come_first_even_in_a_cycle() -> None:
    bases: dict[str, str | None] = {"c": "b", "b": "a", "a": None, "x": "y", "y": "x", "z": "outside"}
    order = list(bases_first({name: name for name in bases}, lambda name: bases[name]))
    assert sorted(order) == sorted(bases)
    assert order.index("a") < order.index("b") < order.index("c")
