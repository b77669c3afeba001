"""Proxies on real sockets: TLS through an HTTPS proxy, and proxies that can't be used."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import coalesce_client
import httpx2
import pytest

from execution.sockets import response
from execution.twin import Script, Twin

Twins = Callable[..., Twin]
Serve = Callable[[ssl.SSLSocket, "Tls"], None]


class Tls:
    """TLS within the TLS of a connection, on the side of the service."""

    def __init__(self, connection: ssl.SSLSocket, context: ssl.SSLContext) -> None:
        self._connection = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def handshake(self) -> None:
        self._until_done(self._tls.do_handshake)

    def read(self) -> bytes:
        data: bytes = self._until_done(lambda: self._tls.read(65_536))
        return data

    def write(self, data: bytes, pause: float = 0.0) -> None:
        self._tls.write(data)
        sent = self._outgoing.read()
        for start in range(0, len(sent), 1 if pause else len(sent)):
            self._connection.sendall(sent[start : start + 1] if pause else sent)
            time.sleep(pause)

    def _until_done(self, step: Callable[[], Any]) -> Any:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._flush()
            else:
                self._flush()
                return result
            data = self._connection.recv(65_536)
            if not data:
                raise OSError
            self._incoming.write(data)

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._connection.sendall(self._outgoing.read())


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts for a service on 127.0.0.1 and for its clients."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
         key, "-out", chain, "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    service = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    service.load_cert_chain(chain, key)
    return service, ssl.create_default_context(cafile=str(chain))


def through_https_proxy(
    twin: Twins, certificate: tuple[ssl.SSLContext, ssl.SSLContext], serve: Serve, **options: Any
) -> Twin:
    """A client whose service is at the end of the tunnel of an HTTPS proxy."""
    service, trusting = certificate
    listener = socket.create_server(("127.0.0.1", 0))

    def tunnel(connection: socket.socket) -> None:
        with suppress(OSError):
            outer = service.wrap_socket(connection, server_side=True)
            assert outer.recv(65_536).startswith(b"CONNECT 127.0.0.1:443 ")
            outer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            serve(outer, Tls(outer, service))

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=tunnel, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    proxy = httpx2.Proxy(f"https://127.0.0.1:{listener.getsockname()[1]}", ssl_context=trusting)
    for kind in (coalesce_client.Transport, coalesce_client.AsyncTransport):
        transport = kind(proxy=proxy, ssl_context=trusting)
        with suppress(coalesce_client.ClientUsageError):  # It is that of the other kind of client.
            return twin(coalesce_client, "Coalesce", Script(), "t", base_url="https://127.0.0.1", transport=transport,
                        clock=None, max_retries=0, **options)  # fmt: skip
    raise AssertionError


def test_tls_through_an_https_proxy(twin: Twins, certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    connections: list[int] = []

    def serve(_: ssl.SSLSocket, tls: Tls) -> None:
        connections.append(1)
        tls.handshake()
        while tls.read():
            tls.write(response(b'{"data": [{"id": 1}]}' + b" " * 200_000))

    client = through_https_proxy(twin, certificate, serve)
    assert [client.call("runs.list").data[0].id for _ in range(3)] == [1, 1, 1]
    assert len(connections) == 1


def test_a_handshake_through_an_https_proxy_is_bounded(
    twin: Twins, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    def serve(outer: ssl.SSLSocket, _: Tls) -> None:
        for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 95:
            outer.sendall(bytes([byte]))
            time.sleep(0.1)

    client = through_https_proxy(twin, certificate, serve, timeout=0.5)
    with pytest.raises(coalesce_client.APITimeoutError):
        client.call("runs.list")


def test_a_record_through_an_https_proxy_is_bounded(
    twin: Twins, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    def serve(_: ssl.SSLSocket, tls: Tls) -> None:
        tls.handshake()
        tls.read()
        tls.write(response(), pause=0.1)

    client = through_https_proxy(twin, certificate, serve, timeout=0.5)
    with pytest.raises(coalesce_client.APITimeoutError):
        client.call("runs.list")


@pytest.mark.parametrize("address", ["socks4://u:secret-1234@127.0.0.1:1", "http://u:secret-1234@[::1", "ftp://x"])
def test_a_proxy_of_the_environment_that_can_not_be_used(
    twin: Twins, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("http_proxy", address)
    client = twin(coalesce_client, "Coalesce", Script(), "t", base_url="http://127.0.0.1:1", transport=None)
    with pytest.raises(coalesce_client.ClientUsageError, match="HTTP_PROXY") as caught:
        client.call("runs.list")
    assert caught.value.__context__ is None
    assert "secret-1234" not in str(caught.value)


def test_certificates_that_can_not_be_read(twin: Twins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    client = twin(coalesce_client, "Coalesce", Script(), "t", base_url="https://127.0.0.1:1", transport=None)
    with pytest.raises(coalesce_client.ClientUsageError, match="SSL_CERT_FILE"):
        client.call("runs.list")
