"""`python -m corpus.contracts PROJECT PACKAGE SPEC COUNT`: the contract tests on a few operations, print JSON.

COUNT operations of GET, spread over the document, and one of each other method; both directions. The document is made
to say what every package takes for granted (`prepared`), or each such place would be a finding of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from hypothesis.errors import Unsatisfiable

from corpus.untyped import is_untyped
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
from speclient.contract.jsontypes import is_json_type

SERVER = "https://service.test"
PROFILE = Profile(examples=5, shrink=False)
SECONDS = 40


class _TooLong(BaseException):
    """A check took longer than SECONDS."""


class _Limit:
    """Ends a block after SECONDS. The engine catches all that a call raises, so that `over` is the word to trust."""

    def __init__(self) -> None:
        self.over = False

    def _stop(self, *_: object) -> None:
        self.over = True
        raise _TooLong

    def __enter__(self) -> Self:
        signal.signal(signal.SIGALRM, self._stop)
        signal.setitimer(signal.ITIMER_REAL, SECONDS, 2)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)


def prepared(document: dict[str, Any]) -> dict[str, Any]:
    """The document with one absolute server, one media type a body, and the types that its schemas leave unsaid.

    A schema with `properties` and no `type` allows any text by the letter. Packages take it for an object, and
    report.json lists each. `nullable` without `type`, beside `$ref`, or in a document of 3.1 allows no null by
    the letter; packages take it as meant. The engine calls a method without `content_type`.
    """
    typed: dict[str, Any] = {
        name: _typed(value, not str(document.get("openapi")).startswith("3.0"))
        if name in ("paths", "components")
        else value
        for name, value in document.items()
    }
    shared: dict[str, Any] = typed.get("components", {}).get("requestBodies", {})
    items = [item for item in typed["paths"].values() if isinstance(item, dict)]
    operations = [each for item in items for each in item.values() if isinstance(each, dict)]
    for body in (*shared.values(), *(each.get("requestBody", {}) for each in operations)):
        if content := body.get("content"):
            usual = next((name for name in sorted(content, key=_is_range) if is_json_type(name)), next(iter(content)))
            media = content[usual]
            if (
                "$ref" not in media.get("schema", {})
                and is_untyped((media.get("schema", {}),))
                and not is_json_type(usual)
            ):
                media = {**media, "schema": {"type": "string"}}
            body["content"] = {usual: media}
    return {**typed, "servers": [{"url": SERVER}]}


def _is_range(media: str) -> bool:
    return "*" in media


def _typed(value: Any, newer: bool) -> Any:
    if isinstance(value, list):
        return [_typed(each, newer) for each in value]
    if not isinstance(value, dict):
        return value
    result = {
        key: each if key in ("example", "examples", "enum") else _typed(each, newer) for key, each in value.items()
    }
    wraps = newer or "$ref" in value or ("type" not in value and value.keys() & {"allOf", "anyOf", "oneOf"})
    if value.get("nullable") is True and wraps:
        inner = {key: each for key, each in result.items() if key != "nullable"}
        return {"anyOf": [inner, {"enum": [None]}]}
    if "type" not in value and "in" not in value:
        if isinstance(value.get("properties"), dict) and value["properties"]:
            result["type"] = "object"
        elif isinstance(value.get("items"), dict) and value["items"]:
            result["type"] = "array"
    return result


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
    if method.operation.method == "HEAD":  # Its answers never have a body, whatever the document says.
        return
    contract = ResponseContract(package, method)
    for answer in contract.responses:
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
    methods, unfinished = sample(package, count), 0
    for method in methods:
        for check in checks:
            limit = _Limit()
            try:
                with limit:
                    check(package, method)
            except BaseException as problem:
                if not limit.over:
                    found += _findings(method, problem)
            unfinished += limit.over
    counts = Counter(finding.check for finding in found)
    texts: dict[str, list[str]] = {}
    for finding in found:
        if len(shown := texts.setdefault(finding.check, [])) < 4:
            shown.append(str(finding)[:1500])
    return {
        "tried": len(methods),
        "unfinished": unfinished,
        "findings": dict(sorted(counts.items())),
        "finding_texts": [text for group in texts.values() for text in group],
    }


def _findings(method: Method, problem: BaseException) -> list[Finding]:
    """What a check found; the engine's own faults are findings too."""
    if isinstance(problem, ContractFailure):
        return list(problem.findings)
    if isinstance(problem, BaseExceptionGroup):
        return [finding for each in problem.exceptions for finding in _findings(method, each)]
    if isinstance(problem, KeyboardInterrupt):
        raise problem
    if isinstance(problem, Unsatisfiable):
        return []  # By the letter of the document nothing can be sent or come.
    return [_crash(method, problem)]


def _crash(method: Method, problem: BaseException) -> Finding:
    return Finding(method.operation.name, "engine.crash", "a verdict", f"{type(problem).__name__}: {problem}"[:600])


def main(project: str, name: str, spec: str, count: str) -> dict[str, Any]:
    """The figures of one package."""
    document = prepared(json.loads(Path(spec).read_bytes()))
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as copy:
        json.dump(document, copy)
        copy.flush()
        package = load_package(name, path=project, spec=copy.name)
    os.environ[f"{package.table['environment']}_BASE_URL"] = SERVER
    return judge(package, int(count))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
