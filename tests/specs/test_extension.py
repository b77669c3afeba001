"""`x-speclient`: the names that it gives, and that what it points at is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from .reading import NotThereError, behind, items, member, operations, spec, tokens

CALLS: Final = {
    "coalesce": ("Coalesce", {"runs.list": "listRuns", "runs.list_results": "listRunResults"}),
    "mode": ("Mode", {"query_runs.list": "listQueryRuns", "query_runs.get": "getQueryRun"}),
    "cortex": ("Cortex", {"queries.get_results": "getQueryResults"}),
    "etlworks": (
        "Etlworks",
        {"flows.get_status": "getFlowStatus", "flows.get_status_legacy": "getFlowStatusLegacy"},
    ),
}

Object = Mapping[str, object]


@pytest.mark.parametrize("name", CALLS)
def test_names_of_the_client(name: str) -> None:
    document = spec(name)
    client, calls = CALLS[name]
    root = member(document, "x-speclient")
    assert (root["client"], root["package"], root["environment"]) == (client, f"{name}-client", name.upper())
    found = {}
    for _, operation in operations(document):
        ours = member(operation, "x-speclient")
        found[f"{ours['group']}.{ours['method']}"] = operation["operationId"]
        assert operation["tags"] == [ours["group"]]
    assert found == calls


def test_pages_are_named_the_same_everywhere(document: dict[str, object]) -> None:
    ours = {member(operation, "x-speclient")["page"] for _, operation in operations(document)}
    linked = {member(operation, "externalDocs")["url"] for _, operation in operations(document)}
    assert set(items(member(document, "x-speclient")["pages"])) == ours == linked


def test_credentials_are_secret() -> None:
    assert member(spec("coalesce"), "components", "schemas", "UserCredentials", "x-speclient")["secret"] is True


def test_the_parameter_chooses_among_the_shapes_of_the_body() -> None:
    document, operation = _operation("coalesce", "listRuns")
    chosen = member(operation, "x-speclient", "response-by")
    shapes = {member(branch).get("$ref") for branch in items(_body(document, operation)["anyOf"])}
    assert member(_parameters(document, operation)[str(chosen["parameter"])], "schema")["type"] == "boolean"
    assert set(member(chosen, "schemas")) == {"true", "false"}
    assert set(member(chosen, "schemas").values()) == shapes


def test_paging_leads_to_members_of_every_shape() -> None:
    document, operation = _operation("coalesce", "listRuns")
    pagination = member(operation, "x-speclient", "pagination")
    parameters = _parameters(document, operation)
    assert {pagination["parameter"], pagination["size"]} <= set(parameters)
    order = behind(document, parameters[str(member(pagination, "last-item")["property-from"])]["schema"])
    for page in _shapes(document, _body(document, operation)):
        assert "anyOf" not in _follow(document, page, str(pagination["next"]))
        for element in _shapes(document, _follow(document, page, str(pagination["items"]))["items"]):
            _follow(document, element, str(pagination["identity"]))
            assert set(items(order["enum"])) <= set(member(element, "properties"))


@pytest.mark.parametrize(
    ("name", "operation_id"),
    [
        ("coalesce", "listRunResults"),
        ("mode", "getQueryRun"),
        ("cortex", "getQueryResults"),
        ("etlworks", "getFlowStatus"),
    ],
)
def test_polling_knows_each_word_of_the_status(name: str, operation_id: str) -> None:
    document, operation = _operation(name, operation_id)
    polling = member(operation, "x-speclient", "polling")
    _, told_by = _operation(name, str(polling.get("status-operation", operation_id)))
    shape = _body(document, told_by)
    if told_by != operation:
        elements = str(member(told_by, "x-speclient", "pagination")["items"])
        shape = behind(document, _follow(document, _shapes(document, shape)[0], elements)["items"])
    status = _follow(document, shape, str(polling["status"]))
    # A closed enumeration, or an open one: known words, then any string.
    known = items(status["enum"] if "enum" in status else member(items(status["anyOf"])[0])["enum"])
    words = [word for kind in ("success", "failure", "running") for word in items(polling[kind])]
    assert sorted(map(str, words)) == sorted(map(str, known))


def _operation(name: str, operation_id: str) -> tuple[Object, Object]:
    document = spec(name)
    return document, {operation["operationId"]: operation for _, operation in operations(document)}[operation_id]


def _parameters(document: Object, operation: Object) -> dict[str, Object]:
    resolved = [behind(document, parameter) for parameter in items(operation["parameters"])]
    return {str(parameter["name"]): parameter for parameter in resolved}


def _body(document: Object, operation: Object) -> Object:
    content = member(behind(document, member(operation, "responses", "200")), "content")
    return behind(document, member(next(iter(content.values())), "schema"))


def _shapes(document: Object, schema: object) -> list[Object]:
    """The shapes that a schema offers; the schema itself when it offers no choice."""
    node = behind(document, schema)
    choice = node.get("anyOf") or node.get("oneOf")
    return [behind(document, shape) for shape in items(choice)] if choice else [node]


def _follow(document: Object, schema: Object, path: str) -> Object:
    """The schema of what a JSON pointer names in an instance."""
    for name in tokens(path):
        properties = member(schema, "properties")
        if name not in properties:
            raise NotThereError(f"{path}: no property {name!r}")
        schema = behind(document, properties[name])
    return schema
