"""Generate the resources of a collection: unique identities, spread states, times in order, always valid."""

from __future__ import annotations

import copy
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from zlib import crc32

from speclient.mock.coherence import misplaced, order_times
from speclient.mock.lifecycles import Lifecycle
from speclient.mock.resources import CollectionPlan
from speclient.schema import marks, navigate
from speclient.schema.validator import Validator
from speclient.values import CannotMakeError, ValueMaker
from speclient.values.wanted import Wanted, named, plain

Json = Any
_DEEPEST = 8
"""From this depth on, values are taken as they are."""


@dataclass(slots=True, eq=False)
class Resource:
    """One resource of the store.

    `number` is its place in the order of creation, `id` its identity as text, and `data` its complete object.
    """

    number: int
    id: str
    data: dict[str, Json]
    full: dict[str, Json] = field(default_factory=dict[str, Json])
    """`data` as generated, with the properties that do not fit its present state."""
    polls: int = 0
    """How often it was asked for since its lifecycle began."""
    lifecycle: Lifecycle | None = None
    views: dict[str, Json] = field(default_factory=dict[str, Json])
    """The resource as other schemas show it, by definition."""

    def changed(self) -> None:
        """Forget what was derived from `data`."""
        self.views.clear()


@dataclass(slots=True)
class Population:
    """Generates and changes resources; `seed` varies them."""

    answers: Validator
    requests: Validator
    values: ValueMaker
    seed: int

    def resource(
        self,
        plan: CollectionPlan,
        scope: Mapping[str, str],
        number: int,
        taken: Container[str],
        identity: str | None = None,
    ) -> Resource | None:
        """A new resource; None if no object can be generated for its schema.

        Args:
            plan: the collection.
            scope: the path parameters above it, by name.
            number: its place in the order of creation.
            taken: identities in use.
            identity: its identity as text, if it is known.
        """
        if plan.place is None:
            return None
        schema = plan.place.resource
        key = f"{self.seed}\0{plan.name}\0{sorted(scope.items())}\0{identity or number}"
        if identity is None and plan.identity is None and plan.id_schemas:
            identity = self._free_identity(plan, key, taken)
        rng = Random(key)
        spread = dict(self._spread(plan, number))
        tags = {name: value for name, value in spread.items() if isinstance(value, str)}
        try:
            data = self.values.value(schema, key, wanted=_wanted(tags, plan, identity))
        except CannotMakeError:
            return None
        if not isinstance(data, dict):
            return None
        repeated = _repeated(data, plan.filters)
        if repeated:
            # What a filter selects has one value in the whole object.
            with suppress(CannotMakeError):
                data = self.values.value(schema, key, wanted=named({**tags, **repeated}))
        data = self.overlay(schema, data, order_times(data, number, rng))
        data = self.overlay(schema, data, spread)
        above = {plain(name): value for name, value in scope.items()}
        names = navigate.property_names(self.answers.table.definitions, {"$ref": f"#/$defs/{schema}"})
        for name in names:
            if plain(name) in above and name != plan.identity:
                value = above[plain(name)]
                data = self.overlay(schema, self.overlay(schema, data, {name: value}), {name: _literal(value)})
        serial = number if plan.identity is None else _serial(scope, number)
        if "id" in data and plan.identity != "id" and isinstance(data["id"], int):
            data = self.overlay(schema, data, {"id": _serial(scope, number)})
        text = identity or str(number)
        if plan.identity is not None:
            for candidate in self._identities(plan, key, serial, identity):
                text = _text(candidate)
                if text in taken and identity is None:
                    continue
                if not self._listed(plan, candidate):
                    continue
                changed = {**data, plan.identity: candidate}
                if self.answers.admits(schema, changed):
                    data = changed
                    break
            else:
                own = data.get(plan.identity)
                if identity is None and (own is None or _text(own) in taken or not self._listed(plan, own)):
                    return None
                text = identity or _text(own)
        resource = Resource(number, text, data, dict(data))
        if plan.state is not None:
            self.settle(plan, resource)
        return resource

    def refer(self, plan: CollectionPlan, resource: Resource, name: str, target: Resource, identity: str) -> None:
        """Let a property of a resource name another resource, where its schema allows that."""
        assert plan.place is not None
        value = target.data.get(identity, target.id)
        for candidate in dict.fromkeys((value, target.id, _literal(target.id))):
            changed = {**resource.data, name: candidate}
            if self.answers.admits(plan.place.resource, changed):
                resource.data, resource.full = changed, {**resource.full, name: candidate}
                resource.changed()
                return

    def can_have(self, plan: CollectionPlan, resource: Resource, state: Any) -> bool:
        """Whether the schema of a resource allows a state."""
        assert plan.state is not None
        assert plan.place is not None
        return any(
            self.answers.admits(plan.place.resource, _with(data, plan.state.steps, state))
            for data in (resource.data, resource.full)
        )

    def settle(self, plan: CollectionPlan, resource: Resource, state: Any = None) -> None:
        """Put a resource into a state (by default its own): properties that belong to another phase are left out."""
        assert plan.state is not None
        assert plan.place is not None
        steps = plan.state.steps
        if state is None:
            state = _at(resource.data, steps)
        phase = plan.state.phase(state)
        data = _with(resource.full, steps, state)
        if phase is not None:
            changes: dict[str, Any] = {}
            for name, value in data.items():
                if (name,) != steps[:1] and misplaced(name, value, phase):
                    changes[name] = None
            data = self.without(plan.place.resource, data, changes)
        if self.answers.admits(plan.place.resource, data):
            resource.data = data
        elif self.answers.admits(plan.place.resource, changed := _with(resource.data, steps, state)):
            resource.data = changed
        resource.changed()

    def view(self, resource: Resource, plan: CollectionPlan, schema: str) -> Json:
        """The resource as a definition describes it.

        Raises:
            CannotMakeError: no value was found.
        """
        if plan.place is not None and schema == plan.place.resource:
            return resource.data
        known = resource.views.get(schema)
        if known is None:
            definitions = self.answers.table.definitions
            names = navigate.property_names(definitions, {"$ref": f"#/$defs/{schema}"})
            whole = {"$ref": f"#/$defs/{schema}"}
            shared = {
                name: self._described(navigate.inner_schema(definitions, whole, [name]), value)
                for name, value in resource.data.items()
                if name in names
            }
            tags = {name: value for name, value in shared.items() if isinstance(value, str)}
            filtered = {
                name: value
                for name, value in resource.data.items()
                if plain(name) in plan.filters and not isinstance(value, (dict, list))
            }
            key = f"{self.seed}\0{plan.name}\0{resource.id}\0{schema}"
            wanted = {**(tags if self._has_tags(schema) else {}), **filtered}
            known = self.values.value(schema, key, wanted=named(wanted))
            if isinstance(known, dict):
                known = self.overlay(schema, known, order_times(known, resource.number, Random(key)))
                known = self.overlay(schema, known, shared)
                absent = [name for name in names if name not in resource.data and name in resource.full]
                known = self.without(schema, known, dict.fromkeys(absent))
                phase = plan.state.phase(_at(resource.data, plan.state.steps)) if plan.state is not None else None
                if phase is not None:
                    early = [name for name, value in known.items() if misplaced(name, value, phase)]
                    known = self.without(schema, known, dict.fromkeys(early))
            resource.views[schema] = known
        return known

    def _described(self, schema: Any, value: Any, depth: int = 0) -> Any:
        """A value without the properties that a schema does not name, where it names some."""
        definitions = self.answers.table.definitions
        if depth > _DEEPEST or not isinstance(value, (dict, list)):
            return value
        if isinstance(value, list):
            items = navigate.inner_schema(definitions, schema, [navigate.ITEM])
            return [self._described(items, each, depth + 1) for each in value]
        names = navigate.property_names(definitions, schema)
        return {
            name: self._described(navigate.inner_schema(definitions, schema, [name]), each, depth + 1)
            for name, each in value.items()
            if not names or name in names
        }

    def _has_tags(self, schema: str) -> bool:
        definitions = self.answers.table.definitions
        applied = navigate.applied_schemas(definitions, {"$ref": f"#/$defs/{schema}"})
        return any("discriminator" in each or "oneOf" in each or "anyOf" in each for each in applied)

    def stored(self, plan: CollectionPlan, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The properties of a request that the resource keeps: those that it has in responses."""
        if plan.place is None:
            return {}
        definitions = self.answers.table.definitions
        schema = {"$ref": f"#/$defs/{plan.place.resource}"}
        names = navigate.property_names(definitions, schema)
        if not names:
            return dict(sent)
        kept: dict[str, Any] = {}
        for name, value in sent.items():
            inner = navigate.inner_schema(definitions, schema, [name]) if name in names else None
            if inner is not None and not any(
                marks.OMIT in each for each in navigate.applied_schemas(definitions, inner, unions=False)
            ):
                kept[name] = value
        return kept

    def overlay(self, schema: str, data: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The object with other values where its schema allows them."""
        changes = {name: value for name, value in changes.items() if name not in data or data[name] != value}
        if not changes:
            return data
        changed = {**data, **changes}
        if self.answers.admits(schema, changed):
            return changed
        for name, value in changes.items():
            changed = {**data, name: value}
            if self.answers.admits(schema, changed):
                data = changed
        return data

    def without(self, schema: str, data: dict[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
        """The object without properties, or with null in them, where its schema allows that."""
        for name in names:
            if name not in data:
                continue
            shorter = {key: value for key, value in data.items() if key != name}
            if self.answers.admits(schema, shorter):
                data = shorter
            elif self.answers.admits(schema, {**data, name: None}):
                data = {**data, name: None}
        return data

    def _spread(self, plan: CollectionPlan, number: int) -> Iterator[tuple[str, Any]]:
        """Values of enumerations by turns, so that each of them occurs."""
        assert plan.place is not None
        definitions = self.answers.table.definitions
        schema = {"$ref": f"#/$defs/{plan.place.resource}"}
        turn = number
        for name in navigate.property_names(definitions, schema):
            listed = navigate.listed_values(definitions, navigate.inner_schema(definitions, schema, [name]))
            if plan.state is not None and plan.state.steps == (name,) and plan.state.all:
                # The first resource is the one that examples name: it is not one that failed.
                yield name, plan.state.all[(number - 1) % len(plan.state.all)]
            elif len(listed) > 1:
                yield name, listed[turn % len(listed)]
                turn = number // len(listed) + number

    def _identities(self, plan: CollectionPlan, key: str, number: int, identity: str | None) -> Iterator[Any]:
        """Candidates for the identity: what the path and the property both allow."""
        assert plan.place is not None
        if identity is not None:
            yield from dict.fromkeys([_literal(identity), identity]) if _literal(identity) != identity else [identity]
            return
        definitions = self.answers.table.definitions
        inner = navigate.inner_schema(definitions, {"$ref": f"#/$defs/{plan.place.resource}"}, [plan.identity or ""])
        kinds = navigate.json_types(definitions, inner)
        if "integer" in kinds or "number" in kinds:
            yield from (each for each in (number, number % 1000, number % 1000 + 1) if self.takes(plan, each))
        if "string" in kinds and not self.takes(plan, "a"):
            # The path takes numbers, and the property spells them.
            yield from (str(number), str(number % 1000))
        if "integer" not in kinds:
            name = self.answers.table.add(plan.place.resource, f"identity_{plan.identity}", inner)
            for attempt in range(8):
                try:
                    value = self.values.value(name, f"{key}\0{attempt}", hint=plan.identity or "id")
                except CannotMakeError:
                    return
                if isinstance(value, str) and self.takes(plan, value):
                    yield value
        if plan.listed_identity is not None:
            yield from navigate.listed_values(definitions, {"$ref": f"#/$defs/{plan.listed_identity}"})
        for schema in plan.id_schemas:
            for attempt in range(8):
                try:
                    yield self._request_value(schema, f"{key}\0{attempt}")
                except CannotMakeError:
                    break

    def _free_identity(self, plan: CollectionPlan, key: str, taken: Container[str]) -> str | None:
        """An identity that the path takes, where the object has no property for it."""
        for attempt in range(8):
            try:
                value = _text(self._request_value(plan.id_schemas[0], f"{key}\0{attempt}", plan.id_names[-1]))
            except CannotMakeError:
                return None
            if value not in taken and self.takes(plan, value):
                return value
        return None

    def _listed(self, plan: CollectionPlan, value: Any) -> bool:
        """Whether a listing may show an identity."""
        return plan.listed_identity is None or self.answers.admits(plan.listed_identity, value)

    def takes(self, plan: CollectionPlan, value: Any) -> bool:
        """Whether the path can carry an identity."""
        if value == "" or "/" in str(value):
            return False
        if not any(self._listed(plan, each) for each in (value, _literal(str(value)))):
            return False
        return all(
            any(self.requests.admits(schema, each) for each in (value, _literal(str(value))))
            for schema in plan.id_schemas
        )

    def _request_value(self, schema: str, key: str, hint: str = "id") -> Any:
        return ValueMaker(self.requests).value(schema, key, hint=hint)


def _wanted(tags: Mapping[str, Any], plan: CollectionPlan, identity: str | None) -> Wanted:
    """The values of tags, and the identity wherever the object repeats it under the name of the path parameter."""
    spread = named(tags)
    if identity is None or plan.identity is not None:
        return spread
    names = {plain(name) for name in plan.id_names}
    return lambda name: (_literal(identity), identity) if plain(name) in names else spread(name)


def _serial(scope: Mapping[str, str], number: int) -> int:
    """A number for an identity that no resource below another parent has."""
    base = crc32("\0".join(f"{name}={value}" for name, value in sorted(scope.items())).encode()) % 9000 if scope else 0
    return (base + 1) * 1000 + number


def _repeated(data: dict[str, Any], filters: frozenset[str]) -> dict[str, Any]:
    """The values of filtered properties that occur again, with another value, in an object below."""
    found: dict[str, Any] = {}
    for below in data.values():
        for name, value in below.items() if isinstance(below, dict) else ():
            if plain(name) in filters and name in data and data[name] != value:
                found[name] = data[name]
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _literal(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 and str(int(text)) == text else text


def _at(value: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _with(value: dict[str, Any], steps: Sequence[str], leaf: Any) -> dict[str, Any]:
    """The object with another value at the end of the steps, which exist up to the last one."""
    changed = copy.deepcopy(value) if len(steps) > 1 else dict(value)
    owner: Any = changed
    for step in steps[:-1]:
        if not isinstance(owner, dict):
            return value
        owner = owner.setdefault(step, {})
    if isinstance(owner, dict) and steps:
        owner[steps[-1]] = leaf
    return changed
