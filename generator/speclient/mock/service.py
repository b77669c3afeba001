"""A mock service: requests are checked, resources are kept, and responses follow the document."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from speclient.diagnostics import FatalError, Sink, did_you_mean, render_text
from speclient.document import Document, load
from speclient.mock.credentials import sent_credentials
from speclient.mock.faults import Fault, FaultError, On, Rules, Target, checked_number
from speclient.mock.journal import Call, Journal
from speclient.mock.lifecycles import Clock, real_clock
from speclient.mock.messages import Delivery, Request, Response, problem
from speclient.mock.operation_handler import OperationHandler, Outcome
from speclient.mock.plan import OperationPlan, make_planner
from speclient.mock.population import Population
from speclient.mock.recording import Recording, read_recording
from speclient.mock.resources import Key, Resources, Verb, find_resources
from speclient.mock.respond import Responder, marked, with_reason
from speclient.mock.routes import Match, Routes
from speclient.mock.states import State
from speclient.mock.store import Store, StoreError

_LARGEST_SIZE = 100_000
_CACHED = 2000
"""Responses that are reused."""
_VARYING = ("authorization", "accept", "prefer", "x-mock-status", "content-type", "cookie")


def _loaded(path: Path) -> Document:
    try:
        return load(path, Sink())
    except FatalError as failure:
        failure.add_note(render_text([failure.diagnostic]))
        raise


class UnknownOperation(LookupError):
    """The document has no operation of that name."""


class Mock:
    """A service in memory, made from an OpenAPI document. Threads may share it.

    Args:
        document: an OpenAPI document, or its path.
        seed: varies all generated values.
        size: resources of each collection.
        polls: polls that each state of a job lasts, where no test started a lifecycle; 0 lets jobs never change.
        token: the only token, API key or password that is accepted; any other than these gets 401. By default any is
            accepted.
        clock: the time in seconds, for lifecycles; `ManualClock` for tests.

    Raises:
        FatalError: the path is not that of an OpenAPI document (SC001 to SC006).
        ValueError: `size` or `polls` is not valid.
    """

    def __init__(
        self,
        document: Document | Path | str,
        *,
        seed: int = 0,
        size: int = 60,
        polls: int = 1,
        token: str | Iterable[str] | None = None,
        clock: Clock = real_clock,
    ) -> None:
        loaded = document if isinstance(document, Document) else _loaded(Path(document))
        self.document = loaded
        self.seed = seed
        self.size = int(checked_number("size", size, 0, _LARGEST_SIZE, whole=True))
        self.polls = int(checked_number("polls", polls, 0, 10**6, whole=True))
        self.clock = clock
        self._accepted = None if token is None else frozenset([token] if isinstance(token, str) else token)
        self._planner = make_planner(loaded)
        self.operations: tuple[OperationPlan, ...] = self._planner.operations()
        self._routes = Routes(self.operations)
        names = {scheme.name.lower() for each in self.operations for group in each.security for scheme in group}
        self.journal = Journal(frozenset(names))
        self._varying = frozenset(
            {*_VARYING, *names}
            | {
                each.name.lower()
                for operation in self.operations
                for each in operation.parameters
                if each.place == "header"
            }
        )
        # Validators are created on first use, and threads share them.
        self._lock = threading.RLock()
        self.responder = Responder(self._planner, seed)
        self._resources: Resources | None = None
        self.reset()

    def reset(self, *, seed: int | None = None) -> None:
        """Forget all changes, faults, lifecycles and calls; `seed` replaces the seed."""
        with self._lock:
            if seed is not None:
                self.seed = self.responder.seed = seed
            self.rules = Rules(self.seed)
            self.journal.clear()
            self._counts: dict[str, int] = {}
            self._refused: frozenset[str] = frozenset()
            self._cache: dict[Any, tuple[int, Response, str, Mapping[str, Any]]] = {}
            self._handler: OperationHandler | None = None
            self._recording: Recording | None = None
            self._begin = self.clock()

    @property
    def handler(self) -> OperationHandler:
        """What the operations do; prepared when the first request arrives."""
        with self._lock:
            if self._handler is None:
                if self._resources is None:
                    self._resources = find_resources(
                        self.document, self.operations, self._planner.requests, self._planner.answers
                    )
                population = Population(
                    self._planner.answers, self._planner.requests, self.responder.bodies.values, self.seed
                )
                store = Store(self._resources, population, self.clock, self.size, self.polls)
                self._handler = OperationHandler(self.document, store, self.responder)
            return self._handler

    @property
    def store(self) -> Store:
        """The resources."""
        return self.handler.store

    # Requests

    def handle(self, request: Request) -> Response:
        """The response to a request; never raises an exception because of the content of a request."""
        if "?" in request.path:
            path, _, query = request.path.partition("?")
            request = replace(request, path=path, query="&".join(filter(None, (query, request.query))))
        with self._lock:
            key = self._cache_key(request)
            cached = self._cache.get(key) if self._recording is None else None
            if cached is not None and cached[0] == self.store.version and not self.rules.rules:
                _, response, name, arguments = cached
                self._record(name, request, response, arguments)
                return response
            recorded = self._recording.next(request) if self._recording is not None else None
            if recorded is not None:
                found = self._routes.find(request)
                self._record(found.operation.name if isinstance(found, Match) else None, request, recorded, {})
                return recorded
            return self._handle(request, key)

    def _cache_key(self, request: Request) -> Any:
        varying = self._varying
        return (
            request.method,
            request.path,
            request.query,
            request.origin,
            request.body,
            tuple(pair for pair in request.headers if pair[0].lower() in varying),
        )

    def _handle(self, request: Request, key: Any) -> Response:
        found = self._routes.find(request)
        if not isinstance(found, Match):
            response = _nowhere(request, found)
            self._record(None, request, response, {})
            return response
        name = found.operation.name
        number = self._counts.get(name, 0) + 1
        fault = self.rules.fault(name, number)
        handler = self.handler
        before = handler.store.version
        if fault is not None and fault.is_refusal:
            outcome = Outcome(self._refusal(fault, found.operation, request), None, handler.arguments(found, request))
        else:
            outcome = handler.respond(found, request, self._accepted, self._refused, fault.page if fault else None)
        response = outcome.response
        if fault is not None:
            response = self._faulty(fault, found.operation, request, response, outcome.schema)
        elif outcome.is_stable and before == handler.store.version and response.status < 500:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[key] = (handler.store.version, response, name, outcome.arguments)
        self._record(name, request, response, outcome.arguments, fault)
        return response

    def _refusal(self, fault: Fault, operation: OperationPlan, request: Request) -> Response:
        """The response in place of an operation that is not performed."""
        if fault.expires:
            self._refused |= sent_credentials(operation, request)
            return self.responder.refuse(operation, (401, 403), request, "the token has expired")
        if fault.response is not None:
            return fault.response
        assert fault.status is not None
        return self.responder.requested(operation, fault.status, request, "this response was injected")

    def _faulty(
        self, fault: Fault, operation: OperationPlan, request: Request, response: Response, schema: str | None
    ) -> Response:
        if fault.change is not None:
            rng = Random(f"{self.seed}\0{request.path}")
            try:
                response = fault.change(Target(response, self._planner.answers, schema, rng))
            except FaultError as trouble:
                return problem(501, "Fault not possible", f"{operation.name}: {fault.name}: {trouble}")
        names = {name for name, _ in fault.headers}
        headers = (*(pair for pair in response.headers if pair[0].lower() not in names), *fault.headers)
        return replace(
            response, headers=(*headers, ("x-mock-fault", fault.name)), delivery=fault.delivery or Delivery()
        )

    def _record(
        self,
        name: str | None,
        request: Request,
        response: Response,
        arguments: Mapping[str, Any],
        fault: Fault | None = None,
    ) -> None:
        number = 0
        if name is not None:
            number = self._counts[name] = self._counts.get(name, 0) + 1
        when = self.clock() - self._begin
        self.journal.add(Call(name, number, request, response, arguments, when, fault.name if fault else None))

    # For tests

    def on(self, operation: str | None = None) -> On:
        """The calls of an operation (of all operations by default), to give them faults.

        `mock.on("listRuns").respond(503, 503, OK)` lets the first two calls fail.

        Raises:
            UnknownOperation: the document has no such operation.
        """
        return On(self.rules, None if operation is None else self.operation(operation).name)

    def operation(self, name: str) -> OperationPlan:
        """The operation with an operationId, or written as `GET /path`.

        Raises:
            UnknownOperation: the document has no such operation; the message suggests a similar one.
        """
        for each in self.operations:
            if name in (each.name, each.key):
                return each
        hint = did_you_mean(name, [each.name for each in self.operations])
        raise UnknownOperation(f"no operation {name!r}{hint}")

    def calls(self, operation: str | None = None) -> list[Call]:
        """The calls of an operation, or all, in order."""
        return self.journal.of(None if operation is None else self.operation(operation).name)

    def assert_called(self, operation: str, times: int | None = None) -> None:
        """See `Journal.assert_called`."""
        self.journal.assert_called(self.operation(operation).name, times)

    def assert_called_with(self, operation: str, **wanted: Any) -> None:
        """See `Journal.assert_called_with`."""
        self.journal.assert_called_with(self.operation(operation).name, **wanted)

    def assert_order(self, *operations: str) -> None:
        """See `Journal.assert_order`."""
        self.journal.assert_order(*(self.operation(each).name for each in operations))

    def collection(self, name: str) -> Key:
        """The key of a collection: by its path (`/runs`), or by an operation that is about it.

        Raises:
            UnknownOperation: no collection or operation has the name.
        """
        store = self.store
        for key, plan in store.resources.collections.items():
            if plan.name == name:
                return key
        operation = self.operation(name)
        role = store.resources.roles[operation.key]
        if role.collection in store.resources.collections:
            return role.collection
        raise UnknownOperation(f"{name} is not about a collection")

    def ids(self, operation: str, **scope: str | int) -> list[str]:
        """The identities of the resources of a collection; `scope` names path parameters above it."""
        with self._lock:
            key = self.collection(operation)
            return list(self.store.items(key, {name: str(value) for name, value in scope.items()}).by_id)

    def add(
        self,
        operation: str,
        data: Mapping[str, Any] | None = None,
        *,
        id: str | int | None = None,
        **scope: str | int,
    ) -> dict[str, Any]:
        """Add a resource to a collection, or change one, and return the complete object.

        Args:
            operation: an operation on the collection, or its path.
            data: properties; the others are generated.
            id: the identity, if `data` does not contain it.
            scope: path parameters above the collection.

        Raises:
            StoreError: the schema does not allow the properties.
            ValueError: `id` or `data` is not valid.
        """
        with self._lock:
            values = {name: str(value) for name, value in scope.items()} if scope else None
            if data is not None and not isinstance(data, Mapping):
                raise ValueError(f"data: expected an object, got {data!r}")
            return dict(self.store.add(self.collection(operation), data or {}, values, _identity(id)).data)

    def lifecycle(
        self,
        operation: str,
        states: Sequence[State] | None = None,
        *,
        id: str | int | None = None,
        polls: int = 1,
        seconds: float | None = None,
    ) -> None:
        """Start a lifecycle: of one resource, or of all resources of a collection.

        Args:
            operation: an operation that reads, lists or waits for the resources, or the path of the collection.
            states: the states in their order; by default from the first to success.
            id: the resource; it is created if it does not exist.
            polls: requests for the resource that each state lasts.
            seconds: the time that each state lasts, by the clock of the mock, in place of `polls`.

        Raises:
            StoreError: the collection has no states, or not these.
            ValueError: `polls`, `seconds` or `id` is not valid.
        """
        checked_number("polls", polls, 1, 10**6, whole=True)
        if seconds is not None:
            checked_number("seconds", seconds, 0, 10**9)
        identity = _identity(id)
        with self._lock:
            key = self._states_key(operation)
            plan = self.store.resources.collections[key].state
            if plan is None:
                raise StoreError(f"{operation} has no property with the state of a job")
            way = tuple(states) if states is not None else (*plan.running, *plan.success[:1])
            self.store.start(key, way, polls=polls, seconds=seconds, identity=identity)

    def _states_key(self, operation: str) -> Key:
        """The collection whose resources have the states that an operation waits for."""
        store = self.store
        plan = next((each for each in self.operations if operation in (each.name, each.key)), None)
        detail = store.resources.details.get(plan.key) if plan is not None else None
        polling = detail.polling if detail is not None else None
        return self.collection(polling.status_operation if polling and polling.status_operation else operation)

    def replay(self, path: Path | str) -> None:
        """Respond with recorded responses where a recording has the request; see `RecordingTransport`.

        Raises:
            RecordingError: the file is not a recording.
        """
        with self._lock:
            self._recording = read_recording(path)

    def undocumented(self) -> list[Call]:
        """The calls whose response the document does not cover."""
        return [call for call in self.journal.calls if call.response.header("x-mock-undocumented") is not None]

    def verbs(self) -> dict[str, Verb]:
        """What each operation does to the store, by its name."""
        roles = self.store.resources.roles
        return {each.name: roles[each.key].verb for each in self.operations}


def _nowhere(request: Request, methods: tuple[str, ...]) -> Response:
    if methods:
        allow = ", ".join(sorted(methods))
        reason = f"{request.path} does not support {request.method}; supported: {allow}"
        response = problem(405, "Method Not Allowed", reason, (("allow", allow),))
    else:
        reason = f"no path of the document matches {request.path}"
        response = problem(404, "Not Found", reason)
    return marked(with_reason(response, reason))


def _identity(value: object) -> str | None:
    """The identity as text."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise ValueError(f"id: expected a string or an integer, got {value!r}")
    return str(value)
