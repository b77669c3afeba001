"""The run behind `make contract SPEC=name URL=...`: bounded, read-only, and silent about credentials."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx2
from hypothesis.errors import Unsatisfiable
from schemathesis.errors import SchemathesisError

from ..credentials import Credentials, document_variables, from_environment
from ..findings import Finding
from ..operations import Operation, operations
from ..package import Method, Package, PackageError, load_package
from ..redaction import shortened
from ..source import Document, DocumentError, load_document
from .parameters import UsageError, check_names, fixed_values
from .probe import Prober, Unreachable, credentials_for, refers_to_files
from .report import Report
from .through_client import ClientProbe
from .transport import Budget, Limits, Transport, origin_of

# Safe by definition (RFC 9110, 9.2.1): no test of ours changes anything at a service.
_READ_ONLY = ("GET", "HEAD")
# User and password of a URL: all up to the last `@` before the path.
_USERINFO = re.compile(r"//[^/?#\s'\"]*@")
_NAMES = 20
"""Operations that a note names."""


def run_service_contract(
    spec_path: Path | str,
    url: str,
    *,
    package: str | None = None,
    package_path: Path | str | None = None,
    params: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Report:
    """Judge the service at `url` by the document at `spec_path`.

    `package` is the import name of the generated client (found in the folder `package_path`); without it
    only schemathesis asks. `params` fixes path and query parameters by name. Credentials come from
    `environment` (`os.environ`) under the names that the package reads.

    Never raises for what the user or the service does wrong: the report says it, and its `exit_code`.
    No text of the report shows a credential, nor the user and password of the URL.
    """
    budget = Budget(limits or Limits())
    shown = Credentials(())
    try:
        base, userinfo = _base_url(url)
        shown = Credentials((), others=userinfo)
        document = load_document(spec_path)
        client = None if package is None else load_package(package, path=package_path, spec=spec_path)
        credentials = _credentials(document, client, os.environ if environment is None else environment)
        shown = replace(credentials, others=userinfo)
        transport = Transport(budget, _basic(userinfo), origin_of(httpx2.URL(base)))
        report = _Run(document, base, client, params or {}, shown, transport).report()
    except (DocumentError, PackageError, UsageError, Unreachable) as error:
        report = Report(error=str(error), requests=budget.requests)
    return _redacted(report, shown)


@dataclass(frozen=True)
class _Run:
    document: Document
    url: str
    package: Package | None
    params: Mapping[str, str]
    credentials: Credentials
    transport: Transport

    def report(self) -> Report:
        chosen = [each for each in operations(self.document) if each.method in _READ_ONLY]
        check_names(chosen, self.params)
        budget = self.transport.budget
        found: list[Finding] = []
        notes: list[str] = []
        asked = 0
        share = max(1, budget.limits.requests // max(1, len(chosen)))
        prober = Prober(self.document, self.url, self.credentials, self.transport)
        methods = {each.operation.name: each for each in self.package.methods} if self.package else {}
        for number, operation in enumerate(chosen):
            if reason := budget.spent():
                notes.append(f"not asked, as {reason}: {_listed(chosen[number:])}")
                break
            try:
                found += self._judge(prober, operation, methods.get(operation.name), share)
                asked += 1
            except (Unsatisfiable, SchemathesisError) as problem:
                lines = [line for line in str(problem).splitlines() if line.strip()] or [type(problem).__name__]
                why = "; ".join(dict.fromkeys((lines[0].rstrip(":"), lines[-1])))
                notes.append(f"{operation.name}: not asked, since no request can be made from the document: {why}")
            except Unreachable as error:
                raise Unreachable(f"{self.url} cannot be reached: {error}") from error
            if budget.ended:
                notes.append(f"{operation.name}: not judged to the end, as {budget.ended}")
        if asked and not budget.responses and not found:
            raise Unreachable(
                f"{self.url} cannot be judged: no response to {budget.requests} requests; {'; '.join(notes)}"
            )
        if methods and share == 1:
            notes.append(f"the client is not called: that takes at least {2 * len(chosen)} requests")
        if refers_to_files(self.document.raw):
            notes.append("references into other files are not followed; what they describe is not checked")
        return Report(
            findings=tuple(found),
            notes=(*notes, *_notes(self.document, chosen, self.credentials, self.params, self.package)),
            operations=asked,
            requests=budget.requests,
        )

    def _judge(self, prober: Prober, operation: Operation, method: Method | None, share: int) -> Iterator[Finding]:
        fixed = fixed_values(operation, self.params)
        # The client goes second, so that an unreachable service is reported as one.
        calls = share // 2 if method is not None else 0
        yield from prober.probe(operation, fixed, max(1, share - calls))
        if self.package is not None and method is not None and calls and not self.transport.budget.spent():
            yield from ClientProbe(self.package, self.url, self.credentials, self.transport).call(method, fixed, calls)


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
        raise UsageError(f"URL: {shown!r} is not an http or https URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"URL: {shown!r} is not an http or https URL")
    if parts.query or parts.fragment:
        raise UsageError(f"URL: {shown!r} has a query or a fragment; give the base URL of the service")
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
            Finding(
                each.operation,
                each.check,
                clean(each.expected),
                shortened(clean(each.got), 1000),
                clean(each.reproduction),
            )
            for each in report.findings
        ),
        notes=tuple(clean(note) for note in report.notes),
        error=clean(report.error),
    )


def _listed(operations: Sequence[Operation]) -> str:
    names = [each.name for each in operations[:_NAMES]]
    return ", ".join(names) + (f" and {len(operations) - _NAMES} more" if len(operations) > _NAMES else "")


def _notes(
    document: Document,
    chosen: list[Operation],
    credentials: Credentials,
    params: Mapping[str, str],
    package: Package | None,
) -> list[str]:
    notes: list[str] = []
    skipped = [each for each in operations(document) if each.method not in _READ_ONLY]
    if skipped:
        notes.append(f"not called, as they may change something: {_listed(skipped)}")
    if any(each.security and not credentials_for(each, credentials) for each in chosen):
        named = (None if package is None else package.variables()) or document_variables(document)
        variables = sorted({variable for parts in named.values() for variable in parts.values()})
        advice = f"set {', '.join(variables)}" if variables else "there is no environment variable for them"
        notes.append(f"no credentials: {advice}")
    for operation in chosen:
        names = (each.key.name for each in operation.parameters if each.key.location == "path")
        if missing := [name for name in names if name not in params]:
            advice = f"PARAMS={missing[0]}=... names a real one"
            notes.append(f"{operation.name}: made-up values for {', '.join(missing)}; {advice}")
    return notes
