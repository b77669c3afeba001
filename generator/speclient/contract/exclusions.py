"""What a generated client does not enforce on an answer, and why: the only excuses the contract tests know.

An answer that breaks nothing but these rules may be accepted or refused; whatever breaks another rule must
be refused. Each entry relaxes one schema object. Relaxing only ever widens a schema, so the order does not
matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .jsontypes import Json, as_array
from .schemas import IMPLIED, MAYBE_NULL, map_subschemas

Relax = Callable[[dict[str, Json]], dict[str, Json]]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One rule that is not enforced.

    Its stable `name`, the `reason`, and `relax`, which takes it out of a schema.
    """

    name: str
    reason: str
    relax: Relax


def _without(*keywords: str) -> Relax:
    def relax(schema: dict[str, Json]) -> dict[str, Json]:
        return {key: value for key, value in schema.items() if key not in keywords}

    return relax


_OF_VALUES = ("minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
              "exclusiveMaximum", "multipleOf")  # fmt: skip


def _open_enum(schema: dict[str, Json]) -> dict[str, Json]:
    values = as_array(schema["enum"]) if "enum" in schema else [schema["const"]] if "const" in schema else []
    if not values:
        return schema
    types = sorted({_json_type(value) for value in values})
    # The other keywords describe the listed values.
    result = {key: value for key, value in schema.items() if key not in ("enum", "const", *_OF_VALUES)}
    # A type that the schema states itself is the narrower one.
    return result if "type" in result else {**result, "type": list[Json](types)}


def _json_type(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float | Decimal):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "null"


def _any_branch(schema: dict[str, Json]) -> dict[str, Json]:
    if "oneOf" not in schema:
        return schema
    branches = as_array(schema["oneOf"])
    rest = {key: value for key, value in schema.items() if key != "oneOf"}
    return {**rest, "allOf": [*as_array(schema.get("allOf")), {"anyOf": branches}]}


def _fractional_multiple(schema: dict[str, Json]) -> dict[str, Json]:
    multiple = schema.get("multipleOf")
    if isinstance(multiple, float | Decimal) and multiple != int(multiple):
        return {key: value for key, value in schema.items() if key != "multipleOf"}
    return schema


def _beside_properties(schema: dict[str, Json]) -> dict[str, Json]:
    if "patternProperties" not in schema or "properties" not in schema:
        return schema
    return _without("patternProperties", "additionalProperties")(schema)


def _without_implied_type(schema: dict[str, Json]) -> dict[str, Json]:
    return _without("type", IMPLIED)(schema) if IMPLIED in schema else schema


def _null_without_type(schema: dict[str, Json]) -> dict[str, Json]:
    if MAYBE_NULL not in schema:
        return schema
    return {"anyOf": [_without(MAYBE_NULL)(schema), {"type": "null"}]}


def _without_required_alternatives(schema: dict[str, Json]) -> dict[str, Json]:
    for keyword in ("anyOf", "oneOf"):
        branches = as_array(schema.get(keyword))
        if branches and all(isinstance(each, dict) and each.keys() <= {"required"} for each in branches):
            schema = _without(keyword)(schema)
    return schema


def _open_tuple(schema: dict[str, Json]) -> dict[str, Json]:
    first = as_array(schema.get("prefixItems"))
    if not first or schema.get("items") is False:
        return schema
    rest = schema.get("items", True)
    return {**_without("prefixItems")(schema), "items": rest if rest is True else {"anyOf": [*first, rest]}}


def _other_formats(schema: dict[str, Json]) -> dict[str, Json]:
    return schema if schema.get("format") in ("date-time", "date") else _without("format")(schema)


# Look-around and back-references: no engine with a guaranteed running time has them, pydantic's included.
_BEYOND_REGULAR = re.compile(r"\(\?<?[=!]|\\[1-9]|\\k<")


def _irregular_pattern(schema: dict[str, Json]) -> dict[str, Json]:
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and _BEYOND_REGULAR.search(pattern):
        return {key: value for key, value in schema.items() if key != "pattern"}
    return schema


NOT_ENFORCED: tuple[Exclusion, ...] = (
    Exclusion("open-enum", "a service may add a value; an unknown one of the right JSON type is kept", _open_enum),
    Exclusion(
        "one-of-exactly",
        "the first branch that fits is taken; that no other fits is not checked",
        _any_branch,
    ),
    Exclusion("unique-items", "pydantic has no such constraint on lists", _without("uniqueItems")),
    Exclusion("contains", "pydantic has no counterpart", _without("contains", "minContains", "maxContains")),
    Exclusion("not", "pydantic has no counterpart", _without("not")),
    Exclusion("if", "pydantic has no counterpart", _without("if", "then", "else")),
    Exclusion(
        "implied-type",
        "`properties` without `type` means an object, though the standard allows any value",
        _without_implied_type,
    ),
    Exclusion(
        "nullable-without-type", "authors mean that null is valid, though the standard says no", _null_without_type
    ),
    Exclusion("required-alternatives", "a class has one set of required properties", _without_required_alternatives),
    Exclusion("open-tuple", "the items of an array of any length have one type", _open_tuple),
    Exclusion("pattern-properties", "a model has one type for all properties without a field", _beside_properties),
    Exclusion("fractional-multiple-of", "binary floats make it undecidable for decimals", _fractional_multiple),
    Exclusion("format", "an annotation by the standard; only date-time and date become types", _other_formats),
    Exclusion("irregular-pattern", "pydantic's engine has no look-around and no back-references", _irregular_pattern),
)


def relaxed(schema: Json, exclusions: tuple[Exclusion, ...] = NOT_ENFORCED) -> Json:
    """`schema` without what `exclusions` name, at every depth."""
    if not isinstance(schema, dict):
        return schema
    result = dict(schema)
    for exclusion in exclusions:
        result = exclusion.relax(result)
    return map_subschemas(result, lambda inner: relaxed(inner, exclusions))


def relaxed_components(components: Mapping[str, Json]) -> dict[str, Json]:
    """Every schema of a table, relaxed."""
    return {name: relaxed(schema) for name, schema in components.items()}
