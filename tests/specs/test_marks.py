"""`x-source`: each mark is whole, says where its matter comes from, and is about something that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .reading import Place, items, objects, pointer, validator

MEMBERS: Final = frozenset({"basis", "note", "properties", "page", "example"})
BASES: Final = frozenset({"inference", "vendor", "observed", "practice"})


def test_marks_are_whole(document: dict[str, object]) -> None:
    wrong = []
    for place, node, mark in _marks(document):
        note = mark.get("note")
        if unknown := set(mark) - MEMBERS:
            wrong.append(f"{pointer(place)}: {unknown} are no members of x-source")
        if mark.get("basis") not in BASES:
            wrong.append(f"{pointer(place)}: basis {mark.get('basis')!r} is none of {sorted(BASES)}")
        if not (isinstance(note, str) and note.endswith(".") and len(note.split()) > 3):
            wrong.append(f"{pointer(place)}: the note {note!r} is no sentence")
        if strangers := [name for name in items(mark.get("properties", [])) if name not in node]:
            wrong.append(f"{pointer(place)}: {strangers} are marked but not there")
    assert wrong == []
    assert any(_marks(document)), "no mark was looked at"


def test_a_verbatim_example_is_kept_only_where_it_is_invalid(document: dict[str, object]) -> None:
    valid = [
        pointer(place)
        for place, node, mark in _marks(document)
        if "example" in mark and validator(document, node).is_valid(mark["example"])
    ]
    assert valid == []


def _marks(document: dict[str, object]) -> Iterator[tuple[Place, Mapping[str, object], Mapping[str, object]]]:
    for place, node in objects(document):
        if "x-source" in node and "x-source" not in place:
            mark = node["x-source"]
            assert isinstance(mark, Mapping), f"{pointer(place)}/x-source is no object"
            yield place, node, mark
