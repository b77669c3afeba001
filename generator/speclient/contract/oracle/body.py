"""The body of a request: the value that was given, in a media type that the operation takes."""

from __future__ import annotations

from collections.abc import Iterator

from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..jsontypes import is_json_type
from .forms import judge_form
from .wire import Call, WireRequest


def judge_body(wire: WireRequest, call: Call) -> Iterator[Finding]:
    """No body when none was given.

    Else the value under its media type. Bodies of other media types are not read.
    """
    name = call.operation.name
    content_type = wire.header("content-type")
    if call.body_type is None:
        if wire.body:
            yield Finding(name, "wire.body", "no body", repr(wire.body[:80]))
        elif content_type:
            yield Finding(name, "wire.content-type", "none without a body", repr(content_type))
        return
    essence = content_type[0].partition(";")[0].strip().lower() if len(content_type) == 1 else ""
    wanted = call.body_type.partition(";")[0].strip().lower()
    # A value of a range is sent as a type that fits, or as bytes of an unknown type.
    fits = "*" in wanted and (
        is_json_type(essence) or essence == "application/octet-stream" or essence.startswith(wanted.rstrip("*"))
    )
    if essence != wanted and not fits:
        yield Finding(name, "wire.content-type", call.body_type, repr(content_type))
    elif is_json_type(essence):
        try:
            difference = first_difference(call.body, parse_lossless(wire.body))
        except ValueError as error:
            difference = f"no JSON: {error}"
        if difference:
            yield Finding(name, "wire.body", "the JSON that was given", difference)
    elif essence == "application/x-www-form-urlencoded" or essence.startswith("multipart/"):
        yield from judge_form(wire, call)
