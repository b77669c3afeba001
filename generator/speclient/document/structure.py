"""The structure that OpenAPI defines for a document: which kind of object each property contains.

A walk over plain keys would treat the properties of examples, enumerations and defaults as objects of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto

from speclient.document.node import Node

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


class Shape(Enum):
    """How a property contains objects of a kind: one, a list of them, or a mapping with free keys."""

    ONE = auto()
    LIST = auto()
    MAP = auto()


_ONE, _LIST, _MAP = Shape.ONE, Shape.LIST, Shape.MAP

COMPOSING = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not", "dependentSchemas")
"""Keywords whose schemas apply to the same value as the schema that contains them."""

_CONTENT: Mapping[str, tuple[str, Shape]] = {
    "schema": ("schema", _ONE),
    "examples": ("example", _MAP),
    "content": ("media type", _MAP),
}

# OpenAPI 3.0, 3.1 and 3.2, "Schema" section: kind -> property -> (kind of the contained object, shape).
STRUCTURE: Mapping[str, Mapping[str, tuple[str, Shape]]] = {
    "document": {
        "info": ("info", _ONE), "servers": ("server", _LIST), "paths": ("paths", _ONE), "webhooks": ("path item", _MAP),
        "components": ("components", _ONE), "tags": ("tag", _LIST), "externalDocs": ("external docs", _ONE),
    },
    "info": {"contact": ("contact", _ONE), "license": ("license", _ONE)},
    "server": {"variables": ("server variable", _MAP)},
    "components": {
        "schemas": ("schema", _MAP), "responses": ("response", _MAP), "parameters": ("parameter", _MAP),
        "examples": ("example", _MAP), "requestBodies": ("request body", _MAP), "headers": ("header", _MAP),
        "securitySchemes": ("security scheme", _MAP), "links": ("link", _MAP), "callbacks": ("callback", _MAP),
        "pathItems": ("path item", _MAP), "mediaTypes": ("media type", _MAP),
    },
    "path item": {
        **dict.fromkeys(METHODS, ("operation", _ONE)),
        "additionalOperations": ("operation", _MAP), "servers": ("server", _LIST), "parameters": ("parameter", _LIST),
    },
    "operation": {
        "parameters": ("parameter", _LIST), "requestBody": ("request body", _ONE), "responses": ("responses", _ONE),
        "callbacks": ("callback", _MAP), "servers": ("server", _LIST), "externalDocs": ("external docs", _ONE),
        "security": ("security requirement", _LIST), "tags": ("text", _LIST),
    },
    "parameter": _CONTENT,
    "header": _CONTENT,
    "request body": {"content": ("media type", _MAP)},
    "media type": {
        "schema": ("schema", _ONE), "itemSchema": ("schema", _ONE), "examples": ("example", _MAP),
        "encoding": ("encoding", _MAP),
    },
    "encoding": {"headers": ("header", _MAP)},
    "response": {"headers": ("header", _MAP), "content": ("media type", _MAP), "links": ("link", _MAP)},
    "security scheme": {"flows": ("OAuth flows", _ONE)},
    "OAuth flows": dict.fromkeys(
        ("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization"), ("OAuth flow", _ONE)
    ),
    "link": {"server": ("server", _ONE)},
    "tag": {"externalDocs": ("external docs", _ONE)},
    "schema": {
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), ("schema", _LIST)),
        **dict.fromkeys(
            ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"), ("schema", _MAP)
        ),
        **dict.fromkeys(
            ("additionalProperties", "not", "if", "then", "else", "items", "contains", "propertyNames",
             "unevaluatedItems", "unevaluatedProperties", "contentSchema"),
            ("schema", _ONE),
        ),
        "required": ("text", _LIST),
        "externalDocs": ("external docs", _ONE), "discriminator": ("discriminator", _ONE), "xml": ("xml", _ONE),
    },
}  # fmt: skip
# Objects with free keys: every property that is not an extension is of this kind.
FREE = {"paths": "path item", "responses": "response", "callback": "path item"}

REFERABLE = frozenset({
    "schema", "response", "parameter", "example", "request body", "header", "security scheme", "link", "callback",
    "path item",
})  # fmt: skip
"""Kinds for which OpenAPI 3.0 and 3.1 allow a reference."""


def operations_of(item: Node) -> Iterator[tuple[str, Node]]:
    """(HTTP method, operation) of a path item, those of `additionalOperations` last, with their method as written."""
    for name, node in item.items():
        if name.lower() in METHODS:
            yield name.upper(), node
    others = item.get("additionalOperations")
    yield from others.items() if others is not None else ()
