"""One operation of a service, asked by schemathesis: its answers must be those that the document promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import requests
import schemathesis
from hypothesis import given
from schemathesis import checks
from schemathesis.checks import CheckFunction
from schemathesis.core.failures import Failure
from schemathesis.errors import FailureGroup

from ..credentials import Credential, Credentials
from ..findings import Finding
from ..jsontypes import Json
from ..operations import Operation, ParameterKey
from ..profile import Profile
from ..source import Document
from .curl import curl

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


class Unreachable(ConnectionError):
    """The service does not answer at all."""


class Prober:
    """Sends requests that schemathesis makes from the document, and judges the answers."""

    def __init__(self, document: Document, url: str, credentials: Credentials, timeout: float) -> None:
        config = schemathesis.Config.from_dict(
            {
                # Undeclared parameters and made-up credentials would judge how the service treats strangers.
                "generation": {
                    "allow-extra-parameters": False,
                    "with-security-parameters": False,
                    "mode": "positive",
                },
                "base-url": url,
            }
        )
        raw: dict[str, Any] = deepcopy(document.raw)
        self._schema = schemathesis.openapi.from_dict(raw, config=config)
        self._url, self._credentials, self._timeout = url, credentials, timeout
        self.requests = 0
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
            if self.requests - before < examples and not self._unreachable:
                for finding in self._ask(operation, case):
                    found.setdefault((finding.check, finding.expected), finding)

        before = self.requests
        run()
        if self._unreachable:
            raise Unreachable(self._unreachable)
        return list(found.values())

    def _ask(self, operation: Operation, case: schemathesis.Case[Any]) -> Iterator[Finding]:
        headers, params, cookies = self._places(operation)
        self.requests += 1
        try:
            response = case.call(
                base_url=self._url,
                headers=headers,
                params=params,
                cookies=cookies,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.Timeout:
            expected = f"an answer within {self._timeout:g} seconds"
            yield Finding(operation.name, "service.timeout", expected, "none", self._command(case, headers))
            return
        except requests.RequestException as error:
            if self.requests == 1:
                self._unreachable = str(error).partition("\n")[0]
                return
            expected, got = "an answer", type(error).__name__
            yield Finding(operation.name, "service.connection", expected, got, self._command(case, headers))
            return
        sent = response.request
        command = curl(
            operation.method, str(sent.url), [(k, str(v)) for k, v in sent.headers.items()], self._credentials
        )
        for failure in _failures(case, response):
            expected = failure.title
            got = " ".join(f"[{response.status_code}] {failure.message}".split())
            got = self._credentials.redact(got if len(got) <= 600 else got[:597] + "...")
            yield Finding(operation.name, f"service.{_check_name(failure)}", expected, got, command)

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


def _failures(case: schemathesis.Case[Any], response: schemathesis.Response) -> list[Failure]:
    try:
        case.validate_response(response, checks=list(_CHECKS))
    except FailureGroup as group:
        return list(group.exceptions)
    except Failure as failure:
        return [failure]
    return []


def _check_name(failure: Failure) -> str:
    return failure.checks[0] if failure.checks else type(failure).__name__
