"""Credentials, and which of them an operation sends."""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import quote

from ._errors import MissingCredentialsError, RequestError, TokenError
from ._params import checked_header


@dataclass(frozen=True, slots=True)
class Token:
    """What a function that gives tokens may return, so that it is asked again in time. `expires_in` is in seconds."""

    value: str = field(repr=False)
    expires_in: float | None = None


Secret: TypeAlias = str | Callable[[], str | Token]
"""A credential, or a function that gives one: called when one is needed, when it expired, and once after a 401."""
AsyncSecret: TypeAlias = str | Callable[[], str | Token | Awaitable[str | Token]]
"""The same for the asynchronous client; the function may be a coroutine function."""


class Source:
    """Remembers a credential that a function or a service gave. One thread at a time asks for it."""

    __slots__ = ("_expires", "_give", "_value", "async_lock", "lock")

    def __init__(self, give: Callable[[], Any] | None) -> None:
        self._give = give
        self._value: str | None = None
        self._expires: float | None = None
        self.lock = threading.Lock()
        self.async_lock: Any = None

    def current(self, now: float, stale: str | None) -> str | None:
        """The remembered value, if it is still good and not the one that was refused."""
        if self._value is None or self._value == stale or (self._expires is not None and now >= self._expires):
            return None
        return self._value

    def ask(self) -> Generator[Any, Any, str | Token]:
        """Yields what the client has to do for a new value: a function to call, or a request to send."""
        given: str | Token = yield self._give
        return given

    def keep(self, given: object, now: float) -> str:
        """Remember a new value; `now` is monotonic."""
        expires_in = given.expires_in if isinstance(given, Token) else None
        value = given.value if isinstance(given, Token) else given
        if not isinstance(value, str) or not value:
            raise TokenError(f"the function for the credential gave a {type(value).__name__}, and no text")
        # A token that expires on its way is of no use.
        self._expires = None if expires_in is None else now + max(expires_in - 30, expires_in / 2)
        self._value = value
        return value


class Scheme:
    """What one security scheme sends: place (`header`, `query`, `cookie`), name, and a value or its source."""

    __slots__ = ("_value", "name", "place", "prefix", "source")

    def __init__(self, place: str, name: str, value: str | Source, prefix: str = "") -> None:
        self.place = place
        self.name = name
        self.prefix = prefix
        self.source = value if isinstance(value, Source) else None
        self._value = "" if isinstance(value, Source) else self._text(value)

    def text(self, value: str | None = None) -> str:
        """What is sent, for the value that a source gave."""
        return self._value if value is None else self._text(value)

    def _text(self, value: str) -> str:
        if self.place != "header":
            return quote(value, safe="")
        return checked_header("the credential", self.prefix + value)

    def __repr__(self) -> str:
        return f"<credential in {self.place} {self.name!r}>"


def given(value: Any, variable: str) -> Any:
    """An argument, or else the environment variable; an empty text counts as none."""
    return value or os.environ.get(variable) or None


def chosen(name: str, value: str | None, known: Sequence[str]) -> str | None:
    """An argument that must be one of some names.

    Raises:
        RequestError: it is none of them.
    """
    if value is not None and value not in known:
        raise RequestError(f"{name}: {value!r} is none of {', '.join(known)}")
    return value


def bearer(token: AsyncSecret | None) -> Scheme | None:
    """RFC 6750."""
    return Scheme("header", "Authorization", _source(token), "Bearer ") if token else None


def basic(username: str | None, password: str | None) -> Scheme | None:
    """RFC 7617, in UTF-8. The password may be empty."""
    if not username:
        return None
    if ":" in username:
        raise RequestError("username: must not contain a colon (RFC 7617)")
    text = b64encode(f"{username}:{password or ''}".encode()).decode()
    return Scheme("header", "Authorization", text, "Basic ")


def key(place: str, name: str, value: AsyncSecret | None) -> Scheme | None:
    """An API key in `header`, `query` or `cookie`."""
    if value and place == "query":
        hide_in_logs(name)
    return Scheme(place, name, _source(value)) if value else None


def _source(value: AsyncSecret) -> str | Source:
    return Source(value) if callable(value) else value


def choose(
    operation: str, security: Sequence[Sequence[str]], schemes: Mapping[str, Scheme | None], hint: str
) -> Sequence[Scheme]:
    """What the first alternative that can be met sends, and nothing of any other.

    Raises:
        MissingCredentialsError: none can be met.
    """
    if not security:
        return ()
    for alternative in security:
        found = [schemes.get(scheme, NOTHING) for scheme in alternative]
        if alternative and None not in found:
            return [scheme for scheme in found if scheme is not None and scheme is not NOTHING]
    if () in security:
        return ()
    raise MissingCredentialsError(f"{operation} needs credentials: {hint}")


NOTHING = Scheme("none", "", "")
"""For a scheme that is not the client's business, such as mutual TLS."""

_hidden: set[str] = set()


def hide_in_logs(name: str) -> None:
    """Keep the values of a query parameter out of the log of httpx2, which holds whole URLs."""
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
