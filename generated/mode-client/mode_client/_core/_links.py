"""Links in responses (HAL): their targets and operations. Links are followed on the client's own host only."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Protocol, TypeVar, Unpack, overload
from urllib.parse import unquote

import httpx2

from ._call import Call
from ._client import SyncClient
from ._errors import RequestError
from ._operation import Media, Operation
from ._options import CallOptions, Settings
from ._raw import Collected, Paged
from ._redirects import refusal, upgraded
from ._response import result

T = TypeVar("T")


class HasHref(Protocol):
    """A model of a link object."""

    @property
    def href(self) -> Any:
        """The URL as text."""
        ...


Link = str | Mapping[str, Any] | HasHref
"""A link object, as a model or plain data, or only its URL."""


class LinkingClient(SyncClient):
    """Base of a client whose service returns links."""

    @overload
    def follow(self, link: Link, method: Callable[..., Paged[T]], **options: Unpack[CallOptions]) -> T: ...

    @overload
    def follow(self, link: Link, method: Callable[..., Collected[T]], **options: Unpack[CallOptions]) -> T: ...

    @overload
    def follow(self, link: Link, method: Callable[..., T], **options: Unpack[CallOptions]) -> T: ...

    @overload
    def follow(self, link: Link, method: None = None, **options: Unpack[CallOptions]) -> Any: ...

    def follow(self, link: Link, method: Callable[..., Any] | None = None, **options: Unpack[CallOptions]) -> Any:
        """Get the target of a link.

        With a method of this client (`client.follow(run.links.self_, client.runs.get)`), the result has that method's
        type; for a paginated method it is one page. Without a method, the operation whose path matches determines the
        type; the result is plain JSON if none matches. Relative URLs are resolved against the origin of the base URL.

        Raises:
            RequestError: the link leads to another host, does not match the method, or is a
                template.
        """
        call = call_of(self._settings, link, method, options)
        return result(call, self._send(call))


@dataclass(frozen=True, slots=True)
class _Known:
    """A GET operation of the package, and the pattern of its paths."""

    group: str
    method: str
    path: str
    pattern: re.Pattern[str]

    def operation(self, package: str) -> Operation[Any]:
        module = import_module(f"{package}._operations.{self.group}")
        found: Operation[Any] = getattr(module, self.method.upper())
        return found


def call_of(settings: Settings, link: Link, method: Callable[..., Any] | None, options: CallOptions) -> Call[Any]:
    """Return the call for a link, of a matching operation if there is one.

    Raises:
        RequestError: the link cannot be followed, or does not match the method.
        TypeError: the method is not a GET method of this client.
    """
    url = _address(settings, link)
    known, values = _known(settings, url, method)
    if known is None:
        operation: Operation[Any] = replace(_UNKNOWN, security=_usual_security(settings.package))
        arguments: dict[str, Any] = {}
    else:
        operation = known.operation(settings.package)
        query = url.params
        chooser, _, choices = operation.chosen_by or ("", None, {})
        by_text = {json.dumps(value).strip('"'): value for value in choices}
        arguments = {name: values[param.name] for name, param in operation.params.items() if param.place == "path"}
        if chooser:
            text = query.get(operation.params[chooser].name)
            arguments[chooser] = by_text.get(text, text)
        # The URL contains path and query.
        params = {name: replace(param, required=False) for name, param in operation.params.items()}
        operation = replace(operation, params=params)
    call = Call(settings, operation, arguments, options)
    for name, value in call.options.get("extra_query", {}).items():
        for item in (value,) if isinstance(value, str) else value:
            url = url.copy_add_param(name, item)
    call.url = str(url)
    return call


_UNKNOWN: Operation[Any] = Operation(
    "GET",
    "(a link)",
    answers={"2XX": (Media("application/json"),)},
    accept="application/hal+json, application/json",
)


def _address(settings: Settings, link: Link) -> httpx2.URL:
    """Return the absolute URL of a link on the host of the base URL."""
    is_object = isinstance(link, Mapping)
    text = link if isinstance(link, str) else link.get("href") if is_object else link.href  # type: ignore[union-attr]
    if not isinstance(text, str) or not text:
        raise RequestError("link: it has no URL")
    templated = link.get("templated") if is_object else getattr(link, "templated", None)  # type: ignore[union-attr]
    if templated is True:
        text = re.sub(r"\{[?&][^{}]*\}", "", text)  # Undefined variables of a query expand to nothing (RFC 6570).
        if "{" in text:
            raise RequestError("link: it is a template; pass its URL as a string with a value for each {name}")
    base = httpx2.URL(settings.base_url)
    try:
        url = base.copy_with(path="/", query=None, fragment=None).join(text)
    except (httpx2.InvalidURL, ValueError):
        raise RequestError("link: its URL is not valid") from None
    # A user and password in a URL would replace the client's own.
    url = upgraded(base, url.copy_with(fragment=None, userinfo=b""))
    reason = refusal(base, url)
    if reason is not None:
        raise RequestError(f"link: its URL {reason}, so no request is sent")
    return url


def _known(
    settings: Settings, url: httpx2.URL, method: Callable[..., Any] | None
) -> tuple[_Known | None, Mapping[str, str]]:
    """Return the operation that a URL matches, and the values in its path."""
    base = httpx2.URL(settings.base_url).raw_path.decode("ascii").rstrip("/")
    path = url.raw_path.decode("ascii").partition("?")[0]
    table = _table(settings.package)
    expected = None
    if method is not None:
        group = type(getattr(method, "__self__", None)).__module__.rpartition(".")[2]
        expected = next((row for row in table if (row.group, row.method) == (group, method.__name__)), None)
        if expected is None:
            raise TypeError("client.follow() requires a GET method of the client, such as client.runs.get")
    if path.startswith(f"{base}/"):
        for row in table:
            found = row.pattern.fullmatch(path, len(base)) if expected in (None, row) else None
            if found is not None:
                names = re.findall(r"\{([^{}]+)\}", row.path)
                return row, dict(zip(names, map(unquote, found.groups()), strict=True))
    if expected is not None:
        raise RequestError(f"link: it does not lead to {expected.group}.{expected.method} (GET {expected.path})")
    return None, {}


@cache
def _operations(package: str) -> list[dict[str, Any]]:
    text = (files(package) / "_spec" / "operations.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)["operations"]
    return [row for row in rows if row["method"] == "GET"]


@cache
def _table(package: str) -> tuple[_Known, ...]:
    """Return the GET operations. If two match a URL, the one with more literal text is first."""
    entries: list[_Known] = []
    for row in _operations(package):
        path = row["path"].partition("#")[0]
        parts = re.split(r"\{[^{}]+\}", path)
        pattern = re.compile("([^/]+)".join(map(re.escape, parts)))
        group, _, method = row["call"].partition(".")
        entries.append(_Known(group, method, path, pattern))
    return tuple(sorted(entries, key=lambda entry: [re.sub(r"\{[^{}]+\}", "\U0010ffff", entry.path)]))


@cache
def _usual_security(package: str) -> tuple[tuple[str, ...], ...]:
    """Return the most frequent security requirements; an unknown URL is assumed to have them."""
    found = Counter(tuple(map(tuple, row["security"])) for row in _operations(package))
    return found.most_common(1)[0][0] if found else ()
