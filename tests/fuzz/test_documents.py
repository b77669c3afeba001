"""Whole documents that nobody would write: mutated feature documents and real ones, and random trees.

Whatever a document says, a run ends with packages or with a message: never with a traceback, and never with code that
the allow-list does not know. Formatting is left out (one process a run is too slow); what it would format is parsed.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import random
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from speclient.build import build_api
from speclient.diagnostics import FatalError, Sink, render_text
from speclient.document import bundle, load
from speclient.document.yaml12 import parse_yaml
from speclient.models import make_models
from speclient.naming import choose_names
from speclient.render import render_package
from speclient.render.allowlist import violations
from speclient.samples import choose_samples
from tests_support import ROOT

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
"""Examples for each document; more of them is a matter of time."""
CHECKS: list[HealthCheck] = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
PAYLOAD = "'\"\"\"\\\n');import os;os.system('touch fuzz-was-here')#{{7*7}}{%x%}${x}`x`\u2028\u202e"
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 2**70, "", "a", PAYLOAD, [], {}, [None], [[]], {"": None}, "x" * 3000, "\x00",
    "../../etc/passwd", {"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": PAYLOAD},
    {"$ref": "#/components/schemas/" + PAYLOAD},
    {"type": "object", "properties": {PAYLOAD: {"type": "string", "default": PAYLOAD, "enum": [PAYLOAD, 1, None]}}},
    {"allOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]}, {"type": ["string", "null", "array"]},
    {"oneOf": [{"const": PAYLOAD}, {"type": "object", "additionalProperties": False}]}, {"pattern": "(" * 50},
    {"customTypePath": "os.system", "x-python-type": "os.system", "customBasePath": "os.PathLike", "type": "object"},
    {"x-speclient": {"name": PAYLOAD, "method": PAYLOAD, "group": PAYLOAD, "package": PAYLOAD, "client": PAYLOAD}},
)  # fmt: skip


def generate_quietly(data: Any, folder: Path) -> bool:
    """Run every stage but formatting and writing; says whether a package came out."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    sink = Sink()
    try:
        document = load(path, sink)
        api = build_api(document, sink)
        names = choose_names(api, sink)
        definitions, limitations = make_models(api, names, sink)
        api = replace(api, samples=choose_samples(document, api))
        files = render_package(bundle(document), api, names, definitions, (*api.limitations, *limitations), "1")
    except FatalError as problem:
        render_text([problem.diagnostic])
        return False
    render_text(sink.located(document.locate))
    calls = frozenset({own.group_class for own in names.operations.values()})
    for file in files:
        assert not Path(file.path).is_absolute()
        assert ".." not in Path(file.path).parts
        if file.path.endswith(".py") and "/_core/" not in file.path:
            text = file.content.decode()
            ast.parse(text)
            assert violations(text, calls) == []
        elif file.path.endswith(".toml"):
            assert tomllib.loads(file.content.decode())["project"]["name"] == names.distribution
    return bool(api.operations)


def mutate(data: Any, chance: random.Random, times: int) -> Any:
    """A copy in which some places hold something odd, or something that stood elsewhere."""
    data = copy.deepcopy(data)
    for _ in range(times):
        places: list[tuple[Any, Any]] = []
        stack = [data]
        while stack:
            value = stack.pop()
            keys: Any = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
            for key in keys:
                places.append((value, key))
                stack.append(value[key])
        if not places:
            return data
        owner, key = chance.choice(places)
        match chance.randrange(5):
            case 0:
                del owner[key]
            case 1:
                other, place = chance.choice(places)
                owner[key] = copy.deepcopy(other[place]) if len(json.dumps(other[place])) < 20_000 else None
            case 2 if isinstance(owner, dict):
                owner[chance.choice([PAYLOAD, "", "class", "__init__", "$ref", "../x", "é"])] = owner.pop(key)
            case _:
                owner[key] = copy.deepcopy(chance.choice(ODD))
    return data


def bases() -> dict[str, Any]:
    found = {
        path.parent.name: parse_yaml(path.read_text(encoding="utf-8"))[0]
        for path in sorted((ROOT / "tests" / "features").glob("*/openapi.yaml"))
    }
    found |= {
        path.stem: parse_yaml(path.read_text(encoding="utf-8"))[0]
        for path in sorted((ROOT / "specs").glob("*.yaml"))
        if path.name != "pages.yaml"
    }
    if corpus := os.environ.get("SPECLIENT_CORPUS"):
        for name in ("getsandbox-com", "up-com-au", "meteosource-com", "rev-ai", "mercure-local", "uscann-net"):
            found[name] = json.loads((Path(corpus) / f"{name}.json").read_text(encoding="utf-8"))
    return found


BASES = bases()


@pytest.mark.parametrize("name", sorted(BASES))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=CHECKS)
@given(seed=st.integers(0, 2**32), times=st.sampled_from([1, 3, 12]))
def test_mutated_documents(name: str, seed: int, times: int, tmp_path: Path) -> None:
    data = mutate(BASES[name], random.Random(seed), times)
    if isinstance(data, dict):
        data["openapi"] = BASES[name]["openapi"]
    generate_quietly(data, tmp_path)


_KEYS = (
    "type", "properties", "items", "allOf", "oneOf", "anyOf", "enum", "const", "required", "additionalProperties",
    "$ref", "format", "description", "name", "in", "schema", "content", "nullable", "default", "discriminator",
    "propertyName", "mapping", "application/json", "object", "string", "a",
)  # fmt: skip
_JSON = st.recursive(
    st.sampled_from([value for value in ODD if not isinstance(value, (list, dict))]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*_KEYS, PAYLOAD]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60 * EXAMPLES // 8, deadline=None, derandomize=True, suppress_health_check=CHECKS)
@given(schema=_JSON, parameter=_JSON, response=_JSON, extension=_JSON)
def test_random_trees(schema: Any, parameter: Any, response: Any, extension: Any, tmp_path: Path) -> None:
    data = {
        "openapi": "3.1.0",
        "info": {"title": "Random", "version": "1"},
        "x-speclient": extension,
        "security": extension,
        "paths": {
            "/a/{b}": {
                "get": {
                    "operationId": "a",
                    "parameters": [parameter],
                    "responses": {"200": response},
                    "x-speclient": extension,
                },
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": schema}}},
                    "responses": {"default": {"content": {"application/json": {"schema": schema}}}},
                },
                "put": parameter,
            }
        },
        "components": {"schemas": {"Thing": schema, PAYLOAD: response}, "securitySchemes": {"s": extension}},
    }  # fmt: skip
    generate_quietly(data, tmp_path)


@pytest.mark.parametrize(
    ("name", "seed", "times"), [("discriminator", 433, 12), ("mode", 200, 12), ("recursive", 81004, 12)]
)
def test_mutations_that_once_ended_in_a_traceback(name: str, seed: int, times: int, tmp_path: Path) -> None:
    data = mutate(BASES[name], random.Random(seed), times)
    data["openapi"] = BASES[name]["openapi"]
    generate_quietly(data, tmp_path)


def test_an_open_enumeration_of_null_only(tmp_path: Path) -> None:
    schema = {"anyOf": [{"const": None, "type": "string"}, {"type": "string"}]}
    body = {
        "content": {
            "application/json": {"schema": {"type": "object", "properties": {"a": schema, "b": {"enum": [None]}}}}
        }
    }
    paths = {"/a": {"get": {"responses": {"200": {"description": "x", **body}}}}}
    assert generate_quietly({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}, tmp_path)


def test_the_mutations_are_no_toys(tmp_path: Path) -> None:
    """Most mutated documents still give a package, so that the late stages are reached."""
    chance = random.Random(1)
    made = [generate_quietly(mutate(BASES["bodies"], chance, 2), tmp_path) for _ in range(20)]
    assert sum(made) >= 12
