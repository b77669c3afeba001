"""All rules of the wire, applied to one request."""

from __future__ import annotations

from ..findings import Finding
from .body import judge_body
from .fields import judge_accept, judge_cookies, judge_headers
from .path import judge_path
from .query import judge_query
from .security import judge_security, presented
from .wire import Call, WireRequest


def judge_request(wire: WireRequest, call: Call) -> tuple[Finding, ...]:
    """Every violation of the request from what the document prescribes for the call."""
    shown = presented(wire, call)
    found: list[Finding] = []
    if wire.method != call.operation.method:
        found.append(Finding(call.operation.name, "wire.method", call.operation.method, wire.method))
    found += judge_path(wire, call)
    found += judge_query(wire, call, shown.names_in("query"))
    found += judge_headers(wire, call, shown.names_in("header"))
    found += judge_cookies(wire, call, shown.names_in("cookie"))
    found += judge_accept(wire, call.operation)
    found += judge_security(wire, call, shown)
    found += judge_body(wire, call)
    return tuple(found)
