"""Arguments to a request, without any I/O."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from io import TextIOBase
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from ._auth import Scheme
from ._body import ENCODINGS
from ._errors import RequestError
from ._media import narrowed, text_bytes
from ._model import Model, json_bytes
from ._operation import Operation
from ._params import checked_header, cookie_pairs, header_text, path_text, query_pairs

if TYPE_CHECKING:
    from ._flow import Call

Part = tuple[str, tuple[str | None, Any, str | None, dict[str, str]]]
"""A part of a multipart body: name, and file name, content, media type and headers."""


@dataclass(slots=True)
class RequestParts:
    """A request as data: absolute URL, headers, and either content or the parts of a form."""

    method: str
    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    content: Any = field(default=None, repr=False)
    """Bytes, an iterable of bytes, or None."""
    files: list[Part] = field(default_factory=list[Any], repr=False)
    starts: list[tuple[Any, int]] = field(default_factory=list[Any], repr=False)
    """Files that are sent, and where in them it began."""
    once: bool = False
    """Whether the body can be sent only once."""


def build(call: Call[Any], credentials: Sequence[tuple[Scheme, str]]) -> RequestParts:
    """The request of a call. Arguments stand in the order of the operation's parameters; None is not sent.

    Raises:
        RequestError: an argument can't be put on the wire.
    """
    operation, settings = call.operation, call.settings
    path = operation.path.partition("#")[0]  # It tells operations of one path apart, and is never sent.
    query: list[str] = []
    headers = {"Accept": operation.accept, "Accept-Encoding": ENCODINGS}
    cookies: list[str] = []
    for param, value in zip(operation.params, call.arguments, strict=True):
        if value is None:
            if param.required:
                raise RequestError(f"{param.name}: is required")
            continue
        if param.place == "query":
            query += query_pairs(param, value)
        elif param.place == "path":
            path = path.replace("{" + param.name + "}", path_text(param, value))
        elif param.place == "header":
            headers[param.name] = header_text(param, value)
        else:
            cookies += cookie_pairs(param, value)
    for scheme, text in credentials:
        if scheme.place == "header":
            headers[scheme.name] = text
        elif scheme.place == "query":
            query.append(f"{quote_plus(scheme.name)}={text}")
        elif scheme.place == "cookie":
            cookies.append(f"{scheme.name}={text}")
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    for name, value in call.options.get("extra_query", {}).items():
        for item in (value,) if isinstance(value, str) else value:
            query.append(f"{quote_plus(name)}={quote_plus(item)}")
    url = (operation.servers[0] if operation.servers and settings.own_servers else settings.base_url) + path
    if query:
        url += ("&" if "?" in url else "?") + "&".join(query)
    parts = RequestParts(operation.method, url, headers)
    if call.body is not None:
        media, kind = _chosen(operation, call.content_type)
        if kind in ("form", "multipart") and not isinstance(call.body, (str, bytes)):
            # A package has this module only if one of its operations sends a form.
            import_module("._forms", __package__).add(parts, media, kind, call.body, operation.encoding.get(media, {}))
        else:
            _add_body(parts, media, kind, call.body)
    elif operation.body_required:
        raise RequestError("body: is required")
    for name, value in call.options.get("extra_headers", {}).items():
        for own in [own for own in headers if own.lower() == name.lower()]:
            del headers[own]
        headers[name] = checked_header(name, value)
    if not any(name.lower() == "user-agent" for name in headers):  # An argument may be one.
        headers["User-Agent"] = settings.user_agent
    return parts


def with_keys(url: str, schemes: Sequence[Scheme], values: Mapping[Scheme, str]) -> str:
    """An address that a service gave, with the keys that travel in the query, unless it holds them already."""
    for scheme in schemes:
        if scheme.place == "query" and f"{quote_plus(scheme.name)}=" not in url:
            mark = "&" if "?" in url else "?"
            url += f"{mark}{quote_plus(scheme.name)}={scheme.text(values.get(scheme))}"
    return url


def rewind(parts: RequestParts) -> bool:
    """Make the body ready to be sent again; False if it can't be."""
    if parts.once:
        return False
    for file, start in parts.starts:
        file.seek(start)
    return True


async def in_pieces(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    """A body for the asynchronous client, from what the synchronous one takes."""
    read = getattr(content, "read", None)
    if read is None:
        for piece in content:
            yield piece
    else:
        while piece := read(2**16):
            yield piece


def remember(parts: RequestParts, content: Any) -> None:
    """Note how a file or an iterable can be sent again."""
    if isinstance(content, (str, bytes)):
        return
    if hasattr(content, "read") and getattr(content, "seekable", lambda: False)():
        parts.starts.append((content, content.tell()))
    else:
        parts.once = True


def _chosen(operation: Operation[Any], content_type: str | None) -> tuple[str, str]:
    if content_type is None:
        return operation.body[0]
    for media, kind in operation.body:
        if media == content_type:
            return media, kind
    known = ", ".join(media for media, _ in operation.body)
    raise RequestError(f"content_type: {content_type!r} is not documented; there are {known}")


def _add_body(parts: RequestParts, media: str, kind: str, body: Any) -> None:
    if kind == "json" and not isinstance(body, bytes):
        parts.content = json_bytes(body)
    elif isinstance(body, (str, bytes)):
        parts.content = text_bytes(body, media) if isinstance(body, str) else body
    elif not isinstance(body, (Mapping, Model, TextIOBase)) and _is_stream(body):
        remember(parts, body)
        parts.content = body
    else:
        what = f"{media} takes text, bytes, a file open for bytes or an iterator of bytes"
        raise RequestError(f"body: {what}, not {type(body).__name__}")
    parts.headers["Content-Type"] = narrowed(kind, body) if "*" in media else media


def _is_stream(body: Any) -> bool:
    """Whether it is a file, or gives bytes piece by piece."""
    return hasattr(body, "read") or hasattr(body, "__next__") or hasattr(body, "__aiter__")
