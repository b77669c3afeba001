"""What the schemas of a document say about a place: its properties, its values, whether more is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..jsontypes import Json, as_array, as_object, as_text
from ..source import Document, DocumentError

_GROUPS = ("allOf", "anyOf", "oneOf")
_DEPTH = 12


def plain(name: str) -> str:
    """A name without case, underscores and hyphens: `run_id`, `runID` and `run-id` are equal."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def flattened(document: Document, schemas: Sequence[Json]) -> list[dict[str, Json]]:
    """The schemas with all that they reference or combine, as flat list."""
    found: list[dict[str, Json]] = []
    seen: set[int] = set()

    def visit(schema: Json, depth: int) -> None:
        if not isinstance(schema, dict) or id(schema) in seen or depth > _DEPTH:
            return
        seen.add(id(schema))
        found.append(schema)
        if isinstance(reference := schema.get("$ref"), str):
            try:
                visit(document.at(reference), depth + 1)
            except DocumentError:
                return
        for group in _GROUPS:
            for each in as_array(schema.get(group)):
                visit(each, depth + 1)

    for schema in schemas:
        visit(schema, 0)
    return found


def properties(document: Document, schemas: Sequence[Json]) -> dict[str, list[Json]]:
    """Property -> its schemas, over all branches."""
    found: dict[str, list[Json]] = {}
    for schema in flattened(document, schemas):
        for name, each in as_object(schema.get("properties")).items():
            found.setdefault(name, []).append(each)
    return found


def elements(document: Document, schemas: Sequence[Json]) -> list[Json]:
    """The schemas of the elements of an array."""
    return [schema["items"] for schema in flattened(document, schemas) if "items" in schema]


def types(document: Document, schemas: Sequence[Json]) -> set[str]:
    """The JSON types that are named."""
    found: set[str] = set()
    for schema in flattened(document, schemas):
        declared = schema.get("type")
        found |= {as_text(each) for each in (declared if isinstance(declared, list) else [declared]) if each}
        found |= {
            _type_name(each)
            for each in [*as_array(schema.get("enum")), *([schema["const"]] if "const" in schema else [])]
        }
    return found


def _listed(schema: Mapping[str, Json]) -> list[Json]:
    return [*as_array(schema.get("enum")), *([schema["const"]] if "const" in schema else [])]


def _type_name(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = ((str, "string"), (int, "integer"), (float, "number"), (list, "array"), (dict, "object"))
    return next((name for kind, name in names if isinstance(value, kind)), "null")


def enum_values(document: Document, schemas: Sequence[Json]) -> list[Json]:
    """The values that are listed, without null."""
    found: list[Json] = []
    for schema in flattened(document, schemas):
        for each in _listed(schema):
            if each is not None and each not in found:
                found.append(each)
    return found


def first(document: Document, schemas: Sequence[Json], keyword: str) -> Json:
    """The first value of a keyword, outermost first; None without one."""
    return next((schema[keyword] for schema in flattened(document, schemas) if keyword in schema), None)


def schemas_at(document: Document, schemas: Sequence[Json], pointer: str) -> list[Json]:
    """The schemas at a JSON pointer."""
    found = list(schemas)
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        found = elements(document, found) if key.isdigit() else properties(document, found).get(key, [])
    return found


def scalars(value: Json, depth: int = 2, pointer: str = "") -> Iterator[tuple[str, str, Json]]:
    """Pointer, name and value of the scalar properties of an object, nested objects included."""
    for name, each in as_object(value).items():
        place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        if isinstance(each, dict):
            if depth > 1:
                yield from scalars(each, depth - 1, place)
        elif not isinstance(each, list) and each is not None:
            yield place, name, each


def success_schemas(operation_responses: Mapping[str, Mapping[str, Json]]) -> list[Json]:
    """The schemas of the JSON bodies of successful responses."""
    found: list[Json] = []
    for key, response in operation_responses.items():
        if key[:1] == "2":
            for media_type, entry in as_object(response.get("content")).items():
                if "json" in media_type or "*" in media_type:
                    found.append(as_object(entry).get("schema", True))
    return found
