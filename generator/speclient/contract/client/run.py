"""The proof of a package: its checks, in the order of what they cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from traceback import extract_tb

from hypothesis.errors import Unsatisfiable

from ..faults import judge_faults
from ..findings import ContractFailure, Finding
from ..loopback import loopback
from ..operations import operations
from ..package import Package, PackageError, load_package
from ..profile import Profile
from ..request_side import check_awkward_values, check_refusals, check_requests
from ..responses import NoExampleError, ResponseSpace
from .accessors import check_accessors, check_errors
from .bench import KINDS, Bench, ClientSession
from .bodies import BodyCases, BodyContract
from .credentials import check_environment, check_redirects, check_tokens
from .hooks import check_clients, check_middleware, check_reports, check_settings
from .oauth2 import check_oauth2
from .options import check_options
from .pagination import check_pagination
from .retries import check_retries
from .sending import check_sending
from .sockets import check_sockets
from .streams import check_streams
from .surface import check_construction, check_names
from .values import check_enumerations, check_models
from .waiting import check_waiting

Check = Callable[[Bench], Iterator[Finding]]
_OF_OPERATIONS: tuple[tuple[str, Check], ...] = (
    ("sending", check_sending),
    ("errors", check_errors),
    ("retries", check_retries),
    ("accessors", check_accessors),
    ("options", check_options),
    ("environment", check_environment),
    ("tokens", check_tokens),
    ("oauth2", check_oauth2),
    ("streams", check_streams),
    ("redirects", check_redirects),
    ("pagination", check_pagination),
    ("waiting", check_waiting),
)
_OF_CLIENTS: tuple[tuple[str, Check], ...] = (
    ("construction", check_construction),
    ("middleware", check_middleware),
    ("reports", check_reports),
    ("settings", check_settings),
    ("clients", check_clients),
    ("sockets", check_sockets),
)
"""Checks of code that is the same for each operation: tried with the first, and with the first that has a body."""
_PER_CHECK = 5
"""Findings of one check of one operation that are kept; the rest repeats them."""


@dataclass(frozen=True)
class ClientOptions:
    """Options of a proof.

    Attributes:
        seed: of the values that are chosen at random. 0 stands for a fixed choice.
        examples: number of random examples per operation and side.
        stop_at_first: end with the first finding.
        operations: names of operations such as `GET /runs`; None means all.
        with_package: whether to check what is the same for all operations: names, enumerations, clients, sockets.
    """

    seed: int = 0
    examples: int = 10
    stop_at_first: bool = False
    operations: tuple[str, ...] | None = None
    with_package: bool = True


@dataclass
class ClientReport:
    """What a proof found, and what it tried."""

    findings: list[Finding] = field(default_factory=list[Finding])
    matrix: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])
    """Operation, check, client, and the number of findings or why nothing was tried."""
    operations: int = 0
    seconds: float = 0.0

    def summary(self) -> list[str]:
        """The verdict as lines of text."""
        number = len(self.findings)
        verdict = f"{number} finding{'' if number == 1 else 's'}" if number else "no findings"
        skipped = [row for row in self.matrix if row[3].startswith("not tried")]
        notes = sorted({f"note: {row[0]}: {row[1]}: {row[3]}" for row in skipped})
        count = f"{self.operations} operation{'s' * (self.operations != 1)}"
        return [*notes, f"{verdict} in {len(self.matrix) - len(skipped)} checks of {count}"]


def prove_client(
    name: str,
    *,
    path: Path | str | None = None,
    spec: Path | str | None = None,
    options: ClientOptions | None = None,
    progress: Callable[[str], None] | None = None,
) -> ClientReport:
    """Prove a generated package.

    Args:
        name: import name of the package.
        path: folder that contains the package, if it is not installed.
        spec: the document; by default the copy in the package, which cannot show that the generator misread it.
        options: of the proof.
        progress: called with a text before each check.

    Raises:
        DocumentError: the document cannot be read.
        PackageError: there is no such package.
    """
    began = time.monotonic()
    report = ClientReport()
    try:
        package = load_package(name, path=path, spec=spec)
        proof = Proof(package, options or ClientOptions(), report, progress or (lambda _: None))
        with asyncio.Runner() as runner:
            proof.run(runner)
    except _StopError:
        pass
    report.seconds = time.monotonic() - began
    return report


class _StopError(Exception):
    """The first finding was found."""


@dataclass
class Proof:
    """One run over a package."""

    package: Package
    options: ClientOptions
    report: ClientReport
    progress: Callable[[str], None]
    cases: BodyCases = field(default_factory=BodyCases)

    def run(self, runner: asyncio.Runner) -> None:
        """Run all checks: behaviour of each operation, then bodies, then random values."""
        document = self.package.document
        space = ResponseSpace(document, tuple(operations(document)))
        every = [
            [Bench(self.package, method, kind, space, runner) for kind in KINDS] for method in self.package.methods
        ]
        chosen = self.options.operations
        benches = every if chosen is None else [group for group in every if group[0].name in chosen]
        self.report.operations = len(benches)
        if self.options.with_package:
            self._package(every)
        for group in benches:
            self._requests(group)
        benches = list(filter(self._is_ready, benches))
        for group in benches:
            self._judge(group[0].name, "models", str(group[0].kind), partial(check_models, group[0]))
            for bench in group:
                for name, check in _OF_OPERATIONS:
                    self._judge(bench.name, name, str(bench.kind), partial(check, bench))
        for group in benches:
            for bench in group:
                contract = BodyContract(bench, self.cases)
                if bench.kind.policy == "strict":
                    self._judge(bench.name, "faults", str(bench.kind), partial(judge_faults, contract))
                if not contract.responses:
                    self._skipped(bench.name, "bodies", "not tried: the operation documents no response")
                for response in contract.responses:
                    self._judge(bench.name, f"bodies {response.name}", str(bench.kind),
                                partial(contract.check, response))  # fmt: skip
        profile = Profile(examples=self.options.examples, shrink=False, seed=self.options.seed or None)
        for group in benches:
            self._random(group, profile)

    def _package(self, benches: Sequence[Sequence[Bench]]) -> None:
        self._judge("the package", "table", "", self.package.judge_table)
        self._judge("the package", "names", "", partial(check_names, self.package))
        self._judge("the package", "enumerations", "", partial(check_enumerations, self.package))
        with_body = (group for group in benches if group[0].method.operation.body is not None)
        groups = [next(filter(self._is_ready, some), None) for some in (benches, with_body)]
        chosen = {group[0].name: group for group in groups if group is not None}
        for bench in chain.from_iterable(chosen.values()):
            for name, check in _OF_CLIENTS:
                if check is not check_sockets or bench.kind.policy == "tolerant":
                    self._judge(bench.name, name, str(bench.kind), partial(check, bench))

    def _is_ready(self, group: Sequence[Bench]) -> bool:
        """Whether a valid response is known, which most checks send."""
        bench = group[0]
        try:
            _ = bench.fine
            for response in bench.responses:
                bench.valid(response)
        except NoExampleError:
            self._skipped(bench.name, "responses", "not tried: no valid body of a documented response was found")
            return False
        return True

    def _requests(self, group: Sequence[Bench]) -> None:
        for bench in group[:2]:
            method, kind = bench.method, str(bench.kind)
            session = self._session(bench)
            self._judge(bench.name, "awkward values", kind, partial(_raised, check_awkward_values, session, method))
        bench = group[0]
        self._judge(bench.name, "refusals", "sync strict", partial(_raised, check_refusals, self.package, bench.method))

    def _random(self, group: Sequence[Bench], profile: Profile) -> None:
        bench = group[0]
        self._judge(bench.name, "random requests", "sync strict",
                    partial(_raised, check_requests, self.package, bench.method, profile))  # fmt: skip
        contract = BodyContract(bench, self.cases)
        for response in contract.responses:
            if response.has_schema:
                self._judge(bench.name, f"random {response.name}", "sync strict",
                            partial(_raised, contract.check_random, response, profile))  # fmt: skip
        with loopback(self.package) as session:
            self._judge(bench.name, "requests on a socket", "sync strict",
                        partial(_raised, check_awkward_values, session, bench.method))  # fmt: skip

    def _session(self, bench: Bench) -> ClientSession:
        return ClientSession(self.package, kind=bench.kind, runner=bench.runner,
                             options={"max_retries": 0, "clock": bench.clock()})  # fmt: skip

    def _judge(
        self, operation: str, name: str, client: str, check: Callable[[], Iterator[Finding] | list[Finding]]
    ) -> None:
        self.progress(f"{operation}: {name} {client}")
        findings: list[Finding] = []
        try:
            for finding in check():
                findings.append(finding)
                if self.options.stop_at_first:
                    break
        except Exception as problem:
            # A client may break in ways that the checks do not foresee: that is a finding too.
            last = extract_tb(problem.__traceback__)[-1]
            got = f"{type(problem).__name__}: {problem} ({last.name}, line {last.lineno})"[:600]
            findings.append(Finding(operation, f"{name}.crash", "a check that ends", got, client))
        counts: dict[str, int] = {}
        for finding in findings:
            counts[finding.check] = counts.get(finding.check, 0) + 1
            if counts[finding.check] <= _PER_CHECK:
                self.report.findings.append(replace(finding, key=f"{client} {name} {finding.expected[:80]}"))
        self.report.matrix.append((operation, name, client, str(len(findings))))
        if findings and self.options.stop_at_first:
            raise _StopError

    def _skipped(self, operation: str, name: str, reason: str) -> None:
        self.report.matrix.append((operation, name, "", reason))


def _raised(check: Callable[..., None], *arguments: object) -> list[Finding]:
    """The findings of a check that raises them."""
    try:
        check(*arguments)
    except ContractFailure as failure:
        return list(failure.findings)
    except Unsatisfiable:
        return []  # A schema that every value fits has no invalid one.
    except BaseExceptionGroup as group:
        failures = [each for each in group.exceptions if isinstance(each, ContractFailure)]
        return [finding for failure in failures for finding in failure.findings] or _unexpected(group)
    return []


def _unexpected(group: BaseExceptionGroup[BaseException]) -> list[Finding]:
    return [Finding("", "check.crash", "a check that ends", repr(each)[:300]) for each in group.exceptions]


def import_name(package: str) -> tuple[str, Path | None]:
    """The import name and the folder to import from, of a package that is given by folder or by name.

    Raises:
        PackageError: the folder does not exist, or contains no package, or several.
    """
    folder = Path(package)
    if not folder.is_dir():
        name = package.replace("-", "_")
        if not all(part.isidentifier() for part in name.split(".")) or folder.exists():
            raise PackageError(f"{package}: there is no such folder, and it is not the name of a package")
        return name, None
    if (folder / "_spec" / "operations.json").is_file():
        return folder.resolve().name, folder.resolve().parent
    tables = [*folder.glob("*/_spec/operations.json"), *folder.glob("src/*/_spec/operations.json")]
    if len(tables) != 1:
        what = "several packages" if tables else "no generated package"
        raise PackageError(f"{package}: the folder contains {what}")
    return tables[0].parent.parent.name, tables[0].parent.parent.parent.resolve()
