"""Listings: a response with an array of items, seen as the evidence for pagination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from speclient.build import pagination_words as words
from speclient.build.pagination_words import bare
from speclient.ir import (
    AliasSchema,
    Anything,
    ArrayOf,
    Const,
    EnumSchema,
    Json,
    Named,
    ObjectSchema,
    Operation,
    Response,
    Scalar,
    ScalarKind,
    Schema,
    TypeRef,
    UnionOf,
    body_arguments,
)

PlainType: TypeAlias = "Schema | TypeRef | None"
TEXT = (ScalarKind.STRING,)
NUMBER = (ScalarKind.INTEGER, ScalarKind.NUMBER)


@dataclass(frozen=True, slots=True)
class BodyProperty:
    """A property of the body, except the items."""

    pointer: tuple[str, ...]
    type: PlainType
    description: str

    @property
    def name(self) -> str:
        """The name in lower case, without separators."""
        return bare(self.pointer[-1])

    @property
    def parent(self) -> str:
        """The name of the object that contains it, in lower case; empty at the top of the body."""
        return bare(self.pointer[-2]) if len(self.pointer) > 1 else ""

    def is_a(self, *kinds: ScalarKind) -> bool:
        """Whether it is a scalar of one of the kinds."""
        return isinstance(self.type, Scalar) and self.type.kind in kinds


@dataclass(frozen=True, slots=True)
class Input:
    """A query parameter, or a property of the body of the request."""

    name: str
    type: Scalar
    description: str
    default: Json
    example: Json = None
    in_body: bool = False

    @property
    def word(self) -> str:
        """The name in lower case, without separators."""
        return bare(self.name)


@dataclass(frozen=True, slots=True)
class Listing:
    """One successful body of an operation: the location and the type of its items, and the properties beside them."""

    operation: Operation
    response: Response
    items: tuple[str, ...]
    element: PlainType
    members: tuple[BodyProperty, ...]
    inputs: tuple[Input, ...]
    """The scalar query parameters and properties of the request's body, except those whose name is not unique."""
    id_of_body: bool
    """Whether the body has an identity of its own."""
    id_of_element: bool
    """Whether each item has a property `id` of its own."""

    def parameters(self, names: frozenset[str], kinds: tuple[ScalarKind, ...]) -> list[Input]:
        """The inputs with one of the names and one of the kinds."""
        return [each for each in self.inputs if each.word in names and each.type.kind in kinds]

    def size(self) -> str | None:
        """The parameter for the size of a page."""
        inputs = self.parameters(words.SIZES, (*NUMBER, *TEXT))
        return inputs[0].name if len(inputs) == 1 else None

    def more(self) -> tuple[str, ...]:
        """Pointer to the flag of the response for another page; empty without a flag."""
        flags = [member for member in self.members if member.name in words.MORE and member.is_a(ScalarKind.BOOLEAN)]
        return flags[0].pointer if len(flags) == 1 else ()

    def page_count(self) -> tuple[str, ...]:
        """Pointer to the number of pages in the response; empty without one."""
        counts = [member for member in self.members if member.name in words.PAGE_COUNTS and member.is_a(*NUMBER)]
        if len(counts) != 1 or words.OF_ELEMENTS.search(counts[0].description):
            return ()
        return counts[0].pointer


def read_listing(
    operation: Operation, response: Response, body: TypeRef, schemas: Mapping[str, Schema]
) -> Listing | None:
    """The listing in a successful response; None where the body has no array that clearly holds the items.

    Args:
        operation: the operation.
        response: the response.
        body: the type of its JSON body.
        schemas: the schemas by id.
    """
    segments = [part for part in operation.path.split("/") if part and "{" not in part]
    items_and_array = find_array(body, bare(segments[-1]) if segments else "", schemas)
    if items_and_array is None:
        return None
    items, array = items_and_array
    whole, element = plain_type(body, schemas), plain_type(array.items, schemas)
    beside = {bare(property_.name) for property_ in whole.properties} if isinstance(whole, ObjectSchema) else set[str]()
    own = {property_.name: property_ for property_ in element.properties} if isinstance(element, ObjectSchema) else {}
    return Listing(
        operation, response, items, element,
        members=tuple(_members(whole, (), items[:-1], schemas)),
        inputs=tuple(_inputs(operation, schemas)),
        id_of_body=bool(beside & words.IDENTITIES),
        id_of_element="id" in own and isinstance(plain_type(own["id"].type, schemas), Scalar),
    )  # fmt: skip


def _inputs(operation: Operation, schemas: Mapping[str, Schema]) -> Iterator[Input]:
    arguments = body_arguments(operation, schemas) if operation.method == "POST" else None
    media = operation.body.media if operation.body is not None else ()
    is_json = arguments is not None and len(media) == 1 and arguments.media.kind == "json"
    properties = arguments.properties if is_json and arguments is not None else ()
    names = Counter([each.name for each in operation.parameters] + [each.name for each in properties])
    for parameter in operation.parameters:
        plain = plain_type(parameter.type, schemas)
        if parameter.place == "query" and isinstance(plain, Scalar) and names[parameter.name] == 1:
            text = parameter.description or ""
            yield Input(parameter.name, plain, text, parameter.default, parameter.example)
    for property_ in properties:
        plain = plain_type(property_.type, schemas)
        if isinstance(plain, Scalar) and names[property_.name] == 1:
            yield Input(property_.name, plain, property_.description or "", property_.default, in_body=True)


def plain_type(ref: TypeRef, schemas: Mapping[str, Schema]) -> PlainType:
    """The one type or schema behind names and `| null`; None for several alternatives."""
    for _ in range(16):
        if isinstance(ref, UnionOf):
            others = [member for member in ref.members if member != Scalar(ScalarKind.NULL)]
            if len(others) != 1:
                return None
            ref = others[0]
        elif isinstance(ref, Named):
            schema = schemas.get(ref.schema)
            if not isinstance(schema, AliasSchema):
                return schema
            ref = schema.type
        else:
            return ref
    return None


def find_array(body: TypeRef, segment: str, schemas: Mapping[str, Schema]) -> tuple[tuple[str, ...], ArrayOf] | None:
    """The location of the only array that can hold the items, and its type.

    Args:
        body: the type of the JSON body.
        segment: the last word of the path.
        schemas: the schemas by id.
    """
    plain = plain_type(body, schemas)
    if isinstance(plain, ArrayOf):
        return (), plain
    if not isinstance(plain, ObjectSchema):
        return None
    if any(isinstance(plain_type(property_.type, schemas), ArrayOf) for property_ in plain.properties):
        return _chosen((), plain, segment, schemas)
    inner: list[tuple[tuple[str, ...], ArrayOf]] = []
    for property_ in plain.properties:
        below = plain_type(property_.type, schemas)
        wraps = len(plain.properties) == 1 or bare(property_.name) in {*words.WRAPPERS, segment}
        if isinstance(below, ObjectSchema) and wraps:
            candidate = _chosen((property_.name,), below, segment, schemas)
            inner += [candidate] if candidate is not None else []
    return inner[0] if len(inner) == 1 else None


def _chosen(
    at: tuple[str, ...], owner: ObjectSchema, segment: str, schemas: Mapping[str, Schema]
) -> tuple[tuple[str, ...], ArrayOf] | None:
    """The array that is named after the last word of the path or conventionally; or the only array of objects."""
    types = {property_.name: plain_type(property_.type, schemas) for property_ in owner.properties}
    arrays = {name: type_ for name, type_ in types.items() if isinstance(type_, ArrayOf)}
    for usual in ({segment}, words.ELEMENTS):
        named = [name for name in arrays if bare(name) in usual]
        if named:
            return ((*at, named[0]), arrays[named[0]]) if len(named) == 1 else None
    lone = [name for name, type_ in types.items() if bare(name) not in words.NOT_ELEMENTS and _may_hold(name, type_)]
    names = {bare(name) for name in types}
    # An object with an identity or a name is more often a thing with parts than a page of results.
    if len(lone) != 1 or names & words.IDENTITIES or (names & words.TITLES and not names & words.COUNTS):
        return None
    array = arrays.get(lone[0])
    # An object with a list of words is more often a thing, too.
    if array is None or isinstance(plain_type(array.items, schemas), Scalar | Const | EnumSchema):
        return None
    return (*at, lone[0]), array


def _may_hold(name: str, type_: PlainType) -> bool:
    """Whether a property may be an array, or the document leaves its type open."""
    return isinstance(type_, ArrayOf) or (isinstance(type_, Anything) and bare(name) not in words.COUNTS)


def _members(
    owner: PlainType, at: tuple[str, ...], wrapper: tuple[str, ...], schemas: Mapping[str, Schema]
) -> Iterator[BodyProperty]:
    """Properties around the items, and those inside a property with a name of pagination metadata."""
    for property_ in owner.properties if isinstance(owner, ObjectSchema) else ():
        pointer, plain = (*at, property_.name), plain_type(property_.type, schemas)
        yield BodyProperty(pointer, plain, property_.description or "")
        if len(pointer) < 4 and (words.TELLERS.search(bare(property_.name)) or pointer == wrapper[: len(pointer)]):
            yield from _members(plain, pointer, wrapper, schemas)
