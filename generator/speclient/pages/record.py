"""Records what a saved page states: writes its facts file and its entry in the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink
from speclient.document import Document, load
from speclient.document.node import split_pointer
from speclient.files import replace_file
from speclient.pages.compare import Comparison
from speclient.pages.edits import Edit
from speclient.pages.expect import failure, find, is_marked
from speclient.pages.readers import Reading
from speclient.pages.sources import Explanations
from speclient.pages.spec_file import NotEditable, edited
from speclient.pages.store import (
    MANIFEST,
    Expectation,
    Page,
    facts_path,
    facts_text,
    hand_written,
    manifest_text,
    page_facts,
    read_facts,
    read_manifest,
    text_hash,
)


def record(folder: Path, page: Page, reading: Reading, today: str, *, expect: str | None = None) -> Page:
    """Write the facts of a page, and its entry in the manifest.

    Args:
        folder: of the manifest.
        page: the entry; hash, date and operations are updated.
        reading: of the saved page.
        today: the date, `YYYY-MM-DD`.
        expect: the hand-written part of the facts file, if it changed.

    Raises:
        FatalError: SC402, a file cannot be written; SC702, a file is invalid.
    """
    path = facts_path(folder, page.name)
    facts = page_facts(reading)
    header = expect
    if path.is_file():
        facts = replace(facts, names=read_facts(path).names)
        header = hand_written(path.read_text(encoding="utf-8")) if expect is None else expect
    operations = tuple(dict.fromkeys((*page.operations, *_operations(folder, page, reading))))
    updated = replace(page, saved=today, hash=text_hash(reading.lines), operations=operations)
    entries = [updated if known.name == page.name else known for known in read_manifest(folder)]
    if all(known.name != page.name for known in entries):
        entries.append(updated)
    write_file(path, facts_text(facts, header or ""))
    write_file(folder / MANIFEST, manifest_text(entries))
    return updated


def _operations(folder: Path, page: Page, reading: Reading) -> tuple[str, ...]:
    """The operations of the document that the page describes."""
    document = load(folder / page.spec, Sink())
    comparison = Comparison(document)
    names = [str(fact.value) for fact in reading.facts.facts if fact.kind == "operation"]
    return tuple(dict.fromkeys(own for name in names if (own := comparison.operation(name))))


def updated_expectations(
    before: Document, after: Document, expectations: Sequence[Expectation], text: str
) -> tuple[str, tuple[str, ...]]:
    """The facts file with the hand-written facts that edits of the document made wrong.

    Args:
        before: the document before the edits.
        after: the document after them.
        expectations: of the facts file.
        text: of the facts file.

    Returns:
        The text, and what a person must correct.
    """
    edits: dict[tuple[str, ...], Edit | None] = {}
    open_points: list[str] = []
    for expectation in expectations:
        if failure(before, expectation) is not None or failure(after, expectation) is None:
            continue
        edit = _update(after, expectation)
        # One line of the file may be expected at several places; they must change alike.
        if edits.setdefault(split_pointer(expectation.location.pointer), edit) != edit or edit is None:
            edits[split_pointer(expectation.location.pointer)] = None
            line = expectation.location.line
            open_points.append(f"correct the hand-written fact at line {line}: {expectation.pointer}")
    try:
        return edited(text, [edit for edit in edits.values() if edit]), tuple(dict.fromkeys(open_points))
    except NotEditable as problem:
        return text, (*open_points, f"the facts file was not updated: {problem}")


def _update(after: Document, expectation: Expectation) -> Edit | None:
    """The edit of the facts file, or None if a person must decide."""
    path = split_pointer(expectation.location.pointer)
    node = find(after, expectation.pointer)
    match expectation.value:
        case {"$absent": True}:
            return Edit("remove", path, "")
        case {"$keys": list()} if node is not None:
            explanations = Explanations(after)
            names = [name for name, value in node.items() if not is_marked(explanations, value)]
            return Edit("set", (*path, "$keys"), "", names)
        case dict(conditions) if any(str(key).startswith("$") for key in conditions):
            return None
        case _:
            return Edit("remove", path, "") if node is None else Edit("set", path, "", node.value)


def write_file(path: Path, text: str) -> None:
    """Replace a file at once, so that an interrupted run leaves the old one.

    Raises:
        FatalError: SC402, it cannot be written.
    """
    try:
        replace_file(path, text.encode())
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise FatalError(
            Diagnostic("SC402", Severity.ERROR, why, Location(path.as_posix()), CODES["SC402"].hint)
        ) from None
