"""A request as a command line that reproduces it, with environment variables for its credentials."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from urllib.parse import quote

from ..credentials import Credential, Credentials
from ..redaction import REDACTED

# What curl sends by itself, or what has no effect on the response.
_OMITTED = frozenset(
    {"host", "connection", "accept-encoding", "user-agent", "content-length", "x-schemathesis-testcaseid"}
)
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})


def curl(
    method: str, url: str, headers: Iterable[tuple[str, str]], credentials: Credentials, *, invented: bool = False
) -> str:
    """`curl -X GET 'https://...' -H 'Authorization: Bearer '"$SHOP_TOKEN"`.

    With `invented`, credentials that are not those of the user are shown as they were sent.
    """
    words = ["curl", "-X", method, _url(url, credentials)]
    for name, value in headers:
        if name.lower() in _OMITTED:
            continue
        each = next((each for each in credentials.each if _carries(each, name, value)), None)
        if each is not None and set(each.variables) >= {"username", "password"}:
            words += ["-u", f'"${each.variables["username"]}:${each.variables["password"]}"']
        elif each is not None and len(each.variables) == 1:
            prefix = "Bearer " if "token" in each.parts else ""
            words += ["-H", shlex.quote(f"{name}: {prefix}") + _variable(each)]
        else:
            secret = not invented and (name.lower() in _SECRET or _is_place_of_secret(name, credentials))
            words += ["-H", shlex.quote(f"{name}: {REDACTED if secret else credentials.redact(value)}")]
    return " ".join(words)


def _carries(each: Credential, name: str, value: str) -> bool:
    return each.place.location == "header" and each.place.name.lower() == name.lower() and each.value == value


def _is_place_of_secret(name: str, credentials: Credentials) -> bool:
    places = (each.place for each in credentials.each)
    return any(place.location == "header" and place.name.lower() == name.lower() for place in places)


def _url(url: str, credentials: Credentials) -> str:
    for each in credentials.each:
        text = f"{quote(each.place.name, safe='')}={quote(each.value, safe='')}"
        if each.place.location == "query" and len(each.variables) == 1 and text in url:
            before, _, after = url.partition(text)
            begin = before + text.partition("=")[0] + "="
            rest = shlex.quote(credentials.redact(after)) if after else ""
            return shlex.quote(credentials.redact(begin)) + _variable(each) + rest
    return shlex.quote(credentials.redact(url))


def _variable(each: Credential) -> str:
    return f'"${next(iter(each.variables.values()))}"'
