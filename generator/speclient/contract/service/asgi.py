"""An ASGI application as a transport: the service is called in process."""

from __future__ import annotations

import asyncio
import importlib
import sys
import threading
from collections.abc import Callable, Coroutine, MutableMapping
from typing import Any, cast
from urllib.parse import unquote

import httpx2

from .parameters import UsageError

Message = MutableMapping[str, Any]
Application = Callable[..., Coroutine[Any, Any, None]]


def load_application(name: str) -> Application:
    """The application `module:attribute`, from the current folder or an installed package.

    Raises:
        UsageError: there is no such module or attribute, or it cannot be called.
    """
    module, colon, attribute = name.partition(":")
    if not colon or not module or not attribute:
        raise UsageError(f"--app: {name!r} is not module:attribute")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:
        raise UsageError(f"--app: {name!r} cannot be imported: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise UsageError(f"--app: {name!r} is not an ASGI application")
    return cast("Application", found)


class AsgiTransport(httpx2.BaseTransport):
    """Calls an application in an event loop of its own. The lifespan protocol is carried out.

    Args:
        application: ASGI 3.
        timeout: seconds for one request.
        limit: bytes of one response.
    """

    def __init__(self, application: Application, timeout: float = 20.0, limit: int = 10 * 2**20) -> None:
        self._application, self._timeout, self._limit = application, timeout, limit
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._lifespan_events: asyncio.Queue[Message] = asyncio.Queue()
        self._started = threading.Event()
        asyncio.run_coroutine_threadsafe(self._lifespan(), self._loop)
        self._started.wait(timeout)

    def close(self) -> None:
        """Shut the application down."""
        self._loop.call_soon_threadsafe(self._lifespan_events.put_nowait, {"type": "lifespan.shutdown"})
        self._loop.call_soon_threadsafe(self._loop.call_later, 0.1, self._loop.stop)
        self._thread.join(1)

    async def _lifespan(self) -> None:
        await self._lifespan_events.put({"type": "lifespan.startup"})

        async def send(message: Message) -> None:  # noqa: ARG001
            self._started.set()

        try:
            scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
            await self._application(scope, self._lifespan_events.get, send)
        except Exception:  # The application does not know the protocol.
            pass
        finally:
            self._started.set()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Call the application. Raises the errors of httpx2: an exception of the application is a broken connection."""
        future = asyncio.run_coroutine_threadsafe(self._call(request), self._loop)
        try:
            status, headers, content = future.result(self._timeout)
        except TimeoutError:
            future.cancel()
            raise httpx2.ReadTimeout("the timeout has expired", request=request) from None
        except httpx2.RequestError:
            raise
        except Exception as error:
            message = f"the application raised {type(error).__name__}: {error}"
            raise httpx2.RemoteProtocolError(message, request=request) from error
        return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(content))

    async def _call(self, request: httpx2.Request) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        raw_path, _, query = request.url.raw_path.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": unquote(raw_path.decode("ascii")),
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": (request.url.host, request.url.port or 80),
            "state": {},
        }
        body = [request.read()]
        status, headers, content, is_complete = 0, list[tuple[bytes, bytes]](), bytearray(), False

        async def receive() -> Message:
            if body:
                return {"type": "http.request", "body": body.pop(), "more_body": False}
            await asyncio.sleep(0)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status, headers, is_complete
            if message["type"] == "http.response.start":
                status = int(message["status"])
                headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
            elif message["type"] == "http.response.body":
                content.extend(message.get("body", b""))
                is_complete = not message.get("more_body", False)
                if len(content) > self._limit:
                    raise httpx2.RemoteProtocolError(f"a response of more than {self._limit} bytes")

        await self._application(scope, receive, send)
        if not status or not is_complete:
            raise httpx2.RemoteProtocolError("the application ended without a complete response")
        return status, headers, b"" if request.method == "HEAD" else bytes(content)
