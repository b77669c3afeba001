"""Names stay when something else is added or removed: with the lock all, without it all but those in a conflict."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from speclient.build import build_api
from speclient.diagnostics import FatalError, Sink
from speclient.document import load
from speclient.ir import Api
from speclient.naming import Names, choose_names

CORPUS = os.environ.get("SPECLIENT_CORPUS")


def _methods(names: Names) -> dict[str, tuple[str, str]]:
    return {key: (own.group, own.method) for key, own in names.operations.items()}


def _names(api: Api, before: Names | None = None) -> tuple[Names, set[str]]:
    """The names, and those that were reported to differ because of a conflict."""
    sink = Sink()
    names = choose_names(api, sink, memory=before.memory if before is not None else None)
    return names, {diagnostic.message for diagnostic in sink if diagnostic.code == "SC206"}


@pytest.mark.slow
@pytest.mark.skipif(CORPUS is None, reason="SPECLIENT_CORPUS names no folder")
@pytest.mark.parametrize("name", sorted(path.name for path in Path(CORPUS or ".").glob("*.json")) if CORPUS else [])
def test_names_stay_when_an_operation_or_schema_is_added(name: str) -> None:
    try:
        api = build_api(load(Path(CORPUS or "") / name, Sink()), Sink())
    except FatalError:
        pytest.skip("not a document")
    choose = random.Random(1)
    whole, conflicts = _names(api)
    in_conflict = {message.rpartition("'")[0].rpartition("'")[2] for message in conflicts}
    for removed in choose.sample(api.operations, min(4, len(api.operations))):
        rest = replace(api, operations=tuple(own for own in api.operations if own.key != removed.key))
        without, others = _names(rest)
        in_both = in_conflict | {message.rpartition("'")[0].rpartition("'")[2] for message in others}
        for key, (group, method) in _methods(without).items():
            if (group, method) != _methods(whole)[key]:
                assert in_both & {f"{group}.{method}", ".".join(_methods(whole)[key])}, key
        again, _ = _names(api, without)
        kept = _methods(again)
        assert all(kept[key] == pair for key, pair in _methods(without).items())
    parents = {schema.hint.parent for schema in api.schemas}
    leaves = [schema for schema in api.schemas if not schema.hint.component and schema.id not in parents]
    for schema in choose.sample(leaves, min(3, len(leaves))):
        rest = replace(api, schemas=tuple(own for own in api.schemas if own.id != schema.id))
        without, _ = _names(rest)
        again, _ = _names(api, without)
        lost = {key: value for key, value in without.classes.items() if again.classes[key] != value}
        assert lost == {}
