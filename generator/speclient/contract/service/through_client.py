"""One operation of a service, called through its generated client.

The package and the service must get along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx2

from ..arguments import Arguments
from ..client_call import Raised, Returned, invoke, reproduction
from ..credentials import Credentials
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..jsontypes import Json
from ..operations import ParameterKey
from ..oracle import Call, WireRequest, judge_request
from ..package import Method, Package
from ..redaction import shortened
from ..request_side import smallest_arguments
from ..responses import documented_responses
from ..secrecy import judge_secrecy
from .curl import curl
from .transport import Transport

# What a call may end in, as the finding that it is. A documented error status is none: it is an answer too.
_FINDINGS = (
    ("UndecodableResponseError", "an answer in a documented media type"),
    ("InvalidResponseError", "an answer that fits its schema"),
    ("UnexpectedStatusError", "a documented status"),
    ("APITimeoutError", "an answer in time"),
    ("APIConnectionError", "an answer"),
)


@dataclass
class ClientProbe:
    """Calls the methods of a package on one service, and counts the requests."""

    package: Package
    url: str
    credentials: Credentials
    transport: Transport

    def call(self, method: Method, fixed: Mapping[ParameterKey, Json], budget: int) -> Iterator[Finding]:
        """Call the method once for each documented choice of schema, at most `budget` times."""
        least = smallest_arguments(method)
        choices = {
            tuple(answer.chosen.items()): answer.chosen
            for answer in documented_responses(method.operation)
            if answer.is_success
        }
        for chosen in list(choices.values() or [{}])[:budget]:
            values: dict[ParameterKey, Json] = {**least.values, **chosen, **fixed}
            found = list(self._judge(method, Arguments(values, least.body, least.body_type)))
            if self.transport.budget.ended:
                # The limits of the run, not the service, decided how the call ended.
                return
            yield from found

    def _judge(self, method: Method, arguments: Arguments) -> Iterator[Finding]:
        exchanges: list[httpx2.Response] = []

        def keep(response: httpx2.Response) -> None:
            response.read()
            exchanges.append(response)

        accepted = self.package.accepted(self.credentials)
        # Environment proxies are up to the transport.
        hooks = {"response": [keep]}
        with httpx2.Client(transport=self.transport, trust_env=False, event_hooks=hooks) as http:
            timeout = self.transport.budget.limits.timeout
            client = self.package.client(accepted, base_url=self.url, http_client=http, timeout=timeout)
            outcome = invoke(self.package, client, method, arguments)
        where, how = method.operation.name, reproduction(method, arguments)
        for response in exchanges:
            wire = WireRequest.from_httpx2(response.request)
            how = curl(wire.method, f"{wire.origin}{wire.target}", wire.headers, self.credentials)
            for each in judge_request(wire, Call(method.operation, self.url, arguments.values, accepted)):
                yield Finding(where, each.check, each.expected, each.got, how)
        if isinstance(outcome, Returned):
            if exchanges and (difference := self._difference(exchanges[-1].content, outcome.value)):
                yield Finding(where, "client.altered", "a result that dumps to the same JSON", difference, how)
            return
        yield from judge_secrecy(where, outcome, self.credentials)
        yield from self._judge_error(where, outcome, how)

    def _difference(self, content: bytes, result: object) -> str | None:
        try:
            body = parse_lossless(content)
        except (ValueError, RecursionError):
            # Not JSON: whether that is right, the content type says, which schemathesis checks.
            return None
        return first_difference(body, self.package.to_jsonable(result))

    def _judge_error(self, where: str, outcome: Raised, how: str) -> Iterator[Finding]:
        error = outcome.error
        got = shortened(self.credentials.redact(f"{type(error).__name__}: {error}"), 600)
        for name, expected in _FINDINGS:
            if isinstance(error, self.package.error(name)):
                yield Finding(where, f"client.{name}", expected, got, how)
                return
        if not isinstance(error, self.package.error("StatusError")):
            yield Finding(where, "client.error", "a result or a documented error", got, how)
        elif (reason := getattr(error, "body_error", None)) is not None:
            shown = shortened(self.credentials.redact(f"{type(reason).__name__}: {reason}"), 600)
            yield Finding(where, "client.body_error", "an error body that fits its schema", shown, how)
