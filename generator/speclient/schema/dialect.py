"""OpenAPI 3.0 schemas seen as 3.1 (JSON Schema 2020-12), one node at a time so that places stay true."""

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
"""Of a view: the schema says `nullable: true`."""

# What 3.0 allows in a schema and 3.1 spells otherwise.
_LIMITS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


def schema_view(value: Mapping[str, Any]) -> dict[str | Mark, Any]:
    """The members of one schema object in their 3.1 form. Members of nested schemas are left as they are.

    `nullable` counts in every version, because documents of version 3.1 use it too and mean it. A 3.0 `nullable` with
    `enum` admits null although the enumeration does not list it: so did the authors mean it.
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
        # Seen in documents that were converted: names of other languages for a type.
        view["type"] = [types]
    if view.get("type") == ["file"]:
        view["type"] = ["string"]
        view["format"] = "binary"
    return view
