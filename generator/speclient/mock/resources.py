"""Which operations list, read, create, change and delete the resources of a collection, as the paths show.

`/runs` with `GET` is a collection, `/runs/{id}` one of its resources, and `/runs/{id}/results` a collection below it.
Nothing here depends on the names that a document uses, except the usual names of identities.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from speclient.build import build_api
from speclient.build.pagination import find_items
from speclient.diagnostics import Sink
from speclient.document import Document
from speclient.ir import Api, Operation, Pagination, Polling
from speclient.mock.negotiation import success
from speclient.mock.plan import MediaPlan, OperationPlan
from speclient.mock.states import StatePlan, infer_state, state_from_polling
from speclient.openapi.media import MediaKind
from speclient.samples import choose_samples
from speclient.schema import navigate
from speclient.schema.validator import Validator
from speclient.values.wanted import plain, words_of

Key = tuple[str, ...]
"""The path of a collection as segments, with `{}` for a parameter."""
_IDENTITIES = ("id", "uuid", "guid", "key", "sid", "token", "slug", "number", "name", "code", "login", "username")
"""Names of properties that identify a resource, the most usual first."""


class Verb(StrEnum):
    """What an operation does to a collection or to one of its resources."""

    LIST = "list"
    READ = "read"
    CREATE = "create"
    REPLACE = "replace"
    UPDATE = "update"
    DELETE = "delete"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is in a body: the definition of the body, the way to the resource, the resource's definition."""

    body: str
    steps: tuple[str, ...]
    resource: str


@dataclass(frozen=True, slots=True)
class Role:
    """What an operation means for the store.

    `parents` are the collections of the identifiers in the path, with the index of the segment of each.
    """

    verb: Verb
    collection: Key
    parents: tuple[tuple[Key, int], ...]
    pagination: Pagination | None = None
    items: tuple[str, ...] = ()
    exclusive: bool = False
    """Whether a page begins after the item that the cursor names."""
    polled: bool = False
    """Whether a client asks this listing for the state of one of its items."""
    polls_page: bool = False
    """Whether it reads page by page to find the item, so that each page counts as a poll."""


@dataclass(frozen=True, slots=True)
class CollectionPlan:
    """A collection: which of its operations exist, and what a resource looks like.

    `place` is None when no operation returns a resource as JSON.
    """

    key: Key
    verbs: frozenset[Verb]
    identity: str | None
    place: Place | None
    state: StatePlan | None
    filters: frozenset[str] = frozenset()
    """Normalized names of the query parameters of its operations."""
    listed_identity: str | None = None
    """Definition of the identity as a listing shows it."""
    id_names: tuple[str, ...] = ()
    """Names of the path parameters that take the identity."""
    id_schemas: tuple[str, ...] = ()
    """Definitions (of the requests) of the path parameters that take the identity."""

    @property
    def name(self) -> str:
        """The path, for messages and for the keys of a saved store."""
        return "/" + "/".join(self.key)

    @property
    def is_discoverable(self) -> bool:
        """Whether a client can learn the identifiers: from a listing, or because it created the resource."""
        return self.identity is not None and bool(self.verbs & {Verb.LIST, Verb.CREATE})

    @property
    def has_resources(self) -> bool:
        """Whether some operation addresses one resource."""
        return bool(self.verbs & {Verb.READ, Verb.REPLACE, Verb.UPDATE, Verb.DELETE})


@dataclass(slots=True)
class Resources:
    """The collections of a document and the role of each operation, by its key."""

    collections: dict[Key, CollectionPlan] = field(default_factory=dict[Key, CollectionPlan])
    roles: dict[str, Role] = field(default_factory=dict[str, Role])
    details: dict[str, Operation] = field(default_factory=dict[str, Operation])
    document: Document | None = None
    api: Api | None = None

    def documented_identity(self, plan: CollectionPlan, scope: Mapping[str, str]) -> str | None:
        """The identity that the generated examples of calls use below these resources, so that they find a resource."""
        if self.api is None or self.document is None:
            return None
        for operation in self.api.operations:
            names = [name for name in parameter_names(operation.path, plan.key) if name in plan.id_names]
            if not names:
                continue
            ((_, sample),) = choose_samples(self.document, replace(self.api, operations=(operation,)))
            values = {name: str(value) for place, name, value in sample.arguments if place == "path"}
            if names[-1] in values and all(values.get(name, each) == each for name, each in scope.items()):
                return values[names[-1]]
        return None


def find_resources(
    document: Document, operations: Sequence[OperationPlan], requests: Validator, answers: Validator
) -> Resources:
    """Derive the collections of a document.

    Args:
        document: the document, for pagination and polling.
        operations: its operations.
        requests: the validator of requests.
        answers: the validator of responses; definitions of parts of bodies are added to its table.
    """
    api = build_api(document, Sink())
    details = {operation.key: operation for operation in api.operations}
    schemas = {schema.id: schema for schema in api.schemas}
    found = Resources(details=details, document=document, api=api)
    addressed = {_key(each.path)[:-1] for each in operations if _ends_in_parameter(each.path)}
    listed: dict[str, tuple[str, ...]] = {}
    for operation in operations:
        detail = details.get(operation.key)
        if detail is None or operation.method not in ("GET", "POST") or _ends_in_parameter(operation.path):
            continue
        pagination = detail.pagination
        items = pagination.items if pagination is not None else find_items(detail, schemas)
        if items is not None and (operation.method == "GET" or pagination is not None):
            listed[operation.key] = items
    collections = addressed | {_key(each.path) for each in operations if each.key in listed}
    readable = {_key(each.path)[:-1] for each in operations if _ends_in_parameter(each.path) and each.method == "GET"}
    readable |= {_key(each.path) for each in operations if each.key in listed}
    polled = _polled(details.values())
    for operation in operations:
        verb, collection = _verb(operation, operation.key in listed, collections, readable)
        detail = details.get(operation.key)
        watched = polled.get(detail.operation_id or "") if detail is not None else None
        found.roles[operation.key] = Role(
            verb,
            collection,
            tuple(_parents(operation.path)),
            detail.pagination if detail is not None else None,
            listed.get(operation.key, ()),
            _is_exclusive(operation),
            watched is not None,
            watched is not None and watched.lookup is None,
        )
    for key in collections:
        own = [each for each in operations if found.roles[each.key].collection == key]
        below = [each for each in operations if any(parent == key for parent, _ in found.roles[each.key].parents)]
        found.collections[key] = _collection(key, own, below, found, requests, answers)
    return found


def place_of(validator: Validator, body: str, steps: Sequence[str]) -> Place | None:
    """The place of the resource that `steps` lead to in a body."""
    definitions = validator.table.definitions
    inner = navigate.inner_schema(definitions, {"$ref": f"#/$defs/{body}"}, steps)
    if inner is None:
        return None
    # A definition that only refers to another one is the same: a resource is shown alike wherever it is referred to.
    name: str | None = None
    while isinstance(inner, dict) and isinstance(inner.get("$ref"), str) and len(inner) == 1:
        target = inner["$ref"].removeprefix("#/$defs/")
        if target == name:
            break
        name, inner = target, definitions[target]
    return Place(body, tuple(steps), name or validator.table.add(body, "_".join(("part", *steps)), inner))


def json_media(media: Iterable[MediaPlan]) -> MediaPlan | None:
    """The first JSON media type with a schema."""
    return next((each for each in media if each.kind is MediaKind.JSON and each.schema is not None), None)


def resource_steps(validator: Validator, body: str, identity: str | None) -> tuple[str, ...]:
    """The way to the resource in the body of one: through a wrapper such as `data`, if the identity is below it."""
    definitions = validator.table.definitions
    names = navigate.property_names(definitions, {"$ref": f"#/$defs/{body}"})
    if identity is None or identity in names:
        return ()
    for name in names:
        inner = navigate.inner_schema(definitions, {"$ref": f"#/$defs/{body}"}, [name])
        if inner is not None and identity in navigate.property_names(definitions, inner):
            return (name,)
    return ()


def _key(path: str) -> Key:
    return tuple(re.sub(r"\{[^{}]*\}", "{}", part) for part in _segments(path))


def _segments(path: str) -> list[str]:
    return [part for part in re.split(r"[?#]", path)[0].split("/") if part]


def _ends_in_parameter(path: str) -> bool:
    segments = _segments(path)
    return bool(segments) and re.fullmatch(r"\{[^{}]*\}", segments[-1]) is not None


def _parents(path: str) -> Iterable[tuple[Key, int]]:
    segments, key = _segments(path), _key(path)
    for index, segment in enumerate(segments):
        if re.fullmatch(r"\{[^{}]*\}", segment):
            yield key[:index], index


def parameter_names(path: str, key: Key) -> Iterable[str]:
    """Names of the path parameters that stand for a resource of the collection `key`."""
    for parent, index in _parents(path):
        if parent == key:
            yield _segments(path)[index][1:-1]


def _verb(operation: OperationPlan, lists: bool, collections: Iterable[Key], readable: set[Key]) -> tuple[Verb, Key]:
    key = _key(operation.path)
    if _ends_in_parameter(operation.path):
        verbs = {"GET": Verb.READ, "PUT": Verb.REPLACE, "PATCH": Verb.UPDATE, "DELETE": Verb.DELETE}
        # A service that has no PATCH often changes a resource by POST.
        if operation.method == "POST" and key[:-1] in readable:
            return Verb.UPDATE, key[:-1]
        return verbs.get(operation.method, Verb.OTHER), key[:-1]
    if lists:
        return Verb.LIST, key
    if operation.method == "POST" and key in collections:
        return Verb.CREATE, key
    return Verb.OTHER, key


def _polled(details: Iterable[Operation]) -> dict[str, Polling]:
    """The operations that other operations name as those that tell a state."""
    return {
        detail.polling.status_operation: detail.polling
        for detail in details
        if detail.polling is not None and detail.polling.status_operation is not None
    }


def _is_exclusive(operation: OperationPlan) -> bool:
    extension = operation.node.get("x-speclient")
    pagination = extension.get("pagination") if extension is not None else None
    return pagination is not None and pagination.flag("exclusive")


def _collection(
    key: Key,
    own: Sequence[OperationPlan],
    below: Sequence[OperationPlan],
    found: Resources,
    requests: Validator,
    answers: Validator,
) -> CollectionPlan:
    roles = found.roles
    names = tuple(dict.fromkeys(name for each in below for name in parameter_names(each.path, key)))
    id_schemas = {
        parameter.schema: None
        for each in below
        for parameter in each.parameters
        if parameter.place == "path" and parameter.name in names and parameter.schema is not None
    }
    definitions = answers.table.definitions
    # A property with the name of a parameter further up in the path belongs to that parent.
    parents = [name for each in below for name in parameter_names(each.path, key)]
    above = {
        plain(segment[1:-1])
        for each in below
        for segment in _segments(each.path)[: len(key)]
        if segment.startswith("{") and segment.endswith("}") and segment[1:-1] not in parents
    }
    types = {
        kind
        for name in id_schemas
        for kind in navigate.json_types(requests.table.definitions, {"$ref": f"#/$defs/{name}"})
    }
    stated = next((role.pagination.identity for each in own if (role := roles[each.key]).pagination is not None), ())
    elements = _element(own, roles, answers)
    identity: str | None = None
    if elements is not None:
        identity = _identity(definitions, {"$ref": f"#/$defs/{elements.resource}"}, names, types, stated, key, above)
    place = _single(own, roles, answers, identity)
    if place is not None and (identity is None or identity not in _names(definitions, place)):
        identity = identity or _identity(
            definitions, {"$ref": f"#/$defs/{place.resource}"}, names, types, stated, key, above
        )
        place = _single(own, roles, answers, identity)
        if place is not None and identity not in _names(definitions, place) and elements is not None:
            place = elements
    place = place or elements
    verbs = frozenset(roles[each.key].verb for each in own)
    state = _state(own, below, found, place, definitions)
    filters = frozenset(
        plain(parameter.name) for each in own for parameter in each.parameters if parameter.place == "query"
    )
    listed = None
    if elements is not None and identity is not None:
        inner = navigate.inner_schema(definitions, {"$ref": f"#/$defs/{elements.resource}"}, [identity])
        listed = answers.table.add(elements.resource, f"listed_{identity}", inner) if inner is not None else None
    return CollectionPlan(key, verbs, identity, place, state, filters, listed, names, tuple(id_schemas))


def _names(definitions: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    return navigate.property_names(definitions, {"$ref": f"#/$defs/{place.resource}"})


def _element(own: Sequence[OperationPlan], roles: Mapping[str, Role], answers: Validator) -> Place | None:
    for operation in own:
        role = roles[operation.key]
        chosen = success(operation)
        media = json_media(chosen[1].media) if chosen is not None else None
        if role.verb is Verb.LIST and media is not None and media.schema is not None:
            return place_of(answers, media.schema, (*role.items, navigate.ITEM))
    return None


def _single(
    own: Sequence[OperationPlan], roles: Mapping[str, Role], answers: Validator, identity: str | None
) -> Place | None:
    """The place of the resource in the response of the operation that reads, creates or changes it."""
    for verb in (Verb.READ, Verb.CREATE, Verb.REPLACE, Verb.UPDATE):
        for operation in own:
            chosen = success(operation) if roles[operation.key].verb is verb else None
            media = json_media(chosen[1].media) if chosen is not None else None
            if media is None or media.schema is None:
                continue
            place = place_of(answers, media.schema, resource_steps(answers, media.schema, identity))
            if place is not None and _names(answers.table.definitions, place):
                return place
    return None


def _identity(
    definitions: Mapping[str, Any],
    schema: Any,
    parameters: Sequence[str],
    types: set[str],
    stated: Sequence[str],
    key: Key,
    above: set[str],
) -> str | None:
    """The property of a resource that the path names it by."""
    names = navigate.property_names(definitions, schema)
    if len(stated) == 1 and stated[0] in names:
        return stated[0]
    by_name = {plain(name): name for name in reversed(names) if plain(name) not in above}
    for parameter in parameters:
        if plain(parameter) in by_name:
            return by_name[plain(parameter)]
    singular = plain(key[-1]).removesuffix("s") if key else ""
    # `app_name` and `device_mac` say by their last word which property they mean.
    told = [word for each in parameters for word in words_of(each)[-1:] if word in by_name]
    usual = (*told, *_IDENTITIES[:5], f"{singular}id", *_IDENTITIES[5:])
    present = [by_name[each] for each in usual if each in by_name]

    def differs(name: str) -> tuple[bool, bool]:
        """Whether the path takes none, or not all, of the types of the property."""
        inner = navigate.inner_schema(definitions, schema, [name])
        own = navigate.json_types(definitions, inner) - {"null"}
        return bool(own and types) and not own & types, bool(types) and bool(own - types)

    fitting = [name for name in present if not differs(name)[0]]
    return min(fitting, key=differs, default=None)


def _state(
    own: Sequence[OperationPlan],
    below: Sequence[OperationPlan],
    found: Resources,
    place: Place | None,
    definitions: Mapping[str, Any],
) -> StatePlan | None:
    if place is None:
        return None
    schema = {"$ref": f"#/$defs/{place.resource}"}
    by_id = {detail.operation_id: detail for detail in found.details.values() if detail.operation_id is not None}
    own_keys = {each.key for each in own}
    for operation in (*own, *below):
        detail = found.details.get(operation.key)
        polling = detail.polling if detail is not None else None
        if polling is None:
            continue
        target = by_id.get(polling.status_operation) if polling.status_operation is not None else detail
        if target is None or target.key not in own_keys:
            continue
        steps = polling.status
        # The pointer of an operation leads through the body, and the resource may be inside of it.
        if polling.status_operation is None and steps[: len(place.steps)] == place.steps:
            steps = steps[len(place.steps) :]
        inner = navigate.inner_schema(definitions, schema, steps)
        if inner is not None:
            return replace(state_from_polling(polling, navigate.listed_values(definitions, inner)), steps=steps)
    for name in navigate.property_names(definitions, schema):
        inner = navigate.inner_schema(definitions, schema, [name])
        state = infer_state(name, navigate.listed_values(definitions, inner))
        if state is not None:
            return state
    return None
