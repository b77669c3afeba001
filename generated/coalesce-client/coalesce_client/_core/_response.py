"""An answer to a value or an error, without any I/O."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from time import time
from typing import TYPE_CHECKING, Any

from ._body import PROBLEM, TOO_LARGE
from ._decode import UNFIT, Decoder, Invalid, Undecodable
from ._errors import (
    BY_STATUS,
    Departure,
    InvalidResponseError,
    ResponseError,
    ResponseTooLargeError,
    StatusError,
    UndecodableResponseError,
    UnexpectedStatusError,
    asked_wait,
)
from ._media import charset_of, matching
from ._operation import Media, Operation
from ._options import CallOptions, Settings

if TYPE_CHECKING:
    import httpx2


def read(
    operation: Operation[Any],
    response: httpx2.Response,
    arguments: Sequence[Any],
    options: CallOptions,
    settings: Settings,
    found: list[Departure],
) -> Any:
    """What the call returns. What departs from the schema is added to `found`, unless the policy is strict.

    Raises:
        ResponseError: the answer is no success that the document describes.
    """
    status = response.status_code
    answers = operation.answers
    if 200 <= status < 300:
        media = answers.get(str(status))
        if media is None:
            media = answers.get("2XX")
        if media is None and not any(key[0] == "2" for key in answers):
            media = answers.get("default")
        if media is not None:
            if operation.chosen_by is not None and media:
                media = _chosen(operation, arguments)
            return _body(operation, response, media, options.get("policy") != "strict", settings, found)
    raise _status_error(operation, response, options.get("policy") != "strict", settings)


def _chosen(operation: Operation[Any], arguments: Sequence[Any]) -> tuple[Media, ...]:
    assert operation.chosen_by is not None
    name, default, table = operation.chosen_by
    for param, value in zip(operation.params, arguments, strict=True):
        if param.name == name and value is not None:
            return table.get(value, table[default])
    return table[default]


def _status_error(
    operation: Operation[Any], response: httpx2.Response, tolerant: bool, settings: Settings
) -> StatusError:
    status = response.status_code
    answers = operation.answers
    media = answers.get(str(status))
    if media is None:
        media = answers.get(f"{status // 100}XX")
    if media is None:
        media = answers.get("default")
    own = operation.errors() if operation.errors is not None else {}
    # A range or `default` documents a failure; a success is documented by its own status.
    general = UnexpectedStatusError if media is None or 200 <= status < 300 else StatusError
    kind = own.get(status) or BY_STATUS.get(status) or general
    reason = response.reason_phrase
    message = f"{operation.name} answered {status}{f' {reason}' if reason else ''}"
    if kind is UnexpectedStatusError and media is None:
        message += ", which is not documented"
    asked = asked_wait(response, time())
    if asked is not None:
        message += f"; asks to wait {asked:g} s"
    body, body_error = None, None
    if media:
        found: list[Departure] = []
        try:
            body = _body(operation, response, media, tolerant, settings, found)
        except ResponseError as problem:
            body_error = problem
        else:
            if found:
                body_error = _invalid(operation, response, found)
    return kind(message, response, operation.name, body, body_error)


def _body(
    operation: Operation[Any],
    response: httpx2.Response,
    documented: Sequence[Media],
    tolerant: bool,
    settings: Settings,
    found: list[Departure],
) -> Any:
    if not documented or response.request.method == "HEAD":
        return None
    if PROBLEM in response.extensions:
        raise _unreadable(operation, response, settings)
    content_type = response.headers.get("content-type", "")
    media = documented[0] if content_type == documented[0].name else matching(content_type, documented)
    if media is None:
        expected = " or ".join(media.name for media in documented)
        got = repr(content_type[:100]) if content_type else "no content type"
        raise UndecodableResponseError(
            f"{operation.name} answered {response.status_code} with {got}, expected {expected}",
            response,
            operation.name,
        )
    if media.kind == "bytes":
        return response.content
    if media.kind == "text":
        return _text(operation, response)
    if media.kind in ("sse", "jsonl"):
        # A package has this module only if one of its operations streams items.
        return import_module("._streams", __package__).items_of(operation, response, media, tolerant, settings, found)
    content = response.content
    if "charset" in content_type.lower() and (charset := charset_of(content_type)) not in (
        "utf-8",
        "utf8",
        "us-ascii",
    ):
        content = _text(operation, response, charset).encode()
    value = decoded(operation, response, media, content, tolerant, found)
    if settings.config.enforce_all:
        from ._enforce import departures

        more = departures(settings.package, operation, response.status_code, media, content)
        if more and not tolerant:
            raise _invalid(operation, response, more)
        found += [departure for departure in more if departure.pointer not in {known.pointer for known in found}]
    return value


def decoded(
    operation: Operation[Any],
    response: httpx2.Response,
    media: Media,
    content: bytes,
    tolerant: bool,
    found: list[Departure],
) -> Any:
    """The typed value of a JSON text that an answer holds. What departs from the schema is added to `found`.

    Raises:
        InvalidResponseError: it breaks the schema, and may not be salvaged or can't.
        UndecodableResponseError: it is no JSON.
    """
    if media.decoder is None:
        media.decoder = Decoder(media.type() if media.type is not None else Any)
    try:
        return media.decoder.read(content)
    except Undecodable:
        raise UndecodableResponseError(
            f"{operation.name} answered {response.status_code} with a body that is no JSON ({len(content)} bytes)",
            response,
            operation.name,
        ) from None
    except Invalid as problem:
        value = media.decoder.salvage(problem) if tolerant else UNFIT
        if value is UNFIT:
            raise _invalid(operation, response, problem.departures) from None
        found += problem.departures
        return value


def _invalid(operation: Operation[Any], response: httpx2.Response, found: Sequence[Departure]) -> InvalidResponseError:
    more = f", and {len(found) - 3} more" if len(found) > 3 else ""
    return InvalidResponseError(
        f"{operation.name} answered {response.status_code} with a body that breaks its schema: "
        + "; ".join(str(departure) for departure in found[:3])
        + more,
        response,
        operation.name,
        found,
    )


def _unreadable(operation: Operation[Any], response: httpx2.Response, settings: Settings) -> ResponseError:
    problem = response.extensions[PROBLEM]
    what = f"{operation.name} answered {response.status_code} with a body that is {problem}"
    if problem == TOO_LARGE:
        limit = settings.config.max_response_bytes
        return ResponseTooLargeError(f"{what} ({limit} bytes; see Config)", response, operation.name)
    return UndecodableResponseError(what, response, operation.name)


def _text(operation: Operation[Any], response: httpx2.Response, charset: str | None = None) -> str:
    charset = charset or charset_of(response.headers.get("content-type", ""))
    try:
        return response.content.decode(charset)
    except (LookupError, UnicodeError):
        raise UndecodableResponseError(
            f"{operation.name} answered {response.status_code} with text that is not {charset[:40]!r}",
            response,
            operation.name,
        ) from None
