"""A variant for the objects that a union of objects does not list: services add variants over time.

Decision 016. A union that occurs in responses gets one more member, an object with the properties that all variants
have. Where the document defines what an unlisted tag means (the schema that the variants extend), such a value is
valid; in all other unions it is a violation, which the client reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from speclient.build.directions import reachable, response_types
from speclient.ir import (
    AliasSchema,
    Anything,
    Api,
    ArrayOf,
    Const,
    EnumSchema,
    MapOf,
    Named,
    NameHint,
    ObjectSchema,
    Property,
    Scalar,
    ScalarKind,
    Schema,
    TupleOf,
    TypeRef,
    UnionOf,
)

_SUFFIX = "+unknown"
_NAMED_MEMBERS = 3
"""Unions without a name are named after their variants up to this many."""


def with_unknown_variants(api: Api) -> Api:
    """Return the same api, with an unknown variant in each union of objects that a response contains."""
    schemas = {schema.id: schema for schema in api.schemas}
    received = reachable(schemas, response_types(api))
    builder = _Builder(schemas)
    # Named unions come first, so that equal unions without a name share their variant.
    for schema in api.schemas:
        if schema.id in received and isinstance(schema, AliasSchema):
            schemas[schema.id] = replace(schema, type=builder.opened(schema.type, schema.hint, schema))
    for schema in api.schemas:
        if schema.id in received and isinstance(schema, ObjectSchema):
            schemas[schema.id] = builder.opened_object(schema)
    return replace(api, schemas=(*schemas.values(), *builder.unknown_variants(schemas)))


@dataclass(slots=True)
class _Builder:
    """Adds unknown variants to types; their properties are known after all types are complete."""

    original: Mapping[str, Schema]
    _closed: dict[frozenset[str], tuple[ObjectSchema, tuple[str, ...]]] = field(
        default_factory=dict[frozenset[str], tuple[ObjectSchema, tuple[str, ...]]]
    )
    """The unknown variant of each set of listed variants."""
    _extending: dict[str, ObjectSchema] = field(default_factory=dict[str, ObjectSchema])
    """The unknown variant of each schema that the variants of a union extend."""

    def __post_init__(self) -> None:
        self.original = dict(self.original)

    def opened_object(self, schema: ObjectSchema) -> ObjectSchema:
        properties = tuple(
            replace(
                property_,
                type=self.opened(property_.type, NameHint((property_.name,), parent=schema.id), schema),
            )
            for property_ in schema.properties
        )
        additional = schema.additional
        if additional is not None:
            additional = self.opened(additional, NameHint(("Value",), parent=schema.id), schema)
        return replace(schema, properties=properties, additional=additional)

    def opened(self, ref: TypeRef, hint: NameHint, owner: Schema) -> TypeRef:
        """The type with an unknown variant in each union that it contains."""
        match ref:
            case ArrayOf(items, constraints):
                return ArrayOf(self.opened(items, _inner(hint, "Item"), owner), constraints)
            case MapOf(values, constraints):
                return MapOf(self.opened(values, _inner(hint, "Value"), owner), constraints)
            case TupleOf(items):
                return TupleOf(
                    tuple(self.opened(item, _inner(hint, f"Item{n}"), owner) for n, item in enumerate(items, 1))
                )
            case UnionOf(members, discriminator):
                members = tuple(self.opened(member, hint, owner) for member in members)
                if discriminator is not None and discriminator.fallback is not None:
                    variant = self._extension(members[discriminator.fallback], owner)
                    if variant is not None:
                        discriminator = replace(discriminator, fallback=len(members))
                else:
                    variant = self._closed_variant(ref, hint, owner)
                return UnionOf((*members, variant) if variant is not None else members, discriminator)
            case _:
                return ref

    def _extension(self, parent: TypeRef, owner: Schema) -> Named | None:
        schema = self.original.get(parent.schema) if isinstance(parent, Named) else None
        if not isinstance(schema, ObjectSchema):
            return None
        if schema.id not in self._extending:
            self._extending[schema.id] = replace(
                schema,
                id=schema.id + _SUFFIX,
                origin=owner.origin,
                description=None,
                deprecated=False,
                base=schema.id,
                unknown=True,
            )
        return Named(self._extending[schema.id].id)

    def _closed_variant(self, union: UnionOf, hint: NameHint, owner: Schema) -> Named | None:
        direct = [list(self._objects(member, ())) for member in union.members]
        if sum(1 for objects in direct if objects) < 2 or any(None in objects for objects in direct):
            return None
        objects = [schema for group in direct for schema in group if schema is not None]
        listed = tuple(dict.fromkeys(schema.id for schema in objects))
        key = frozenset(listed)
        if key not in self._closed:
            named = isinstance(owner, AliasSchema) and owner.type == union
            words = [schema.hint.words for schema in objects if schema.hint.component]
            if not named and len(words) == len(objects) <= _NAMED_MEMBERS:
                hint = NameHint((" or ".join(dict.fromkeys(" ".join(word) for word in words)),))
            place = f"{owner.id}/{'/'.join(hint.words)}" if not named else owner.id
            variant = ObjectSchema(place + _SUFFIX, hint, owner.origin, (), Anything(), unknown=True)
            self._closed[key] = (variant, listed)
        return Named(self._closed[key][0].id)

    def _objects(self, ref: TypeRef, seen: tuple[str, ...]) -> Iterator[ObjectSchema | None]:
        """The objects that a type lists; None for any object."""
        match ref:
            case Named(id_) if id_ not in seen:
                schema = self.original.get(id_)
                if isinstance(schema, ObjectSchema):
                    yield schema
                elif isinstance(schema, AliasSchema):
                    yield from self._objects(schema.type, (*seen, id_))
            case UnionOf(members, _):
                for member in members:
                    yield from self._objects(member, seen)
            case MapOf() | Anything():
                yield None
            case _:
                return

    def unknown_variants(self, schemas: Mapping[str, Schema]) -> Iterator[ObjectSchema]:
        for variant in self._extending.values():
            parent = schemas[variant.base or ""]
            assert isinstance(parent, ObjectSchema)
            yield replace(variant, properties=parent.properties, additional=parent.additional)
        for variant, ids in self._closed.values():
            listed = [schema for id_ in ids if isinstance(schema := schemas[id_], ObjectSchema)]
            yield replace(
                variant,
                properties=tuple(_common_properties(listed, schemas)),
                secret=any(schema.secret for schema in listed),
            )


def _common_properties(variants: Sequence[ObjectSchema], schemas: Mapping[str, Schema]) -> Iterator[Property]:
    by_name = [{property_.name: property_ for property_ in schema.properties} for schema in variants]
    for name, first in by_name[0].items():
        if all(name in properties for properties in by_name):
            yield _merged([properties[name] for properties in by_name], first, schemas)


def _merged(properties: Sequence[Property], first: Property, schemas: Mapping[str, Schema]) -> Property:
    """One property for all: typed where all variants agree."""
    types = {_unbounded(property_.type) for property_ in properties}
    if len(types) == 1:
        common: TypeRef = types.pop()
    else:
        common = Scalar(ScalarKind.STRING) if all(_is_text(each, schemas) for each in types) else Anything()
    return replace(
        first,
        type=common,
        required=all(property_.required for property_ in properties),
        description=first.description if len({property_.description for property_ in properties}) == 1 else None,
        unit=first.unit if len({property_.unit for property_ in properties}) == 1 else None,
        secret=any(property_.secret for property_ in properties),
        deprecated=all(property_.deprecated for property_ in properties),
        default=None,
        origin=None if common == Anything() else first.origin,
    )


def _unbounded(ref: TypeRef) -> TypeRef:
    """The type without bounds, which an unlisted variant need not obey."""
    match ref:
        case Scalar(kind, _, format_):
            return Scalar(kind, (), format_)
        case Const(str()):
            return Scalar(ScalarKind.STRING)
        case ArrayOf(items, _):
            return ArrayOf(_unbounded(items))
        case MapOf(values, _):
            return MapOf(_unbounded(values))
        case _:
            return ref


def _is_text(ref: TypeRef, schemas: Mapping[str, Schema]) -> bool:
    match ref:
        case Scalar(ScalarKind.STRING, _, _):
            return True
        case Named(id_):
            schema = schemas.get(id_)
            return isinstance(schema, EnumSchema) and schema.kind is ScalarKind.STRING
        case _:
            return False


def _inner(hint: NameHint, word: str) -> NameHint:
    return NameHint((*hint.words, word), hint.parent, hint.operation)
