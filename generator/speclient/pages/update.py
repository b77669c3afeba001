"""Plans how a document and the recorded facts follow a page that changed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from pathlib import Path

from speclient.diagnostics import Diagnostic, FatalError, Location, Severity
from speclient.pages.compare import Comparison
from speclient.pages.diff import changes
from speclient.pages.edits import Edit, propose
from speclient.pages.facts import Subject
from speclient.pages.readers import Reading
from speclient.pages.record import loaded, record, updated_expectations
from speclient.pages.spec_file import NotEditable, edited
from speclient.pages.store import (
    Page,
    facts_path,
    hand_written,
    page_facts,
    read_facts,
    text_hash,
    with_names,
)
from speclient.pages.text import unreadable


@dataclass(frozen=True)
class Plan:
    """What follows from a page.

    Attributes:
        spec: the document's file.
        page: the entry in the manifest.
        reading: of the saved page.
        text: the new text of the document.
        diff: the difference to the old text, as a unified diff.
        edits: of the document.
        open: what a person must decide.
        changed: subjects that changed on the page.
        is_recorded: whether the recorded facts are those of the page.
        expect: the new hand-written part of the facts file.
    """

    spec: Path
    page: Page
    reading: Reading
    text: str
    diff: str
    edits: tuple[Edit, ...]
    open: tuple[str, ...]
    changed: tuple[Subject, ...]
    is_recorded: bool
    expect: str

    def write(self, today: str) -> None:
        """Write the document, the facts and the manifest.

        Raises:
            FatalError: SC402, a file cannot be written.
        """
        document = self.text if self.diff else None
        record(self.spec.parent, self.page, self.reading, today, expect=self.expect, document=document)


def plan_update(comparison: Comparison, spec: Path, page: Page, reading: Reading) -> Plan:
    """Plan the update of a document for a saved page.

    Args:
        comparison: with the document, without overlays.
        spec: its file.
        page: the entry in the manifest.
        reading: of the saved page.

    Raises:
        FatalError: SC702, the facts file is invalid; SC003, the document cannot be edited.
    """
    path = facts_path(spec.parent, page.name)
    stored = read_facts(path)
    current = replace(page_facts(reading), names=stored.names, expect=stored.expect)
    if stored.facts and not reading.facts.facts:
        raise unreadable(page.name, "no fact could be read; the saved copy may be incomplete")
    same = text_hash(reading.lines) == page.hash
    changed = [] if same else changes(with_names(stored), with_names(current))
    facts = [entry.fact for entry in with_names(current).facts]
    proposal = propose(comparison, facts, comparison.judge(facts), changed)
    old = spec.read_text(encoding="utf-8")
    try:
        new = edited(old, proposal.edits, is_json=spec.suffix == ".json") if proposal.edits else old
    except NotEditable as problem:
        raise FatalError(
            Diagnostic("SC003", Severity.ERROR, f"the document cannot be edited: {problem}", Location(spec.as_posix()))
        ) from None
    file_text = path.read_text(encoding="utf-8")
    points: tuple[str, ...] = ()
    if new != old:
        file_text, points = updated_expectations(comparison.document, loaded(new, spec), stored.expect, file_text)
    name = spec.as_posix()
    diff = "".join(
        difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), name, f"{name} (proposed)")
    )
    subjects = tuple(dict.fromkeys(change.subject for change in changed))
    return Plan(
        spec,
        page,
        reading,
        new,
        diff,
        proposal.edits,
        (*proposal.open, *points),
        subjects,
        same,
        hand_written(file_text),
    )
