"""Names of methods: what a person would write."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from speclient.build import build_api
from speclient.diagnostics import Sink
from speclient.document import load
from speclient.naming import choose_names


def methods(tmp_path: Path, *operations: tuple[str, str | None, str | None], title: str = "Shop") -> list[str]:
    """The calls for operations: `GET /path`, operationId, tag."""
    paths: dict[str, dict[str, object]] = {}
    for key, operation_id, tag in operations:
        method, _, path = key.partition(" ")
        entry: dict[str, object] = {"responses": {"200": {"description": "OK"}}}
        entry |= {"operationId": operation_id} if operation_id else {}
        entry |= {"tags": [tag]} if tag else {}
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        entry["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
        paths.setdefault(path, {})[method.lower()] = entry
    document = {"openapi": "3.1.0", "info": {"title": title, "version": "1"}, "paths": paths}
    spec = tmp_path / "spec.yaml"
    spec.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    chosen = choose_names(build_api(load(spec, Sink()), Sink()), Sink()).operations
    return [f"{chosen[key].group}.{chosen[key].method}" for key, _, _ in operations]


@pytest.mark.parametrize(
    ("key", "operation_id", "tag", "call"),
    [
        ("POST /issues", "issues/create", "issues", "issues.create"),
        ("POST /issues", "issues_create", "issues", "issues.create"),
        ("POST /issues", "IssueController_create", "issues", "issues.create"),
        ("GET /issues/{id}", "issue_get_issue", "issues", "issues.get"),
        ("GET /items/{item_id}", "read_item_items__item_id__get", "items", "items.read"),
        ("GET /items/{item_id}", "read_item_items__item_id__get", None, "items.read"),
        ("GET /pets/{petId}", "getPetById", "pets", "pets.get"),
        ("GET /pets/byStatus", "findPetsByStatus", "pets", "pets.find_by_status"),
        ("GET /users/{id}", "getUserUsingGET_1", "user-controller", "user.get"),
        ("GET /v1/accounts/{account}", "GetAccountsAccount", None, "accounts.get"),
        ("POST /v1/accounts/{account}", "PostAccountsAccount", None, "accounts.update"),
        ("GET /v1/accounts/{account}/persons", "GetAccountsAccountPersons", None, "accounts.list_persons"),
        ("POST /v1/charges/{charge}/capture", None, None, "charges.capture"),
        ("GET /runs", None, "Runs", "runs.list"),
        ("DELETE /runs/{id}", None, "Runs", "runs.delete"),
        ("POST /sendMessage", None, None, "shop.send_message"),
        ("GET /search", "search", "Search", "search.search"),
        ("GET /cards", "listCards", "Billing - Credit Cards", "billing_credit_cards.list_cards"),
        ("GET /carts/mine", "getCart", "carts/mine/{id}", "carts.get_mine"),
        ("GET /runs", "v1.runs.list", "v1", "v1.runs_list"),
        ("GET /repos/{o}/commits", "list-commit-comments-for-repo", "repos", "repos.list_commit_comments"),
        ("GET /artists/{id}/albums", "get-an-artists-albums", "Artists", "artists.list_albums"),
    ],
)
def test_the_name_that_a_person_would_write(
    key: str, operation_id: str | None, tag: str | None, call: str, tmp_path: Path
) -> None:
    assert methods(tmp_path, (key, operation_id, tag)) == [call]


def test_in_a_conflict_all_take_longer_names(tmp_path: Path) -> None:
    calls = methods(
        tmp_path,
        ("GET /companies", None, "Companies"),
        ("GET /users/{id}/companies", None, "Companies"),
        ("PUT /companies/{id}", None, "Companies"),
        ("PATCH /companies/{id}", None, "Companies"),
    )
    assert calls == [
        "companies.list_companies",
        "companies.list_for_user",
        "companies.replace",
        "companies.patch",
    ]


@pytest.mark.parametrize(
    ("title", "call"),
    [("Acme Bot API", "acme_bot.send"), ("The Shop API v2", "shop.send")],
)
def test_verbs_without_an_object_belong_to_the_service(title: str, call: str, tmp_path: Path) -> None:
    assert methods(tmp_path, ("POST /send", None, None), title=title) == [call]
