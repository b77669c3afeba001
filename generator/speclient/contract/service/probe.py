"""One operation of a service, asked by schemathesis: its answers must be those that the document promises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import httpx2
import requests
import schemathesis
from hypothesis import given
from schemathesis import checks
from schemathesis.checks import CheckFunction
from schemathesis.core.failures import Failure
from schemathesis.errors import FailureGroup

from ..credentials import Credential, Credentials
from ..findings import Finding
from ..jsontypes import Json, as_json
from ..operations import Operation, ParameterKey
from ..profile import Profile
from ..redaction import shortened
from ..responses import ResponseSpace
from ..source import Document
from .curl import curl
from .transport import ResponseTooLarge, RunEnded, Transport, session

# Named one by one: the default set holds checks that send the request again, beyond any bound.
_CHECKS: tuple[CheckFunction, ...] = tuple(
    getattr(checks, name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
)


_SCHEMA_CHECK: CheckFunction = checks.response_schema_conformance
_LARGE = 2**17
"""Size of a body from which the engine checks the schema itself: schemathesis keeps one exception per violation, which
for 10 MB of wrong numbers takes a minute and 7 GB."""
_CHARSETS = re.compile(r"us-ascii|utf-?(8|16|32)([-_]?[lb]e)?|iso-?8859-\d+|latin-?1|windows-125\d", re.IGNORECASE)

_LONGEST_TEXT = 100_000


class Unreachable(ConnectionError):
    """The service does not answer at all."""


class Prober:
    """Sends requests that schemathesis makes from the document, and judges the answers."""

    def __init__(self, document: Document, url: str, credentials: Credentials, transport: Transport) -> None:
        config = schemathesis.Config.from_dict(
            {
                # Undeclared parameters and made-up credentials would judge how the service treats strangers.
                "generation": {
                    "allow-extra-parameters": False,
                    "with-security-parameters": False,
                    "mode": "positive",
                },
                "base-url": url,
                # Truncated before it is redacted, text could end in a piece of a secret.
                "output": {"truncation": {"enabled": False}},
            }
        )
        raw: dict[str, Any] = _without_files(deepcopy(document.raw))
        self._schema = schemathesis.openapi.from_dict(raw, config=config)
        self._url, self._credentials, self._transport = url, credentials, transport
        self._budget = transport.budget
        self._unreachable = ""

    def probe(self, operation: Operation, fixed: Mapping[ParameterKey, Json], examples: int) -> list[Finding]:
        """Up to `examples` requests; each kind of finding is reported once."""
        found: dict[tuple[str, str], Finding] = {}
        generated = self._schema[operation.path][operation.method]
        path = {key.name: value for key, value in fixed.items() if key.location == "path"}
        query = {key.name: value for key, value in fixed.items() if key.location == "query"}
        strategy = generated.as_strategy(path_parameters=path or None, query=query or None)

        @Profile(examples=examples, shrink=False).settings()
        @given(case=strategy)
        def run(case: schemathesis.Case[Any]) -> None:
            # hypothesis may try a few more than it was told to, and would try again whatever raises.
            if self._budget.requests - before < examples and not (self._unreachable or self._budget.spent()):
                for finding in self._ask(operation, case):
                    found.setdefault((finding.check, finding.expected), finding)

        before = self._budget.requests
        run()
        if self._unreachable:
            raise Unreachable(self._unreachable)
        return list(found.values())

    def _ask(self, operation: Operation, case: schemathesis.Case[Any]) -> Iterator[Finding]:
        headers, params, cookies = self._places(operation)
        try:
            with session(self._transport) as sender:
                response = case.call(
                    base_url=self._url,
                    session=sender,
                    headers=headers,
                    params=params,
                    cookies=cookies,
                    allow_redirects=False,
                )
        except RunEnded:
            return
        except httpx2.RequestError as error:
            if self._budget.ended:
                return
            unreachable = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError)
            if unreachable and not self._budget.responses:
                self._unreachable = str(error).partition("\n")[0]
                return
            yield self._broken(operation, error, self._command(case, headers))
            return
        except (ValueError, requests.RequestException) as error:
            # The response is such that requests or schemathesis cannot take it in.
            got = shortened(self._credentials.redact(f"{type(error).__name__}: {error}"), 600)
            yield Finding(operation.name, "service.connection", "a response", got, self._command(case, headers))
            return
        sent = response.request
        command = curl(
            operation.method, str(sent.url), [(k, str(v)) for k, v in sent.headers.items()], self._credentials
        )
        response.encoding = _safe_charset(response.encoding)
        for check, expected, message in self._failures(operation, case, response):
            # The ellipsis tells the redaction that text was cut there.
            text = f"[{response.status_code}] {message}"[:_LONGEST_TEXT] + "..." * (len(message) > _LONGEST_TEXT)
            got = " ".join(self._credentials.redact(text).split())
            yield Finding(operation.name, f"service.{check}", expected, shortened(got, 600), command)

    def _failures(
        self, operation: Operation, case: schemathesis.Case[Any], response: schemathesis.Response
    ) -> list[tuple[str, str, str]]:
        """Check, expectation and message of each failed check."""
        chosen, found = list(_CHECKS), list[tuple[str, str, str]]()
        try:
            if len(response.content) > _LARGE:
                chosen.remove(_SCHEMA_CHECK)
                if why := _schema_violation(operation, response):
                    found.append(("response_schema_conformance", "Response violates schema", why))
            case.validate_response(response, checks=chosen)
        except FailureGroup as group:
            found += [_described(failure) for failure in group.exceptions]
        except Failure as failure:
            found.append(_described(failure))
        except (ValueError, RecursionError, OverflowError, MemoryError) as error:
            # schemathesis expects only syntax errors of JSON: not a number of 5,000 digits, nor arrays 10,000 deep.
            found.append(("response", "a response that can be checked", f"{type(error).__name__}: {error}"))
        return found

    def _broken(self, operation: Operation, error: httpx2.RequestError, command: str) -> Finding:
        limits = self._budget.limits
        got = shortened(self._credentials.redact(f"{type(error).__name__}: {error}"), 600)
        if isinstance(error, httpx2.TimeoutException):
            check, expected = "timeout", f"a complete response within {limits.timeout:g} seconds"
        elif isinstance(error, ResponseTooLarge):
            check, expected = "size", f"a response of at most {limits.response_bytes} bytes"
        else:
            check, expected = "connection", "a response"
        return Finding(operation.name, f"service.{check}", expected, got, command)

    def _command(self, case: schemathesis.Case[Any], headers: dict[str, str]) -> str:
        url = case.operation.schema.build_request_url(case, self._url)
        return curl(case.method, url, headers.items(), self._credentials)

    def _places(self, operation: Operation) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        places: dict[str, dict[str, str]] = {"header": {}, "query": {}, "cookie": {}}
        for each in credentials_for(operation, self._credentials):
            places[each.place.location][each.place.name] = each.value
        return places["header"], places["query"], places["cookie"]


def credentials_for(operation: Operation, credentials: Credentials) -> tuple[Credential, ...]:
    """The credentials of the first requirement of the operation that can be met in full."""
    for requirement in operation.security:
        found = [credentials.of(scheme) for scheme in requirement]
        if all(found):
            return tuple(each for each in found if each is not None)
    return ()


def _described(failure: Failure) -> tuple[str, str, str]:
    return failure.checks[0] if failure.checks else type(failure).__name__, failure.title, failure.message


def _schema_violation(operation: Operation, response: schemathesis.Response) -> str:
    """The first rule that the body breaks; empty if it breaks none, or if the document describes no JSON for it."""
    status = str(response.status_code)
    documented = operation.responses
    key = next((each for each in (status, f"{status[0]}XX", f"{status[0]}xx", "default") if each in documented), None)
    space = ResponseSpace(operation.document, (operation,))
    judges = [space.judge(answer) for answer in space.responses if answer.key == key and answer.has_schema]
    if not judges:
        return ""
    body = as_json(json.loads(response.content))
    return "" if any(judge.is_valid(body) for judge in judges) else judges[0].why(body)


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
