"""Links that answers hold (HAL): where they lead, and to which operation. Followed on the client's own host only."""

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
        """The address, as text."""
        ...


Link = str | Mapping[str, Any] | HasHref
"""A link object, as a model or as it came, or its address alone."""


class LinkingClient(SyncClient):
    """A client whose service gives links."""

    @overload
    def follow(self, link: Link, method: Callable[..., Paged[T]], **options: Unpack[CallOptions]) -> T: ...

    @overload
    def follow(self, link: Link, method: Callable[..., Collected[T]], **options: Unpack[CallOptions]) -> T: ...

    @overload
    def follow(self, link: Link, method: Callable[..., T], **options: Unpack[CallOptions]) -> T: ...

    @overload
    def follow(self, link: Link, method: None = None, **options: Unpack[CallOptions]) -> Any: ...

    def follow(self, link: Link, method: Callable[..., Any] | None = None, **options: Unpack[CallOptions]) -> Any:
        """Get what a link leads to.

        With the method of this client to which it leads (`client.follow(run.links.self_, client.runs.get)`) the result
        has that method's type; of pages, it is the one page. Without, the operation whose path fits gives the result;
        where none does, it is JSON as it came. A relative address is resolved against the origin of the base URL.

        Raises:
            RequestError: the link leads to another host, where nothing is sent; or not to that method; or it is a
                template.
        """
        call = call_of(self._settings, link, method, options)
        return result(call, self._send(call))


@dataclass(frozen=True, slots=True)
class _Known:
    """An operation of the package that reads: where it lies, and what its paths look like."""

    group: str
    method: str
    path: str
    pattern: re.Pattern[str]

    def operation(self, package: str) -> Operation[Any]:
        module = import_module(f"{package}._operations.{self.group}")
        found: Operation[Any] = getattr(module, self.method.upper())
        return found


def call_of(settings: Settings, link: Link, method: Callable[..., Any] | None, options: CallOptions) -> Call[Any]:
    """The call that gets what a link leads to; of a known operation if there is one.

    Raises:
        RequestError: it can't be followed, or does not lead to the method.
        TypeError: the method is none that reads of this client.
    """
    url = _address(settings, link)
    known, values = _known(settings, url, method)
    if known is None:
        operation: Operation[Any] = replace(_UNKNOWN, security=_usual_security(settings.package))
        arguments: dict[str, Any] = {}
    else:
        operation = known.operation(settings.package)
        asked = url.params
        chooser, _, choices = operation.chosen_by or ("", None, {})
        by_text = {json.dumps(value).strip('"'): value for value in choices}
        arguments = {name: values[param.name] for name, param in operation.params.items() if param.place == "path"}
        if chooser:
            text = asked.get(operation.params[chooser].name)
            arguments[chooser] = by_text.get(text, text)
        # The address holds all that the service wants in the path and the query.
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
    """The absolute URL of a link, on the host of the base URL."""
    is_object = isinstance(link, Mapping)
    text = link if isinstance(link, str) else link.get("href") if is_object else link.href  # type: ignore[union-attr]
    if not isinstance(text, str) or not text:
        raise RequestError("link: it has no address")
    templated = link.get("templated") if is_object else getattr(link, "templated", None)  # type: ignore[union-attr]
    if templated is True:
        text = re.sub(r"\{[?&][^{}]*\}", "", text)  # What is left out of a query leaves nothing (RFC 6570).
        if "{" in text:
            raise RequestError("link: it is a template; give its address as text, with a value for each {name}")
    base = httpx2.URL(settings.base_url)
    try:
        url = base.copy_with(path="/", query=None, fragment=None).join(text)
    except (httpx2.InvalidURL, ValueError):
        raise RequestError("link: its address is not a valid URL") from None
    # A name and password in an address would take the place of the client's own.
    url = upgraded(base, url.copy_with(fragment=None, userinfo=b""))
    reason = refusal(base, url)
    if reason is not None:
        raise RequestError(f"link: its address {reason}, where nothing is sent")
    return url


def _known(
    settings: Settings, url: httpx2.URL, method: Callable[..., Any] | None
) -> tuple[_Known | None, Mapping[str, str]]:
    """The operation that an address leads to, and the values in its path."""
    base = httpx2.URL(settings.base_url).raw_path.decode("ascii").rstrip("/")
    path = url.raw_path.decode("ascii").partition("?")[0]
    table = _table(settings.package)
    wanted = None
    if method is not None:
        group = type(getattr(method, "__self__", None)).__module__.rpartition(".")[2]
        wanted = next((made for made in table if (made.group, made.method) == (group, method.__name__)), None)
        if wanted is None:
            raise TypeError("client.follow() takes a method of the client that reads, such as client.runs.get")
    if path.startswith(f"{base}/"):
        for made in table:
            found = made.pattern.fullmatch(path, len(base)) if wanted in (None, made) else None
            if found is not None:
                names = re.findall(r"\{([^{}]+)\}", made.path)
                return made, dict(zip(names, map(unquote, found.groups()), strict=True))
    if wanted is not None:
        raise RequestError(f"link: it does not lead to {wanted.group}.{wanted.method} (GET {wanted.path})")
    return None, {}


@cache
def _operations(package: str) -> list[dict[str, Any]]:
    text = (files(package) / "_spec" / "operations.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)["operations"]
    return [row for row in rows if row["method"] == "GET"]


@cache
def _table(package: str) -> tuple[_Known, ...]:
    """The operations that read; of two that fit an address, the one with more fixed text comes first."""
    made: list[_Known] = []
    for row in _operations(package):
        path = row["path"].partition("#")[0]
        parts = re.split(r"\{[^{}]+\}", path)
        pattern = re.compile("([^/]+)".join(map(re.escape, parts)))
        group, _, method = row["call"].partition(".")
        made.append(_Known(group, method, path, pattern))
    return tuple(sorted(made, key=lambda known: [re.sub(r"\{[^{}]+\}", "\U0010ffff", known.path)]))


@cache
def _usual_security(package: str) -> tuple[tuple[str, ...], ...]:
    """The requirements that most operations have: an address that none of them knows is taken to have them too."""
    found = Counter(tuple(map(tuple, row["security"])) for row in _operations(package))
    return found.most_common(1)[0][0] if found else ()
