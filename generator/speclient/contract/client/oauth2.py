"""OAuth 2.0 client credentials (RFC 6749, section 4.4): how the client requests, keeps and renews its token."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, quote_plus, urljoin

import httpx2

from ..client_call import Outcome, Raised, Returned
from ..findings import Finding
from ..jsontypes import Json, as_object, as_text
from ..operations import security_schemes
from .bench import Bench, ClientSession, Reply, Step, Trial

_ID, _SECRET = "proof id", "pr00f:sécret/+"


def check_oauth2(bench: Bench) -> Iterator[Finding]:
    """A token is requested before the first call, kept until shortly before it expires, and renewed after a 401."""
    scheme = _scheme(bench)
    if scheme is None:
        return
    name, flow = scheme
    base = f"{bench.origin.rstrip('/')}/"
    endpoint = urljoin(base, as_text(flow.get("tokenUrl")))
    for script, calls, tokens, requests in (
        ([bench.fine], 1, 1, ["t1"]),
        ([bench.fine], 2, 1, ["t1", "t1"]),
        ([bench.error_reply(401), bench.fine], 1, 2, ["t1", "t2"]),
        ([bench.error_reply(401)], 1, 2, ["t1", "t2"]),
    ):
        service = _Service(endpoint, script)
        trial = _call(bench, name, service, calls)
        if (service.tokens, service.sent) != (tokens, requests):
            got = f"{service.tokens} token requests, and requests with {service.sent}"
            yield bench.finding("oauth2.token", f"{tokens} token requests, and requests with {requests}", trial, got)
        yield from _token_requests(bench, trial, service, flow)
    for lifetime, wait, tokens in ((100, 60.0, 1), (100, 71.0, 2), (20, 9.0, 1), (20, 11.0, 2), (None, 1e6, 1)):
        service = _Service(endpoint, [bench.fine], lifetime=lifetime)
        trial = _call(bench, name, service, 2, wait=wait)
        if service.tokens != tokens:
            what = f"{tokens} token requests for two calls, {wait:g} s apart, lifetime {lifetime} s"
            yield bench.finding("oauth2.lifetime", what, trial, f"{service.tokens} token requests")
    yield from _failures(bench, name, endpoint)


def _scheme(bench: Bench) -> tuple[str, Mapping[str, Json]] | None:
    """The scheme with client credentials that the operation requires first, and its flow."""
    table = as_object(bench.package.table.get("credentials"))
    for name in next(iter(bench.method.operation.security), ()):
        flows = as_object(security_schemes(bench.package.document).get(name, {}).get("flows"))
        if "client_id" in as_object(table.get(name)) and "clientCredentials" in flows:
            return name, as_object(flows["clientCredentials"])
    return None


class _Service:
    """A service and its token endpoint, whose tokens are t1, t2, ..."""

    def __init__(
        self, endpoint: str, script: Sequence[Step], *, lifetime: int | None = None, token_script: tuple[Step, ...] = ()
    ) -> None:
        self.endpoint, self.script, self.token_script = endpoint, script, token_script
        self.lifetime = lifetime
        self.tokens = 0
        self.sent: list[str] = []
        self.token_requests: list[httpx2.Request] = []

    def respond(self, request: httpx2.Request, _number: int) -> Step:
        """The next response of the service or of its token endpoint."""
        if str(request.url) != self.endpoint:
            self.sent.append(request.headers.get("authorization", "").removeprefix("Bearer "))
            return self.script[min(len(self.sent), len(self.script)) - 1]
        self.token_requests.append(request)
        if len(self.token_requests) <= len(self.token_script):
            return self.token_script[len(self.token_requests) - 1]
        self.tokens += 1
        body: dict[str, Any] = {"access_token": f"t{self.tokens}", "token_type": "bearer"}
        if self.lifetime is not None:
            body["expires_in"] = self.lifetime
        return Reply(200, json.dumps(body).encode(), (("content-type", "application/json"),))


def _call(bench: Bench, scheme: str, service: _Service, calls: int = 1, wait: float = 0.0, **options: Any) -> Trial:
    arguments = as_object(as_object(bench.package.table.get("credentials")).get(scheme))
    clock = bench.clock()

    def action(session: ClientSession) -> Outcome:
        outcome: Outcome = Returned(None)
        for number in range(calls):
            clock.now += wait if number else 0.0
            outcome = session.call(bench.method, bench.arguments)
            if isinstance(outcome, Raised):
                break
        return outcome

    given: dict[str, Any] = {as_text(arguments.get("token")): None, as_text(arguments["client_id"]): _ID,
                             as_text(arguments["client_secret"]): _SECRET}  # fmt: skip
    given.pop("", None)
    settings: dict[str, Any] = {"max_retries": 0, **given, **options}
    return bench.trial(service.respond, action=action, clock=clock, **settings)


def _token_requests(bench: Bench, trial: Trial, service: _Service, flow: Mapping[str, Json]) -> Iterator[Finding]:
    pair = f"{quote_plus(_ID)}:{quote_plus(_SECRET)}".encode()
    expected = f"Basic {base64.b64encode(pair).decode()}"
    for request in service.token_requests:
        form = parse_qs(request.content.decode())
        kind = request.headers.get("content-type", "")
        if (request.method, kind) != ("POST", "application/x-www-form-urlencoded"):
            yield bench.finding("oauth2.request", "POST of a form", trial, f"{request.method} {kind}")
        if request.headers.get("authorization") != expected:
            yield bench.finding("oauth2.request", "client id and secret as HTTP Basic", trial, "another Authorization")
        if request.headers.get("accept") != "application/json":
            yield bench.finding("oauth2.request", "Accept: application/json", trial, str(request.headers.get("accept")))
        if form.get("grant_type") != ["client_credentials"] or form.keys() - {"grant_type", "scope"}:
            yield bench.finding("oauth2.request", "grant_type=client_credentials", trial, str(sorted(form)))
        scopes = set(" ".join(form.get("scope", [])).split())
        if not scopes <= set(as_object(flow.get("scopes"))):
            yield bench.finding("oauth2.request", "documented scopes", trial, str(sorted(scopes)))


def _failures(bench: Bench, scheme: str, endpoint: str) -> Iterator[Finding]:
    def token(content: bytes, status: int = 200) -> Reply:
        return Reply(status, content, (("content-type", "application/json"),))

    for reply in (
        token(b'{"error": "invalid_client"}', 401), token(b"{}"), token(b"[]"), token(b"<html>"), token(b""),
        token(b'{"access_token": 5}'), token(b'{"access_token": ""}'), token(b'{"access_token": "a\\nb"}'),
        token(b'{"access_token": "t"}', 400), token(b'{"access_token": "\xe2\x82\xac"}'),
    ):  # fmt: skip
        service = _Service(endpoint, [bench.fine], token_script=(reply,))
        trial = _call(bench, scheme, service)
        if not bench.is_error(trial, "TokenError") or service.sent:
            yield bench.finding("oauth2.error", f"TokenError for {reply.status} {reply.content!r}", trial)
        elif reply.status == 401 and "invalid_client" not in str(trial.error):
            yield bench.finding("oauth2.error", "a message with the error code", trial)
        elif _SECRET in str(trial.error) or _ID in str(trial.error):
            yield bench.finding("oauth2.error", "a message without the credentials", trial)
    for problem in (token(b"", 503), httpx2.ConnectError("refused"), httpx2.ReadTimeout("late")):
        service = _Service(endpoint, [bench.fine], token_script=(problem,))
        trial = _call(bench, scheme, service, max_retries=1)
        if trial.error is not None or len(service.token_requests) != 2 or [round(wait, 3) for wait in
                                                                           trial.clock.slept] != [0.25]:  # fmt: skip
            yield bench.finding("oauth2.retry", f"a second token request after {problem}", trial)
        service = _Service(endpoint, [bench.fine], token_script=(problem,) * 9)
        trial = _call(bench, scheme, service, max_retries=2)
        if not bench.is_error(trial, "TokenError") or len(service.token_requests) != 3 or service.sent:
            yield bench.finding("oauth2.retry", f"TokenError after three requests with {problem}", trial)
    service = _Service(endpoint, [bench.fine], token_script=(token(b'{"access_token": "t", "expires_in": -5}'),))
    trial = _call(bench, scheme, service, 2)
    if trial.error is not None or service.sent != ["t", "t"]:
        yield bench.finding(
            "oauth2.lifetime", "a token without a lifetime, if it is negative", trial, str(service.sent)
        )
