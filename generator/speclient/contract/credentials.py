"""Secrets for the security schemes of a document: made up for tests, or from the environment for services.

Source: OpenAPI 3.1, "Security Scheme Object"; RFC 6750 (bearer); RFC 7617 (basic).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache, cached_property
from importlib.resources import files

from .jsontypes import Json, as_object, as_text
from .operations import ParameterKey, security_schemes
from .redaction import Redactor
from .source import Document

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, repr=False)
class Credential:
    """The secret of one security scheme: `parts` is what the constructor takes, the rest is where it goes."""

    scheme: str
    place: ParameterKey
    value: str
    parts: Mapping[str, str] = field(repr=False)
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """Part -> environment variable that it was read from."""

    def __repr__(self) -> str:
        return f"Credential(scheme={self.scheme!r})"


@dataclass(frozen=True)
class Credentials:
    """The secrets of all schemes that a client was given. Never shown by `repr`."""

    each: tuple[Credential, ...] = field(repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)
    """Further secrets that must not be shown."""

    def of(self, scheme: str) -> Credential | None:
        """The secret of this scheme."""
        return next((credential for credential in self.each if credential.scheme == scheme), None)

    @cached_property
    def _redactor(self) -> Redactor:
        return Redactor(self._texts())

    def redact(self, text: str) -> str:
        """`text` with every secret in it replaced, however it is spelled."""
        return self._redactor.redact(text)

    def shown_in(self, text: str) -> bool:
        """Whether `text` gives a secret away."""
        return self._redactor.shows(text)

    def _texts(self) -> Iterator[str]:
        yield from self.others
        for credential in self.each:
            # Of a basic pair the user's name is no secret by itself, but here it is half of a token pair.
            yield from credential.parts.values()
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


def from_environment(
    document: Document, environment: Mapping[str, str], variables: Mapping[str, Mapping[str, str]] | None = None
) -> Credentials:
    """The secrets that the environment holds.

    Args:
        document: whose security schemes want them.
        environment: variable -> value.
        variables: scheme -> part -> variable; by default the names that a generated package would read.

    Raises:
        ValueError: for a value that cannot be sent. The message names the variable.
    """
    schemes = security_schemes(document)
    found: list[Credential] = []
    for name, named in (document_variables(document) if variables is None else variables).items():
        parts = {part: environment[variable] for part, variable in named.items() if environment.get(variable)}
        if not parts or len(parts) != len(parts_of(schemes[name])):
            continue
        try:
            made = replace(credential(name, schemes[name], parts), variables=named)
            # Headers are sent in Latin-1.
            made.value.encode("latin-1" if made.place.location == "header" else "utf-8")
        except UnicodeEncodeError:
            made = None
        if made is None or any(_CONTROL.search(value) for value in parts.values()):
            names = " or ".join(sorted(named.values()))
            raise ValueError(f"{names}: the value has characters that cannot be sent as a credential")
        found.append(made)
    return Credentials(tuple(found))


def document_variables(document: Document) -> dict[str, dict[str, str]]:
    """Scheme -> part -> environment variable, as a package generated with default settings reads them."""
    return {name: environment_variables(document, name, scheme) for name, scheme in security_schemes(document).items()}


def environment_variables(document: Document, name: str, scheme: Mapping[str, Json]) -> dict[str, str]:
    """Part -> environment variable (docs/reference/x-speclient.md), without those of other programs."""
    renamed = as_object(as_object(scheme.get("x-speclient")).get("arguments"))
    prefix = environment_prefix(document)
    parts = parts_of(scheme)
    arguments = {part: as_text(renamed.get(part), _snake(name) if part == "key" else part) for part in parts}
    variables = {part: f"{prefix}_{argument.upper().strip('_')}" for part, argument in arguments.items()}
    return {part: variable for part, variable in variables.items() if not _is_foreign(variable)}


def _is_foreign(variable: str) -> bool:
    """Whether other programs keep secrets in a variable. A document must not be able to ask for them."""
    return any(fnmatchcase(variable, pattern) for pattern in _foreign_patterns())


@cache
def _foreign_patterns() -> tuple[str, ...]:
    # Data that the generator reads too; its code is not shared.
    text = (files("speclient") / "naming" / "foreign_variables.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def environment_prefix(document: Document) -> str:
    """What the names of the package's environment variables begin with."""
    extension = as_object(document.raw.get("x-speclient"))
    stated = as_text(extension.get("environment")) or as_text(extension.get("client"))
    title = as_text(as_object(document.raw.get("info")).get("title"))
    return _snake(stated or title).upper()


def _snake(name: str) -> str:
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"[^A-Za-z0-9]+", "_", spaced).strip("_").lower()
