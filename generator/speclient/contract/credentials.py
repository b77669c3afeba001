"""Secrets for the security schemes of a document: made up for tests, or from the environment for services.

Source: OpenAPI 3.1, "Security Scheme Object"; RFC 6750 (bearer); RFC 7617 (basic).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from .jsontypes import Json, as_object, as_text
from .operations import ParameterKey, security_schemes
from .source import Document


@dataclass(frozen=True)
class Credential:
    """The secret of one security scheme: `parts` is what the constructor takes, the rest is where it goes."""

    scheme: str
    place: ParameterKey
    value: str
    parts: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Credentials:
    """The secrets of all schemes that a client was given. Never shown by `repr`."""

    each: tuple[Credential, ...] = field(repr=False)

    def of(self, scheme: str) -> Credential | None:
        """The secret of this scheme."""
        return next((credential for credential in self.each if credential.scheme == scheme), None)

    def texts(self) -> frozenset[str]:
        """Every text that would give a secret away."""
        return frozenset(text for text in self._texts() if text)

    def redact(self, text: str) -> str:
        """`text` with every secret in it replaced."""
        for secret in sorted(self.texts(), key=len, reverse=True):
            text = text.replace(secret, "[redacted]")
        return text

    def _texts(self) -> Iterator[str]:
        for credential in self.each:
            for name, part in credential.parts.items():
                # Of a basic pair the user's name is no secret by itself, but here it is half of a token pair.
                yield part
                yield quote(part, safe="")
                if name in ("username", "password"):
                    yield base64.b64encode(part.encode()).decode()
            yield credential.value.removeprefix("Bearer ").removeprefix("Basic ")


def parts_of(scheme: Mapping[str, Json]) -> tuple[str, ...]:
    """The parts that the secret of a scheme has; none if the scheme is of a kind that is not known here."""
    match as_text(scheme.get("type")), as_text(scheme.get("scheme")).lower():
        case "http", "basic":
            return ("username", "password")
        case ("http", "bearer") | ("oauth2" | "openIdConnect", _):
            return ("token",)
        case "apiKey", _:
            return ("key",)
        case _:
            return ()


def credential(name: str, scheme: Mapping[str, Json], parts: Mapping[str, str]) -> Credential:
    """The secret of a scheme with the place and the value that the document prescribes for it."""
    if as_text(scheme.get("type")) == "apiKey":
        place = ParameterKey(as_text(scheme.get("in")), as_text(scheme.get("name")))
        return Credential(name, place, parts["key"], parts)
    place = ParameterKey("header", "Authorization")
    if "password" in parts:
        pair = f"{parts['username']}:{parts['password']}"
        return Credential(name, place, "Basic " + base64.b64encode(pair.encode()).decode(), parts)
    return Credential(name, place, f"Bearer {parts['token']}", parts)


def made_up(document: Document) -> Credentials:
    """Secrets for every scheme of the document, each unlike anything else that a test sends."""
    return Credentials(
        tuple(
            credential(name, scheme, {part: _secret(name, part) for part in parts})
            for name, scheme in security_schemes(document).items()
            if (parts := parts_of(scheme))
        )
    )


def _secret(scheme: str, part: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9]", "", scheme)
    # A password may hold a colon and letters beyond ASCII (RFC 7617, 2.1); a user name no colon.
    return f"S3cret-{slug}-{part}" + {"password": ":pä55", "key": ".k3y"}.get(part, "")


def from_environment(document: Document, environment: Mapping[str, str]) -> Credentials:
    """The secrets that the environment holds, under the names that the generated package reads."""
    found: list[Credential] = []
    for name, scheme in security_schemes(document).items():
        variables = environment_variables(document, name, scheme)
        parts = {part: environment[variable] for part, variable in variables.items() if environment.get(variable)}
        if parts and len(parts) == len(variables):
            found.append(credential(name, scheme, parts))
    return Credentials(tuple(found))


def environment_variables(document: Document, name: str, scheme: Mapping[str, Json]) -> dict[str, str]:
    """Part -> name of the environment variable (docs/reference/x-speclient.md)."""
    renamed = as_object(as_object(scheme.get("x-speclient")).get("arguments"))
    prefix = environment_prefix(document)
    parts = parts_of(scheme)
    arguments = {part: as_text(renamed.get(part), _snake(name) if part == "key" else part) for part in parts}
    return {part: f"{prefix}_{argument.upper()}" for part, argument in arguments.items()}


def environment_prefix(document: Document) -> str:
    """What the names of the package's environment variables begin with."""
    extension = as_object(document.raw.get("x-speclient"))
    stated = as_text(extension.get("environment")) or as_text(extension.get("client"))
    title = as_text(as_object(document.raw.get("info")).get("title"))
    return _snake(stated or title).upper()


def _snake(name: str) -> str:
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"[^A-Za-z0-9]+", "_", spaced).strip("_").lower()
