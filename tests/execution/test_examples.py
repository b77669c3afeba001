"""Every example that a README shows is run, against the mock of its service on a socket of this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from speclient.cli import main
from speclient.mock import MockService, Request
from tests_support import GENERATED, PACKAGES, ROOT


@contextmanager
def served(spec: Path) -> Generator[str]:
    """The mock of a document on a socket; gives its URL."""
    service = MockService(spec)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = tuple(self.headers.items())
            response = service.handle(Request("GET", parts.path, parts.query, headers, b""))
            self.send_response(response.status)
            for name, value in response.headers:
                if name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def examples(path: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", PACKAGES)
def test_the_readme_of_a_package(name: str) -> None:
    readme = GENERATED / f"{name}-client" / "README.md"
    (example,) = examples(readme)
    with served(ROOT / "specs" / f"{name}.yaml") as url:
        environment = {**os.environ, f"{name.upper()}_BASE_URL": url, "PYTHONPATH": str(readme.parent)}
        done = subprocess.run(
            [sys.executable, "-c", example], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    assert "(" in done.stdout


def test_the_readme_of_the_project() -> None:
    (example,) = examples(ROOT / "README.md")
    with served(ROOT / "specs" / "coalesce.yaml") as url:
        environment = {**os.environ, "COALESCE_BASE_URL": url, "PYTHONPATH": str(GENERATED / "coalesce-client")}
        done = subprocess.run(
            [sys.executable, "-c", example], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", PACKAGES)
def test_the_contract_command_finds_nothing_wrong_with_the_mock(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    secret = "v3ry-s3cret"
    for variable in ("TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"{name.upper()}_{variable}", secret)
    with served(ROOT / "specs" / f"{name}.yaml") as url:
        code = main(["contract", name, "--url", url, "--max-requests", "20"])
    shown = capsys.readouterr().out
    assert code == 0, shown
    assert secret not in shown


def test_the_contract_command_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["contract", "nothing", "--url", "http://127.0.0.1:9"]) == 2
    assert "nothing" in capsys.readouterr().err
    assert main(["contract", "cortex", "--url", "http://127.0.0.1:9", "--param", "nope=1"]) == 2
    assert main(["contract", "cortex", "--url", "http://127.0.0.1:9"]) == 2
