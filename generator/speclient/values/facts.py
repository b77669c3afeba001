"""Schema merge for the generation of values: the intersection of schemas that all apply to one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from speclient.schema import marks

Schema = Mapping[str, Any]
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
_IMPLIED = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")),
    ("string", ("pattern", "minLength", "maxLength", "format")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)


class CannotMakeError(Exception):
    """No value could be generated; the message states the reason."""


@dataclass(slots=True)
class Facts:
    """Keywords of an intersection; lists where the keywords of each schema count."""

    types: list[str] | None = None
    enum: list[Any] | None = None
    limits: dict[str, Any] = field(default_factory=dict[str, Any])
    multiples: list[float] = field(default_factory=list[float])
    patterns: list[str] = field(default_factory=list[str])
    formats: list[str] = field(default_factory=list[str])
    unique: bool = False
    properties: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    required: dict[str, None] = field(default_factory=dict[str, None])
    pattern_properties: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    additional: list[tuple[Any, frozenset[str]]] = field(default_factory=list[tuple[Any, frozenset[str]]])
    """`additionalProperties` of each schema with the properties beside it."""
    names: list[Any] = field(default_factory=list[Any])
    dependent: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    items: list[Any] = field(default_factory=list[Any])
    prefix: list[list[Any]] = field(default_factory=list[list[Any]])
    contains: list[Any] = field(default_factory=list[Any])
    unions: list[tuple[str, Schema]] = field(default_factory=list[tuple[str, Schema]])
    examples: list[Any] = field(default_factory=list[Any])
    unit: str | None = None
    encoding: str | None = None
    closed_to_unknown: bool = False
    secret: bool = False
    """Whether its examples must not be shown."""

    def kinds(self) -> list[str]:
        """The JSON types of a value; inferred from other keywords without `type`."""
        if self.types is not None:
            return self.types
        for kind, keywords in _IMPLIED:
            if any(self._says(keyword) for keyword in keywords):
                return [kind]
        return []

    def _says(self, keyword: str) -> bool:
        held: Mapping[str, object] = {
            "properties": self.properties, "required": self.required, "patternProperties": self.pattern_properties,
            "additionalProperties": self.additional, "items": self.items, "prefixItems": self.prefix,
            "contains": self.contains, "uniqueItems": self.unique, "pattern": self.patterns, "format": self.formats,
            "multipleOf": self.multiples,
        }  # fmt: skip
        return bool(held[keyword]) if keyword in held else keyword in self.limits


def gather(schemas: Iterable[Schema]) -> Facts:
    """The merged keywords of flat schemas (no `$ref`, no `allOf`)."""
    facts = Facts()
    for schema in schemas:
        _add(facts, schema)
    return facts


def _add(facts: Facts, schema: Schema) -> None:
    if "type" in schema:
        given = list(schema["type"])
        facts.types = given if facts.types is None else _both(facts.types, given)
    for values in ([schema["const"]] if "const" in schema else None, schema.get("enum")):
        if values is not None:
            facts.enum = list(values) if facts.enum is None else [v for v in facts.enum if _in(v, values)]
    for key in _LOWER:
        if key in schema:
            facts.limits[key] = max(schema[key], facts.limits.get(key, schema[key]))
    for key in _UPPER:
        if key in schema:
            facts.limits[key] = min(schema[key], facts.limits.get(key, schema[key]))
    if "multipleOf" in schema:
        facts.multiples.append(schema["multipleOf"])
    if "pattern" in schema:
        facts.patterns.append(schema["pattern"])
    if "format" in schema:
        facts.formats.append(schema["format"])
    facts.unique = facts.unique or bool(schema.get("uniqueItems"))
    for name, inner in schema.get("properties", {}).items():
        facts.properties.setdefault(name, []).append(inner)
    facts.required.update(dict.fromkeys(schema.get("required", ())))
    facts.pattern_properties.extend(schema.get("patternProperties", {}).items())
    for key in ("additionalProperties", "unevaluatedProperties"):
        if key in schema:
            facts.additional.append((schema[key], frozenset(schema.get("properties", {}))))
    if "propertyNames" in schema:
        facts.names.append(schema["propertyNames"])
    for name, needed in schema.get("dependentRequired", {}).items():
        facts.dependent.setdefault(name, []).extend(needed)
    if "items" in schema:
        facts.items.append(schema["items"])
    if "prefixItems" in schema:
        facts.prefix.append(schema["prefixItems"])
    if "contains" in schema:
        facts.contains.append(schema["contains"])
    for key in ("oneOf", "anyOf"):
        if key in schema:
            facts.unions.append((key, schema))
    facts.examples.extend(schema.get("examples", ()))
    facts.unit = facts.unit or schema.get(marks.UNIT)
    facts.encoding = facts.encoding or schema.get("contentEncoding")
    facts.secret = facts.secret or bool(schema.get(marks.SECRET))


def _both(first: list[str], second: list[str]) -> list[str]:
    kept = [kind for kind in first if kind in second or (kind == "integer" and "number" in second)]
    if "number" in first and "integer" in second and "integer" not in kept:
        kept.append("integer")
    if not kept:
        raise CannotMakeError(f"no value has both types, {first} and {second}")
    return kept


_CLASSES: dict[str, type] = {"string": str, "array": list, "object": dict}


def same(one: Any, other: Any) -> bool:
    """Equality of JSON scalars and structures: `1` equals `1.0` and differs from `true`."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _in(value: Any, values: Iterable[Any]) -> bool:
    return any(same(value, other) for other in values)


def has_kind(value: Any, kinds: Iterable[str]) -> bool:
    """Whether a JSON value is of one of the types."""
    for kind in kinds:
        if kind == "null" and value is None:
            return True
        if kind == "boolean" and isinstance(value, bool):
            return True
        if isinstance(value, bool) or value is None:
            continue
        if kind == "integer" and (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
            return True
        if kind == "number" and isinstance(value, (int, float)):
            return True
        if kind in _CLASSES and isinstance(value, _CLASSES[kind]):
            return True
    return False
