"""Credentials, and the selection of those that an operation sends."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import quote

from ._errors import MissingCredentialsError, RequestError, TokenError
from ._sealed import Credential, Sealed
from ._steps import Ask, Guard, Steps

if TYPE_CHECKING:
    import httpx2


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its lifetime in seconds. A credential function that returns it is called again in time."""

    value: str = field(repr=False)
    expires_in: float | None = None


Secret: TypeAlias = str | Callable[[], str | Token]
"""A credential, or a function that returns one. It is called on first use, on expiry, and once after a 401."""
AsyncSecret: TypeAlias = str | Callable[[], str | Token | Awaitable[str | Token]]
"""The asynchronous counterpart; the function may be a coroutine function."""


class Source:
    """Caches the credential that a function or a token endpoint returns."""

    __slots__ = ("_expires", "_function", "_value", "guard", "label")

    def __init__(self, function: Callable[[], Any] | None, label: str = "the credential") -> None:
        self._function = function
        self._value: Sealed | None = None
        self._expires: float | None = None
        self.label = label
        self.guard = Guard()

    def current(self, now: float, stale: Sealed | None) -> Sealed | None:
        """Return the cached value, unless it has expired or is the one that was refused."""
        if self._value is None or self._value == stale or (self._expires is not None and now >= self._expires):
            return None
        return self._value

    def steps(self, sending: Sending) -> Steps[Sealed]:
        """The steps that get a new value.

        Raises:
            TokenError: no value was returned.
        """
        assert self._function is not None
        return self.keep((yield Ask(self._function)), sending.now())

    def keep(self, value: Sealed, now: float) -> Sealed:
        """Cache a new value, a string or a `Token`. `now` is monotonic.

        Raises:
            TokenError: it is neither, or cannot be sent in a header.
        """
        expires_in, problem = None, ""
        if isinstance(value.value, Token):
            expires_in, value = value.value.expires_in, Sealed(value.value.value)
        if not isinstance(value.value, str) or not value.value:
            problem = f"the function returned {type(value.value).__name__ if value.value != '' else 'an empty string'}"
            problem += ", expected a string or a Token"
        elif _has_control(value.value) or value.value != value.value.strip():
            problem = "the string that the function returned has control characters or surrounding whitespace"
        if problem:
            raise TokenError(f"{self.label}: {problem}")
        # A token must not expire in transit.
        self._expires = None if expires_in is None else now + max(expires_in - 30, expires_in / 2)
        self._value = value
        return value

    def secrets(self) -> list[str]:
        """The strings that must not appear in messages."""
        return [] if self._value is None else [str(self._value.value)]


class Sending(Protocol):
    """The interface through which a source sends its own requests."""

    def now(self) -> float:
        """The time of the monotonic clock."""
        ...

    def send(self, request: Callable[[], httpx2.Request]) -> Steps[httpx2.Response]:
        """Send a request with retries, within the limits of the call.

        Raises:
            TokenError: no response was received.
        """
        ...


class Scheme:
    """What a security scheme sends: location (`header`, `query`, `cookie`), name, and a value or its source."""

    __slots__ = ("_secrets", "_value", "name", "place", "prefix", "source")

    def __init__(
        self, place: str, name: str, value: Credential | Source, prefix: str = "", secrets: Sequence[str] = ()
    ) -> None:
        self.place = place
        self.name = name
        self.prefix = prefix
        self.source = value if isinstance(value, Source) else None
        self._value = Sealed("")
        self._secrets = tuple(map(Sealed, secrets))
        if not isinstance(value, Source):
            if place == "header" and not _is_latin(value):
                raise RequestError(f"{value.label}: a header cannot contain characters outside Latin-1")
            self._value = Sealed(str(value))

    def text(self, value: Sealed | None = None) -> str:
        """Return the text to send, with the value of the source."""
        text = str((self._value if value is None else value).value)
        return self.prefix + text if self.place == "header" else quote(text, safe="")

    def check(self, value: Sealed) -> None:
        """Check a value of the source.

        Raises:
            TokenError: a header cannot contain it.
        """
        if self.place == "header" and self.source is not None and not _is_latin(value.value):
            raise TokenError(f"{self.source.label}: a header cannot contain characters outside Latin-1")

    def secrets(self) -> list[str]:
        """The strings that must not appear in messages."""
        own = [str(secret.value) for secret in (self._value, *self._secrets) if secret.value]
        return own + (self.source.secrets() if self.source is not None else [])

    def __repr__(self) -> str:
        return f"<credential in {self.place} {self.name!r}>"


def _has_control(text: str) -> bool:
    return any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in text)


def _is_latin(text: str) -> bool:
    return all(ord(sign) < 256 for sign in text)


def given(argument: str, value: Any, variable: str | None) -> Any:
    """Return a credential from the argument or the environment variable. An empty string counts as missing.

    Raises:
        RequestError: it is neither a string nor a function, or has control characters.
    """
    label = f"{argument} (environment variable {variable})" if variable else argument
    value = value or (os.environ.get(variable) if variable else None) or None
    if value is None or isinstance(value, Source):
        return value
    if callable(value):
        return Source(value, label)
    kind = type(value).__name__
    if isinstance(value, str):
        credential = Credential(value)
        credential.label = label
        value = None
        if not _has_control(credential) and credential == credential.strip():
            return credential
        raise RequestError(f"{label}: a credential cannot contain control characters or surrounding whitespace")
    value = None
    raise RequestError(f"{label}: expected a string, got {kind}")


def setting(value: str | None, variable: str | None) -> str | None:
    """Return a setting from the argument or the environment variable. An empty string counts as missing."""
    return value or (os.environ.get(variable) if variable else None) or None


def chosen(name: str, value: str | None, known: Sequence[str]) -> str | None:
    """Return an argument that must be one of `known`.

    Raises:
        RequestError: it is not.
    """
    if value is not None and value not in known:
        raise RequestError(f"{name}: {value!r} is not one of {', '.join(known)}")
    return value


def bearer(token: Any) -> Scheme | None:
    """A bearer token (RFC 6750)."""
    return Scheme("header", "Authorization", token, "Bearer ") if token is not None else None


def basic(username: Any, password: Any) -> Scheme | None:
    """Basic authentication (RFC 7617) in UTF-8. The password may be empty.

    Raises:
        RequestError: the name contains a colon.
    """
    if username is None:
        return None
    if ":" in username:
        raise RequestError(f"{username.label}: must not contain a colon (RFC 7617)")
    pair = Credential(b64encode(f"{username}:{password or ''}".encode()).decode())
    return Scheme("header", "Authorization", pair, "Basic ", [username, *([password] if password else [])])


def key(place: str, name: str, value: Any) -> Scheme | None:
    """An API key in a `header`, `query` parameter or `cookie`."""
    if value is None:
        return None
    if place == "query":
        hide_in_logs(name)
    return Scheme(place, name, value)


def choose(
    operation: str,
    security: Sequence[Sequence[str]],
    schemes: Mapping[str, Scheme | None],
    hints: Mapping[str, str],
) -> Sequence[Scheme]:
    """Return the schemes of the first security requirement whose credentials are all available.

    Raises:
        MissingCredentialsError: no requirement can be met.
    """
    if not security:
        return ()
    for alternative in security:
        available = [schemes.get(scheme, NOTHING) for scheme in alternative]
        if alternative and None not in available:
            return [scheme for scheme in available if scheme is not None and scheme is not NOTHING]
    if () in security:
        return ()
    ways = [" and ".join(hints.get(scheme, f"the credential of {scheme!r}") for scheme in way) for way in security]
    raise MissingCredentialsError(f"{operation} requires credentials: pass {', or '.join(dict.fromkeys(ways))}")


NOTHING = Scheme("none", "", Credential(""))
"""A scheme that the client does not send, such as mutual TLS."""

_hidden: set[str] = set()


def hide_in_logs(name: str) -> None:
    """Redact the values of a query parameter in the log of httpx2, which contains complete URLs."""
    import logging

    if not _hidden:
        logging.getLogger("httpx2").addFilter(_redact)
    _hidden.add(name)


def _redact(record: Any) -> bool:
    import httpx2

    if isinstance(record.args, tuple):
        record.args = tuple(
            value.copy_merge_params(dict.fromkeys(_hidden & set(value.params), "[secret]"))
            if isinstance(value, httpx2.URL) and _hidden & set(value.params)
            else value
            for value in record.args
        )
    return True
