"""Requests that a service must refuse: without valid credentials, with invalid values, with unknown methods."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..arguments import ArgumentSpace
from ..credentials import Credential
from ..jsontypes import Json
from ..operations import METHODS, Operation, Parameter, ParameterKey
from ..operations import operations as all_operations
from ..source import Document
from .conformance import Violation, readings
from .exchange import Intent
from .inspector import Inspector
from .reach import Reach
from .shapes import enum_values, first, types
from .values import invented

_WRONG = "speclient-wrong-credentials"
_UNKNOWN_METHOD = "SPECLIENT"


def check_credentials(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """Missing and wrong credentials, and those of another scheme, must be refused."""
    if not operation.security or () in operation.security:
        return
    used = inspector.credentials_for(operation)
    values = reach.fixed(operation)
    if operation.name not in reach.known and not used:
        return
    attempts: list[tuple[str, list[Credential]]] = [("no credentials", [])]
    if not inspector.options.any_credentials:
        attempts += [(name, [replace(each, value=value) for each in used]) for name, value in _wrong(used)]
    elif used:
        inspector.matrix.check_notes[operation.name, "ignored_auth"] = "any credentials are accepted by design"
    for name, wrong in attempts:
        exchange = inspector.send(operation, values, Intent.UNAUTHORIZED, credentials=wrong)
        if exchange is None:
            return
        if exchange.is_success and name != "no credentials" and _is_mock(inspector):
            inspector.matrix.check_notes[operation.name, "ignored_auth"] = "a mock accepts any credentials"
            continue
        violations: list[Violation] = []
        if exchange.is_success:
            violations.append(Violation("ignored_auth", f"401 or 403 for {name}", f"{exchange.status}", key=name))
        inspector.record(exchange, "ignored_auth", violations)


def _is_mock(inspector: Inspector) -> bool:
    """Whether a response had a header of a mock, `X-Mock-...`."""
    responses = (exchange.record.response for exchange in inspector.exchanges)
    return any(name.startswith("x-mock-") for response in responses if response for name in response.headers)


def _wrong(used: Sequence[Credential]) -> Iterator[tuple[str, str]]:
    if not used:
        return
    scheme = used[0].value.partition(" ")[0] if used[0].place.name.lower() == "authorization" else ""
    pair = base64.b64encode(f"{_WRONG}:{_WRONG}".encode()).decode()
    if scheme == "Bearer":
        yield "a wrong token", f"Bearer {_WRONG}"
        yield "credentials of another scheme", f"Basic {pair}"
    elif scheme == "Basic":
        yield "a wrong user and password", f"Basic {pair}"
        yield "credentials of another scheme", f"Bearer {_WRONG}"
    else:
        yield "a wrong key", _WRONG


def check_unknown_ids(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """An id that does not exist must lead to 404, where the document has that status."""
    parameters = [each for each in operation.parameters if each.key.location == "path"]
    if operation.name not in reach.known or not parameters:
        return
    value = invented(operation, parameters[-1])
    if value is None:
        return
    values = {**reach.known[operation.name], parameters[-1].key: value}
    exchange = inspector.send(operation, values, Intent.OPEN)
    if exchange is None or "404" not in operation.responses:
        return
    violations: list[Violation] = []
    if exchange.is_success:
        expected = f"404 for an unknown {parameters[-1].key.name}"
        violations.append(Violation("unknown_id", expected, f"{exchange.status} for {value!r}", weakness=True))
    inspector.record(exchange, "unknown_id", violations, values)


def check_rejection(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """Values that break the schema of a parameter must be refused."""
    if operation.name not in reach.known:
        return
    known = reach.known[operation.name]
    for description, values in invalid_requests(operation, known):
        exchange = inspector.send(operation, values, Intent.INVALID)
        if exchange is None:
            return
        violations: list[Violation] = []
        if exchange.is_success:
            violations.append(
                Violation(
                    "negative_data_rejection",
                    f"a status 4xx for {description}",
                    f"{exchange.status}",
                    weakness=True,
                    key=description,
                )
            )
        inspector.record(exchange, "negative_data_rejection", violations)


def invalid_requests(
    operation: Operation, known: Mapping[ParameterKey, Json]
) -> Iterator[tuple[str, dict[ParameterKey, Json]]]:
    """Descriptions and arguments of requests with one invalid or missing value each."""
    for parameter in operation.parameters:
        location = parameter.key.location
        if location not in ("path", "query"):
            continue
        for kind, value in invalid_values(operation.document, parameter, ArgumentSpace(operation)):
            yield f"{kind} as {parameter.key}", {**known, parameter.key: value}
        if parameter.required and location == "query":
            yield f"a missing {parameter.key}", {key: value for key, value in known.items() if key != parameter.key}


def invalid_values(document: Document, parameter: Parameter, space: ArgumentSpace) -> Iterator[tuple[str, Json]]:
    """Kinds of invalid values with a text for each, as it is sent."""
    if parameter.media_type is not None:
        return
    schemas, declared = [parameter.schema], types(document, [parameter.schema])
    candidates: list[tuple[str, Json]] = []
    if enum_values(document, schemas):
        candidates.append(("an unknown value", "no-such-value"))
    if declared & {"integer", "number"}:
        candidates.append(("text in place of a number", "not-a-number"))
        maximum, minimum = first(document, schemas, "maximum"), first(document, schemas, "minimum")
        if isinstance(maximum, int):
            candidates.append(("a number above the maximum", maximum + 1))
        if isinstance(minimum, int):
            candidates.append(("a number below the minimum", minimum - 1))
    if "boolean" in declared:
        candidates.append(("text in place of a boolean", "not-a-boolean"))
    if isinstance(first(document, schemas, "format"), str) or isinstance(first(document, schemas, "pattern"), str):
        candidates.append(("text of another format", "not!valid"))
    longest = first(document, schemas, "maxLength")
    if isinstance(longest, int) and longest < 500:
        candidates.append(("a text that is too long", "x" * (longest + 1)))
    judge = space.judge(parameter)
    for kind, value in candidates:
        # The text may be valid after all: as another type, or as an element of an array.
        if not any(judge.is_valid(each) for each in readings(str(value))):
            yield kind, value


def check_methods(inspector: Inspector, reach: Reach, operations: Sequence[Operation]) -> None:
    """Methods that the document does not have must be refused."""
    seen: set[str] = set()
    for operation in operations:
        if operation.path in seen or operation.name not in reach.known:
            continue
        seen.add(operation.path)
        documented = {each.method for each in all_operations(inspector.document) if each.path == operation.path}
        methods = [_UNKNOWN_METHOD]
        if inspector.options.unsafe_methods:
            methods += [name.upper() for name in METHODS if name in ("put", "patch", "post", "delete")]
        for method in methods:
            if method in documented:
                continue
            exchange = inspector.send(operation, reach.known[operation.name], Intent.METHOD, method=method)
            if exchange is None:
                return
            violations: list[Violation] = []
            if exchange.is_success:
                violations.append(
                    Violation(
                        "unsupported_method",
                        f"405 for the method {method}, which is not documented",
                        f"{exchange.status}",
                        weakness=True,
                        key=method,
                    )
                )
            inspector.record(exchange, "unsupported_method", violations)
