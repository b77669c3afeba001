"""JSON text of a response to a typed value. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._call import Call
from ._decode import UNFIT, Decoder, Invalid, Undecodable
from ._errors import InvalidResponseError, SchemaViolations, UndecodableResponseError
from ._operation import Media

if TYPE_CHECKING:
    import httpx2


def decoded(
    call: Call[Any], response: httpx2.Response, media: Media, content: bytes, violations: SchemaViolations
) -> Any:
    """Return the typed value of a JSON text in a response, and append schema violations to `violations`.

    Raises:
        InvalidResponseError: it violates the schema, and the policy is strict or no part of it can be typed.
        UndecodableResponseError: it is not valid JSON.
    """
    if media.decoder is None:
        media.decoder = Decoder(media.type() if media.type is not None else Any)
    problem: Invalid | None = None
    try:
        return media.decoder.read(content)
    except Undecodable:
        pass
    except Invalid as invalid:
        problem = invalid
    name = call.operation.name
    if problem is None:
        size = f"{len(content)} bytes" if content else "empty"
        raise UndecodableResponseError(
            f"{name} returned {response.status_code} with a body that is not JSON ({size})", response, name
        )
    value = media.decoder.salvage(problem) if call.tolerant else UNFIT
    if value is UNFIT:
        raise invalid_response(call, response, problem.violations)
    violations.add(problem.violations)
    return value


def invalid_response(call: Call[Any], response: httpx2.Response, violations: SchemaViolations) -> InvalidResponseError:
    """The exception for a body that violates its schema."""
    name = call.operation.name
    what = call.without_secrets(str(violations))
    return InvalidResponseError(
        f"{name} returned {response.status_code} with a body that violates its schema: {what}",
        response,
        name,
        violations,
    )
