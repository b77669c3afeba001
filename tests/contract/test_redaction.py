"""No text of a contract run shows a secret, however a service spells it."""

from __future__ import annotations

import base64
import html
import json
import shlex
import stat
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from execution.sockets import response, serving
from speclient.config import Settings
from speclient.contract.redaction import Redactor, shortened
from speclient.contract.service import Limits, Report, run_service_contract
from speclient.pipeline import generate

from .conftest import REFERENCE

TOKEN = 't0ken/With+Odd=Char"s\\&-ä'
PLAIN = "a-Very-secret-token-0123456789"


def fully_percent_encoded(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded in lower case": lambda text: quote(text, safe="").lower(),
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "every character percent-encoded": fully_percent_encoded,
    "as a form": quote_plus,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 after one character": lambda text: base64.b64encode(b"x" + text.encode()).decode(),
    "base64 within a text": lambda text: base64.b64encode(b"id=" + text.encode() + b";more").decode(),
    "base64 after two characters": lambda text: base64.b64encode(b"u:" + text.encode() + b"!").decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 in a URL": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "hexadecimal": lambda text: text.encode().hex(),
    "JSON": json.dumps,
    "JSON within JSON": lambda text: json.dumps(json.dumps(text)),
    "JSON with escaped slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON with every character escaped": lambda text: "".join(f"\\u{ord(char):04X}" for char in text),
    "HTML": html.escape,
    "HTML with every character escaped": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "repr": repr,
    "repr of bytes": lambda text: repr(text.encode()),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
}


@pytest.mark.parametrize("secret", [TOKEN, PLAIN])
@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_is_redacted(name: str, secret: str) -> None:
    spelled = SPELLINGS[name](secret)
    redacted = Redactor([secret]).redact(f"before {spelled} after")
    assert redacted.startswith("before ")
    assert redacted.endswith(" after")
    assert "[redacted]" in redacted
    # Around it is what was encoded together with the secret.
    assert len(redacted) <= len("before [redacted] after") + 16


@pytest.mark.parametrize("cut", [4, 10, 20])
@pytest.mark.parametrize("ellipsis", ["...", "…", "'...", '"...'])
def test_pieces_at_an_ellipsis_are_redacted(ellipsis: str, cut: int) -> None:
    redactor = Redactor([PLAIN])
    assert redactor.redact(f"token {PLAIN[:cut]}{ellipsis}") == f"token [redacted]{ellipsis}"
    assert redactor.redact(f"{PLAIN[:cut]}...{PLAIN[-cut:]}") == "[redacted]...[redacted]"
    assert redactor.redact("nothing... here... at all") == "nothing... here... at all"


@pytest.mark.parametrize(
    ("secret", "text", "redacted"),
    [
        ("ttp", "http://h/ttp", "http://h/ttp"),
        ("a", "a bat", "a bat"),
        ("", "nothing", "nothing"),
        ("http", "https://h", "https://h"),
        ("1234", "12345 1234 x1234 1234x", "12345 [redacted] x1234 1234x"),
        ("1234", "?pin=1234&a=%2F1234", "?pin=[redacted]&a=%2F[redacted]"),
        ("admin", "administrator Admin", "administrator [redacted]"),
        ("12345678", "x12345678x", "x[redacted]x"),
    ],
)
def test_short_secrets_are_words(secret: str, text: str, redacted: str) -> None:
    assert Redactor([secret]).redact(text) == redacted


@pytest.mark.slow
@pytest.mark.parametrize("text", ["\\", "...", "%25", "&amp;", "a-Ve...", "t", " ", "\\u0061", "0ken...", "t0ke\\"])
def test_text_of_a_service_takes_linear_time(text: str) -> None:
    redactor = Redactor([PLAIN, "t0ken\\\\\\\\\\\\   with many", "ab" * 500])
    long = text * (1_000_000 // len(text))
    before = time.process_time()
    redactor.redact(long)
    assert time.process_time() - before < 30


@pytest.mark.slow
def test_long_secrets() -> None:
    secret = "ab" * 5_000
    assert Redactor([secret]).redact("ab" * 4_999 + "... " + secret) == "[redacted]... [redacted]"


def test_shortened_text_keeps_its_limit() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abc..."


def run(url: str, token: str = PLAIN, *, package: bool = True, requests: int = 12) -> Report:
    return run_service_contract(
        REFERENCE / "parcels.yaml",
        url,
        package="parcels_client" if package else None,
        package_path=REFERENCE,
        params={"parcelId": "p1"},
        environment={"PARCELS_TOKEN": token},
        limits=Limits(requests=requests, timeout=5),
    )


def pieces(secret: str, size: int = 8) -> set[str]:
    return {secret[start : start + size] for start in range(len(secret) - size + 1)}


@pytest.mark.parametrize("padding", [0, 30, 60, 80, 270, 290, 300, 480, 500, 505, 512, 580, 590])
def test_an_echo_is_redacted_before_it_is_truncated(padding: int) -> None:
    body = json.dumps({"message": "x" * padding + PLAIN, "token": PLAIN.upper()}).encode()
    with serving(lambda number, request: response(body)) as server:
        report = run(server.url)
    assert report.exit_code == 1
    shown = f"{report} {report!r}".casefold()
    assert not [piece for piece in pieces(PLAIN.casefold()) if piece in shown]


def test_echoes_in_headers_and_reasons_are_redacted() -> None:
    reply = (
        f"HTTP/1.1 200 {PLAIN}\r\nContent-Type: x/{PLAIN.lower()}\r\nLocation: /{PLAIN}\r\nContent-Length: 2\r\n\r\n[]"
    )
    with serving(lambda number, request: reply.encode()) as server:
        report = run(server.url)
    assert report.exit_code == 1
    assert PLAIN.casefold() not in f"{report} {report!r}".casefold()


@pytest.mark.parametrize("package", [True, False])
def test_user_and_password_of_the_url_are_sent_but_not_shown(package: bool) -> None:
    seen: list[bytes] = []

    def reply(number: int, request: bytes) -> bytes:
        seen.append(request)
        return response(b'{"echo": "Jane-Doe:pass%40word!"}')

    with serving(reply) as server:
        url = server.url.replace("//", "//Jane-Doe:pass%40word!@")
        report = run_service_contract(
            REFERENCE / "parcels.yaml",
            url,
            package="parcels_client" if package else None,
            package_path=REFERENCE,
            environment={},
            limits=Limits(requests=6, timeout=5),
        )
    pair = base64.b64encode(b"Jane-Doe:pass@word!").decode()
    assert any(f"authorization: basic {pair}".lower() in request.decode("latin-1").lower() for request in seen)
    shown = f"{report} {report!r}"
    assert report.exit_code == 1
    assert "Jane-Doe" not in shown
    assert "word!" not in shown
    assert pair not in shown


@pytest.mark.parametrize(
    "url",
    ["http://user:hidden-1@127.0.0.1:9", "ftp://user:hidden-1@host/", "http://user:hidden-1@host/?a=b",
     "http://user:hidden-1@host:port/", "http://us@er:hidden-1@[::1/"],
)  # fmt: skip
def test_errors_do_not_show_user_and_password(url: str) -> None:
    report = run(url)
    assert report.exit_code == 2
    assert "hidden-1" not in f"{report} {report!r}"


def test_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login jane password from-netrc\n")
    netrc.chmod(stat.S_IRUSR | stat.S_IWUSR)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(lambda number, request: response(b"[]")) as server:
        run_service_contract(
            REFERENCE / "parcels.yaml",
            server.url,
            package="parcels_client",
            package_path=REFERENCE,
            environment={},
            limits=Limits(requests=6, timeout=5),
        )
    assert server.requests
    pair = base64.b64encode(b"jane:from-netrc")
    assert not [request for request in server.requests if pair in request]


def test_curl_commands_name_the_variables() -> None:
    with serving(lambda number, request: response(b"17")) as server:
        report = run(server.url)
    commands = [finding.reproduction for finding in report.findings]
    assert all(shlex.split(command)[0] == "curl" for command in commands)
    assert any("""-H 'Authorization: Bearer '"$PARCELS_TOKEN\"""" in command for command in commands), commands
    assert PLAIN not in "".join(commands)


@pytest.mark.parametrize("token", ["line\nbreak-of-token", "kanji-漢字-token", "lone-\ud800-token"])
def test_a_credential_that_cannot_be_sent_is_named_but_not_shown(token: str) -> None:
    report = run("http://127.0.0.1:9", token)
    assert report.exit_code == 2
    assert report.error.startswith("PARCELS_TOKEN: ")
    assert "token" not in report.error


def test_responses_do_not_set_cookies_for_later_requests() -> None:
    reply = response(b"[]", set_cookie="session=stolen; Path=/")
    with serving(lambda number, request: reply) as server:
        run(server.url, package=False)
    assert not [request for request in server.requests if b"stolen" in request]


FOREIGN = """\
openapi: 3.1.0
info: {title: AWS secret, version: '1'}
servers: [{url: 'https://evil.example.net'}]
security: [{key: []}]
paths:
  /items:
    get: {operationId: listItems, responses: {'204': {description: None.}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, x-speclient: {arguments: {key: access_key}}}
"""


def sent_keys(spec: Path, package: str | None = None, folder: Path | None = None) -> tuple[bool, Report]:
    with serving(lambda number, request: b"HTTP/1.1 204 None\r\n\r\n") as server:
        report = run_service_contract(
            spec,
            server.url,
            package=package,
            package_path=folder,
            environment={"AWS_SECRET_ACCESS_KEY": "the-secret-of-another-program"},
            limits=Limits(requests=4, timeout=5),
        )
    assert server.requests
    return any(b"the-secret" in request for request in server.requests), report


def test_variables_of_other_programs_are_not_read(tmp_path: Path) -> None:
    spec = tmp_path / "foreign.yaml"
    spec.write_text(FOREIGN)
    sent, report = sent_keys(spec)
    assert not sent
    assert "no credentials: there is no environment variable for them" in report.notes


@pytest.mark.parametrize("allowed", [True, False])
def test_exactly_the_variables_of_the_package_are_read(allowed: bool, tmp_path: Path) -> None:
    name = f"aws_client_{'with' if allowed else 'without'}"
    spec = tmp_path / "foreign.yaml"
    spec.write_text(FOREIGN)
    variables = ("AWS_SECRET_ACCESS_KEY",) if allowed else ()
    settings = Settings(output=str(tmp_path / "out"), package=name.replace("_", "-"), allow_variables=variables)
    folder = generate(spec, settings).folder
    assert folder is not None
    sent, report = sent_keys(spec, name, folder)
    assert sent == allowed
    assert any("no credentials" in note for note in report.notes) != allowed


def test_the_table_names_the_variables_of_the_package(tmp_path: Path) -> None:
    spec = tmp_path / "foreign.yaml"
    spec.write_text(FOREIGN.replace("AWS secret", "Parcel shop"))
    folder = generate(spec, Settings(output=str(tmp_path / "out"))).folder
    assert folder is not None
    table = json.loads(next(folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    assert table["variables"] == {"access_key": "PARCEL_SHOP_ACCESS_KEY", "base_url": "PARCEL_SHOP_BASE_URL"}
