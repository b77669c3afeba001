"""Sends the requests of the checks, judges every response, and collects what was found and what was reached."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import httpx2

from ..arguments import Arguments
from ..client_call import reproduction
from ..credentials import Credential, Credentials
from ..findings import Finding
from ..jsontypes import Json
from ..operations import Operation, ParameterKey
from ..package import Method, Package
from ..redaction import shortened
from ..source import Document
from .conformance import Conformance, Violation
from .curl import curl
from .exchange import Exchange, Intent, headers_of, is_unreachable, url_of
from .hints import Hints
from .lifecycle import LifecycleLog
from .matrix import Matrix
from .semantics import judge_semantics
from .transport import Record, ResponseTooLarge, RunEnded, Transport

USER_AGENT = "speclient-contract"
_RETRIES = 2
_EXCERPT = 2_000
_SHORTENED = 12
"""Findings whose request is shortened; each takes a few requests."""


class Unreachable(ConnectionError):
    """The service does not answer at all."""


@dataclass(frozen=True)
class Options:
    """How a service is tested.

    Args:
        params: parameter -> value that the caller knows to exist.
        unsafe_methods: whether operations that may change something are called.
        seed: of everything that is chosen at random.
        max_response_time: seconds from which a response is too slow.
        require_all: whether operations that were skipped are findings.
        request_statuses: whether documented statuses are requested by `Prefer: code=...`, as mocks understand it.
        any_credentials: whether the service accepts any credentials, as mocks do.
    """

    params: Mapping[str, str] = field(default_factory=dict[str, str])
    unsafe_methods: bool = False
    seed: int = 0
    max_response_time: float = 2.0
    require_all: bool = False
    request_statuses: bool = False
    any_credentials: bool = False


class Inspector:
    """The state of a run.

    Args:
        document: judges the service.
        url: the base URL of the service.
        credentials: of the user.
        transport: sends, counts and records.
        package: the generated client, for the calls that reproduce a finding.
        options: of the run.
        progress: is told the operation after each request.
    """

    def __init__(
        self,
        document: Document,
        url: str,
        credentials: Credentials,
        transport: Transport,
        package: Package | None = None,
        options: Options | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.document, self.url, self.credentials = document, url, credentials
        self.transport, self.package, self.options = transport, package, options or Options()
        self.budget = transport.budget
        self.matrix = Matrix()
        self.random = random.Random(self.options.seed)
        self.findings: dict[tuple[str, str, str], Finding] = {}
        self.exchanges: list[Exchange] = []
        self.reserved = 0
        """Requests that are kept for later phases."""
        self.unreachable = ""
        self._progress = progress
        self._base_path = httpx2.URL(url).raw_path.decode("ascii").rstrip("/")
        self._judges: dict[str, Conformance] = {}
        self._hints: dict[str, Hints] = {}
        self._methods: dict[str, Method] = {each.operation.name: each for each in package.methods} if package else {}
        self._slow: dict[str, int] = {}
        self._shortened = 0
        self.lifecycles = LifecycleLog()

    def hints(self, operation: Operation) -> Hints:
        """The hints of an operation."""
        return self._hints.setdefault(operation.name, Hints(operation))

    @property
    def may_send(self) -> bool:
        """Whether the budget has requests that are not reserved."""
        return self.budget.left > self.reserved and not self.unreachable

    def credentials_for(self, operation: Operation) -> tuple[Credential, ...]:
        """The credentials of the first requirement of the operation that can be met in full."""
        for requirement in operation.security:
            found = [self.credentials.of(scheme) for scheme in requirement]
            if all(found):
                return tuple(each for each in found if each is not None)
        return ()

    def send(
        self,
        operation: Operation,
        values: Mapping[ParameterKey, Json],
        intent: Intent = Intent.VALID,
        *,
        credentials: Iterable[Credential] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str | None = None,
    ) -> Exchange | None:
        """Send a request and judge its response; None if the budget is used up.

        A response 429 or 503 is waited for and the request repeated.
        """
        chosen = self.credentials_for(operation) if credentials is None else tuple(credentials)
        values = dict(values)
        sent_headers = {"User-Agent": USER_AGENT, "Accept": "*/*", **headers_of(values), **(headers or {})}
        url = url_of(self.url, operation, values)
        for each in chosen:
            if each.place.location == "query":
                extra = httpx2.QueryParams({each.place.name: each.value})
                url += ("&" if "?" in url else "?") + str(extra)
            elif each.place.location == "header":
                sent_headers[each.place.name] = each.value
            else:
                pair = f"{each.place.name}={each.value}"
                sent_headers["Cookie"] = "; ".join(filter(None, (sent_headers.get("Cookie"), pair)))
        encoded = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in sent_headers.items()]
        exchange = None
        for _ in range(_RETRIES + 1):
            if not self.may_send:
                return exchange
            try:
                # A URL that the test made invalid on purpose is sent as it is.
                request = httpx2.Request(method or operation.method, url, headers=encoded)
            except (httpx2.InvalidURL, ValueError):
                return None
            exchange = self._exchange(operation, intent, request, values)
            if exchange is None or exchange.status not in (429, 503) or intent is Intent.STATUS:
                break
        return exchange

    def _exchange(
        self, operation: Operation, intent: Intent, request: httpx2.Request, values: Mapping[ParameterKey, Json]
    ) -> Exchange | None:
        before = len(self.transport.records)
        try:
            self.transport.handle_request(request)
        except RunEnded:
            return None
        except httpx2.RequestError as error:
            if is_unreachable(error) and not self.budget.responses:
                self.unreachable = str(error).partition("\n")[0] or type(error).__name__
                return None
        records = self.transport.records[before:]
        return self.examine(operation, intent, records[-1], values) if records else None

    def examine(
        self,
        operation: Operation,
        intent: Intent,
        record: Record,
        values: Mapping[ParameterKey, Json] | None = None,
    ) -> Exchange:
        """Judge one response with all checks that apply to a single one."""
        exchange = Exchange(operation, intent, record, self._base_path)
        self.exchanges.append(exchange)
        name = operation.name
        self.matrix.response(name, exchange.status, record.seconds)
        if self._progress is not None:
            self._progress(name)
        if record.error is not None:
            if not self.budget.ended:
                self.report(exchange, [self._broken(record.error)], values)
            return exchange
        for check, violations in self._judged(exchange):
            shorter = self._shortest(exchange, violations, values) if intent is Intent.VALID and values else None
            if shorter is not None:
                self.report(*shorter)
            self.record(exchange, check, violations, values)
        self.record(exchange, "response_time", list(self._time(exchange)), values)
        if (found := self.lifecycles.observe(self.hints(operation), exchange)) is not None:
            self.record(exchange, "lifecycle", found, values)
        return exchange

    def _judged(self, exchange: Exchange) -> list[tuple[str, list[Violation]]]:
        """The checks of a single response that do not depend on other responses."""
        operation = exchange.operation
        conformance = self._judges.setdefault(operation.name, Conformance(operation))
        return [*conformance.judge(exchange), *judge_semantics(self.hints(operation), exchange)]

    def _shortest(
        self, exchange: Exchange, violations: list[Violation], values: Mapping[ParameterKey, Json] | None
    ) -> tuple[Exchange, list[Violation], Mapping[ParameterKey, Json]] | None:
        """The first new violation with as few optional parameters as show it; None if none can be left out."""
        operation, result = exchange.operation, None
        new = [each for each in violations if self._key(operation, each) not in self.findings]
        if not new or values is None or self._shortened >= _SHORTENED or operation.method != "GET":
            return None
        self._shortened += 1
        wanted, current = self._key(operation, new[0]), dict(values)
        optional = [each.key for each in operation.parameters if not each.required and each.key in values]
        for key in optional if len(optional) > 1 else ():
            fewer = {name: value for name, value in current.items() if name != key}
            before = len(self.transport.records)
            if not self.may_send:
                break
            sent = exchange.record.request
            request = httpx2.Request(sent.method, url_of(self.url, operation, fewer), headers=sent.headers)
            if "?" in str(sent.url) and any(each.place.location == "query" for each in self.credentials_for(operation)):
                break
            try:
                self.transport.handle_request(request)
            except httpx2.RequestError:
                break
            again = Exchange(operation, exchange.intent, self.transport.records[before], self._base_path)
            same = [each for _, found in self._judged(again) for each in found if self._key(operation, each) == wanted]
            if same:
                current, result = fewer, (again, same[:1], fewer)
        return result

    @staticmethod
    def _key(operation: Operation, violation: Violation) -> tuple[str, str, str]:
        return operation.name, violation.check, violation.key or violation.expected

    def record(
        self,
        exchange: Exchange,
        check: str,
        violations: Iterable[Violation],
        values: Mapping[ParameterKey, Json] | None = None,
    ) -> None:
        """Count a check and report its violations."""
        violations = list(violations)
        self.matrix.check(exchange.operation.name, exchange.status, check, failed=bool(violations))
        self.report(exchange, violations, values)

    def report(
        self, exchange: Exchange, violations: Iterable[Violation], values: Mapping[ParameterKey, Json] | None = None
    ) -> None:
        """Keep each kind of violation once, with the request that showed it first."""
        for violation in violations:
            key = self._key(exchange.operation, violation)
            if key not in self.findings:
                self.findings[key] = self.finding(exchange, violation, values)

    def finding(
        self, exchange: Exchange, violation: Violation, values: Mapping[ParameterKey, Json] | None = None
    ) -> Finding:
        """A violation with the request and the response that show it."""
        request, redact = exchange.record.request, self.credentials.redact
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        operation = exchange.operation
        method = self._methods.get(operation.name)
        call = ""
        if method is not None and values is not None and exchange.intent in (Intent.VALID, Intent.OPEN):
            call = redact(reproduction(method, Arguments(values)))
        response = exchange.record.response
        lines: list[str] = []
        if response is not None:
            lines = [f"HTTP {response.status_code}", *(f"{name}: {value}" for name, value in response.headers.items())]
            lines += ["", response.read()[: 4 * _EXCERPT].decode("utf-8", "replace")]
        return Finding(
            operation=operation.name,
            check=f"service.{violation.check}",
            expected=redact(violation.expected),
            got=shortened(redact(" ".join(violation.actual.split())), 600),
            reproduction=curl(
                request.method,
                str(request.url),
                headers,
                self.credentials,
                invented=exchange.intent is Intent.UNAUTHORIZED,
            ),
            level="weakness" if violation.weakness else "violation",
            call=call,
            request=redact(f"{request.method} {request.url}"),
            response=shortened(redact("\n".join(lines)), _EXCERPT),
            key=violation.key or violation.expected,
            overlay=violation.overlay,
        )

    def _time(self, exchange: Exchange) -> Iterable[Violation]:
        """A response that is too slow, if it is not the only one: a machine under load is slow once."""
        name, seconds = exchange.operation.name, exchange.record.seconds
        limit = self.options.max_response_time
        if seconds <= limit:
            return
        self._slow[name] = self._slow.get(name, 0) + 1
        if self._slow[name] == 1 and exchange.record.request.method in ("GET", "HEAD") and self.may_send:
            before = len(self.transport.records)
            sent = exchange.record.request
            again = httpx2.Request(sent.method, sent.url, headers=sent.headers)
            try:
                self.transport.handle_request(again)
            except httpx2.RequestError:
                return
            records = self.transport.records[before:]
            self._slow[name] += bool(records and records[-1].seconds > limit)
        if self._slow[name] > 1:
            yield Violation(
                "response_time", f"a response within {limit:g} seconds", f"{seconds:.1f} seconds", key="time"
            )

    def _broken(self, error: httpx2.RequestError) -> Violation:
        limits, shown = self.budget.limits, shortened(f"{type(error).__name__}: {error}", 600)
        if isinstance(error, httpx2.TimeoutException):
            return Violation("timeout", f"a complete response within {limits.timeout:g} seconds", shown)
        if isinstance(error, ResponseTooLarge):
            return Violation("size", f"a response of at most {limits.response_bytes} bytes", shown)
        return Violation("connection", "a response", shown)
