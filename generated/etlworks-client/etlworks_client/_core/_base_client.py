"""Settings, options and copies of synchronous and asynchronous clients."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NoReturn, Self, Unpack

import httpx2

from ._auth import basic
from ._errors import ClientUsageError, RequestError
from ._options import CallOptions, Settings, check_options, merged
from ._sealed import Credential


def checked(settings: Settings, options: Any, known: Iterable[str]) -> Settings:
    """Return the settings with the options of a client.

    Raises:
        RequestError: the base URL or the value of an option is not valid.
        TypeError: unknown option.
    """
    check_options(options, known)
    base_url, user_info = _base_url(settings.base_url)
    calls: Any = {"timeout": 60.0, "deadline": 600.0, "max_retries": 2, "policy": "tolerant"}
    for name in ("timeout", "deadline", "max_retries", "policy"):
        if name in options:
            calls[name] = options[name]
    if options.get("http_client") is not None and "timeout" not in options:
        del calls["timeout"]  # The timeout of the injected client applies.
    return replace(
        settings,
        base_url=base_url,
        user_info=user_info,
        options=calls,
        on_violation=options.get("on_violation"),
        config=options.get("config") or settings.config,
    )


def _base_url(text: str) -> tuple[str, Any]:
    """Return the base URL without user and password, and those as a credential."""
    problem = (
        "the document has no server"
        if not text
        else ""
        if text.startswith(("http://", "https://"))
        else "its scheme is not supported"
    )
    url = httpx2.URL("http://unknown")
    if not problem and text.partition("://")[2][:1] in ("", "/"):
        problem = "it has no host"
    if not problem and ("?" in text or "#" in text):
        problem = "it must not have a query or a fragment"
    if not problem and "@" not in text:
        return text, None
    if not problem:
        try:
            url = httpx2.URL(text)
        except httpx2.InvalidURL:
            problem = "it is not a valid URL"
    if problem:
        raise RequestError(f"base_url: {problem}; pass a URL that starts with https:// or http://")
    if not url.userinfo:
        return text, None
    user_info = basic(Credential(url.username), Credential(url.password)) if url.username else None
    return str(url.copy_with(userinfo=b"")).rstrip("/"), user_info


class BaseClient:
    """Base of both kinds of clients."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def base_url(self) -> str:
        """The URL that paths are appended to, without a trailing slash, user or password."""
        return self._settings.base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a client with other options that shares the connections of this one.

        Raises:
            RequestError: an option has an invalid value.
        """
        other = self.__copy__()
        other._settings = replace(self._settings, options=merged(self._settings.options, options))
        return other

    def __copy__(self) -> Self:
        """Return a client that shares the connections of this one."""
        other = object.__new__(type(self))
        # Groups keep a reference to the client that created them.
        other.__dict__.update((name, value) for name, value in self.__dict__.items() if name.startswith("_"))
        return other

    def __deepcopy__(self, memo: Any) -> Self:
        """Return a client that shares the connections of this one; connections cannot be copied."""
        return copy.copy(self)

    def __reduce__(self) -> NoReturn:
        raise ClientUsageError(
            "a client cannot be pickled, because it has connections and credentials; create one in each process"
        )


def other_process() -> ClientUsageError:
    """The exception for connections of the caller's after `fork()`."""
    return ClientUsageError(
        "the client was created before fork(), with an http_client or transport whose connections belong to the parent "
        "process; create the client in the child process"
    )
