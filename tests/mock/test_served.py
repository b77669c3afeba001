"""Mocks on a socket: the ASGI application, its admin API and page, malformed requests, and the command."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from speclient.mock import Mock, MockApplication, Request, Response, serving

SHOP = Path(__file__).with_name("shop.yaml")
SPECS = Path(__file__).resolve().parents[2] / "specs"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving({"shop": Mock(SHOP), "cortex": Mock(SPECS / "cortex.yaml")}) as url:
        yield url


@pytest.fixture
def client(address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, timeout=5) as made:
        made.post("/__mock/shop/reset")
        yield made


def test_several_mocks_have_a_path_each(client: httpx2.Client) -> None:
    orders = client.get("/shop/orders?limit=3").json()["orders"]
    assert client.get(f"/shop/orders/{orders[0]['id']}").json()["id"] == orders[0]["id"]
    assert client.get("/cortex/api/v1/queries/x").status_code == 401
    assert client.get("/nowhere").status_code == 404
    created = client.post("/shop/orders", json={"customer": "Ada"})
    assert re.fullmatch(rf"{client.base_url}/shop/orders/\d+", created.headers["location"])
    assert client.get(created.headers["location"]).json()["customer"] == "Ada"


def test_links_lead_to_the_served_mock(client: httpx2.Client) -> None:
    first = client.get("/shop/linked?per_page=50")
    link = re.findall(r"<(.*?)>", first.headers["link"])[0]
    assert len(client.get(link).json()) == 10


def test_faults_reach_the_socket(client: httpx2.Client) -> None:
    steps: list[Any] = [503, {"fault": "drop"}, {"fault": "drop", "after": 5}, {"fault": "drip", "seconds": 0.001}]
    client.post("/__mock/shop/faults", json={"operation": "listOrders", "steps": steps})
    assert client.get("/shop/orders").status_code == 503
    for _ in range(2):
        with pytest.raises(httpx2.TransportError):
            client.get("/shop/orders")
    assert client.get("/shop/orders").json()["orders"]
    assert [call["fault"] for call in client.get("/__mock/shop/calls").json()] == ["status 503", "drop", "drop", "drip"]


def test_the_admin_api(client: httpx2.Client) -> None:
    overview = client.get("/__mock").json()
    assert [mock["name"] for mock in overview["mocks"]] == ["shop", "cortex"]
    added = client.post("/__mock/shop/resources", json={"operation": "listOrders", "data": {"customer": "Ada"}}).json()
    assert client.get(f"/shop/orders/{added['id']}").json()["customer"] == "Ada"
    lifecycle = {"operation": "getOrder", "states": ["packing", "canceled"], "id": added["id"]}
    assert client.post("/__mock/shop/lifecycle", json=lifecycle).status_code == 200
    states = [client.get(f"/shop/orders/{added['id']}").json()["status"] for _ in range(2)]
    assert states == ["packing", "canceled"]
    store = client.get("/__mock/shop/store").json()
    assert client.put("/__mock/shop/store", json=store).json() == {"done": True}
    assert client.get("/__mock/shop/har").json()["log"]["version"] == "1.2"
    assert len(client.get("/__mock/shop/calls?after=2").json()) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "/shop/faults", {"steps": ["nonsense"]}, 400, "no fault 'nonsense'"),
        ("POST", "/shop/faults", {"steps": []}, 400, "at least one step"),
        ("POST", "/shop/faults", {"steps": [503], "often": 1}, 400, "'often' is not part of a fault"),
        ("POST", "/shop/faults", {"steps": [{"fault": "latency", "minutes": 1}]}, 400, "'minutes' is not an argument"),
        ("POST", "/shop/faults", {"operation": "listOrder", "steps": [503]}, 400, "did you mean 'listOrders'"),
        ("POST", "/shop/lifecycle", {"operation": "listThings"}, 400, "no property with the state"),
        ("PUT", "/shop/store", {"/orders": [1]}, 400, ""),
        ("POST", "/shop/store", {}, 404, "it has GET calls"),
        ("GET", "/other/calls", None, 404, "no mock 'other'"),
    ],
)
def test_mistakes_in_the_admin_api_are_named(
    client: httpx2.Client, method: str, path: str, body: Any, status: int, message: str
) -> None:
    response = client.request(method, f"/__mock{path}", json=body)
    assert response.status_code == status
    assert message in response.json()["detail"]


@pytest.mark.parametrize("headers", [{"origin": "https://elsewhere.example"}, {"host": "rebound.example"}])
def test_foreign_pages_cannot_use_the_admin_api(client: httpx2.Client, headers: dict[str, str]) -> None:
    assert client.get("/__mock", headers=headers).status_code == 403


def test_the_page_is_self_contained(client: httpx2.Client) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "innerHTML" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_malformed_requests_do_no_harm(address: str) -> None:
    parts = urlsplit(address)
    rng = Random(1)
    valid = b"POST /shop/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n"
    valid += b'{"customer":"Ada"}'
    for number in range(300):
        data = bytearray(valid)
        for _ in range(rng.randrange(1, 12)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if number % 3 == 0:
            data = data[: rng.randrange(len(data))]
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as connection:
            connection.sendall(bytes(data))
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.05)
            try:
                while connection.recv(65536):
                    pass
            except OSError:
                pass
    connection_ = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection_.request("GET", "/shop/things?limit=1")
    assert connection_.getresponse().status == 200
    connection_.close()


def test_hostile_requests_in_process() -> None:
    """Anything as path, query, header and body gets a response below 500, or 501."""
    service = Mock(SHOP)
    rng = Random(2)
    paths = ["/orders", "/orders/1", "/orders/1002/items", "/things", "/hal", "/after", "/linked", "/%ff", "//", ""]
    for _ in range(3000):
        noise = "".join(chr(rng.randrange(0x20, 0x17F)) for _ in range(rng.randrange(12)))
        query = "&".join(
            f"{rng.choice(['limit', 'cursor', 'offset', 'page', 'sort', 'tags', 'status', 'starting_after'])}={noise}"
            for _ in range(rng.randrange(4))
        )
        request = Request(
            rng.choice(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "get", "\u00e9"]),
            rng.choice(paths) + rng.choice(["", noise]),
            query,
            (("content-type", rng.choice(["application/json", "text/plain", noise])), ("accept", noise)),
            noise.encode("utf-8"),
        )
        response = service.handle(request)
        assert response.status < 500 or response.status == 501, (request, response)


def test_a_body_that_is_too_large_is_refused() -> None:
    async def run() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"x" * 6_000_000, "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/orders", "query_string": b"", "headers": []}
        await MockApplication({"shop": Mock(SHOP)})(scope, receive, send)
        return sent

    assert asyncio.run(run())[0]["status"] == 413


# The command


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "speclient", "mock", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.yaml"], "SC001"),
        ([str(SHOP), "--port", "99999"], "--port 99999 is not a port"),
        ([str(SHOP), "--latency", "-1"], "--latency must not be negative"),
        ([str(SHOP), "--store", "nowhere.json"], "nowhere.json"),
        ([str(SHOP), "--host", "192.0.2.1", "--port", "0"], "cannot listen on 192.0.2.1:0"),
    ],
)
def test_a_wrong_use_of_the_command_is_one_message(arguments: list[str], message: str) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_serves_and_reloads(tmp_path: Path) -> None:
    spec = tmp_path / "shop.yaml"
    spec.write_text(SHOP.read_text(encoding="utf-8"), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "speclient", "mock", str(spec), "--port", "0", "--token", "right"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        url = re.findall(r"http://\S+", process.stdout.readline())[0]
        assert httpx2.get(f"{url}/things?limit=2").json()
        spec.write_text(SHOP.read_text(encoding="utf-8").replace("/things:", "/pieces:"), encoding="utf-8")
        assert "reloaded" in process.stderr.readline()
        assert httpx2.get(f"{url}/pieces?limit=2").status_code == 200
        spec.write_text("openapi: [", encoding="utf-8")
        assert "not reloaded" in process.stderr.readline()
        assert httpx2.get(f"{url}/pieces?limit=2").status_code == 200
    finally:
        process.terminate()
        process.wait(10)


def test_latency_delays_each_response() -> None:
    application = MockApplication({"shop": Mock(SHOP)}, latency=0.05)

    async def run() -> float:
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(application), base_url="http://localhost"
        ) as client:
            started = time.monotonic()
            assert (await client.get("/things?limit=1")).status_code == 200
            return time.monotonic() - started

    assert asyncio.run(run()) >= 0.05


def test_one_mock_answers_at_the_root() -> None:
    application = MockApplication({"shop": Mock(SHOP)})
    assert application.respond(Request("GET", "/things", "limit=1")).status == 200
    page: Response = application.respond(Request("GET", "/"))
    assert page.header("content-type") == "text/html; charset=utf-8"
    assert json.loads(application.respond(Request("GET", "/__mock", "", (("host", "localhost:1"),))).body)["mocks"]
