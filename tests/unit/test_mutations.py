"""Documents with something odd at a random place: a run ends with a package or a finding, never with a crash."""

from __future__ import annotations

import copy
import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from speclient.build import build_api
from speclient.config import Settings
from speclient.diagnostics import FatalError, Sink
from speclient.document import load
from speclient.naming import choose_names
from speclient.pipeline import generate
from tests_support import ROOT

ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, "", "x", "#/x", "{a}", "a b", "\u202e", [], [None], [[]], ["x"], {},
    {"": None}, {"$ref": "#"}, {"$ref": 5}, {"$ref": "#/components"}, {"$ref": "nowhere.yaml"}, {"type": 5},
    {"type": "object"}, {"allOf": [{}]}, {"oneOf": [{"$ref": "#/components/schemas"}]}, {"x-speclient": {"name": 5}},
]  # fmt: skip
KEYS = ["", "x", "$ref", "allOf", "x-speclient", "5", "/a", "get", "schema", "a\nb", "type", "discriminator", "items"]
UNREADABLE = {"SC003", "SC004", "SC005", "SC006"}


@cache
def _documents() -> tuple[Any, ...]:
    paths = [*sorted((ROOT / "tests" / "features").glob("*/openapi.yaml")), *sorted((ROOT / "specs").glob("*.yaml"))]
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths)


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found += [(value, key), *_places(value[key])]
    return found


def _mutate(document: Any, chance: random.Random) -> None:
    places = _places(document)
    owner, key = chance.choice(places)
    match chance.choice(["odd", "odd", "odd", "move", "rename", "remove"]):
        case "odd":
            owner[key] = copy.deepcopy(chance.choice(ODD))
        case "move":
            other, from_key = chance.choice(places)
            owner[key] = copy.deepcopy(other[from_key])
        case "rename" if isinstance(owner, dict):
            owner[chance.choice(KEYS)] = owner.pop(key)
        case _:
            owner.pop(key)


def _odd_document(chance: random.Random) -> Any:
    document = copy.deepcopy(chance.choice(_documents()))
    for _ in range(chance.randint(1, 4)):
        if _places(document):
            _mutate(document, chance)
    return document


@pytest.mark.parametrize("seed", range(4))
def test_the_stages_take_any_document(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    path = tmp_path / "openapi.json"
    for _ in range(60):
        path.write_text(json.dumps(_odd_document(chance)), encoding="utf-8")
        sink = Sink()
        try:
            document = load(path, sink)
        except FatalError as problem:
            codes = {problem.diagnostic.code}
        else:
            choose_names(build_api(document, sink), sink)
            codes = set()
        assert codes <= UNREADABLE
        assert all(found.location is not None for found in sink)


@pytest.mark.parametrize("seed", range(10, 18))
def test_a_run_takes_any_document(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(_odd_document(random.Random(seed))), encoding="utf-8")
    try:
        outcome = generate(path, Settings(output=str(tmp_path / "out")))
    except FatalError as problem:
        codes = {problem.diagnostic.code} - UNREADABLE
    else:
        codes = {found.code for found in outcome.diagnostics if found.code.startswith("SC3")}
    assert codes == set()
