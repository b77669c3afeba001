"""Typed dictionaries: objects of a request as JSON data, for callers that do not create models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from speclient.ir import (
    AliasSchema,
    Api,
    ObjectSchema,
    Property,
    Schema,
    TypeRef,
    named_in,
)
from speclient.naming import BUILTINS, KEYWORDS, Names
from speclient.render.annotations import DICT_IMPORTS, Annotations, dict_name, has_dict
from speclient.render.arguments import is_nullable
from speclient.render.definitions import ModuleView
from speclient.render.escape import literal
from speclient.render.kinds import Annotation, Name


@dataclass(frozen=True, slots=True)
class DictKeyView:
    """A key of a typed dictionary."""

    name: str
    """Name of the property."""
    attribute: Name | None
    """The same as a name in a class; None if it cannot be written as one."""
    annotation: Annotation
    """Its type."""
    required: bool
    """Whether a value must have it."""


@dataclass(frozen=True, slots=True)
class DictView:
    """A typed dictionary."""

    name: Name
    """Name of the class."""
    model: Name
    """Name of the model with the same properties."""
    keys: tuple[DictKeyView, ...]
    """Its keys."""
    has_plain_keys: bool
    """Whether all keys can be written as names in a class."""


@dataclass(frozen=True, slots=True)
class DictModuleView:
    """A module of typed dictionaries."""

    name: Name
    """Name of the module: that of the module of their models."""
    dicts: tuple[DictView, ...]
    """Its typed dictionaries."""

    @property
    def defined_names(self) -> tuple[Name, ...]:
        """The names of everything that the module defines, sorted."""
        return tuple(view.name for view in self.dicts)


def dict_modules(
    api: Api, names: Names, schemas: Mapping[str, Schema], models: Sequence[ModuleView]
) -> tuple[DictModuleView, ...]:
    """The modules of typed dictionaries, divided like the models.

    Args:
        api: the API.
        names: the names of the package.
        schemas: the schemas by id.
        models: the modules of models.
    """
    home = {name: module.name for module in models for name in module.defined_names}
    modules: dict[Name, list[DictView]] = {}
    for view in dict_views(api, names, schemas):
        modules.setdefault(home[view.model], []).append(view)
    return tuple(DictModuleView(name, tuple(modules[name])) for name in sorted(modules))


def dict_views(api: Api, names: Names, schemas: Mapping[str, Schema]) -> tuple[DictView, ...]:
    """The typed dictionaries of all objects that a request can contain, sorted by name.

    Args:
        api: the API.
        names: the names of the package.
        schemas: the schemas by id.
    """
    annotations = Annotations(schemas, names)
    sent = [schema for id_ in _sent(api, schemas) if has_dict(schema := schemas[id_])]
    objects = [schema for schema in sent if isinstance(schema, ObjectSchema)]
    taken = BUILTINS | KEYWORDS | DICT_IMPORTS | {dict_name(names.classes[schema.id]) for schema in objects}
    views = (_view(schema, names, schemas, annotations, taken) for schema in objects)
    return tuple(sorted(views, key=lambda view: view.name))


def _view(
    schema: ObjectSchema,
    names: Names,
    schemas: Mapping[str, Schema],
    annotations: Annotations,
    taken: frozenset[str] | set[str],
) -> DictView:
    keys = tuple(
        _key(property_, schemas, annotations, taken) for property_ in schema.properties if not property_.read_only
    )
    plain = all(key.attribute is not None for key in keys)
    name = names.classes[schema.id]
    return DictView(Name(dict_name(name)), Name(name), keys, plain)


def _key(
    property_: Property, schemas: Mapping[str, Schema], annotations: Annotations, taken: frozenset[str] | set[str]
) -> DictKeyView:
    name = property_.name
    plain = name.isascii() and name.isidentifier() and not name.startswith("__") and name not in taken
    if property_.fixed is not None:
        annotation = f"Literal[{literal(property_.fixed)}]"
    else:
        annotation = annotations.argument(property_.type, is_nested=True)
        if is_nullable(property_.type, schemas) and annotation not in ("Any", "None"):
            annotation += " | None"
    return DictKeyView(name, Name(name) if plain else None, Annotation(annotation), property_.required)


def _sent(api: Api, schemas: Mapping[str, Schema]) -> Iterator[str]:
    """Ids of the schemas that requests contain."""
    seen: set[str] = set()
    stack = [used for ref in _request_types(api) for used in named_in(ref)]
    while stack:
        id_ = stack.pop()
        if id_ in seen or id_ not in schemas:
            continue
        seen.add(id_)
        yield id_
        match schemas[id_]:
            case ObjectSchema(properties=properties, additional=additional):
                types = [property_.type for property_ in properties if not property_.read_only]
                types += [additional] if additional is not None else []
                stack.extend(used for ref in types for used in named_in(ref))
            case AliasSchema(type=ref):
                stack.extend(named_in(ref))
            case _:
                pass


def _request_types(api: Api) -> Iterator[TypeRef]:
    for operation in api.operations:
        for media in operation.body.media if operation.body is not None else ():
            yield media.type
        for parameter in operation.parameters:
            yield parameter.type
