"""Words for the inline variants of a union: what tells each one apart from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from speclient.document import Node

_TYPES = {
    "string": "Text", "array": "List", "object": "Object", "integer": "Number", "number": "Number", "boolean": "Flag",
}  # fmt: skip


def variant_words(members: Sequence[Node], discriminator: str | None) -> list[str]:
    """One word for each variant.

    It is the first of these that is unique: the title, the name that it refers to, the value of the discriminator,
    another constant, a property that only this variant has, its type. Only variants without a difference are numbered.
    """
    candidates = [list(_candidates(member, members, discriminator)) for member in members]
    counts = Counter(word.lower() for words in candidates for word in dict.fromkeys(words))
    return [
        next((word for word in words if counts[word.lower()] == 1), f"Variant{index}")
        for index, words in enumerate(candidates, 1)
    ]


def _candidates(member: Node, members: Sequence[Node], discriminator: str | None) -> Iterator[str]:
    title = member.text("title")
    if title is not None:
        yield title
    reference = member.text("$ref")
    if reference is not None:
        yield reference.rsplit("/", 1)[-1]
    parts = list(_parts(member))
    constants = [constant for part in parts for constant in _constants(part)]
    constants.sort(key=lambda constant: constant[0] != discriminator)
    yield from (value for _, value in constants)
    own = _properties(parts)
    others = [_properties(list(_parts(other))) for other in members if other != member]
    for name in sorted(own, key=lambda name: not _is_required(parts, name)):
        if all(name not in known for known in others):
            yield f"With {name}"
    for part in parts:
        types = part.mapping.get("type")
        names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
        word = next((_TYPES[name] for name in names if name in _TYPES), None)
        item = part.get("items")
        if word == "List" and item is not None and (inner := _type_of(item)) is not None:
            yield f"{inner} List"
        if word is not None:
            yield word
        format_ = part.text("format")
        if format_ is not None:
            yield format_


def _parts(member: Node) -> Iterator[Node]:
    """A schema with what it refers to and is composed of, one level deep."""
    for node in (member, *_elements(member, "allOf")):
        resolved = node.resolve_or_none()
        if resolved is not None:
            yield resolved
            yield from (
                inner for other in _elements(resolved, "allOf") if (inner := other.resolve_or_none()) is not None
            )


def _constants(part: Node) -> Iterator[tuple[str, str]]:
    """Property and value of each property that has one possible text."""
    properties = part.get("properties")
    for name, node in properties.items() if properties is not None else ():
        schema = node.resolve_or_none()
        if schema is None:
            continue
        values = schema.mapping.get("enum")
        single = values[0] if isinstance(values, list) and len(values) == 1 else None
        value = schema.mapping.get("const", single)
        if isinstance(value, str) and value:
            yield name, value


def _properties(parts: Sequence[Node]) -> list[str]:
    sections = (part.get("properties") for part in parts)
    return [name for section in sections if section is not None for name, _ in section.items()]


def _is_required(parts: Sequence[Node], name: str) -> bool:
    return any(
        name in part.mapping.get("required", []) for part in parts if isinstance(part.mapping.get("required"), list)
    )


def _type_of(schema: Node) -> str | None:
    resolved = schema.resolve_or_none()
    return _TYPES.get(str(resolved.mapping.get("type"))) if resolved is not None else None


def _elements(node: Node, key: str) -> Iterator[Node]:
    section = node.get(key)
    yield from section.elements() if section is not None else ()
