"""Parse the output of datamodel-code-generator, compare it with the ir, and return it as definitions.

Its syntax tree is the source of types. The ir adds what the library does not know: optional properties, wire
names, secrets, discriminators, documentation.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from speclient.diagnostics import Sink
from speclient.ir import (
    AliasSchema,
    Anything,
    Api,
    Discriminator,
    EnumSchema,
    Limitation,
    LimitationKind,
    ObjectSchema,
    Property,
    Scalar,
    ScalarKind,
    Schema,
    UnionOf,
    named_in,
)
from speclient.models import dcg
from speclient.naming import Names


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One attribute: its annotation as Python, and whether it may be absent."""

    name: str
    annotation: str
    optional: bool
    nullable: bool
    source: Property
    overrides: str | None = None
    """The annotation in the base class, if that differs."""


@dataclass(frozen=True, slots=True)
class ModelDef:
    """A class with fields. `extra` is the annotation of other properties, None where they are forbidden."""

    name: str
    schema: ObjectSchema
    fields: tuple[FieldDef, ...]
    extra: str | None
    uses: tuple[str, ...]
    base: str | None = None
    """Name of the class that it extends."""


@dataclass(frozen=True, slots=True)
class EnumDef:
    """An enumeration: base class in `_core`, and (member, value) pairs."""

    name: str
    schema: EnumSchema
    base: str
    members: tuple[tuple[str, str | int | float | bool], ...]
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AliasDef:
    """A named type that is not a class; `value` is its annotation. A union may have a discriminator."""

    name: str
    schema: AliasSchema
    value: str
    uses: tuple[str, ...]
    discriminator: Discriminator | None = None


Definition: TypeAlias = ModelDef | EnumDef | AliasDef


def make_models(api: Api, names: Names, sink: Sink) -> tuple[dict[str, Definition], tuple[Limitation, ...]]:
    """Definitions by schema id, in the order of the ir, and those that the library could not generate (typed `Any`)."""
    components = dcg.components(api, names)
    statements, failed = dcg.run_isolated(components) if components else ([], {})
    by_key = {name: statement for statement in statements if (name := dcg.defined_name(statement)) is not None}
    classes = {dcg.schema_key(number): names.classes[schema.id] for number, schema in enumerate(api.schemas)}
    invented = {name: stmt for name, stmt in by_key.items() if name not in components}
    unlisted = frozenset(
        dcg.schema_key(number)
        for number, schema in enumerate(api.schemas)
        if isinstance(schema, ObjectSchema) and schema.unknown and schema.base is None
    )
    rewriter = _Rewriter(classes, invented, unlisted)
    definitions: dict[str, Definition] = {}
    limitations: list[Limitation] = []
    for number, schema in enumerate(api.schemas):
        key, name = dcg.schema_key(number), names.classes[schema.id]
        try:
            if key in failed:
                raise dcg.Unmakeable(failed[key])
            statement = by_key.get(key)
            if not isinstance(statement, ast.ClassDef):
                raise dcg.Unmakeable("it did not generate a class")
            definitions[schema.id] = _definition(schema, name, statement, names, rewriter)
        except dcg.Unmakeable as problem:
            why = f"datamodel-code-generator cannot generate {name}: {problem}"
            sink.report("SC301", why, schema.origin)
            limitations.append(Limitation(LimitationKind.DEGRADED, schema.id, schema.origin, why))
            alias = AliasSchema(schema.id, schema.hint, schema.origin, Anything(why), schema.description)
            definitions[schema.id] = AliasDef(name, alias, "Any", ())
    return {key: _extending(made, definitions, names) for key, made in definitions.items()}, tuple(limitations)


def _extending(made: Definition, definitions: Mapping[str, Definition], names: Names) -> Definition:
    """A class without its inherited fields; without its base where the two are incompatible."""
    if not isinstance(made, ModelDef) or made.schema.base is None:
        return made
    base = definitions.get(made.schema.base)
    own, inherited = names.fields[made.schema.id], names.fields.get(made.schema.base, {})
    if not isinstance(base, ModelDef) or any(own.get(name, field) != field for name, field in inherited.items()):
        return replace(made, uses=tuple(used for used in made.uses if used != made.schema.base))
    declared = {field.name: field for field in base.fields}
    fields = tuple(
        replace(field, overrides=_overridden(field, declared.get(field.name)))
        for field in made.fields
        if field.name not in declared or _declaration(field) != _declaration(declared[field.name])
    )
    extra = "Any" if made.extra == base.extra else made.extra
    return replace(made, fields=fields, base=base.name, extra=extra)


def _overridden(field: FieldDef, declared: FieldDef | None) -> str | None:
    if declared is None or (field.annotation, field.optional) == (declared.annotation, declared.optional):
        return None
    return declared.annotation


def _declaration(field: FieldDef) -> tuple[object, ...]:
    source = field.source
    return field.annotation, field.optional, source.name, source.secret, source.unit, source.fixed


def _definition(schema: Schema, name: str, statement: ast.ClassDef, names: Names, rewriter: _Rewriter) -> Definition:
    match schema:
        case ObjectSchema():
            return _model(schema, name, statement, names, rewriter)
        case EnumSchema():
            return _enum(schema, name, statement, names)
        case _:
            annotations = _annotations(statement, rewriter)
            if list(annotations) != [dcg.ALIAS]:
                raise dcg.Unmakeable(f"it generated the fields {', '.join(annotations)}")
            uses = tuple(dict.fromkeys(named_in(schema.type)))
            discriminator = schema.type.discriminator if isinstance(schema.type, UnionOf) else None
            return AliasDef(name, schema, annotations[dcg.ALIAS], uses, discriminator)


def _enum(schema: EnumSchema, name: str, statement: ast.ClassDef, names: Names) -> EnumDef:
    found: dict[str, Any] = {}
    for item in statement.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            found[item.targets[0].id] = ast.literal_eval(item.value)
    wanted = dict(zip(names.members[schema.id], schema.values, strict=True))
    if found != wanted:
        raise dcg.Unmakeable(f"its members are {', '.join(found)}")
    bases = {ScalarKind.STRING: "OpenStrEnum", ScalarKind.INTEGER: "OpenIntEnum", None: "OpenEnum"}
    return EnumDef(name, schema, bases[schema.kind], tuple(wanted.items()))


def _annotations(statement: ast.ClassDef, rewriter: _Rewriter) -> dict[str, str]:
    annotations: dict[str, str] = {}
    for item in statement.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            annotation = item.annotation
            if isinstance(item.value, ast.Call):
                annotation = _annotated(annotation, item.value)
            annotations[item.target.id] = rewriter.render(annotation)
    return annotations


def _model(schema: ObjectSchema, name: str, statement: ast.ClassDef, names: Names, rewriter: _Rewriter) -> ModelDef:
    annotations = _annotations(statement, rewriter)
    fields = names.fields[schema.id]
    extra = None if schema.additional is None else annotations.pop(dcg.EXTRA, "Any")
    expected = [dcg.field_key(number) for number in range(len(schema.properties))]
    odd = sorted(set(annotations) ^ set(expected))
    if odd:
        raise dcg.Unmakeable(f"its fields differ from the requested fields: {', '.join(odd[:3])}")
    made = tuple(
        FieldDef(
            name=fields[source.name],
            annotation=annotations[key],
            optional=not source.required,
            nullable=_nullable(source),
            source=source,
        )
        for key, source in zip(expected, schema.properties, strict=True)
    )
    uses = [used for source in schema.properties for used in named_in(source.type)]
    if schema.additional is not None:
        uses += named_in(schema.additional)
    if schema.base is not None:
        uses.append(schema.base)
    return ModelDef(name, schema, made, extra, tuple(dict.fromkeys(uses)))


def _constants(statement: ast.ClassDef) -> ast.expr | None:
    """The values of an enumeration that the library generated for a nullable constant, or for several mixed types."""
    values = [item.value for item in statement.body if isinstance(item, ast.Assign)]
    if not values or len(values) != len(statement.body):
        return None
    return values[0] if len(values) == 1 else ast.Tuple(elts=values, ctx=ast.Load())


def _nullable(source: Property) -> bool:
    if isinstance(source.type, UnionOf):
        return Scalar(ScalarKind.NULL) in source.type.members
    return isinstance(source.type, Anything) or source.type == Scalar(ScalarKind.NULL)


def _annotated(annotation: ast.expr, field: ast.Call) -> ast.expr:
    place = ast.Tuple(elts=[annotation, field], ctx=ast.Load())
    return ast.Subscript(value=ast.Name(id="Annotated", ctx=ast.Load()), slice=place, ctx=ast.Load())


def _literal(node: ast.Subscript) -> ast.Subscript:
    """A literal that distinguishes `true` and `1` where necessary."""
    values = ast.literal_eval(node.slice)
    several = values if isinstance(values, tuple) else (values,)
    if not any(isinstance(value, int) and value in (0, 1) for value in several):
        return node
    place = ast.Tuple(elts=[node, ast.Name(id="EXACT", ctx=ast.Load())], ctx=ast.Load())
    return ast.Subscript(value=ast.Name(id="Annotated", ctx=ast.Load()), slice=place, ctx=ast.Load())


class _Rewriter(ast.NodeTransformer):
    """Converts the library's annotations: aliases that it added are expanded, numbers keep their value."""

    def __init__(
        self, classes: Mapping[str, str], invented: Mapping[str, ast.stmt], unlisted: frozenset[str] = frozenset()
    ) -> None:
        self._classes = classes
        self._invented = invented
        self._unlisted = unlisted

    def render(self, expression: ast.expr) -> str:
        """The expression as Python text."""
        return ast.unparse(self.visit(copy.deepcopy(expression)))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Rename classes; expand added aliases; replace `float` by the type that keeps large integers."""
        if node.id in self._classes:
            name = ast.Name(id=self._classes[node.id], ctx=ast.Load())
            if node.id not in self._unlisted:
                return name
            return ast.Subscript(value=ast.Name(id="Unlisted", ctx=ast.Load()), slice=name, ctx=ast.Load())
        statement = self._invented.get(node.id)
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            opened = self.visit(copy.deepcopy(statement.value.args[1]))
            assert isinstance(opened, ast.expr)
            return opened
        if isinstance(statement, ast.ClassDef) and isinstance(values := _constants(statement), ast.expr):
            return _literal(ast.Subscript(value=ast.Name(id="Literal", ctx=ast.Load()), slice=values, ctx=ast.Load()))
        if statement is not None:
            raise dcg.Unmakeable(f"it added the class {node.id}")
        return ast.Name(id="Number", ctx=ast.Load()) if node.id == "float" else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Modernize `Dict`; let a bounded number keep its value too; replace `Union[...]` by `|`."""
        match node:
            case ast.Subscript(
                value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[ast.Name(id="float") as inner, *rest])
            ):
                exact = ast.Name(id="EXACT", ctx=ast.Load())
                elements: list[ast.expr] = [inner, *(self.visit(item) for item in rest), exact]
                return ast.Subscript(value=node.value, slice=ast.Tuple(elts=elements, ctx=ast.Load()), ctx=ast.Load())
            case ast.Subscript(value=ast.Name(id="Dict"), slice=inner):
                return ast.Subscript(value=ast.Name(id="dict", ctx=ast.Load()), slice=self.visit(inner), ctx=ast.Load())
            case ast.Subscript(value=ast.Name(id="Literal")):
                return _literal(node)
            case ast.Subscript(value=ast.Name(id="tuple")):
                elements = [self.generic_visit(node), ast.Name(id="JSON_ARRAY", ctx=ast.Load())]  # type: ignore[list-item]
                return ast.Subscript(
                    value=ast.Name(id="Annotated", ctx=ast.Load()),
                    slice=ast.Tuple(elts=elements, ctx=ast.Load()),
                    ctx=ast.Load(),
                )
            case _:
                return self.generic_visit(node)  # type: ignore[return-value]


__all__ = ["AliasDef", "Definition", "EnumDef", "FieldDef", "ModelDef", "make_models"]
