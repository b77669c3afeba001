"""Checks a document against the facts of its docs pages, in both directions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from speclient.diagnostics import CODES, Diagnostic, Location, Severity, Sink
from speclient.document import Document, Node
from speclient.pages.compare import Comparison, Judgement, Verdict
from speclient.pages.consistency import contradictions
from speclient.pages.copies import find_copy
from speclient.pages.diff import Change, changes
from speclient.pages.evidence import Evidence
from speclient.pages.expect import covers, failure, names
from speclient.pages.facts import brief
from speclient.pages.readers import Reading, read_page
from speclient.pages.store import (
    Page,
    PageFacts,
    facts_path,
    page_facts,
    read_facts,
    text_hash,
    with_names,
)
from speclient.pages.text import load_page

_CODES: Final[Mapping[Verdict, str]] = {
    Verdict.MISSING: "SC703",
    Verdict.CONTRADICTS: "SC704",
    Verdict.WEAKER: "SC705",
}
_LOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class PageResult:
    """The result of one page.

    Attributes:
        page: the entry of the manifest.
        judgements: the verdicts on its facts.
        copy: the saved copy, if there is one.
        changes: what changed in the copy since the facts were recorded.
        expected: the number of hand-written facts, and of those that fail.
    """

    page: Page
    judgements: tuple[Judgement, ...]
    copy: Path | None
    changes: tuple[Change, ...] = ()
    expected: tuple[int, int] = (0, 0)

    def count(self, *verdicts: Verdict) -> int:
        """The number of facts with one of these verdicts."""
        return sum(judgement.verdict in verdicts for judgement in self.judgements)


@dataclass
class CheckResult:
    """The result of a document.

    Attributes:
        pages: of each page.
        coverage: the share of the values of the document that has evidence or a mark, from 0 to 1.
    """

    pages: list[PageResult] = field(default_factory=list[PageResult])
    coverage: float = 1.0


def check_pages(
    document: Document, pages: Sequence[Page], folder: Path, copies: Sequence[Path], sink: Sink
) -> CheckResult:
    """Compare a document with the facts of its pages.

    Args:
        document: the document.
        pages: its pages.
        folder: the folder of the manifest.
        copies: folders with saved copies of pages.
        sink: receives the findings.

    Raises:
        FatalError: SC701, a copy cannot be read; SC702, a facts file is invalid.
    """
    comparison = Comparison(document)
    result = CheckResult()
    vouched: list[Node] = []
    named: list[Node] = []
    for page in pages:
        stored = _recorded(facts_path(folder, page.name), page, sink)
        copy = find_copy(page.name, copies)
        current: PageFacts = stored
        found: tuple[Change, ...] = ()
        if copy is not None:
            reading = read_page(load_page(copy))
            current = _current(stored, reading, copy)
            if page.hash is not None and text_hash(reading.lines) != page.hash:
                found = tuple(changes(with_names(stored), with_names(current)))
            _report_copy(page, reading, current, found, copy, comparison, sink)
        facts = [entry.fact for entry in with_names(current).facts]
        judgements = comparison.judge(facts)
        for judgement in judgements:
            _report(judgement, page, document, sink)
        failed = 0
        for expectation in stored.expect:
            problem = failure(document, expectation)
            if problem is not None:
                failed += 1
                message = f"expected by {page.name}: {expectation.pointer or 'the document'} {problem}"
                sink.report("SC704", message, expectation.location)
            else:
                named += names(document, expectation)
                if (node := covers(document, expectation)) is not None:
                    vouched.append(node)
        result.pages.append(PageResult(page, tuple(judgements), copy, found, (len(stored.expect), failed)))
    evidence = Evidence(comparison, (judged for page in result.pages for judged in page.judgements), vouched, named)
    described = {own for page in pages for key in page.operations if (own := comparison.operation(key)) is not None}
    for page in pages:
        for key in page.operations:
            if comparison.operation(key) is None:
                sink.report("SC703", f"the spec has no operation {key}, which {page.name} describes", page.location)
    unsupported = list(evidence.unsupported(described))
    for node in unsupported:
        message = f"no docs page states {node.last}: {brief(node.value)}"
        sink.report("SC706", message, document.locate(node.location))
    total = evidence.count(described)
    result.coverage = 1 - len(unsupported) / total if total else 1.0
    return result


def _recorded(path: Path, page: Page, sink: Sink) -> PageFacts:
    """The recorded facts of a page; none, with a finding, if they were never recorded."""
    if page.hash is not None or path.is_file():
        return read_facts(path)
    hint = f"run `speclient pages extract {page.name} --write` with a saved copy of the page"
    sink.report("SC702", f"the facts of {page.name} are not recorded", page.location, hint=hint)
    return PageFacts("")


def _current(stored: PageFacts, reading: Reading, copy: Path) -> PageFacts:
    """The facts of the copy, with what a person added to the facts file."""
    current = page_facts(reading, copy.as_posix())
    return replace(current, names=stored.names, expect=stored.expect)


def _report_copy(
    page: Page,
    reading: Reading,
    current: PageFacts,
    found: Sequence[Change],
    copy: Path,
    comparison: Comparison,
    sink: Sink,
) -> None:
    name = copy.as_posix()
    for index, change in enumerate(found, 1):
        text = reading.lines[change.line - 1] if change.is_new_text and change.line <= len(reading.lines) else ""
        shown = f": {brief(text, 100)}" if text else ""
        place = Location(name, line=change.line or None)
        # The next step is the same for all changes of a page.
        hint = CODES["SC708"].hint if index == len(found) else None
        sink.add(Diagnostic("SC708", Severity.ERROR, f"{change}{shown}", place, hint))
    told: set[tuple[int, ...]] = set()
    for contradiction in contradictions(reading):
        if contradiction.lines in told or comparison.is_decided(contradiction.subject):
            continue
        told.add(contradiction.lines)
        line = contradiction.lines[0] if contradiction.lines else None
        sink.report("SC707", f"{contradiction.subject}: {contradiction.message}", Location(name, line=line))
    lost = [subject for subject, _ in reading.facts.lost if str(subject) not in current.names]
    if lost:
        shown = ", ".join(str(subject) for subject in lost[:_LOST_SHOWN])
        more = f" and {len(lost) - _LOST_SHOWN} more" if len(lost) > _LOST_SHOWN else ""
        sink.report("SC709", f"{page.name} does not contain the names of {shown}{more}", Location(name))
    for note in reading.facts.notes:
        sink.add(Diagnostic("SC710", Severity.NOTE, note, Location(name)))


def _report(judgement: Judgement, page: Page, document: Document, sink: Sink) -> None:
    code = _CODES.get(judgement.verdict)
    if code is None:
        return
    fact, node = judgement.fact, judgement.node
    line = f", line {fact.line}" if fact.line else ""
    message = f"{fact}, says {page.name}{line}, but {judgement.message}"
    place = document.locate((node or document.root).location)
    sink.report(code, message, place)


def summary_rows(results: Mapping[str, CheckResult]) -> list[tuple[str, ...]]:
    """A table with a row per page: how many facts it has, by verdict, after a row with the titles."""
    rows: list[tuple[str, ...]] = [("page", "facts", *Verdict, "by hand", "saved copy")]
    for result in results.values():
        for entry in result.pages:
            counts = Counter(judgement.verdict for judgement in entry.judgements)
            numbers = (len(entry.judgements), *(counts[verdict] for verdict in Verdict), entry.expected[0])
            copy = "compared" if entry.copy is not None else "none"
            rows.append((entry.page.name, *map(str, numbers), copy))
    return rows
