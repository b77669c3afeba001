"""Form bodies by the `encoding` of their properties (OpenAPI 3.1, section 4.8.15)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib import import_module
from io import TextIOBase
from pathlib import Path
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
"""The style or the media type of a property, or None."""
Headers = tuple[tuple[Param, Any], ...]
"""Headers of a part with their default values."""
Encoding = Mapping[str, How | tuple[How, Headers]]


def add(parts: RequestParts, media: str, kind: str, body: Any, encoding: Encoding) -> None:
    """Set the body of a request from a model or a mapping.

    Raises:
        RequestError: a property cannot be sent.
    """
    if kind == "form":
        parts.content = "&".join(form_pairs(body, encoding)).encode()
        parts.headers["Content-Type"] = media
        return
    parts.files = multipart(body, encoding)  # httpx2 chooses the boundary, and with it the content type.
    for _, (_, content, *_) in parts.files:
        remember(parts, content)
    if not parts.files:  # httpx2 would send no body.
        parts.content, parts.headers["Content-Type"] = b"--end--\r\n", f"{media}; boundary=end"
    elif not media.lower().startswith("multipart/form-data"):  # httpx2 supports only this type.
        made = httpx2.Request("POST", "http://localhost", files=parts.files)
        parts.content, parts.files = made.stream, []
        parts.headers["Content-Type"] = f"{media}; {made.headers['Content-Type'].partition('; ')[2]}"
        if "Content-Length" in made.headers:
            parts.headers["Content-Length"] = made.headers["Content-Length"]


def form_pairs(body: Any, encoding: Encoding) -> list[str]:
    """Return `name=value` texts. Lists are repeated and nested values are JSON, unless a style is specified."""
    pairs: list[str] = []
    for name, value in _properties(body).items():
        rule = encoding.get(name)
        how = rule[0] if isinstance(rule, tuple) else rule
        if isinstance(how, Param):
            pairs += _styled(how, value)
            continue
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if item is not None:
                text = json_bytes(item).decode() if _is_nested(item) or _is_json(how) else scalar(item, name)
                pairs.append(f"{_plus(name)}={_plus(text)}")
    return pairs


def multipart(body: Any, encoding: Encoding) -> list[Part]:
    """Return parts. Bytes and files are files, strings are text, and other values JSON, unless `encoding` differs.

    A tuple `(file name, content, media type, headers)` sets these. The last two are optional; the name may be None.
    """
    found: list[Part] = []
    for name, value in _properties(body, with_files=True).items():
        rule = encoding.get(name)
        how, headers = rule if isinstance(rule, tuple) else (rule, ())
        if isinstance(how, Param):
            for pair in _styled(how, value):
                key, _, text = pair.partition("=")
                found.append((unquote(key), (None, unquote(text), None, _headers(name, headers, {}))))
            continue
        for item in value if isinstance(value, list) else (value,):
            if item is not None:
                found.append((name, _part(name, item, how, headers)))
    return found


def _properties(body: Any, *, with_files: bool = False) -> Mapping[str, Any]:
    if isinstance(body, Model):
        return import_module("._files", __package__).form_data(body) if with_files else body.to_dict()
    if not isinstance(body, Mapping):
        raise RequestError(f"body: a form must be a model or a mapping, not {type(body).__name__}")
    return body


def _part(
    name: str, item: Any, media: str | None, documented: Headers
) -> tuple[str | None, Any, str | None, dict[str, str]]:
    if isinstance(item, Path):
        item = item.name, _content(name, item)
    file_name, content, own_type, own = None, item, None, None
    given = isinstance(item, tuple)
    if given:
        if not 2 <= len(item) <= 4:
            raise RequestError(f"{name}: a part must be (file name, content), optionally with media type and headers")
        file_name, content, own_type, own = (*item, None, None)[:4]
        media = own_type or media
    if isinstance(content, Path):
        content = _content(name, content)
    if isinstance(content, TextIOBase):
        raise RequestError(f"{name}: a file must be open in binary mode")
    if isinstance(content, bytes) or hasattr(content, "read"):
        if not given:
            is_file = not isinstance(content, bytes)
            file_name = os.path.basename(str(getattr(content, "name", name))) if is_file else name
            media = media or "application/octet-stream"
    elif given and isinstance(content, str):
        content = text_bytes(content, media or "")
    elif _is_json(media) or (own_type is None and _is_nested(content)):
        content, media = json_bytes(content), media if _is_json(media) else "application/json"
    else:
        content = text_bytes(scalar(content, name), media or "")
    text_bytes(name + (file_name or ""), "")  # Raises for names that cannot be written.
    headers = _headers(name, documented, own or {})
    if media is not None and not any(header.lower() == "content-type" for header in headers):
        headers["Content-Type"] = checked_header(name, media)
    return file_name, content, None, headers


def _content(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise RequestError(f"{name}: the file {path.name!r} cannot be read: {problem.strerror}") from None


def _headers(name: str, documented: Headers, own: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a part: those of the caller, and the defaults."""
    given = {header.lower(): (header, value) for header, value in own.items()}
    made: dict[str, str] = {}
    for param, constant in documented:
        _, value = given.pop(param.name.lower(), (param.name, constant))
        if value is not None:
            made[param.name] = header_text(param, value)
        elif param.required:
            how = f"(file name, content, media type, {{{param.name!r}: ...}})"
            raise RequestError(f"{name}: the part requires the header {param.name}; pass {how}")
    for header, value in given.values():
        if _TOKEN.fullmatch(header) is None or header.lower() == "content-disposition":
            raise RequestError(f"{name}: {header!r} is not a valid header of a part")
        made[header] = header_text(HeaderParam(header), value)
    return made


def _styled(how: Param, value: Any) -> list[str]:
    """Apply a style. Only `deepObject` supports values nested in a list or an object."""
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
