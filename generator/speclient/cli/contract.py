"""The command group `contract`: tests a service in a process of its own, and reports what it found."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from speclient.cli.findings import Findings
from speclient.cli.output import write
from speclient.config import Settings
from speclient.diagnostics import (
    CODES,
    CheckedDiagnostic,
    Diagnostic,
    FatalError,
    Location,
    Severity,
    Sink,
    one_line,
)
from speclient.diagnostics.report import Plot, Table

if TYPE_CHECKING:
    from speclient.contract.findings import Finding
    from speclient.contract.operations import Operation
    from speclient.contract.service import Limits, Report

_VARIABLE = "SPECLIENT_PARAMS"
_IN_PROCESS = "http://service.localhost"
_MAX_PARAMS = 100_000
_CODES = {"service.not_reached": "SC803", "service.skipped": "SC804"}


def run(options: argparse.Namespace, settings: Settings, arguments: Sequence[str]) -> int:
    """Run `speclient contract service`.

    A supervisor starts the run in another process: native code cannot be interrupted, and may exhaust the memory.

    Raises:
        FatalError: SC501, an option is invalid; SC006, the run was stopped.
    """
    from speclient.contract.supervise import StoppedError, is_child, limit_memory, supervised

    if is_child():
        limit_memory()
        return _service(options, settings)
    _limits(options)
    try:
        return supervised(arguments, options.max_time)
    except StoppedError as problem:
        raise _too_large(f"the contract run was stopped: {problem}", options.spec) from None


def _service(options: argparse.Namespace, settings: Settings) -> int:
    from speclient.contract.service import Options, UsageError, planned_requests, run_service_contract
    from speclient.document import load
    from speclient.publish.packages import package_of

    keep_folder_clean()
    spec = _spec(options.spec, settings)
    # The contract engine has its own loader; documents over the limits are refused here.
    load(spec, Sink())
    findings = Findings("speclient contract service", options, settings, ("SC8",))
    folder = package_of(spec, Path(settings.output))
    name = next((path.parent.name for path in folder.glob("*/__init__.py")), None) if folder is not None else None
    shown = _Progress(options.max_requests)
    try:
        service = _in_process(options, spec)
        chosen = Options(
            params={**(_known_identities(service) if options.mock else {}), **_params(options)},
            unsafe_methods=options.unsafe_methods,
            seed=options.seed,
            max_response_time=_response_time(options),
            require_all=options.require_all,
            request_statuses=_is_local(options),
            any_credentials=options.mock,
        )
        if options.dry_run:
            url = options.url or _IN_PROCESS
            write("\n".join(planned_requests(spec, url, params=chosen.params, options=chosen, scope=_scope(options))))
            return 0
        report = run_service_contract(
            spec,
            options.url or _base(spec),
            package=name,
            package_path=folder,
            environment=_MockEnvironment() if options.mock else None,
            limits=_limits(options),
            options=chosen,
            scope=_scope(options),
            service=service,
            progress=shown.update,
        )
    except UsageError as problem:
        raise _usage(str(problem)) from None
    except RecursionError:
        message = "the schemas are nested or reference each other too deeply"
        raise _too_large(message, spec.as_posix()) from None
    finally:
        shown.clear()
    if report.error:
        write(f"error: {report.error}", file=sys.stderr if not findings.is_text else None)
        return 2
    if folder is None and findings.is_text:
        advice = "--output names the folder of the generated packages"
        write(f"no package of {spec} in {settings.output}: only the service is tested, not the client; {advice}")
    kept = findings.record(_diagnostic(finding, spec) for finding in report.findings)
    if findings.is_text:
        for diagnostic in kept:
            write(finding_text(diagnostic, verbose=options.verbose))
    _write_overlay(options, report, spec)
    code = findings.finish(
        complete=False,
        tables=_tables(report, spec, options.url or ("the mock" if options.mock else options.app)),
        plots=_plots(report, _response_time(options)),
        summary=lambda: write("\n".join(report.summary())),
    )
    return 130 if report.interrupted and code == 0 else code


def _spec(name: str, settings: Settings) -> Path:
    spec = Path(name)
    if spec.exists():
        return spec
    named = [Path(path) for path in settings.specs if Path(path).stem == name]
    if not named:
        raise _usage(f"{name!r} is neither a file nor the name of a document in [tool.speclient]")
    return named[0]


def _params(options: argparse.Namespace) -> dict[str, str]:
    """Parameters of the environment, the file and the command line; later ones take precedence."""
    from speclient.contract.service import UsageError, parse_parameters

    values = parse_parameters(os.environ.get(_VARIABLE, ""))
    if options.params_file:
        try:
            with Path(options.params_file).open(encoding="utf-8") as file:
                lines = file.read(_MAX_PARAMS).splitlines()
        except (OSError, UnicodeDecodeError) as problem:
            raise UsageError(f"--params-file: {options.params_file}: {problem}") from None
        for line in lines:
            if line.strip() and not line.lstrip().startswith("#"):
                name, equals, value = line.partition("=")
                if not equals or not name.strip():
                    raise UsageError(f"--params-file: {line!r} is not NAME=VALUE")
                values[name.strip()] = value.strip()
    return values | parse_parameters(",".join(options.param))


def _limits(options: argparse.Namespace) -> Limits:
    from speclient.contract.service import Limits, UsageError

    rate = options.rate if options.rate is not None else None if _is_local(options) else 2.0
    try:
        if options.max_response_time is not None and not options.max_response_time > 0:
            raise UsageError(f"max response time: a number of seconds above 0, not {options.max_response_time:g}")
        return Limits(requests=options.max_requests, timeout=options.timeout, duration=options.max_time, rate=rate)
    except UsageError as problem:
        raise _usage(str(problem)) from None


def _response_time(options: argparse.Namespace) -> float:
    if options.max_response_time is not None:
        return float(options.max_response_time)
    return 1.0 if _is_local(options) else 5.0


def _is_local(options: argparse.Namespace) -> bool:
    """Whether the service runs on this machine, where requests disturb nobody."""
    if options.url is None:
        return True
    try:
        host = urlsplit(options.url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def _base(spec: Path) -> str:
    """The base URL of a service in process: the path of the document's first server on a host that is never called."""
    from speclient.contract.operations import servers
    from speclient.contract.source import DocumentError, load_document

    try:
        return _IN_PROCESS + urlsplit(servers(load_document(spec))[0]).path.rstrip("/")
    except (DocumentError, ValueError):
        return _IN_PROCESS


def _in_process(options: argparse.Namespace, spec: Path) -> Any:
    if options.app:
        from speclient.contract.service.asgi import AsgiTransport, load_application

        return AsgiTransport(load_application(options.app), options.timeout)
    if not options.mock:
        return None
    from speclient.mock import mock

    return mock(spec, seed=options.seed)


def _known_identities(service: Any) -> dict[str, str]:
    """For a mock: identities of resources that no operation lists or creates, by the parameter that takes them."""
    found: dict[str, str] = {}
    store = service.service.store
    names = Counter(name for plan in store.resources.collections.values() for name in plan.id_names)
    for plan in store.resources.collections.values():
        if plan.has_resources and not plan.is_discoverable and plan.place is not None and "{}" not in plan.key:
            identity = next(iter(store.items(plan.key, {}).by_id), "")
            # One value stands for all parameters of a name.
            found.update({name: identity for name in plan.id_names if names[name] == 1})
    operations = [each for each in service.service.operations if each.method == "GET"]
    other = {each.name for row in operations for each in row.parameters if each.place != "path"}
    known = {each.name for row in operations for each in row.parameters} - other
    return {name: value for name, value in found.items() if value and name in known}


class _MockEnvironment(Mapping[str, str]):
    """The environment for a mock, which takes any credential: what is not set has a value nevertheless."""

    def __getitem__(self, name: str) -> str:
        return os.environ.get(name) or "accepted-by-the-mock"

    def __iter__(self) -> Iterator[str]:
        return iter(os.environ)

    def __len__(self) -> int:
        return len(os.environ)


def _scope(options: argparse.Namespace) -> Callable[[Operation], bool] | None:
    include, exclude = options.include_operations, options.exclude_operations
    for pattern in (*include, *exclude):
        if pattern.partition(":")[0] not in ("tag", "path", "operation") or ":" not in pattern:
            raise _usage(f"{pattern!r} is not a pattern of operations, such as tag:runs, path:/v1/* or operation:list*")
    if not include and not exclude:
        return None

    def selects(operation: Operation) -> bool:
        tags = operation.raw.get("tags")
        names = {
            "tag": [str(tag) for tag in tags] if isinstance(tags, list) else [],
            "path": [operation.path],
            "operation": [str(operation.raw.get("operationId", ""))],
        }

        def matches(pattern: str) -> bool:
            kind, _, text = pattern.partition(":")
            return any(fnmatchcase(name, text) for name in names[kind])

        return (not include or any(map(matches, include))) and not any(map(matches, exclude))

    return selects


def _diagnostic(finding: Finding, spec: Path) -> CheckedDiagnostic:
    code = _CODES.get(finding.check, "SC801" if finding.level == "violation" else "SC802")
    return diagnostic_of(finding, spec, code)


def keep_folder_clean() -> None:
    """Let hypothesis keep its caches apart from the folder of the user."""
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "speclient-hypothesis")


def diagnostic_of(finding: Finding, file: Path, code: str) -> CheckedDiagnostic:
    """The diagnostic of a finding about an operation of a document."""
    method, _, path = finding.operation.partition(" ")
    path = path.partition(" -> ")[0]
    pointer = f"/paths/{path.replace('~', '~0').replace('/', '~1')}/{method.lower()}" if path.startswith("/") else ""
    return CheckedDiagnostic(
        code=code,
        severity=Severity(CODES[code].severity),
        message=f"{finding.operation}: {finding.check}: expected {finding.expected}; got {finding.got}",
        location=Location(file.as_posix(), pointer),
        hint=CODES[code].hint,
        check=finding.check,
        operation=finding.operation,
        expected=finding.expected,
        actual=finding.got,
        reproduction=finding.reproduction,
        call=finding.call,
        request=finding.request,
        response=finding.response,
        key=finding.key or finding.expected,
    )


def finding_text(diagnostic: Diagnostic, *, verbose: bool, with_program: bool = False) -> str:
    """A finding of a contract test as lines of text, with the program that repeats it on demand."""
    from speclient.diagnostics.suppressions import fingerprint

    assert isinstance(diagnostic, CheckedDiagnostic)
    lines = [
        f"{diagnostic.severity.value}[{diagnostic.code}]: {one_line(diagnostic.operation)}: {diagnostic.check}",
        f"    expected  {one_line(diagnostic.expected)}",
        f"    got       {one_line(diagnostic.actual)}",
    ]
    if diagnostic.reproduction:
        lines.append(f"    reproduce {one_line(diagnostic.reproduction)}")
    if "\n" in diagnostic.call:
        if verbose or with_program:
            lines += ["    program", *(f"        {one_line(line)}".rstrip() for line in diagnostic.call.splitlines())]
    elif diagnostic.call:
        lines.append(f"    client    {one_line(diagnostic.call)}")
    if verbose:
        lines += [f"    help      {one_line(diagnostic.hint or '')}", f"    fingerprint {fingerprint(diagnostic)}"]
    return "\n".join([*lines, ""])


def _tables(report: Report, spec: Path, service: str) -> list[Table]:
    columns = ("Operation", "Status", "Responses", "Checks", "Note")
    timing = [
        (name, str(len(seconds)), *(f"{value * 1000:.0f}" for value in (_median(seconds), max(seconds))))
        for name, seconds in report.seconds.items()
        if seconds
    ]
    run_rows = [
        ("Document", spec.as_posix()),
        ("Service", _shown_address(service)),
        ("Requests", str(report.requests)),
        ("Operations", str(report.operations)),
        ("Seed", str(report.seed)),
        *(("Note", note) for note in report.notes),
    ]
    return [
        Table("Run", ("", ""), run_rows, texts=(2,)),
        Table("What was reached", columns, report.matrix, texts=(4, 5)),
        Table("Response times", ("Operation", "Responses", "Median in ms", "Longest in ms"), timing),
    ]


def _shown_address(service: str) -> str:
    """A URL without user, password and query, which may contain credentials."""
    parts = urlsplit(service)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _plots(report: Report, limit: float) -> list[Plot]:
    rows = [(name, seconds) for name, seconds in report.seconds.items() if seconds]
    reached = [(name, [float(number)]) for name, number in _shares(report)]
    plots = [Plot("Time of each response", "s", rows, limit)] if rows else []
    return [*plots, *([Plot("Documented statuses that were received", "%", reached)] if reached else [])]


def _shares(report: Report) -> list[tuple[str, float]]:
    """Operation -> percentage of its statuses that were received."""
    shares: list[tuple[str, float]] = []
    for name in dict.fromkeys(row[0] for row in report.matrix):
        rows = [row for row in report.matrix if row[0] == name and row[1]]
        received = sum(row[2] != "0" for row in rows)
        documented = sum(len(row[1].split(", ")) for row in rows)
        shares.append((name, 100 * received / documented if documented else 0.0))
    return shares


def _write_overlay(options: argparse.Namespace, report: Report, spec: Path) -> None:
    if not options.proposal:
        return
    from speclient.contract.service.overlay import proposed_overlay
    from speclient.files import replace_file

    try:
        replace_file(Path(options.proposal), proposed_overlay(report.findings, spec.as_posix()).encode())
    except OSError as problem:
        message = problem.strerror or str(problem)
        location = Location(options.proposal)
        raise FatalError(Diagnostic("SC402", Severity.ERROR, message, location, CODES["SC402"].hint)) from None


class _Progress:
    """One line on a terminal that shows how far the run is."""

    def __init__(self, requests: int) -> None:
        self._requests, self._sent = requests, 0
        self._is_shown = sys.stderr.isatty()

    def update(self, operation: str) -> None:
        self._sent += 1
        if self._is_shown:
            text = f"{self._sent}/{self._requests} requests: {one_line(operation)}"[:78]
            sys.stderr.write(f"\r{text:<78}")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._is_shown and self._sent:
            sys.stderr.write(f"\r{'':<78}\r")
            sys.stderr.flush()


def _usage(message: str) -> FatalError:
    return FatalError(Diagnostic("SC501", Severity.ERROR, message, None, "see `speclient contract service --help`"))


def _too_large(message: str, file: str) -> FatalError:
    return FatalError(Diagnostic("SC006", Severity.ERROR, message, Location(file), CODES["SC006"].hint))
