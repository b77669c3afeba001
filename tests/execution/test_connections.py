"""Connections on real sockets: what is reused, what is sent again, and who may use them."""

from __future__ import annotations

import asyncio
import copy
import json
import multiprocessing
import os
import pickle
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import coalesce_client
import httpx2
import pytest
from coalesce_client import AsyncCoalesce, Coalesce

from conftest import ROOT, Made
from execution.sockets import RawServer, Reply, drip, response, serving
from execution.twin import Script, Twin, answer

Make = Callable[..., Made]
Twins = Callable[..., Twin]
OAUTH = ROOT / "tests" / "features" / "oauth2" / "openapi.yaml"
FINE = answer({"data": []})


def named(request: bytes) -> bytes:
    """An answer that names the limit of its request."""
    limit = int(request.split(b"limit=")[1].split(b" ")[0])
    return json.dumps({"data": [{"id": limit}]}).encode()


def own(twin: Twins, server: RawServer, **options: Any) -> Twin:
    """A client with the transport and the clock that it has by itself."""
    return twin(coalesce_client, "Coalesce", Script(), "t", base_url=server.url, transport=None, clock=None, **options)


def test_a_second_response_goes_to_no_other_call(twin: Twins) -> None:
    def reply(_: int, request: bytes) -> bytes:
        return response(named(request)) + response(b'{"data": [{"id": 666}]}')

    with serving(reply) as server:
        client = own(twin, server)
        assert [client.call("runs.list", limit=n).data[0].id for n in range(1, 6)] == [1, 2, 3, 4, 5]
        assert server.connections == 5


def test_a_second_response_that_comes_later_goes_to_no_other_call(twin: Twins) -> None:
    def reply(number: int, request: bytes) -> Reply:
        return [response(named(request)), 0.05, response(b'{"data": [{"id": 666}]}')] if number == 0 else response(
            named(request)
        )  # fmt: skip

    with serving(reply) as server:
        client = own(twin, server)
        assert client.call("runs.list", limit=1).data[0].id == 1
        threading.Event().wait(0.2)
        if client.kind == "async":
            client.wait(asyncio.sleep(0.05))
        assert client.call("runs.list", limit=2).data[0].id == 2


def test_connections_are_reused(twin: Twins) -> None:
    with serving(lambda _, request: response(named(request))) as server:
        client = own(twin, server)
        assert [client.call("runs.list", limit=n).data[0].id for n in range(1, 6)] == [1, 2, 3, 4, 5]
        assert server.connections == 1


def test_a_connection_that_the_service_closed_is_not_used(make: Make, twin: Twins) -> None:
    def reply(_: int, __: bytes) -> bytes:
        return response(b"", 204)

    module = make(OAUTH).module
    closing = threading.Event()

    def service(number: int, request: bytes) -> Reply:
        if number == 0:
            # It does not say that it closes, and does.
            return [b"HTTP/1.1 204 No Content\r\nX-A: Connection: close\r\n\r\n"]
        closing.set()
        return reply(number, request)

    with serving(service) as server:
        client = twin(module, "Oauth", Script(), "t", base_url=server.url, transport=None, clock=None)
        client.call("api.write")
        threading.Event().wait(0.1)
        client.call("api.write")  # A POST, which is not sent again once it was written.
        assert server.connections == 2


def test_a_post_is_not_written_twice(make: Make, twin: Twins) -> None:
    module = make(OAUTH).module
    with serving(lambda _, __: None) as server:
        client = twin(module, "Oauth", Script(), "t", base_url=server.url, transport=None)
        with pytest.raises(module.APIConnectionError):
            client.call("api.write")
        assert len(server.requests) == 1
        with pytest.raises(module.APIConnectionError):
            client.call("api.write", extra_headers={"Idempotency-Key": "k"})
        assert len(server.requests) == 4


def test_errors_name_host_and_cause(twin: Twins) -> None:
    with serving(lambda _, __: None) as server:
        server.close()
        client = own(twin, server, max_retries=0)
        with pytest.raises(coalesce_client.APIConnectionError) as caught:
            client.call("runs.list")
    assert server.url.removeprefix("http://") in str(caught.value)
    assert "no connection" in str(caught.value)
    assert "refused" in str(caught.value) or "failed" in str(caught.value)


# -- streams and tokens ----------------------------------------------------------------------------------------


def test_a_streamed_answer_that_is_parsed_is_limited(twin: Twins) -> None:
    def endless() -> Any:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        while True:
            yield b" " * 65_536

    with serving(lambda _, __: endless()) as server:
        client = own(twin, server, config=coalesce_client.Config(max_response_bytes=100_000))
        with pytest.raises(coalesce_client.ResponseTooLargeError):
            client.stream("runs.list", lambda response: response.parse())
        with pytest.raises(coalesce_client.ResponseTooLargeError):
            client.stream("runs.list", lambda response: response.read())


def test_a_streamed_answer_that_is_parsed_has_a_deadline(twin: Twins) -> None:
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 72\r\n\r\n"
    with serving(lambda _, __: drip(start, b" ", end=b'{"data": []}')) as server:
        client = own(twin, server, deadline=0.4)
        with pytest.raises(coalesce_client.APITimeoutError):
            client.stream("runs.list", lambda response: response.parse())


def test_a_stream_of_the_wrong_type_is_limited(make: Make, twin: Twins) -> None:
    module = make(ROOT / "tests" / "features" / "streams" / "openapi.yaml").module

    def endless() -> Any:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        for _ in range(1_000):
            yield b" " * 65_536

    with serving(lambda _, __: endless()) as server:
        client = twin(module, "Streams", Script(), base_url=server.url, transport=None, clock=None,
                      config=module.Config(max_response_bytes=100_000))  # fmt: skip
        path = next(f"{group}.{name}" for group, name in _streaming(module))
        with pytest.raises(module.ResponseError):
            client.items(path)
        assert server.written < 10_000_000


def _streaming(module: Any) -> list[tuple[str, str]]:
    table = json.loads(
        (next(iter(module.__path__)) and ROOT.__class__(module.__path__[0]) / "_spec" / "operations.json").read_text()
    )
    return [tuple(row["call"].split(".")) for row in table["operations"] if row["stream"] == row["call"] and not any(
        each["in"] == "path" for each in row["parameters"]) and row["method"] == "GET"]  # fmt: skip


def test_the_token_endpoint_is_bounded(make: Make, twin: Twins) -> None:
    module = make(OAUTH).module
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    replies: dict[str, Callable[[], Reply]] = {
        "headers": lambda: drip(b"HTTP/1.1 200 OK\r\nX: "),
        "body": lambda: drip(start, b" "),
        "close": lambda: None,
        "large": lambda: b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b" " * 3_000_000,
        "text": lambda: response(b"secret-secret"),
        "400 digits": lambda: response(b'{"access_token": "a", "expires_in": 1' + b"0" * 400 + b"}"),
    }
    for name, reply in replies.items():

        def service(_: int, request: bytes, reply: Callable[[], Reply] = reply) -> Reply:
            return reply() if request.startswith(b"POST /") else response(b"", 204)

        with serving(service) as server:
            client = twin(module, "Oauth", Script(), client_id="id", client_secret="secret-secret", base_url=server.url,
                          transport=None, clock=None, deadline=0.5, max_retries=0)  # fmt: skip
            if name == "400 digits":
                client.call("api.own")
                continue
            with pytest.raises(module.APIError) as caught:
                client.call("api.own")
            assert type(caught.value).__name__ in ("TokenError", "APITimeoutError"), name
            assert "secret-secret" not in f"{caught.value!r} {caught.value}"


def test_the_token_endpoint_is_asked_again(make: Make, twin: Twins) -> None:
    module = make(OAUTH).module
    token = answer({"access_token": "a", "expires_in": 3600})
    script = Script(httpx2.Response(503), httpx2.ConnectError("refused"), token, httpx2.Response(204))
    client = twin(module, "Oauth", script, client_id="id", client_secret="secret-secret")
    client.call("api.own")
    assert [request.method for request in script.requests] == ["POST", "POST", "POST", "GET"]
    assert script.requests[-1].headers["authorization"] == "Bearer a"
    script = Script(httpx2.ConnectError("refused"))
    client = twin(module, "Oauth", script, client_id="id", client_secret="secret-secret")
    with pytest.raises(module.TokenError, match="the token endpoint: request: no connection") as caught:
        client.call("api.own")
    assert len(script.requests) == 3
    assert "secret-secret" not in repr(caught.value.__cause__) + repr(caught.value.__context__)


def test_the_token_endpoint_is_asked_by_a_stream_too(make: Make, twin: Twins) -> None:
    module = make(OAUTH).module
    script = Script(answer({"access_token": "a"}), httpx2.Response(204))
    client = twin(module, "Oauth", script, client_id="id", client_secret="secret-secret")
    assert client.stream("api.own", lambda response: response.read()) == b""
    assert script.requests[-1].headers["authorization"] == "Bearer a"


# -- processes and event loops ---------------------------------------------------------------------------------


def _in_child(work: Callable[[], str]) -> str:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        try:
            sender.send(work())
        except BaseException as error:
            sender.send(f"{type(error).__name__}: {error}")
        finally:
            os._exit(0)
    os.waitpid(process, 0)
    text: str = receiver.recv()
    return text


def call_as_text(call: Callable[[int], Any], number: int) -> str:
    return str(call(number))


def first_page_as_text(client: Coalesce) -> str:
    return str(client.runs.list().first_page())


def test_after_fork_answers_are_not_mixed_up() -> None:
    with serving(lambda _, request: response(named(request))) as server, Coalesce("t", base_url=server.url) as client:

        def call(number: int) -> Any:
            return client.runs.list(limit=number).first_page().data[0].id

        assert call(1) == 1
        for number in range(2, 8):
            assert _in_child(partial(call_as_text, call, number)) == str(number)
            assert call(100 + number) == 100 + number
        assert server.connections == 7


def test_an_injected_client_after_fork_says_what_to_do() -> None:
    mock = httpx2.MockTransport(Script(FINE))
    for client in (Coalesce("t", http_client=httpx2.Client(transport=mock)), Coalesce("t", transport=mock)):
        client.runs.list().first_page()
        text = _in_child(partial(first_page_as_text, client))
        assert text.startswith("ClientUsageError: the client was created before fork()")
        assert "create the client in the child process" in text


def test_two_event_loops_one_after_the_other() -> None:
    with serving(lambda _, request: response(named(request))) as server:
        client = AsyncCoalesce("t", base_url=server.url)

        async def call(number: int) -> Any:
            return (await client.runs.list(limit=number).first_page()).data[0].id

        assert [asyncio.run(call(number)) for number in (1, 2, 3)] == [1, 2, 3]
        asyncio.run(client.close())


def test_two_event_loops_in_turn_keep_their_connections() -> None:
    with serving(lambda _, request: response(named(request))) as server:
        client = AsyncCoalesce("t", base_url=server.url)
        loops = [asyncio.new_event_loop(), asyncio.new_event_loop()]

        async def call(number: int) -> Any:
            return (await client.runs.list(limit=number).first_page()).data[0].id

        for number in range(1, 9):
            assert loops[number % 2].run_until_complete(call(number)) == number
        assert server.connections == 2
        for loop in loops:
            loop.run_until_complete(client._sender._own[loop].aclose())  # pyright: ignore[reportPrivateUsage]
            loop.close()


def test_an_injected_client_of_another_event_loop_says_what_to_do() -> None:
    with serving(lambda _, request: response(named(request))) as server:
        client = AsyncCoalesce("t", base_url=server.url, http_client=httpx2.AsyncClient())

        async def call() -> None:
            await client.runs.list(limit=1).first_page()

        asyncio.run(call())
        with pytest.raises((coalesce_client.ClientUsageError, coalesce_client.APIConnectionError)) as caught:
            asyncio.run(call())
        assert isinstance(caught.value, coalesce_client.ClientUsageError)
        assert "another event loop" in str(caught.value)


def test_use_after_close(twin: Twins) -> None:
    client = twin(coalesce_client, "Coalesce", Script(FINE), "t")
    client.wait(client.client.close())
    with pytest.raises(coalesce_client.ClientUsageError, match="closed"):
        client.call("runs.list")


def test_the_wrong_kind_of_client_or_transport() -> None:
    with pytest.raises(coalesce_client.ClientUsageError, match=r"expected an httpx2\.Client, got AsyncClient"):
        Coalesce("t", http_client=httpx2.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(coalesce_client.ClientUsageError, match=r"expected an httpx2\.AsyncClient, got Client"):
        AsyncCoalesce("t", http_client=httpx2.Client())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    mock = httpx2.MockTransport(Script(FINE))
    with pytest.raises(coalesce_client.ClientUsageError, match="mutually exclusive"):
        Coalesce("t", http_client=httpx2.Client(transport=mock), transport=mock)
    with pytest.raises(coalesce_client.ClientUsageError, match="transport"):
        Coalesce("t", transport=coalesce_client.AsyncTransport())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_copies_share_connections_and_pickles_are_refused(twin: Twins) -> None:
    client = twin(coalesce_client, "Coalesce", Script(FINE), "t")
    for other in (copy.copy(client.client), copy.deepcopy(client.client), copy.deepcopy({"a": client.client})["a"]):
        assert other._sender is client.client._sender
        assert other.runs is not client.client.runs
    with pytest.raises(coalesce_client.ClientUsageError, match="create one in each process"):
        pickle.dumps(client.client)


def test_an_injected_client_keeps_its_user_agent(twin: Twins) -> None:
    service = Script(FINE)
    for given, sent in (({"user-agent": "mine/1"}, "mine/1"), ({}, f"coalesce-client/{coalesce_client.__version__}")):
        for kind in ("sync", "async"):
            client = twin(coalesce_client, "Coalesce", service, "t")
            if client.kind != kind:
                continue
            factory = httpx2.Client if kind == "sync" else httpx2.AsyncClient
            http_client = factory(transport=httpx2.MockTransport(service), headers=given)
            twin(coalesce_client, "Coalesce", service, "t", http_client=http_client).call("runs.list")
            assert service.requests[-1].headers["user-agent"] == sent


def test_no_cookie_is_kept(twin: Twins) -> None:
    service = Script(answer({"data": []}, set_cookie="a=1"))
    client = twin(coalesce_client, "Coalesce", service, "t")
    for _ in range(3):
        client.call("runs.list")
    assert all("cookie" not in request.headers for request in service.requests)


def test_every_error_can_be_pickled() -> None:
    request = httpx2.Request("GET", "https://api.example.com/a?key=s3cret")
    reply = httpx2.Response(400, headers=[(b"x-a", b"caf\xe9")], content=b"caf\xe9", request=request)
    kinds: list[Any] = [kind for kind in vars(coalesce_client.errors).values() if isinstance(kind, type)]
    kinds = [kind for kind in kinds if issubclass(kind, coalesce_client.APIError)]
    assert len(kinds) > 30
    for kind in kinds:
        arguments: Any = ("text", reply, "GET /a") if issubclass(kind, coalesce_client.ResponseError) else ("text",)
        error = pickle.loads(pickle.dumps(kind(*arguments)))
        assert type(error) is kind
        assert str(error) == "text"
        assert copy.copy(error).args == error.args
        assert b"s3cret" not in pickle.dumps(error)


def test_elapsed_time_is_known(twin: Twins) -> None:
    client = twin(coalesce_client, "Coalesce", Script(FINE), "t")
    assert client.raw("runs.list").http_response.elapsed.total_seconds() >= 0


def _fail(url: str) -> None:
    with Coalesce("t", base_url=url, max_retries=0) as client:
        client.runs.list().first_page()


def test_errors_come_back_from_other_processes() -> None:
    with serving(lambda _, __: response(b'{"error": "caf\xe9"}', 400, x_place="caf\xe9")) as server:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
            error = executor.submit(_fail, server.url).exception(60)
    assert isinstance(error, coalesce_client.BadRequestError), error
    assert error.headers["x-place"] == "caf\xe9"


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _, __: response()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "internal.example")
        with Coalesce("t", base_url="http://api.example.test") as client:
            client.runs.list().first_page()
        assert proxy.requests[0].startswith(b"GET http://api.example.test/api/v1/runs HTTP/1.1")
        with Coalesce("t", base_url="http://internal.example", max_retries=0) as client:
            with pytest.raises(coalesce_client.APIConnectionError):
                client.runs.list().first_page()
        assert len(proxy.requests) == 1


def test_a_transport_with_settings_of_its_own() -> None:
    seen: list[int] = []
    with serving(lambda _, __: response()) as server:
        keep_alive = (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        transport = coalesce_client.Transport(socket_options=[keep_alive])
        with Coalesce("t", base_url=server.url, transport=transport) as client:

            def look(response: Any) -> None:
                network = response.http_response.extensions["network_stream"]
                seen.append(network.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))

            with client.stream(client.runs.list) as response_:
                look(response_)
    assert seen == [1]


# -- bodies that are read in pieces, and middleware ------------------------------------------------------------


def test_a_stream_may_outlast_the_deadline(make: Make, twin: Twins) -> None:
    module = make(ROOT / "tests" / "features" / "streams" / "openapi.yaml").module
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
    line = b'{"level": "info", "text": "a"}\n'
    with serving(lambda _, __: drip(start, line, pause=0.1, pieces=10)) as server:
        client = twin(module, "Streams", Script(), base_url=server.url, transport=None, clock=None, deadline=0.4)
        assert len(client.listed(client.client.logs.follow_logs())) == 10
        pieces = client.stream("logs.follow_logs", lambda response: response.iter_bytes())
        assert b"".join(pieces) == line * 10


def test_requests_that_middleware_builds_are_bounded(twin: Twins) -> None:
    def rebuilt(request: httpx2.Request, send: Callable[[httpx2.Request], Any]) -> Any:
        return send(httpx2.Request(request.method, request.url, headers=request.headers))

    with serving(lambda _, __: drip(b"HTTP/1.1 200 OK\r\nX: ", pause=0.1)) as server:
        for limits in ({"timeout": 0.4}, {"timeout": None, "deadline": 0.4}):
            client = own(twin, server, max_retries=0, middleware=[rebuilt], **limits)
            with pytest.raises(coalesce_client.APITimeoutError):
                client.call("runs.list")


def test_a_response_before_the_request_of_a_second_send(twin: Twins) -> None:
    """Middleware may send a request again; what the service wrote in between is not its response."""

    def again(request: httpx2.Request, send: Callable[[httpx2.Request], Any]) -> Any:
        send(request)
        return send(request)

    async def again_async(request: httpx2.Request, send: Callable[[httpx2.Request], Any]) -> Any:
        await send(request)
        return await send(request)

    with serving(lambda number, _: response(b'{"data": [{"id": %d}]}' % number) * (1 + (number == 0))) as server:
        for layer in (again, again_async):
            client = own(twin, server, middleware=[layer])
            if (client.kind == "async") == (layer is again_async):
                assert client.call("runs.list").data[0].id == 1


def test_a_body_of_another_length_than_declared(make: Make, twin: Twins) -> None:
    module = make(ROOT / "tests" / "features" / "bodies" / "openapi.yaml").module
    with serving(lambda _, __: response()) as server:
        client = twin(module, "Bodies", Script(), base_url=server.url, transport=None, max_retries=0)
        with pytest.raises(module.APIConnectionError, match="LocalProtocolError"):
            client.call("bodies.send_bytes", body=iter([b"abc"]), extra_headers={"Content-Length": "2"})


def test_no_proxy_may_name_a_port(monkeypatch: pytest.MonkeyPatch, twin: Twins) -> None:
    with serving(lambda _, __: response()) as server, serving(lambda _, __: response()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", server.url.removeprefix("http://"))
        own(twin, server).call("runs.list")
        assert (len(server.requests), len(proxy.requests)) == (1, 0)


def test_an_address_that_does_not_respond_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    full = socket.socket()
    full.bind(("127.0.0.2", 0))
    full.listen(0)
    port = full.getsockname()[1]
    waiting = [socket.socket() for _ in range(3)]
    for each in waiting:  # The queue of the listener is full: further connections hang.
        each.setblocking(False)
        each.connect_ex(("127.0.0.2", port))
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.2", "127.0.0.1")]
    resolve = socket.getaddrinfo

    def resolved(host: Any, *args: Any, **options: Any) -> Any:
        return entries if host == "two.test" else resolve(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    listener = socket.create_server(("127.0.0.1", port))
    accepted = threading.Thread(target=lambda: listener.accept()[0].sendall(response()), daemon=True)
    accepted.start()
    with Coalesce("t", base_url=f"http://two.test:{port}", timeout=1.0, max_retries=0) as client:
        client.runs.list().first_page()
    for each in (full, listener, *waiting):
        each.close()


def test_a_stream_knows_how_long_it_took(twin: Twins) -> None:
    with serving(lambda _, __: response()) as server:
        client = own(twin, server)
        kept: list[Any] = []

        def use(streamed: Any) -> Any:
            kept.append(streamed.http_response)
            return streamed.iter_bytes()

        client.stream("runs.list", use)
        assert kept[0].elapsed.total_seconds() > 0
        assert client.raw("runs.list").http_response.elapsed.total_seconds() > 0


def test_parameters_of_an_injected_client_add_up(twin: Twins) -> None:
    service = Script(FINE)
    for cls in (httpx2.Client, httpx2.AsyncClient):
        params = {"tenant": "a b", "limit": "9"}
        http_client = cls(transport=httpx2.MockTransport(service), params=params)
        try:
            client = twin(coalesce_client, "Coalesce", service, "t", http_client=http_client, transport=None)
        except coalesce_client.ClientUsageError:
            continue  # The other kind.
        client.call("runs.list", limit=1)
        assert service.requests[-1].url.query == b"limit=1&tenant=a+b"


def test_middleware_may_build_the_response(twin: Twins) -> None:
    def cached(_: httpx2.Request, __: object) -> httpx2.Response:
        return httpx2.Response(200, json={"data": [{"id": 7}]})

    async def cached_async(_: httpx2.Request, __: object) -> httpx2.Response:
        return cached(_, __)

    client = twin(coalesce_client, "Coalesce", Script(FINE), "t")
    layer = cached if client.kind == "sync" else cached_async
    client = twin(coalesce_client, "Coalesce", Script(FINE), "t", middleware=[layer])
    assert client.call("runs.list").data[0].id == 7
    with pytest.raises(coalesce_client.RequestError, match="middleware: expected a sequence of functions"):
        twin(coalesce_client, "Coalesce", Script(FINE), "t", middleware=layer)
