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
    Location,
    Severity,
    Sink,
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
                return _supervised_contract(options, sys.argv[1:] if arguments is None else arguments)
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


def _supervised_contract(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    from speclient.contract.service import Limits, UsageError
    from speclient.contract.supervise import StoppedError, is_child, limit_memory, supervised

    if is_child():
        limit_memory()
        return _contract(options)
    try:
        Limits(requests=options.max_requests, timeout=options.timeout, duration=options.max_time)
    except UsageError as problem:
        raise _usage(str(problem)) from None
    try:
        code, output, errors = supervised(arguments, options.max_time)
    except StoppedError as problem:
        message = f"the contract run was stopped: {problem}"
        raise FatalError(
            Diagnostic("SC006", Severity.ERROR, message, Location(options.spec), CODES["SC006"].hint)
        ) from None
    sys.stdout.write(output)
    sys.stderr.write(errors)
    return code


def _contract(options: argparse.Namespace) -> int:
    from speclient.contract.service import Limits, UsageError, parse_parameters, run_service_contract
    from speclient.document import load
    from speclient.publish.packages import package_of

    settings = _settings(options)
    try:
        limits = Limits(requests=options.max_requests, timeout=options.timeout, duration=options.max_time)
    except UsageError as problem:
        raise _usage(str(problem)) from None
    spec = Path(options.spec)
    if not spec.exists():
        named = [Path(path) for path in settings.specs if Path(path).stem == options.spec]
        if not named:
            raise _usage(f"{options.spec!r} is neither a file nor the name of a document in [tool.speclient]")
        spec = named[0]
    # The contract engine has its own loader; documents over the limits are refused here.
    load(spec, Sink())
    folder = package_of(spec, Path(settings.output))
    name = next((path.parent.name for path in folder.glob("*/__init__.py")), None) if folder is not None else None
    try:
        params = parse_parameters(",".join(options.param))
        report = run_service_contract(
            spec,
            options.url,
            package=name,
            package_path=folder,
            params=params,
            limits=limits,
        )
    except UsageError as problem:
        raise _usage(str(problem)) from None
    except RecursionError:
        message = "the schemas are nested or reference each other too deeply"
        raise FatalError(
            Diagnostic("SC006", Severity.ERROR, message, Location(spec.as_posix()), CODES["SC006"].hint)
        ) from None
    if folder is None:
        write(f"no package of {spec} in {settings.output}: only the service is tested, not the client")
    write(report)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
