"""The resources of a mock: generated when a collection is first used, then changed by requests and by tests."""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from speclient.diagnostics import FatalError, Sink
from speclient.document.limits import Limits
from speclient.document.parse import read_file
from speclient.files import replace_file
from speclient.mock.lifecycles import Clock, Lifecycle
from speclient.mock.population import Population, Resource
from speclient.mock.references import find_references
from speclient.mock.resources import CollectionPlan, Key, Resources
from speclient.mock.states import State
from speclient.schema import navigate
from speclient.values.wanted import plain

_MOST_SCOPES = 500
"""Collections below other resources that are kept at once."""
_FAILING = 5
"""One of so many unattended lifecycles ends in failure."""


class StoreError(Exception):
    """The store has no such collection or resource, or a value does not fit its schema."""


@dataclass(slots=True, eq=False)
class Items:
    """The resources of one collection, in the order of creation."""

    plan: CollectionPlan
    scope: dict[str, str]
    """Path parameters above the collection, by name."""
    by_id: dict[str, Resource] = field(default_factory=dict[str, Resource])
    created: int = 0
    """How many resources there ever were."""
    polled: set[Resource] = field(default_factory=set[Resource])
    """Resources whose state may have changed since they were shown."""
    is_linked: bool = False
    """Whether references to other resources name some that exist."""
    is_stored: bool = True
    """False when no object could be generated: then each response is generated on its own."""

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.by_id.values())


@dataclass(slots=True)
class Store:
    """All resources. `version` grows with each change."""

    resources: Resources
    population: Population
    clock: Clock
    size: int
    polls: int
    """Polls that each state lasts in the lifecycles that no test started; 0 for none."""
    version: int = 0
    is_timed: bool = False
    """Whether some lifecycle depends on the clock."""
    _items: OrderedDict[tuple[Key, tuple[str, ...]], Items] = field(
        default_factory=OrderedDict[tuple[Key, "tuple[str, ...]"], Items]
    )
    _plans: dict[Key, Lifecycle] = field(default_factory=dict[Key, Lifecycle])
    """Lifecycles of all resources of a collection."""
    _references: dict[Key, tuple[tuple[str, Key], ...]] = field(
        default_factory=dict[Key, "tuple[tuple[str, Key], ...]"]
    )

    def items(self, key: Key, scope: Mapping[str, str]) -> Items:
        """The resources of a collection; generated when they are first asked for."""
        items = self._generated(key, scope)
        if not items.is_linked:
            # Only now, so that collections may refer to each other, and one request generates few of them.
            items.is_linked = True
            for resource in items:
                self._link(items, resource)
        return items

    def _generated(self, key: Key, scope: Mapping[str, str]) -> Items:
        place = (key, tuple(scope.values()))
        items = self._items.get(place)
        if items is None:
            items = self._items[place] = Items(self.resources.collections[key], dict(scope))
            self._populate(items)
            if len(self._items) > _MOST_SCOPES:
                self._items.popitem(last=False)
        else:
            self._items.move_to_end(place)
        return items

    def _populate(self, items: Items) -> None:
        documented = (
            self.resources.documented_identity(items.plan, items.scope) if items.plan.id_names and self.size else None
        )
        if documented is not None and self.population.takes(items.plan, documented):
            self.create(items, documented)
        while items.created < self.size:
            if self.create(items) is None:
                items.is_stored = bool(items.by_id)
                return

    def _link(self, items: Items, resource: Resource) -> None:
        """Let the references of a resource name resources that exist."""
        plan = items.plan
        if plan.key not in self._references:
            definitions = self.population.answers.table.definitions
            schema = {"$ref": f"#/$defs/{plan.place.resource}"} if plan.place is not None else True
            names = navigate.property_names(definitions, schema)
            self._references[plan.key] = find_references(plan, names, self.resources.collections)
        above = {plain(name) for name in items.scope}
        for name, key in self._references[plan.key]:
            if plain(name) in above or name not in resource.data or resource.data[name] is None:
                continue
            targets = list(self._generated(key, {}))
            if targets:
                target = Random(f"{self.population.seed}\0{plan.name}\0{resource.id}\0{name}").choice(targets)
                self.population.refer(plan, resource, name, target, self.resources.collections[key].identity or "")

    def create(self, items: Items, identity: str | None = None) -> Resource | None:
        """Add a generated resource; None if no object can be generated."""
        number = items.created + 1
        resource = self.population.resource(items.plan, items.scope, number, items.by_id, identity)
        if resource is None:
            return None
        items.created = number
        items.by_id[resource.id] = resource
        if items.is_linked:
            self._link(items, resource)
        self._begin(items.plan, resource)
        self.version += 1
        return resource

    def _begin(self, plan: CollectionPlan, resource: Resource) -> None:
        """Start the lifecycle of a resource that is not in a final state."""
        if plan.state is None:
            return
        state = self.state(plan, resource)
        given = self._plans.get(plan.key)
        if given is not None:
            resource.lifecycle = given
        elif self.polls and not plan.state.is_final(state):
            resource.lifecycle = Lifecycle(self._way(plan, resource, state), self.polls)
        resource.polls = 0
        self.refresh(plan, resource)

    def _way(self, plan: CollectionPlan, resource: Resource, state: Any) -> tuple[State, ...]:
        assert plan.state is not None
        rng = Random(f"{self.population.seed}\0{plan.name}\0{resource.id}")
        ends = plan.state.success or plan.state.failure
        # The first resource is the one that examples name: it ends well.
        if plan.state.failure and resource.number > 1 and rng.randrange(_FAILING) == 0:
            ends = plan.state.failure
        running = plan.state.running[plan.state.running.index(state) :]
        return (*running, *ends[:1]) if ends else running

    def state(self, plan: CollectionPlan, resource: Resource) -> Any:
        """The state of a resource, or None."""
        value: Any = resource.data
        for step in plan.state.steps if plan.state is not None else ():
            value = value.get(step) if isinstance(value, dict) else None
        return value if plan.state is not None else None

    def refresh(self, plan: CollectionPlan, resource: Resource) -> None:
        """Put a resource into the state that its lifecycle has reached."""
        if resource.lifecycle is None or plan.state is None:
            return
        state = resource.lifecycle.state(resource.polls, self.clock())
        if state != self.state(plan, resource):
            self.population.settle(plan, resource, state)
            self.version += 1

    def is_moving(self, resource: Resource) -> bool:
        """Whether a further poll, or time, changes the state of a resource."""
        return resource.lifecycle is not None and not resource.lifecycle.is_over(resource.polls, self.clock())

    def polled(self, items: Items, resource: Resource) -> None:
        """Count a request for the state of a resource."""
        resource.polls += 1
        items.polled.add(resource)

    def refresh_all(self, items: Items) -> None:
        """Put the resources of a collection into the states that they have reached."""
        for resource in items if self.is_timed else tuple(items.polled):
            self.refresh(items.plan, resource)
        items.polled.clear()

    def change(self, items: Items, resource: Resource, changes: Mapping[str, Any], gone: Sequence[str] = ()) -> None:
        """Change properties where the schema allows it; `gone` are removed."""
        plan = items.plan
        assert plan.place is not None
        kept = {name: value for name, value in changes.items() if name != plan.identity}
        data = self.population.without(plan.place.resource, resource.data, dict.fromkeys(gone))
        resource.data = self.population.overlay(plan.place.resource, data, kept)
        resource.full = {**{key: old for key, old in resource.full.items() if key not in gone}, **resource.data}
        if plan.state is not None and plan.state.steps[:1] and plan.state.steps[0] in kept:
            resource.lifecycle = None
        resource.changed()
        self.version += 1

    def remove(self, items: Items, resource: Resource) -> None:
        """Remove a resource."""
        items.by_id.pop(resource.id, None)
        self.version += 1

    def start(
        self, key: Key, states: Sequence[State], *, polls: int, seconds: float | None, identity: str | None
    ) -> None:
        """Start a lifecycle of one resource, or of all present and future resources of a collection.

        Raises:
            StoreError: the collection has no states, or not these.
        """
        plan = self.resources.collections[key]
        if plan.state is None:
            raise StoreError(f"{plan.name} has no property with the state of a job")
        lifecycle = Lifecycle(tuple(states), polls, seconds, self.clock())
        self.is_timed = self.is_timed or seconds is not None
        if not lifecycle.states:
            raise StoreError("a lifecycle needs at least one state")
        found = False
        if identity is None and "{}" not in key:
            self.items(key, {})
        for items in tuple(self._items.values()):
            if items.plan is plan:
                for resource in items if identity is None else [each for each in items if each.id == identity]:
                    found = True
                    self._assign(plan, resource, lifecycle)
        if identity is not None and not found:
            items = self._only(plan)
            created = items.by_id.get(identity) or self.create(items, identity)
            if created is None:
                raise StoreError(f"no resource can be generated for {plan.name}")
            self._assign(plan, created, lifecycle)
        if identity is None:
            self._plans[key] = lifecycle
        self.version += 1

    def _assign(self, plan: CollectionPlan, resource: Resource, lifecycle: Lifecycle) -> None:
        for state in lifecycle.states:
            if not self.population.can_have(plan, resource, state):
                known = ", ".join(str(each) for each in plan.state.all) if plan.state is not None else ""
                raise StoreError(f"{state!r} is not a state of {plan.name}; its states: {known}")
        resource.lifecycle, resource.polls = lifecycle, 0
        self.population.settle(plan, resource, lifecycle.states[0])
        if self.state(plan, resource) != lifecycle.states[0]:
            raise StoreError(f"{lifecycle.states[0]!r} is not a state of {plan.name}")

    def _only(self, plan: CollectionPlan) -> Items:
        """The collection, if it is not below other resources."""
        if "{}" in plan.key:
            known = [items for items in self._items.values() if items.plan is plan]
            if len(known) != 1:
                raise StoreError(f"{plan.name} is below other resources; call it once before you name a resource of it")
            return known[0]
        return self.items(plan.key, {})

    def add(
        self, key: Key, data: Mapping[str, Any], scope: Mapping[str, str] | None = None, identity: str | None = None
    ) -> Resource:
        """Add a resource, or change the one that has the identity; properties that `data` omits are generated.

        Raises:
            StoreError: the properties do not fit the schema.
        """
        plan = self.resources.collections[key]
        items = self._only(plan) if scope is None else self.items(key, scope)
        if identity is None and plan.identity is not None and plan.identity in data:
            identity = str(data[plan.identity])
        known = items.by_id.get(identity) if identity is not None else None
        resource = known or self.create(items, identity)
        if resource is None or plan.place is None:
            raise StoreError(f"no resource can be generated for {plan.name}")
        try:
            json.dumps(dict(data), ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, TypeError):
            raise StoreError(f"a property for {plan.name} has a value that JSON cannot express") from None
        before = resource.data
        self.change(items, resource, data)
        for name, value in data.items():
            if resource.data.get(name) != value and str(resource.data.get(name)) != str(value):
                if known is None:
                    self.remove(items, resource)
                else:
                    resource.data = before
                raise StoreError(f"the schema of {plan.name} does not allow this value of {name!r}")
        return resource

    # Saved stores

    def to_dict(self) -> dict[str, Any]:
        """Every collection in use: `{path: [{"scope": {...}, "items": [...]}]}`."""
        saved: dict[str, Any] = {}
        for items in [self.items(each.plan.key, each.scope) for each in tuple(self._items.values())]:
            entry = {"scope": dict(items.scope), "items": [copy.deepcopy(each.data) for each in items]}
            saved.setdefault(items.plan.name, []).append(entry)
        return saved

    def load_dict(self, saved: Mapping[str, Any]) -> None:
        """Replace the collections that `saved` names.

        Raises:
            StoreError: a collection does not exist, or a resource does not fit its schema.
        """
        by_name = {plan.name: plan for plan in self.resources.collections.values()}
        loaded: dict[tuple[Key, tuple[str, ...]], Items] = {}
        for name, entries in saved.items():
            plan = by_name.get(name)
            if plan is None or plan.place is None:
                raise StoreError(f"the document has no collection {name}; it has {', '.join(sorted(by_name))}")
            for entry in entries if isinstance(entries, list) else [entries]:
                scope, resources = _entry(name, entry)
                items = Items(plan, scope, is_linked=True)
                for data in resources:
                    self._insert(items, data)
                place = (plan.key, tuple(scope.values()))
                if place in loaded:
                    raise StoreError(f"{name}: the scope {scope} occurs twice")
                loaded[place] = items
        self._items.update(loaded)
        self.version += 1

    def _insert(self, items: Items, data: Any) -> None:
        plan = items.plan
        assert plan.place is not None
        wrong = self.population.answers.violations_in(plan.place.resource, data)
        if wrong or not isinstance(data, dict):
            reason = f"{wrong[0].message} at {wrong[0].pointer!r}" if wrong else "it is not an object"
            raise StoreError(f"a resource of {plan.name} does not fit its schema: {reason}")
        try:
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, TypeError):
            raise StoreError(f"a resource of {plan.name} has a value that JSON cannot express") from None
        items.created += 1
        text = str(data[plan.identity]) if plan.identity is not None and plan.identity in data else str(items.created)
        if text in items.by_id:
            raise StoreError(f"{plan.name} has {text!r} twice")
        items.by_id[text] = resource = Resource(items.created, text, data, dict(data))
        self._begin(plan, resource)

    def save(self, path: Path | str) -> None:
        """Write the store as JSON, or as YAML for a name that ends so."""
        target = Path(path)
        if target.suffix in (".yaml", ".yml"):
            import yaml

            text = yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True)
        else:
            text = json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"
        replace_file(target, text.encode())

    def load(self, path: Path | str) -> None:
        """Replace collections by those of a file that `save` wrote.

        Raises:
            StoreError: the file cannot be read, or does not fit the document.
        """
        try:
            saved = read_file(Path(path), str(path), Limits(), Sink()).data
        except FatalError as problem:
            raise StoreError(f"{path}: {problem.diagnostic.message}") from None
        if not isinstance(saved, dict):
            raise StoreError(f"{path}: not a saved store")
        try:
            self.load_dict(saved)
        except StoreError as problem:
            raise StoreError(f"{path}: {problem}") from None


def _entry(name: str, entry: Any) -> tuple[dict[str, str], list[Any]]:
    """The scope and the resources of one entry of a saved store."""
    if not isinstance(entry, dict) or set(entry) - {"scope", "items"} or not isinstance(entry.get("items"), list):
        raise StoreError(f"{name}: not a saved store: expected objects with `items` (a list) and `scope`")
    scope = entry.get("scope", {})
    if not isinstance(scope, dict) or not all(isinstance(value, str) for value in scope.values()):
        raise StoreError(f"{name}: `scope` is not an object of path parameters with text values")
    return scope, entry["items"]
