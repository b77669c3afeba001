"""Values for a schema of the table: varied by seed, shallow for recursive schemas, readable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from speclient.schema import marks
from speclient.values import numbers, strings
from speclient.values.effort import MOST_ELEMENTS, Effort, LimitError, check_size
from speclient.values.facts import CannotMakeError, Facts, Schema, gather, has_kind, same
from speclient.values.patterns import is_match, text_matching
from speclient.values.wanted import Wanted, nothing

_DEEP = 5
"""From this depth on, only required properties are generated."""
_DEEPEST = 24
_VALIDATION = 20
"""The cost of validating a value, in steps."""
_PATTERN = 100
"""The cost of finding a string for a pattern, in steps."""
_PREFERENCE = ("string", "integer", "number", "boolean", "object", "array", "null")

Admits = Callable[[Any, Any], bool]
"""Whether a value is an instance of a schema of the table."""


@dataclass(slots=True)
class Generator:
    """Generates values for `definitions`.

    Args:
        definitions: the table of translated schemas.
        rng: the source of all variety.
        admits: validates a value with a part of the table; used for `oneOf` and examples.
        wanted: the values that a property should have where its schema allows them.
        lean: omit optional properties, and use no examples.
        flat_parts: a cache of facts about the table.
    """

    definitions: Mapping[str, Any]
    rng: Random
    admits: Admits
    wanted: Wanted = nothing
    lean: bool = False
    flat_parts: dict[int, tuple[Any, Schema]] = field(default_factory=dict[int, "tuple[Any, Schema]"])
    """Schemas of the table without `$ref` and `allOf`, by identity; may be shared between generators of one table."""
    effort: Effort = field(default_factory=Effort)
    _open: list[str] = field(default_factory=list[str])

    def value(self, schema: Any, *, hint: str = "", depth: int = 0) -> Any:
        """A value for one schema.

        Raises:
            CannotMakeError: no value was found.
        """
        return self._all_of([schema], hint, depth)

    def _all_of(self, schemas: Sequence[Any], hint: str, depth: int) -> Any:
        self.effort.spend()
        if depth > _DEEPEST:
            raise CannotMakeError("the schema requires infinitely nested values")
        before = len(self._open)
        try:
            flat, names = self._flatten(schemas)
            self._open.extend(names)
            return self._flat(flat, names, hint, depth)
        finally:
            del self._open[before:]

    def _flatten(self, schemas: Sequence[Any]) -> tuple[list[Schema], list[str]]:
        """Equivalent schemas without `$ref` and `allOf`, and the definitions visited."""
        flat: list[Schema] = []
        names: list[str] = []
        todo = list(reversed(schemas))
        while todo:
            schema = todo.pop()
            self.effort.spend()
            if schema is False:
                raise CannotMakeError("the schema allows no value")
            if not isinstance(schema, Mapping):
                continue
            reference = schema.get("$ref")
            if isinstance(reference, str):
                name = reference.removeprefix("#/$defs/")
                if name not in names:
                    names.append(name)
                    todo.append(self.definitions[name])
            todo.extend(reversed(schema.get("allOf", ())))
            flat.append(self._without_references(schema))
        return flat, names

    def _without_references(self, schema: Schema) -> Schema:
        if "$ref" not in schema and "allOf" not in schema:
            return schema
        known = self.flat_parts.get(id(schema))
        if known is None or known[0] is not schema:
            known = (schema, {key: value for key, value in schema.items() if key not in ("$ref", "allOf")})
            self.flat_parts[id(schema)] = known
        return known[1]

    def _flat(self, flat: list[Schema], names: list[str], hint: str, depth: int) -> Any:
        tagged = self._tagged(flat, names)
        if tagged is not None:
            try:
                return self._all_of([*flat, *tagged], hint, depth + 1)
            except LimitError:
                raise
            except CannotMakeError:
                pass
        facts = gather(flat)
        # A variant that extends the schema of its own union refers back to that union.
        decided = {identity for each in flat for identity in each.get(marks.DECIDED, ())}
        facts.unions = [each for each in facts.unions if id(each[1]) not in decided]
        if facts.unions:
            return self._union(flat, facts, hint, depth)
        return self._plain(facts, flat, hint, depth)

    def _tagged(self, flat: list[Schema], names: list[str]) -> list[Schema] | None:
        """For the parent of a hierarchy: one of its children, with the tag that names it; for a child: its tag."""
        for schema in flat:
            discriminator = schema.get("discriminator")
            if discriminator is None or "oneOf" in schema or "anyOf" in schema or not discriminator["mapping"]:
                continue
            member = discriminator["propertyName"]
            if any(member in each.get(marks.TAGGED, ()) for each in flat):
                continue
            targets = {tag: target.removeprefix("#/$defs/") for tag, target in discriminator["mapping"].items()}
            # A child comes before its parent.
            own = sorted((tag for tag in targets if targets[tag] in names), key=lambda tag: names.index(targets[tag]))
            tag = own[0] if own else self.rng.choice(list(discriminator["mapping"]))
            extra: list[Schema] = [{"properties": {member: {"enum": [tag]}}, marks.TAGGED: [member]}]
            return extra if own else [*extra, {"$ref": discriminator["mapping"][tag]}]
        return None

    def _union(self, flat: list[Schema], facts: Facts, hint: str, depth: int) -> Any:
        keyword, owner = facts.unions[0]
        rest = [each if each is not owner else {k: v for k, v in owner.items() if k != keyword} for each in flat]
        branches = [each for each in owner[keyword] if not (isinstance(each, Mapping) and each.get(marks.LENIENT))]
        decision: Schema = {marks.TAGGED: (), marks.DECIDED: (id(owner),)}
        problem: CannotMakeError | None = None
        for branch in self._ordered(branches, keyword, depth):
            chosen: list[Any] = [*rest, branch, *self._tag_for(owner, branch), decision]
            for _ in range(3):
                try:
                    made = self._all_of(chosen, hint, depth + 1)
                except CannotMakeError as trouble:
                    self.effort.spend()
                    problem = problem or trouble
                    break
                if keyword == "anyOf" or len(branches) < 2 or self._matches_one(owner["oneOf"], made):
                    return made
        raise problem or CannotMakeError("every generated value matches several branches of `oneOf`")

    def _matches_one(self, branches: Sequence[Any], value: Any) -> bool:
        self.effort.spend(_VALIDATION * len(branches))
        return sum(self.admits(branch, value) for branch in branches) == 1

    def _ordered(self, branches: Sequence[Any], keyword: str, depth: int) -> list[Any]:
        """Branches in the order to try: random, but null late, and branches that are already open last."""

        def weight(branch: Any) -> tuple[int, float]:
            last = 0
            facts = self._peek(branch)
            if facts is None or facts.kinds() == ["null"]:
                last = 1 if self.rng.random() < 0.9 and depth <= _DEEP else 0
            elif any(name in self._open for name in self._names(branch)):
                last = 2
            elif keyword == "anyOf" and facts.enum is None and facts.kinds() == ["string"] and not facts.formats:
                # An open enumeration: the listed values are more useful than any other string.
                last = 1
            elif self._unwanted(facts):
                last = 1
            return last, self.rng.random()

        return sorted(branches, key=weight)

    def _peek(self, branch: Any) -> Facts | None:
        try:
            return gather(self._flatten([branch])[0])
        except LimitError:
            raise
        except CannotMakeError:
            return None

    def _names(self, branch: Any) -> list[str]:
        try:
            return self._flatten([branch])[1]
        except LimitError:
            raise
        except CannotMakeError:
            return []

    def _unwanted(self, facts: Facts) -> bool:
        """Whether a property that should have a particular value cannot have it in this branch."""
        for name, schemas in facts.properties.items():
            values = self.wanted(name)
            inner = self._peek({"allOf": schemas}) if values else None
            listed = inner.enum if inner is not None else None
            if listed is not None and not any(same(value, each) for value in values for each in listed):
                return True
        return False

    def _tag_for(self, owner: Schema, branch: Any) -> list[Schema]:
        discriminator = owner.get("discriminator")
        if discriminator is None or not isinstance(branch, Mapping):
            return []
        tags = [tag for tag, target in discriminator["mapping"].items() if target == branch.get("$ref")]
        if not tags:
            return []
        member = discriminator["propertyName"]
        return [{"properties": {member: {"enum": tags}}, "required": [member], marks.TAGGED: [member]}]

    def _plain(self, facts: Facts, flat: list[Schema], hint: str, depth: int) -> Any:
        kinds = facts.kinds()
        if facts.enum is not None:
            return self._listed(facts, kinds)
        example = self._example(facts, flat, kinds, depth)
        if example is not None:
            return example
        kind = self._kind(kinds, depth)
        if kind == "object":
            return self._object(facts, depth)
        if kind == "array":
            return self._array(facts, hint, depth)
        if kind in ("integer", "number"):
            try:
                return (numbers.integer if kind == "integer" else numbers.number)(facts, self.rng, hint)
            except OverflowError:
                raise CannotMakeError("the bounds of a number exceed the range of floating-point numbers") from None
        if kind == "boolean":
            return self.rng.random() < 0.5
        return None if kind == "null" else self._text(facts, hint)

    def _text(self, facts: Facts, hint: str, otherwise: str | None = None) -> str:
        self.effort.spend(_PATTERN * len(facts.patterns))
        text = strings.text(facts, self.rng, hint, otherwise)
        self.effort.spend(len(text) // 100)
        return text

    def _listed(self, facts: Facts, kinds: Sequence[str]) -> Any:
        assert facts.enum is not None
        fitting = [value for value in facts.enum if not kinds or facts.types is None or has_kind(value, kinds)]
        if not fitting:
            raise CannotMakeError("no value of the enumeration has the required type")
        return self.rng.choice([value for value in fitting if value is not None] or fitting)

    def _example(self, facts: Facts, flat: list[Schema], kinds: Sequence[str], depth: int) -> Any:
        if self.lean or facts.secret or not facts.examples or self.rng.random() > 0.4:
            return None
        if not kinds or "object" in kinds or depth > _DEEPEST:
            return None
        example = self.rng.choice(facts.examples)
        # A placeholder is less useful than a generated value.
        if example in ("string", "", None) or not has_kind(example, kinds):
            return None
        return example if all(self.admits(schema, example) for schema in flat if marks.TAGGED not in schema) else None

    def _kind(self, kinds: Sequence[str], depth: int) -> str:
        if not kinds:
            return "string"
        if "null" in kinds and len(kinds) > 1:
            if depth > 2 * _DEEP or self.rng.random() < 0.1:
                return "null"
            kinds = [kind for kind in kinds if kind != "null"]
        if len(kinds) > 1 and self.rng.random() < 0.6:
            return kinds[0]
        return self.rng.choice(list(kinds))

    def _object(self, facts: Facts, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        most = facts.limits.get("maxProperties")
        for name, schemas in facts.properties.items():
            required = name in facts.required
            if any(isinstance(each, Mapping) and each.get(marks.OMIT) for each in schemas) and not required:
                continue
            if not required and (self._skips(schemas, depth) or (most is not None and len(made) >= most)):
                continue
            try:
                made[name] = self._member(name, [*schemas, *self._beside(facts, name)], depth)
            except CannotMakeError:
                if required:
                    raise
        for name in facts.required:
            if name not in made:
                made[name] = self._member(name, self._unnamed(facts, name), depth)
        for name, needed in facts.dependent.items():
            for other in needed if name in made else ():
                if other not in made:
                    made[other] = self._member(other, facts.properties.get(other, [True]), depth)
        self._fill(facts, made, depth)
        return made

    def _skips(self, schemas: Sequence[Any], depth: int) -> bool:
        if self.lean or depth >= _DEEP:
            return True
        if any(self._open.count(name) > 0 for each in schemas for name in self._names(each)):
            return depth > 1 or self.rng.random() < 0.7
        return self.rng.random() < 0.12

    def _beside(self, facts: Facts, name: str) -> Iterator[Any]:
        """Other schemas of a property: by a pattern for its name, or by `additionalProperties` of another schema."""
        yield from _by_pattern(facts, name)
        for extra, known in facts.additional:
            if name not in known and isinstance(extra, Mapping):
                yield extra

    def _unnamed(self, facts: Facts, name: str) -> list[Any]:
        matching = list(_by_pattern(facts, name))
        extras = [extra for extra, known in facts.additional if name not in known]
        if any(extra is False for extra in extras) and not matching:
            raise CannotMakeError(f"the property {name!r} is both required and forbidden")
        return matching or [extra for extra in extras if isinstance(extra, Mapping)] or [True]

    def _fill(self, facts: Facts, made: dict[str, Any], depth: int) -> None:
        """Properties with free names: as many as required, or a few where the schema describes them."""
        described = [extra for extra, _ in facts.additional if isinstance(extra, Mapping) and extra]
        least = facts.limits.get("minProperties", 0)
        check_size(least, MOST_ELEMENTS, "properties")
        wanted = max(least - len(made), 0)
        if not wanted and described and not self.lean and depth < _DEEP:
            wanted = self.rng.randint(1, 2)
        wanted = min(wanted, facts.limits.get("maxProperties", len(made) + wanted) - len(made))
        for count in range(wanted):
            name = self._free_name(facts, made, count, depth)
            schemas = facts.properties.get(name) or list(_by_pattern(facts, name)) or described or [True]
            try:
                made[name] = self._member(name, schemas, depth)
            except CannotMakeError:
                if len(made) < least:
                    raise
                return

    def _free_name(self, facts: Facts, made: Mapping[str, Any], count: int, depth: int) -> str:
        for name in facts.properties:
            if name not in made:
                return name
        for _ in range(10):
            if facts.names:
                name = str(self._all_of([*facts.names, {"type": ["string"]}], "key", depth + 1))
            elif facts.pattern_properties and (
                any(extra is False for extra, _ in facts.additional) or not facts.additional
            ):
                self.effort.spend(_PATTERN)
                name = text_matching(facts.pattern_properties[0][0], self.rng)
            else:
                name = strings.word(self.rng)
            if name not in made:
                return name
        return f"key{count}"

    def _member(self, name: str, schemas: Sequence[Any], depth: int) -> Any:
        # An item's own id is not the id of the request.
        for value in self.wanted(name) if depth == 0 or name.lower() != "id" else ():
            if all(self.admits(schema, value) for schema in schemas):
                return value
        return self._all_of(schemas, name, depth + 1)

    def _array(self, facts: Facts, hint: str, depth: int) -> list[Any]:
        least, most = facts.limits.get("minItems", 0), facts.limits.get("maxItems")
        if most is not None and least > most:
            raise CannotMakeError(f"no array has at least {least} and at most {most} items")
        check_size(least, MOST_ELEMENTS, "elements")
        length = self.rng.randint(max(1, least), max(3, least))
        if least == 0 and (self.lean or depth >= _DEEP):
            length = 0
        length = length if most is None else min(length, most)
        if facts.contains:
            length = max(length, 1)
        prefix_length = max((len(each) for each in facts.prefix), default=0)
        if facts.prefix and not facts.items:
            length = min(max(length, prefix_length), most if most is not None else prefix_length) or length
        made: list[Any] = []
        singular = hint[:-1] if hint.endswith("s") else hint
        for index in range(length):
            schemas = self._element(facts, index)
            try:
                self._append(made, schemas, facts.unique, singular, depth)
            except CannotMakeError:
                if index < least:
                    raise
                break
        return made

    def _element(self, facts: Facts, index: int) -> list[Any]:
        schemas: list[Any] = [each[index] for each in facts.prefix if index < len(each)] or list(facts.items) or [True]
        return [*schemas, *facts.contains] if index == 0 else schemas

    def _append(self, made: list[Any], schemas: list[Any], unique: bool, hint: str, depth: int) -> None:
        for _ in range(20):
            element = self._all_of(schemas, hint, depth + 1)
            if unique:
                self.effort.spend(len(made) // 20)
            if not unique or not any(same(element, other) for other in made):
                made.append(element)
                return
        raise CannotMakeError("there are not enough distinct items")


def _by_pattern(facts: Facts, name: str) -> Iterator[Any]:
    for pattern, schema in facts.pattern_properties:
        if is_match(pattern, name):
            yield schema
