"""Whether a document gives a type where an annotation says `Any`, judged on the raw document.

An annotation and a schema are walked together: `list[Any]` is fine for an array without `items`, and not for one
whose `items` say something.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_SAYS = frozenset({
    "type", "enum", "const", "properties", "required", "items", "prefixItems", "additionalProperties",
    "patternProperties", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "minProperties", "maxProperties", "propertyNames",
})  # fmt: skip
_LIMIT = 400
Schema = Mapping[str, Any]
Alternative = tuple[Schema, ...]
"""Schemas without `$ref`, `allOf`, `oneOf` and `anyOf` that hold together."""


def at(document: Schema, pointer: str) -> Any:
    """What stands at a JSON pointer; None when nothing does."""
    value: Any = document
    for token in pointer.removeprefix("#").split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value


def alternatives(document: Schema, schema: Any, trail: tuple[str, ...] = ()) -> list[Alternative]:
    """The ways to fit a schema; a schema that leads back to itself adds nothing."""
    if not isinstance(schema, dict):
        return [({},)]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        if reference in trail:
            return []
        return alternatives(document, at(document, reference), (*trail, reference))
    own = {key: value for key, value in schema.items() if key not in ("allOf", "oneOf", "anyOf")}
    factors: list[list[Alternative]] = [[(own,)]]
    factors += [alternatives(document, member, trail) for member in schema.get("allOf") or ()]
    for keyword in ("oneOf", "anyOf"):
        if schema.get(keyword):
            factors.append([found for member in schema[keyword] for found in alternatives(document, member, trail)])
    product = itertools.islice(itertools.product(*(factor for factor in factors if factor)), _LIMIT)
    return [tuple(itertools.chain.from_iterable(parts)) for parts in product]


def is_untyped(alternative: Alternative) -> bool:
    """Whether nothing in it says what kind of value fits: `additionalProperties: true` does not."""
    members = ((key, value) for schema in alternative for key, value in schema.items())
    return not any(key in _SAYS and value not in ({}, []) and value is not True for key, value in members)


def judged(document: Schema, annotation: ast.expr, schemas: Sequence[Any]) -> Iterator[bool]:
    """For each `Any` in an annotation, whether one of the schemas (any may hold) explains it."""
    ways = [found for schema in schemas for found in alternatives(document, schema)]
    match annotation:
        case ast.Name(id="Any"):
            yield not ways or any(is_untyped(way) for way in ways)
        case ast.BinOp(left, ast.BitOr(), right):
            for member in _members(left, right):
                yield from judged(document, member, schemas)
        case ast.Subscript(ast.Name(id="list" | "Sequence") | ast.Attribute(attr="list"), inner):
            yield from judged(document, inner, _inside(ways, "items"))
        case ast.Subscript(ast.Name(id="dict" | "Mapping") | ast.Attribute(attr="dict"), ast.Tuple(elts=[_, inner])):
            yield from judged(document, inner, _inside(ways, "additionalProperties", "patternProperties"))
        case ast.Subscript(ast.Name(id="tuple") | ast.Attribute(attr="tuple"), ast.Tuple(elts=elements)):
            for inner in elements:
                yield from judged(document, inner, _inside(ways, "items", "prefixItems"))
        case ast.Subscript(ast.Name(id="Annotated"), ast.Tuple(elts=[inner, *_])):
            yield from judged(document, inner, schemas)
        case ast.Subscript(ast.Name(id="Omittable" | "Operation"), inner):
            yield from judged(document, inner, schemas)
        case ast.Subscript(ast.Name(id="Union"), ast.Tuple(elts=elements)):
            for inner in elements:
                yield from judged(document, inner, schemas)
        case _:
            return


def _members(left: ast.expr, right: ast.expr) -> list[ast.expr]:
    """The members of a union, without the mapping that an argument takes in place of a model."""
    found: list[ast.expr] = []
    stack = [right, left]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.BinOp):
            stack += [node.right, node.left]
        else:
            found.append(node)
    texts = [ast.unparse(node) for node in found]
    convenient = any(text.startswith("models.") for text in texts)
    return [
        node
        for node, text in zip(found, texts, strict=True)
        if not (convenient and text.startswith("Mapping[str, Any"))
    ]


def _inside(ways: Sequence[Alternative], *keywords: str) -> list[Any]:
    """What the alternatives say of elements or members: one schema each, `{}` where nothing is said."""
    found: list[Any] = []
    for way in ways:
        parts: list[Any] = []
        for schema in way:
            for keyword in keywords:
                value = schema.get(keyword)
                if keyword == "patternProperties" and isinstance(value, dict):
                    found.extend(value.values())
                elif isinstance(value, list):
                    found.extend(value)
                elif isinstance(value, dict) and value:
                    parts.append(value)
        if parts or not any(schema.get("type") not in (None, *_HOLDERS[keywords[0]]) for schema in way):
            found.append({"allOf": parts} if parts else {})
    return found


_HOLDERS: Mapping[str, Sequence[Any]] = {"items": ("array",), "additionalProperties": ("object",)}
