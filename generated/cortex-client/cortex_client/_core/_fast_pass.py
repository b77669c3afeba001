"""Makes the first pass over a response fast: it builds less, and searches only for what the schema allows."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ._lazy_text import MARK, LazyText, TextFormat
from ._lossless import INTEGER_OF_NUMBER, LosslessNumber

_SCALARS = ("str", "int", "bool", "none")
OPEN_UNION = "open-union"
"""Marks the union of a tagged union and the variant for all other tags."""
UNLISTED_VARIANT = "unlisted-variant"
"""Marks the variant of a union for the objects that it does not list; see `Unlisted`."""
LISTED_TAG = "listed_tag"
"""The error of that variant for a tag of the tagged union, whose own errors say what is wrong."""


def quicken(model: type[Any], handler: GetCoreSchemaHandler) -> tuple[CoreSchema, list[str] | None]:
    """Return the core schema of a model, and the names of the fields that the fast pass leaves as text.

    Texts of a format are validated, but parsed only when they are read. This applies to fields, not to lists and maps,
    which have no descriptor that could parse on access. None for a reference to a model under construction.
    """
    # Not the source argument of pydantic, which may be the model or None.
    built = handler(model)
    schema = _resolved(built, handler)
    while schema["type"] != "model-fields":
        if "schema" not in schema:
            return built, None
        schema = schema["schema"]
    found: list[str] = []
    for name, field in schema["fields"].items():
        kind = field["schema"]
        while kind["type"] in ("default", "nullable"):
            kind = kind["schema"]
        kind = _resolved(kind, handler)
        mark = kind.get("metadata", {}).get(MARK)
        if isinstance(mark, TextFormat):
            mark.make_lazy(kind)
            setattr(model, name, LazyText(name, mark))
            found.append(name)
        elif kind["type"] == "any":
            kind.update(UNLISTED)
        elif kind["type"] in _CONTAINERS:
            _reject_other_numbers(kind, handler)
        elif kind["type"] == "union" and all(
            isinstance(choice, dict) and choice["type"] in _SCALARS for choice in kind["choices"]
        ):
            # No JSON value matches two of them, so the first match is the best.
            smart: Any = {key: part for key, part in kind.items() if key != "ref"}
            for key in smart:
                del kind[key]
            quick: Any = dict(smart, mode="left_to_right")
            kind.update(core_schema.json_or_python_schema(quick, smart))
    schema.setdefault("extras_schema", UNLISTED)
    renamed = [name for name, field in schema["fields"].items() if field.get("validation_alias", name) != name]
    if renamed:
        schema.setdefault("extras_keys_schema", _unlisted_names(renamed))
    return built, found


_CONTAINERS = {"dict": "values_schema", "list": "items_schema"}


def _reject_other_numbers(kind: Any, handler: GetCoreSchemaHandler) -> None:
    """Reject NaN and the like in values of any type within a dictionary or a list."""
    seen: set[int] = set()  # A list of itself has no end.
    while kind["type"] in _CONTAINERS and id(kind) not in seen:
        seen.add(id(kind))
        part = _CONTAINERS[kind["type"]]
        if kind.get(part, _ANY) == _ANY:
            kind[part] = UNLISTED
            return
        kind = _resolved(kind[part], handler)


TWIN = object()
"""Reported to the context of a pass for an unlisted property that is named like the attribute of a listed one."""


def _unlisted_names(attributes: list[str]) -> CoreSchema:
    """Return a schema for the names of unlisted properties, which reports those that attributes have.

    pydantic would regard the attribute as set.
    """
    twin = core_schema.chain_schema(
        [core_schema.literal_schema(attributes), core_schema.with_info_plain_validator_function(_notice_twin)]
    )
    choices: list[Any] = [twin, core_schema.str_schema()]
    if all("_" in name for name in attributes):  # A pattern costs less than a literal that does not match.
        choices.insert(0, core_schema.str_schema(pattern="^[^_]*$"))
    return core_schema.union_schema(choices, mode="left_to_right")


def _notice_twin(name: Any, info: Any) -> Any:
    if info.context is not None:
        info.context.append(TWIN)
    return name


def _resolved(schema: Any, handler: GetCoreSchemaHandler) -> Any:
    try:
        return handler.resolve_ref_schema(schema)
    except LookupError:  # Under construction.
        return schema


def _notice(value: Any, info: Any) -> Any:
    if info.context is None:
        return _finite(value)
    info.context.append(value)
    return value


def _finite(value: Any) -> Any:
    """Reject what JSON cannot express: pydantic reads `1e400` as infinity and writes it as null."""
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            stack.extend(part.values())
        elif isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, float) and not isfinite(part) and not isinstance(part, LosslessNumber):
            raise PydanticCustomError("finite_number", "Input should be a finite number")
    return value


_ANY = core_schema.any_schema()
# Unlisted properties, or those without a schema. Values that may be odd numbers are reported to the context of the
# pass.
UNLISTED = core_schema.json_or_python_schema(
    json_schema=core_schema.union_schema(
        [
            core_schema.str_schema(strict=True),
            core_schema.int_schema(strict=True),
            core_schema.bool_schema(strict=True),
            core_schema.none_schema(),
            core_schema.with_info_plain_validator_function(_notice),
        ],
        mode="left_to_right",
    ),
    python_schema=core_schema.no_info_plain_validator_function(_finite),
    serialization=core_schema.simple_ser_schema("any"),
    metadata={MARK: "unlisted"},
)


def holds(schema: Any) -> frozenset[str]:
    """Return the kinds of values that a core schema accepts: `number`, which may be fractional, and `any`.

    Properties that `UNLISTED` accepts are left out, because they are reported.
    """
    found: set[str] = set()
    visited: set[int] = set()
    stack: list[Any] = [schema]
    while stack and "any" not in found:
        part = stack.pop()
        if isinstance(part, tuple):  # A choice and its label.
            part = part[0]
        if id(part) in visited:  # Without this, shared parts of a schema would be walked once per path to them.
            continue
        visited.add(id(part))
        kind = part["type"]
        if kind == "json-or-python":
            if part.get("metadata", {}).get(MARK) != "unlisted":
                stack.append(part["json_schema"])
            continue
        if kind in _OPEN and part.get(_OPEN[kind]) is None:
            found.update(("any", "number"))
        elif kind == "float":
            found.add("number")
        for key in _PARTS:
            inner = part.get(key)
            if isinstance(inner, dict):
                stack += [inner] if isinstance(inner.get("type"), str) else inner.values()
            elif isinstance(inner, list):
                stack += inner
    return frozenset(found)


def rewritten(schema: Any, change: Callable[[Any], Any], done: dict[int, Any]) -> Any:
    """Return a copy of a core schema in which `change` replaced the parts for which it does not return None."""
    if isinstance(schema, list):
        return [rewritten(item, change, done) for item in schema]
    if isinstance(schema, tuple):
        return tuple(rewritten(item, change, done) for item in schema)
    if not isinstance(schema, dict):
        return schema
    if id(schema) in done:
        return done[id(schema)]
    replaced = change(schema)
    if replaced is not None:
        return replaced
    copy: Any = {}
    done[id(schema)] = copy
    for key, item in schema.items():
        if key in _NAMED and isinstance(item, dict):  # These names come from the document and are not keywords.
            copy[key] = {name: rewritten(part, change, done) for name, part in item.items()}
        else:
            copy[key] = item if key in _LEFT else rewritten(item, change, done)
    return copy


_NAMED = ("fields", "choices")
_LEFT = frozenset({"metadata", "serialization", "cls", "function", "config", "expected", "members", "default"})


def for_dumps(schema: Any) -> Any:
    """Return a core schema whose serializer writes `true` as it is where an integer should be, and not as 1."""
    done: dict[int, Any] = {}

    def change(part: Any) -> Any:
        if part.get("type") == "int" and "serialization" not in part:
            return {**part, "serialization": core_schema.simple_ser_schema("any")}
        if part.get("type") == "union":
            # That serializer takes any value, so it must be the last one that is tried.
            integers = [choice for choice in part["choices"] if _is_integer(choice)]
            if integers and part["choices"][-len(integers) :] != integers:
                others = [choice for choice in part["choices"] if not _is_integer(choice)]
                return rewritten({**part, "choices": [*others, *integers]}, change, done)
        return None

    return rewritten(schema, change, done)


def _is_integer(choice: Any) -> bool:
    return isinstance(choice, dict) and choice["type"] == "int"


# Core schemas that accept anything unless they have this key.
_OPEN = {"any": "", "list": "items_schema", "dict": "values_schema"}
_PARTS = (
    "schema", "items_schema", "keys_schema", "values_schema", "extras_schema", "fields", "choices", "steps",
    "definitions",
)  # fmt: skip


def wide_number(plain: Any) -> CoreSchema:
    """Return integers as integers, other numbers as float, with the bounds of `plain`."""
    whole: Any = {**plain, "type": "int"}
    whole.pop("allow_inf_nan", None)
    for bound, up in (("ge", True), ("gt", False), ("le", False), ("lt", True)):
        if isinstance(whole.get(bound), float):
            value = whole[bound]
            whole[bound] = int(value) if value == int(value) else int(value // 1) + (1 if up else 0)
    return core_schema.union_schema([(whole, INTEGER_OF_NUMBER), (plain, "number")], mode="left_to_right")
