"""The rows of the mock in `make bench`: in process against a static transport, served against Prism when it is there.

Prism is found by `SPECLIENT_PRISM`, the path of its command (npm `@stoplight/prism-cli`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Any

import httpx2

from bench.measure import Ratio, ratio
from speclient.mock import Mock, MockTransport

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "specs" / "coalesce.yaml"
URL = "https://app.coalescesoftware.io/api/v1/runs"
TOKEN = {"Authorization": "Bearer t"}
_REQUEST = b"GET /api/v1/runs?limit=%d HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n\r\n"


def rows(row: Callable[[str, Ratio | float, str], None]) -> None:
    """Print the rows."""
    service = Mock(SPEC, token="t")
    with httpx2.Client(transport=MockTransport(service), headers=TOKEN) as client:
        runs, results = (client.get(address).content for address in (f"{URL}?limit=25", f"{URL}/1001/results"))

        def static(request: httpx2.Request) -> httpx2.Response:
            content = results if request.url.path.endswith("/results") else runs
            return httpx2.Response(200, content=content, headers={"content-type": "application/json"})

        with httpx2.Client(transport=httpx2.MockTransport(static), headers=TOKEN) as plain:
            numbers, places = cycle(range(1001, 1061)), count(2000)
            row("mock: a repeated GET, against a static transport", ratio(
                lambda: plain.get(f"{URL}?limit=25"), lambda: client.get(f"{URL}?limit=25"), 60), "1.50")  # fmt: skip
            row("mock: a new GET of a page of 25 runs", ratio(
                lambda: plain.get(f"{URL}?limit=25"),
                lambda: client.get(f"{URL}?limit=25&startingFrom={next(places)}"), 30), "3.00")  # fmt: skip
            unseen = count()
            row("mock: a new GET of the results of a run", ratio(
                lambda: plain.get(f"{URL}/1001/results"),
                lambda: client.get(f"{URL}/{next(numbers)}/results?n={next(unseen)}"), 20), "3.00")  # fmt: skip
    row("mock: start of the four specs, CPU seconds", _start(), "0.50")
    prism = os.environ.get("SPECLIENT_PRISM")
    ours = [sys.executable, "-m", "speclient", "mock", str(SPEC), "--no-reload", "--port"]
    mine = _served(ours, 5000)
    row("mock: requests per CPU second, served, in thousands", mine / 1000, "")
    if prism:
        other = _served([prism, "mock", str(SPEC), "--port"], 1500)
        row("mock: the same, Prism = 1", mine / other, "10.00")


def _start() -> float:
    specs = [str(ROOT / "specs" / f"{name}.yaml") for name in ("coalesce", "cortex", "etlworks", "mode")]
    code = (
        "import time\nfrom speclient.mock import Mock, Request\n"
        f"for spec in {specs!r}:\n    Mock(spec).handle(Request('GET', '/'))\nprint(time.process_time())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


@contextmanager
def _running(command: list[str]) -> Generator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def _served(command: list[str], requests: int) -> float:
    """Requests per CPU second of a server, over one connection, each for a page of another size."""
    with _running(command) as (process, port):
        limit = time.monotonic() + 30
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", port), timeout=10)
                break
            except OSError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.1)
        with connection:
            for number in range(50):
                _ask(connection, number % 25 + 1)
            before = _cpu(process.pid)
            for number in range(requests):
                _ask(connection, number % 25 + 1)
            return requests / max(_cpu(process.pid) - before, 0.01)


def _ask(connection: socket.socket, size: int) -> None:
    connection.sendall(_REQUEST % size)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1 << 16)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    length = int(next(value for name, _, value in lines if name == b"content-length"))
    while len(body) < length:
        body += connection.recv(1 << 16)


def _cpu(process: int) -> float:
    """CPU seconds of a process (Linux)."""
    fields: list[Any] = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
