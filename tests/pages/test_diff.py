"""What changed between two states of a page."""

from __future__ import annotations

from typing import Any

from speclient.diagnostics import Location
from speclient.pages.diff import changes
from speclient.pages.facts import Fact, Kind, Subject
from speclient.pages.store import PageFacts, StoredFact

OPERATION = "GET /runs"


def stored(part: str, kind: Kind, value: Any, line: int = 1, digest: str = "same", *field: str) -> StoredFact:
    return StoredFact(Fact(Subject(OPERATION, part, field), kind, value, line, line), digest, Location(""))


def page(*facts: StoredFact, residue: dict[str, tuple[tuple[int, str], ...]] | None = None) -> PageFacts:
    return PageFacts("x", facts, residue or {})


def texts(old: PageFacts, new: PageFacts) -> list[str]:
    return [str(change) for change in changes(old, new)]


def test_equal_pages_have_no_changes() -> None:
    same = page(stored("query limit", "maximum", 10), residue={OPERATION: ((3, "a"), (4, "b"))})
    moved = page(stored("query limit", "maximum", 10, 7), residue={OPERATION: ((8, "a"), (9, "b"))})
    assert changes(same, same) == []
    assert changes(same, moved) == []


def test_a_changed_value_is_one_change() -> None:
    old, new = page(stored("query limit", "maximum", 10)), page(stored("query limit", "maximum", 20))
    assert texts(old, new) == ["GET /runs query limit: maximum 10 -> 20"]


def test_true_and_one_are_different_values() -> None:
    assert texts(page(stored("query a", "default", 1)), page(stored("query a", "default", True))) == [
        "GET /runs query a: default 1 -> true"
    ]


def test_an_added_parameter_is_one_change_with_details() -> None:
    facts = (stored("query q", "parameter", "q", 5), stored("query q", "type", "string", 5))
    assert texts(page(), page(*facts)) == ['GET /runs query q: parameter "q" was added (type "string")']


def test_what_is_in_a_removed_response_is_not_listed() -> None:
    facts = (
        stored("response 404", "status", "404"),
        stored("response 404 application/json", "media-type", "application/json"),
        stored("response 404 application/json", "field", "code", 1, "same", "code"),
    )
    assert texts(page(*facts), page()) == ['GET /runs response 404: status "404" was removed']


def test_one_of_several_servers_changed() -> None:
    old = page(stored("", "server", "https://a"), stored("", "server", "https://b"))
    new = page(stored("", "server", "https://a"), stored("", "server", "https://c"))
    assert texts(old, new) == ['GET /runs: server "https://b" -> "https://c"']


def test_prose_is_reported_with_its_operation() -> None:
    old = page(residue={OPERATION: ((3, "a"), (4, "b"))})
    new = page(residue={OPERATION: ((3, "a"), (4, "c"), (5, "d"))})
    assert texts(old, new) == ["the text of GET /runs changed", "text of GET /runs was added"]


def test_words_beside_an_unchanged_fact_are_reported_once() -> None:
    old = page(stored("query limit", "maximum", 10, 2, "x"), stored("query limit", "default", 5, 2, "x"))
    new = page(stored("query limit", "maximum", 10, 2, "y"), stored("query limit", "default", 5, 2, "y"))
    assert texts(old, new) == ["the text of GET /runs changed"]
