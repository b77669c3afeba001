"""The specs as OpenAPI documents: valid, described, with examples that hold and nothing left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import openapi_spec_validator

from .reading import Place, behind, items, marked_members, member, objects, operations, pointer, validator


def test_openapi_spec_validator_accepts(document: dict[str, object]) -> None:
    openapi_spec_validator.validate(document)


def test_examples_are_valid(document: dict[str, object]) -> None:
    found = list(_examples(document))
    bad = [
        f"{pointer(place)}: {error.message}"
        for place, schema, value in found
        for error in validator(document, schema).iter_errors(value)
    ]
    assert bad == []
    assert found, "no example was looked at"


def test_each_body_from_a_page_has_an_example(document: dict[str, object]) -> None:
    without = [
        pointer((*place, "content", media_type))
        for place, node in objects(document)
        if "content" not in (marked_members(node) or ())
        for media_type, body in member(node, "content").items()
        if not member(body, "examples")
    ]
    assert without == []


def test_operations_are_described(document: dict[str, object]) -> None:
    declared = {str(tag["name"]) for tag in items(document["tags"]) if isinstance(tag, dict) and tag["description"]}
    wrong = []
    for place, operation in operations(document):
        for name in ("summary", "description", "operationId", "tags"):
            if not operation.get(name):
                wrong.append(f"{pointer(place)}: no {name}")
        if strangers := set(map(str, items(operation.get("tags", [])))) - declared:
            wrong.append(f"{pointer(place)}: tags {strangers} are not declared with a description")
        if not any(status.startswith("4") for status in member(operation, "responses")):
            wrong.append(f"{pointer(place)}: no 4xx response")
        if not (operation.get("security") or document.get("security")):
            wrong.append(f"{pointer(place)}: no security")
    assert wrong == []


def test_everything_is_described(document: dict[str, object]) -> None:
    """Parameters, responses, headers and schemas among the components, and each property of an object."""
    places: set[Place] = {place for place, _ in objects(document.get("components"), ("components",)) if len(place) == 3}
    places |= {
        (*place, "properties", name)
        for place, node in objects(document)
        if "x-source" not in place
        for name in member(node, "properties")
    }
    nameless = [
        pointer(place)
        for place, node in objects(document)
        if place in places
        and place[1] != "examples"
        and not (node.get("description") or behind(document, node).get("description"))
    ]
    assert nameless == []


def test_components_are_used(document: dict[str, object]) -> None:
    used = {node["$ref"] for _, node in objects(document) if "$ref" in node}
    schemes = {str(name) for needed in items(document["security"]) for name in member(needed)}
    used |= {f"#/components/securitySchemes/{name}" for name in schemes}
    unused = [
        pointer(place)
        for place, _ in objects(document)
        if len(place) == 3 and place[0] == "components" and f"#{pointer(place)}" not in used
    ]
    assert unused == []


def test_required_members_are_defined(document: dict[str, object]) -> None:
    undefined = [
        f"{pointer(place)}: {name}"
        for place, node in objects(document)
        if "properties" in node and "x-source" not in place
        for name in items(node.get("required", []))
        if name not in member(node, "properties")
    ]
    assert undefined == []


def _examples(document: Mapping[str, object]) -> Iterator[tuple[Place, object, object]]:
    """Place, schema and value of each example: of media types, parameters, headers and schemas."""
    for place, node in objects(document):
        if "x-source" in place or "value" in place:
            continue
        if "schema" in node:
            for name, example in member(node, "examples").items():
                yield (*place, "examples", name), node["schema"], behind(document, example)["value"]
            if "example" in node:
                yield (*place, "example"), node["schema"], node["example"]
        elif isinstance(node.get("examples"), list):
            for index, value in enumerate(items(node["examples"])):
                yield (*place, "examples", str(index)), node, value
