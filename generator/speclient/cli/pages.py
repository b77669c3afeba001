"""`speclient pages`: compare specs with the docs pages they describe."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from speclient.cli.findings import Findings
from speclient.cli.output import counted, write
from speclient.cli.progress import progress
from speclient.config import Settings
from speclient.diagnostics import CODES, Diagnostic, FatalError, Severity, Sink
from speclient.diagnostics.report import Table
from speclient.pages.check import CheckResult, check_pages, summary_rows
from speclient.pages.copies import folders
from speclient.pages.store import Page, read_manifest


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run an action of the group and return the exit code.

    Raises:
        FatalError: a file cannot be read or written, or the usage is wrong.
    """
    match options.action:
        case "check":
            return _check(options, settings)
        case _:
            raise _usage(f"unknown action {options.action}")


def _usage(message: str) -> FatalError:
    return FatalError(Diagnostic("SC501", Severity.ERROR, message, None, CODES["SC501"].hint))


def _documents(settings: Settings) -> Iterator[tuple[Path, tuple[Page, ...]]]:
    """Each document that has docs pages, with its pages."""
    for name in settings.specs:
        spec = Path(name)
        pages = tuple(page for page in read_manifest(spec.parent) if page.spec == spec.name)
        yield spec, pages


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from speclient.pipeline import load_document

    if not settings.specs:
        raise _usage("no document given: pass one, or list documents as `specs` in [tool.speclient] of pyproject.toml")
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
        Table("Values of the specs with evidence or an `x-source`", ("spec", "share"), coverage),
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
