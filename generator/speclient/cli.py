"""The `speclient` command."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from speclient import __version__
from speclient.config import Settings, find_settings
from speclient.diagnostics import (
    CODES,
    Diagnostic,
    FatalError,
    Location,
    Severity,
    Sink,
    printable,
    render_json,
    render_text,
)

if TYPE_CHECKING:
    from speclient.pipeline import Outcome

_DESCRIPTION = """\
Turn OpenAPI documents into typed Python client packages, and check every link from page to service.

  speclient init my-api                     a new folder with a first spec to fill in
  speclient check openapi.yaml              validate and lint a document
  speclient generate openapi.yaml --output clients
                                            make a package of it
  speclient generate --check                are the packages of [tool.speclient] up to date?
  speclient contract openapi.yaml --url http://localhost:8000
                                            judge a service, and the client, by the document
  speclient explain SC203                   what a message means

Exit codes: 0 fine, 1 findings, 2 the call or the input can't be used.
"""


def _print(text: object, file: TextIO | None = None) -> None:
    """Print what may hold text of a document, a file name or a service."""
    print(printable(str(text)), file=file)


class _Parser(argparse.ArgumentParser):
    """Options in full only: an abbreviation means something else as soon as an option is added."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="speclient", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"speclient {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    check = commands.add_parser("check", help="validate and lint documents")
    check.add_argument(
        "specs", nargs="*", metavar="SPEC", help="OpenAPI documents (default: those of [tool.speclient])"
    )
    check.add_argument("--strict", action="store_true", help="warnings fail too")
    check.add_argument("--format", choices=("text", "json"), default="text", help="how findings are printed")
    check.add_argument("--allow-outside-refs", action="store_true", help="follow references out of the folder")
    generate = commands.add_parser("generate", help="make client packages")
    generate.add_argument(
        "specs", nargs="*", metavar="SPEC", help="OpenAPI documents (default: those of [tool.speclient])"
    )
    generate.add_argument("--output", metavar="DIR", help="folder for the packages (default: generated)")
    generate.add_argument("--package", metavar="NAME", help="name of the package, for one document")
    generate.add_argument("--check", action="store_true", help="write nothing; exit 1 if a package is out of date")
    generate.add_argument("--strict", action="store_true", help="warnings fail too")
    generate.add_argument("--force", action="store_true", help="overwrite files that were changed by hand")
    generate.add_argument("--again", action="store_true", help="generate although nothing changed")
    generate.add_argument("--allow-outside-refs", action="store_true", help="follow references out of the folder")
    generate.add_argument("--format", choices=("text", "json"), default="text", help="how findings are printed")
    generate.add_argument("-v", "--verbose", action="store_true", help="print notes too")
    for command in (check, generate):
        command.add_argument("--allow-urls", action="store_true", help="follow references to http and https URLs")
        command.add_argument(
            "--overlay", action="append", default=[], metavar="FILE", help="apply an OpenAPI overlay; may be repeated"
        )
    for option, text in (("--include", "only these operations"), ("--exclude", "not these operations")):
        generate.add_argument(
            option,
            action="append",
            default=[],
            metavar="PATTERN",
            help=f"{text}: tag:runs, path:/v1/*, operation:list*",
        )
    generate.add_argument(
        "--allow-variable",
        action="append",
        default=[],
        metavar="NAME",
        help="let the package read this environment variable of another program, such as OPENAI_API_KEY",
    )
    inspect = commands.add_parser("inspect", help="what speclient sees in a document, as JSON")
    inspect.add_argument("specs", nargs=1, metavar="SPEC", help="OpenAPI document")
    inspect.add_argument(
        "--what", choices=("report", "pagination", "ir"), default="report", help="what to show (default: report)"
    )
    for command in (generate, inspect):
        command.add_argument(
            "--no-infer-pagination", action="store_true", help="methods give all pages only where x-speclient says how"
        )
    generate.add_argument("--timings", action="store_true", help="print how long each stage took")
    generate.add_argument("--templates", metavar="DIR", help="templates of yours that stand in for ours")
    init = commands.add_parser("init", help="begin a new spec")
    init.add_argument("folder", metavar="DIR", help="folder to make")
    explain = commands.add_parser("explain", help="what a diagnostic code means")
    explain.add_argument("code", metavar="CODE", nargs="?", help="such as SC203; without it, all of them")
    demo = commands.add_parser("demo", help="show generated clients at work against the embedded mock")
    demo.add_argument("specs", nargs="*", metavar="SPEC", help="documents (default: those of [tool.speclient])")
    demo.add_argument("--output", metavar="DIR", help="folder of the packages (default: generated)")
    contract = commands.add_parser("contract", help="judge a service and the client by the document")
    contract.add_argument("spec", metavar="SPEC", help="OpenAPI document, or the name of one in specs/")
    contract.add_argument("--url", required=True, help="base URL of the service, or of a mock")
    contract.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a value for a parameter; may be repeated",
    )
    contract.add_argument(
        "--max-requests", type=int, default=60, metavar="N", help="how many requests are sent in all (60)"
    )
    contract.add_argument(
        "--timeout", type=float, default=20.0, metavar="SECONDS", help="time for each request and its response (20)"
    )
    contract.add_argument(
        "--max-time", type=float, default=300.0, metavar="SECONDS", help="time for the whole run (300)"
    )
    contract.add_argument("--output", metavar="DIR", help="folder of the packages (default: generated)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Names of files and texts of documents may be beyond the terminal.
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
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

                _print(create(Path(options.folder)))
                return 0
            case "inspect":
                from speclient.pipeline import inspect

                shown = inspect(Path(options.specs[0]), _settings(options), options.what)
                _print(json.dumps(shown, indent=1, default=str))
                return 0
            case "demo":
                from speclient.demo import run

                return run(*_specs_and_output(options))
            case _:
                return _supervised_contract(options, sys.argv[1:] if arguments is None else arguments)
    except FatalError as problem:
        _print(render_text([problem.diagnostic]), file=sys.stderr)
        return 2
    except BrokenPipeError:  # As in `speclient explain | head`: nobody reads on, and that is no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        _print("speclient: interrupted", file=sys.stderr)
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
    settings = replace(settings, specs=tuple(dict.fromkeys(settings.specs)))
    if (problem := settings.problem()) is not None:
        raise _usage(problem)
    if settings.package is not None and len(settings.specs) > 1:
        raise _usage("--package names one package, but there are several documents")
    return settings


def _usage(message: str) -> FatalError:
    return FatalError(Diagnostic("SC501", Severity.ERROR, message, None, "see `speclient --help`"))


def _specs_and_output(options: argparse.Namespace) -> tuple[list[Path], Path]:
    settings = _settings(options)
    if not settings.specs:
        raise _usage("no document: name one, or list them under [tool.speclient] specs in pyproject.toml")
    return [Path(spec) for spec in settings.specs], Path(settings.output)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    counted = [
        _counted(sum(1 for found in diagnostics if found.severity is severity), severity.value)
        for severity in (Severity.ERROR, Severity.WARNING)
    ]
    return ", ".join(counted)


def _check(options: argparse.Namespace) -> int:
    from speclient.pipeline import check

    settings = _settings(options)
    specs, _ = _specs_and_output(options)
    code = 0
    everything: list[Diagnostic] = []
    for spec in specs:
        try:
            found = check(spec, settings)
        except FatalError as problem:
            found = (problem.diagnostic,)
            code = 2
        failing = (Severity.ERROR, Severity.WARNING) if options.strict else (Severity.ERROR,)
        if any(diagnostic.severity in failing for diagnostic in found):
            code = max(code, 1)
        everything += found
        if options.format == "text":
            if found:
                _print(render_text(found))
            _print(f"{spec}: {_count(found)}" if found else f"{spec}: fine")
    if options.format == "json":
        _print(render_json(everything))
    return code


def _generate(options: argparse.Namespace) -> int:
    from speclient.pipeline import Outcome, generate, worst

    settings = _settings(options)
    specs, _ = _specs_and_output(options)
    outcomes: list[Outcome] = []
    for spec in specs:
        try:
            outcome = generate(
                spec,
                settings,
                write=not options.check,
                force=options.force,
                again=options.again or options.check,
                taken=[made.folder for made in outcomes if made.folder is not None],
            )
        except FatalError as problem:
            outcome = Outcome(spec.as_posix(), (problem.diagnostic,), failed=True)
        outcomes.append(outcome)
        if options.format == "text":
            _print_outcome(outcome, options)
        if options.timings:
            for name, seconds in outcome.timings:
                _print(f"  {name:<16}{seconds * 1000:8.0f} ms", file=sys.stderr)
    if options.format == "json":
        _print(render_json([found for outcome in outcomes for found in outcome.diagnostics]))
    return worst(outcomes, strict=options.strict)


def _print_outcome(outcome: Outcome, options: argparse.Namespace) -> None:
    shown = [found for found in outcome.diagnostics if options.verbose or found.severity is not Severity.NOTE]
    if shown:
        _print(render_text(shown), file=sys.stderr)
    if outcome.failed:
        _print(f"{outcome.spec}: failed, nothing was written")
        return
    if outcome.folder is None:
        _print(f"{outcome.spec}: nothing could be generated")
        return
    if outcome.unchanged and outcome.counts == (0, 0, 0):
        _print(f"{outcome.spec} -> {outcome.folder}: up to date")
        return
    emitted, degraded, refused = outcome.counts
    what = _counted(emitted + degraded, "operation")
    if degraded:
        what += f", {degraded} of them degraded"
    if refused:
        what += f", {refused} refused"
    if (degraded or refused) and not outcome.outdated:
        what += f" (see {outcome.folder / 'report.json'})"
    written = f"{_counted(outcome.written, 'file')} written"
    state = "out of date" if outcome.outdated else "unchanged" if outcome.unchanged else written
    _print(f"{outcome.spec} -> {outcome.folder}: {what}, {_counted(outcome.models, 'model')}; {state}")
    if outcome.pagination:
        number = _counted(sum(count for _, count in outcome.pagination), "operation")
        kinds = ", ".join(f"{kind} {count}" for kind, count in outcome.pagination)
        _print(f"  pages inferred for {number} ({kinds}); why: speclient inspect --what pagination {outcome.spec}")


def _explain(options: argparse.Namespace) -> int:
    if options.code is None:
        for entry in CODES.values():
            _print(f"{entry.code}  {entry.severity:8} {entry.title}")
        return 0
    found = CODES.get(options.code.upper())
    if found is None:
        raise _usage(f"there is no code {options.code!r}; `speclient explain` lists them all")
    _print(f"{found.code} ({found.severity}): {found.title}\n\n{found.why}\n\nNext step: {found.hint}.")
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
        message = f"the document cannot be judged: {problem}"
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
        named = [Path(known) for known in settings.specs if Path(known).stem == options.spec]
        if not named:
            raise _usage(f"{options.spec!r} is neither a file nor the name of a document of [tool.speclient]")
        spec = named[0]
    # The engine reads the document on its own; what no tool should spend time on is refused before.
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
        message = "schemas nested or referring to each other too deeply to be judged"
        raise FatalError(
            Diagnostic("SC006", Severity.ERROR, message, Location(spec.as_posix()), CODES["SC006"].hint)
        ) from None
    if folder is None:
        _print(f"no package of {spec} in {settings.output}: the service is judged, but not the client")
    _print(report)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
