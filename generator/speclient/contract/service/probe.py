"""Requests that schemathesis generates for one operation, with its own checks of the responses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import httpx2
import requests
import schemathesis
from hypothesis import given, seed
from schemathesis import GenerationMode, checks
from schemathesis.checks import CheckFunction
from schemathesis.core.failures import Failure
from schemathesis.errors import FailureGroup

from ..jsontypes import Json
from ..operations import Operation, ParameterKey
from ..profile import Profile
from .conformance import Violation
from .exchange import Exchange, Intent, is_unreachable
from .inspector import Inspector
from .transport import RunEnded, session

# Named one by one: the default set has checks that send the request again, beyond any bound. Bodies are judged by the
# engine alone, with jsonschema-rs: schemathesis keeps one exception per violation, which for 10 MB of wrong numbers
# takes a minute and 7 GB.
_CHECKS: tuple[CheckFunction, ...] = tuple(
    getattr(checks, name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
    )
)
_CHARSETS = re.compile(r"us-ascii|utf-?(8|16|32)([-_]?[lb]e)?|iso-?8859-\d+|latin-?1|windows-125\d", re.IGNORECASE)
_LONGEST_TEXT = 100_000


class Prober:
    """Sends requests that schemathesis makes from the document."""

    def __init__(self, inspector: Inspector) -> None:
        config = schemathesis.Config.from_dict(
            {
                # Undeclared parameters and invented credentials would judge how the service treats strangers.
                "generation": {"allow-extra-parameters": False, "with-security-parameters": False},
                "base-url": inspector.url,
                # Truncated before it is redacted, text could end in a piece of a secret.
                "output": {"truncation": {"enabled": False}},
            }
        )
        raw: dict[str, Any] = _without_files(deepcopy(inspector.document.raw))
        self._schema = schemathesis.openapi.from_dict(raw, config=config)
        self._inspector = inspector

    def probe(
        self, operation: Operation, known: Mapping[ParameterKey, Json], examples: int, intent: Intent = Intent.OPEN
    ) -> None:
        """Send up to `examples` requests.

        Args:
            operation: that is called.
            known: values of path and query parameters that are kept.
            examples: number of requests.
            intent: `OPEN` for valid values, `INVALID` for values of which some break the document.
        """
        generated = self._schema[operation.path][operation.method]
        path = {key.name: value for key, value in known.items() if key.location == "path"}
        query = {key.name: value for key, value in known.items() if key.location == "query"}
        mode = GenerationMode.POSITIVE if intent is Intent.OPEN else GenerationMode.NEGATIVE
        if intent is Intent.INVALID:
            query = {}
        strategy = generated.as_strategy(generation_mode=mode, path_parameters=path or None, query=query or None)
        budget = self._inspector.budget
        before = budget.requests

        @seed(self._inspector.options.seed)
        @Profile(examples=examples, deterministic=False, shrink=False).settings()
        @given(case=strategy)
        def run(case: schemathesis.Case[Any]) -> None:
            # hypothesis may try a few more than it was told to, and would try again whatever raises.
            if budget.requests - before < examples and self._inspector.may_send:
                self._send(operation, case, intent)

        run()

    def _send(self, operation: Operation, case: schemathesis.Case[Any], intent: Intent) -> None:
        inspector = self._inspector
        headers, params, cookies = self._places(operation)
        before = len(inspector.transport.records)
        response: schemathesis.Response | None = None
        problem = ""
        try:
            with session(inspector.transport) as sender:
                response = case.call(
                    base_url=inspector.url,
                    session=sender,
                    headers=headers,
                    params=params,
                    cookies=cookies,
                    allow_redirects=False,
                )
        except RunEnded:
            return
        except httpx2.RequestError as error:
            if is_unreachable(error) and not inspector.budget.responses:
                inspector.unreachable = str(error).partition("\n")[0]
                return
        except (ValueError, requests.RequestException) as error:
            # The response is such that requests or schemathesis cannot take it in.
            problem = f"{type(error).__name__}: {error}"
        records = inspector.transport.records[before:]
        if not records:
            return
        exchange = inspector.examine(operation, intent, records[-1])
        if problem:
            inspector.report(exchange, [Violation("connection", "a response", problem)])
        elif response is not None and intent is Intent.OPEN and operation.method != "HEAD":
            self._judge(exchange, case, response)

    def _judge(self, exchange: Exchange, case: schemathesis.Case[Any], response: schemathesis.Response) -> None:
        """Add what the checks of schemathesis find and the engine's own checks did not."""
        inspector, operation = self._inspector, exchange.operation
        reported = {check for name, check, _ in inspector.findings if name == operation.name}
        chosen = [check for check in _CHECKS if check.__name__ not in reported]
        if 400 <= exchange.status < 500:
            # A value that the service does not know; documents rarely list all refusals.
            chosen = [check for check in chosen if check.__name__ != "status_code_conformance"]
        response.encoding = _safe_charset(response.encoding)
        failures: list[tuple[str, str, str]] = []
        try:
            case.validate_response(response, checks=chosen)
        except FailureGroup as group:
            failures = [_described(failure) for failure in group.exceptions]
        except Failure as failure:
            failures = [_described(failure)]
        except (ValueError, RecursionError, OverflowError, MemoryError) as error:
            # schemathesis expects only syntax errors of JSON: not a number of 5,000 digits, nor arrays 10,000 deep.
            failures = [("response", "a response that can be checked", f"{type(error).__name__}: {error}")]
        for check, expected, message in failures:
            if check not in reported:
                # The ellipsis shows the redaction that text was cut there.
                text = f"[{exchange.status}] {message}"[:_LONGEST_TEXT] + "..." * (len(message) > _LONGEST_TEXT)
                inspector.report(exchange, [Violation(check, expected, text)])

    def _places(self, operation: Operation) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        places: dict[str, dict[str, str]] = {"header": {}, "query": {}, "cookie": {}}
        for each in self._inspector.credentials_for(operation):
            places[each.place.location][each.place.name] = each.value
        return places["header"], places["query"], places["cookie"]


def _described(failure: Failure) -> tuple[str, str, str]:
    return failure.checks[0] if failure.checks else type(failure).__name__, failure.title, failure.message


def _safe_charset(charset: str | None) -> str | None:
    """The charset if text comes in it. Python has more codecs, of which some take quadratic time."""
    return charset if charset is not None and _CHARSETS.fullmatch(charset) else None


def _without_files(value: Any) -> Any:
    """`value` without references into other files, which schemathesis would read or fetch."""
    if isinstance(value, list):
        return [_without_files(each) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(reference := value.get("$ref"), str) and not reference.startswith("#"):
        return {}
    return {key: _without_files(each) for key, each in value.items()}


def refers_to_files(value: Json) -> bool:
    """Whether a document refers to other files, which are not read."""
    return bool(_without_files(value) != value)
