"""Values that a parameter's type allows, but its style cannot express (OpenAPI 3.1, section 4.8.12.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from speclient.diagnostics import Location, Sink
from speclient.ir import (
    AliasSchema,
    Api,
    ArrayOf,
    Limitation,
    LimitationKind,
    MapOf,
    Named,
    ObjectSchema,
    Operation,
    Scalar,
    ScalarKind,
    Schema,
    TupleOf,
    TypeRef,
    UnionOf,
)


def report_unsendable(api: Api, sink: Sink) -> tuple[Limitation, ...]:
    """Report lists and objects in a parameter that its style cannot express: a call with one raises an error."""
    schemas = {schema.id: schema for schema in api.schemas}
    limitations: dict[Limitation, None] = {}
    for operation in api.operations:
        for what, style, kind, origin in _styled(operation, schemas):
            for part in _nested(kind, schemas):
                why = f"{operation.key}: {part} of {what} cannot be sent: style {style!r} has no form for it"
                limitations.setdefault(Limitation(LimitationKind.DEGRADED, operation.key, origin, why))
    for limitation in limitations:
        sink.report("SC202", limitation.why, limitation.location)
    return tuple(limitations)


def _styled(operation: Operation, schemas: Mapping[str, Schema]) -> Iterator[tuple[str, str, TypeRef, Location]]:
    """Parameters and form fields with a style without nesting: description, style, type and location."""
    for parameter in operation.parameters:
        if parameter.content is None and parameter.style != "deepObject":
            what = f"the {parameter.place} parameter {parameter.name!r}"
            yield what, parameter.style, parameter.type, parameter.origin
    for media in operation.body.media if operation.body is not None else ():
        styles = {rule.member: rule.style for rule in media.encoding if rule.style not in (None, "deepObject")}
        for kind in _parts(media.type, schemas):
            for field in kind.properties if isinstance(kind, ObjectSchema) else ():
                if (style := styles.get(field.name)) is not None:
                    yield f"the form field {field.name!r}", style, field.type, field.origin or operation.origin


def _nested(kind: TypeRef, schemas: Mapping[str, Schema]) -> Iterator[str]:
    """The parts of a list or an object that are lists or objects themselves."""
    for part in _parts(kind, schemas):
        match part:
            case ObjectSchema():
                for field in part.properties:
                    if what := _composite(field.type, schemas):
                        yield f"the property {field.name!r} ({what})"
            case ArrayOf(items) if what := _composite(items, schemas):
                yield f"an item ({what})"
            case TupleOf(items) if what := next(filter(None, (_composite(item, schemas) for item in items)), None):
                yield f"an item ({what})"
            case MapOf(values) if what := _composite(values, schemas):
                yield f"a value ({what})"
            case _:
                pass


def _composite(kind: TypeRef, schemas: Mapping[str, Schema]) -> str | None:
    """`a list` or `an object` for a type that allows no scalar."""
    parts = list(_parts(kind, schemas))
    lists = [isinstance(part, (ArrayOf, TupleOf)) for part in parts]
    if not parts or not all(isinstance(part, (ArrayOf, TupleOf, ObjectSchema, MapOf)) for part in parts):
        return None
    return "a list" if all(lists) else "an object"


def _parts(kind: TypeRef, schemas: Mapping[str, Schema]) -> Iterator[TypeRef | Schema]:
    """The alternatives of a type, without null, with names resolved."""
    stack, seen = [kind], set[str]()
    while stack:
        part = stack.pop()
        match part:
            case Named(name):
                schema = schemas.get(name)
                if schema is None or name in seen:
                    continue
                seen.add(name)
                if isinstance(schema, AliasSchema):
                    stack.append(schema.type)
                else:
                    yield schema
            case UnionOf(members):
                stack.extend(reversed(members))
            case _ if part != Scalar(ScalarKind.NULL):
                yield part
            case _:
                pass
