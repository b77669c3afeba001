"""Whether a request carries the credentials that an operation requires."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl

from speclient.mock.messages import Request
from speclient.mock.plan import OperationPlan, SchemePlan


def authorization_problem(
    operation: OperationPlan, request: Request, accepted: frozenset[str] | None, refused: frozenset[str]
) -> str | None:
    """Why the credentials of a request do not suffice; None when one alternative is satisfied.

    Args:
        operation: the operation; without security requirements any request is accepted.
        request: the request.
        accepted: the values that are accepted (tokens, API keys, passwords); None accepts any.
        refused: values that are not accepted any more.
    """
    if not operation.security:
        return None
    sent = False
    for alternative in operation.security:
        values = [_value(scheme, request) for scheme in alternative]
        if any(value is None for value in values):
            continue
        if all(value == "" or ((accepted is None or value in accepted) and value not in refused) for value in values):
            return None
        sent = True
    reason = "the credentials are not accepted" if sent else "the request has no credentials of the required kind"
    return f"{operation.name} requires credentials: {reason}"


def sent_credentials(operation: OperationPlan, request: Request) -> frozenset[str]:
    """The values of all credentials in a request."""
    found = (_value(scheme, request) for alternative in operation.security for scheme in alternative)
    return frozenset(value for value in found if value)


def challenge(operation: OperationPlan) -> tuple[tuple[str, str], ...]:
    """The header `WWW-Authenticate` for a 401 response (RFC 9110, section 11.6.1)."""
    kinds = {scheme.kind for alternative in operation.security for scheme in alternative}
    if "basic" in kinds:
        return (("www-authenticate", 'Basic realm="mock"'),)
    return (("www-authenticate", 'Bearer realm="mock"'),) if "bearer" in kinds else ()


def _value(scheme: SchemePlan, request: Request) -> str | None:
    """The token, key or password of a request; empty where any request is accepted, None without a credential."""
    if scheme.kind == "any":
        return ""
    if scheme.kind == "apiKey":
        return _key(scheme, request) or None
    kind, _, rest = (request.header("authorization") or "").partition(" ")
    text = rest.strip()
    if kind.lower() != scheme.kind or not text:
        return None
    if scheme.kind == "basic":
        try:
            _, colon, password = base64.b64decode(text, validate=True).partition(b":")
        except binascii.Error:
            return None
        return password.decode("utf-8", "replace") or "" if colon else None
    return text


def _key(scheme: SchemePlan, request: Request) -> str | None:
    if scheme.place == "query":
        return next((value for name, value in parse_qsl(request.query) if name == scheme.name), None)
    if scheme.place == "cookie":
        pairs = (part.strip().partition("=") for part in (request.header("cookie") or "").split(";"))
        return next((value for name, _, value in pairs if name == scheme.name), None)
    return request.header(scheme.name)
