"""datamodel-code-generator 0.89 behind one function: a dict of components in, source text out.

Its input is built by speclient: keys are names that speclient chose, keywords come from the functions below, and the
only text of the document in it are enumeration values, constants and patterns, which the library writes as Python
literals. Extensions of a document never reach it (some of them name code to import).
"""

from __future__ import annotations

import ast
import contextlib
import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from datamodel_code_generator import InputFileType, OpenAPIScope, generate
from datamodel_code_generator.config import GenerateConfig
from datamodel_code_generator.enums import DataModelType
from datamodel_code_generator.format import PythonVersion
from datamodel_code_generator.parser import LiteralType

from speclient.ir import (
    Anything,
    Api,
    ArrayOf,
    Const,
    EnumSchema,
    MapOf,
    Named,
    ObjectSchema,
    Scalar,
    ScalarKind,
    Schema,
    TupleOf,
    TypeRef,
    UnionOf,
    text_format,
)
from speclient.ir.types import TEXT_TYPES
from speclient.naming import Names

CORE = "speclient_core_"
"""Stands for the package's own `_core` while a models module is generated; the renderer writes the relative import."""

_CUSTOM: dict[str, str] = {
    ScalarKind.DATE_TIME: "DateTime", ScalarKind.DATE: "FullDate", ScalarKind.FILE: "FormFile", **TEXT_TYPES,
}  # fmt: skip


EXTRA = "additional_members_of_any_name"
"""A property that carries the type of `additionalProperties` through the library."""
ALIAS = "aliased_type"
"""The one property of the object that carries the type of a schema without a class."""


def components(api: Api, names: Names) -> dict[str, dict[str, Any]]:
    """All schemas, by keys that no name added by the library can equal. See `schema_key`."""
    keys = {schema.id: schema_key(number) for number, schema in enumerate(api.schemas)}
    return {keys[schema.id]: _schema_dict(schema, names, keys) for schema in api.schemas}


def schema_key(number: int) -> str:
    """The key of the n-th schema of the api."""
    return f"Schema{number:06}X"


def field_key(number: int) -> str:
    """The key of the n-th property of a schema: the library renames some names, and rejects others."""
    return f"field{number:06}x"


def _schema_dict(schema: Schema, names: Names, keys: Mapping[str, str]) -> dict[str, Any]:
    """One component. All properties are required here: the renderer decides which may be absent."""
    match schema:
        case ObjectSchema():
            properties = {
                field_key(number): _type_dict(made.type, keys) for number, made in enumerate(schema.properties)
            }
            if schema.additional not in (None, Anything()):
                assert schema.additional is not None
                properties[EXTRA] = _type_dict(schema.additional, keys)
            return {"type": "object", "properties": properties, "required": list(properties)}
        case EnumSchema():
            kind = {"type": schema.kind.value} if schema.kind is not None else {}
            return {**kind, "enum": list(schema.values), "x-enum-varnames": list(names.members[schema.id])}
        case _:
            return {
                "type": "object",
                "properties": {ALIAS: _type_dict(schema.type, keys)},
                "required": [ALIAS],
            }


def _type_dict(ref: TypeRef, keys: Mapping[str, str]) -> dict[str, Any]:
    """A type as JSON Schema."""
    match ref:
        case Anything():
            return {}
        case Named(schema):
            return {"$ref": f"#/components/schemas/{keys[schema]}"}
        case Const(value):
            return {"const": value}
        case Scalar(kind, constraints, _):
            custom = _CUSTOM.get(text_format(ref) or kind)
            if custom is not None:
                return {"type": "string", "customTypePath": f"{CORE}.{custom}"}
            return {"type": kind.value, **dict(constraints)}
        case ArrayOf(items, constraints):
            return {"type": "array", "items": _type_dict(items, keys), **dict(constraints)}
        case TupleOf(items):
            places = [_type_dict(item, keys) for item in items]
            return {"type": "array", "prefixItems": places, "minItems": len(places), "maxItems": len(places)}
        case MapOf(values, constraints):
            return {
                "type": "object",
                "additionalProperties": _type_dict(values, keys) or True,
                **dict(constraints),
            }
        case UnionOf(members, _):
            return {"anyOf": [_type_dict(member, keys) for member in members]}


class Unmakeable(Exception):
    """datamodel-code-generator fails on this schema; the message states how."""


def run(components: Mapping[str, dict[str, Any]]) -> ast.Module:
    """Generate all components in one go.

    Raises:
        Unmakeable: the library raised an exception, or its output is not Python.
    """
    document = {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "0"},
        "paths": {},
        "components": {"schemas": dict(components)},
    }
    config = GenerateConfig(
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        openapi_scopes=[OpenAPIScope.Schemas],
        base_class=f"{CORE}.Model",
        field_constraints=True,
        use_annotated=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_type_alias=True,
        enum_field_as_literal=LiteralType.One,
        use_tuple_for_fixed_items=True,
        strict_nullable=True,
        strict_refs=True,
        keep_model_order=True,
        disable_timestamp=True,
        allow_remote_refs=False,
        formatters=[],
    )
    try:
        # Its warnings repeat the generation report, and it prints; neither is for the user.
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            source = generate(document, config=config)
    except RecursionError:
        raise Unmakeable("RecursionError") from None
    except Exception as problem:  # It raises arbitrary exceptions.
        raise Unmakeable(f"{type(problem).__name__}: {str(problem)[:200]}") from None
    if not isinstance(source, str):
        raise Unmakeable("it generated several modules")
    try:
        return ast.parse(source)
    except SyntaxError as problem:
        raise Unmakeable(f"SyntaxError: {problem.msg}") from None
    except (ValueError, RecursionError, MemoryError) as problem:
        raise Unmakeable(f"not valid Python: {type(problem).__name__}") from None


def run_isolated(components: Mapping[str, dict[str, Any]]) -> tuple[list[ast.stmt], dict[str, str]]:
    """Generate all components; find those that fail by bisection.

    Returns:
        The statements of all components that can be generated, and name -> reason for the others. A reference
        between two halves uses a placeholder, whose statement is omitted.
    """
    made: list[ast.stmt] = []
    failed: dict[str, str] = {}
    stack: list[Sequence[str]] = [list(components)]
    while stack:
        batch = stack.pop()
        part = {name: components[name] for name in batch}
        stand_ins = _references(part) - part.keys()
        try:
            module = run({**part, **dict.fromkeys(sorted(stand_ins), _STAND_IN)})
        except Unmakeable as problem:
            if len(batch) == 1:
                failed[batch[0]] = str(problem)
            else:
                middle = len(batch) // 2
                stack += [batch[middle:], batch[:middle]]
            continue
        made.extend(statement for statement in module.body if defined_name(statement) not in stand_ins)
    return made, failed


_STAND_IN: dict[str, Any] = {"type": "object", "properties": {"stand_in": {"type": "string"}}}


def _references(value: Any) -> set[str]:
    found: set[str] = set()
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            reference = item.get("$ref")
            if isinstance(reference, str):
                found.add(reference.rsplit("/", 1)[-1])
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return found


def defined_name(statement: ast.stmt) -> str | None:
    """The class or alias that a statement defines."""
    match statement:
        case ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return None
