"""Bundle a document of several files into one self-contained document: the copy inside a package."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from speclient.document.identifiers import MAPS
from speclient.document.load import Document
from speclient.document.node import Node, escape_pointer
from speclient.document.problems import ReferenceProblem

FILES = "x-files"
"""The property of the root that contains the other files, each complete, so pointers keep their last tokens."""
_REFERENCES = ("$ref", "$dynamicRef", "operationRef")
_DATA = ("const", "default", "enum", "example", "value")
"""Keywords that contain data of the API: a `$ref` inside is not a reference."""


def bundle(document: Document) -> dict[str, Any]:
    """The root file's data, with the other files included and the references adapted.

    Files are named by their base name: no path or URL of the generating machine gets into a package.
    """
    found = _References(document)
    found.walk()
    if not found.labels:
        return dict(document.root.mapping)
    made = {file: _Copy(found.changes).of(document.files[file].data) for file in (document.root_file, *found.labels)}
    return {**made[document.root_file], FILES: {label: made[file] for file, label in found.labels.items()}}


class _References:
    """Follows every reference from the root. `changes`: identity of a reference's object -> the new reference."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.labels: dict[str, str] = {}
        self.changes: dict[int, dict[str, str]] = {}
        self._todo: list[tuple[str, Any, bool]] = [(document.root_file, document.root.value, False)]
        self._seen: set[tuple[int, bool]] = set()

    def walk(self) -> None:
        while self._todo:
            file, value, named = self._todo.pop()
            if (home := self.document.homes.get(id(value))) is not None:
                file = home[0]
            if isinstance(value, list):
                self._todo.extend((file, item, False) for item in reversed(value))
            if not isinstance(value, dict) or (id(value), named) in self._seen:
                continue
            self._seen.add((id(value), named))
            for key, item in value.items():
                if named:
                    self._todo.append((file, item, False))
                elif key in _REFERENCES and isinstance(item, str):
                    self._follow(file, value, key, item)
                else:
                    self._member(file, key, item)

    def _member(self, file: str, key: str, item: Any) -> None:
        if key == "x-speclient":
            chosen = item.get("response-by") if isinstance(item, dict) else None
            self._schemas(file, chosen.get("schemas") if isinstance(chosen, dict) else None)
        elif key == "mapping":
            self._schemas(file, item)
        elif key not in _DATA and not key.startswith("x-") and not (key == "examples" and isinstance(item, list)):
            self._todo.append((file, item, key in MAPS and isinstance(item, dict)))

    def _schemas(self, file: str, names: Any) -> None:
        """Schemas by reference or by the name of a component, as in the mapping of a discriminator."""
        for name, text in names.items() if isinstance(names, dict) else ():
            if isinstance(text, str) and not (re.search("[#/.]", text) and self._follow(file, names, name, text)):
                self._follow(file, names, name, f"#/components/schemas/{escape_pointer(text)}")

    def _follow(self, file: str, holder: dict[str, Any], key: str, reference: str) -> bool:
        """Point a reference to the new location of its target; an unresolved reference is unchanged."""
        try:
            target = self.document.follow(Node(self.document, file, "", holder), reference)
        except ReferenceProblem:
            return False
        if target.file != self.document.root_file and target.file not in self.labels:
            self.labels[target.file] = self._label(target.file)
        self._todo.append((target.file, target.value, False))
        if self.document.identified(Node(self.document, file, "", holder), reference) is not None:
            return True
        at_home = file == target.file == self.document.root_file
        if not (at_home and (reference.startswith("#/") or key == "$dynamicRef")):
            label = self.labels.get(target.file)
            inside = f"/{FILES}/{escape_pointer(label)}" if label is not None else ""
            self.changes.setdefault(id(holder), {})[key] = "#" + quote(inside + target.pointer, safe="/~!$&'()*+,;=:@")
        return True

    def _label(self, file: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", re.split(r"[?#]", file)[0].rsplit("/", 1)[-1])
        label, number = plain, 1
        while label in self.labels.values():
            number += 1
            label = f"{plain}-{number}"
        return label


class _Copy:
    """Copies a file's data with the changes applied. Values shared by YAML aliases stay shared."""

    def __init__(self, changes: dict[int, dict[str, str]]) -> None:
        self._changes = changes
        self._made: dict[int, Any] = {}

    def of(self, value: Any) -> Any:
        if not isinstance(value, (dict, list)):
            return value
        if id(value) not in self._made:
            made: Any = {} if isinstance(value, dict) else []
            if isinstance(value, dict):
                changed = self._changes.get(id(value), {})
                for key, item in value.items():
                    made[key] = changed[key] if key in changed else self.of(item)
            else:
                for item in value:
                    made.append(self.of(item))
            self._made[id(value)] = made
        return self._made[id(value)]
