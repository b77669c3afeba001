"""Contract runs against hostile services on raw sockets: each ends within its limits, with a report."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from execution.sockets import RawServer, Reply, drip, response, serving
from speclient.contract.service import Limits, Report, UsageError, run_service_contract

from .conftest import REFERENCE

JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LIMITS = Limits(requests=4, timeout=0.5, duration=20, response_bytes=2**20)


def run(server: RawServer, limits: Limits = LIMITS, *, client: bool = True, spec: Path | None = None) -> Report:
    return run_service_contract(
        spec or REFERENCE / "parcels.yaml",
        server.url,
        package="parcels_client" if client else None,
        package_path=REFERENCE,
        params={} if spec else {"parcelId": "p1"},
        environment={"PARCELS_TOKEN": "a-very-secret-token"},
        limits=limits,
    )


def endless(start: bytes, piece: bytes) -> Reply:
    def reply() -> Generator[bytes]:
        yield start
        while True:
            yield piece

    return reply()


def slowly(start: bytes, piece: bytes) -> Reply:
    return drip(start, piece, pause=0.1, pieces=100)


def whole(body: bytes, **headers: str) -> Reply:
    return response(body, 200, **headers)


BOMB = gzip.compress(b"[" + b" " * (64 * 2**20) + b"]")
RAW_DEFLATE = zlib.compressobj(wbits=-15)
RAW_BOMB = RAW_DEFLATE.compress(b" " * (64 * 2**20)) + RAW_DEFLATE.flush()
NEVER_IN_TIME: dict[str, Callable[[], Reply]] = {
    "silent": lambda: [3.0],
    "dripped headers": lambda: slowly(JSON_HEAD + b"X-Slow: ", b"x"),
    "dripped body": lambda: slowly(JSON_HEAD + b"Content-Length: 1000\r\n\r\n", b" "),
    "dripped chunks": lambda: slowly(JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "dripped chunk extension": lambda: slowly(JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;x=", b"x"),
    "dripped 1xx": lambda: slowly(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "dripped trailer": lambda: slowly(JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"x"),
}
TOO_LARGE: dict[str, Callable[[], Reply]] = {
    "endless body": lambda: endless(JSON_HEAD + b"\r\n", b" " * 65_536),
    "endless chunks": lambda: endless(
        JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65_536 + b"\r\n"
    ),
    "gzip bomb": lambda: whole(BOMB, content_encoding="gzip"),
    "deflate bomb": lambda: whole(zlib.compress(b" " * (64 * 2**20)), content_encoding="deflate"),
    "raw deflate bomb": lambda: whole(RAW_BOMB, content_encoding="deflate"),
    "large declared body": lambda: whole(b" " * (2 * 2**20)),
    "endless chunk extension": lambda: endless(JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;x=", b"x" * 65_536),
    "endless header": lambda: endless(JSON_HEAD + b"X-Long: ", b"x" * 65_536),
    "flood of 1xx": lambda: endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000),
    "flood of headers": lambda: endless(JSON_HEAD, b"X-Many: x\r\n" * 1000),
}
BROKEN: dict[str, Callable[[], Reply]] = {
    "not HTTP": lambda: b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    "closed": lambda: None,
    "brotli that was not asked for": lambda: whole(b"\x0b\x02\x80[]\x03", content_encoding="br"),
    "gzip within gzip": lambda: whole(gzip.compress(BOMB), content_encoding="gzip, gzip"),
    "invalid gzip": lambda: whole(b"[]", content_encoding="gzip"),
    "truncated gzip": lambda: whole(gzip.compress(b"[]")[:-9], content_encoding="gzip"),
    "truncated body": lambda: JSON_HEAD + b"Connection: close\r\nContent-Length: 100\r\n\r\n[]",
}
UNREADABLE: dict[str, Callable[[], Reply]] = {
    "deep": lambda: whole(b"[" * 200_000),
    "deep and closed": lambda: whole(b"[" * 100_000 + b"]" * 100_000),
    "long number": lambda: whole(b"[" + b"1" * 5_000 + b"]"),
    "overflowing number": lambda: whole(b"[1e999999]"),
    "quadratic charset": lambda: whole(b"a" * 500_000, content_type="application/json; charset=punycode"),
    "redirect to no URL": lambda: response(b"", 302, location="http://[::1/"),
    "millions of violations": lambda: whole(b"[" + b"1," * 500_000 + b"1]"),
    "strange charset": lambda: whole(b"[]", content_type="application/json; charset=rot13"),
}


def checks(report: Report) -> set[str]:
    return {finding.check for finding in report.findings}


@pytest.mark.parametrize("name", NEVER_IN_TIME)
def test_a_slow_response_is_a_finding(name: str) -> None:
    with serving(lambda number, request: NEVER_IN_TIME[name]()) as server:
        report = run(server)
    assert report.exit_code == 1, str(report)
    assert "service.timeout" in checks(report), str(report)
    assert 3 <= report.requests == len(server.requests) <= 4


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_large_response_is_a_finding(name: str) -> None:
    limits = Limits(requests=4, timeout=5, duration=60, response_bytes=2**20)
    with serving(lambda number, request: TOO_LARGE[name]()) as server:
        report = run(server, limits)
    assert report.exit_code == 1, str(report)
    # Of headers, the parser itself takes no more than 100 KB.
    assert checks(report) & {"service.size", "service.connection"}, str(report)


@pytest.mark.parametrize("name", [*BROKEN, *UNREADABLE])
def test_a_broken_response_is_a_finding(name: str) -> None:
    reply = (BROKEN | UNREADABLE)[name]
    limits = Limits(requests=6, timeout=5, duration=60, response_bytes=2**20)
    with serving(lambda number, request: reply()) as server:
        report = run(server, limits)
    assert report.exit_code == 1, str(report)
    assert report.findings


@pytest.mark.parametrize("name", ["silent", "dripped body", "endless body", "gzip bomb", "closed", "deep"])
def test_hostile_to_the_client_only(name: str) -> None:
    """schemathesis is answered properly, the generated client is not."""
    replies = NEVER_IN_TIME | TOO_LARGE | BROKEN | UNREADABLE

    def reply(number: int, request: bytes) -> Reply:
        return (
            response(b"[]")
            if b"schemathesis" in request.lower() or b"speclient-contract" in request
            else replies[name]()
        )

    limits = Limits(requests=12, timeout=1, duration=30, response_bytes=2**20)
    with serving(reply) as server:
        report = run(server, limits)
    assert any(check.startswith("client.") for check in checks(report)), str(report)
    assert report.requests <= 12


def test_the_run_goes_on_after_a_hostile_response() -> None:
    def reply(number: int, request: bytes) -> Reply:
        return slowly(JSON_HEAD, b"x") if number == 0 else response(b"1.5")

    with serving(reply) as server:
        report = run(server, Limits(requests=6, timeout=0.5, duration=20))
    assert len(server.requests) == 6
    assert report.operations == 3


def test_the_time_of_the_run_bounds_a_hanging_service() -> None:
    limits = Limits(requests=1000, timeout=0.3, duration=1.5)
    with serving(lambda number, request: [5.0]) as server:
        report = run(server, limits)
    assert report.exit_code == 1
    assert report.requests <= 6
    assert any("the time of 1.5 seconds is over" in note for note in report.notes), report.notes


def test_a_service_that_answers_nothing_in_the_time_of_the_run_is_not_judged() -> None:
    with serving(lambda number, request: [5.0]) as server:
        report = run(server, Limits(requests=10, timeout=30, duration=0.5))
    assert report.exit_code == 2, str(report)
    assert "the time of 0.5 seconds is over" in report.error


def test_the_number_of_requests_is_a_total(tmp_path: Path) -> None:
    responses = {"200": {"description": "Yes.", "content": {"application/json": {"schema": {"type": "number"}}}}}
    paths = {f"/items/{number}": {"get": {"responses": responses}} for number in range(300)}
    spec = tmp_path / "many.json"
    spec.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": paths}))
    with serving(lambda number, request: response(b"1")) as server:
        report = run(server, Limits(requests=5), client=False, spec=spec)
    assert len(server.requests) == report.requests == 5
    assert report.operations == 5
    (note,) = report.notes
    assert note.startswith("not asked, as the 5 requests of the run are sent: GET /items/5, ")
    assert note.endswith(" and 275 more")


def test_redirects_count_and_are_not_followed_by_the_probe() -> None:
    with serving(lambda number, request: response(b"", 307, location="/elsewhere")) as server:
        report = run(server, Limits(requests=8, timeout=5))
    assert len(server.requests) == report.requests <= 8
    assert not any(
        b"/elsewhere" in request
        for request in server.requests
        if b"schemathesis" in request.lower() or b"speclient-contract" in request
    )


@pytest.mark.parametrize(
    "limits",
    [{"requests": 0}, {"requests": -5}, {"timeout": 0.0}, {"timeout": float("nan")}, {"duration": float("inf")},
     {"duration": -1.0}, {"response_bytes": 0}],
)  # fmt: skip
def test_limits_that_make_no_sense(limits: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Limits(**limits)  # type: ignore[arg-type]


@pytest.mark.parametrize("option", ["--max-requests=0", "--max-requests=-5", "--timeout=0", "--max-time=nan"])
def test_the_command_line_refuses_limits_that_make_no_sense(option: str) -> None:
    with serving(lambda number, request: response(b"1")) as server:
        command = [
            sys.executable,
            "-m",
            "speclient",
            "contract",
            "service",
            str(REFERENCE / "parcels.yaml"),
            "--url",
            server.url,
        ]
        done = subprocess.run([*command, option], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "at least 1" in done.stderr or "seconds above 0" in done.stderr
    assert server.requests == []


MEMORY = 1_500 * 2**20


@pytest.mark.parametrize("name", ["gzip bomb", "endless body", "flood of 1xx", "deep", "5 million violations"])
def test_the_command_line_ends_within_its_memory(name: str) -> None:
    wrong = response(b"[" + b"1," * 5_000_000 + b"1]")
    replies: dict[str, Callable[[], Reply]] = {**TOO_LARGE, **UNREADABLE, "5 million violations": lambda: wrong}
    with serving(lambda number, request: replies[name]()) as server:
        command = [
            sys.executable,
            "-m",
            "speclient",
            "contract",
            "service",
            str(REFERENCE / "parcels.yaml"),
            "--url",
            server.url,
        ]
        done = subprocess.run(
            [*command, "--max-requests=3", "--timeout=5"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
            env={**os.environ, "PARCELS_TOKEN": "a-very-secret-token"},
        )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
