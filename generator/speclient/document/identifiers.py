"""`$id`, `$anchor` and `$dynamicAnchor` of a file (JSON Schema 2020-12, core, section 8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urljoin

from speclient.document.node import escape_pointer

DATA = frozenset({"const", "default", "enum", "example", "examples", "value"})
"""Keywords that contain data, not schemas."""
MAPS = frozenset({
    "$defs", "additionalOperations", "callbacks", "content", "definitions", "dependentSchemas", "encoding", "examples",
    "headers", "links", "mediaTypes", "parameters", "pathItems", "paths", "patternProperties", "properties",
    "requestBodies", "responses", "schemas", "securitySchemes", "variables", "webhooks",
})  # fmt: skip
"""Objects whose keys are chosen by the document: a property may be called `default`."""


@dataclass(slots=True)
class Identifiers:
    """The schema resources of a file: the parts with an `$id`, and the file itself (pointer "")."""

    resources: dict[str, str] = field(default_factory=dict[str, str])
    """URI without fragment -> pointer of the resource."""
    bases: dict[str, str] = field(default_factory=dict[str, str])
    """Pointer of a resource -> its URI."""
    anchors: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """Pointer of a resource and name of an anchor -> pointer of the schema."""
    owners: dict[int, str] = field(default_factory=dict[int, str])
    """Identity of an object -> pointer of the resource with an `$id` that contains it."""

    def owner(self, pointer: str, value: Any) -> str:
        """The pointer of the innermost resource that contains a value."""
        if (known := self.owners.get(id(value))) is not None:
            return known
        while pointer and pointer not in self.bases:
            pointer = pointer.rpartition("/")[0]
        return pointer


def read_identifiers(data: Any, uri: str) -> Identifiers:
    """Find the identifiers of a file.

    Args:
        data: the data of the file.
        uri: the URI of the file.
    """
    found = Identifiers(bases={"": uri})
    stack: list[tuple[Any, str, str, bool]] = [(data, "", "", False)]
    while stack:
        value, pointer, owner, are_names = stack.pop()
        if isinstance(value, dict) and not are_names:
            identifier = value.get("$id")
            if isinstance(identifier, str) and pointer:
                found.bases[pointer] = urldefrag(urljoin(found.bases[owner], identifier)).url
                found.resources.setdefault(found.bases[pointer], pointer)
                owner = pointer
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(value.get(keyword), str):
                    found.anchors.setdefault((owner, value[keyword]), pointer)
        if owner and isinstance(value, dict):
            found.owners[id(value)] = owner
        stack.extend((inner, f"{pointer}/{token}", owner, named) for token, inner, named in _parts(value, are_names))
    return found


def _parts(value: Any, are_names: bool) -> Iterator[tuple[str, Any, bool]]:
    """The parts of a value that may contain schemas: token, value, and whether its keys are names."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield str(index), item, False
    elif isinstance(value, dict):
        for key, item in value.items():
            if are_names or (key not in DATA and not str(key).startswith("x-")):
                yield escape_pointer(str(key)), item, not are_names and key in MAPS
