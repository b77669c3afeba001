"""A mock service: requests are validated, responses are generated from the schemas."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from speclient.diagnostics import Sink
from speclient.document import Document, load
from speclient.mock.bodies import BodyMaker, Wish
from speclient.mock.credentials import challenge, is_authorized
from speclient.mock.messages import Request, Response, problem
from speclient.mock.negotiation import answer_for, preferred_media, requested_status, success
from speclient.mock.parameters import read_arguments
from speclient.mock.plan import MediaPlan, OperationPlan, ResponsePlan, make_planner
from speclient.mock.routes import Match, Routes
from speclient.openapi.media import MediaKind, essence_of, media_kind
from speclient.schema.validator import SchemaError
from speclient.values import CannotMakeError
from speclient.values.wanted import Wanted, error, named

_OF_RANGE = {"image/*": "image/png", "audio/*": "audio/mpeg", "video/*": "video/mp4"}
_BODILESS = (204, 205, 304)
# Headers about the transfer of the body belong to the transport.
_CARRIAGE = ("content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "date", "server")


class MockService:
    """Answers requests according to the document. Stateless: equal requests get equal responses.

    Args:
        document: an OpenAPI document, or its path.
        seed: varies the responses.

    Raises:
        FatalError: the path is not that of an OpenAPI document (SC001 to SC006).
    """

    def __init__(self, document: Document | Path | str, *, seed: int = 0) -> None:
        loaded = document if isinstance(document, Document) else load(Path(document), Sink())
        planner = make_planner(loaded)
        self.seed = seed
        self.operations: tuple[OperationPlan, ...] = planner.operations()
        self._routes = Routes(self.operations)
        self._requests = planner.requests
        self._bodies = BodyMaker(planner.answers)
        # Validators are created on first use, and threads share them.
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """The response to a request; never raises an exception because of the content of a request.

        404, 405, 401, 400, 415 and 422 describe an error in the request; 501 means that no valid response could be
        generated for a schema. The header `X-Mock-Status` (or `Prefer: code=429`) selects a documented status.
        """
        with self._lock:
            found = self._routes.find(request)
            if not isinstance(found, Match):
                return _nowhere(request, found)
            return self._operate(found, request)

    def _operate(self, match: Match, request: Request) -> Response:
        operation = match.operation
        arguments = read_arguments(match, request, self._requests)
        asked = requested_status(request)
        if asked is not None:
            answer = answer_for(operation, asked)
            if answer is None:
                return problem(501, "Status not documented", f"{operation.key} does not document the response {asked}")
            wanted = None if asked < 300 else error(asked, "This response was requested.")
            return self._answer(operation, asked, answer, request, arguments.values, wanted)
        if not is_authorized(operation, request):
            detail = f"{operation.key} requires credentials, and the request has no credentials"
            return self._refuse(operation, (401,), request, detail, challenge(operation))
        if arguments.faults:
            return self._refuse(operation, (400, 422), request, "; ".join(arguments.faults))
        fault = self._body_fault(operation, request)
        if fault is not None:
            return self._refuse(operation, fault[0], request, fault[1])
        chosen = success(operation)
        if chosen is None:
            return problem(501, "No response documented", f"{operation.key} does not document a successful response")
        return self._answer(operation, *chosen, request, arguments.values)

    def _body_fault(self, operation: OperationPlan, request: Request) -> tuple[tuple[int, ...], str] | None:
        """Statuses for a problem with the body, best first, and the reason."""
        if not operation.body:
            return None
        if not request.body:
            return ((400, 422), "the body is missing") if operation.body_required else None
        sent = essence_of(request.header("content-type") or "")
        media = _media_for(operation.body, sent)
        if media is None:
            return (415, 400), f"the media type {sent or 'none'!r} of the body is not documented"
        if media_kind(sent) is not MediaKind.JSON or media.kind not in (MediaKind.JSON, MediaKind.BYTES):
            return None
        try:
            value = json.loads(request.body)
        except (ValueError, RecursionError):
            return (400, 422), "the body is not JSON"
        if media.schema is None:
            return None
        try:
            violations = self._requests.violations_in(media.schema, value)
        except SchemaError:
            return None
        if not violations:
            return None
        first = violations[0]
        return (422, 400), f"the body violates its schema: {first.message} at {first.pointer!r}"

    def _answer(
        self,
        operation: OperationPlan,
        status: int,
        answer: ResponsePlan,
        request: Request,
        arguments: Mapping[str, Any],
        wanted: Wanted | None = None,
    ) -> Response:
        size = _size(operation, arguments)
        wish = Wish(self._key(request, status), wanted or named(arguments), operation.pagination, size)
        headers = list(self._headers(answer, wish))
        if not answer.media or status in _BODILESS or status < 200 or request.method.upper() == "HEAD":
            return Response(status, tuple(headers))
        trouble = ""
        for media in preferred_media(request, answer.media):
            schema = _chosen(operation, arguments) if 200 <= status < 300 and media.kind is MediaKind.JSON else None
            if schema is not None:
                # Examples belong to the whole union, and an open schema also allows those of other branches.
                media = replace(media, schema=schema, examples=())
            try:
                body = self._bodies.body(media, wish)
            except CannotMakeError as failure:
                trouble = trouble or str(failure)
                continue
            return Response(status, (("content-type", _sent_type(media)), *headers), body)
        return problem(501, "No response could be generated", f"{operation.key}, status {status}: {trouble}")

    def _refuse(
        self,
        operation: OperationPlan,
        statuses: tuple[int, ...],
        request: Request,
        detail: str,
        headers: Iterable[tuple[str, str]] = (),
    ) -> Response:
        """The first of the statuses that the operation documents with a body; else a problem document."""
        documented = {answer.status for answer in operation.answers}
        exact = [status for status in statuses if str(status) in documented]
        for status in (*exact, *(status for status in statuses if status not in exact)):
            answer = answer_for(operation, status)
            if answer is None or not answer.media:
                continue
            made = self._answer(operation, status, answer, request, {}, error(status, detail))
            if made.status == status:
                known = {name.lower() for name, _ in made.headers}
                extra = tuple(pair for pair in headers if pair[0] not in known)
                return Response(status, (*made.headers, *extra), made.body)
        status = exact[0] if exact else statuses[0]
        return problem(status, HTTPStatus(status).phrase, detail, headers)

    def _headers(self, answer: ResponsePlan, wish: Wish) -> Iterable[tuple[str, str]]:
        for name, schema in answer.headers:
            if name.lower() in _CARRIAGE or schema is None:
                continue
            try:
                value = self._bodies.value(schema, Wish(f"{wish.key}\0{name}"), hint=name)
            except CannotMakeError:
                continue
            text = _header_text(value)
            if text is not None:
                yield name, text

    def _key(self, request: Request, status: int) -> str:
        # Credentials and similar headers are ignored, so that responses are the same in every run.
        return f"{self.seed}\0{request.method.upper()} {request.path}?{request.query}\0{status}\0{request.body!r}"


def _nowhere(request: Request, methods: tuple[str, ...]) -> Response:
    if methods:
        allow = ", ".join(sorted(methods))
        return problem(
            405,
            "Method Not Allowed",
            f"{request.path} does not support {request.method}; supported: {allow}",
            (("allow", allow),),
        )
    return problem(404, "Not Found", f"no path of the document matches {request.path}")


def _size(operation: OperationPlan, members: Mapping[str, Any]) -> int | None:
    size = (
        members.get(operation.pagination.size)
        if operation.pagination is not None and operation.pagination.size
        else None
    )
    return size if isinstance(size, int) and not isinstance(size, bool) else None


def _chosen(operation: OperationPlan, members: Mapping[str, Any]) -> str | None:
    """The definition that `response-by` names for the value of its parameter."""
    choice = operation.choice
    if choice is None:
        return None
    value = members.get(choice.parameter)
    return next(
        (schema for case, schema in choice.cases if case is value or (type(case) is type(value) and case == value)),
        None,
    )


def _media_for(media: Iterable[MediaPlan], sent: str) -> MediaPlan | None:
    for plan in media:
        essence = essence_of(plan.name)
        main, _, sub = essence.partition("/")
        # `application/octet-stream` may stand for bytes of any range.
        fits_range = sent.startswith(f"{main}/") or sent == "application/octet-stream"
        if essence in (sent, "*/*") or (sub == "*" and fits_range):
            return plan
    return None


def _sent_type(media: MediaPlan) -> str:
    """The media type to send: a wildcard in the document becomes JSON, or bytes."""
    essence = media.name.split(";")[0].strip()
    if "*" not in essence:
        return media.name
    if essence.lower() in _OF_RANGE:
        return _OF_RANGE[essence.lower()]
    return (
        "application/json"
        if media.kind is MediaKind.JSON
        else "text/plain"
        if media.kind is MediaKind.TEXT
        else "application/octet-stream"
    )


def _header_text(value: Any) -> str | None:
    if isinstance(value, list):
        parts = [_header_text(each) for each in value]
        return ",".join(part for part in parts if part is not None)
    if isinstance(value, dict) or value is None:
        return None
    text = json.dumps(value) if not isinstance(value, str) else value
    return text if text.isascii() and text.isprintable() else None
