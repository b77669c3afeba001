"""Responses to values or exceptions, without I/O."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from importlib import import_module
from time import time
from typing import TYPE_CHECKING, Any, TypeVar

from ._body import PROBLEM, TOO_LARGE
from ._call import Call
from ._content import decoded, invalid_response
from ._errors import (
    BY_STATUS,
    ResponseError,
    ResponseTooLargeError,
    SchemaViolations,
    StatusError,
    UndecodableResponseError,
    UnexpectedStatusError,
    retry_delay,
)
from ._media import charset_of, codec_of, matching, shown_type
from ._operation import Media, Operation
from ._redirects import MAX_REDIRECTS, redirect_refusal, redirect_target

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")
_STATUSES = frozenset(HTTPStatus)


def result(call: Call[T], response: httpx2.Response, violations: SchemaViolations | None = None) -> T:
    """Return the result of a call. Violations are added to `violations` and reported.

    Raises:
        ResponseError: the response is not a success, or cannot be decoded.
    """
    found_violations = SchemaViolations() if violations is None else violations
    value: T = _value(call, response, found_violations)
    if found_violations:
        call.report(response, found_violations)
    return value


def documented_success(operation: Operation[Any], status: int) -> tuple[Media, ...] | None:
    """Return the possible bodies of a successful status, or None if the status is not a documented success."""
    answers = operation.answers
    media = answers.get(str(status)) if 200 <= status < 300 else None
    if media is None and 200 <= status < 300:
        media = answers.get("2XX")
        if media is None and not any(key[0] == "2" for key in answers):
            media = answers.get("default")
    return media


def _value(call: Call[Any], response: httpx2.Response, violations: SchemaViolations) -> Any:
    operation = call.operation
    media = documented_success(operation, response.status_code)
    if media is None:
        raise _status_error(call, response)
    if operation.chosen_by is not None and media:
        argument, default, table = operation.chosen_by
        value = call.arguments.get(argument)
        media = table[default] if value is None else table.get(value, table[default])
    return _body(call, response, _requested(call, media), violations)


def _requested(call: Call[Any], documented: tuple[Media, ...]) -> tuple[Media, ...]:
    """Return the media types that the argument `accept` asks for, whose type the call returns."""
    param = call.operation.params.get("accept")
    name = call.arguments.get("accept") if param is not None and param.name == "Accept" else None
    return tuple(media for media in documented if media.name == name) or documented


def _status_error(call: Call[Any], response: httpx2.Response) -> StatusError:
    operation, status = call.operation, response.status_code
    answers = operation.answers
    media = answers.get(str(status))
    if media is None:
        media = answers.get(f"{status // 100}XX")
    if media is None:
        media = answers.get("default")
    own = operation.errors() if operation.errors is not None else {}
    # Ranges and `default` document errors; successes have their own status code.
    general = UnexpectedStatusError if media is None or 200 <= status < 300 else StatusError
    kind = own.get(status) or BY_STATUS.get(status) or general
    # Not the reason phrase of the response, since a service can send any text.
    phrase = HTTPStatus(status).phrase if status in _STATUSES else ""
    message = f"{operation.name} returned {status}{f' {phrase}' if phrase else ''}"
    if kind is UnexpectedStatusError and media is None:
        message += ", which is not documented"
    message += _redirect_note(call, response)
    delay = retry_delay(response, time())
    if delay is not None:
        message += f"; retry after {delay:g} s"
    body, body_error = None, None
    if media:
        violations = SchemaViolations()
        try:
            body = _body(call, response, media, violations)
        except ResponseError as problem:
            body_error = problem.with_traceback(None)
        else:
            if violations:
                body_error = invalid_response(call, response, violations)
    return kind(message, response, operation.name, body, body_error)


def _redirect_note(call: Call[Any], response: httpx2.Response) -> str:
    target = redirect_target(response.request, response)
    if target is None:
        return ""
    shown = call.without_secrets(str(target.copy_with(query=None, fragment=None)))[:200]
    why = redirect_refusal(call.operation, response.request, response, target, call.replayable)
    return f"; the redirect to {shown} was not followed: {why or f'the limit of {MAX_REDIRECTS} is reached'}"


def _body(call: Call[Any], response: httpx2.Response, documented: Sequence[Media], violations: SchemaViolations) -> Any:
    operation = call.operation
    if not documented or response.request.method == "HEAD":
        return None
    if PROBLEM in response.extensions:
        raise _unreadable(call, response)
    content_type = response.headers.get("content-type", "")
    media = documented[0] if content_type == documented[0].name else matching(content_type, documented)
    if media is None:
        expected = " or ".join(media.name for media in documented)
        raise UndecodableResponseError(
            f"{operation.name} returned {response.status_code} with {shown_type(content_type, documented)}, "
            f"expected {expected}",
            response,
            operation.name,
        )
    if media.kind == "bytes":
        return response.content
    if media.kind == "text":
        return _text(call, response)
    if media.kind in ("sse", "jsonl"):
        # Packages without streaming operations do not contain this module.
        return import_module("._events", __package__).items_of(call, response, media, violations)
    content = response.content
    if "charset" in content_type.lower() and charset_of(content_type) not in ("utf-8", "utf8", "us-ascii"):
        content = _text(call, response).encode("utf-8", "surrogatepass")
    value = decoded(call, response, media, content, violations)
    if call.settings.config.enforce_all:
        from ._enforce import violations as enforced

        known = {violation.pointer for violation in violations}
        more = enforced(call.settings.package, operation, response.status_code, media, content)
        if more and not call.tolerant:
            raise invalid_response(call, response, SchemaViolations(more))
        violations.add([violation for violation in more if violation.pointer not in known])
    return value


def _unreadable(call: Call[Any], response: httpx2.Response) -> ResponseError:
    name, problem = call.operation.name, response.extensions[PROBLEM]
    what = f"{name} returned {response.status_code} with a body that is {problem}"
    if problem == TOO_LARGE:
        limit = call.settings.config.max_response_bytes
        return ResponseTooLargeError(f"{what} ({limit} bytes; see Config)", response, name)
    return UndecodableResponseError(what, response, name)


def _text(call: Call[Any], response: httpx2.Response) -> str:
    charset = charset_of(response.headers.get("content-type", ""))
    codec = codec_of(charset)
    if codec is not None:
        try:
            return response.content.decode(codec)
        except UnicodeError:
            pass
    name = call.operation.name
    what = f"text that is not {codec}" if codec is not None else "text in an unsupported charset"
    raise UndecodableResponseError(f"{name} returned {response.status_code} with {what}", response, name)
