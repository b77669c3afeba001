"""Building requests from arguments, without I/O."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from io import TextIOBase
from typing import Any
from urllib.parse import quote_plus

from ._auth import Scheme
from ._body import ENCODINGS
from ._call import Call
from ._errors import RequestError
from ._media import narrowed, text_bytes
from ._model import Model, json_bytes
from ._operation import Operation
from ._params import checked_header, cookie_pairs, header_text, path_text, percent, query_pairs
from ._sealed import Sealed

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
    query: list[str] = field(default_factory=list[str], repr=False)
    """Encoded text that is added to the query of the URL."""
    starts: list[tuple[Any, int]] = field(default_factory=list[Any], repr=False)
    """Files to send, with their start positions."""
    once: bool = False
    """Whether the body can be sent only once."""


def build(call: Call[Any], credentials: Sequence[tuple[Scheme, Sealed | None]]) -> RequestParts:
    """Build the request of a call. Arguments that are None are not sent.

    Raises:
        RequestError: an argument cannot be sent.
    """
    operation, settings = call.operation, call.settings
    # The fragment distinguishes operations on one path and is never sent.
    path = operation.path.partition("#")[0]
    query: list[str] = []
    headers = {"Accept": operation.accept, "Accept-Encoding": ENCODINGS}
    cookies: list[str] = []
    arguments = call.arguments
    for argument, param in operation.params.items():
        value = arguments.get(argument)
        if value is None and param.is_call_key:
            value = call.key
        if value is None:
            if param.required:
                raise RequestError(f"{argument} is required")
            continue
        if param.place == "query":
            query += query_pairs(param, value)
        elif param.place == "path":
            path = path.replace("{" + param.name + "}", path_text(param, value))
        elif param.place == "header":
            headers[param.name] = header_text(param, value)
        else:
            cookies += cookie_pairs(param, value)
    for name, value in call.options.get("extra_query", {}).items():
        for item in (value,) if isinstance(value, str) else value:
            query.append(f"{_form_text(name)}={_form_text(item)}")
    url = (operation.servers[0] if operation.servers and settings.own_servers else settings.base_url) + path
    parts = RequestParts(operation.method, url, headers)
    if call.body is not None:
        media, kind = _chosen(operation, call.content_type)
        if kind in ("form", "multipart") and not isinstance(call.body, (str, bytes)):
            # Packages without form operations do not contain this module.
            import_module("._forms", __package__).add(parts, media, kind, call.body, operation.encoding.get(media, {}))
        else:
            _add_body(parts, media, kind, call.body)
    elif operation.body_required:
        raise RequestError("body is required")
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    own = dict(call.options.get("extra_headers", {}))
    for name, value in own.items():
        if not name.isascii() or not name.isprintable() or " " in name or ":" in name or not name:
            raise RequestError(f"extra_headers: {name!r} is not a valid header name")
        if not isinstance(value, str):
            raise RequestError(f"extra_headers: the value of {name!r} must be a string, not {type(value).__name__}")
        headers = {known: text for known, text in headers.items() if known.lower() != name.lower()}
        # In the spelling of the client.
        headers[name.title() if name.lower() in ("host", "content-length") else name] = checked_header(name, value)
    parts.headers = headers
    parts.query = query
    _add_credentials(parts, credentials, {name.lower() for name in own})
    if call.url is not None:
        parts.url = call.url
        # The URL of the service contains the query, except for keys.
        parts.query = _keys(call.url, credentials)
    if parts.query:
        parts.url += ("&" if "?" in parts.url else "?") + "&".join(parts.query)
    return parts


def _form_text(text: str) -> str:
    return percent(text, " ").replace(" ", "+")


def _add_credentials(
    parts: RequestParts, credentials: Sequence[tuple[Scheme, Sealed | None]], overridden: set[str]
) -> None:
    """Add the credentials. Nothing after this may raise, so that no traceback contains them."""
    for scheme, value in credentials:
        if scheme.place == "header" and scheme.name.lower() not in overridden:
            for name in [name for name in parts.headers if name.lower() == scheme.name.lower()]:
                del parts.headers[name]
            parts.headers[scheme.name] = scheme.text(value)
        elif scheme.place == "query":
            parts.query.append(f"{quote_plus(scheme.name)}={scheme.text(value)}")
        elif scheme.place == "cookie" and "cookie" not in overridden:
            pair = f"{scheme.name}={scheme.text(value)}"
            parts.headers["Cookie"] = "; ".join(filter(None, [parts.headers.get("Cookie"), pair]))


def redirect(parts: RequestParts, url: str, credentials: Sequence[tuple[Scheme, Sealed | None]]) -> None:
    """Redirect the request to a URL of the service, with keys in the query."""
    keys = _keys(url, credentials)
    parts.url = url + (("&" if "?" in url else "?") + "&".join(keys) if keys else "")


def _keys(url: str, credentials: Sequence[tuple[Scheme, Sealed | None]]) -> list[str]:
    """Return the query keys that a URL of the service lacks."""
    return [
        f"{quote_plus(scheme.name)}={scheme.text(value)}"
        for scheme, value in credentials
        if scheme.place == "query" and f"{quote_plus(scheme.name)}=" not in url
    ]


def rewind(parts: RequestParts) -> bool:
    """Prepare the body for another attempt. Return False if it cannot be sent again."""
    if parts.once:
        return False
    for file, start in parts.starts:
        file.seek(start)
    return True


async def in_chunks(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Convert a body for the synchronous client to one for the asynchronous client."""
    read = getattr(content, "read", None)
    if read is None:
        for chunk in content:
            yield chunk
    else:
        while chunk := read(2**16):
            yield chunk


def remember(parts: RequestParts, content: Any) -> None:
    """Record how a file or an iterable can be sent again."""
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
    raise RequestError(f"content_type: {content_type!r} is not documented; documented: {known}")


def _add_body(parts: RequestParts, media: str, kind: str, body: Any) -> None:
    if kind == "json" and not isinstance(body, bytes):
        parts.content = json_bytes(body)
    elif isinstance(body, (str, bytes)):
        parts.content = text_bytes(body, media) if isinstance(body, str) else body
    elif not isinstance(body, (Mapping, Model, TextIOBase)) and _is_stream(body):
        remember(parts, body)
        parts.content = body
    else:
        what = f"{media} requires text, bytes, a binary file or an iterator of bytes"
        raise RequestError(f"body: {what}, not {type(body).__name__}")
    parts.headers["Content-Type"] = narrowed(kind, body) if "*" in media else media


def _is_stream(body: Any) -> bool:
    """Return whether a body is a file or an iterable of bytes."""
    return hasattr(body, "read") or hasattr(body, "__next__") or hasattr(body, "__aiter__")
