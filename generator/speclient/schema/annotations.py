"""Annotations of a schema, collected through references and compositions: direction, unit, secrecy.

Unlike a description, these apply wherever the schema is used.
"""

from __future__ import annotations

from collections.abc import Iterable

from speclient.document import Node
from speclient.schema.composition import related_schemas

_PARTS = ("allOf", "anyOf", "oneOf", "prefixItems", "items", "additionalProperties")


def is_read_only(schemas: Iterable[Node]) -> bool:
    """Whether only the service sends the property."""
    return any(node.flag("readOnly") for node in related_schemas(schemas))


def is_write_only(schemas: Iterable[Node]) -> bool:
    """Whether the property is only sent to the service."""
    return any(node.flag("writeOnly") for node in related_schemas(schemas))


def unit_of(schemas: Iterable[Node]) -> str | None:
    """The unit of the value, or of its items; the nearest annotation wins."""
    for node in related_schemas(schemas, _PARTS):
        extension = node.get("x-speclient")
        unit = extension.text("unit") if extension is not None else None
        if unit is not None:
            return unit
    return None


def is_secret(schemas: Iterable[Node]) -> bool:
    """Whether the value, or one of its items, must never be shown."""
    for node in related_schemas(schemas, _PARTS):
        extension = node.get("x-speclient")
        if node.text("format") == "password" or (extension is not None and extension.flag("secret")):
            return True
    return False
