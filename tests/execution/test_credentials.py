"""Which credentials are sent where, how they are renewed, and that they show nowhere."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import threading
import traceback
from collections.abc import Callable
from typing import Any

import coalesce_client
import httpx2
import pytest

from conftest import ROOT, Made
from execution.twin import Script, Twin, answer

SPEC = ROOT / "tests" / "features" / "oauth2" / "openapi.yaml"
SECRET = "s3cr3t-t0ken"
Make = Callable[[Any], Made]
Twins = Callable[..., Twin]
DONE = httpx2.Response(204)


def token(value: str = "t1", lifetime: Any = 3600) -> httpx2.Response:
    return answer({"access_token": value, "token_type": "Bearer", "expires_in": lifetime})


def test_client_credentials_get_one_token_and_renew_it(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    service = Script(token("t1"), DONE, DONE, token("t2"), DONE)
    client = twin(module, "Oauth", service, client_id="me:1", client_secret="säcret&")
    client.call("api.own")
    client.call("api.own")
    asked, first, second = service.requests
    assert (asked.method, str(asked.url)) == ("POST", "https://api.example.com/oauth/token")
    assert asked.content == b"grant_type=client_credentials&scope=read+write"
    user, _, password = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode().partition(":")
    assert (user, password) == ("me%3A1", "s%C3%A4cret%26")  # RFC 6749, section 2.3.1
    assert first.headers["authorization"] == second.headers["authorization"] == "Bearer t1"
    client.now += 3_600
    client.call("api.own")
    assert service.requests[-1].headers["authorization"] == "Bearer t2"


def test_a_token_that_is_refused_is_renewed_once(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    service = Script(token("t1"), httpx2.Response(401), token("t2"), DONE)
    client = twin(module, "Oauth", service, client_id="a", client_secret="b", max_retries=0)
    client.call("api.write")
    assert [request.headers["authorization"] for request in service.requests[1::2]] == ["Bearer t1", "Bearer t2"]
    service = Script(token("t1"), httpx2.Response(401), token("t2"), httpx2.Response(401))
    client = twin(module, "Oauth", service, client_id="a", client_secret="b", max_retries=0)
    with pytest.raises(module.UnauthorizedError):
        client.call("api.own")
    assert len(service.requests) == 4


@pytest.mark.parametrize(
    "reply",
    [answer({"error": "invalid_client"}, 401), httpx2.Response(200, text="<html>"), answer([]), answer({}), token("")],
)
def test_a_token_endpoint_that_gives_none(make: Make, twin: Twins, reply: httpx2.Response) -> None:
    module = make(SPEC).module
    client = twin(module, "Oauth", Script(reply), client_id="a", client_secret=SECRET)
    with pytest.raises(module.TokenError) as caught:
        client.call("api.own")
    assert ("invalid_client" in str(caught.value)) == (reply.status_code == 401)
    assert SECRET not in str(caught.value)


def test_functions_give_short_lived_tokens(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    given = iter(["a", "b", module.Token("c", expires_in=100), "d"])
    service = Script(DONE, httpx2.Response(401), DONE, httpx2.Response(401), DONE, DONE)
    client = twin(module, "Oauth", service, lambda: next(given))
    for _ in range(3):
        client.call("api.own")
    client.now += 101
    client.call("api.own")
    sent = [request.headers["authorization"][-1] for request in service.requests]
    assert sent == ["a", "a", "b", "b", "c", "d"]


def test_a_coroutine_function_needs_the_asynchronous_client(make: Make, twin: Twins) -> None:
    module = make(SPEC).module

    async def give() -> str:
        return "later"

    service = Script(DONE)
    client = twin(module, "Oauth", service, give)
    if client.kind == "async":
        client.call("api.own")
        assert service.requests[0].headers["authorization"] == "Bearer later"
    else:
        with pytest.raises(module.TokenError, match="asynchronous client"):
            client.call("api.own")


def test_a_function_that_gives_nonsense(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    for given in (None, 5, "", " ", "a ", " a"):
        with pytest.raises(module.TokenError):
            twin(module, "Oauth", Script(DONE), lambda given=given: given).call("api.own")
    with pytest.raises(module.TokenError, match=r"^token .*OAUTH_TOKEN.*control characters") as caught:
        twin(module, "Oauth", Script(DONE), lambda: f"a\r\n{SECRET}").call("api.own")
    deep = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert SECRET not in "".join(deep.format())


def test_threads_share_one_renewal(make: Make) -> None:
    module = make(SPEC).module
    asked: list[int] = []
    barrier = threading.Barrier(8)

    def give() -> str:
        asked.append(1)
        return f"t{len(asked)}"

    def service(request: httpx2.Request) -> httpx2.Response:
        if request.headers["authorization"] == "Bearer t1":
            barrier.wait(5)  # All are refused at once.
            return httpx2.Response(401)
        return httpx2.Response(204)

    client = module.Oauth(give, transport=httpx2.MockTransport(service))
    failed: list[BaseException] = []

    def run() -> None:
        try:
            client.api.own()
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(asked) == 2


def test_exactly_what_the_operation_asks_for(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    service = Script(DONE)
    client = twin(module, "Oauth", service, "bearer-token", query="k")
    client.call("api.open")
    client.call("api.key")
    client.call("api.own")
    plain, key, own = service.requests
    assert "authorization" not in plain.headers
    assert plain.url.query == b""
    assert "authorization" not in key.headers
    assert key.url.query == b"api_key=k"
    assert own.headers["authorization"] == "Bearer bearer-token"
    assert own.url.query == b""
    with pytest.raises(module.MissingCredentialsError, match="OAUTH_TOKEN"):
        twin(module, "Oauth", service).call("api.own")


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example/x", "http://api.example.com/x", "https://api.example.com:444/x",
        "//elsewhere.example/",
        "https://api.example.com@elsewhere.example/", "https://api.example.com.evil.example/", "ftp://api.example.com/x",
    ],
)  # fmt: skip
def test_no_redirect_takes_credentials_to_another_origin(make: Make, twin: Twins, location: str) -> None:
    module = make(SPEC).module
    service = Script(httpx2.Response(302, headers={"location": location}))
    injected = twin(module, "Oauth", service, SECRET).kind == "sync"
    options: dict[str, Any] = {}
    if injected:  # Not even one that follows redirects by itself.
        options["http_client"] = httpx2.Client(transport=httpx2.MockTransport(service), follow_redirects=True)
    client = twin(module, "Oauth", service, SECRET, **options)
    with pytest.raises(module.StatusError) as caught:
        client.call("api.own")
    assert caught.value.status_code == 302
    assert len(service.requests) == 1


def test_a_redirect_within_the_origin_is_followed(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    service = Script(httpx2.Response(307, headers={"location": "/v2/own?x=1"}), DONE)
    twin(module, "Oauth", service, SECRET).call("api.own")
    assert str(service.requests[1].url) == "https://api.example.com/v2/own?x=1"
    assert service.requests[1].headers["authorization"] == f"Bearer {SECRET}"
    # A request that writes keeps its method and body after 307 and 308 only (RFC 9110, section 15.4).
    service = Script(httpx2.Response(307, headers={"location": "/v2/own"}), DONE)
    twin(module, "Oauth", service, SECRET).call("api.write")
    assert [request.method for request in service.requests] == ["POST", "POST"]
    service = Script(httpx2.Response(302, headers={"location": "/v2/own"}))
    with pytest.raises(module.StatusError, match=r"redirect to https://api.example.com/v2/own was not followed: POST"):
        twin(module, "Oauth", service, SECRET).call("api.write")
    assert len(service.requests) == 1


def test_a_redirect_keeps_the_key_of_the_query(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    service = Script(httpx2.Response(307, headers={"location": "/elsewhere?x=1"}), httpx2.Response(204))
    twin(module, "Oauth", service, query=SECRET).call("api.key")
    first, second = (dict(request.url.params) for request in service.requests)
    assert second == {"x": "1", **{name: value for name, value in first.items() if value == SECRET}}
    assert SECRET in second.values()


def test_a_redirect_from_http_to_https_of_the_same_host_is_followed(make: Make, twin: Twins) -> None:
    module = make(SPEC).module
    service = Script(httpx2.Response(308, headers={"location": "https://api.example.com/own"}), DONE)
    twin(module, "Oauth", service, SECRET, base_url="http://api.example.com").call("api.own")
    assert str(service.requests[1].url) == "https://api.example.com/own"
    service = Script(httpx2.Response(308, headers={"location": "http://api.example.com/own"}), DONE)
    with pytest.raises(module.StatusError, match="the target uses http, not https"):
        twin(module, "Oauth", service, SECRET).call("api.own")


REPLIES: dict[str, Any] = {
    "unauthorized": answer({"error": {"errorString": "no"}}, 401, set_cookie=f"session={SECRET}"),
    "html": httpx2.Response(200, text="<html>", headers={"content-type": "text/html"}),
    "invalid": answer({"data": [{"id": []}]}),
    "refused": httpx2.ConnectError("refused"),
    "late": httpx2.ReadTimeout("late"),
    "redirect": httpx2.Response(302, headers={"location": "https://elsewhere.example/"}),
    "no JSON": httpx2.Response(200, content=b"{", headers={"content-type": "application/json"}),
}


@pytest.mark.parametrize("name", REPLIES)
def test_the_secret_shows_nowhere(twin: Twins, caplog: pytest.LogCaptureFixture, name: str) -> None:
    caplog.set_level(logging.DEBUG)
    client = twin(coalesce_client, "Coalesce", Script(REPLIES[name]), SECRET, max_retries=1, policy="strict")
    with pytest.raises(coalesce_client.APIError) as caught:
        client.call("runs.list")
    error = caught.value
    deep = traceback.TracebackException.from_exception(error, capture_locals=True)
    for made in (error, pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        shown = [str(made), repr(made), repr(made.args), str(vars(made).get("violations"))]
        assert not any(SECRET in text for text in shown)
    assert SECRET not in "".join(deep.format())
    assert SECRET.encode() not in pickle.dumps(error)
    assert SECRET not in repr(client.client) + repr(client.client._settings)
    assert SECRET not in caplog.text
    assert type(pickle.loads(pickle.dumps(error))) is type(error)


def test_a_key_in_the_query_shows_nowhere(make: Make, twin: Twins, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    module = make(SPEC).module
    for reply in (httpx2.Response(403), httpx2.ConnectError("refused")):
        client = twin(module, "Oauth", Script(reply), query=SECRET, max_retries=1)
        with pytest.raises(module.APIError) as caught:
            client.call("api.key")
        deep = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        assert SECRET not in "".join(deep.format()) + str(caught.value) + repr(caught.value)
        assert SECRET.encode() not in pickle.dumps(caught.value)
        kind = httpx2.Client if client.kind == "sync" else httpx2.AsyncClient
        http_client = kind(transport=httpx2.MockTransport(Script(reply)))
        with pytest.raises(module.APIError):
            twin(module, "Oauth", Script(reply), query=SECRET, max_retries=1, http_client=http_client).call("api.key")
    assert "HTTP Request" in caplog.text  # Clients of httpx2 write down whole URLs.
    assert SECRET not in caplog.text


COOKIE = """
openapi: 3.1.0
info: {title: Jar, version: '1'}
servers: [{url: 'https://api.example.com'}]
paths:
  /a: {get: {operationId: read, tags: [jar], responses: {'204': {description: Done.}}}}
security: [{sid: []}]
components: {securitySchemes: {sid: {type: apiKey, in: cookie, name: sid}}}
"""


def test_the_cookies_of_an_injected_client_are_sent_beside_a_cookie_credential(make: Make) -> None:
    module = make(COOKIE).module
    service = Script(DONE, DONE)
    transport = httpx2.MockTransport(service.__call__)
    with httpx2.Client(transport=transport, cookies={"own": "c", "sid": "theirs"}) as http_client:
        client = module.Jar("ours", http_client=http_client)
        client.jar.read()
        client.jar.read(extra_headers={"cookie": "only=this"})
    first, second = (request.headers["cookie"] for request in service.requests)
    assert sorted(first.split("; ")) == ["own=c", "sid=ours"]
    assert second == "only=this"
