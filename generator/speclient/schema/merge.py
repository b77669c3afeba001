"""Schema merge: the intersection of several schema objects that all apply to one value.

`allOf` is read as an intersection of keywords, so no class hierarchy is needed and a property that two branches
define is one property. Values of the wrong type (`required: "a"`, `minLength: "x"`) are ignored and reported.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from speclient.document import Node
from speclient.schema.dialect import NULLABLE, Mark, schema_view

_TYPES = frozenset({"string", "integer", "number", "boolean", "null", "array", "object"})
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_NOT_ENFORCED = (
    "not", "if", "contains", "uniqueItems", "propertyNames", "dependentRequired", "dependentSchemas", "dependencies",
    "unevaluatedItems", "unevaluatedProperties", "patternProperties",
)  # fmt: skip
_ANNOTATIONS = frozenset({
    "$ref", "description", "title", "example", "examples", "default", "deprecated", "readOnly", "writeOnly", "xml",
    "externalDocs", "$comment", "$id", "$schema", "$anchor", "$dynamicAnchor", "$defs", "definitions", "allOf",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArrayRule:
    """What one schema object requires of the items of an array.

    `rest` is the schema of the items after `prefix`; None allows any, unless `closed` forbids them.
    """

    prefix: tuple[Node, ...] = ()
    rest: Node | None = None
    closed: bool = False


@dataclass(slots=True)
class Shape:
    """The keywords of an intersection.

    `problems` are nodes whose value is ignored, with the reason; `malformed` those that leave the type unchanged.
    """

    types: list[str] | None = None
    nullable: bool = False
    properties: dict[str, list[Node]] = field(default_factory=dict[str, list[Node]])
    required: dict[str, Node] = field(default_factory=dict[str, Node])
    additional: list[Node] = field(default_factory=list[Node])
    closed: bool = False
    patterned: list[Node] = field(default_factory=list[Node])
    arrays: list[ArrayRule] = field(default_factory=list[ArrayRule])
    enum: list[Any] | None = None
    member_names: list[tuple[Any, str]] = field(default_factory=list[tuple[Any, str]])
    constraints: dict[str, Any] = field(default_factory=dict[str, Any])
    format: str | None = None
    unions: list[tuple[str, Node]] = field(default_factory=list[tuple[str, Node]])
    discriminator: Node | None = None
    description: str | None = None
    title: str | None = None
    deprecated: bool = False
    secret: bool = False
    explicit: str | None = None
    unenforced: list[tuple[str, Node]] = field(default_factory=list[tuple[str, Node]])
    problems: list[tuple[Node, str]] = field(default_factory=list[tuple[Node, str]])
    malformed: list[tuple[Node, str]] = field(default_factory=list[tuple[Node, str]])

    @property
    def bare(self) -> bool:
        """Whether only unions (and at most `type`) constrain the value."""
        return not (
            self.properties or self.required or self.additional or self.closed or self.patterned
            or self.has_items or self.enum is not None or self.constraints or self.format
        )  # fmt: skip

    @property
    def has_items(self) -> bool:
        """Whether items of an array have a schema."""
        return any(rule.prefix or rule.rest is not None for rule in self.arrays)


def constraining(value: Mapping[str, Any]) -> list[str]:
    """The keywords of a schema object that constrain beside its `$ref` and `allOf`, except `nullable`."""
    return [
        key
        for key in schema_view(value)
        if isinstance(key, str) and key not in _ANNOTATIONS and not key.startswith("x-")
    ]


def says_something(value: Mapping[str, Any]) -> bool:
    """Whether there is such a keyword."""
    return bool(constraining(value))


def merge(nodes: Iterable[Node]) -> Shape:
    """The intersection of schema objects without `$ref`; the caller resolves `allOf`."""
    shape = Shape()
    merged = tuple(nodes)
    views = [schema_view(node.mapping) for node in merged]
    for node, view in zip(merged, views, strict=True):
        _add(shape, node, view)
    shape.nullable = _admits_null(shape, views)
    if shape.enum is not None:
        shape.enum = [value for value in shape.enum if value is not None]
    for node in merged if len(merged) > 1 else ():
        # `additionalProperties` applies to properties not defined beside it; merged, to those not defined anywhere.
        own = node.get("properties")
        if node.mapping.get("additionalProperties") not in (None, True, {}) and not (
            shape.properties.keys() <= (own.mapping.keys() if own is not None else set())
        ):
            shape.unenforced.append(("additionalProperties", node))
    return shape


def _admits_null(shape: Shape, views: Sequence[Mapping[str | Mark, Any]]) -> bool:
    """Whether null is allowed: by `nullable`, or because neither `type` nor an enumeration excludes it."""
    if any(view.get(NULLABLE) for view in views):
        return True
    types = [view["type"] for view in views if isinstance(view.get("type"), list)]
    if types and not all("null" in listed for listed in types):
        return False
    if shape.enum is not None:
        return None in shape.enum
    return bool(types)


def _add(shape: Shape, node: Node, view: Mapping[str | Mark, Any]) -> None:
    def bad(key: str, expected: str) -> None:
        shape.problems.append((node.get(key) or node, f"`{key}` must be {expected}; it is ignored"))

    def bad_rule(key: str, expected: str) -> None:
        shape.malformed.append((node.get(key) or node, f"`{key}` must be {expected}; it is ignored"))

    _add_type(shape, view, bad)
    for key in _COUNTS:
        if key in view:
            value = view[key]
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                bad_rule(key, "a non-negative integer")
            else:
                _narrow(shape, key, value, node)
    for key in _NUMBERS:
        if key in view:
            value = view[key]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124
                bad_rule(key, "a number")
            elif key == "multipleOf" and value <= 0:
                bad_rule(key, "greater than 0")
            else:
                _narrow(shape, key, value, node)
    if "pattern" in view:
        if isinstance(view["pattern"], str):
            if shape.constraints.setdefault("pattern", view["pattern"]) != view["pattern"]:
                shape.unenforced.append(("pattern", node))
        else:
            bad_rule("pattern", "a string")
    shape.format = shape.format or _format(view)
    _add_object(shape, node, view, bad, bad_rule)
    _add_array(shape, node, bad)
    _add_enum(shape, view, bad)
    for key in ("oneOf", "anyOf"):
        if key in view:
            branches = node.get(key)
            if branches is not None and isinstance(branches.value, list) and branches.value:
                shape.unions.append((key, branches))
            else:
                bad(key, "a list with at least one schema")
    if "discriminator" in view and "oneOf" not in view and "anyOf" not in view:
        pass  # The parent of an allOf hierarchy: a reader of the parent knows only its own properties.
    elif isinstance(view.get("discriminator"), dict):
        shape.discriminator = node.get("discriminator")
    elif "discriminator" in view:
        bad("discriminator", "a mapping")
    if not isinstance(view.get("allOf", []), list):
        bad("allOf", "a list of schemas")
    shape.unenforced.extend((key, node) for key in _NOT_ENFORCED if key in view and view[key] is not False)
    for key in ("$dynamicRef", "$recursiveRef"):
        if key in view:
            shape.problems.append((node.get(key) or node, f"`{key}` is not supported; its target accepts any value"))
    _add_annotations(shape, node)


def _add_type(shape: Shape, view: Mapping[str | Mark, Any], bad: Any) -> None:
    types = view.get("type")
    if types is None:
        return
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        bad("type", "a type name or a list of type names")
        return
    unknown = [name for name in types if name not in _TYPES]
    if unknown:
        bad("type", "one of string, integer, number, boolean, null, array and object, not " + repr(unknown[0]))
        types = [name for name in types if name in _TYPES]
        if not types:
            return
    types = [name for name in types if name != "null"] or ["null"]
    if shape.types is None:
        shape.types = list(dict.fromkeys(types))
    else:
        both = [name for name in shape.types if name in types or (name == "integer" and "number" in types)]
        if "number" in shape.types and "integer" in types:
            both.append("integer")
        if not both:
            bad("type", f"a type that the rest of `allOf` allows ({shape.types[0]})")
        shape.types = both or shape.types


def _narrow(shape: Shape, key: str, value: float, node: Node) -> None:
    old = shape.constraints.get(key)
    if old is not None and key == "multipleOf":
        if not (isinstance(old, int) and isinstance(value, int)):
            shape.unenforced.append((key, node))
            return
        value = math.lcm(old, value)
    elif old is not None:
        value = max(old, value) if key in _LOWER else min(old, value)
    shape.constraints[key] = value


def _format(view: Mapping[str | Mark, Any]) -> str | None:
    """The format; `byte` for a string in base64, `binary` for one with a binary media type and no encoding.

    Source: OpenAPI 3.1, section 4.8.14.2.
    """
    encoding = view.get("contentEncoding")
    if isinstance(encoding, str) and encoding.lower() == "base64" and view.get("format") in (None, "binary", "byte"):
        return "byte"
    if isinstance(view.get("format"), str):
        format_: str = view["format"]
        return format_
    media = view.get("contentMediaType")
    if not isinstance(media, str) or "contentEncoding" in view:
        return None
    essence = media.partition(";")[0].strip().lower()
    return None if essence.startswith("text/") or essence.endswith(("json", "xml")) else "binary"


def _add_object(shape: Shape, node: Node, view: Mapping[str | Mark, Any], bad: Any, bad_rule: Any) -> None:
    if "properties" in view:
        properties = node.get("properties")
        if properties is None or not isinstance(properties.value, dict):
            bad("properties", "a mapping")
        else:
            for name, child in properties.items():
                known = shape.properties.setdefault(name, [])
                if child not in known and all(child.value != other.value for other in known):
                    known.append(child)
    if "required" in view:
        required = view["required"]
        if isinstance(required, list) and all(isinstance(name, str) for name in required):
            for name in required:
                shape.required.setdefault(name, node)
        elif not isinstance(required, bool):
            bad_rule("required", "a list of property names")
        else:
            bad_rule("required", "a list of property names of the object, not a flag on the property")
    if "additionalProperties" in view:
        extra = node.get("additionalProperties")
        if view["additionalProperties"] is False:
            shape.closed = True
        elif extra is not None and isinstance(extra.value, dict):
            if extra.value:
                shape.additional.append(extra)
        elif view["additionalProperties"] is not True:
            bad("additionalProperties", "a schema or a boolean")
    patterned = node.get("patternProperties")
    if patterned is not None:
        shape.patterned.extend(child for _, child in patterned.items())


def _add_array(shape: Shape, node: Node, bad: Any) -> None:
    prefix, items, keyword = node.get("prefixItems"), node.get("items"), "items"
    if prefix is not None and not isinstance(prefix.value, list):
        bad("prefixItems", "a list of schemas")
        prefix = None
    if prefix is None and items is not None and isinstance(items.value, list):  # The tuple form before 2020-12.
        prefix, items, keyword = items, node.get("additionalItems"), "additionalItems"
    rest = items if items is not None and isinstance(items.value, dict) else None
    closed = items is not None and items.value is False
    if items is not None and rest is None and not isinstance(items.value, bool):
        bad(keyword, "a schema")
    rule = ArrayRule(tuple(prefix.elements()) if prefix is not None else (), rest, closed)
    if rule != ArrayRule() and rule not in shape.arrays:
        shape.arrays.append(rule)


def _add_enum(shape: Shape, view: Mapping[str | Mark, Any], bad: Any) -> None:
    values: list[Any] | None = None
    if "enum" in view:
        if isinstance(view["enum"], list) and view["enum"]:
            values = list(view["enum"])
        else:
            bad("enum", "a list of at least one value")
    if "const" in view:
        values = [view["const"]]
    if values is None:
        return
    distinct = list({(type(value), json_key(value)): value for value in values}.values())
    if shape.enum is not None:
        known = {json_key(value) for value in distinct}
        both = [value for value in shape.enum if json_key(value) in known]
        if not both:
            bad("const" if "const" in view else "enum", "values that the rest of `allOf` allows")
        distinct = both or shape.enum
    shape.enum = distinct
    names = view.get("x-enum-varnames") or view.get("x-enumNames")
    if isinstance(names, list) and len(names) == len(values):
        shape.member_names = [(value, str(name)) for value, name in zip(values, names, strict=True)]


def json_key(value: Any) -> tuple[bool, Any]:
    """A key that is equal for equal JSON values: 1 and 1.0 are one value, 1 and `true` are two."""
    if isinstance(value, (dict, list)):
        return False, (type(value), json.dumps(value, sort_keys=True))
    return isinstance(value, bool), value


def _add_annotations(shape: Shape, node: Node) -> None:
    shape.description = shape.description or node.text("description")
    shape.title = shape.title or node.text("title")
    shape.deprecated = shape.deprecated or node.flag("deprecated")
    extension = node.get("x-speclient")
    if extension is not None:
        shape.secret = shape.secret or extension.flag("secret")
        shape.explicit = shape.explicit or extension.text("name")
    if node.text("format") == "password":
        shape.secret = True


def annotate(shape: Shape, place: Node, parts: int) -> None:
    """Keywords of the node itself take precedence over those inherited from its `parts`; a name is never inherited.

    Args:
        shape: the merged keywords.
        place: the schema.
        parts: the number of schema objects that were merged.
    """
    inherited, explicit = shape.description, shape.explicit
    shape.description = shape.explicit = None
    _add_annotations(shape, place)
    shape.description = shape.description or inherited
    shape.explicit = shape.explicit or (explicit if parts == 1 else None)
