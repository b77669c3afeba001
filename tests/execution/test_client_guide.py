"""The code of docs/guides/clients.md runs."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import coalesce_client
import httpx2
import mode_client
import pytest

from conftest import ROOT

PAGE = ROOT / "docs" / "guides" / "clients.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


QUERY_RUN = {
    "id": 1, "token": "f23", "state": "succeeded", "created_at": "2024-05-01T12:00:00Z", "raw_source": "select 1",
    "_links": {"self": {"href": "/api/acme/reports/a/runs/b/query_runs/c"}, "report_run": {"href": "/api/x"}},
}  # fmt: skip


def answer(request: httpx2.Request) -> httpx2.Response:
    if request.url.host == "app.mode.com":
        return httpx2.Response(200, json=QUERY_RUN, headers={"content-type": "application/hal+json"})
    first = "startingFrom" not in request.url.params and not request.url.path.endswith("results")
    return httpx2.Response(200, json={"data": [{"id": "1", "runStatus": "completed"}] if first else []})


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_code_runs(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, transport in ((httpx2.Client, httpx2.MockTransport), (httpx2.AsyncClient, httpx2.MockTransport)):
        init = kind.__init__

        def offline(self: Any, *_: Any, init_: Any = init, mocked: Any = transport, **__: Any) -> None:
            init_(self, transport=mocked(answer))

        monkeypatch.setattr(kind, "__init__", offline)
    mock = httpx2.MockTransport(answer)

    def send(_: Any, request: httpx2.Request) -> httpx2.Response:
        return mock.handle_request(request)

    async def send_async(_: Any, request: httpx2.Request) -> httpx2.Response:
        return await mock.handle_async_request(request)

    for package in (coalesce_client, mode_client):
        monkeypatch.setattr(package.Transport, "handle_request", send)
        monkeypatch.setattr(package.AsyncTransport, "handle_async_request", send_async)
    names: dict[str, Any] = {}
    exec(compile(block, str(PAGE), "exec"), names)
    if "client" in names and "with " not in block:
        names["client"].runs.list(limit=1).first_page()
    if "main" in names:
        asyncio.run(names["main"]())


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 7
