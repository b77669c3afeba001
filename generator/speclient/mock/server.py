"""Serve mocks on a socket with uvicorn (the extra `serve`)."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from speclient.diagnostics import FatalError
from speclient.mock.asgi import MockApplication
from speclient.mock.service import Mock

_WATCHED = 0.5
"""Seconds between two looks at the documents."""
_STARTING = 10.0
_SHUTDOWN = 1
"""Seconds that delayed responses may hold up the end of the process."""


class MissingServerError(ImportError):
    """uvicorn is not installed."""

    def __init__(self) -> None:
        super().__init__("serving a mock needs uvicorn: pip install uvicorn (or the extra `serve` of this package)")


def _config(application: MockApplication, **options: Any) -> Any:
    try:
        import uvicorn
    except ImportError:
        raise MissingServerError from None
    # h11 and httptools refuse malformed requests themselves; lifespan and access log are not needed.
    return uvicorn.Config(
        application,
        log_level="critical",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_SHUTDOWN,
        **options,
    )


def run(application: MockApplication, host: str, port: int, started: Callable[[str], None]) -> None:
    """Serve until the process is interrupted.

    Args:
        application: the mocks.
        host: the address to listen on.
        port: the port; 0 for any free one.
        started: called with the URL when the server listens.

    Raises:
        MissingServerError: uvicorn is not installed.
        OSError: the address cannot be used.
    """
    config = _config(application, host=host, port=port)
    import asyncio

    import uvicorn

    listener = _listen(host, port)
    server = uvicorn.Server(config)
    started(_url(host, listener.getsockname()[1]))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(server.serve(sockets=[listener]))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches the delay of small packets off for sockets that name the protocol only.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


def _url(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


@contextlib.contextmanager
def serving(mock: Mock | Mapping[str, Mock], *, host: str = "127.0.0.1", port: int = 0) -> Generator[str]:
    """Serve mocks in a thread while the block runs; gives the URL.

    Raises:
        MissingServerError: uvicorn is not installed.
        OSError: the address cannot be used.
    """
    mocks = {"mock": mock} if isinstance(mock, Mock) else mock
    config = _config(MockApplication(mocks), host=host, port=port)
    import uvicorn

    listener = _listen(host, port)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    limit = time.monotonic() + _STARTING
    while not server.started and time.monotonic() < limit:
        time.sleep(0.005)
    try:
        yield _url(host, listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(_STARTING)
        listener.close()


def watch(
    application: MockApplication,
    paths: Mapping[str, Path],
    make: Callable[[Path], Mock],
    report: Callable[[str], None],
) -> None:
    """Replace a mock when its document changes; runs in a thread of its own for as long as the process.

    Args:
        application: the application whose mocks are replaced.
        paths: the documents by the names of the mocks.
        make: creates a mock for a document.
        report: called with a message for people.
    """

    def look() -> None:
        seen = {name: _changed_at(path) for name, path in paths.items()}
        while True:
            time.sleep(_WATCHED)
            for name, path in paths.items():
                changed = _changed_at(path)
                if changed == seen[name]:
                    continue
                seen[name] = changed
                try:
                    application.mocks[name] = make(path)
                except FatalError as problem:
                    report(f"{path}: not reloaded: {problem}")
                else:
                    report(f"{path}: reloaded")

    threading.Thread(target=look, daemon=True).start()


def _changed_at(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
