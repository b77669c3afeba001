"""What a parsed JSON or YAML value is, and typed ways into one."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias, cast

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | Decimal | bool | None"


def as_object(value: Json) -> dict[str, Json]:
    """`value` if it is an object, else an empty one: an absent member and a wrong one read alike."""
    return value if isinstance(value, dict) else {}


def as_array(value: Json) -> list[Json]:
    """`value` if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Json, default: str = "") -> str:
    """`value` if it is a string, else `default`."""
    return value if isinstance(value, str) else default


def as_json(value: object) -> Json:
    """`value` as JSON data, on the word of the caller: for what comes from untyped libraries."""
    return cast("Json", value)


def value_at(value: Json, pointer: str) -> Json:
    """The value at a JSON pointer; None where the pointer leads to no value."""
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def is_json_type(media_type: str) -> bool:
    """Whether bodies of this media type are JSON.

    `application/json`, any `+json` or `.json`, and ranges that include it.
    """
    essence = media_type.partition(";")[0].strip().lower()
    return essence in ("application/json", "text/json", "*/*", "application/*") or essence.endswith(("+json", ".json"))
