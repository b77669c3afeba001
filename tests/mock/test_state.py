"""The resources of the mock: what is listed can be read, writes change it, and listings obey their parameters."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speclient.diagnostics import FatalError
from speclient.mock import ManualClock, Mock, Request, Response, StoreError, UnknownOperation

SHOP = Path(__file__).with_name("shop.yaml")
JSON = ("content-type", "application/json")


@pytest.fixture
def shop() -> Mock:
    return Mock(SHOP)


def get(service: Mock, target: str) -> Response:
    path, _, query = target.partition("?")
    return service.handle(Request("GET", path, query, origin="https://shop.example"))


def send(service: Mock, method: str, path: str, value: Any = None) -> Response:
    body = b"" if value is None else json.dumps(value).encode()
    return service.handle(Request(method, path, "", (JSON,), body, origin="https://shop.example"))


def every_page(service: Mock, target: str) -> list[list[Any]]:
    """The items of all pages, each style followed as a client would."""
    pages: list[list[Any]] = []
    path, _, query = target.partition("?")
    following: str | None = target
    while following is not None and len(pages) < 200:
        response = get(service, following)
        assert response.status == 200, response.body
        body = response.json()
        following = None
        if path == "/orders":
            pages.append(body["orders"])
            if body.get("next_cursor"):
                following = f"{path}?{query}&cursor={body['next_cursor']}"
        elif path == "/linked":
            pages.append(body)
            link = response.header("link")
            following = None if link is None else local(re.findall(r"<(.*?)>", link)[0])
        elif path == "/hal":
            pages.append(body["_embedded"]["things"])
            link = body["_links"].get("next")
            following = None if link is None else local(link["href"])
        elif path == "/after":
            pages.append(body["data"])
            following = f"{path}?{query}&starting_after={body['data'][-1]['id']}" if body["has_more"] else None
        elif path == "/things":
            pages.append(body)
            following = f"{path}?{query}&offset={sum(map(len, pages))}" if body else None
        else:
            pages.append(body["data"])
            following = f"{path}?{query}&page={len(pages) + 1}" if len(pages) < body["pages"] else None
    return pages if pages[-1] or len(pages) == 1 else pages[:-1]


def local(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


STYLES = {
    "/orders": "limit", "/linked": "per_page", "/hal": "limit", "/after": "limit", "/things": "limit",
    "/orders/1002/items": "per_page",
}  # fmt: skip


@pytest.mark.parametrize("path", STYLES)
@settings(max_examples=15, deadline=None)
@given(size=st.integers(1, 50), count=st.integers(0, 45), seed=st.integers(0, 5))
def test_pages_show_every_item_once_in_order_and_end(path: str, size: int, count: int, seed: int) -> None:
    service = Mock(SHOP, size=count, seed=seed)
    if "/1002/" in path:
        service.add("listOrders", id=1002)
    pages = every_page(service, f"{path}?{STYLES[path]}={size}")
    identities = [item["id"] for page in pages for item in page]
    whole = every_page(service, f"{path}?{STYLES[path]}=50")
    assert identities == [item["id"] for page in whole for item in page]
    assert len(identities) == len(set(identities)) == count
    assert all(len(page) == size for page in pages[:-1])


def test_there_are_sixty_resources_and_the_total_says_so(shop: Mock) -> None:
    body = get(shop, "/orders").json()
    assert (len(body["orders"]), body.get("total_count", 60)) == (10, 60)
    assert len(Mock(SHOP, size=7).ids("listOrders")) == 7


def test_what_is_listed_is_what_is_read(shop: Mock) -> None:
    for order in get(shop, "/orders?limit=50").json()["orders"]:
        assert get(shop, f"/orders/{order['id']}").json() == order


def test_identities_are_unique_and_of_one_type() -> None:
    for seed in range(5):
        service = Mock(SHOP, seed=seed)
        identities = [order["id"] for page in every_page(service, "/orders?limit=50") for order in page]
        assert len(set(identities)) == 60
        assert {type(each) for each in identities} == {int}


def test_times_are_in_order_and_agree_with_the_state() -> None:
    for seed in range(5):
        for page in every_page(Mock(SHOP, seed=seed, polls=0), "/orders?limit=50"):
            for order in page:
                times = [order[name] for name in ("created_at", "started_at", "finished_at") if order.get(name)]
                assert times == sorted(times)
                if order["status"] in ("new", "packing"):
                    assert order.get("finished_at") is None
                if order["status"] != "canceled":
                    assert order.get("error") is None


def test_the_values_of_an_enumeration_are_spread(shop: Mock) -> None:
    states = [order["status"] for page in every_page(shop, "/orders?limit=50") for order in page]
    assert {state: states.count(state) for state in set(states)} == dict.fromkeys(
        ("new", "packing", "delivered", "canceled"), 15
    )


def test_variants_are_spread(shop: Mock) -> None:
    items = [item for page in every_page(shop, "/orders/1002/items?per_page=50") for item in page]
    assert {(item["kind"], "pages" in item, "age" in item) for item in items} == {
        ("book", True, False), ("toy", False, True)
    }  # fmt: skip


@pytest.mark.parametrize("target", ["/orders/7", "/orders/7/items", "/things?limit=0"])
def test_an_unknown_identity_gets_the_documented_error(shop: Mock, target: str) -> None:
    response = get(shop, target)
    if "things" in target:
        assert (response.status, response.header("x-mock-undocumented")) == (400, "true")
        return
    assert response.status == 404
    assert "has no '7'" in (response.header("x-mock-reason") or "")
    assert response.header("x-mock-undocumented") is None
    if target == "/orders/7":
        assert "has no '7'" in response.json()["message"]


def test_post_adds_patch_and_put_change_and_delete_removes(shop: Mock) -> None:
    created = send(shop, "POST", "/orders", {"customer": "Ada", "password": "secret-word"})
    order = created.json()
    assert (created.status, order["customer"]) == (201, "Ada")
    assert "password" not in order
    assert created.header("location") == f"https://shop.example/orders/{order['id']}"
    assert get(shop, f"/orders/{order['id']}").json()["customer"] == "Ada"
    assert len(shop.ids("listOrders")) == 61

    changed = send(shop, "PATCH", f"/orders/{order['id']}", {"customer": "Grace", "note": "fast"}).json()
    assert (changed["customer"], changed["note"], changed["id"]) == ("Grace", "fast", order["id"])
    replaced = send(shop, "PUT", f"/orders/{order['id']}", {"customer": "Edsger"}).json()
    assert replaced["customer"] == "Edsger"
    assert "note" not in replaced
    assert "note" not in get(shop, f"/orders/{order['id']}").json()

    assert send(shop, "DELETE", f"/orders/{order['id']}").status == 204
    assert get(shop, f"/orders/{order['id']}").status == 404
    assert send(shop, "DELETE", f"/orders/{order['id']}").status == 404
    assert order["id"] not in [each["id"] for page in every_page(shop, "/orders?limit=50") for each in page]


def test_an_invalid_body_changes_nothing(shop: Mock) -> None:
    before = shop.store.to_dict()
    refused = send(shop, "POST", "/orders", {"customer": ""})
    assert refused.status == 422
    assert "customer" in (refused.header("x-mock-reason") or "")
    assert send(shop, "PATCH", "/orders/1002", {"customer": 3}).status == 422
    assert shop.store.to_dict() == before


def test_an_operation_that_ends_a_job_ends_it(shop: Mock) -> None:
    order = next(each for each in get(shop, "/orders?limit=50").json()["orders"] if each["status"] == "new")
    assert send(shop, "POST", f"/orders/{order['id']}/cancel").json()["status"] == "canceled"
    assert get(shop, f"/orders/{order['id']}").json()["status"] == "canceled"


def test_filters_and_order(shop: Mock) -> None:
    packing = [order for page in every_page(shop, "/orders?limit=7&status=packing") for order in page]
    assert len(packing) == 15
    assert {order["status"] for order in packing} == {"packing"}
    for sort, reverse in (("total", False), ("-total", True), ("created_at", False), ("-created_at", True)):
        orders = [order for page in every_page(shop, f"/orders?limit=7&sort={sort}") for order in page]
        values = [value for order in orders if (value := order.get(sort.lstrip("-"))) is not None]
        assert len(orders) == 60
        assert values == sorted(values, reverse=reverse)
    tagged = [thing for page in every_page(shop, "/things?limit=50&tags=rare,old") for thing in page]
    assert tagged
    assert all(set(thing["tags"]) & {"rare", "old"} for thing in tagged)


def test_a_page_survives_the_removal_of_its_cursor(shop: Mock) -> None:
    first = get(shop, "/orders?limit=5").json()
    send(shop, "DELETE", f"/orders/{first['orders'][-1]['id']}")
    second = get(shop, f"/orders?limit=5&cursor={first['next_cursor']}").json()
    assert second["orders"][0]["id"] == first["orders"][-1]["id"] + 1


def test_a_cursor_of_another_service_is_refused(shop: Mock) -> None:
    response = get(shop, "/orders?cursor=elsewhere")
    assert response.status == 400
    assert "cursor" in response.json()["message"]


# Lifecycles


def state(service: Mock, identity: int) -> str:
    return str(get(service, f"/orders/{identity}").json()["status"])


def test_a_job_moves_on_with_each_poll_and_never_back() -> None:
    rank = {"new": 0, "packing": 1, "delivered": 2, "canceled": 2}
    for seed in range(3):
        service = Mock(SHOP, seed=seed)
        for identity in service.ids("listOrders"):
            states = [state(service, int(identity)) for _ in range(5)]
            assert [rank[each] for each in states] == sorted(rank[each] for each in states)
            assert rank[states[-1]] == 2


def test_without_polls_nothing_changes() -> None:
    service = Mock(SHOP, polls=0)
    identity = next(int(each) for each in service.ids("listOrders") if state(service, int(each)) == "new")
    assert {state(service, identity) for _ in range(5)} == {"new"}


def test_a_test_starts_a_lifecycle_by_polls(shop: Mock) -> None:
    shop.lifecycle("getOrder", ["new", "canceled"], id=5000, polls=2)
    assert [state(shop, 5000) for _ in range(4)] == ["new", "new", "canceled", "canceled"]
    failed = get(shop, "/orders/5000").json()
    assert failed["id"] == 5000


def test_a_test_starts_a_lifecycle_by_a_clock() -> None:
    clock = ManualClock()
    service = Mock(SHOP, clock=clock)
    service.lifecycle("getOrder", id=5000, seconds=30)
    assert [state(service, 5000), state(service, 5000)] == ["new", "new"]
    clock.advance(31)
    assert state(service, 5000) == "packing"
    assert get(service, "/orders?status=packing&limit=50").json()["orders"][-1]["id"] == 5000
    clock.advance(60)
    assert state(service, 5000) == "delivered"


def test_a_lifecycle_of_all_is_one_of_each(shop: Mock) -> None:
    shop.lifecycle("getOrder", ["packing", "delivered"])
    for identity in (1002, 1003):
        assert [state(shop, identity), state(shop, identity)] == ["packing", "delivered"]


def test_wrong_states_and_operations_are_named(shop: Mock) -> None:
    with pytest.raises(StoreError, match="'lost' is not a state"):
        shop.lifecycle("getOrder", ["lost"], id=1002)
    with pytest.raises(StoreError, match="no property with the state"):
        shop.lifecycle("listThings")
    with pytest.raises(UnknownOperation, match="did you mean 'getOrder'"):
        shop.lifecycle("getOrdr")


# The store as data


def test_a_store_is_saved_and_loaded(shop: Mock, tmp_path: Path) -> None:
    send(shop, "POST", "/orders", {"customer": "Ada"})
    for name in ("store.json", "store.yaml"):
        shop.store.save(tmp_path / name)
        other = Mock(SHOP, seed=9)
        other.store.load(tmp_path / name)
        assert other.ids("listOrders") == shop.ids("listOrders")
        identity = shop.ids("listOrders")[-1]
        assert get(other, f"/orders/{identity}").json()["customer"] == "Ada"


def test_a_store_that_does_not_fit_is_refused(shop: Mock, tmp_path: Path) -> None:
    for text, message in (
        ('{"/orders": [{"items": [{"id": 1}]}]}', "does not fit its schema"),
        ('{"/nowhere": []}', "no collection /nowhere"),
        ("[]", "not a saved store"),
        ('{"/orders": [3]}', "not a saved store"),
        ('{"/orders": [{"items": [], "scope": []}]}', "`scope` is not an object"),
        ('{"/things": [{"items": [{"id": "a", "name": "n"}, {"id": "a", "name": "m"}]}]}', "has 'a' twice"),
        ('{"/things": [{"items": []}, {"items": []}]}', "occurs twice"),
        ("{", "store.json"),
        (
            "a: &a [1,1,1,1,1,1,1,1,1]\n"
            + "".join(f"{x}: &{x} [{','.join([f'*{y}'] * 9)}]\n" for y, x in zip("abcdefgh", "bcdefghi", strict=True)),
            "store.json",
        ),
    ):
        path = tmp_path / "store.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StoreError, match=message):
            shop.store.load(path)


def test_resources_are_added_by_a_test(shop: Mock) -> None:
    added = shop.add("listOrders", {"customer": "Ada", "status": "delivered"}, id=9)
    assert get(shop, "/orders/9").json() == added
    assert shop.add("/orders", {"id": 9, "customer": "Grace"})["customer"] == "Grace"
    with pytest.raises(StoreError, match="does not allow this value of 'status'"):
        shop.add("listOrders", {"status": "lost"})
    assert shop.add("listItems", {"kind": "toy"}, orderId=1002)["kind"] == "toy"


def test_reset_forgets_everything(shop: Mock) -> None:
    send(shop, "DELETE", "/orders/1002")
    shop.on().always(503)
    shop.reset()
    assert get(shop, "/orders/1002").status == 200
    assert len(shop.calls()) == 1


def test_identities_are_those_that_the_listing_may_show(tmp_path: Path) -> None:
    def answer(schema: Any) -> Any:
        return {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}

    thing = {"type": "object", "required": ["id"], "properties": {"id": {"enum": ["a b", "x?y"], "type": "string"}}}
    free = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/things": {"get": answer({"type": "array", "items": thing})},
        "/things/{id}": {"get": {**answer(free), "parameters": [parameter]}},
    }
    spec = tmp_path / "openapi.json"
    document = {"openapi": "3.1.0", "info": {"title": "Few", "version": "1"}, "paths": paths}
    spec.write_text(json.dumps(document), encoding="utf-8")
    service = Mock(spec)
    listed = sorted(item["id"] for item in get(service, "/things").json())
    assert listed == ["a b", "x?y"]
    assert [get(service, f"/things/{quote(each, safe='')}").json()["id"] for each in listed] == listed


def test_a_state_that_does_not_exist_is_refused_before_any_request() -> None:
    service = Mock(SHOP)
    for states in (["shiped"], ["new", "shiped"]):
        for identity in (None, 7):
            with pytest.raises(StoreError, match="'shiped' is not a state of /orders; its states: new, packing"):
                service.lifecycle("listOrders", states, id=identity)
    assert get(service, "/orders").status == 200


def test_an_error_of_a_document_names_the_file() -> None:
    with pytest.raises(FatalError) as raised:
        Mock("unknown.yaml")
    assert "unknown.yaml: error[SC001]" in raised.value.__notes__[0]
