"""The `speclient` command: runs the stages, prints their results, and returns the exit code."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from speclient.cli.findings import Findings
from speclient.cli.output import print_outcome, summary, write
from speclient.cli.parser import parser as command_line
from speclient.cli.progress import progress
from speclient.config import Settings, find_settings
from speclient.diagnostics import (
    CODES,
    Diagnostic,
    FatalError,
    Severity,
    render_text,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    # File names and documents may have characters that the terminal cannot encode.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    parser = command_line()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        match options.command:
            case "check":
                return _check(options)
            case "generate":
                return _generate(options)
            case "explain":
                return _explain(options)
            case "init":
                from speclient.starter import create

                write(create(Path(options.folder), Path(options.page) if options.page else None, options.url))
                return 0
            case "inspect":
                from speclient.pipeline import inspect

                settings = _settings(options)
                data = inspect(Path(settings.specs[0]), settings, options.what)
                write(json.dumps(data, indent=1, default=str))
                return 0
            case "pages":
                from speclient.cli import pages

                return pages.run(options, _settings(options))
            case "demo":
                from speclient.demo import run

                return run(*_specs_and_output(_settings(options)))
            case "mock":
                from speclient.mock.command import serve

                return serve(options, _specs_and_output(_settings(options))[0])
            case _:
                if options.action == "client":
                    from speclient.cli import contract_client

                    return contract_client.run(options, _settings(options))
                from speclient.cli import contract

                return contract.run(options, _settings(options), sys.argv[1:] if arguments is None else arguments)
    except FatalError as problem:
        write(render_text([problem.diagnostic]), file=sys.stderr)
        return 2
    except BrokenPipeError:  # The reader closed the pipe, as in `speclient explain | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        write("speclient: interrupted", file=sys.stderr)
        return 130


def _settings(options: argparse.Namespace) -> Settings:
    settings = find_settings(Path.cwd())
    if getattr(options, "specs", None):
        settings = replace(settings, specs=tuple(options.specs))
    if getattr(options, "output", None):
        settings = replace(settings, output=options.output)
    if getattr(options, "package", None) is not None:
        settings = replace(settings, package=options.package)
    if getattr(options, "allow_urls", False):
        settings = replace(settings, allow_urls=True)
    if getattr(options, "allow_outside_refs", False):
        settings = replace(settings, allow_outside_refs=True)
    settings = replace(
        settings,
        overlays=tuple(getattr(options, "overlay", ())) or settings.overlays,
        include=tuple(getattr(options, "include", ())) or settings.include,
        exclude=tuple(getattr(options, "exclude", ())) or settings.exclude,
        allow_variables=tuple(getattr(options, "allow_variable", ())) or settings.allow_variables,
    )
    if getattr(options, "templates", None) is not None:
        settings = replace(settings, templates=options.templates)
    if getattr(options, "tests", False):
        settings = replace(settings, tests=True)
    if getattr(options, "no_infer_pagination", False):
        settings = replace(settings, infer_pagination=False)
    settings = replace(settings, specs=_documents(settings.specs))
    if (problem := settings.problem()) is not None:
        raise _usage(problem)
    if settings.package is not None and len(settings.specs) > 1:
        raise _usage("--package applies to one document, but several are given")
    return settings


def _documents(specs: Sequence[str]) -> tuple[str, ...]:
    from speclient.cli.sources import documents

    try:
        return documents(specs)
    except OSError as problem:
        message = f"a document cannot be stored in .speclient: {problem.strerror or problem}"
        raise FatalError(Diagnostic("SC402", Severity.ERROR, message, None, CODES["SC402"].hint)) from None


def _usage(message: str) -> FatalError:
    return FatalError(Diagnostic("SC501", Severity.ERROR, message, None, "see `speclient --help`"))


def _specs_and_output(settings: Settings) -> tuple[list[Path], Path]:
    if not settings.specs:
        raise _usage("no document given: pass one, or list documents as `specs` in [tool.speclient] of pyproject.toml")
    return [Path(spec) for spec in settings.specs], Path(settings.output)


def _check(options: argparse.Namespace) -> int:
    from speclient.pipeline import check

    settings = _settings(options)
    specs, _ = _specs_and_output(settings)
    findings = Findings("speclient check", options, settings, ("SC0", "SC1", "SC2"))
    for spec in specs:
        try:
            with progress(f"checking {spec}"):
                diagnostics = check(spec, settings)
        except FatalError as problem:
            diagnostics = (problem.diagnostic,)
            findings.failed = True
        kept = findings.add(diagnostics)
        if findings.is_text:
            write(f"{spec}: {summary(kept)}" if kept else f"{spec}: no findings")
    return findings.finish(complete=not options.specs)


def _generate(options: argparse.Namespace) -> int:
    from speclient.outcome import Outcome, exit_code
    from speclient.pipeline import generate

    settings = _settings(options)
    specs, _ = _specs_and_output(settings)
    findings = Findings("speclient generate", options, settings, ())
    outcomes: list[Outcome] = []
    for spec in specs:
        try:
            with progress(f"generating {spec}"):
                outcome = generate(
                    spec,
                    settings,
                    write=not options.check,
                    force=options.force,
                    again=options.again or options.check,
                    taken=[outcome.folder for outcome in outcomes if outcome.folder is not None],
                )
        except FatalError as problem:
            outcome = Outcome(spec.as_posix(), (problem.diagnostic,), failed=True)
        outcome = replace(outcome, diagnostics=findings.record(outcome.diagnostics))
        outcomes.append(outcome)
        if findings.is_text:
            print_outcome(outcome, verbose=options.verbose)
        if options.timings:
            for name, seconds in outcome.timings:
                write(f"  {name:<16}{seconds * 1000:8.0f} ms", file=sys.stderr)
    findings.write_reports()
    return exit_code(outcomes, strict=options.strict)


def _explain(options: argparse.Namespace) -> int:
    if options.code is None:
        for code in CODES.values():
            write(f"{code.code}  {code.severity:8} {code.title}")
        return 0
    entry = CODES.get(options.code.upper())
    if entry is None:
        raise _usage(f"unknown code {options.code!r}; `speclient explain` lists all codes")
    write(f"{entry.code} ({entry.severity}): {entry.title}\n\n{entry.why}\n\nHelp: {entry.hint}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
