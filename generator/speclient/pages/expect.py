"""Facts that a person read on a page: values expected at JSON pointers of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from speclient.document import Document, Node
from speclient.document.node import split_pointer
from speclient.document.problems import ReferenceProblem
from speclient.pages.facts import brief, canonical
from speclient.pages.sources import Explanations
from speclient.pages.store import Expectation, sequence
from speclient.schema.validator import Validator


def find(document: Document, pointer: str) -> Node | None:
    """The value at a pointer that passes through references, or None if it does not exist.

    A property next to a `$ref` takes precedence over the one of its target.
    """
    node: Node | None = document.root
    for token in split_pointer(pointer):
        node = _child(node, token) if node is not None else None
    return node


def _child(node: Node, token: str) -> Node | None:
    for _ in range(_REFERENCES):
        if isinstance(node.value, list):
            return next((item for index, item in enumerate(node.elements()) if str(index) == token), None)
        own = node.get(token)
        if own is not None or "$ref" not in node.mapping:
            return own
        try:
            target = node.resolve()
        except ReferenceProblem:
            return None
        if target == node:
            return None
        node = target
    return None


_REFERENCES: Final = 50


def failure(document: Document, expectation: Expectation) -> str | None:
    """What the document states instead, or None if it states what is expected."""
    node, expected = find(document, expectation.pointer), expectation.value
    if expected == {"$absent": True}:
        return None if node is None else f"is present: {brief(node.value)}"
    if node is None:
        return "does not exist"
    if isinstance(expected, Mapping) and expected and set(expected) <= set(_CONDITIONS):
        failures = [_CONDITIONS[name](document, node, wanted) for name, wanted in expected.items()]
        return "; ".join(text for text in failures if text) or None
    same = canonical(node.value) == canonical(expected)
    return None if same else f"is {brief(node.value)}, not {brief(expected)}"


def covers(document: Document, expectation: Expectation) -> Node | None:
    """The value that an expectation vouches for, with all that it contains; None if it looks at one level only."""
    if isinstance(expectation.value, Mapping) and {"$keys", "$present", "$absent"} & set(expectation.value):
        return None
    return find(document, expectation.pointer)


def names(document: Document, expectation: Expectation) -> list[Node]:
    """The values that an expectation of keys vouches for, without what they contain."""
    node = find(document, expectation.pointer)
    if node is None or not isinstance(expectation.value, Mapping):
        return []
    found = [_child(node, str(name)) for name in sequence(expectation.value.get("$keys"))]
    return [value for own in found if own is not None for value in (own, _resolved(own))]


def _resolved(node: Node) -> Node:
    try:
        return node.resolve()
    except ReferenceProblem:
        return node


def _mentions(_document: Document, node: Node, wanted: Any) -> str | None:
    text = " ".join(str(node.value).split())
    return (
        None if isinstance(node.value, str) and str(wanted) in text else f"does not mention {wanted!r}: {brief(text)}"
    )


def _keys(document: Document, node: Node, wanted: Any) -> str | None:
    """The properties of an object; others must have an `x-source`."""
    names = [str(name) for name in sequence(wanted)]
    missing = [name for name in names if name not in node.mapping]
    explanations = Explanations(document)
    added = [name for name, value in node.items() if name not in names and not is_marked(explanations, value)]
    parts = [f"lacks {', '.join(missing)}"] if missing else []
    parts += [f"has {', '.join(added)} without an `x-source`"] if added else []
    return " and ".join(parts) or None


def is_marked(explanations: Explanations, node: Node) -> bool:
    """Whether an `x-source` says that a value is not from the page."""
    if "x-source" in node.mapping:
        return True
    try:
        return "$ref" in node.mapping and "x-source" in node.resolve().mapping
    except ReferenceProblem:
        return bool(explanations.marks(node))


def _accepts(document: Document, node: Node, wanted: Any) -> str | None:
    validator = Validator(document, all_formats=True)
    rejected = [value for value in sequence(wanted) if not validator.admits(validator.table.name(node), value)]
    return f"rejects {brief(rejected)}" if rejected else None


def _present(_document: Document, _node: Node, _wanted: Any) -> str | None:
    return None


_CONDITIONS: Final[Mapping[str, Callable[[Document, Node, Any], str | None]]] = {
    "$accepts": _accepts,
    "$keys": _keys,
    "$mentions": _mentions,
    "$present": _present,
}
