"""Bodies of forms, by the `encoding` of their members (OpenAPI 3.1, section 4.8.15)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from io import TextIOBase
from typing import Any
from urllib.parse import unquote

import httpx2

from ._errors import RequestError
from ._media import text_bytes
from ._model import Model, json_bytes
from ._operation import HeaderParam, Param
from ._params import checked_header, header_text, percent, query_pairs, scalar
from ._request import Part, RequestParts, remember

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
How = Param | str | None
"""The style or the media type of a member; None where nothing is said of it."""
Headers = tuple[tuple[Param, Any], ...]
"""Of a part: each header, and its value where the caller gives none."""
Encoding = Mapping[str, How | tuple[How, Headers]]


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
    for _, (_, content, *_) in parts.files:
        remember(parts, content)
    if not parts.files:  # It would send no body at all.
        parts.content, parts.headers["Content-Type"] = b"--end--\r\n", f"{media}; boundary=end"
    elif not media.lower().startswith("multipart/form-data"):  # The only type that httpx2 chooses.
        made = httpx2.Request("POST", "http://localhost", files=parts.files)
        parts.content, parts.files = made.stream, []
        parts.headers["Content-Type"] = f"{media}; {made.headers['Content-Type'].partition('; ')[2]}"
        if "Content-Length" in made.headers:
            parts.headers["Content-Length"] = made.headers["Content-Length"]


def form_pairs(body: Any, encoding: Encoding) -> list[str]:
    """The `name=value` texts: a list is repeated, what is nested is JSON text, unless a style says otherwise."""
    pairs: list[str] = []
    for name, value in _members(body).items():
        said = encoding.get(name)
        how = said[0] if isinstance(said, tuple) else said
        if isinstance(how, Param):
            pairs += _styled(how, value)
            continue
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if item is not None:
                text = json_bytes(item).decode() if _is_nested(item) or _is_json(how) else scalar(item, name)
                pairs.append(f"{_plus(name)}={_plus(text)}")
    return pairs


def multipart(body: Any, encoding: Encoding) -> list[Part]:
    """Parts: bytes and files are files, text is text, else JSON, as is said of the member.

    `(file name, content, media type, headers)` says more; the last two may be left out, and the file name be None.
    """
    found: list[Part] = []
    for name, value in _members(body).items():
        said = encoding.get(name)
        how, headers = said if isinstance(said, tuple) else (said, ())
        if isinstance(how, Param):
            for pair in _styled(how, value):
                key, _, text = pair.partition("=")
                found.append((unquote(key), (None, unquote(text), None, _headers(name, headers, {}))))
            continue
        for item in value if isinstance(value, list) else (value,):
            if item is not None:
                found.append((name, _part(name, item, how, headers)))
    return found


def _members(body: Any) -> Mapping[str, Any]:
    body = body.to_dict() if isinstance(body, Model) else body
    if not isinstance(body, Mapping):
        raise RequestError(f"body: a form takes a model or a mapping, not {type(body).__name__}")
    return body


def _part(
    name: str, item: Any, media: str | None, documented: Headers
) -> tuple[str | None, Any, str | None, dict[str, str]]:
    file_name, content, told, own = None, item, None, None
    given = isinstance(item, tuple)
    if given:
        if not 2 <= len(item) <= 4:
            raise RequestError(f"{name}: a part is (file name, content), and may have a media type and headers")
        file_name, content, told, own = (*item, None, None)[:4]
        media = told or media
    if isinstance(content, TextIOBase):
        raise RequestError(f"{name}: a file must be open for bytes")
    if isinstance(content, bytes) or hasattr(content, "read"):
        if not given:
            is_file = not isinstance(content, bytes)
            file_name = os.path.basename(str(getattr(content, "name", name))) if is_file else name
            media = media or "application/octet-stream"
    elif given and isinstance(content, str):
        content = text_bytes(content, media or "")
    elif _is_json(media) or (told is None and _is_nested(content)):
        content, media = json_bytes(content), media if _is_json(media) else "application/json"
    else:
        content = text_bytes(scalar(content, name), media or "")
    text_bytes(name + (file_name or ""), "")  # Refuses what can't be written.
    headers = _headers(name, documented, own or {})
    if media is not None and not any(header.lower() == "content-type" for header in headers):
        headers["Content-Type"] = checked_header(name, media)
    return file_name, content, None, headers


def _headers(name: str, documented: Headers, own: Mapping[str, Any]) -> dict[str, str]:
    """The headers of a part: what the caller gives, and the values that need no giving."""
    given = {header.lower(): (header, value) for header, value in own.items()}
    made: dict[str, str] = {}
    for param, constant in documented:
        _, value = given.pop(param.name.lower(), (param.name, constant))
        if value is not None:
            made[param.name] = header_text(param, value)
        elif param.required:
            how = f"(file name, content, media type, {{{param.name!r}: ...}})"
            raise RequestError(f"{name}: the part needs the header {param.name}; give {how}")
    for header, value in given.values():
        if _TOKEN.fullmatch(header) is None or header.lower() == "content-disposition":
            raise RequestError(f"{name}: {header!r} is no header that a part can be given")
        made[header] = header_text(HeaderParam(header), value)
    return made


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
