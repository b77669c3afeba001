"""One request with its response, as the checks see it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from urllib.parse import parse_qs, quote, unquote

import httpx2

from ..jsontypes import Json, as_json, is_json_type
from ..operations import Operation, Parameter, ParameterKey
from .transport import Record


class Intent(Enum):
    """What is known about a request before its response."""

    VALID = "valid"
    """Every value is one that the service must accept."""
    OPEN = "open"
    """The values fit the document, but may be unknown to the service, such as an invented id."""
    INVALID = "invalid"
    """A value breaks the document."""
    UNAUTHORIZED = "unauthorized"
    """The credentials are missing or wrong."""
    METHOD = "method"
    """The document has no such method."""
    STATUS = "status"
    """The request asks for a status (`Prefer: code=429`)."""


_NONE = ""


class Undecodable:
    """A body that is not JSON."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


@dataclass(frozen=True)
class Exchange:
    """A request for an operation and its response.

    Args:
        operation: the operation of the document.
        intent: what is known about the request.
        record: what was sent and received.
        base_path: the path of the service's base URL.
    """

    operation: Operation
    intent: Intent
    record: Record
    base_path: str = ""

    @property
    def status(self) -> int:
        """The status; 0 without a response."""
        return self.record.response.status_code if self.record.response is not None else 0

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def content(self) -> bytes:
        """The body."""
        return self.record.response.read() if self.record.response is not None else b""

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case."""
        value = self.header("content-type") or ""
        return value.partition(";")[0].strip().lower()

    def header(self, name: str) -> str | None:
        """A response header."""
        return self.record.response.headers.get(name) if self.record.response is not None else None

    @cached_property
    def body(self) -> Json | Undecodable:
        """The body as JSON."""
        if not is_json_type(self.media_type or "application/json"):
            return Undecodable(f"the content type is {self.media_type}")
        try:
            return as_json(json.loads(self.content, parse_constant=_no_constant))
        except (ValueError, RecursionError, MemoryError) as error:
            return Undecodable(f"{type(error).__name__}: {error}")

    @cached_property
    def json(self) -> Json:
        """The body of a successful response as JSON; None without one."""
        return None if not self.is_success or isinstance(self.body, Undecodable) else self.body

    @cached_property
    def query(self) -> Mapping[str, list[str]]:
        """The query as it was sent: name -> values."""
        return parse_qs(self.record.request.url.query.decode("ascii"), keep_blank_values=True)

    @cached_property
    def path_values(self) -> Mapping[str, str]:
        """The path parameters as they were sent."""
        path = self.record.request.url.raw_path.decode("ascii").partition("?")[0].removeprefix(self.base_path)
        found = _template_pattern(self.operation.path).fullmatch(path)
        names = re.findall(r"\{([^{}]*)\}", self.operation.path)
        return {} if found is None else dict(zip(names, map(unquote, found.groups()), strict=True))

    def argument(self, parameter: Parameter) -> str | None:
        """The text of a path or query parameter as it was sent; None if it was not sent or has several values."""
        if parameter.key.location == "path":
            return self.path_values.get(parameter.key.name)
        values = self.query.get(parameter.key.name) if parameter.key.location == "query" else None
        return values[0] if values is not None and len(values) == 1 else None


def _template_pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^{}]*\}", path)
    return re.compile("([^/]*)".join(re.escape(part) for part in parts))


def text_of(value: Json) -> str:
    """A scalar as it is written in a URL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def url_of(base: str, operation: Operation, values: Mapping[ParameterKey, Json]) -> str:
    """The URL of a request with these path and query parameters (OpenAPI 3.1, "Style Values")."""
    path, query = operation.path, list[str]()
    for key, value in values.items():
        parameter = operation.parameter(key)
        if key.location == "path":
            path = path.replace("{" + key.name + "}", _in_path(parameter, key.name, value))
        elif key.location == "query" and parameter is not None:
            query += _pairs(parameter, value)
    # Some documents have a part of the query in the path.
    return base + path + (("&" if "?" in path else "?") + "&".join(query) if query else "")


def _in_path(parameter: Parameter | None, name: str, value: Json) -> str:
    items = [_encoded(each) for each in (value if isinstance(value, list) else [value])]
    style, explode = (parameter.style, parameter.explode) if parameter is not None else ("simple", False)
    if style == "label":
        return "." + ("." if explode else ",").join(items)
    if style == "matrix":
        return "".join(f";{name}={item}" for item in items) if explode else f";{name}=" + ",".join(items)
    return ",".join(items)


def _encoded(value: Json) -> str:
    text = quote(text_of(value), safe="")
    # Dot segments would be removed on the way.
    return {".": "%2E", "..": "%2E%2E"}.get(text, text)


def _pairs(parameter: Parameter, value: Json) -> list[str]:
    name = quote(parameter.key.name, safe="")
    if parameter.media_type is not None:
        return [f"{name}={quote(json.dumps(value), safe='')}"]
    if isinstance(value, dict):
        if parameter.style == "deepObject":
            return [f"{name}%5B{quote(key, safe='')}%5D={_encoded(each)}" for key, each in value.items()]
        if parameter.explode:
            return [f"{quote(key, safe='')}={_encoded(each)}" for key, each in value.items()]
        return [f"{name}=" + ",".join(f"{quote(key, safe=_NONE)},{_encoded(each)}" for key, each in value.items())]
    if isinstance(value, list):
        if parameter.explode:
            return [f"{name}={_encoded(each)}" for each in value]
        delimiter = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(parameter.style, ",")
        return [f"{name}={delimiter.join(_encoded(each) for each in value)}"]
    return [f"{name}={quote(text_of(value), safe='')}"]


def headers_of(values: Mapping[ParameterKey, Json]) -> dict[str, str]:
    """The header and cookie parameters of a request."""
    headers = {key.name: text_of(value) for key, value in values.items() if key.location == "header"}
    cookies = [f"{key.name}={text_of(value)}" for key, value in values.items() if key.location == "cookie"]
    return headers | ({"Cookie": "; ".join(cookies)} if cookies else {})


def is_unreachable(error: httpx2.RequestError | None) -> bool:
    """Whether no connection could be made."""
    return isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON value")
