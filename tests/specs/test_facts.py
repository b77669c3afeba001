"""Every fact of the documentation pages stands in a spec, and a spec states nothing else without a mark."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from .facts import Fact, covered, facts_of, violation
from .reading import HERE, NAMES, Place, marked_members, pointer, spec, tokens

FACTS: Final = tuple(fact for name in NAMES for fact in facts_of(name))

OUR_OWN: Final = frozenset(
    {"summary", "description", "operationId", "tags", "externalDocs", "$ref", "x-speclient", "x-source"}
)
"""Members that are our words, our names or our notes: no page has to state them."""

STRUCTURE: Final = frozenset({"additionalProperties", "discriminator"})
"""Members that say what holds anyway: more members are welcome, and which member tells two shapes apart."""

NAMED: Final = frozenset({"properties", "schemas", "responses", "parameters", "headers", "examples", "content"})
"""Objects whose members are names from the page: a property called `description` is no description."""


@cache
def document(name: str) -> Mapping[str, object]:
    return spec(name)


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_the_spec_states_the_fact(fact: Fact) -> None:
    assert violation(document(fact.spec), fact) is None


def test_each_fact_is_listed_once() -> None:
    places = [(fact.page, fact.pointer) for fact in FACTS]
    # Two groups may look at one description for different words.
    twice = {place for place in places if places.count(place) > 1 and not place[1].endswith("/description")}
    assert twice == set()


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_the_fact_can_fail(fact: Fact) -> None:
    """In a document that has nothing; or, where nothing is expected, in one that has only this."""
    other: object = {}
    if fact.expected == {"$absent": True}:
        for token in reversed(tokens(fact.pointer)):
            other = {token: other}
    assert isinstance(other, dict)
    assert violation(other, fact) is not None


@pytest.mark.parametrize("name", NAMES)
def test_what_no_page_states_is_marked(name: str) -> None:
    vouched = {place for fact in FACTS if fact.spec == name and (place := covered(document(name), fact))}
    bare = [
        pointer(place)
        for place in _unmarked_leaves(document(name))
        # A security requirement takes no mark; its scheme does.
        if place[0] in {"paths", "components", "servers"} and not any(place[: len(by)] == by for by in vouched)
    ]
    assert bare == []


def _unmarked_leaves(node: object, place: Place = (), names: bool = False) -> Iterator[Place]:
    """The places of scalars (and of lists of scalars) that neither `x-source` marks nor are ours."""
    if isinstance(node, Mapping):
        marked = marked_members(node) or ()
        for key, value in node.items():
            skipped = not names and key in OUR_OWN | STRUCTURE
            implied = not names and key == "type" and ("enum" in node or "const" in node)
            if not (skipped or implied or key in marked):
                yield from _unmarked_leaves(value, (*place, str(key)), not names and key in NAMED)
    elif isinstance(node, list) and any(isinstance(item, Mapping | list) for item in node):
        for index, item in enumerate(node):
            yield from _unmarked_leaves(item, (*place, str(index)))
    else:
        yield place


PAGES: Final = os.environ.get("SPECLIENT_PAGES")

SAMPLE_CODE: Final = frozenset(
    {"basic_auth", "content_type", "response_body", "statusCode", "your_api_key", "your_api_secret"}
)
"""Words of the samples' programming languages."""

OTHER_WORDS: Final = frozenset({"ReportRun", "QueryRun", "optional_parameters", "_self"})
"""Words that only look like names; `_self` is a slip of the page, whose list and example have `self`."""


def names_on(text: str) -> set[str]:
    """Words that are written as names (`runType`, `data_source_id`) or listed as possible values."""
    listed = " ".join(re.findall(r"Possible values: [^\[]*\[([^\]]*)\]", text))
    return set(re.findall(r"\w*[a-z][A-Z]\w*|\w*_\w*", text)) | set(re.findall(r"\w+", listed))


def test_names_are_told_from_words() -> None:
    text = "The state of runType and data_source_id.\nPossible values: >= 1\nand, [DONE\n, FAILURE\n]\nOther"
    assert names_on(text) == {"runType", "data_source_id", "DONE", "FAILURE"}


@pytest.mark.skipif(PAGES is None, reason="SPECLIENT_PAGES names no folder with the saved pages")
@pytest.mark.parametrize("page", sorted({fact.page for fact in FACTS}))
def test_every_name_on_the_page_is_a_fact(page: str) -> None:
    assert PAGES is not None
    names = names_on((Path(PAGES) / f"{page}.txt").read_text(encoding="utf-8"))
    listed = set(re.findall(r"\w+", (HERE / "facts" / f"{page.partition('-')[0]}.yaml").read_text("utf-8")))
    assert names - listed - SAMPLE_CODE - OTHER_WORDS == set()
