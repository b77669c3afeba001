"""Name lock: the names of previous runs. User code depends on them, so they are kept and never reassigned."""

from __future__ import annotations

import keyword
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from speclient.ir import Api, ObjectSchema, Schema

_T = TypeVar("_T", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class NameLock:
    """Class by schema key, (group, method) by operation key, and attribute by wire name for each schema key."""

    classes: Mapping[str, str] = field(default_factory=dict[str, str])
    methods: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

    def dump(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "classes": dict(sorted(self.classes.items())),
            "methods": {key: list(pair) for key, pair in sorted(self.methods.items())},
            "fields": {key: dict(names) for key, names in sorted(self.fields.items())},
        }


def read_name_lock(value: Any) -> NameLock:
    """From JSON data; invalid entries are ignored.

    Users merge locks by hand: invalid or ambiguous names must not get into code.
    """
    if not isinstance(value, dict):
        return NameLock()
    parts = {
        name: part if isinstance(part := value.get(name), dict) else {} for name in ("classes", "methods", "fields")
    }
    return NameLock(
        _unique({key: name for key, name in parts["classes"].items() if _is_name(name)}),
        _unique({key: (pair[0], pair[1]) for key, pair in parts["methods"].items() if _is_pair(pair)}),
        {
            key: _unique({wire: name for wire, name in names.items() if _is_name(name)})
            for key, names in parts["fields"].items()
            if isinstance(names, dict)
        },
    )


def _unique(names: dict[str, _T]) -> dict[str, _T]:
    counts = Counter(names.values())
    return {key: name for key, name in names.items() if counts[name] == 1}


def _is_name(value: Any) -> bool:
    """Whether naming could have produced it."""
    return (
        isinstance(value, str)
        and value.isidentifier()
        and not value.startswith("_")
        and not keyword.iskeyword(value)
        and unicodedata.normalize("NFKC", value) == value
    )


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_name(name) for name in value)


def schema_keys(api: Api) -> dict[str, str]:
    """Schema id -> key in the lock. It describes the purpose of a schema, where an id describes its location.

    A location changes when a parameter is inserted before another; the purpose does not.
    """
    by_id = {schema.id: schema for schema in api.schemas}
    keys: dict[str, str] = {}

    def key(schema: Schema) -> str:
        if schema.id not in keys:
            hint = schema.hint
            words = "/".join(hint.words)
            if isinstance(schema, ObjectSchema) and schema.unknown:
                words += "+unknown"
            keys[schema.id] = schema.id  # Temporary value: circular parents end here.
            if hint.parent is not None and hint.parent in by_id:
                keys[schema.id] = f"{key(by_id[hint.parent])} {words}"
            elif hint.operation is not None:
                keys[schema.id] = f"{hint.operation} {words}"
        return keys[schema.id]

    for schema in api.schemas:
        key(schema)
    return keys


def remember(
    before: NameLock,
    api: Api,
    classes: Mapping[str, str],
    fields: Mapping[str, Mapping[str, str]],
    methods: Mapping[str, tuple[str, str]],
) -> NameLock:
    """The previous names, updated by the current names.

    Args:
        before: the names of the previous run.
        api: the API.
        classes: class names by schema id.
        fields: attributes by wire name, by schema id.
        methods: group and method by operation key.
    """
    keys = schema_keys(api)
    new_fields = {key: dict(names) for key, names in before.fields.items()}
    new_classes = dict(before.classes)
    seen: set[str] = set()
    for schema in api.schemas:
        key = keys[schema.id]
        if key in seen:  # Two schemas with one purpose cannot be distinguished in the next run.
            continue
        seen.add(key)
        new_classes[key] = classes[schema.id]
        if isinstance(schema, ObjectSchema):
            new_fields[key] = {**new_fields.get(key, {}), **fields[schema.id]}
    return NameLock(new_classes, {**before.methods, **methods}, new_fields)
