"""The run behind `make contract SPEC=name URL=...`: bounded, read-only, and silent about credentials."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hypothesis.errors import Unsatisfiable
from schemathesis.errors import SchemathesisError

from ..credentials import Credentials, environment_variables, from_environment
from ..findings import Finding
from ..operations import Operation, operations, security_schemes
from ..package import Package, PackageError, load_package
from ..source import Document, DocumentError, load_document
from .parameters import UsageError, check_names, fixed_values
from .probe import Prober, Unreachable, credentials_for
from .report import Report
from .through_client import ClientProbe

# Safe by definition (RFC 9110, 9.2.1): no test of ours changes anything at a service.
_READ_ONLY = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Limits:
    """`requests` in the whole run; `timeout` of each in seconds."""

    requests: int = 60
    timeout: float = 20.0


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
    `environment` (`os.environ`) under the names that the package reads. Never raises for what the user or the
    service does wrong: the report says it, and its `exit_code`.
    """
    try:
        document = load_document(spec_path)
        client = None if package is None else load_package(package, path=package_path, spec=spec_path)
        variables = os.environ if environment is None else environment
        return _run(document, _base_url(url), client, params or {}, variables, limits or Limits())
    except (DocumentError, PackageError, UsageError, Unreachable) as error:
        return Report(error=str(error))


def _run(document: Document, url: str, package: Package | None, params: Mapping[str, str],
         environment: Mapping[str, str], limits: Limits) -> Report:  # fmt: skip
    chosen = [each for each in operations(document) if each.method in _READ_ONLY]
    check_names(chosen, params)
    credentials = from_environment(document, environment)
    prober = Prober(document, url, credentials, limits.timeout)
    methods = {each.operation.name: each for each in package.methods} if package else {}
    through = ClientProbe(package, url, credentials, limits.timeout) if package else None
    found: list[Finding] = []
    notes: list[str] = []
    share = max(1, limits.requests // max(1, len(chosen)))
    try:
        for operation in chosen:
            fixed = fixed_values(operation, params)
            # The client goes second, so that an unreachable service is told as one.
            calls = share // 2 if through and operation.name in methods else 0
            try:
                found += prober.probe(operation, fixed, max(1, share - calls))
                if through and calls:
                    found += through.call(methods[operation.name], fixed, calls)
            except (Unsatisfiable, SchemathesisError) as problem:
                lines = [line for line in str(problem).splitlines() if line.strip()] or [type(problem).__name__]
                why = "; ".join(dict.fromkeys((lines[0].rstrip(":"), lines[-1])))
                notes.append(f"{operation.name}: not asked, since no request can be made from the document: {why}")
    except Unreachable as error:
        raise Unreachable(f"{url} cannot be reached: {credentials.redact(str(error))}") from error
    return Report(
        findings=tuple(found),
        notes=(*notes, *_notes(document, chosen, credentials, params)),
        operations=len(chosen) - len(notes),
        requests=prober.requests + (through.requests if through else 0),
    )


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"URL: {url!r} is no http or https URL")
    if parts.query or parts.fragment:
        raise UsageError(f"URL: {url!r} has a query or a fragment; give the base URL of the service")
    return url.rstrip("/")


def _notes(
    document: Document, chosen: list[Operation], credentials: Credentials, params: Mapping[str, str]
) -> list[str]:
    notes: list[str] = []
    skipped = [each.name for each in operations(document) if each.method not in _READ_ONLY]
    if skipped:
        notes.append(f"not called, as they may change something: {', '.join(skipped)}")
    if any(each.security and not credentials_for(each, credentials) for each in chosen):
        variables = sorted(
            variable
            for name, scheme in security_schemes(document).items()
            for variable in environment_variables(document, name, scheme).values()
        )
        notes.append(f"no credentials: set {', '.join(variables)}")
    for operation in chosen:
        names = (each.key.name for each in operation.parameters if each.key.location == "path")
        if missing := [name for name in names if name not in params]:
            advice = f"PARAMS={missing[0]}=... names a real one"
            notes.append(f"{operation.name}: made-up values for {', '.join(missing)}; {advice}")
    return notes
