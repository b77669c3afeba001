"""Faults that a test injects, seen through httpx2 clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import pytest

from speclient.mock import OK, Fault, Mock, MockTransport, Request, Response, faults

SHOP = Path(__file__).with_name("shop.yaml")


@pytest.fixture
def shop() -> Mock:
    return Mock(SHOP)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(shop: Mock, slept: list[float]) -> Iterator[httpx2.Client]:
    transport = MockTransport(shop, sleep=slept.append)
    with httpx2.Client(transport=transport, base_url="https://shop.example", timeout=5) as made:
        yield made


def test_a_sequence_of_statuses_then_normal(shop: Mock, client: httpx2.Client) -> None:
    shop.on("listOrders").respond(503, 503, OK)
    assert [client.get("/orders").status_code for _ in range(4)] == [503, 503, 200, 200]
    assert client.get("/things").status_code == 200


def test_a_documented_status_has_its_body_and_retry_after(shop: Mock, client: httpx2.Client) -> None:
    shop.on("listOrders").respond(faults.status(400), faults.status(429, retry_after=3))
    documented, other = client.get("/orders"), client.get("/orders")
    assert (documented.status_code, "message" in documented.json()) == (400, True)
    assert (other.status_code, other.headers["retry-after"]) == (429, "3")
    assert documented.headers["x-mock-fault"] == "status 400"


def test_a_call_number_and_a_probability(shop: Mock, client: httpx2.Client) -> None:
    shop.on("listOrders").call(3).respond(500)
    assert [client.get("/orders").status_code for _ in range(4)] == [200, 200, 500, 200]
    shop.reset(seed=1)
    shop.on().sometimes(0.3).respond(503)
    statuses = [client.get("/orders").status_code for _ in range(200)]
    assert 30 < statuses.count(503) < 90
    shop.reset(seed=1)
    shop.on().sometimes(0.3).respond(503)
    assert [client.get("/orders").status_code for _ in range(200)] == statuses


def test_a_connection_ends_before_or_within_the_body(shop: Mock, client: httpx2.Client) -> None:
    shop.on("listOrders").respond(faults.drop(), faults.drop(after=10))
    with pytest.raises(httpx2.RemoteProtocolError):
        client.get("/orders")
    with pytest.raises(httpx2.RemoteProtocolError):
        client.get("/orders")
    assert client.get("/orders").status_code == 200


def test_slow_responses_wait_without_real_time(shop: Mock, client: httpx2.Client, slept: list[float]) -> None:
    shop.on("listOrders").respond(faults.latency(2), faults.latency(60), faults.drip(0.5, piece=100))
    assert client.get("/orders").status_code == 200
    with pytest.raises(httpx2.ReadTimeout):
        client.get("/orders")
    assert slept == [2, 5]
    response = client.get("/orders")
    assert len(slept) - 2 == -(-len(response.content) // 100)


def test_an_asynchronous_client_meets_the_same_faults(shop: Mock) -> None:
    shop.on("listOrders").respond(503, faults.drop(), faults.drop(after=3), faults.latency(60), faults.drip(0.0001))

    async def run() -> list[Any]:
        seen: list[Any] = []
        async with httpx2.AsyncClient(
            transport=MockTransport(shop), base_url="https://shop.example", timeout=0.01
        ) as client:
            for _ in range(5):
                try:
                    seen.append((await client.get("/orders")).status_code)
                except httpx2.TransportError as error:
                    seen.append(type(error).__name__)
        return seen

    assert asyncio.run(run()) == [503, "RemoteProtocolError", "RemoteProtocolError", "ReadTimeout", 200]


@pytest.mark.parametrize("length", [None, 5])
def test_a_truncated_body(shop: Mock, client: httpx2.Client, length: int | None) -> None:
    whole = client.get("/orders").content
    shop.on("listOrders").respond(faults.truncate(length))
    assert client.get("/orders").content == whole[: len(whole) // 2 if length is None else length]


def test_bodies_that_are_not_what_they_say(shop: Mock, client: httpx2.Client) -> None:
    shop.on("listOrders").respond(faults.invalid_json(), faults.html(502), faults.content_type("text/plain"))
    with pytest.raises(ValueError, match="Expecting"):
        client.get("/orders").json()
    page = client.get("/orders")
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert client.get("/orders").headers["content-type"] == "text/plain"


ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "customer", "status", "created_at"],
    "properties": {"status": {"enum": ["new", "packing", "delivered", "canceled"]}, "id": {"type": "integer"}},
}


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (faults.unknown_enum, "is not one of"),
        (faults.missing_required, "is a required property"),
        (faults.wrong_type, "is not of type"),
    ],
)
def test_bodies_that_violate_the_schema(
    shop: Mock, client: httpx2.Client, fault: Callable[[], Fault], word: str
) -> None:
    judge = jsonschema_rs.Draft202012Validator(ORDER)
    assert judge.is_valid(client.get("/orders/1002").json())
    shop.on("getOrder").respond(fault())
    errors = [error.message for error in judge.iter_errors(client.get("/orders/1002").json())]
    assert any(word in message for message in errors)


def test_named_properties(shop: Mock, client: httpx2.Client) -> None:
    shop.on("getOrder").respond(faults.missing_required("customer"), faults.wrong_type("customer"))
    assert "customer" not in client.get("/orders/1002").json()
    assert client.get("/orders/1002").json()["customer"] == {"unexpected": True}


def test_an_unknown_variant(shop: Mock, client: httpx2.Client) -> None:
    shop.on("listItems").respond(faults.unknown_variant("boat"))
    kinds = [item["kind"] for item in client.get("/orders/1002/items").json()["data"]]
    assert kinds.count("boat") == 1


def test_a_stuck_cursor_and_an_overlapping_page(shop: Mock, client: httpx2.Client) -> None:
    first = client.get("/orders?limit=5").json()
    shop.on("listOrders").always(faults.stuck_cursor())
    second = client.get("/orders", params={"limit": 5, "cursor": first["next_cursor"]}).json()
    assert second["next_cursor"] == first["next_cursor"]
    shop.reset()
    shop.on("listOrders").always(faults.overlapping_page())
    second = client.get("/orders", params={"limit": 5, "cursor": first["next_cursor"]}).json()
    assert second["orders"][0]["id"] == first["orders"][-1]["id"]


def test_an_expired_token(tmp_path: Path) -> None:
    service = Mock(Path(__file__).resolve().parents[2] / "specs" / "coalesce.yaml")
    service.on("listRuns").call(2).respond(faults.expired_token())

    def status(token: str) -> int:
        return service.handle(Request("GET", "/api/v1/runs", "", (("authorization", f"Bearer {token}"),))).status

    assert [status("one"), status("one"), status("one"), status("two")] == [200, 401, 401, 200]


def test_a_fault_that_cannot_be_injected_says_so(shop: Mock, client: httpx2.Client) -> None:
    shop.on("listThings").respond(faults.unknown_variant())
    response = client.get("/things")
    assert response.status_code == 501
    assert "no discriminator" in response.json()["detail"]


def test_wrong_steps_are_refused(shop: Mock) -> None:
    with pytest.raises(TypeError, match="neither a status"):
        shop.on("listOrders").respond("503")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="code: expected a whole number from 100 to 599, got 9"):
        shop.on("listOrders").respond(9)
    with pytest.raises(LookupError, match="did you mean 'listOrders'"):
        shop.on("listOrder")


def test_a_response_of_the_test(shop: Mock, client: httpx2.Client) -> None:
    shop.on("listOrders").respond(Response(418, (("content-type", "text/plain"),), b"tea"))
    assert client.get("/orders").text == "tea"


# Requests that are refused


def test_a_token_is_checked(tmp_path: Path) -> None:
    service = Mock(Path(__file__).resolve().parents[2] / "specs" / "coalesce.yaml", token="right-token")

    def asked(token: str) -> Response:
        return service.handle(Request("GET", "/api/v1/runs", "", (("authorization", f"Bearer {token}"),)))

    refused = asked("wrong-token")
    assert (asked("right-token").status, refused.status) == (200, 401)
    assert "wrong-token" not in str(refused)


def test_the_reason_is_ascii_and_marked_only_where_nothing_is_documented(shop: Mock, client: httpx2.Client) -> None:
    response = client.get("/orders", params={"status": "verlören"})
    assert response.status_code == 400
    assert response.headers["x-mock-reason"].isascii()
    assert "x-mock-undocumented" not in response.headers
    for refused in (client.get("/nowhere"), client.put("/things"), client.get("/things?limit=0")):
        assert refused.headers["x-mock-undocumented"] == "true"
    assert [call.status for call in shop.undocumented()] == [404, 405, 400]


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=99999999999999999999", "limit=x", "limit=" + "9" * 5000])
def test_duplicates_and_huge_numbers_are_refused(client: httpx2.Client, query: str) -> None:
    assert client.get(f"/orders?{query}").status_code == 400


# The journal


def test_calls_are_recorded_and_asserted(shop: Mock, client: httpx2.Client) -> None:
    client.get("/orders", params={"limit": 3}, headers={"x-team": "data"})
    client.post("/orders", json={"customer": "Ada"})
    shop.assert_called("listOrders", 1)
    shop.assert_called_with("listOrders", query={"limit": 3}, headers={"X-Team": "data"}, arguments={"limit": 3})
    shop.assert_called_with("createOrder", json={"customer": "Ada"})
    shop.assert_order("listOrders", "createOrder")
    assert [(call.number, call.status) for call in shop.calls("listOrders")] == [(1, 200)]
    with pytest.raises(AssertionError, match=r"listOrders.*limit=3"):
        shop.assert_called_with("listOrders", query={"limit": 4})
    with pytest.raises(AssertionError, match="called 0 times"):
        shop.assert_called("getOrder")
    with pytest.raises(AssertionError, match="not called in the order"):
        shop.assert_order("createOrder", "listOrders")


def test_the_archive_has_no_credentials() -> None:
    service = Mock(Path(__file__).resolve().parents[2] / "specs" / "coalesce.yaml")
    service.handle(Request("GET", "/api/v1/runs", "limit=2", (("authorization", "Bearer very-secret"),)))
    archive = json.dumps(service.journal.har())
    assert "very-secret" not in archive
    entry = service.journal.har()["log"]["entries"][0]
    assert entry["request"]["queryString"] == [{"name": "limit", "value": "2"}]
    assert entry["response"]["status"] == 200


TEXT: Any = "x"
LIST: Any = []


@pytest.mark.parametrize(
    "define",
    [
        lambda: faults.latency(TEXT), lambda: faults.latency(float("inf")), lambda: faults.latency(-1),
        lambda: faults.truncate(TEXT), lambda: faults.html(99), lambda: faults.drop(-3),
        lambda: faults.drip(0, piece=0),
        lambda: faults.status(200, headers={"a": "b\r\nc: d"}), lambda: faults.status(429, retry_after=float("nan")),
        lambda: faults.content_type("a\nb"), lambda: Mock(SHOP, size=-1), lambda: Mock(SHOP, polls=TEXT),
        lambda: Mock(SHOP).on().call(0), lambda: Mock(SHOP).on().sometimes(float("nan")),
        lambda: Mock(SHOP).lifecycle("getOrder", seconds=TEXT), lambda: Mock(SHOP).lifecycle("getOrder", polls=0),
        lambda: Mock(SHOP).lifecycle("getOrder", id=LIST), lambda: Mock(SHOP).add("listOrders", id=True),
        lambda: Mock(SHOP).add("listOrders", LIST),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_where_they_are_given(define: Any) -> None:
    with pytest.raises(ValueError, match=r"expected|cannot be"):
        define()


def test_a_refused_call_does_not_move_a_job(shop: Mock, client: httpx2.Client) -> None:
    shop.lifecycle("getOrder", ["new", "packing", "delivered"], id=5000)
    shop.on("getOrder").respond(503, faults.html(502), Response(500), faults.drop())
    seen: list[Any] = []
    for _ in range(6):
        try:
            response = client.get("/orders/5000")
            seen.append(response.json()["status"] if response.status_code == 200 else response.status_code)
        except httpx2.TransportError:
            seen.append("dropped")
    # A dropped connection says nothing about the operation: this one was performed.
    assert seen == [503, 502, 500, "dropped", "packing", "delivered"]


@pytest.mark.parametrize(
    "body", [b'{"customer": "\\ud800"}', b'{"customer": "a", "total": NaN}', b'{"customer": "a", "total": 1e999}',
             '{"customer": "a"}'.encode("utf-16"), b'\xef\xbb\xbf{"customer": "a"}', b'{"customer": "\xff"}'],
)  # fmt: skip
def test_bodies_that_are_not_json_are_refused(client: httpx2.Client, body: bytes) -> None:
    response = client.post("/orders", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert "not JSON" in response.headers["x-mock-reason"]
    assert client.get("/orders?limit=50").status_code == 200


def test_read_only_properties_of_a_request_are_ignored(client: httpx2.Client) -> None:
    created = client.post("/orders", json={"customer": "Ada", "id": "not a number"})
    assert (created.status_code, created.json()["id"]) == (201, 1061)
