"""The operations of a document, counted straight on its JSON: shares no code with speclient."""

from __future__ import annotations

from typing import Any

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def count_operations(document: dict[str, Any]) -> int:
    """How many operations stand under `paths`; a path item may be a reference within the document."""
    total = 0
    for path, item in document.get("paths", {}).items():
        if path.startswith("x-"):
            continue
        while isinstance(item, dict) and "$ref" in item:
            target: Any = document
            for token in item["$ref"].removeprefix("#/").split("/"):
                target = target[token.replace("~1", "/").replace("~0", "~")]
            item = target
        total += sum(key in _METHODS and isinstance(value, dict) for key, value in item.items())
    return total
