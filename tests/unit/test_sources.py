"""Documents by folder, URL and standard input."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from speclient.cli import main

SPEC = (
    b"openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\nservers: [{url: 'https://a.example.com'}]\n"
    b"paths: {/a: {get: {responses: {'200': {description: OK}}}}}\n"
)


class Server(ThreadingHTTPServer):
    requests: list[str]
    status = 200


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server = running
            server.requests.append(self.headers.get("If-None-Match", ""))
            unchanged = self.headers.get("If-None-Match") == '"1"'
            self.send_response(304 if unchanged else server.status)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", "0" if unchanged else str(len(SPEC)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(SPEC)

        def log_message(self, format: str, *args: object) -> None:
            pass

    running = Server(("127.0.0.1", 0), Handler)
    running.requests = []
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


def test_a_url_is_downloaded_once(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"http://127.0.0.1:{server.server_port}/openapi"
    assert main(["generate", url, "--output", "out"]) == 0
    assert (tmp_path / "out" / "shop-client" / "speclient.lock").is_file()
    assert main(["generate", url, "--output", "out"]) == 0
    assert "up to date" in capsys.readouterr().out
    assert server.requests == ["", '"1"']
    server.shutdown()
    server.server_close()
    assert main(["check", url]) == 0
    assert "using the copy" in capsys.readouterr().err


def test_a_url_that_fails_is_an_error(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    server.status = 404
    assert main(["check", f"http://127.0.0.1:{server.server_port}/openapi"]) == 2
    assert "404" in capsys.readouterr().err
    assert not (tmp_path / ".speclient").exists()


def test_standard_input_is_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SPEC)))
    assert main(["generate", "-", "--output", "out"]) == 0
    assert "shop-client" in capsys.readouterr().out


def test_a_folder_is_all_documents_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "b.yaml").write_bytes(SPEC)
    (specs / "a.json").write_text('{"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": {}}')
    (specs / "pages.yaml").write_text("pages: {}")
    (specs / "notes.txt").write_text("x")
    main(["check", "specs"])
    shown = capsys.readouterr().out
    assert "specs/a.json:" in shown
    assert "specs/b.yaml:" in shown
    assert "notes" not in shown
