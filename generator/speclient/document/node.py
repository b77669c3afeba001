"""A value of a document together with its location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from speclient.diagnostics import Location
from speclient.document.problems import ReferenceProblem

if TYPE_CHECKING:
    from speclient.document.load import Document


def escape_pointer(token: str) -> str:
    """A reference token in a JSON pointer, RFC 6901 section 3."""
    return token.replace("~", "~0").replace("/", "~1")


def split_pointer(pointer: str) -> tuple[str, ...]:
    """The reference tokens of a JSON pointer."""
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value at `pointer` in `file` (the key of the file in `document`)."""

    document: Document
    file: str
    pointer: str
    value: Any

    def __hash__(self) -> int:
        return hash((self.file, self.pointer))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and (self.file, self.pointer) == (other.file, other.pointer)

    @property
    def id(self) -> str:
        """A string that identifies this location among all files of the document."""
        return f"{'' if self.file == self.document.root_file else self.file}#{self.pointer}"

    @property
    def location(self) -> Location:
        """The location for a diagnostic; the line is added later."""
        return Location(self.file, self.pointer)

    @property
    def mapping(self) -> Mapping[str, Any]:
        """The value if it is a mapping, else an empty mapping."""
        return self.value if isinstance(self.value, dict) else {}

    def get(self, key: str) -> Node | None:
        """The property `key`, or None when absent."""
        if isinstance(self.value, dict) and key in self.value:
            return self.document.child(self.file, f"{self.pointer}/{escape_pointer(key)}", self.value[key])
        return None

    def items(self) -> Iterator[tuple[str, Node]]:
        """The properties of a mapping, in document order."""
        for key, value in self.mapping.items():
            yield key, self.document.child(self.file, f"{self.pointer}/{escape_pointer(key)}", value)

    def elements(self) -> Iterator[Node]:
        """The items of an array."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield self.document.child(self.file, f"{self.pointer}/{index}", value)

    def text(self, key: str) -> str | None:
        """The property `key` when it is a string."""
        value = self.mapping.get(key)
        return value if isinstance(value, str) else None

    def flag(self, key: str) -> bool:
        """Whether the property `key` is `true`."""
        return self.mapping.get(key) is True

    @property
    def last(self) -> str:
        """The last token of the pointer: the property's name or the item's index."""
        return split_pointer(self.pointer)[-1] if self.pointer else ""

    def resolve(self) -> Node:
        """Follow `$ref` until a value that is not a reference; a node without `$ref` is returned unchanged.

        Raises:
            ReferenceProblem: SC010 to SC012.
        """
        return self.document.resolve(self)

    def resolve_or_none(self) -> Node | None:
        """Like `resolve`, for readers of references that another stage reports; None where one is unresolved."""
        try:
            return self.document.resolve(self)
        except ReferenceProblem:
            return None

    def follow_or_none(self, reference: str | None) -> Node | None:
        """The value that a reference in this node refers to; None without a reference or where it is unresolved."""
        try:
            return self.document.follow(self, reference) if reference is not None else None
        except ReferenceProblem:
            return None
