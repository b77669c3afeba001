"""Responses as the document describes them: generated bodies, and refusals with their reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from speclient.mock.bodies import BodyMaker, Wish
from speclient.mock.messages import Request, Response, json_bytes, problem
from speclient.mock.negotiation import answer_for, preferred_media
from speclient.mock.plan import MediaPlan, OperationPlan, Planner, ResponsePlan
from speclient.openapi.media import MediaKind, essence_of
from speclient.values import CannotMakeError
from speclient.values.wanted import Wanted, error, named

REASON = "x-mock-reason"
"""The header with the reason of a refusal."""
UNDOCUMENTED = "x-mock-undocumented"
"""The header of a response that the document does not cover."""
_LONGEST_REASON = 300
_OF_RANGE = {"image/*": "image/png", "audio/*": "audio/mpeg", "video/*": "video/mp4"}
_BODILESS = (204, 205, 304)
# Headers about the transfer of the body belong to the transport.
_CARRIAGE = ("content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "date", "server")


@dataclass(slots=True)
class Responder:
    """Makes responses of operations; `seed` varies them."""

    planner: Planner
    seed: int
    bodies: BodyMaker = field(init=False)

    def __post_init__(self) -> None:
        self.bodies = BodyMaker(self.planner.answers)

    def generated(
        self,
        operation: OperationPlan,
        status: int,
        answer: ResponsePlan,
        request: Request,
        arguments: Mapping[str, Any],
        wanted: Wanted | None = None,
    ) -> Response:
        """A response whose body is generated for this request alone."""
        wish = self.wish(request, status, wanted or named(arguments))
        headers = self.headers(answer, wish)
        if not answer.media or status in _BODILESS or status < 200 or request.method.upper() == "HEAD":
            return Response(status, headers)
        trouble = ""
        example = _requested_example(request)
        for media in preferred_media(request, answer.media):
            schema = (
                chosen_schema(operation, arguments) if 200 <= status < 300 and media.kind is MediaKind.JSON else None
            )
            if schema is not None:
                # Examples belong to the whole union, and an open schema also allows those of other branches.
                media = replace(media, schema=schema, examples=())
            stated = dict(media.named).get(example) if example is not None else None
            if stated is not None and media.kind is MediaKind.JSON:
                return Response(status, (("content-type", sent_type(media)), *headers), json_bytes(stated))
            try:
                body = self.bodies.body(media, wish)
            except CannotMakeError as failure:
                trouble = trouble or str(failure)
                continue
            return Response(status, (("content-type", sent_type(media)), *headers), body)
        return problem(501, "No response could be generated", f"{operation.key}, status {status}: {trouble}")

    def requested(self, operation: OperationPlan, status: int, request: Request, reason: str) -> Response:
        """The documented response for a status; a problem document where it is not documented."""
        answer = answer_for(operation, status)
        if answer is None:
            return with_reason(problem(status, _phrase(status), reason), reason)
        wanted = None if status < 300 else error(status, reason)
        return self.generated(operation, status, answer, request, {}, wanted)

    def refuse(
        self,
        operation: OperationPlan,
        statuses: tuple[int, ...],
        request: Request,
        reason: str,
        headers: Iterable[tuple[str, str]] = (),
    ) -> Response:
        """A refusal: the first of the statuses that the operation documents, with the documented body.

        A status that the document does not cover gets a problem document and the header `X-Mock-Undocumented`.
        """
        reason = _hidden(reason, request)
        documented = {answer.status for answer in operation.answers}
        exact = [status for status in statuses if str(status) in documented]
        for status in (*exact, *(status for status in statuses if status not in exact)):
            answer = answer_for(operation, status)
            if answer is None:
                continue
            response = self.generated(operation, status, answer, request, {}, error(status, reason))
            if response.status != status:
                response = problem(status, _phrase(status), reason)
            known = {name.lower() for name, _ in response.headers}
            extra = tuple(pair for pair in headers if pair[0] not in known)
            return with_reason(replace(response, headers=(*response.headers, *extra)), reason)
        response = problem(statuses[0], _phrase(statuses[0]), reason, headers)
        return marked(with_reason(response, reason))

    def wish(self, request: Request, status: int, wanted: Wanted) -> Wish:
        """The seed of a response, and the values that its properties should have."""
        # Credentials and similar headers are ignored, so that responses are the same in every run.
        key = f"{self.seed}\0{request.method.upper()} {request.path}?{request.query}\0{status}\0{request.body!r}"
        return Wish(key, wanted)

    def headers(
        self, answer: ResponsePlan, wish: Wish, known: Mapping[str, str] | None = None
    ) -> tuple[tuple[str, str], ...]:
        """The documented headers of a response, with generated values; `known` replaces some."""
        given = {name.lower(): value for name, value in (known or {}).items()}
        found: list[tuple[str, str]] = []
        for name, schema in answer.headers:
            if name.lower() in given:
                continue
            # A made-up `Link` would lead nowhere.
            if name.lower() in (*_CARRIAGE, "link") or schema is None:
                continue
            try:
                value = self.bodies.value(schema, Wish(f"{wish.key}\0{name}"), hint=name)
            except CannotMakeError:
                continue
            text = _header_text(value)
            if text is not None:
                found.append((name, text))
        return (*found, *given.items())


def with_reason(response: Response, reason: str) -> Response:
    """The response with the header that tells the reason, in ASCII."""
    text = reason.encode("ascii", "backslashreplace").decode()
    text = re.sub(r"[^ -~]+", " ", text)[:_LONGEST_REASON].strip()
    return replace(response, headers=(*response.headers, (REASON, text)))


def marked(response: Response) -> Response:
    """The response with the header that says that the document does not cover it."""
    return replace(response, headers=(*response.headers, (UNDOCUMENTED, "true")))


def _hidden(reason: str, request: Request) -> str:
    """The reason without the credentials of the request."""
    for value in (request.header("authorization"), request.header("cookie"), request.header("x-api-key")):
        for part in (value or "").replace(";", " ").split():
            text = part.partition("=")[2] or part
            if len(text) > 5:
                reason = reason.replace(text, "[redacted]")
    return reason


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _requested_example(request: Request) -> str | None:
    """The name in `Prefer: example=name`."""
    found = re.search(r"(?:^|[,;\s])example\s*=\s*\"?([\w.-]+)", request.header("prefer") or "")
    return found[1] if found else None


def chosen_schema(operation: OperationPlan, arguments: Mapping[str, Any]) -> str | None:
    """The definition that `response-by` names for the value of its parameter."""
    choice = operation.choice
    if choice is None:
        return None
    value = arguments.get(choice.parameter)
    return next(
        (schema for case, schema in choice.cases if case is value or (type(case) is type(value) and case == value)),
        None,
    )


def sent_type(media: MediaPlan) -> str:
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


def media_for(media: Iterable[MediaPlan], sent: str) -> MediaPlan | None:
    """The documented media type of a request body that a sent one matches."""
    for plan in media:
        essence = essence_of(plan.name)
        main, _, sub = essence.partition("/")
        # `application/octet-stream` may stand for bytes of any range.
        fits_range = sent.startswith(f"{main}/") or sent == "application/octet-stream"
        if essence in (sent, "*/*") or (sub == "*" and fits_range):
            return plan
    return None
