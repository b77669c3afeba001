"""Complete values of a schema: every member present, one element in every array.

Random values of a large schema leave most members out. A step away from a complete value reaches each
member, so a sweep over complete values proves each member's type once, and cheaply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .jsontypes import Json, as_array, as_object, as_text
from .judge import Judge
from .spelling import removed

_TEXTS = {
    "date-time": "2024-07-29T15:51:28.071Z",
    "date": "2024-07-29",
    "time": "15:51:28Z",
    "uuid": "6f1c0b4e-4e5f-4d7c-9f0e-0d9a3b1c2d3e",
    "uri": "https://example.com/a",
    "uri-reference": "/a/b",
    "email": "a@example.com",
    "byte": "YQ==",
    "decimal": "12.50",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "duration": "P1D",
}


_MAX_MEMBERS = 1000


def complete(judge: Judge, limit: int = 12) -> list[Json]:
    """Up to `limit` complete values that fit the schema, each taking other branches of its unions."""
    found: list[Json] = []
    for turn in range(limit):
        value = _repaired(judge, _Maker(judge.components, turn).value(judge.schema))
        if judge.is_valid(value) and value not in found:
            found.append(value)
    return found


def _repaired(judge: Judge, value: Json) -> Json:
    """`value` without the properties whose values the schema does not allow, such as texts with a pattern."""
    for _ in range(_REPAIRS):
        path = judge.where(value)
        while path and not isinstance(path[-1], str):
            path = path[:-1]
        if not path:
            break
        value = removed(value, path)
    return value


_REPAIRS = 20


@dataclass(frozen=True)
class _Maker:
    """Makes a value. `turn` says which branch to take wherever there is a choice.

    `inside` are the schemas that the value is within: one that contains itself ends at its second mention.
    `made` counts the members made so far: where every schema mentions every other, complete has no end.
    """

    components: Mapping[str, Json]
    turn: int
    inside: frozenset[str] = frozenset()
    closing: bool = False
    made: list[int] = field(default_factory=lambda: [0])

    def value(self, schema: Json) -> Json:
        """A value for the schema, or near enough: the judge sorts out what does not fit after all."""
        if not isinstance(schema, dict):
            return "anything"
        if isinstance(reference := schema.get("$ref"), str):
            closing = self.closing or reference in self.inside or self.made[0] > _MAX_MEMBERS
            maker = replace(self, inside=self.inside | {reference}, closing=closing)
            # Twice closed and still required: such a value has no end.
            return None if self.closing and reference in self.inside else maker.value(self._expanded(schema))
        if "const" in schema:
            return schema["const"]
        if options := as_array(schema.get("enum")):
            return options[self.turn % len(options)]
        for keyword in ("oneOf", "anyOf"):
            if branches := as_array(schema.get(keyword)):
                rest = {key: value for key, value in schema.items() if key != keyword}
                branch = branches[self.turn % len(branches)]
                return self.value(_merged(rest, as_object(branch), keep_reference=True))
        if parts := as_array(schema.get("allOf")):
            whole = {key: value for key, value in schema.items() if key != "allOf"}
            for part in parts:
                whole = _merged(whole, as_object(self._expanded(part)))
            return self.value(whole)
        return self._plain(schema)

    def _plain(self, schema: Mapping[str, Json]) -> Json:
        match _type(schema, self.turn):
            case "object":
                return dict(self._members(schema))
            case "array":
                count = max(_whole(schema, "minItems", 0), 0 if self.closing else 1)
                return [self.value(schema.get("items", True)) for _ in range(count)]
            case "integer":
                return _whole(schema, "minimum", min(_whole(schema, "maximum", 3), 3))
            case "number":
                return Decimal(_whole(schema, "minimum", 1)) + Decimal("0.5")
            case "boolean":
                return self.turn % 2 == 0
            case "null":
                return None
            case _:
                text = _TEXTS.get(as_text(schema.get("format")), "text")
                return text.ljust(_whole(schema, "minLength", 0), "x")[: _whole(schema, "maxLength", 1000)]

    def _members(self, schema: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
        required = as_array(schema.get("required"))
        for name, member in as_object(schema.get("properties")).items():
            if not self.closing or name in required:
                self.made[0] += 1
                yield name, self.value(member)
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and not self.closing:
            yield "anyName", self.value(extra)

    def _expanded(self, schema: Json) -> Json:
        while isinstance(schema, dict) and isinstance(reference := schema.get("$ref"), str):
            target = as_object(self.components.get(reference.rpartition("/")[2], {}))
            schema = _merged(target, {key: value for key, value in schema.items() if key != "$ref"})
        return schema


def _type(schema: Mapping[str, Json], turn: int) -> str:
    declared = schema.get("type")
    if isinstance(declared, list):
        return as_text(declared[turn % len(declared)])
    if isinstance(declared, str):
        return declared
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def _whole(schema: Mapping[str, Json], keyword: str, default: int) -> int:
    value = schema.get(keyword)
    return int(value) if isinstance(value, int | float | Decimal) else default


def _merged(left: Mapping[str, Json], right: Mapping[str, Json], *, keep_reference: bool = False) -> dict[str, Json]:
    result = {**left, **{key: value for key, value in right.items() if keep_reference or key != "$ref"}}
    if "properties" in left and "properties" in right:
        result["properties"] = {**as_object(left["properties"]), **as_object(right["properties"])}
    for keyword in ("required", "allOf"):
        if keyword in left and keyword in right:
            result[keyword] = [*as_array(left[keyword]), *as_array(right[keyword])]
    return result
