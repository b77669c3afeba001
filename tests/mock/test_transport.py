"""The mock behind httpx2 clients."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from speclient.diagnostics import FatalError
from speclient.mock import Mock, MockTransport, mock

CORTEX = Path(__file__).resolve().parents[2] / "specs" / "cortex.yaml"
AUTH = {"Authorization": "Bearer secret"}
URL = "https://api.example.com/api/v1/queries/job-7"


def test_a_client_is_answered_and_the_answer_is_timed() -> None:
    transport = mock(CORTEX)
    transport.service.add("getQueryResults", id="job-7")
    with httpx2.Client(transport=transport, headers=AUTH) as client:
        response = client.get(URL)
    assert response.status_code == 200
    assert response.json()["queryDetails"]["jobId"] == "job-7"
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.elapsed >= timedelta(0)


def test_an_asynchronous_client_gets_the_same() -> None:
    transport = MockTransport(Mock(CORTEX, seed=5))

    async def ask() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=transport, headers=AUTH) as client:
            return await client.get(URL)

    response = asyncio.run(ask())
    assert response.elapsed >= timedelta(0)
    with httpx2.Client(transport=transport, headers=AUTH) as client:
        assert client.get(URL).content == response.content


def test_threads_may_share_it() -> None:
    with httpx2.Client(transport=mock(CORTEX, seed=2), headers=AUTH) as client:
        urls = [f"https://api.example.com/api/v1/queries/job-{n % 20}" for n in range(200)]
        with ThreadPoolExecutor(8) as pool:
            together = [response.content for response in pool.map(client.get, urls)]
        assert together == [client.get(url).content for url in urls]


def test_a_missing_document_is_said_like_everywhere(tmp_path: Path) -> None:
    with pytest.raises(FatalError) as caught:
        mock(tmp_path / "nowhere.yaml")
    assert caught.value.diagnostic.code == "SC001"
