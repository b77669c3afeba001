"""Schemas of a document as self-contained JSON Schema 2020-12.

A schema in an OpenAPI document points all over the document, and OpenAPI 3.0 speaks a dialect of its own.
Both the judge and the mirror need neither: here every schema is copied once, translated, and its references
lead into one flat table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .jsontypes import Json, as_array, as_object
from .source import Document

_ONE = ("additionalProperties", "not", "if", "then", "else", "items", "contains", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties")  # fmt: skip
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas")
# Annotations, and identifiers that would change what a reference means. `readOnly` and `writeOnly` are
# annotations in 2020-12, but schemathesis acts on them: a mirrored answer is a request body and must keep
# its `readOnly` members.
_DROPPED = frozenset({"$id", "$anchor", "$schema", "$comment", "$defs", "definitions", "example", "examples",
                      "default", "title", "description", "deprecated", "externalDocs", "xml", "discriminator",
                      "readOnly", "writeOnly"})  # fmt: skip


def map_subschemas(schema: Mapping[str, Json], change: Callable[[Json], Json]) -> dict[str, Json]:
    """A copy of `schema` with `change` applied to each schema directly inside it."""
    result: dict[str, Json] = {}
    for keyword, value in schema.items():
        if keyword in _ONE:
            result[keyword] = change(value)
        elif keyword in _MANY:
            result[keyword] = [change(each) for each in as_array(value)]
        elif keyword in _NAMED:
            result[keyword] = {name: change(each) for name, each in as_object(value).items()}
        else:
            result[keyword] = value
    return result


@dataclass
class Bundler:
    """Copies schemas of one document; `components` collects what their references lead to.

    Names in `components` are made from the JSON pointer of the schema, so they are stable and never collide.
    """

    document: Document
    components: dict[str, Json] = field(default_factory=dict)
    of_requests: bool = False
    """Whether `readOnly` properties are not required, instead of `writeOnly` ones."""

    def schema(self, schema: Json) -> Json:
        """`schema` as JSON Schema 2020-12 whose references are `#/components/schemas/<name>`."""
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        if isinstance(reference := schema.get("$ref"), str):
            target: dict[str, Json] = {"$ref": self._reference(reference)}
            siblings = {} if self.document.is_30 else {key: value for key, value in schema.items() if key != "$ref"}
            rest = self._keywords(siblings)
            return {**rest, **target}
        return self._keywords(schema)

    def _reference(self, reference: str) -> str:
        name = "".join(char if char.isalnum() else "_" for char in reference.removeprefix("#/components/schemas/"))
        name = name if reference.startswith("#/components/schemas/") else f"pointer{name}"
        while name in self.components and self._origins.get(name) != reference:
            name += "_"
        if name not in self.components:
            self._origins[name] = reference
            self.components[name] = True
            self.components[name] = self.schema(self.document.at(reference))
        return f"#/components/schemas/{name}"

    _origins: dict[str, str] = field(default_factory=dict)

    def _keywords(self, schema: Mapping[str, Json]) -> dict[str, Json]:
        kept = {key: value for key, value in schema.items() if key not in _DROPPED and not key.startswith("x-")}
        if self.document.is_30:
            kept = _from_30(schema, kept)
        if kept.get("contentEncoding") == "base64" and "format" not in kept:
            kept["format"] = "byte"
        if kind := _implied_type(kept):
            kept |= {"type": kind, IMPLIED: True}
        members = as_object(schema.get("properties"))
        if isinstance(kept.get("required"), list):
            # OpenAPI 3.0: "the required will take effect on the request only". Version 3.1 does not say so, but a
            # service that returns no secret is right there too.
            other = "readOnly" if self.of_requests else "writeOnly"
            kept["required"] = [name for name in as_array(kept["required"]) if not _has(members, name, other)]
        return map_subschemas(kept, self.schema)


MAYBE_NULL = "x-maybe-null"
"""Marks a schema with `nullable` but no `type`, as beside `allOf`: version 3.0.3 says that it has no effect there."""
IMPLIED = "x-implied-type"
"""Marks a schema whose `type` is implied by other keywords. JSON Schema accepts values of all other types there."""


def _implied_type(schema: Mapping[str, Json]) -> str:
    """The type that the author meant by `properties` or `items` alone."""
    if schema.keys() & {"type", "enum", "const", "$ref", "allOf", "anyOf", "oneOf", "not", "if"}:
        return ""
    return "object" if schema.get("properties") else "array" if "items" in schema else ""


def _from_30(schema: Mapping[str, Json], kept: dict[str, Json]) -> dict[str, Json]:
    """Source.

    OpenAPI 3.0.3, "Schema Object": `nullable`, and boolean exclusive bounds.
    """
    result = {key: value for key, value in kept.items() if key != "nullable"}
    if schema.get("nullable") is True and isinstance(declared := result.get("type"), str):
        result["type"] = [declared, "null"]
    elif schema.get("nullable") is True and "type" not in result:
        result[MAYBE_NULL] = True
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(flag := result.get(exclusive), bool):
            del result[exclusive]
            if flag and bound in result:
                result[exclusive] = result.pop(bound)
    return result


def _has(members: Mapping[str, Json], name: Json, keyword: str) -> bool:
    return isinstance(name, str) and as_object(members.get(name)).get(keyword) is True
