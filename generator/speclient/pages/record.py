"""Records what a saved page states: writes its facts file and its entry in the manifest."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink
from speclient.document import Document, load
from speclient.document.node import split_pointer
from speclient.files import replace_files
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

_HEADER: Final = """\
# What the docs page states. `facts` and `residue` are written by `speclient pages`; add facts by hand under `expect`.
"""


def record(
    folder: Path, page: Page, reading: Reading, today: str, *, expect: str | None = None, document: str | None = None
) -> Page:
    """Write the facts of a page and its entry in the manifest, together with the document if it changed.

    Args:
        folder: of the manifest.
        page: the entry; hash, date and operations are updated.
        reading: of the saved page.
        today: the date, `YYYY-MM-DD`.
        expect: the hand-written part of the facts file, if it changed.
        document: the new text of the document, if it changed.

    Raises:
        FatalError: SC402, a file cannot be written; SC702, a file is invalid.
    """
    path = facts_path(folder, page.name)
    facts = page_facts(reading)
    header = expect
    if path.is_file():
        facts = replace(facts, names=read_facts(path).names)
        header = hand_written(path.read_text(encoding="utf-8")) if expect is None else expect
    spec = folder / page.spec
    described = load(spec, Sink()) if document is None else loaded(document, spec)
    operations = tuple(dict.fromkeys((*page.operations, *_operations(described, reading))))
    updated = replace(page, saved=today, hash=text_hash(reading.lines), operations=operations)
    entries = [updated if known.name == page.name else known for known in read_manifest(folder)]
    if all(known.name != page.name for known in entries):
        entries.append(updated)
    texts = {path: facts_text(facts, header or _HEADER), folder / MANIFEST: manifest_text(entries)}
    _write(texts if document is None else {spec: document, **texts})
    return updated


def loaded(text: str, spec: Path) -> Document:
    """The document of an edited text; references to other files are resolved from the original folder."""
    with tempfile.NamedTemporaryFile("w", suffix=spec.suffix, dir=spec.parent, prefix=".", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        document = load(Path(file.name), Sink())
        assert document.root is not None
        return document


def _operations(document: Document, reading: Reading) -> tuple[str, ...]:
    """The operations of the document that the page describes."""
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
    _write({path: text})


def _write(texts: Mapping[Path, str]) -> None:
    try:
        replace_files({path: text.encode() for path, text in texts.items()})
    except OSError as problem:
        why = problem.strerror or str(problem)
        place = problem.filename or next(iter(texts)).as_posix()
        raise FatalError(Diagnostic("SC402", Severity.ERROR, why, Location(place), CODES["SC402"].hint)) from None
