"""Arguments to a request, without any I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from ._auth import Credential
from ._errors import RequestError
from ._model import Model, to_jsonable
from ._operation import Operation
from ._params import cookie_pairs, header_text, path_text, query_pairs, scalar


@dataclass(slots=True)
class RequestParts:
    """A request as data: absolute URL, headers, and either content or the parts of a form."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None = None
    files: list[tuple[str, tuple[str | None, bytes | str, str | None]]] = field(default_factory=list[Any])


def build(
    operation: Operation[Any],
    base_url: str,
    arguments: Sequence[Any],
    body: Any,
    credentials: Sequence[Credential],
    content_type: str | None = None,
) -> RequestParts:
    """The request of a call. `arguments` stand in the order of `operation.params`; None is not sent.

    `content_type` chooses among the documented media types of the body; the first one is taken without it.

    Raises:
        RequestError: an argument can't be put on the wire.
    """
    path = operation.path
    query: list[str] = []
    headers = {"Accept": operation.accept}
    cookies: list[str] = []
    for param, value in zip(operation.params, arguments, strict=True):
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
    for credential in credentials:
        if credential.place == "header":
            headers[credential.name] = credential.value
        elif credential.place == "query":
            query.append(f"{quote_plus(credential.name)}={credential.value}")
        elif credential.place == "cookie":
            cookies.append(f"{credential.name}={credential.value}")
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    url = base_url + path
    if query:
        url += ("&" if "?" in url else "?") + "&".join(query)
    parts = RequestParts(operation.method, url, headers)
    if body is not None:
        _add_body(parts, *_chosen(operation, content_type), body)
    elif operation.body_required:
        raise RequestError("body: is required")
    return parts


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
    elif kind == "form" and not isinstance(body, (str, bytes)):
        parts.content = "&".join(_form_pairs(body)).encode()
    elif kind == "multipart" and not isinstance(body, (str, bytes)):
        parts.files = _multipart(body)
        return  # httpx2 chooses the boundary, and with it the content type.
    elif isinstance(body, (str, bytes)):
        parts.content = body.encode() if isinstance(body, str) else body
    else:
        raise RequestError(f"body: {media} takes text or bytes, not {type(body).__name__}")
    parts.headers["Content-Type"] = media if "*" not in media else "application/octet-stream"


def json_bytes(body: Any) -> bytes:
    """A body as JSON text.

    Raises:
        RequestError: it holds a value that JSON can't.
    """
    if isinstance(body, Model):
        return body.to_json().encode()
    try:
        return json.dumps(to_jsonable(body), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as problem:
        raise RequestError(f"body: {problem}") from None


def _members(body: Any) -> Mapping[str, Any]:
    body = body.to_dict() if isinstance(body, Model) else body
    if not isinstance(body, Mapping):
        raise RequestError(f"body: a form takes a model or a mapping, not {type(body).__name__}")
    return body


def _form_pairs(body: Any) -> list[str]:
    """OpenAPI 3.1, section 4.8.15.1: style `form`, exploded; nested objects as JSON text."""
    pairs: list[str] = []
    for name, value in _members(body).items():
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if item is None:
                continue
            text = json_bytes(item).decode() if isinstance(item, Mapping) else scalar(item, name)
            pairs.append(f"{quote_plus(name)}={quote_plus(text)}")
    return pairs


def _multipart(body: Any) -> list[tuple[str, tuple[str | None, bytes | str, str | None]]]:
    """Parts: bytes are files, text is text, `(file name, bytes, media type)` says it all, the rest is JSON."""
    found: list[tuple[str, tuple[str | None, bytes | str, str | None]]] = []
    given = body if isinstance(body, Mapping) else _members(body)
    for name, value in given.items():
        for item in value if isinstance(value, list) else (value,):
            if item is None:
                continue
            if isinstance(item, tuple):
                file_name, content, *media = item
                found.append((name, (file_name, content, media[0] if media else None)))
            elif isinstance(item, bytes):
                found.append((name, (name, item, "application/octet-stream")))
            elif isinstance(item, (Mapping, Model)):
                found.append((name, (None, json_bytes(item), "application/json")))
            else:
                found.append((name, (None, scalar(item, name), None)))
    return found
