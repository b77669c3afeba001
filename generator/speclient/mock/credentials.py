"""Whether a request carries the credentials that an operation requires. Any value is accepted."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl

from speclient.mock.messages import Request
from speclient.mock.plan import OperationPlan, SchemePlan


def is_authorized(operation: OperationPlan, request: Request) -> bool:
    """Whether one alternative is satisfied; without security requirements, any request is accepted."""
    return not operation.security or any(
        all(_is_there(scheme, request) for scheme in alternative) for alternative in operation.security
    )


def challenge(operation: OperationPlan) -> tuple[tuple[str, str], ...]:
    """The header `WWW-Authenticate` for a 401 response (RFC 9110, section 11.6.1)."""
    kinds = {scheme.kind for alternative in operation.security for scheme in alternative}
    if "basic" in kinds:
        return (("www-authenticate", 'Basic realm="mock"'),)
    return (("www-authenticate", 'Bearer realm="mock"'),) if "bearer" in kinds else ()


def _is_there(scheme: SchemePlan, request: Request) -> bool:
    if scheme.kind == "any":
        return True
    if scheme.kind == "apiKey":
        return _has_key(scheme, request)
    kind, _, rest = (request.header("authorization") or "").partition(" ")
    if kind.lower() != scheme.kind or not rest.strip():
        return False
    if scheme.kind == "basic":
        try:
            return b":" in base64.b64decode(rest.strip(), validate=True)
        except binascii.Error:
            return False
    return True


def _has_key(scheme: SchemePlan, request: Request) -> bool:
    if scheme.place == "query":
        return any(name == scheme.name and value for name, value in parse_qsl(request.query))
    if scheme.place == "cookie":
        pairs = (part.strip().partition("=") for part in (request.header("cookie") or "").split(";"))
        return any(name == scheme.name and value for name, _, value in pairs)
    return bool(request.header(scheme.name))
