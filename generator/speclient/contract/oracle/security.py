"""The credentials of a request: those of exactly one security requirement of the operation, and none else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from ..credentials import Credential
from ..findings import Finding
from .text import percent_decoded
from .wire import Call, WireRequest


@dataclass(frozen=True)
class Presented:
    """The schemes whose secret is at its location, and the names used by credentials, by location."""

    schemes: frozenset[str]
    names: dict[str, frozenset[str]]

    def names_in(self, location: str) -> frozenset[str]:
        """Names in `location` that carry a credential, in lower case for headers."""
        return self.names.get(location, frozenset())


def presented(wire: WireRequest, call: Call) -> Presented:
    """Which credentials the request presents."""
    found = [each for each in call.credentials.each if any(_same(value, each.value) for value in _values(wire, each))]
    names: dict[str, frozenset[str]] = {}
    for each in found:
        location = each.place.location
        name = each.place.name.lower() if location == "header" else each.place.name
        names[location] = names.get(location, frozenset()) | {name}
    return Presented(frozenset(each.scheme for each in found), names)


def judge_security(wire: WireRequest, call: Call, shown: Presented) -> Iterator[Finding]:
    """Exactly one requirement met in full.

    No secret in any other place; no Authorization that nobody asked for.
    """
    known = {each.scheme for each in call.credentials.each}
    # A requirement with a scheme that the client has no argument for cannot be met by it.
    possible = [frozenset(entry) for entry in call.operation.security if set(entry) <= known]
    wanted = possible or [frozenset[str]()]
    name = call.operation.name
    # Two schemes with one place and one secret look the same on the wire.
    if _told(call, shown.schemes) not in [_told(call, entry) for entry in wanted]:
        expected = " or ".join(str(sorted(entry)) for entry in wanted)
        yield Finding(name, "wire.security", f"credentials of {expected}", f"credentials of {sorted(shown.schemes)}")
    if wire.header("authorization") and "authorization" not in shown.names_in("header"):
        yield Finding(name, "wire.security", "no Authorization header, or the one asked for", "another one")
    if len(wire.header("authorization")) > 1:
        yield Finding(name, "wire.security", "one Authorization header", "several")
    foreign = [each for each in call.credentials.each if each.scheme not in shown.schemes]
    for each in foreign:
        if _leaks(wire, each):
            yield Finding(name, "wire.security.leak", f"nothing of {each.scheme!r}", "its secret somewhere else")


def _told(call: Call, schemes: frozenset[str]) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (each.place.location, each.place.name, each.value) for each in call.credentials.each if each.scheme in schemes
    )


def _same(sent: str | None, wanted: str) -> bool:
    # `bearer` and `Bearer` are one scheme (RFC 9110, 11.1); the secret after it is not up to letter case.
    sent_scheme, _, sent_secret = (sent or "").partition(" ")
    scheme, _, secret = wanted.partition(" ")
    return sent == wanted or (secret != "" and sent_secret == secret and sent_scheme.lower() == scheme.lower())


def _values(wire: WireRequest, credential: Credential) -> list[str | None]:
    name = credential.place.name
    match credential.place.location:
        case "header":
            return list(wire.header(name))
        case "query":
            pairs = (piece.partition("=") for piece in wire.query.split("&"))
            return [percent_decoded(raw) for key, _, raw in pairs if percent_decoded(key) == name]
        case _:
            return [value for header in wire.header("cookie") for value in _cookie(header, name)]


def _cookie(header: str, name: str) -> list[str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return []
    return [jar[name].value] if name in jar else []


def _leaks(wire: WireRequest, credential: Credential) -> bool:
    haystack = " ".join([percent_decoded(wire.target) or wire.target, *(value for _, value in wire.headers)])
    haystack += wire.body.decode("utf-8", errors="replace")
    return any(part in haystack for part in credential.parts.values())
