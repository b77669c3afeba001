"""Definitions of models to what the template of a models module shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speclient.ir import Property
from speclient.models import AliasDef, Definition, EnumDef, FieldDef, ModelDef, ModelModule
from speclient.render.escape import data_literal, docstring, literal, one_line


@dataclass(frozen=True, slots=True)
class FieldView:
    """A line `name: annotation = default`, and its docstring."""

    name: str
    annotation: str
    default: str | None
    doc: str | None
    overrides: bool = False
    """Whether the base class declares the attribute with another type."""


@dataclass(frozen=True, slots=True)
class DateTimeView:
    """A property that gives a member, a count of units since 1970, as a datetime; `per_second` are those units."""

    name: str
    field: str
    per_second: int


@dataclass(frozen=True, slots=True)
class ClassView:
    """A model."""

    name: str
    doc: str
    extra: str | None
    secret: bool
    fields: tuple[FieldView, ...]
    date_times: tuple[DateTimeView, ...] = ()
    base: str = "Model"


@dataclass(frozen=True, slots=True)
class EnumView:
    """An enumeration; members are (name, Python value)."""

    name: str
    base: str
    doc: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AliasView:
    """`name = TypeAliasType(name, value)`; the value of a recursive one is in quotes."""

    name: str
    value: str
    doc: str | None
    recursive: bool


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A models module. `references`: whether its classes use names that it defines further down."""

    name: str
    references: bool
    imports: tuple[tuple[str, tuple[str, ...]], ...]
    enums: tuple[EnumView, ...]
    classes: tuple[ClassView, ...]
    aliases: tuple[AliasView, ...]


def module_view(module: ModelModule) -> ModuleView:
    """What the template shows of a module."""
    return ModuleView(
        name=module.name,
        references=_has_references(module.definitions),
        imports=module.imports,
        enums=tuple(_enum(made) for made in module.definitions if isinstance(made, EnumDef)),
        classes=tuple(_class(made) for made in _bases_first(module.definitions)),
        aliases=_aliases([made for made in module.definitions if isinstance(made, AliasDef)]),
    )


def _has_references(definitions: Sequence[Definition]) -> bool:
    """Whether a class uses itself, a class further down, or an alias: these come last."""
    later = {made.schema.id for made in definitions if not isinstance(made, EnumDef)}
    for made in _bases_first(definitions):
        if isinstance(made, ModelDef):
            if later.intersection(made.uses):
                return True
            later.discard(made.schema.id)
    return False


def _bases_first(definitions: Sequence[Definition]) -> Iterator[ModelDef]:
    """The classes of a module, each after the one that it extends."""
    waiting = {made.name: made for made in definitions if isinstance(made, ModelDef)}
    for made in list(waiting.values()):
        chain: list[ModelDef] = []
        current: ModelDef | None = made
        while current is not None and waiting.pop(current.name, None) is not None:
            chain.append(current)
            current = waiting.get(current.base or "")
        yield from reversed(chain)


def _enum(made: EnumDef) -> EnumView:
    text = _doc(made, "Values that the documentation lists; others are kept as they come.")
    members = tuple((name, literal(value)) for name, value in made.members)
    return EnumView(made.name, made.base, docstring(text, 4), members)


def _class(made: ModelDef) -> ClassView:
    extra = "Forbidden" if made.extra is None else made.extra if made.extra != "Any" else None
    text = _doc(made, "")
    return ClassView(
        name=made.name,
        doc=docstring(text or f"{made.name}.", 4),
        extra=extra,
        secret=made.schema.secret,
        fields=tuple(_field(field) for field in made.fields),
        date_times=tuple(_datetimes(made)),
        base=made.base or "Model",
    )


def _datetimes(made: ModelDef) -> Iterator[DateTimeView]:
    taken = {field.name for field in made.fields}
    for field in made.fields:
        per_second = {"epoch-milliseconds": 1000, "epoch-seconds": 1}.get(field.source.unit or "")
        name = f"{field.name}_datetime"
        if per_second and name not in taken and field.annotation.removesuffix(" | None") in ("int", "Number"):
            yield DateTimeView(name, field.name, per_second)


def _doc(made: Definition, fallback: str) -> str:
    text = (made.schema.description or "").strip() or fallback
    return f"{text}\n\nDeprecated." if made.schema.deprecated else text


def _field(made: FieldDef) -> FieldView:
    annotation = made.annotation
    if made.optional and not _takes_none(annotation):
        annotation = f"Omittable[{annotation}]"
    settings = []
    if made.source.name != made.name:
        settings.append(f"alias={literal(made.source.name)}")
    if made.source.secret:
        settings.append("repr=False")
    if settings:
        annotation = f"Annotated[{annotation}, Field({', '.join(settings)})]"
    text = _field_doc(made.source)
    default = "None" if made.optional else None
    return FieldView(made.name, annotation, default, docstring(text, 4) if text else None, made.overrides)


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


def _aliases(made: Sequence[AliasDef]) -> tuple[AliasView, ...]:
    """Aliases after those that they name; one in a circle names the others in quotes."""
    by_name = {alias.name: alias for alias in made}
    views: list[AliasView] = []
    done: set[str] = set()

    def words(alias: AliasDef) -> list[str]:
        return [word for word in re.findall(r"\w+", alias.value) if word in by_name]

    def place(alias: AliasDef, trail: tuple[str, ...]) -> None:
        if alias.name in done or alias.name in trail:
            return
        for word in words(alias):
            place(by_name[word], (*trail, alias.name))
        late = any(word not in done for word in words(alias))
        done.add(alias.name)
        text = _doc(alias, "")
        value = literal(alias.value) if late else alias.value
        views.append(AliasView(alias.name, value, docstring(text, 0) if text else None, late))

    for alias in made:
        place(alias, ())
    return tuple(views)
