"""OpenAPI 3.0 schemas viewed as 3.1 (JSON Schema 2020-12), one node at a time so that locations stay correct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Mark:
    """A key of translated schemas that no document can contain, because it is not a string."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"


NULLABLE = Mark("nullable")
"""Key of a view: the schema has `nullable: true`."""

# Keywords that 3.0 allows in a schema and 3.1 spells differently.
_LIMITS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


def schema_view(value: Mapping[str, Any]) -> dict[str | Mark, Any]:
    """The keywords of one schema object in their 3.1 form. Nested schemas are unchanged.

    `nullable` is applied in every version, because documents of version 3.1 use it too. A 3.0 `nullable` with `enum`
    allows null although the enumeration does not list it, because authors intend it.
    """
    view: dict[str | Mark, Any] = {}
    view.update(value.items())
    for exclusive, limit in _LIMITS:
        flag = view.get(exclusive)
        if isinstance(flag, bool):
            del view[exclusive]
            if flag and limit in view:
                view[exclusive] = view.pop(limit)
    if view.pop("nullable", None) is True:
        types = view.get("type")
        if isinstance(types, str):
            view["type"] = [types, "null"]
        elif isinstance(types, list) and "null" not in types:
            view["type"] = [*types, "null"]
        view[NULLABLE] = True
    types = view.get("type")
    if isinstance(types, str):
        # Type names of other languages, found in converted documents.
        view["type"] = [types]
    if view.get("type") == ["file"]:
        view["type"] = ["string"]
        view["format"] = "binary"
    return view
