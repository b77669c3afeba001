"""`speclient pages`: compare specs with the docs pages they describe."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from speclient.cli.findings import Findings
from speclient.cli.output import counted, write
from speclient.cli.progress import progress
from speclient.config import Settings
from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink, did_you_mean, render_text
from speclient.diagnostics.report import Table
from speclient.files import read_regular, replace_file
from speclient.pages.check import CheckResult, check_pages, summary_rows
from speclient.pages.compare import Comparison
from speclient.pages.consistency import contradictions
from speclient.pages.copies import DEFAULT, find_copy, folders
from speclient.pages.diff import Change, changes
from speclient.pages.facts import Fact, brief
from speclient.pages.readers import Reading, read_page
from speclient.pages.record import record
from speclient.pages.store import (
    Page,
    facts_path,
    page_facts,
    page_name,
    read_facts,
    read_manifest,
    text_hash,
    with_names,
)
from speclient.pages.text import load_page
from speclient.pages.update import plan_update

if TYPE_CHECKING:
    from speclient.symbols import Symbols


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run an action of the group and return the exit code.

    Raises:
        FatalError: a file cannot be read or written, or the usage is wrong.
    """
    actions = {"check": _check, "extract": _extract, "diff": _diff, "propose": _propose, "fetch": _fetch}
    return actions[options.action](options, settings)


def _usage(message: str) -> FatalError:
    return FatalError(Diagnostic("SC501", Severity.ERROR, message, None, CODES["SC501"].hint))


def _documents(settings: Settings) -> Iterator[tuple[Path, tuple[Page, ...]]]:
    """Each document with its docs pages.

    Raises:
        FatalError: there is no document.
    """
    if not settings.specs:
        raise _usage("no document given: pass one, or list documents as `specs` in [tool.speclient] of pyproject.toml")
    for name in settings.specs:
        spec = Path(name)
        pages = tuple(page for page in read_manifest(spec.parent) if page.spec == spec.name)
        yield spec, pages


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from speclient.pipeline import load_document

    findings = Findings("speclient pages check", options, settings, ("SC7",))
    places = folders(options.copies or settings.pages)
    results: dict[str, CheckResult] = {}
    for spec, pages in _documents(settings):
        if not pages:
            if findings.is_text:
                write(f"{spec}: no docs pages in {spec.parent / 'pages.yaml'}")
            continue
        sink = Sink(settings.levels)
        document = load_document(spec, settings, Sink())
        with progress(f"comparing {spec}"):
            results[spec.as_posix()] = check_pages(document, pages, spec.parent, places, sink)
        kept = findings.add(sink)
        if findings.is_text:
            _print_result(
                spec, results[spec.as_posix()], len([found for found in kept if found.severity is not Severity.NOTE])
            )
    titles, *rows = summary_rows(results)
    coverage = [(spec, f"{result.coverage:.1%}") for spec, result in results.items()]
    tables = [
        Table("Facts", titles, rows),
        Table("Values of the specs with evidence, or with an x-source", ("spec", "share"), coverage),
    ]
    return findings.finish(complete=not options.specs, tables=tables)


def _print_result(spec: Path, result: CheckResult, number: int) -> None:
    facts = sum(len(page.judgements) + page.expected[0] for page in result.pages)
    found = counted(number, "finding") if number else "no findings"
    write(
        f"{spec}: {counted(facts, 'fact')} of {counted(len(result.pages), 'page')}; "
        f"{result.coverage:.1%} of its values have evidence; {found}"
    )
    missing = [page.page.name for page in result.pages if page.copy is None]
    if missing:
        write(f"  no saved copy, so the page itself was not compared: {', '.join(missing)}")


def _extract(options: argparse.Namespace, settings: Settings) -> int:
    path, entry = _saved_page(options.page, options.copies, settings)
    reading = read_page(load_page(path))
    if not options.write:
        _print_reading(reading, lines=options.lines)
        return 0
    if entry is None:
        if options.spec is None:
            raise _usage("--write needs --spec, the document that describes the page")
        spec = Path(options.spec)
        name = options.name or page_name(path.stem)
        if name != page_name(name):
            raise _usage(f"{name!r} is not a valid name for a page; use letters, digits, `-`, `_` and `.`")
        folder, page = spec.parent, Page(name, spec.name)
    else:
        folder, page = entry
    copy = DEFAULT / f"{page.name}{path.suffix}"
    is_new = find_copy(page.name, folders(options.copies or settings.pages)) is None
    if is_new:
        # The other actions look for the page under its name.
        try:
            replace_file(copy, read_regular(path))
        except OSError as problem:
            raise FatalError(
                Diagnostic("SC402", Severity.ERROR, problem.strerror or str(problem), Location(copy.as_posix()))
            ) from None
    page = record(folder, replace(page, url=options.url or page.url), reading, _today())
    write(f"{facts_path(folder, page.name)}: {counted(len(reading.facts.facts), 'fact')} of {path}")
    if is_new:
        write(f"{copy}: the page; do not commit it")
    return 0


def _saved_page(name: str, copies: str | None, settings: Settings) -> tuple[Path, tuple[Path, Page] | None]:
    """The file of a saved page, and its folder and entry in a manifest, if it has one."""
    documents = _documents(settings) if settings.specs else ()
    known = {page.name: (spec.parent, page) for spec, pages in documents for page in pages}
    path = Path(name)
    if path.is_file():
        return path, known.get(path.stem)
    if name in known:
        copy = find_copy(name, folders(copies or settings.pages))
        if copy is not None:
            return copy, known[name]
        raise _usage(f"there is no saved copy of {name}; pass --pages, or run `speclient pages fetch {name}`")
    raise _usage(f"{name!r} is neither a file nor the name of a page{did_you_mean(name, known)}")


def _print_reading(reading: Reading, *, lines: bool) -> None:
    facts = reading.facts
    write(f"style: {reading.style}; {counted(len(reading.lines), 'line')}, {counted(len(facts.facts), 'fact')}")
    if lines:
        by_line: dict[int, list[Fact]] = {}
        for fact in facts.facts:
            by_line.setdefault(fact.line, []).append(fact)
        for number, line in enumerate(reading.lines, 1):
            write(f"{number:5} {'|' if number in facts.used else ' '} {line}")
            for fact in by_line.get(number, ()):
                write(f"          {fact}")
    else:
        for fact in facts.facts:
            write(f"{fact.line:5}  {fact}")
    for contradiction in contradictions(reading):
        write(f"the page contradicts itself: {contradiction.subject}: {contradiction.message}")
    for subject, place in facts.lost:
        write(f"lost name: {subject} (line {place})")
    for note in facts.notes:
        write(f"note: {note}")


def _diff(options: argparse.Namespace, settings: Settings) -> int:
    findings = Findings("speclient pages diff", options, settings, ())
    names = list(options.saved)
    if len(names) == 2 and all(Path(name).is_file() for name in names):
        old, new = (read_page(load_page(Path(name))) for name in names)
        found = changes(page_facts(old), page_facts(new)) if text_hash(old.lines) != text_hash(new.lines) else []
        _report_changes(findings, names[1], new, found, None)
        return findings.finish(complete=False)
    places = folders(options.copies or settings.pages)
    known = [(spec, page) for spec, pages in _documents(settings) for page in pages]
    targets = [(spec, page, find_copy(page.name, places)) for spec, page in known if not names or page.name in names]
    for name in names:
        if Path(name).is_file():
            targets += [(spec, page, Path(name)) for spec, page in known if page.name == Path(name).stem]
        elif all(page.name != name for _, page in known):
            hint = did_you_mean(name, [page.name for _, page in known])
            raise _usage(f"{name!r} is neither a file nor the name of a page{hint}")
    symbols: dict[Path, Symbols] = {}
    for spec, page, copy in targets:
        if copy is None:
            if findings.is_text:
                write(f"{page.name}: no saved copy to compare")
            continue
        reading = read_page(load_page(copy))
        stored = read_facts(facts_path(spec.parent, page.name))
        found = (
            []
            if text_hash(reading.lines) == page.hash
            else changes(with_names(stored), with_names(replace(page_facts(reading), names=stored.names)))
        )
        if found and spec not in symbols:
            symbols[spec] = _symbols(spec, settings)
        _report_changes(findings, copy.as_posix(), reading, found, symbols.get(spec))
    return findings.finish(complete=False)


def _report_changes(
    findings: Findings, name: str, reading: Reading, found: Sequence[Change], symbols: Symbols | None
) -> None:
    diagnostics = []
    for change in found:
        text = reading.lines[change.line - 1] if change.is_new_text and change.line <= len(reading.lines) else ""
        shown = f": {brief(text, 100)}" if text else ""
        touched = symbols.of(change.subject) if symbols is not None else ()
        callers = f" (affects {', '.join(touched)})" if touched else ""
        place = Location(name, line=change.line or None)
        diagnostics.append(Diagnostic("SC708", Severity.ERROR, f"{change}{shown}{callers}", place))
    findings.add(diagnostics)
    if findings.is_text:
        write(f"{name}: {counted(len(found), 'change')}" if found else f"{name}: unchanged")


def _propose(options: argparse.Namespace, settings: Settings) -> int:
    code = 0
    places = folders(options.copies or settings.pages)
    known = {page.name for _, pages in _documents(settings) for page in pages}
    for name in options.names:
        if name not in known:
            raise _usage(f"{name!r} is not the name of a page{did_you_mean(name, known)}")
    for spec, pages in _documents(settings):
        proposing = _Proposing(spec, settings)
        for page in pages:
            if options.names and page.name not in options.names:
                continue
            copy = find_copy(page.name, places)
            if copy is None:
                write(f"{page.name}: no saved copy; run `speclient pages fetch {page.name}`")
                continue
            try:
                code = max(code, _propose_page(proposing, page, copy, options))
            except FatalError as problem:  # The other pages can still be updated.
                write(render_text([problem.diagnostic]), file=sys.stderr)
                code = 2
    return code


@dataclass
class _Proposing:
    """A document for whose pages updates are proposed; it is read again after it was written."""

    spec: Path
    settings: Settings

    @cached_property
    def comparison(self) -> Comparison:
        from speclient.pipeline import load_document

        return Comparison(load_document(self.spec, replace(self.settings, overlays=()), Sink()))

    @cached_property
    def symbols(self) -> Symbols:
        return _symbols(self.spec, self.settings)


def _propose_page(proposing: _Proposing, page: Page, copy: Path, options: argparse.Namespace) -> int:
    spec = proposing.spec
    reading = read_page(load_page(copy))
    plan = plan_update(proposing.comparison, spec, page, reading)
    if not plan.diff and not plan.open and plan.is_recorded:
        write(f"{page.name}: nothing to do")
        return 0
    if plan.diff:
        write(plan.diff.rstrip("\n"))
    for reason in dict.fromkeys(edit.reason for edit in plan.edits):
        write(f"  because: {reason}")
    for point in plan.open:
        write(f"  decide: {point}")
    touched = sorted({name for fact in plan.changed for name in proposing.symbols.of(fact)}) if plan.changed else []
    if touched:
        write(f"  affects: {', '.join(touched)}")
    if not options.write:
        write(f"{page.name}: {counted(len(plan.edits), 'edit')} of {spec}; --write applies them and records the facts")
        return 1
    plan.write(_today())
    if plan.diff:
        del proposing.comparison
    write(f"{page.name}: {counted(len(plan.edits), 'edit')} of {spec} written; facts recorded")
    return int(bool(plan.open))


def _fetch(options: argparse.Namespace, settings: Settings) -> int:
    from speclient.pages.fetch import fetch_pages

    entries = [page for _, pages in _documents(settings) for page in pages]
    for name in options.names:
        if all(page.name != name for page in entries):
            raise _usage(f"{name!r} is not the name of a page{did_you_mean(name, [page.name for page in entries])}")
    chosen = [page for page in entries if not options.names or page.name in options.names]
    folder = Path(options.pages or settings.pages or DEFAULT)
    failed = False
    for page, result in fetch_pages(chosen, folder):
        write(f"{page.name}: {result.text}")
        failed |= result.failed
    return int(failed)


def _symbols(spec: Path, settings: Settings) -> Symbols:
    from speclient.symbols import symbols_of

    return symbols_of(spec, settings)


def _today() -> str:
    return datetime.date.today().isoformat()
