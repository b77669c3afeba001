"""Credentials, and which of them an operation sends."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from ._errors import MissingCredentialsError, RequestError
from ._params import checked_header


class Credential:
    """What one security scheme sends: (place, name, value). Its text shows in no `repr`."""

    __slots__ = ("name", "place", "value")

    def __init__(self, place: str, name: str, value: str) -> None:
        self.place = place
        self.name = name
        self.value = value

    def __repr__(self) -> str:
        return f"<credential in {self.place} {self.name!r}>"


def given(value: str | None, variable: str) -> str | None:
    """An argument, or else the environment variable; an empty text counts as none."""
    return value or os.environ.get(variable) or None


def bearer(token: str | None) -> Credential | None:
    """RFC 6750."""
    return _header("token", "Authorization", f"Bearer {token}") if token else None


def basic(username: str | None, password: str | None) -> Credential | None:
    """RFC 7617, in UTF-8. The password may be empty."""
    if not username:
        return None
    if ":" in username:
        raise RequestError("username: must not contain a colon (RFC 7617)")
    text = b64encode(f"{username}:{password or ''}".encode()).decode()
    return Credential("header", "Authorization", f"Basic {text}")


def key(place: str, name: str, value: str | None) -> Credential | None:
    """An API key in `header`, `query` or `cookie`."""
    if not value:
        return None
    return _header(name, name, value) if place == "header" else Credential(place, name, quote(value, safe=""))


def _header(what: str, name: str, value: str) -> Credential:
    return Credential("header", name, checked_header(what, value))


def choose(
    operation: str, security: Sequence[Sequence[str]], credentials: Mapping[str, Credential | None], hint: str
) -> list[Credential]:
    """The credentials of the first alternative that can be met, and of no other.

    Raises:
        MissingCredentialsError: none can be met.
    """
    anonymous = not security
    for alternative in security:
        if not alternative:
            anonymous = True
            continue
        found = [credentials.get(scheme, NOTHING) for scheme in alternative]
        if None not in found:
            return [credential for credential in found if credential is not None and credential is not NOTHING]
    if anonymous:
        return []
    raise MissingCredentialsError(f"{operation} needs credentials: {hint}")


NOTHING = Credential("none", "", "")
"""For a scheme that is not the client's business, such as mutual TLS."""
