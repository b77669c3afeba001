"""`python -m corpus.contracts PROJECT PACKAGE SPEC COUNT`: the contract tests on a few operations, print JSON.

COUNT operations of GET, spread over the document, and one of each other method; both directions.
"""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from speclient.contract import (
    ContractFailure,
    Finding,
    Method,
    Package,
    Profile,
    ResponseContract,
    Session,
    check_awkward_values,
    check_refusals,
    check_requests,
    load_package,
)

PROFILE = Profile(examples=5, shrink=False)
SECONDS = 40


class _TooLong(BaseException):
    """A check took longer than SECONDS."""


@contextmanager
def _limit() -> Generator[None]:
    def stop(*_: object) -> None:
        raise _TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def sample(package: Package, count: int) -> list[Method]:
    """Operations far from one another, and the same on every run."""
    gets = [method for method in package.methods if method.operation.method == "GET"]
    step = max(1, len(gets) // count)
    others: dict[str, Method] = {}
    for method in package.methods:
        if method.operation.method != "GET":
            others.setdefault(method.operation.method, method)
    return [*gets[::step][:count], *others.values()]


def _answers(package: Package, method: Method) -> None:
    contract = ResponseContract(package, method)
    for answer in contract.answers:
        if answer.has_schema:
            contract.check_sweep(answer)
        else:
            contract.check_plain(answer)


def judge(package: Package, count: int) -> dict[str, Any]:
    """How many findings each check has, and the first of each."""
    checks: tuple[Callable[[Package, Method], None], ...] = (
        lambda package, method: check_requests(package, method, PROFILE),
        lambda package, method: check_awkward_values(Session(package), method),
        check_refusals,
        _answers,
    )
    found: list[Finding] = list(package.judge_table())
    methods = sample(package, count)
    for method in methods:
        for check in checks:
            try:
                with _limit():
                    check(package, method)
            except ContractFailure as failure:
                found += failure.findings
            except _TooLong:
                found.append(Finding(method.operation.name, "engine.timeout", f"done in {SECONDS} s", "no end"))
            except BaseExceptionGroup as several:
                for each in several.exceptions:
                    found += each.findings if isinstance(each, ContractFailure) else [_crash(method, each)]
            except Exception as problem:  # The engine's own faults are counted too.
                found.append(_crash(method, problem))
    counts = Counter(finding.check for finding in found)
    texts: dict[str, list[str]] = {}
    for finding in found:
        if len(shown := texts.setdefault(finding.check, [])) < 4:
            shown.append(str(finding)[:1500])
    return {
        "tried": len(methods),
        "findings": dict(sorted(counts.items())),
        "finding_texts": [text for group in texts.values() for text in group],
    }


def _crash(method: Method, problem: BaseException) -> Finding:
    return Finding(method.operation.name, "engine.crash", "a verdict", f"{type(problem).__name__}: {problem}"[:600])


if __name__ == "__main__":
    loaded = load_package(sys.argv[2], path=sys.argv[1], spec=Path(sys.argv[3]))
    print(json.dumps(judge(loaded, int(sys.argv[4]))))
