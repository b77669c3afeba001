"""What changed between two states of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from speclient.pages.facts import EXISTENCE, Fact, Kind, Subject, brief, canonical
from speclient.pages.store import PageFacts, StoredFact

Sort = Literal["added", "removed", "changed", "text"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a page.

    Attributes:
        sort: whether a fact was added, removed or changed, or only text.
        operation: the operation that the page describes there; empty for none.
        old: the fact before, if any.
        new: the fact now, if any.
        line: the line of the new text, or of the old text for what was removed.
        details: what else the page states about something that was added or removed.
    """

    sort: Sort
    operation: str
    line: int
    old: Fact | None = None
    new: Fact | None = None
    details: tuple[Fact, ...] = ()

    @property
    def subject(self) -> Subject:
        """What changed; for text, the operation."""
        fact = self.new or self.old
        return fact.subject if fact is not None else Subject(self.operation)

    @property
    def is_new_text(self) -> bool:
        """Whether only text changed, and `line` is a line of the new text."""
        return self.old is None and self.new is None and self.sort != "removed"

    def __str__(self) -> str:
        """Return the change as one line, for messages."""
        match self.old, self.new:
            case None, None:
                where = f" of {self.operation}" if self.operation else ""
                return f"the text{where} changed" if self.sort == "text" else f"text{where} was {self.sort}"
            case Fact(), Fact():
                return f"{self.new.subject}: {self.new.kind} {brief(self.old.value)} -> {brief(self.new.value)}"
            case _:
                shown = ", ".join(f"{fact.kind} {brief(fact.value)}" for fact in self.details)
                return f"{self.new or self.old} was {self.sort}{f' ({shown})' if shown else ''}"


def changes(old: PageFacts, new: PageFacts) -> list[Change]:
    """The changes from one state of a page to another, in the order of the page."""
    found = [*_fact_changes(old.facts, new.facts)]
    touched_new = {line for change in found if change.new for line in range(change.new.line, change.new.end + 1)}
    touched_old = {line for change in found if change.old for line in range(change.old.line, change.old.end + 1)}
    found += _beside_facts(old.facts, new.facts, touched_old, touched_new)
    # The line of a changed fact can contain prose too; it is reported once.
    found += (
        change
        for change in _text_changes(old, new)
        if change.line not in (touched_old if change.sort == "removed" else touched_new)
    )
    lines: dict[tuple[str, int], Change] = {}
    for change in found:
        if change.old is None and change.new is None:
            lines.setdefault(("removed" if change.sort == "removed" else "", change.line), change)
    texts = {id(change) for change in lines.values()}
    found = [change for change in found if change.old or change.new or id(change) in texts]
    return sorted(_outermost(found), key=lambda change: (change.line, change.sort))


def _outermost(found: Sequence[Change]) -> Iterator[Change]:
    """The changes, with one for a thing that was added or removed and all that the page states about it."""
    whole = {
        (change.sort, fact.subject): change
        for change in found
        if change.sort in ("added", "removed") and (fact := change.new or change.old) and fact.kind in EXISTENCE
    }
    details: dict[int, list[Fact]] = {}
    kept: list[Change] = []
    for change in found:
        fact = change.new or change.old
        if fact is None or change.sort not in ("added", "removed"):
            kept.append(change)
        elif any((change.sort, outer) in whole for outer in fact.subject.outer()):
            continue
        elif (change.sort, fact.subject) in whole and fact.kind not in EXISTENCE:
            details.setdefault(id(whole[change.sort, fact.subject]), []).append(fact)
        else:
            kept.append(change)
    for change in kept:
        yield replace(change, details=tuple(details.get(id(change), ())))


def _fact_changes(old: Sequence[StoredFact], new: Sequence[StoredFact]) -> Iterator[Change]:
    before, after = _grouped(old), _grouped(new)
    for key in dict.fromkeys((*before, *after)):
        gone, come = list(before.get(key, ())), list(after.get(key, ()))
        values = {canonical(fact.value) for fact in gone} & {canonical(fact.value) for fact in come}
        gone = [fact for fact in gone if canonical(fact.value) not in values]
        come = [fact for fact in come if canonical(fact.value) not in values]
        for first, second in zip(gone, come, strict=False):
            yield Change("changed", second.subject.operation, second.line, first, second)
        for fact in gone[len(come) :]:
            yield Change("removed", fact.subject.operation, fact.line, old=fact)
        for fact in come[len(gone) :]:
            yield Change("added", fact.subject.operation, fact.line, new=fact)


def _grouped(facts: Sequence[StoredFact]) -> dict[tuple[Subject, Kind], list[Fact]]:
    groups: dict[tuple[Subject, Kind], list[Fact]] = {}
    for stored in facts:
        groups.setdefault(stored.fact.key, []).append(stored.fact)
    return groups


def _beside_facts(
    old: Sequence[StoredFact], new: Sequence[StoredFact], touched_old: set[int], touched_new: set[int]
) -> Iterator[Change]:
    """Lines that state the same facts in other words."""
    known = {stored.fact.id: stored for stored in old}
    hashes = {stored.hash for stored in old}
    lines: set[int] = set()
    for stored in new:
        fact = stored.fact
        before = known.get(fact.id)
        # A fact can move to a line that stated another fact before.
        if before is None or before.hash == stored.hash or stored.hash in hashes or fact.line in lines | touched_new:
            continue
        if before.fact.line in touched_old:
            continue
        lines.add(fact.line)
        yield Change("text", fact.subject.operation, fact.line)


def _text_changes(old: PageFacts, new: PageFacts) -> Iterator[Change]:
    for operation in dict.fromkeys((*old.residue, *new.residue)):
        before, after = old.residue.get(operation, ()), new.residue.get(operation, ())
        gone = Counter(digest for _, digest in before)
        gone.subtract(digest for _, digest in after)
        added = [line for line, digest in reversed(after) if _take(gone, digest, -1)]
        removed = [line for line, digest in before if _take(gone, digest, 1)]
        added.reverse()
        for _, line in zip(removed, added, strict=False):
            yield Change("text", operation, line)
        for line in removed[len(added) :]:
            yield Change("removed", operation, line)
        for line in added[len(removed) :]:
            yield Change("added", operation, line)


def _take(balance: Counter[str], digest: str, sign: int) -> bool:
    """Take one line off a balance of old minus new lines, if it has one of this sign left."""
    if balance[digest] * sign <= 0:
        return False
    balance[digest] -= sign
    return True
