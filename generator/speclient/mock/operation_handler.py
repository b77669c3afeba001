"""What one operation does: check the request, change the store, and show the result in the documented body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

from speclient.build.pagination_words import bare
from speclient.document import Document
from speclient.mock.credentials import authorization_problem, challenge
from speclient.mock.forms import FormError, form_problem, read_form, typed_form
from speclient.mock.listing import CursorError, Inquiry, Shelf, Shown, page_of
from speclient.mock.messages import Request, Response, json_bytes, problem, read_json
from speclient.mock.negotiation import answer_for, is_acceptable, preferred_media, requested_status, success
from speclient.mock.page_bodies import PageBodies, replaced
from speclient.mock.parameters import read_arguments
from speclient.mock.plan import MediaPlan, OperationPlan, ResponsePlan
from speclient.mock.population import Resource
from speclient.mock.resources import CollectionPlan, Place, Role, Verb, place_of, resource_steps
from speclient.mock.respond import Responder, chosen_schema, media_for, sent_type, with_reason
from speclient.mock.routes import Match
from speclient.mock.store import Items, Store
from speclient.openapi.media import MediaKind, essence_of, media_kind
from speclient.schema import marks, navigate
from speclient.schema.validator import SchemaError
from speclient.values import CannotMakeError
from speclient.values.wanted import named, plain

_MOST_SHELVES = 200
_ENDING = ("cancel", "abort", "stop", "kill", "terminate")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A response, the definition of its JSON body, the arguments, and whether an equal request gets the same."""

    response: Response
    schema: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    is_stable: bool = False


@dataclass(slots=True)  # Not frozen: there is one per request, and a frozen one takes three times as long to create.
class _Visit:
    """One request that passed all checks, and the response that it is going to get."""

    match: Match
    request: Request
    role: Role
    arguments: Mapping[str, Any]
    status: int
    answer: ResponsePlan
    media: MediaPlan | None
    schema: str | None
    """Definition of the body, where it is JSON."""
    page_fault: str | None

    @property
    def operation(self) -> OperationPlan:
        return self.match.operation


@dataclass(slots=True)
class OperationHandler:
    """Performs operations on a store."""

    document: Document
    store: Store
    responder: Responder
    _places: dict[tuple[str, tuple[str, ...]], Place | None] = field(
        default_factory=dict[tuple[str, "tuple[str, ...]"], "Place | None"]
    )
    _shelves: dict[tuple[int, str], tuple[Items, int, Shelf]] = field(
        default_factory=dict[tuple[int, str], "tuple[Items, int, Shelf]"]
    )
    pages: PageBodies = field(init=False)

    def __post_init__(self) -> None:
        self.pages = PageBodies(self.responder)

    def arguments(self, match: Match, request: Request) -> Mapping[str, Any]:
        """The decoded parameters of a request, with defaults."""
        return read_arguments(match, request, self.responder.planner.requests).values

    def respond(
        self,
        match: Match,
        request: Request,
        accepted: frozenset[str] | None,
        refused: frozenset[str],
        page_fault: str | None = None,
    ) -> Outcome:
        """The response to a request for an operation."""
        operation = match.operation
        responder = self.responder
        sent = read_arguments(match, request, responder.planner.requests)
        asked = requested_status(request)
        if asked is not None:
            if answer_for(operation, asked) is None:
                detail = f"{operation.key} does not document the response {asked}"
                return Outcome(with_reason(problem(501, "Status not documented", detail), detail), None, sent.values)
            return Outcome(
                responder.requested(operation, asked, request, "This response was requested."), None, sent.values, True
            )

        def refuse(statuses: tuple[int, ...], reason: str, headers: tuple[tuple[str, str], ...] = ()) -> Outcome:
            return Outcome(responder.refuse(operation, statuses, request, reason, headers), None, sent.values, True)

        trouble = authorization_problem(operation, request, accepted, refused)
        if trouble is not None:
            return refuse((401, 403), trouble, challenge(operation))
        if sent.faults:
            return refuse((400, 422), "; ".join(sent.faults))
        fault = self._body_fault(operation, request)
        if fault is not None:
            return refuse(*fault)
        chosen = success(operation)
        if chosen is None:
            detail = f"{operation.key} does not document a successful response"
            return Outcome(problem(501, "No response documented", detail), None, sent.values)
        status, answer = chosen
        role = self.store.resources.roles[operation.key]
        missing = self._missing_parent(match, role)
        if missing is not None:
            return refuse((404,), missing)
        if answer.media and not is_acceptable(request, answer.media):
            offered = ", ".join(media.name for media in answer.media)
            return refuse((406,), f"Accept allows none of the documented media types: {offered}")
        media = next(iter(preferred_media(request, answer.media)), None)
        schema = None
        if media is not None and media.kind is MediaKind.JSON:
            schema = chosen_schema(operation, sent.values) or media.schema
        visit = _Visit(match, request, role, sent.values, status, answer, media, schema, page_fault)
        try:
            return self._perform(visit) or self._alone(visit)
        except CursorError as wrong:
            return refuse((400, 422), str(wrong))
        except _Unknown as wrong:
            return refuse((404,), str(wrong))
        except _Conflict as wrong:
            return refuse((409, 400, 422), str(wrong))

    # Checks

    def _body_fault(self, operation: OperationPlan, request: Request) -> tuple[tuple[int, ...], str] | None:
        """Statuses for a problem with the body, best first, and the reason."""
        if not operation.body:
            return None
        if not request.body:
            return ((400, 422), "the body is missing") if operation.body_required else None
        content_type = request.header("content-type") or ""
        sent = essence_of(content_type)
        media = media_for(operation.body, sent)
        if media is None:
            return (415, 400), f"the media type {sent or 'none'!r} of the body is not documented"
        requests = self.responder.planner.requests
        if media.kind in (MediaKind.FORM, MediaKind.MULTIPART):
            try:
                fields = read_form(content_type, request.body)
            except FormError as wrong:
                return (400, 422), str(wrong)
            value = typed_form(requests, media.schema, fields) if media.schema is not None else None
            reason = form_problem(requests, media.schema, value) if value is not None and media.schema else None
            return ((422, 400), f"the body violates its schema: {reason}") if reason is not None else None
        if media_kind(sent) is not MediaKind.JSON or media.kind not in (MediaKind.JSON, MediaKind.BYTES):
            return None
        try:
            value = read_json(request.body)
        except UnicodeDecodeError:
            return (400, 422), "the body is not JSON: it is not UTF-8"
        except (ValueError, RecursionError) as wrong:
            return (400, 422), f"the body is not JSON: {str(wrong)[:100]}"
        if media.schema is None:
            return None
        value = self._writable(media.schema, value)
        try:
            violations = requests.violations_in(media.schema, value)
        except SchemaError:
            return None
        if not violations:
            return None
        first = violations[0]
        return (422, 400), f"the body violates its schema: {first.message} at {first.pointer!r}"

    def _writable(self, schema: str, value: Any) -> Any:
        """The body of a request without the properties that the service assigns (`readOnly`): they are ignored."""
        definitions = self.responder.planner.requests.table.definitions
        return navigate.without_marked(definitions, {"$ref": f"#/$defs/{schema}"}, value, marks.OMIT)

    def _missing_parent(self, match: Match, role: Role) -> str | None:
        """The reason for 404 when the path names a resource above the one in question that does not exist."""
        own = role.verb in (Verb.READ, Verb.REPLACE, Verb.UPDATE, Verb.DELETE)
        parents = role.parents[:-1] if own and role.parents else role.parents
        for key, index in parents:
            plan = self.store.resources.collections.get(key)
            if plan is None or plan.place is None:
                continue
            if not plan.is_discoverable and not (plan.has_resources and answer_for(match.operation, 404) is not None):
                continue
            items = self.store.items(key, self._scope(match, key))
            identity = self._segment(match, index)
            if items.is_stored and identity not in items.by_id:
                return _no_such(items, identity)
        return None

    def _segment(self, match: Match, index: int) -> str:
        segments = [part for part in match.operation.path.split("?")[0].split("#")[0].split("/") if part]
        raw = dict(match.values).get(segments[index][1:-1], "")
        return unquote(raw)

    def _scope(self, match: Match, key: Sequence[str]) -> dict[str, str]:
        """The path parameters above a collection, by name."""
        segments = [part for part in match.operation.path.split("?")[0].split("#")[0].split("/") if part]
        values = dict(match.values)
        return {
            segment[1:-1]: unquote(values.get(segment[1:-1], ""))
            for segment in segments[: len(key)]
            if segment.startswith("{") and segment.endswith("}")
        }

    # Effects

    def _perform(self, visit: _Visit) -> Outcome | None:
        """The outcome of an operation on the store; None when the response has to be generated on its own."""
        match visit.role.verb:
            case Verb.LIST:
                return self._list(visit)
            case Verb.READ:
                return self._read(visit)
            case Verb.CREATE:
                return self._create(visit)
            case Verb.UPDATE | Verb.REPLACE:
                return self._update(visit)
            case Verb.DELETE:
                return self._delete(visit)
            case _:
                return self._other(visit)

    def _alone(self, visit: _Visit) -> Outcome:
        response = self.responder.generated(visit.operation, visit.status, visit.answer, visit.request, visit.arguments)
        return Outcome(response, visit.schema, visit.arguments, visit.request.method.upper() in ("GET", "HEAD"))

    def _items(self, visit: _Visit) -> Items | None:
        plan = self.store.resources.collections.get(visit.role.collection)
        if plan is None or plan.place is None:
            return None
        items = self.store.items(plan.key, self._scope(visit.match, plan.key))
        return items if items.is_stored else None

    def _list(self, visit: _Visit) -> Outcome | None:
        items = self._items(visit)
        if items is None or visit.schema is None or visit.media is None:
            return None
        role = visit.role
        place = self._place(visit.schema, (*role.items, navigate.ITEM))
        if place is None:
            return None
        if role.polled or self.store.is_timed:
            self.store.refresh_all(items)
        shelf = self._shelf(items, place)
        if shelf is None:
            return None
        inquiry = Inquiry(
            visit.operation, role, self._page_arguments(visit),
            f"{visit.request.origin}{visit.request.path}", visit.request.query,
            takes=partial(self._takes, visit.operation),
            stuck=visit.page_fault == "stuck", overlap=1 if visit.page_fault == "overlap" else 0,
        )  # fmt: skip
        page = page_of(inquiry, shelf)
        body = self.pages.body(role, place, page, visit.arguments)
        if body is None:
            return None
        polled = page.items if role.polled and (role.polls_page or len(page.items) == 1) else []
        moving = [each.resource for each in polled if self.store.is_moving(each.resource)]
        for resource in moving:
            self.store.polled(items, resource)
        return self._shown(visit, body, dict(page.headers), stable=not moving and not self.store.is_timed)

    def _shelf(self, items: Items, place: Place) -> Shelf | None:
        """The resources as a listing shows them; kept until something changes."""
        key = (id(items), place.resource)
        known = self._shelves.get(key)
        if known is not None and known[0] is items and known[1] == self.store.version:
            return known[2]
        try:
            values = [(each, self.store.population.view(each, items.plan, place.resource)) for each in items]
        except CannotMakeError:
            return None
        shelf = Shelf([Shown(resource, value, json_bytes(value)) for resource, value in values])
        if len(self._shelves) > _MOST_SHELVES:
            self._shelves.clear()
        self._shelves[key] = (items, self.store.version, shelf)
        return shelf

    def _read(self, visit: _Visit) -> Outcome | None:
        items = self._items(visit)
        if items is None:
            return None
        resource = self._resource(visit, items)
        if resource is None:
            return None
        self.store.refresh(items.plan, resource)
        body = self._single(visit, items.plan, resource)
        if body is None:
            return None
        body = self._reflected(visit, items.plan, body)
        moving = self.store.is_moving(resource)
        if moving:
            self.store.polled(items, resource)
        return self._shown(visit, body, stable=not moving)

    def _reflected(self, visit: _Visit, plan: CollectionPlan, body: Any) -> Any:
        """The body with the values of query parameters in properties of their names, as a selection would show it."""
        state = plan.state.steps[:1] if plan.state is not None else ()
        sent = {unquote(pair.partition("=")[0]) for pair in visit.request.query.split("&")}
        values = {plain(name): value for name, value in visit.arguments.items() if name in sent}
        if not isinstance(body, dict) or visit.schema is None or not plan.filters & set(values):
            return body
        changes = {
            name: values[plain(name)]
            for name in body
            if plain(name) in plan.filters and plain(name) in values and (name,) != state and name != plan.identity
        }
        return self.store.population.overlay(visit.schema, body, changes)

    def _resource(self, visit: _Visit, items: Items, *, create: bool = False) -> Resource | None:
        """The resource that the path names; created where any identity is accepted.

        Raises:
            _Unknown: it does not exist.
        """
        identity = self._segment(visit.match, visit.role.parents[-1][1])
        resource = items.by_id.get(identity)
        if resource is not None:
            return resource
        is_documented = answer_for(visit.operation, 404) is not None
        if not create and (items.plan.is_discoverable or is_documented):
            raise _Unknown(_no_such(items, identity))
        return self.store.create(items, identity)

    def _create(self, visit: _Visit) -> Outcome | None:
        items = self._items(visit)
        if items is None:
            return None
        sent = self._sent(visit, items.plan)
        identity = sent.get(items.plan.identity) if items.plan.identity is not None else None
        text = str(identity) if isinstance(identity, (str, int)) and not isinstance(identity, bool) else None
        if text is not None and text in items.by_id and answer_for(visit.operation, 409) is not None:
            raise _Conflict(f"{text} exists already")
        resource = self.store.create(items, text if text and text not in items.by_id else None)
        if resource is None:
            return None
        self.store.change(items, resource, sent)
        location = f"{visit.request.origin}{visit.request.path.rstrip('/')}/{quote(resource.id, safe='')}"
        known = {"location": location} if any(name.lower() == "location" for name, _ in visit.answer.headers) else {}
        return self._result(visit, items.plan, resource, known)

    def _update(self, visit: _Visit) -> Outcome | None:
        items = self._items(visit)
        if items is None:
            return None
        can_create = visit.role.verb is Verb.REPLACE and any(each.status == "201" for each in visit.operation.answers)
        resource = self._resource(visit, items, create=can_create)
        if resource is None:
            return None
        sent = self._sent(visit, items.plan)
        gone = self._replaced(visit, items.plan, sent) if visit.role.verb is Verb.REPLACE else ()
        self.store.change(items, resource, sent, gone)
        return self._result(visit, items.plan, resource)

    def _replaced(self, visit: _Visit, plan: CollectionPlan, sent: Mapping[str, Any]) -> Sequence[str]:
        """Properties that a complete new version leaves out."""
        media = next((each for each in visit.operation.body if each.schema is not None), None)
        if media is None or media.schema is None or not sent:
            return ()
        names = navigate.property_names(
            self.responder.planner.requests.table.definitions, {"$ref": f"#/$defs/{media.schema}"}
        )
        return [name for name in names if name not in sent and name != plan.identity]

    def _delete(self, visit: _Visit) -> Outcome | None:
        items = self._items(visit)
        if items is None:
            return None
        resource = self._resource(visit, items)
        if resource is None:
            return None
        outcome = self._result(visit, items.plan, resource)
        self.store.remove(items, resource)
        return outcome

    def _other(self, visit: _Visit) -> Outcome | None:
        """An operation below a resource: one that ends a job ends it, and a resource is shown as it is."""
        if not visit.role.parents:
            return None
        key, index = visit.role.parents[-1]
        plan = self.store.resources.collections.get(key)
        if plan is None or plan.place is None or index != len(visit.role.collection) - 2:
            return None
        items = self.store.items(key, self._scope(visit.match, key))
        resource = items.by_id.get(self._segment(visit.match, index))
        if not items.is_stored or resource is None:
            return None
        word = bare(visit.role.collection[-1])
        if plan.state is not None and visit.request.method.upper() != "GET" and word.startswith(_ENDING):
            ends = [each for each in plan.state.failure if bare(str(each))[:4] == word[:4]] or plan.state.failure[:1]
            if ends and not plan.state.is_final(self.store.state(plan, resource)):
                self.store.change(items, resource, {plan.state.steps[0]: ends[0]})
                self.store.population.settle(plan, resource, ends[0])
        shown = self._place(visit.schema, ()) if visit.schema is not None else None
        if shown is not None and shown.resource == plan.place.resource:
            return self._result(visit, plan, resource)
        return None

    def _page_arguments(self, visit: _Visit) -> Mapping[str, Any]:
        """The arguments that choose a page: parameters, and properties of the body where one holds the cursor."""
        pagination = visit.role.pagination
        if pagination is None or not pagination.in_body:
            return visit.arguments
        try:
            body = read_json(visit.request.body)
        except (ValueError, RecursionError):
            return visit.arguments
        return {**body, **visit.arguments} if isinstance(body, dict) else visit.arguments

    def _sent(self, visit: _Visit, plan: CollectionPlan) -> dict[str, Any]:
        """The properties in the body of the request."""
        request = visit.request
        content_type = request.header("content-type") or ""
        kind = media_kind(essence_of(content_type))
        value: Any = None
        media = media_for(visit.operation.body, essence_of(content_type))
        if kind is MediaKind.JSON:
            try:
                value = read_json(request.body)
            except (ValueError, RecursionError):
                return {}
        elif kind in (MediaKind.FORM, MediaKind.MULTIPART):
            try:
                fields = read_form(content_type, request.body)
            except FormError:
                return {}
            if media is not None and media.schema is not None:
                value = typed_form(self.responder.planner.requests, media.schema, fields)
        if media is not None and media.schema is not None:
            value = self._writable(media.schema, value)
        for step in plan.place.steps if plan.place is not None else ():
            if isinstance(value, dict) and isinstance(value.get(step), dict):
                value = value[step]
        return self.store.population.stored(plan, value) if isinstance(value, dict) else {}

    # Bodies

    def _place(self, body: str, steps: tuple[str, ...]) -> Place | None:
        key = (body, steps)
        if key not in self._places:
            self._places[key] = place_of(self.responder.planner.answers, body, steps)
        return self._places[key]

    def _result(
        self, visit: _Visit, plan: CollectionPlan, resource: Resource, headers: Mapping[str, str] | None = None
    ) -> Outcome | None:
        """The response to a change: the resource if the document describes one, else a generated body."""
        if visit.media is None or visit.schema is None:
            wish = self.responder.wish(visit.request, visit.status, named(visit.arguments))
            response = self.responder.generated(
                visit.operation, visit.status, visit.answer, visit.request, visit.arguments
            )
            if headers:
                body_type = response.header("content-type")
                pairs = (("content-type", body_type),) if body_type is not None else ()
                response = replace(response, headers=(*pairs, *self.responder.headers(visit.answer, wish, headers)))
            return Outcome(response, None, visit.arguments)
        body = self._single(visit, plan, resource)
        return None if body is None else self._shown(visit, body, headers)

    def _single(self, visit: _Visit, plan: CollectionPlan, resource: Resource) -> Any | None:
        """The body that shows one resource."""
        if visit.schema is None or visit.media is None:
            return None
        answers = self.responder.planner.answers
        steps = (
            plan.place.steps
            if plan.place is not None and plan.place.body == visit.schema and navigate.ITEM not in plan.place.steps
            else resource_steps(answers, visit.schema, plan.identity)
        )
        place = self._place(visit.schema, steps)
        if place is None:
            return None
        try:
            value = self.store.population.view(resource, plan, place.resource)
            if not steps:
                return value
            template = self.pages.template(visit.schema, steps)
        except CannotMakeError:
            return None
        body = replaced(template, steps, value)
        return body if answers.admits(visit.schema, body) else None

    def _takes(self, operation: OperationPlan, name: str | None, value: Any) -> bool:
        """Whether a parameter takes a value."""
        schema = next((each.schema for each in operation.parameters if each.name == name), None)
        return schema is None or self.responder.planner.requests.admits(schema, value)

    def _shown(
        self, visit: _Visit, body: Any, headers: Mapping[str, str] | None = None, *, stable: bool = False
    ) -> Outcome:
        assert visit.media is not None
        wish = self.responder.wish(visit.request, visit.status, named(visit.arguments))
        documented = self.responder.headers(visit.answer, wish, headers)
        response = Response(
            visit.status, (("content-type", sent_type(visit.media)), *documented),
            b"" if visit.request.method.upper() == "HEAD" else body if isinstance(body, bytes) else json_bytes(body),
        )  # fmt: skip
        return Outcome(response, visit.schema, visit.arguments, stable)


class _Unknown(Exception):
    """The path names a resource that does not exist."""


class _Conflict(Exception):
    """The resource exists already."""


def _no_such(items: Items, identity: str) -> str:
    known = ", ".join(list(items.by_id)[:3])
    advice = f"; some that exist: {known}" if known else ""
    return f"{items.plan.name} has no {identity!r}{advice}"
