"""No sentence of a documentation page is copied into a spec."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from .reading import NAMES, ROOT, load, objects

PAGES: Final = os.environ.get("SPECLIENT_PAGES")

LENGTH: Final = 8
"""So many words in a row, the same on a page and in a spec, are taken for a copied sentence."""


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + LENGTH]) for start in range(len(words) - LENGTH + 1)}


def prose(path: Path) -> Iterator[str]:
    """What a person wrote in a spec: descriptions, summaries, notes, titles and comments."""
    for _, node in objects(load(path)):
        yield from (
            text for name in ("description", "summary", "note", "title") if isinstance(text := node.get(name), str)
        )
    yield " ".join(re.findall(r"^ *# ?(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_runs_of_words() -> None:
    shared = "the quick brown fox jumps over the lazy"
    both = runs_of_words(f"Here, {shared} dog.") & runs_of_words(f"{shared.upper()}!")
    assert both == {tuple(shared.split())}
    assert runs_of_words("the quick brown fox jumps over the") == set()


def test_prose_is_found(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("# one\ninfo:\n  # two\n  description: three\n  x-source: { note: four }\n", encoding="utf-8")
    assert list(prose(spec)) == ["three", "four", "one two"]


@pytest.mark.skipif(PAGES is None, reason="SPECLIENT_PAGES names no folder with the saved pages")
@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_is_copied(name: str) -> None:
    assert PAGES is not None
    pages = sorted(Path(PAGES).glob("*.txt"))
    assert pages, f"no page in {PAGES}"
    ours = [runs_of_words(text) for text in prose(ROOT / "specs" / f"{name}.yaml")]
    theirs = set[tuple[str, ...]]().union(*(runs_of_words(page.read_text(encoding="utf-8")) for page in pages))
    assert {" ".join(run) for runs in ours for run in runs & theirs} == set()
