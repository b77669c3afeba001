"""Reads the specs as the facts address them: by JSON pointers that pass through references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import jsonschema_rs
import yaml

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
NAMES: Final = tuple(sorted(path.stem for path in (ROOT / "specs").glob("*.yaml") if path.name != "pages.yaml"))

Place = tuple[str, ...]
"""The tokens of a JSON pointer that passes through no reference."""

METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class NotThereError(LookupError):
    """A pointer names nothing; the message says how far it leads."""


def load(path: Path) -> dict[str, object]:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert isinstance(document, dict), f"{path.name} is no mapping"
    return document


def spec(name: str) -> dict[str, object]:
    return load(ROOT / "specs" / f"{name}.yaml")


def tokens(pointer: str) -> Place:
    if not pointer:
        return ()
    assert pointer.startswith("/"), f"{pointer!r} is no JSON pointer"
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))


def pointer(place: Place) -> str:
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in place)


def child(node: object, token: str) -> object:
    if isinstance(node, Mapping) and token in node:
        return node[token]
    if isinstance(node, list) and token.isdigit() and int(token) < len(node):
        return node[int(token)]
    raise NotThereError(token)


def at(document: object, place: Place) -> object:
    node = document
    for depth, token in enumerate(place):
        try:
            node = child(node, token)
        except NotThereError:
            raise NotThereError(f"{pointer(place[:depth])} has no {token!r}") from None
    return node


def find(document: object, path: str) -> tuple[Place, object]:
    """Where a pointer leads when references are followed, and what stands there.

    A member that stands beside a `$ref` comes before the member of the same name behind it.
    """
    place: Place = ()
    for token in tokens(path):
        node = at(document, place)
        while isinstance(node, Mapping) and token not in node and "$ref" in node:
            place = tokens(str(node["$ref"]).removeprefix("#"))
            node = at(document, place)
        place = (*place, token)
        at(document, place)
    return place, at(document, place)


def objects(node: object, place: Place = ()) -> Iterator[tuple[Place, Mapping[str, object]]]:
    """Every object of a document with its place, in the order of the document."""
    if isinstance(node, Mapping):
        yield place, node
        for name, value in node.items():
            yield from objects(value, (*place, str(name)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from objects(value, (*place, str(index)))


def marked_members(node: Mapping[str, object]) -> Sequence[str] | None:
    """The members that an object's `x-source` is about: all without a list of them, None without a mark."""
    mark = node.get("x-source")
    if not isinstance(mark, Mapping):
        return None
    members = mark.get("properties", list(node))
    assert isinstance(members, list)
    return [str(member) for member in members]


def member(node: object, *names: str) -> Mapping[str, object]:
    """The object that stands at a chain of members; empty when one of them is missing."""
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def validator(document: Mapping[str, object], schema: object) -> jsonschema_rs.Draft202012Validator:
    """Validates instances of a schema of a document, formats included."""
    whole = {"allOf": [schema], "components": document.get("components", {})}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def items(node: object) -> list[object]:
    assert isinstance(node, list), f"{node!r} is no list"
    return node


def behind(document: Mapping[str, object], node: object) -> Mapping[str, object]:
    """The object that a chain of references ends at."""
    while isinstance(node, Mapping) and "$ref" in node:
        _, node = find(document, str(node["$ref"]).removeprefix("#"))
    assert isinstance(node, Mapping)
    return node


def operations(document: Mapping[str, object]) -> Iterator[tuple[Place, Mapping[str, object]]]:
    for place, node in objects(document):
        if len(place) == 3 and place[0] == "paths" and place[2] in METHODS:
            yield place, node
