"""The public surface: names that can be imported, and how clients are created and closed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import httpx2

from ..client_call import Outcome, Raised
from ..findings import Finding
from ..jsontypes import as_object
from ..package import Package
from .bench import Bench, ClientSession
from .hooks import logged, secrets


def check_names(package: Package) -> Iterator[Finding]:
    """Each public name can be imported."""
    for module in (package.name, f"{package.name}.errors", f"{package.name}.models"):
        loaded = import_module(module)
        for name in getattr(loaded, "__all__", dir(loaded)):
            try:
                value: object = getattr(loaded, name)
            except Exception as error:
                yield Finding(module, "surface.name", f"the public name {name}", f"{type(error).__name__}: {error}")
                continue
            if isinstance(value, type) and value.__name__ != name and issubclass(value, Exception):
                yield Finding(module, "surface.name", f"the class {name}", value.__name__)


def check_construction(bench: Bench) -> Iterator[Finding]:
    """Arguments of the constructor, injected HTTP clients, and the end of a client."""
    plain = bench.trial([bench.fine])
    if not plain.requests:
        return
    yield from _credentials(bench)
    yield from _injected(bench, plain.requests[0].headers)
    client = httpx2.AsyncClient if bench.kind.asynchronous else httpx2.Client
    other = httpx2.Client if bench.kind.asynchronous else httpx2.AsyncClient
    for options, error in (
        ({"http_client": other()}, "ClientUsageError"),
        ({"http_client": client(), "transport": httpx2.MockTransport(_never)}, "ClientUsageError"),
        ({"transport": "https://x"}, "ClientUsageError"),
        ({"timeout": -1}, "RequestError"),
        ({"max_retries": -1}, "RequestError"),
        ({"policy": "lenient"}, "RequestError"),
        ({"config": 1}, "RequestError"),
        ({"middleware": 1}, "RequestError"),
        ({"on_violation": 1}, "RequestError"),
    ):
        created = _created(bench, **options)
        if not isinstance(created, Raised) or not isinstance(created.error, bench.package.error(error)):
            yield Finding(bench.name, "surface.option", f"{error} for {list(options)}", str(created), str(bench.kind))
    created = _created(bench, time_out=1)
    if not isinstance(created, Raised) or not isinstance(created.error, TypeError):
        yield Finding(bench.name, "surface.option", "TypeError for an unknown option", str(created), str(bench.kind))

    def closing(session: ClientSession) -> Outcome:
        def close() -> None:
            with session.client as entered:
                entered_clients.append(entered)

        async def close_async() -> None:
            async with session.client as entered:
                entered_clients.append(entered)

        entered_clients: list[object] = []
        ended = session.outcome(close_async if session.asynchronous else close)
        if entered_clients != [session.client]:
            return Raised(TypeError("`with` does not return the client"))
        return ended if isinstance(ended, Raised) else session.call(bench.method, bench.arguments)

    transport = _Closable(_never)
    trial = bench.trial([bench.fine], action=closing, transport=transport)
    if transport.closed != 1:
        yield bench.finding("surface.closed", "a transport that is closed with the client", trial, "it is open")
    trial = bench.trial([bench.fine], action=closing)
    if not bench.is_error(trial, "ClientUsageError") or trial.requests:
        yield bench.finding("surface.closed", "ClientUsageError after the client was closed", trial)


class _Closable(httpx2.MockTransport):
    """A transport that counts how often it is closed."""

    closed = 0

    def close(self) -> None:
        """Count."""
        self.closed += 1

    async def aclose(self) -> None:
        """Count."""
        self.closed += 1


def _never(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(500, request=request)


def _credentials(bench: Bench) -> Iterator[Finding]:
    """Credentials that cannot be sent are rejected."""
    table = as_object(bench.package.table.get("credentials"))
    for scheme, parts in table.items():
        for part, argument in as_object(parts).items():
            values: list[Any] = ["a\nb", "a\x7f", "a\x1f", "a\x80b", "a\x9f", " a", "a ", 5, b"a", ["a"]]
            if part == "username":
                values.append("a:b")
            elif part == "token":
                values.append("a\u20acb")
            for value in values:
                created = _created(bench, **{str(argument): value})
                refused = bench.package.error("RequestError")
                if not isinstance(created, Raised) or not isinstance(created.error, refused):
                    expected = f"RequestError for {argument}={value!r} ({scheme})"
                    yield Finding(bench.name, "surface.credential", expected, str(created), str(bench.kind))
                elif isinstance(value, str) and len(value.strip()) > 1 and value in str(created.error):
                    yield Finding(bench.name, "surface.credential", "a message without the credential",
                                  str(created), str(bench.kind))  # fmt: skip


def _created(bench: Bench, **options: Any) -> Outcome:
    try:
        session = ClientSession(bench.package, kind=bench.kind, runner=bench.runner, options=options)
    except Exception as error:
        return Raised(error)
    return session.outcome(lambda: session.client)


def _injected(bench: Bench, headers: tuple[tuple[str, str], ...]) -> Iterator[Finding]:
    """An injected `httpx2` client sends the same request, with its own headers, cookies and parameters."""
    seen: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        fine = bench.fine
        stream = httpx2.ByteStream(fine.content)
        return httpx2.Response(fine.status, headers=list(fine.headers), stream=stream, request=request)

    kind: Any = httpx2.AsyncClient if bench.kind.asynchronous else httpx2.Client
    injected = kind(
        transport=httpx2.MockTransport(handle), headers={"X-Own": "o"}, params={"own-param": "p"}, cookies={"own": "c"},
        timeout=11,
    )  # fmt: skip
    with logged("httpx2") as log:
        trial = bench.trial([bench.fine], transport=None, http_client=injected, base_url=bench.origin)
    texts = [record.getMessage() for record in log.records]
    if any(secret in text for text in texts for secret in secrets(bench)):
        yield bench.finding("surface.log", "a log of httpx2 without credentials", trial, "a credential")
    where = f"{bench.kind} client with http_client"
    if isinstance(trial.outcome, Raised) or len(seen) != 1:
        yield Finding(bench.name, "surface.injected", "one request and a result", str(trial.outcome), where)
        return
    request = seen[0]
    got = {name.lower(): value for name, value in request.headers.items()}
    for name, value in headers:
        other = got.get(name.lower(), "")
        if name.lower() == "content-type" and "boundary=" in value:
            value, other = value.partition("boundary=")[0], other.partition("boundary=")[0]
        if name.lower() in ("authorization", "accept", "content-type") and other != value:
            yield Finding(bench.name, "surface.injected", f"the header {name}", str(sorted(got)), where)
    if (
        got.get("x-own") != "o"
        or "own=c" not in got.get("cookie", "").split("; ")
        or request.url.params.get("own-param") != "p"
    ):
        expected = "headers, cookies and parameters of http_client"
        yield Finding(bench.name, "surface.injected", expected, str(request.url), where)
    if dict(request.extensions["timeout"])["read"] != 11:
        yield Finding(bench.name, "surface.injected", "the timeout of http_client",
                      str(request.extensions["timeout"]), where)  # fmt: skip
