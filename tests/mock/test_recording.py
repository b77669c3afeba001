"""Record a service and replay it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from speclient.mock import Mock, MockTransport, RecordingError, RecordingTransport, Request

SHOP = Path(__file__).with_name("shop.yaml")


def test_a_recording_is_replayed_in_turn_and_has_no_secret(tmp_path: Path) -> None:
    service = Mock(SHOP, seed=5)
    service.lifecycle("getOrder", ["new", "delivered"], id=5000)
    path = tmp_path / "orders.har"
    transport = RecordingTransport(MockTransport(service), path, secrets=["customer", "key"])
    with httpx2.Client(transport=transport, base_url="https://shop.example") as client:
        seen = [client.get("/orders/5000", params={"key": "word"}, headers={"Authorization": "Bearer very-secret"})
                for _ in range(3)]  # fmt: skip
        client.get("/orders", params={"limit": 2})
    text = path.read_text(encoding="utf-8")
    assert "very-secret" not in text
    assert seen[0].json()["customer"] not in text
    assert "key=word" not in text

    replay = Mock(SHOP)
    replay.replay(path)
    states = [replay.handle(Request("GET", "/orders/5000", "key=%5Bredacted%5D")).json()["status"] for _ in range(4)]
    assert states == ["new", "delivered", "delivered", "delivered"]
    page = replay.handle(Request("GET", "/orders", "limit=2"))
    assert len(page.json()["orders"]) == 2
    assert [call.operation for call in replay.calls()] == ["getOrder"] * 4 + ["listOrders"]
    assert replay.handle(Request("GET", "/things")).status == 200


@pytest.mark.parametrize("text", ["", "[]", '{"log": {"entries": [{}]}}', '{"log": 3}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.har"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordingError, match="not a recording"):
        Mock(SHOP).replay(path)
    with pytest.raises(RecordingError, match="no such file"):
        Mock(SHOP).replay(tmp_path / "missing.har")


def test_an_archive_of_the_journal_is_a_recording(tmp_path: Path) -> None:
    service = Mock(SHOP, seed=7)
    first = service.handle(Request("GET", "/things", "limit=2"))
    path = tmp_path / "journal.har"
    path.write_text(json.dumps(service.journal.har()), encoding="utf-8")
    other = Mock(SHOP)
    other.replay(path)
    assert other.handle(Request("GET", "/things", "limit=2")).body == first.body


def test_an_asynchronous_client_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "orders.har"

    async def run() -> int:
        transport = RecordingTransport(MockTransport(Mock(SHOP)), path)
        async with httpx2.AsyncClient(transport=transport, base_url="https://shop.example") as client:
            return len((await client.get("/things?limit=3")).json())

    assert asyncio.run(run()) == 3
    replay = Mock(SHOP, seed=9)
    replay.replay(path)
    assert len(replay.handle(Request("GET", "/things", "limit=3")).json()) == 3


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"unknown\.har: no such file$"):
        Mock(Path(__file__).with_name("shop.yaml")).replay(tmp_path / "unknown.har")
