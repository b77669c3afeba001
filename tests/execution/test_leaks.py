"""No credential shows in messages, reports, logs or tracebacks, whatever a service repeats of it."""

from __future__ import annotations

import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from urllib.parse import quote

import coalesce_client
import httpx2
import mode_client
import pytest

from conftest import ROOT, Made
from execution.sockets import response, serving
from execution.twin import Script, Twin, answer

Make = Callable[..., Made]
Twins = Callable[..., Twin]
OAUTH = ROOT / "tests" / "features" / "oauth2" / "openapi.yaml"
SECRET = "Sw0rdf1sh/=+ and more"
FORMS = (
    SECRET,
    SECRET.lower(),
    SECRET.upper(),
    quote(SECRET),
    quote(SECRET, safe=""),
    b64encode(SECRET.encode()).decode(),
)


def shown_of(error: BaseException) -> str:
    """All that a person or a tool may see of an error: its texts, and the local variables of the package's frames."""
    chained: list[BaseException] = []
    link: BaseException | None = error
    while link is not None:
        chained.append(link)
        link = link.__cause__ or link.__context__
    texts = [f"{each!s} {each!r} {each.args!r} {getattr(each, 'object', '')}" for each in chained]
    return " ".join([*texts, *frames_of_packages(error)])


def frames_of_packages(error: BaseException) -> Iterator[str]:
    """The local variables in the frames of generated packages alone."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if "_client" in frame.f_code.co_filename and "tests" not in frame.f_code.co_filename:
            yield repr(frame.f_locals)


def echoes(form: str) -> list[bytes]:
    """Responses that repeat a text in each place where a service can put one."""
    plain = form.encode("latin-1")
    return [
        b"HTTP/1.1 400 " + plain + b"\r\nContent-Length: 0\r\n\r\n",
        response(b"{}", 200, content_type=f"text/{form}"),
        response(b"{}", 400, content_type=f"application/json; x={form}"),
        response(b"{}", 302, location=f"https://elsewhere.example/{form}?q={form}"),
        response(b'{"data": 5, "x": "' + plain + b'"}'),
        response(b'{"data": [{"id": {"' + plain + b'": 1}, "runTimeParameters": {"' + plain + b'": "x"}}]}'),
        response(b"{}", 429, retry_after=form),
        plain + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX y: " + plain + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + plain + b"\r\n",
    ]


@pytest.mark.parametrize("form", FORMS, ids=("plain", "lower", "upper", "quoted", "encoded", "base64"))
def test_what_a_service_repeats_shows_nowhere(twin: Twins, caplog: pytest.LogCaptureFixture, form: str) -> None:
    caplog.set_level(logging.DEBUG)
    replies = echoes(form)
    for place, reply in enumerate(replies):
        with serving(lambda _, __, reply=reply: reply) as server:  # type: ignore[misc]
            client = twin(coalesce_client, "Coalesce", Script(), SECRET, base_url=server.url, transport=None,
                          max_retries=0, policy="strict", timeout=0.5)  # fmt: skip
            with pytest.raises(coalesce_client.APIError) as caught:
                client.call("runs.list")
            again = pickle.loads(pickle.dumps(caught.value))
            cause = repr(caught.value.__cause__)
            for text in (str(caught.value), repr(caught.value), str(again), str(vars(again).get("violations")), cause):
                assert form not in text, (place, text)
    # The transport library writes down what comes over the wire, as its users ask for.
    own = [record.getMessage() for record in caplog.records if record.name == "coalesce_client"]
    assert own
    assert not any(form in text for text in own)


def test_reports_show_no_secret(twin: Twins, caplog: pytest.LogCaptureFixture) -> None:
    key = SECRET.lower()
    service = Script(answer({"data": [], "next": {key: 1}, "total": {key: 1}, "limit": {key: {}}}))
    client = twin(coalesce_client, "Coalesce", service, SECRET)
    client.call("runs.list")
    assert key not in caplog.text


def test_name_and_password_of_a_base_url(twin: Twins) -> None:
    service = Script(httpx2.Response(500))
    client = twin(mode_client, "Mode", service, base_url="https://ann:Pa%24sw0rd1@api.example.com/api/", max_retries=0)
    assert client.client.base_url == "https://api.example.com/api"
    assert "Pa" not in repr(client.client)
    with pytest.raises(mode_client.InternalServerError) as caught:
        client.call("query_runs.list", "acme", "r", "x")
    assert "sw0rd1" not in shown_of(caught.value)
    expected = b64encode(b"ann:Pa$sw0rd1").decode()
    assert service.requests[0].headers["authorization"] == f"Basic {expected}"
    for bad in ("ftp://ann:Pa%24sw0rd1@api.example.com", "https://ann:Pa%24sw0rd1@host:port", "ann:Pa%24sw0rd1@host"):
        with pytest.raises(mode_client.RequestError, match="base_url") as caught_url:
            twin(mode_client, "Mode", service, base_url=bad)
        assert "sw0rd1" not in f"{caught_url.value} {caught_url.value.__context__}"


def test_an_own_credential_wins_over_the_base_url(twin: Twins) -> None:
    service = Script(answer({"data": []}))
    client = twin(coalesce_client, "Coalesce", service, "own-token", base_url="https://ann:secret99@api.example.com")
    client.call("runs.list")
    assert service.requests[0].headers["authorization"] == "Bearer own-token"


@pytest.mark.parametrize(
    "value", ["tok\u20acn-s3cret", "tok\x00n-s3cret", "tok\nn-s3cret", "tok\x85n-s3cret", " tokn-s3cret "]
)
def test_credentials_that_can_not_be_sent(make: Make, twin: Twins, value: str) -> None:
    module = make(OAUTH).module
    for argument in ("token", "query"):
        variable = f"OAUTH_{argument.upper()}"
        if "\u20ac" in value and argument == "query":
            continue  # Percent-encoded, it can be sent.
        with pytest.raises(module.RequestError, match=f"^{argument} .*{variable}") as caught:
            twin(module, "Oauth", Script(), **{argument: value})
        assert "s3cret" not in f"{caught.value} {caught.value.__context__}"
    if value.strip() == value:
        client = twin(module, "Oauth", Script(), lambda: value)
        with pytest.raises(module.TokenError, match=r"^token .*OAUTH_TOKEN") as told:
            client.call("api.own")
        assert told.value.__context__ is None
        assert not [text for text in frames_of_packages(told.value) if "s3cret" in text]


def test_header_values_beyond_latin_1(twin: Twins) -> None:
    service = Script(answer({"data": []}))
    client = twin(coalesce_client, "Coalesce", service, "caf\xe9-token")
    client.call("runs.list", extra_headers={"X-Name": "caf\xe9"})
    raw = dict(service.requests[0].headers.raw)
    assert raw[b"X-Name"] == b"caf\xe9"
    assert raw[b"Authorization"] == b"Bearer caf\xe9-token"
    for headers in ({"X-Name": "s3cret\u20ac"}, {"X-N\u20ac": "s3cret"}, {"X N": "s3cret"}, {"X-Name": 5}):
        with pytest.raises(coalesce_client.RequestError) as caught:
            client.call("runs.list", extra_headers=headers)
        assert "s3cret" not in f"{caught.value} {caught.value.__context__}"


def test_the_value_of_a_token_function_is_in_no_frame(make: Make, twin: Twins) -> None:
    module = make(OAUTH).module
    for reply in (httpx2.Response(401), httpx2.ConnectError("refused"), httpx2.Response(500)):
        client = twin(module, "Oauth", Script(reply), lambda: SECRET, max_retries=0)
        with pytest.raises(module.APIError) as caught:
            client.call("api.own")
        assert not [text for text in frames_of_packages(caught.value) if SECRET in text]


def test_a_state_that_repeats_the_secret(twin: Twins) -> None:
    service = Script(answer({"data": [{"id": 5, "runStatus": SECRET}]}))
    client = twin(coalesce_client, "Coalesce", service, SECRET, on_violation=print)
    with pytest.raises(coalesce_client.WaitTimeoutError, match=r"the last state is '\[secret\]'") as caught:
        client.call("runs.wait", 5, wait_timeout=5)
    assert SECRET not in str(caught.value)


def test_short_credentials_do_not_garble_messages(twin: Twins) -> None:
    client = twin(coalesce_client, "Coalesce", Script(httpx2.Response(404)), "GET")
    with pytest.raises(coalesce_client.APIError, match=r"^GET /api/v1/runs returned 404 Not Found"):
        client.call("runs.list")
