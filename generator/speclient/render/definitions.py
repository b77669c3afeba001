"""Modules of models: enumerations, classes and other named types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speclient.ir import ObjectSchema, Property
from speclient.ir.order import bases_first
from speclient.models import AliasDef, Definition, EnumDef, FieldDef, ModelDef, ModelModule
from speclient.render.escape import data_literal, one_line
from speclient.render.kinds import Annotation, Name, Text


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field of a model."""

    name: Name
    """Name of the attribute."""
    annotation: Annotation
    """Its type."""
    optional: bool
    """Whether a value can omit it; its default is None then."""
    omittable: bool
    """Whether None stands for an omitted property only, because the schema does not allow null."""
    alias: str | None
    """Name of the property, where it differs from the attribute."""
    secret: bool
    """Whether its value is hidden in `repr`."""
    doc: Text | None
    """Description, unit and default."""
    overrides: Annotation | None = None
    """Type of the attribute in the base class, if that differs."""
    fixed: str | int | bool | None = None
    """Value that the constructor fills in."""


@dataclass(frozen=True, slots=True)
class DateTimeView:
    """A property that returns a field, a count of units since 1970, as a datetime."""

    name: Name
    """Name of the property."""
    field: Name
    """Name of the field."""
    per_second: int
    """How many units are a second."""


@dataclass(frozen=True, slots=True)
class ClassView:
    """A model class."""

    name: Name
    """Name of the class."""
    doc: Text | None
    """Description of the schema."""
    deprecated: bool
    """Whether the schema is deprecated."""
    extra: Annotation | None
    """Type of additional properties; None for any."""
    secret: bool
    """Whether the values of all properties are hidden in `repr`."""
    fields: tuple[FieldView, ...]
    """Its fields."""
    date_times: tuple[DateTimeView, ...] = ()
    """Properties for fields that count time."""
    base: Name = Name("Model")  # noqa: RUF009 - immutable
    """Base class: the model of another schema, or `Model`."""
    unknown: bool = False
    """Whether it stands for the variants that a union does not list."""


@dataclass(frozen=True, slots=True)
class EnumMemberView:
    """A member of an enumeration."""

    name: Name
    """Name of the member."""
    value: Any
    """Its value."""


@dataclass(frozen=True, slots=True)
class EnumView:
    """An enumeration class."""

    name: Name
    """Name of the class."""
    base: Name
    """Base class in `_core._enums`."""
    doc: Text | None
    """Description of the schema."""
    deprecated: bool
    """Whether the schema is deprecated."""
    members: tuple[EnumMemberView, ...]
    """Its members."""


@dataclass(frozen=True, slots=True)
class TagView:
    """The discriminator of a union."""

    property: str
    """Name of the property."""
    variants: Mapping[str, int]
    """Value of the property -> index of the variant in the union."""
    fallback: int | None = None
    """Index of the variant for all other values."""


@dataclass(frozen=True, slots=True)
class AliasView:
    """A named type that is not a class."""

    name: Name
    """Name of the type."""
    value: Annotation
    """The type."""
    tag: TagView | None
    """Its discriminator, for a union that has one."""
    doc: Text | None
    """Description of the schema."""
    deprecated: bool
    """Whether the schema is deprecated."""
    recursive: bool
    """Whether it uses types that are defined further down, so that the type is evaluated later."""


@dataclass(frozen=True, slots=True)
class ModuleImportView:
    """An import from another module of models."""

    module: Name
    """Name of the module."""
    names: tuple[Name, ...]
    """Imported names."""


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module of models."""

    name: Name
    """Name of the module."""
    has_forward_references: bool
    """Whether its classes use names that are defined further down."""
    imports: tuple[ModuleImportView, ...]
    """Imports from other modules of models."""
    enums: tuple[EnumView, ...]
    """Its enumerations."""
    classes: tuple[ClassView, ...]
    """Its model classes."""
    aliases: tuple[AliasView, ...]
    """Its other types; each comes after those that it uses, where that is possible."""

    @property
    def defined_names(self) -> tuple[Name, ...]:
        """The names of everything that the module defines, sorted."""
        names = [view.name for view in self.enums] + [view.name for view in self.classes]
        return tuple(sorted(names + [view.name for view in self.aliases]))


def module_view(module: ModelModule) -> ModuleView:
    """A module of models."""
    return ModuleView(
        name=Name(module.name),
        has_forward_references=_has_references(module.definitions),
        imports=tuple(ModuleImportView(Name(name), tuple(map(Name, names))) for name, names in module.imports),
        enums=tuple(_enum(definition) for definition in module.definitions if isinstance(definition, EnumDef)),
        classes=tuple(_class(definition) for definition in _bases_first(module.definitions)),
        aliases=_aliases([definition for definition in module.definitions if isinstance(definition, AliasDef)]),
    )


def _has_references(definitions: Sequence[Definition]) -> bool:
    """Whether a class uses itself, a class further down, or an alias: these come last."""
    later = {definition.schema.id for definition in definitions if not isinstance(definition, EnumDef)}
    for definition in _bases_first(definitions):
        if later.intersection(definition.uses):
            return True
        later.discard(definition.schema.id)
    return False


def _bases_first(definitions: Sequence[Definition]) -> Iterator[ModelDef]:
    models = {definition.name: definition for definition in definitions if isinstance(definition, ModelDef)}
    return bases_first(models, lambda model: model.base)


def _enum(definition: EnumDef) -> EnumView:
    return EnumView(
        name=Name(definition.name),
        base=Name(definition.base),
        doc=_description(definition),
        deprecated=definition.schema.deprecated,
        members=tuple(EnumMemberView(Name(name), value) for name, value in definition.members),
    )


def _class(definition: ModelDef) -> ClassView:
    extra = "Forbidden" if definition.extra is None else definition.extra if definition.extra != "Any" else None
    return ClassView(
        name=Name(definition.name),
        doc=_description(definition),
        deprecated=definition.schema.deprecated,
        extra=Annotation(extra) if extra is not None else None,
        secret=definition.schema.secret,
        fields=tuple(_field(field) for field in definition.fields),
        date_times=tuple(_datetimes(definition)),
        base=Name(definition.base or _base(definition.schema)),
        unknown=definition.schema.unknown,
    )


def _base(schema: ObjectSchema) -> str:
    return "UnknownVariant" if schema.unknown else "Model"


def _datetimes(definition: ModelDef) -> Iterator[DateTimeView]:
    taken = {field.name for field in definition.fields}
    for field in definition.fields:
        per_second = {"epoch-milliseconds": 1000, "epoch-seconds": 1}.get(field.source.unit or "")
        name = f"{field.name}_datetime"
        if per_second and name not in taken and field.annotation.removesuffix(" | None") in ("int", "Number"):
            yield DateTimeView(Name(name), Name(field.name), per_second)


def _description(definition: Definition) -> Text | None:
    text = (definition.schema.description or "").strip()
    return Text(text) if text else None


def _field(field: FieldDef) -> FieldView:
    doc = _field_doc(field.source)
    return FieldView(
        name=Name(field.name),
        annotation=Annotation(field.annotation),
        optional=field.optional,
        omittable=field.optional and not _takes_none(field.annotation),
        alias=field.source.name if field.source.name != field.name else None,
        secret=field.source.secret,
        doc=Text(doc) if doc else None,
        overrides=Annotation(field.overrides) if field.overrides is not None else None,
        fixed=field.source.fixed,
    )


def _takes_none(annotation: str) -> bool:
    return annotation in ("Any", "None") or annotation.endswith("| None")


def _field_doc(source: Property) -> str:
    text = (source.description or "").strip()
    facts = []
    if source.unit:
        facts.append(f"Unit: {one_line(source.unit, 60)}.")
    if source.default is not None:
        facts.append(f"Default of the service: {data_literal(source.default)}.")
    if source.deprecated:
        facts.append("Deprecated.")
    return "\n\n".join(part for part in (text, " ".join(facts)) if part)


def _aliases(definitions: Sequence[AliasDef]) -> tuple[AliasView, ...]:
    """Aliases after those that they use; one in a cycle is recursive."""
    by_name = {alias.name: alias for alias in definitions}
    views: list[AliasView] = []
    done: set[str] = set()

    def used(alias: AliasDef) -> list[str]:
        return [word for word in re.findall(r"\w+", alias.value) if word in by_name]

    def place(alias: AliasDef, trail: tuple[str, ...]) -> None:
        if alias.name in done or alias.name in trail:
            return
        for name in used(alias):
            place(by_name[name], (*trail, alias.name))
        is_recursive = any(name not in done for name in used(alias))
        done.add(alias.name)
        views.append(
            AliasView(
                name=Name(alias.name),
                value=Annotation(alias.value),
                tag=TagView(alias.discriminator.member, dict(alias.discriminator.mapping), alias.discriminator.fallback)
                if alias.discriminator is not None
                else None,
                doc=_description(alias),
                deprecated=alias.schema.deprecated,
                recursive=is_recursive,
            )
        )

    for alias in definitions:
        place(alias, ())
    return tuple(views)
