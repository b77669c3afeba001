"""Everything that depends on the internals of pydantic. `make test-pythons` tests it with old and new versions."""

from __future__ import annotations

import builtins
import inspect
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import pydantic.main
from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, SchemaSerializer, SchemaValidator, core_schema

# pydantic holds a lock while it rebuilds; a second lock taken in another order would be a deadlock.
_LOCK: Any = getattr(pydantic.main, "_rebuild_lock", None) or threading.RLock()
_CONFIG = core_schema.CoreConfig(strict=True, allow_inf_nan=False, serialize_by_alias=True)
_OWN_MODELS = __name__.partition("._core")[0] + ".models."


# Annotations. pydantic evaluates string annotations in the namespace of the first user of a model. To avoid that,
# they are evaluated in their own module when a class is created.


class _Reference:
    """A placeholder in an annotation for a name that its module defines later."""

    def __init__(self, name: str, module: dict[str, Any]) -> None:
        self.name = name
        self.module = module

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(self.module[self.name])


class _Names(Mapping[str, Any]):
    """The local names of an annotation, with placeholders for names that are not defined yet."""

    def __init__(self, module: dict[str, Any]) -> None:
        self.module = module
        self.references: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in self.module or hasattr(builtins, name) or name.startswith("__"):
            raise KeyError(name)
        if name not in self.references:
            self.references[name] = Annotated[Any, _Reference(name, self.module)]
        return self.references[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.references)

    def __len__(self) -> int:
        return len(self.references)


_unresolved: dict[str, list[tuple[type[BaseModel], str, str]]] = {}


def evaluate_annotations(model: type[BaseModel]) -> None:
    """Replace the annotations of a generated class by the types of its module."""
    if not model.__module__.startswith(_OWN_MODELS):
        return
    module = vars(sys.modules[model.__module__])
    evaluated: dict[str, Any] = {}
    for name, text in inspect.get_annotations(model).items():
        names = _Names(module)
        evaluated[name] = eval(text, module, names)
        if names:
            _unresolved.setdefault(model.__module__, []).append((model, name, text))
    model.__annotations__ = evaluated


def resolve_references(module: dict[str, Any]) -> None:
    """Replace the placeholders, at the end of the module."""
    for model, name, text in _unresolved.pop(module["__name__"], ()):
        model.__annotations__[name] = annotation = eval(text, module)
        old = model.model_fields.get(name)
        if old is not None:
            new = (
                FieldInfo.from_annotation(annotation)
                if old.is_required()
                else FieldInfo.from_annotated_attribute(annotation, old.default)
            )
            model.model_fields[name] = new


def recursive(text: str, module: dict[str, Any]) -> Any:
    """Return the value of an alias that references itself or later names."""
    return eval(text, module, _Names(module))


# Building. Each model is built on its own, with its own settings, even as part of another type.

_state = threading.local()


def is_building() -> bool:
    """Return whether this thread is building a model of the package."""
    return getattr(_state, "depth", 0) > 0


@contextmanager
def building() -> Generator[None]:
    """Build a model of the package."""
    with _LOCK:
        _state.depth = getattr(_state, "depth", 0) + 1
        try:
            yield
        finally:
            _state.depth -= 1


# Compiling. pydantic-core uses the existing validators and serializers of nested models instead of those in the
# schema. The fallback validators need the latter.


def validator(schema: Any) -> SchemaValidator:
    """Compile a validator from the schema alone."""
    compiled: SchemaValidator = _compiled(SchemaValidator, schema)
    return compiled


def serializer(schema: Any) -> SchemaSerializer:
    """Compile a serializer from the schema alone."""
    compiled: SchemaSerializer = _compiled(SchemaSerializer, schema)
    return compiled


def _compiled(kind: Callable[..., Any], schema: Any) -> Any:
    try:
        return kind(schema, _CONFIG, _use_prebuilt=False)
    except TypeError:  # Before pydantic 2.14 the argument does not exist, and an incomplete model has nothing to reuse.
        pass
    with _LOCK:
        complete = [model for model in _models_in(schema) if model.__dict__.get("__pydantic_complete__")]
        for model in complete:
            model.__pydantic_complete__ = False
        try:
            return kind(schema, _CONFIG)
        finally:
            for model in complete:
                model.__pydantic_complete__ = True


def _models_in(schema: Any) -> set[Any]:
    models: set[Any] = set()
    seen: set[int] = set()
    stack = [schema]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            if id(part) in seen:
                continue
            seen.add(id(part))
            if part.get("type") == "model":
                models.add(part["cls"])
            stack.extend(value for value in part.values() if isinstance(value, (dict, list, tuple)))
        else:
            stack.extend(item for item in part if isinstance(item, (dict, list, tuple)))
    return models
