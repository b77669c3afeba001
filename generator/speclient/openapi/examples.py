"""Examples of a parameter or a media type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclient.document import Node


def read_examples(owner: Node) -> Iterator[Any]:
    """The values of `example` and `examples`, in this order."""
    if "example" in owner.mapping:
        yield owner.mapping["example"]
    for _, value in read_named_examples(owner):
        yield value


def read_named_examples(owner: Node) -> Iterator[tuple[str, Any]]:
    """The names and values of `examples`."""
    examples = owner.get("examples")
    for name, entry in examples.items() if examples is not None else ():
        example = entry.resolve_or_none()
        if example is not None and "value" in example.mapping:
            yield name, example.mapping["value"]
