"""The mock through generated clients, synchronous and asynchronous: pages, changes, waiting, and every fault."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import generated
from speclient.mock import Fault, PackageMock, faults

SHOP = Path(__file__).with_name("shop.yaml")
LISTINGS = {
    "orders.list": "listOrders", "orders.list_items": "listItems", "things.list": "listThings",
    "linked.list": "listLinked", "hal.list": "listHal", "after.list": "listAfter",
}  # fmt: skip


@pytest.fixture(scope="module")
def package(package_cache: Path) -> Iterator[ModuleType]:
    """The client of the shop. Operation names are those of the tests' overlay."""
    folder = generated(SHOP, package_cache).folder
    assert folder is not None
    sys.path.insert(0, str(folder))
    import importlib

    yield importlib.import_module("shop_client")
    sys.path.remove(str(folder))
    for name in [each for each in sys.modules if each.split(".")[0] == "shop_client"]:
        del sys.modules[name]


@pytest.fixture
def shop(package: ModuleType) -> PackageMock:
    return PackageMock("shop_client")


def method(client: Any, shop: PackageMock, operation: str) -> Any:
    """The method of an operation, by the table of the package."""
    row = next(each for each in shop._table["operations"] if each["operationId"] == operation)
    owner = client
    for part in row["call"].split("."):
        owner = getattr(owner, part)
    return owner


def arguments(operation: str) -> list[int]:
    return [1002] if operation in ("listItems", "getOrder") else []


def size(operation: str) -> dict[str, int]:
    return {"per_page": 7} if operation in ("listItems", "listLinked") else {"limit": 7}


@pytest.mark.parametrize("operation", LISTINGS.values())
def test_every_style_of_pages_shows_every_item_once(shop: PackageMock, operation: str) -> None:
    shop.lifecycle("getOrder", ["delivered"])
    scope = {"orderId": 1002} if operation == "listItems" else {}
    with shop.client() as client:
        found = [item.id for item in method(client, shop, operation)(*arguments(operation), **size(operation))]
    assert list(map(str, found)) == shop.ids(operation, **scope)

    async def run() -> list[Any]:
        async with shop.async_client() as client:
            listing = method(client, shop, operation)(*arguments(operation), **size(operation))
            return [item.id async for item in listing]

    assert asyncio.run(run()) == found


def test_changes_through_a_client(shop: PackageMock) -> None:
    with shop.client() as client:
        created = method(client, shop, "createOrder")(customer="Ada", total=3)
        assert method(client, shop, "getOrder")(created.id).customer == "Ada"
        assert method(client, shop, "changeOrder")(created.id, customer="Grace").customer == "Grace"
        method(client, shop, "deleteOrder")(created.id)
        with pytest.raises(sys.modules["shop_client"].NotFoundError):
            method(client, shop, "getOrder")(created.id)


@pytest.mark.parametrize("last", ["delivered", "canceled"])
def test_waiting_ends(shop: PackageMock, last: str) -> None:
    module = sys.modules["shop_client"]
    shop.lifecycle("getOrder", ["new", "packing", last], id=5000)
    with shop.client() as client:
        wait = method(client, shop, "getOrder").__self__.wait
        if last == "delivered":
            assert wait(5000, first_interval=0.001).status == "delivered"
        else:
            with pytest.raises(module.FailedStateError):
                wait(5000, first_interval=0.001)
    assert len(shop.calls("getOrder")) == 3


def test_every_job_ends_without_any_preparation(shop: PackageMock) -> None:
    async def run() -> list[Any]:
        async with shop.async_client() as client:
            wait = method(client, shop, "getOrder").__self__.wait
            return [
                (await wait(int(each), first_interval=0.0001, raise_on_failure=False)).status
                for each in shop.ids("listOrders")
            ]

    states = asyncio.run(run())
    assert set(states) == {"delivered", "canceled"}


def outcome(shop: PackageMock, operation: str, **options: Any) -> Any:
    """What a caller sees of one call: the name of the exception, or the number of reported violations."""
    seen: list[Any] = []
    with shop.client(on_violation=seen.append, max_retries=0, **options) as client:
        call = method(client, shop, operation)
        try:
            result = call(*arguments(operation))
            if operation in LISTINGS.values():
                result = result.first_page()
        except sys.modules["shop_client"].APIError as error:
            return type(error).__name__
    return len(seen)


@pytest.mark.parametrize(
    ("fault", "tolerant", "strict"),
    [
        (lambda: faults.status(404), "NotFoundError", "NotFoundError"),
        (lambda: faults.status(503, retry_after=1), "ServiceUnavailableError", "ServiceUnavailableError"),
        (lambda: faults.status(429, retry_after=1), "TooManyRequestsError", "TooManyRequestsError"),
        (faults.drop, "APIConnectionError", "APIConnectionError"),
        (lambda: faults.drop(after=5), "APIConnectionError", "APIConnectionError"),
        (faults.truncate, "UndecodableResponseError", "UndecodableResponseError"),
        (faults.invalid_json, "UndecodableResponseError", "UndecodableResponseError"),
        (faults.html, "BadGatewayError", "BadGatewayError"),
        (faults.content_type, "UndecodableResponseError", "UndecodableResponseError"),
        # Enumerations are open: the value is kept, and known by `is_known` (docs/guides/clients.md).
        (faults.unknown_enum, 0, 0),
        (faults.missing_required, 1, "InvalidResponseError"),
        (faults.wrong_type, 1, "InvalidResponseError"),
        (lambda: faults.latency(0.001), 0, 0),
        (lambda: faults.drip(0.0001, piece=50), 0, 0),
    ],
)
def test_what_a_caller_sees_of_a_fault(
    shop: PackageMock, fault: Callable[[], Fault], tolerant: Any, strict: Any
) -> None:
    shop.lifecycle("getOrder", ["delivered"])
    shop.on("getOrder").always(fault())
    assert [outcome(shop, "getOrder"), outcome(shop, "getOrder", policy="strict")] == [tolerant, strict]


def test_faults_of_pages_through_a_client(shop: PackageMock) -> None:
    module = sys.modules["shop_client"]
    shop.on("listOrders").always(faults.stuck_cursor())
    with shop.client() as client, pytest.raises(module.APIError):
        list(method(client, shop, "listOrders")(limit=7))
    shop.reset()
    shop.on("listOrders").always(faults.overlapping_page())
    with shop.client() as client:
        identities = [order.id for order in method(client, shop, "listOrders")(limit=7)]
    assert set(map(str, identities)) == set(shop.ids("listOrders"))


def test_retries_of_a_client(shop: PackageMock) -> None:
    shop.on("getOrder").respond(faults.status(503, retry_after=0), faults.drop())
    with shop.client() as client:
        assert method(client, shop, "getOrder")(1002).id == 1002
    assert len(shop.calls("getOrder")) == 3


def test_an_unknown_variant_is_reported(shop: PackageMock) -> None:
    shop.on("listItems").always(faults.unknown_variant())
    assert outcome(shop, "listItems") == 1
    assert outcome(shop, "listItems", policy="strict") == "InvalidResponseError"
