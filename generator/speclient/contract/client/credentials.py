"""Credentials: the environment, functions, renewal after 401, redirects."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from ..client_call import Raised
from ..credentials import Credentials, credential
from ..findings import Finding
from ..operations import security_schemes, servers
from .bench import Bench, ClientSession, Reply, Trial


@contextmanager
def environment(values: Mapping[str, str], names: Iterator[str]) -> Generator[None]:
    """Environment variables while a block runs: none of `names` except `values`."""
    before = dict(os.environ)
    for name in names:
        os.environ.pop(name, None)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _variables(bench: Bench) -> dict[str, str]:
    """Argument of the constructor -> environment variable."""
    table = bench.package.table.get("variables")
    return {name: str(value) for name, value in table.items() if value} if isinstance(table, dict) else {}


def _secured(bench: Bench) -> bool:
    security = bench.method.operation.security
    return bool(security) and all(security)


def check_environment(bench: Bench) -> Iterator[Finding]:
    """The environment provides what no argument provides; an empty value counts as missing."""
    variables = _variables(bench)
    renamed = _renewed(bench, "env")
    arguments = {name: value for each in renamed.each for name, value in _constructor(bench, each).items()}
    values = {variables[name]: value for name, value in arguments.items() if name in variables}
    with environment(values, iter(variables.values())):
        trial = _bare(bench, Credentials(()))
        if values and len(values) == len(arguments):
            yield from _judged(bench, trial, renamed, "credentials of the environment")
        other = _renewed(bench, "arg")
        trial = _bare(bench, other)
        yield from _judged(bench, trial, other, "credentials of the arguments before those of the environment")
    with environment(dict.fromkeys(values, ""), iter(variables.values())):
        trial = _bare(bench, Credentials(()))
        if _secured(bench) and arguments and (not bench.is_error(trial, "MissingCredentialsError") or trial.requests):
            yield bench.finding("environment.missing", "MissingCredentialsError, and no request", trial)
    if bench.origin in servers(bench.package.document) and (variable := variables.get("base_url")):
        for argument, expected in ((None, "https://env.test/base"), ("https://arg.test/x", "https://arg.test/x")):
            with environment({variable: "https://env.test/base/"}, iter(variables.values())):
                trial = bench.trial([bench.fine], base_url=argument)
            if not trial.sent or not str(trial.sent[0].url).startswith(f"{expected}/"):
                got = str(trial.sent[0].url) if trial.sent else str(trial.outcome)
                yield bench.finding("environment.base_url", f"a request to {expected}", trial, got)
    for name in variables.keys() - arguments.keys() - {"base_url"}:
        yield from _server_variable(bench, name, variables[name])


def _server_variable(bench: Bench, name: str, variable: str) -> Iterator[Finding]:
    """A server variable of the environment has the effect of the argument."""
    urls: list[str] = []
    for values, options in (({}, {name: "proof-value"}), ({variable: "proof-value"}, {})):
        with environment(values, iter(_variables(bench).values())):
            try:
                trial = bench.trial([bench.fine], **_any(options))
            except bench.package.error("RequestError") as error:
                urls.append(type(error).__name__)  # The document lists the possible values.
            else:
                urls.append(str(trial.sent[0].url) if trial.sent else type(trial.error).__name__)
    if urls[0] != urls[1]:
        expected = f"{variable} as the argument {name}: {urls[0]}"
        yield Finding(bench.name, "environment.server", expected, urls[1], str(bench.kind))


def _any(options: Mapping[str, Any]) -> dict[str, Any]:
    return dict(options)


def _constructor(bench: Bench, each: Any) -> dict[str, str]:
    return bench.package.parts(each)


def _renewed(bench: Bench, suffix: str) -> Credentials:
    """Other secrets of the same schemes."""
    schemes = security_schemes(bench.package.document)
    session = ClientSession(bench.package, kind=bench.kind, runner=bench.runner)
    return Credentials(tuple(
        credential(each.scheme, schemes[each.scheme], {part: f"{suffix}-{value}" for part, value in each.parts.items()})
        for each in session.credentials.each
    ))  # fmt: skip


def _bare(bench: Bench, credentials: Credentials) -> Trial:
    """A call whose client gets only these credentials."""
    blank = {name: None for each in _renewed(bench, "x").each for name in _constructor(bench, each)}
    given = {name: value for each in credentials.each for name, value in _constructor(bench, each).items()}
    return bench.trial([bench.fine], **_any({**blank, **given}))


def _judged(bench: Bench, trial: Trial, credentials: Credentials, what: str) -> Iterator[Finding]:
    if len(trial.requests) != 1:
        yield bench.finding("environment.credentials", what, trial)
        return
    for each in bench.judged(trial, bench.arguments, bench.package.accepted(credentials)):
        if "secur" in each.check or "credential" in each.check or "auth" in each.check or "header" in each.check:
            yield bench.finding("environment.credentials", f"{what}: {each.expected}", trial, each.got)


def check_tokens(bench: Bench) -> Iterator[Finding]:
    """A credential function is called when needed: first, on expiry, and once after a 401."""
    schemes = security_schemes(bench.package.document)
    bearers = [each for each in _renewed(bench, "t").each if each.value.startswith("Bearer ")]
    required = set(next(iter(bench.method.operation.security), ()))
    if not bearers or bearers[0].scheme not in required or not schemes:
        yield from _static(bench)
        return
    argument = next(iter(_constructor(bench, bearers[0])))
    refused = bench.error_reply(401)
    for script, expected, calls in (
        ([bench.fine], ["t1"], 1),
        ([refused, bench.fine], ["t1", "t2"], 2),
        ([refused], ["t1", "t2"], 2),
    ):
        for coroutine in (False, True)[: 2 if bench.kind.asynchronous else 1]:
            source = _Tokens(coroutine=coroutine)
            trial = bench.trial(script, max_retries=0, **{argument: source.function})
            got = [header.removeprefix("Bearer ") for request in trial.requests
                   for header in request.header("authorization")]  # fmt: skip
            if got != expected or source.calls != calls:
                how = f"{got}, {source.calls} calls of the function"
                yield bench.finding("token.renewal", f"requests with {expected}", trial, how)
            elif len(script) == 1 and script[0] is refused and not bench.is_error(trial, "UnauthorizedError"):
                yield bench.finding("token.refused", "UnauthorizedError after one renewal", trial)
            elif script[-1] is bench.fine and trial.error is not None:
                yield bench.finding("token.renewal", "a result", trial)
    yield from _lifetime(bench, argument)
    if not bench.kind.asynchronous:
        trial = bench.trial([bench.fine], **{argument: _Tokens(coroutine=True).function})
        if not bench.is_error(trial, "TokenError") or trial.requests:
            yield bench.finding("token.coroutine", "TokenError for a coroutine function", trial)
    for value in ("", None, 5, "a\nb", " a", "a\u20ac"):
        trial = bench.trial([bench.fine], **_any({argument: lambda value=value: value}))
        if not bench.is_error(trial, "TokenError") or trial.requests:
            yield bench.finding("token.invalid", f"TokenError for a function that returns {value!r}", trial)
    yield from _static(bench)


def _lifetime(bench: Bench, argument: str) -> Iterator[Finding]:
    """A token is kept until shortly before it expires."""
    kind = getattr(bench.package.module, "Token", None)
    if kind is None:
        return
    for lifetime, wait, expected in ((100, 60.0, 1), (100, 71.0, 2), (20, 9.0, 1), (20, 11.0, 2), (None, 1e6, 1)):
        source = _Tokens(kind=kind, lifetime=lifetime)
        clock = bench.clock()

        def action(session: ClientSession, clock: Any = clock, wait: float = wait) -> Any:
            first = session.call(bench.method, bench.arguments)
            clock.now += wait
            return first if isinstance(first, Raised) else session.call(bench.method, bench.arguments)

        trial = bench.trial([bench.fine], action=action, clock=clock, **{argument: source.function})
        if source.calls != expected or len(trial.requests) != 2:
            what = f"{expected} calls of the function: two requests, {wait:g} s apart, lifetime {lifetime} s"
            yield bench.finding("token.lifetime", what, trial, f"{source.calls} calls")


def _static(bench: Bench) -> Iterator[Finding]:
    """A credential that is a string can't be renewed."""
    trial = bench.trial([bench.error_reply(401), bench.fine], max_retries=3)
    if len(trial.requests) != 1 or not bench.is_error(trial, "UnauthorizedError"):
        yield bench.finding("token.static", "UnauthorizedError after one request", trial)


class _Tokens:
    """A credential function that counts its calls."""

    def __init__(self, *, coroutine: bool = False, kind: Any = None, lifetime: float | None = None) -> None:
        self.calls = 0
        self._kind, self._lifetime = kind, lifetime
        self.function: Any = self._asynchronous if coroutine else self._next

    def _next(self) -> Any:
        self.calls += 1
        text = f"t{self.calls}"
        return text if self._kind is None else self._kind(text, self._lifetime)

    async def _asynchronous(self) -> Any:
        return self._next()


def check_redirects(bench: Bench) -> Iterator[Finding]:
    """Redirects are followed within an origin only, and never with credentials to another."""
    plain = bench.trial([bench.fine])
    if not plain.sent:
        return
    base = urlsplit(str(plain.sent[0].url))
    safe = bench.method.operation.method in ("GET", "HEAD")
    documented = bench.method.operation.responses
    elsewhere = (
        "https://elsewhere.test/x", "//elsewhere.test/x", f"{base.scheme}://{base.hostname}:8444/x", "ftp://x/y",
        f"http://{base.hostname}/x", f"{base.scheme}://{base.netloc}@elsewhere.test/x", "https://[",
    )  # fmt: skip
    for status in (301, 302, 303, 307, 308):
        if str(status) in documented or "3XX" in documented or "default" in documented:
            continue
        keeps = status in (307, 308)
        port = {"https": 443, "http": 80}.get(base.scheme, 0)
        with_port = f"{base.scheme}://{base.hostname}:{base.port or port}/moved?a=1"
        for target in ("/moved?a=1", f"{base.scheme}://{base.netloc}/moved?a=1", with_port):
            reply = Reply(status, headers=(("Location", target),))
            trial = bench.trial([reply, bench.fine], max_retries=0)
            followed = safe or keeps
            if len(trial.requests) != 1 + followed or (followed and trial.error is not None):
                yield bench.finding("redirect.within", f"{1 + followed} requests", trial)
            elif followed:
                yield from _followed(bench, trial)
        for target in elsewhere:
            if target.startswith("http://") and (base.scheme != "https" or safe or keeps):
                continue
            trial = bench.trial([Reply(status, headers=(("Location", target),)), bench.fine], max_retries=3)
            if len(trial.requests) != 1 or not bench.is_error(trial, "StatusError"):
                yield bench.finding("redirect.across", "no request to another origin", trial)
        if keeps or safe:
            # https is kept if a service behind TLS names http.
            reply = Reply(status, headers=(("Location", f"http://{base.hostname}/moved"),))
            trial = bench.trial([reply, bench.fine], max_retries=0)
            if any(request.url.scheme != base.scheme for request in trial.sent):
                yield bench.finding("redirect.downgrade", "no request without TLS", trial)
            trial = bench.trial([replace(reply, headers=(("Location", "/loop"),))], max_retries=0)
            if len(trial.requests) != 6 or not bench.is_error(trial, "StatusError"):
                yield bench.finding("redirect.endless", "six requests, then the error of the status", trial)


def _followed(bench: Bench, trial: Trial) -> Iterator[Finding]:
    first, second = trial.requests
    ignored = {"host", "content-length"}
    headers = [sorted((name.lower(), value) for name, value in request.comparable[1] if name.lower() not in ignored)
               for request in (first, second)]  # fmt: skip
    if second.path != "/moved" or "a=1" not in second.query.split("&"):
        yield bench.finding("redirect.target", "a request to /moved?a=1", trial, second.target)
    if second.comparable[::2] != first.comparable[::2]:
        yield bench.finding("redirect.request", "the same method and body", trial, second.method)
    if headers[0] != headers[1]:
        yield bench.finding("redirect.headers", "the same headers", trial, str([name for name, _ in headers[1]]))
