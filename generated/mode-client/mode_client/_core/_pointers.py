"""JSON pointers into results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._model import Model

Pointer = tuple[str, ...]
"""A JSON pointer, split at `/`."""

ABSENT: Any = object()
"""A default of `at` that no value equals."""


def at(value: Any, pointer: Pointer, default: Any = None) -> Any:
    """Return the value at a pointer in a result, by wire names."""
    for step in pointer:
        if isinstance(value, Model):
            fields = type(value).model_fields
            name = next((name for name, field in fields.items() if (field.alias or name) == step), None)
            members: Mapping[str, Any] = value.__dict__ if name is not None else value.__pydantic_extra__ or {}
            set_ = name is None or name in value.model_fields_set
            value = members.get(name or step, ABSENT) if set_ else ABSENT
        elif isinstance(value, Mapping):
            value = value.get(step, ABSENT)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = ABSENT
        if value is ABSENT:
            return default
    return value
