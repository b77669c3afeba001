"""The run of `speclient contract service`: its phases, in the order of what they tell per request."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx2
from hypothesis.errors import HypothesisException
from schemathesis.errors import SchemathesisError

from ..credentials import Credentials, document_variables, from_environment
from ..findings import Finding
from ..operations import Operation, operations
from ..package import Method, Package, PackageError, load_package
from ..redaction import shortened
from ..source import Document, DocumentError, load_document
from .clock import Clock
from .combinations import check_combinations, check_filters, check_orders
from .conformance import Violation
from .exchange import Exchange, Intent, url_of
from .inspector import Inspector, Options, Unreachable
from .pagination import check_pagination
from .parameters import UsageError, check_names
from .probe import Prober, refers_to_files
from .reach import Reach, Values
from .refusals import check_credentials, check_methods, check_rejection, check_unknown_ids
from .report import Report
from .resources import check_lifecycle, check_list_then_get, check_statuses
from .through_client import ClientProbe
from .transport import Budget, Limits, Transport, origin_of

# Safe by definition (RFC 9110, 9.2.1).
_READ_ONLY = ("GET", "HEAD")
# User and password of a URL: all up to the last `@` before the path.
_USERINFO = re.compile(r"//[^/?#\s'\"]*@")
_NAMES = 20
"""Operations that a note names."""
_GENERATED = 8
"""Requests that schemathesis generates per operation, in each mode."""

Check = Callable[[Inspector, Reach, Operation], None]
_CHECKS: tuple[Check, ...] = (
    check_credentials,
    check_combinations,
    check_orders,
    check_pagination,
    check_filters,
    check_list_then_get,
    check_lifecycle,
    check_unknown_ids,
    check_rejection,
)


def run_service_contract(  # noqa: PLR0913
    spec_path: Path | str,
    url: str,
    *,
    package: str | None = None,
    package_path: Path | str | None = None,
    params: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    options: Options | None = None,
    scope: Callable[[Operation], bool] | None = None,
    service: httpx2.BaseTransport | None = None,
    clock: Clock | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Test the service at `url` against the document at `spec_path`.

    Never raises for what the user or the service does wrong: the report says it, and its `exit_code`.
    No text of the report shows a credential, nor the user and password of the URL.

    Args:
        spec_path: the document.
        url: base URL of the service.
        package: import name of the generated client, which is then tested too.
        package_path: folder of the package.
        params: values of path and query parameters that exist, by name.
        environment: holds the credentials under the names that the package reads; by default `os.environ`.
        limits: of the run.
        options: of the run; `params` overrides its own.
        scope: selects operations; the others are skipped.
        service: calls the service in process; the URL is then only a name.
        clock: tells the time and waits.
        progress: is called after each request with a text.
    """
    budget = Budget(limits or Limits(), clock)
    options = options or Options()
    options = replace(options, params={**options.params, **(params or {})})
    shown = Credentials(())
    try:
        base, userinfo = _base_url(url)
        shown = Credentials((), others=userinfo)
        document = load_document(spec_path)
        client = None if package is None else load_package(package, path=package_path, spec=spec_path)
        credentials = _credentials(document, client, os.environ if environment is None else environment)
        shown = replace(credentials, others=userinfo)
        transport = Transport(budget, _basic(userinfo), origin_of(httpx2.URL(base)), service)
        inspector = Inspector(document, base, shown, transport, client, options, progress)
        report = _Run(inspector, scope).report()
    except (DocumentError, PackageError, UsageError, Unreachable) as error:
        report = Report(error=str(error), requests=budget.requests, seed=options.seed)
    return _redacted(report, shown)


def planned_requests(
    spec_path: Path | str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    options: Options | None = None,
    scope: Callable[[Operation], bool] | None = None,
) -> list[str]:
    """What a run would send, without sending it: the first request of each operation, and why others are skipped.

    Raises:
        DocumentError: the document cannot be read.
        UsageError: a parameter or the URL is invalid.
    """
    base, _ = _base_url(url)
    document = load_document(spec_path)
    options = replace(options or Options(), params=params or {})
    inspector = Inspector(document, base, Credentials(()), Transport(Budget(Limits())), None, options)
    run = _Run(inspector, scope)
    chosen, skipped = run.scope()
    check_names(chosen, options.params)
    reach = Reach(inspector, chosen)
    lines: list[str] = []
    for operation in chosen:
        values = next(reach.attempts(operation), None)
        if values is None:
            lines.append(f"{operation.name}  with generated values")
            continue
        listing = inspector.hints(operation).listing
        kinds = ["combinations of parameters", "invalid values"]
        kinds += ["credentials"] if operation.security else []
        kinds += ["pages"] if listing is not None and listing.pagination is not None else []
        kinds += ["polls"] if inspector.hints(operation).lifecycle is not None else []
        lines.append(f"{operation.method} {url_of(base, operation, values)}  then {', '.join(kinds)}")
    return [*lines, *(f"{name}: skipped: {reason}" for name, reason in skipped.items())]


@dataclass
class _Run:
    inspector: Inspector
    selects: Callable[[Operation], bool] | None = None

    def scope(self) -> tuple[list[Operation], dict[str, str]]:
        """The operations that are called, and why the others are not."""
        chosen: list[Operation] = []
        skipped: dict[str, str] = {}
        for operation in operations(self.inspector.document):
            if self.selects is not None and not self.selects(operation):
                skipped[operation.name] = "excluded"
            elif operation.method not in _READ_ONLY and not self.inspector.options.unsafe_methods:
                skipped[operation.name] = f"{operation.method} may change something; --unsafe-methods allows it"
            else:
                chosen.append(operation)
        return chosen, skipped

    def report(self) -> Report:
        inspector, notes, interrupted = self.inspector, list[str](), False
        chosen, skipped = self.scope()
        if self.selects is not None and all(reason == "excluded" for reason in skipped.values()) and not chosen:
            raise UsageError("--include, --exclude: no operation of the document is selected")
        inspector.matrix.skipped.update(skipped)
        check_names(chosen, inspector.options.params)
        reach = Reach(inspector, chosen)
        reach.check_params()
        clients = list[Finding]()
        try:
            self._phases(reach, chosen, notes, clients)
        except KeyboardInterrupt:
            interrupted = True
            notes.append("interrupted: the report covers what was sent until then")
        budget = inspector.budget
        if inspector.unreachable:
            raise Unreachable(f"{inspector.url} cannot be reached: {inspector.unreachable}")
        called = [
            operation
            for operation in chosen
            if operation.name in reach.tried or inspector.matrix.statuses(operation.name)
        ]
        findings = [*inspector.findings.values(), *clients]
        if budget.requests and not budget.responses and not findings:
            reason = budget.spent() or "no response"
            raise Unreachable(f"{inspector.url} cannot be judged: no response to {budget.requests} requests; {reason}")
        if not budget.requests and chosen:
            raise Unreachable(f"{inspector.url} cannot be judged: no request was sent; {'; '.join(notes)}")
        findings += self._unreached(reach, chosen, interrupted=interrupted)
        left_out = [
            operation for operation in chosen if inspector.matrix.skipped.get(operation.name, "").startswith("the ")
        ]
        if left_out:
            notes.append(f"not asked, as {budget.spent() or budget.ended}: {_listed(left_out)}")
        elif budget.ended:
            notes.append(f"not all checks were carried out, as {budget.ended}")
        if refers_to_files(inspector.document.raw):
            notes.append("references into other files are not followed; what they describe is not checked")
        return Report(
            findings=tuple(findings),
            notes=(*notes, *_notes(inspector, chosen)),
            operations=len(called),
            requests=budget.requests,
            interrupted=interrupted,
            seed=inspector.options.seed,
            matrix=inspector.matrix.rows(list(operations(inspector.document))),
            skipped=dict(inspector.matrix.skipped),
            seconds=inspector.matrix.seconds,
        )

    def _phases(self, reach: Reach, chosen: Sequence[Operation], notes: list[str], clients: list[Finding]) -> None:
        inspector, total = self.inspector, self.inspector.budget.limits.requests
        methods = {each.operation.name: each for each in inspector.package.methods} if inspector.package else {}
        called = [methods[operation.name] for operation in chosen if operation.name in methods]
        calls = 0 if not called or total < 2 * len(chosen) else min(4, total // (3 * len(chosen)) or 1)
        generated = min(_GENERATED, total // (8 * max(1, len(chosen))))
        if called and not calls:
            notes.append(f"the client is not called: that takes at least {2 * len(chosen)} requests")
        # What removes resources comes last: the other operations need them.
        removing = [operation for operation in chosen if operation.method == "DELETE"]
        others = [operation for operation in chosen if operation.method != "DELETE"]
        for group, remaining in ((others, chosen), (removing, removing)):
            for_client = calls * len(_of(called, remaining))
            inspector.reserved = for_client
            reach.run(group)
            if inspector.unreachable:
                return
            self._invent(reach, group, notes)
            inspector.reserved = for_client + 2 * generated * len(remaining)
            for check in _CHECKS:
                for operation in group:
                    check(inspector, reach, operation)
            paths = {operation.path for operation in others} if group is removing else set[str]()
            check_methods(inspector, reach, [operation for operation in group if operation.path not in paths])
            if inspector.options.request_statuses:
                for operation in group:
                    check_statuses(inspector, reach, operation)
            inspector.reserved = for_client
            self._generated(reach, group, generated, notes)
            inspector.reserved = 0
            if calls:
                self._through_client(reach, _of(called, group), calls, clients)

    def _through_client(self, reach: Reach, methods: Sequence[Method], calls: int, clients: list[Finding]) -> None:
        inspector = self.inspector
        if inspector.package is None:
            return
        client = ClientProbe(inspector.package, inspector.url, inspector.credentials, inspector.transport)
        for method in methods:
            if not inspector.budget.spent() and method.operation.name in reach.tried:
                before = len(inspector.transport.records)
                clients += client.call(method, reach.fixed(method.operation), calls)
                for record in inspector.transport.records[before:]:
                    inspector.examine(method.operation, Intent.OPEN, record)

    def _invent(self, reach: Reach, group: Sequence[Operation], notes: list[str]) -> None:
        """Send generated requests to operations for whose parameters no value is known."""
        inspector = self.inspector
        for operation in group:
            if operation.name not in reach.tried and operation.body is None:
                if not inspector.may_send:
                    inspector.matrix.skipped[operation.name] = inspector.budget.spent() or "the budget is used up"
                elif why := self._generate(operation, {}, 2, Intent.OPEN):
                    why = f"no request can be made from the document: {why}"
                    notes.append(f"{operation.name}: not asked, since {why}")
                    inspector.matrix.skipped[operation.name] = why
                else:
                    reach.learn(operation)

    def _generated(self, reach: Reach, chosen: Sequence[Operation], number: int, notes: list[str]) -> None:
        inspector = self.inspector
        needing = [operation for operation in chosen if operation.body is not None]
        if not number and not needing:
            return
        for operation in chosen:
            if operation.name in inspector.matrix.skipped or not inspector.may_send:
                continue
            known = {key: value for key, value in reach.fixed(operation).items() if key.location in ("path", "query")}
            why = self._generate(operation, known, max(number, int(operation in needing)), Intent.OPEN)
            if not why and (operation in needing or any(key.key.location == "query" for key in operation.parameters)):
                why = self._generate(operation, known, number, Intent.INVALID)
            if why:
                notes.append(f"{operation.name}: schemathesis cannot generate requests: {why}")

    @cached_property
    def _prober(self) -> Prober:
        return Prober(self.inspector)

    def _generate(self, operation: Operation, known: Values, number: int, intent: Intent) -> str:
        """Send requests that schemathesis generates; the reason why it cannot, empty if it can."""
        if not number:
            return ""
        try:
            self._prober.probe(operation, known, number, intent)
        except (HypothesisException, SchemathesisError) as problem:
            lines = [line for line in str(problem).splitlines() if line.strip()] or [type(problem).__name__]
            return "; ".join(dict.fromkeys((lines[0].rstrip(":"), lines[-1])))
        return ""

    def _unreached(self, reach: Reach, chosen: Sequence[Operation], *, interrupted: bool) -> Iterator[Finding]:
        """A finding for each operation without a 2xx response."""
        inspector = self.inspector
        for operation in operations(inspector.document):
            name = operation.name
            if name in inspector.matrix.skipped:
                if inspector.options.require_all:
                    reason = f"skipped: {inspector.matrix.skipped[name]}"
                    yield Finding(
                        name, "service.skipped", "a request, since --require-all is set", reason, key="skipped"
                    )
            elif operation in chosen and not inspector.matrix.was_successful(operation) and not interrupted:
                reason = reach.reasons.get(name, "")
                seen = inspector.matrix.statuses(name)
                got = reason or (f"only the status {', '.join(map(str, seen))}" if seen else "no response")
                if got.startswith(("status 401", "status 403")):
                    got += _advice(inspector)
                exchange = _simplest(each for each in inspector.exchanges if each.operation.name == name)
                violation = Violation("not_reached", "a successful response (2xx)", got, key="not reached")
                if exchange is None:
                    yield Finding(name, "service.not_reached", violation.expected, got, key=violation.key)
                else:
                    yield inspector.finding(exchange, violation)


def _of(methods: Sequence[Method], operations: Sequence[Operation]) -> list[Method]:
    names = {operation.name for operation in operations}
    return [method for method in methods if method.operation.name in names]


def _simplest(exchanges: Iterable[Exchange]) -> Exchange | None:
    """The shortest request that the service had reason to accept; else the shortest one."""

    def effort(exchange: Exchange) -> tuple[bool, int]:
        return exchange.intent not in (Intent.VALID, Intent.OPEN), len(str(exchange.record.request.url))

    return min(exchanges, key=effort, default=None)


def _variables(inspector: Inspector) -> list[str]:
    package = inspector.package
    named = (None if package is None else package.variables()) or document_variables(inspector.document)
    return sorted({variable for parts in named.values() for variable in parts.values()})


def _advice(inspector: Inspector) -> str:
    variables = ", ".join(_variables(inspector))
    return f" (environment variables: {variables})" if variables else ""


def _credentials(document: Document, package: Package | None, environment: Mapping[str, str]) -> Credentials:
    """The secrets of the environment, from those variables only that the package reads."""
    try:
        return from_environment(document, environment, None if package is None else package.variables())
    except ValueError as error:
        raise UsageError(str(error)) from None


def _base_url(url: str) -> tuple[str, tuple[str, ...]]:
    """The URL without user and password, and those two."""
    shown = _USERINFO.sub("//", url)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        httpx2.URL(shown)
    except (ValueError, httpx2.InvalidURL):
        raise UsageError(f"--url: {shown!r} is not an http or https URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"--url: {shown!r} is not an http or https URL")
    if parts.query or parts.fragment:
        raise UsageError(f"--url: {shown!r} has a query or a fragment; give the base URL of the service")
    userinfo = () if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    return shown.rstrip("/"), userinfo


def _basic(userinfo: tuple[str, ...]) -> str:
    """The header value for user and password (RFC 7617)."""
    return "Basic " + base64.b64encode(":".join(userinfo).encode()).decode() if userinfo else ""


def _redacted(report: Report, credentials: Credentials) -> Report:
    """The report without any credential, whichever part of the engine wrote the text."""

    def clean(text: str) -> str:
        return credentials.redact(_USERINFO.sub("//", text))

    return replace(
        report,
        findings=tuple(
            replace(
                each,
                expected=clean(each.expected),
                got=shortened(clean(each.got), 1000),
                reproduction=clean(each.reproduction),
                call=clean(each.call),
                request=clean(each.request),
                response=clean(each.response),
                key=clean(each.key),
            )
            for each in report.findings
        ),
        notes=tuple(clean(note) for note in report.notes),
        error=clean(report.error),
    )


def _listed(operations: Sequence[Operation]) -> str:
    names = [each.name for each in operations[:_NAMES]]
    return ", ".join(names) + (f" and {len(operations) - _NAMES} more" if len(operations) > _NAMES else "")


def _notes(inspector: Inspector, chosen: Sequence[Operation]) -> list[str]:
    notes: list[str] = []
    skipped = [
        each
        for each in operations(inspector.document)
        if "--unsafe-methods" in inspector.matrix.skipped.get(each.name, "")
    ]
    if skipped:
        notes.append(f"not called, as they may change something: {_listed(skipped)}")
    statuses = [inspector.matrix.statuses(each.name) for each in chosen]
    if all(404 in each and set(each) <= {401, 403, 404, 405} for each in statuses):
        notes.append(f"every operation returned 404: check the path of the base URL {inspector.url}")
    if any(each.security and () not in each.security and not inspector.credentials_for(each) for each in chosen):
        variables = ", ".join(_variables(inspector))
        notes.append(
            f"no credentials: set {variables}"
            if variables
            else "no credentials: there is no environment variable for them"
        )
    return notes
