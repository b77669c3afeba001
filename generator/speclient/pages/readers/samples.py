"""Requests in sample code: the URL, the media types, the server and the authentication that they use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from speclient.pages.facts import Facts, Subject

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")

URL = re.compile(
    r"""https?://(?:[\w.-]+|\{[\w.-]+\}|<[\w.-]+>|:(?=\d))+"""
    r"""(?:/(?:[^\s'"`\\)<>,]|<[\w.-]+>)*)?(?:\?(?:[^\s'"`\\)<>,]|<[\w.-]+>)*)?""",
    re.IGNORECASE,
)
MEDIA_TYPE = r"[a-z]+/[a-z0-9][\w.+-]*"
_HEADER = re.compile(rf"""\b(accept|content[-_]type)['"]?\s*(?:=>|[:=,])\s*['"]?({MEDIA_TYPE}|\*/\*)""", re.IGNORECASE)
_BASIC = re.compile(
    r"""basic_auth|HTTPBasicAuth|\bauth=\(|\s(?:-u|--user)[\s=]+['"]?[^\s'":]+:|setBasicAuth|Authorization['"]?\s*(?:=>|[:=,])\s*['"]?Basic\b""",
    re.IGNORECASE,
)
_BEARER = re.compile(r"""Authorization['"]?\s*(?:=>|[:=,])\s*f?['"`]?Bearer\b""", re.IGNORECASE)
_KEY = re.compile(
    r"""['"\s]((?:X-)?(?:[A-Za-z]+-)*(?:Api-?Key|Auth-Token|Access-Token))['"]?\s*(?:=>|[:=,])""", re.IGNORECASE
)
_CURL_METHOD = re.compile(r"(?:-X|--request)[\s=]*['\"]?([A-Z]+)", re.IGNORECASE)
_HTTPIE = re.compile(rf"(?:^|\$ )\s*https?\s+(?:-\S+\s+)*(?:({'|'.join(METHODS)})\s+)?[\"']?https?://\S+")
_BODY = re.compile(r"\s(?:-d|--data(?:-raw|-binary|-urlencode)?|--json|-F|--form)\b")


@dataclass
class Sample:
    """What the sample code of an operation shows, each with its line.

    Attributes:
        urls: complete URLs.
        accept: media types in the header `Accept`.
        content_type: media types in the header `Content-Type`.
        authentication: `basic`, `bearer` or `apiKey in header NAME`.
        method: the method of a curl command.
    """

    urls: list[tuple[str, int]] = field(default_factory=list)
    accept: list[tuple[str, int]] = field(default_factory=list)
    content_type: list[tuple[str, int]] = field(default_factory=list)
    authentication: list[tuple[str, int]] = field(default_factory=list)
    method: str = ""
    has_body: bool = False


def read_sample(lines: Sequence[tuple[str, int]]) -> Sample:
    """Read sample code, as pairs of a line and its number."""
    sample = Sample()
    is_httpie = False
    for text, line in lines:
        if len(text) > 20_000:
            continue
        sample.urls.extend((match[0].rstrip(".;"), line) for match in URL.finditer(text))
        for match in _HEADER.finditer(text):
            name, value = match[1].lower().replace("_", "-"), match[2].lower()
            if value != "*/*":
                (sample.accept if name == "accept" else sample.content_type).append((value, line))
        if _BEARER.search(text):
            sample.authentication.append(("bearer", line))
        elif _BASIC.search(text):
            sample.authentication.append(("basic", line))
        elif (key := _KEY.search(text)) is not None:
            sample.authentication.append((f"apiKey in header {key[1]}", line))
        if (given := _CURL_METHOD.search(text)) is not None and given[1].upper() in METHODS:
            sample.method = given[1].upper()
        if (httpie := _HTTPIE.search(text)) is not None:
            sample.method = (httpie[1] or "").upper()
            is_httpie = True
        if is_httpie and re.search(r"""["'\s][\w\[\]]+:?=(?!=)""", text):
            sample.has_body = True
        if _BODY.search(f" {text}"):
            sample.has_body = True
    if not sample.method and (is_httpie or any(re.search(r"\bcurl\b", text) for text, _ in lines)):
        sample.method = "POST" if sample.has_body else "GET"
    return sample


def path_pattern(path: str) -> re.Pattern[str]:
    """A pattern for the end of a URL that an operation's path matches, with a group for each parameter."""
    parts = re.split(r"(\{[^{}/]*\})", path.split("?", 1)[0].rstrip("/") or "/")
    source = "".join("([^/?#]+)" if part.startswith("{") else re.escape(part) for part in parts)
    return re.compile(rf"(?P<server>https?://[^/?#]+(?:/[^?#]*?)?){source}/?(?:[?#].*)?", re.IGNORECASE)


def split_url(url: str) -> tuple[str, str]:
    """The origin and the path of a URL, the path with its query."""
    match = re.match(r"(https?://[^/?#]+)(.*)", url, re.IGNORECASE)
    return (match[1], match[2]) if match is not None else ("", url)


def add_server(facts: Facts, operation: str, urls: Sequence[tuple[str, int]]) -> bool:
    """Add the server of the URLs that end in the operation's path; tell whether there is one."""
    path = operation.partition(" ")[2]
    pattern = path_pattern(path)
    added = False
    for url, line in urls:
        if len(url) < 2000 and (match := pattern.fullmatch(url)) is not None:
            facts.add(Subject(operation), "server", match["server"], line)
            added = True
    return added


def add_authentication(facts: Facts, operation: str, sample: Sample) -> None:
    """Add the kinds of authentication that the samples use."""
    for value, line in sample.authentication:
        facts.add(Subject(operation), "authentication", value, line)
