"""Small helpers that several test folders use."""

from __future__ import annotations

from typing import Any

import httpx2

from conftest import GENERATED, PACKAGES, ROOT, Handler, Made

__all__ = ["GENERATED", "PACKAGES", "ROOT", "Handler", "Made", "Recorder", "answer", "recorder"]


def answer(body: Any, status: int = 200) -> Handler:
    """A service that always answers this JSON."""
    return lambda _: httpx2.Response(status, json=body)


class Recorder:
    """A service that gives one answer and keeps the requests."""

    def __init__(self, reply: httpx2.Response | Handler) -> None:
        self._reply = reply
        self.requests: list[httpx2.Request] = []
        self.waits: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.requests.append(request)
        if isinstance(self._reply, httpx2.Response):
            reply = self._reply
            return httpx2.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return self._reply(request)

    @property
    def request(self) -> httpx2.Request:
        """The last request."""
        return self.requests[-1]

    @property
    def url(self) -> str:
        """The URL of the last request."""
        return str(self.request.url)


def recorder(reply: httpx2.Response | Handler) -> Recorder:
    """A service that gives one answer and keeps the requests."""
    return Recorder(reply)
