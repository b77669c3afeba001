"""Schemas and the types that refer to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from speclient.diagnostics import Location

Json: TypeAlias = "bool | int | float | str | tuple[Json, ...] | None"
"""A JSON scalar, or an array of them as a tuple."""


class ScalarKind(StrEnum):
    """JSON's scalars, the formats with a type of their own, and files in multipart bodies."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"
    DATE = "date"
    DATE_TIME = "date-time"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value. `reason` states why a stricter schema was reduced to this; None otherwise."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar with the validation keywords (name, value) that hold for it, sorted by name."""

    kind: ScalarKind
    constraints: tuple[tuple[str, int | float | str], ...] = ()
    format: str | None = None


TEXT_TYPES = {
    "uuid": "UuidText", "time": "TimeText", "duration": "DurationText", "byte": "Base64Text", "decimal": "DecimalText",
}  # fmt: skip
"""Formats of strings that have a type of their own, unless other keywords restrict the string, and these types."""


def text_format(ref: TypeRef) -> str | None:
    """The format of a string that has a type of its own."""
    if not isinstance(ref, Scalar) or ref.kind is not ScalarKind.STRING or ref.constraints:
        return None
    return ref.format if ref.format in TEXT_TYPES else None


@dataclass(frozen=True, slots=True)
class Const:
    """Exactly one value: a string, an integer or a boolean."""

    value: str | int | bool

    def __eq__(self, other: object) -> bool:  # True == 1 in Python, but not in JSON.
        return isinstance(other, Const) and (type(self.value), self.value) == (type(other.value), other.value)

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Named:
    """The schema of the api with this id."""

    schema: str


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """An array whose items are all of one type."""

    items: TypeRef
    constraints: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TupleOf:
    """An array of a fixed length with a type per position."""

    items: tuple[TypeRef, ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with any keys."""

    values: TypeRef
    constraints: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Discriminator:
    """The property that selects the variant: wire name, and tag -> index in the union's members.

    `fallback` is the index of the member that takes values with an unknown tag; None where such values are violations.
    """

    member: str
    mapping: tuple[tuple[str, int], ...]
    fallback: int | None = None


@dataclass(frozen=True, slots=True)
class UnionOf:
    """One of several types; null is a member of its own."""

    members: tuple[TypeRef, ...]
    discriminator: Discriminator | None = None


TypeRef: TypeAlias = "Anything | Scalar | Const | Named | ArrayOf | TupleOf | MapOf | UnionOf"


def text_formats_in(ref: TypeRef) -> Iterator[str]:
    """The formats of the strings in a type that have types of their own."""
    match ref:
        case ArrayOf(items, _) | MapOf(items, _):
            yield from text_formats_in(items)
        case TupleOf(members) | UnionOf(members, _):
            for member in members:
                yield from text_formats_in(member)
        case _:
            format_ = text_format(ref)
            if format_ is not None:
                yield format_


def named_in(ref: TypeRef) -> Iterator[str]:
    """Ids of the schemas that a type refers to, in order, repeated as they occur."""
    match ref:
        case Named(schema):
            yield schema
        case ArrayOf(items, _) | MapOf(items, _):
            yield from named_in(items)
        case TupleOf(items):
            for item in items:
                yield from named_in(item)
        case UnionOf(members, _):
            for member in members:
                yield from named_in(member)
        case _:
            return


@dataclass(frozen=True, slots=True)
class NameHint:
    """The input for a name: `words`, below the schema `parent` (an id) or the operation `operation` (a key)."""

    words: tuple[str, ...]
    parent: str | None = None
    operation: str | None = None
    explicit: str | None = None
    """The name that `x-speclient` requests."""
    component: bool = False
    """Whether `words` is the key of a component, which takes precedence."""

    def inner(self, word: str) -> NameHint:
        """The hint for a part of the schema, such as its items."""
        return NameHint((*self.words, word), self.parent, self.operation)

    def named(self, explicit: str | None) -> NameHint:
        """The same hint with the name that `x-speclient` requests. The first requested name takes precedence."""
        if explicit is None or self.explicit is not None:
            return self
        return replace(self, explicit=explicit)


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an object. `name` is the wire name."""

    name: str
    type: TypeRef
    required: bool
    description: str | None = None
    read_only: bool = False
    write_only: bool = False
    deprecated: bool = False
    secret: bool = False
    unit: str | None = None
    default: Json = None
    origin: Location | None = None
    fixed: str | int | bool | None = None
    """The only value that it can have in its object; constructors fill it in."""


@dataclass(frozen=True, slots=True)
class ObjectSchema:
    """An object with known properties. `additional` is the type of the others; None forbids them.

    `base` is the id of the object that it extends: its class becomes the base class. Inherited properties are among
    `properties`.
    """

    id: str
    hint: NameHint
    origin: Location
    properties: tuple[Property, ...]
    additional: TypeRef | None
    description: str | None = None
    deprecated: bool = False
    secret: bool = False
    base: str | None = None
    unknown: bool = False
    """Whether it stands for the variants that a union does not list. With a `base`, such values are valid."""


@dataclass(frozen=True, slots=True)
class EnumSchema:
    """An enumeration of strings, of integers, or mixed. Unknown values in responses are kept."""

    id: str
    hint: NameHint
    origin: Location
    values: tuple[str | int | float | bool, ...]
    kind: ScalarKind | None
    """STRING or INTEGER when all values are of that kind, else None."""
    member_names: tuple[str, ...] | None = None
    description: str | None = None
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class AliasSchema:
    """Any other schema with a name: a union, an array, a scalar."""

    id: str
    hint: NameHint
    origin: Location
    type: TypeRef
    description: str | None = None
    deprecated: bool = False


Schema: TypeAlias = ObjectSchema | EnumSchema | AliasSchema
