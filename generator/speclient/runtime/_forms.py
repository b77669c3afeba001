"""Bodies of forms, by the `encoding` of their members (OpenAPI 3.1, section 4.8.15)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ._errors import RequestError
from ._model import Model, json_bytes
from ._operation import Param
from ._params import percent, query_pairs, scalar
from ._request import Part, RequestParts, remember

Encoding = Mapping[str, Param | str]
"""Member -> its style, or its media type. Of the others nothing is said."""


def add(parts: RequestParts, media: str, kind: str, body: Any, encoding: Encoding) -> None:
    """Give the request a body, from a model or a mapping.

    Raises:
        RequestError: a member can't be put on the wire.
    """
    if kind == "form":
        parts.content = "&".join(form_pairs(body, encoding)).encode()
        parts.headers["Content-Type"] = media
        return
    parts.files = multipart(body, encoding)  # httpx2 chooses the boundary, and with it the content type.
    if not parts.files:  # It would send no body at all.
        parts.content, parts.headers["Content-Type"] = b"--end--\r\n", "multipart/form-data; boundary=end"
    for _, (_, content, _) in parts.files:
        remember(parts, content)


def form_pairs(body: Any, encoding: Encoding) -> list[str]:
    """The `name=value` texts: a list is repeated, what is nested is JSON text, unless a style says otherwise."""
    pairs: list[str] = []
    for name, value in _members(body).items():
        how = encoding.get(name)
        if isinstance(how, Param):
            pairs += _styled(how, value)
            continue
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if item is not None:
                text = json_bytes(item).decode() if _is_nested(item) or _is_json(how) else scalar(item, name)
                pairs.append(f"{_plus(name)}={_plus(text)}")
    return pairs


def multipart(body: Any, encoding: Encoding) -> list[Part]:
    """Parts: bytes and files are files, text is text, `(file name, content, media type)` says it all, else JSON."""
    found: list[Part] = []
    for name, value in _members(body).items():
        how = encoding.get(name)
        if isinstance(how, Param):
            for pair in _styled(how, value):
                key, _, text = pair.partition("=")
                found.append((unquote(key), (None, unquote(text), None)))
            continue
        for item in value if isinstance(value, list) else (value,):
            if item is not None:
                found.append((name, _part(name, item, how)))
    return found


def _members(body: Any) -> Mapping[str, Any]:
    body = body.to_dict() if isinstance(body, Model) else body
    if not isinstance(body, Mapping):
        raise RequestError(f"body: a form takes a model or a mapping, not {type(body).__name__}")
    return body


def _part(name: str, item: Any, media: str | None) -> tuple[str | None, Any, str | None]:
    if isinstance(item, tuple):
        file_name, content, *own = item
        return file_name, content, own[0] if own else media
    if isinstance(item, bytes):
        return name, item, media or "application/octet-stream"
    if hasattr(item, "read"):
        return os.path.basename(str(getattr(item, "name", name))), item, media or "application/octet-stream"
    if _is_json(media):
        return None, json_bytes(item), media
    if _is_nested(item):
        return None, json_bytes(item), "application/json"
    return None, scalar(item, name), media


def _styled(how: Param, value: Any) -> list[str]:
    """By a style; only `deepObject` has a form for what is nested within a list or an object."""
    if value is None:
        return []
    if how.style != "deepObject":
        value = value.to_dict() if isinstance(value, Model) else value
        if isinstance(value, Mapping):
            value = {key: _flat(item) for key, item in value.items()}
        elif isinstance(value, (list, tuple)):
            value = [_flat(item) for item in value if item is not None]
    return query_pairs(how, value)


def _flat(item: Any) -> Any:
    return json_bytes(item).decode() if _is_nested(item) else item


def _is_nested(item: Any) -> bool:
    return isinstance(item, (Mapping, Model, list, tuple))


def _is_json(media: str | None) -> bool:
    return media is not None and media.partition(";")[0].strip().lower().endswith(("/json", "+json"))


def _plus(text: str) -> str:
    return percent(text, " ").replace(" ", "+")
