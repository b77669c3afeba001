"""Serialization of parameters by style and explode (OpenAPI 3.1, section 4.8.12; RFC 6570)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from urllib.parse import quote
from uuid import UUID

from ._errors import RequestError
from ._lazy_text import LosslessText, write_text
from ._model import Model, json_bytes
from ._operation import Param

_PLAIN = (str, int, bool)
_SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
# Characters that `allowReserved` leaves unencoded. `&`, `=`, `+` and `#` have a meaning in a query.
_RESERVED = "/?:@!$'()*,;[]"


def scalar(value: Any, name: str) -> str:
    """Return a value as text.

    Raises:
        RequestError: it cannot be sent, or a date-time lacks its offset.
    """
    if type(value) is str:
        return value
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise RequestError(f"{name}: a datetime requires a time zone (RFC 3339); use tzinfo=timezone.utc for UTC")
        return str(write_text(value))
    if isinstance(value, (LosslessText, time, UUID, bytes)):
        return str(write_text(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        text = str(value)
        if text in ("nan", "inf", "-inf"):
            raise RequestError(f"{name}: {text} is not a JSON number")
        return text
    if value is None:
        return "null"
    raise RequestError(f"{name}: a {type(value).__name__} cannot be sent as a parameter")


def _pairs(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, Model):
        value = value.to_dict()
    if isinstance(value, Mapping):
        return [(str(key), item) for key, item in value.items() if item is not None]
    return None


def _items(value: Any) -> list[Any] | None:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else None


def percent(text: str, safe: str = "") -> str:
    if text.isalnum() and text.isascii():
        return text
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        pass  # The exception contains the text, which may be secret.
    raise RequestError("the string has an unpaired surrogate, which UTF-8 cannot encode")


def _as_json(param: Param, value: Any) -> Any:
    # The meaning of non-ASCII bytes in a header is not defined (RFC 9110, section 5.5).
    return json_bytes(value, ascii_only=param.place == "header").decode() if param.json else value


def path_text(param: Param, value: Any) -> str:
    """Return the text for `{name}` in a path, encoded so that it stays one segment."""
    value = _as_json(param, value)
    name, explode = param.name, param.explode
    before, between, named = {
        "simple": ("", ",", False),
        "label": (".", ".", False),
        "matrix": (";", ";", True),
    }[param.style]
    inner = between if explode else ","
    pairs, items = _pairs(value), _items(value)
    single = pairs is None and items is None

    def assigned(key: str, text: str) -> str:
        return key if named and not text else f"{key}={text}"

    if pairs is not None:
        texts = [(percent(key), percent(scalar(item, name))) for key, item in pairs]
        parts = [assigned(key, text) if explode else f"{key},{text}" for key, text in texts]
    else:
        parts = [percent(scalar(item, name)) for item in ([value] if items is None else items)]
        if named and (explode or single):
            parts = [assigned(percent(name), part) for part in parts]
    prefix = before + (f"{percent(name)}=" if named and not explode and not single else "")
    text = inner.join(parts)
    if not text:
        raise RequestError(f"{name}: a path parameter must not be empty")
    # `.` and `..` alone would be resolved as relative segments by clients or servers.
    return prefix + (text.replace(".", "%2E") if prefix + text in (".", "..") else text)


def query_pairs(param: Param, value: Any) -> list[str]:
    """Return the `name=value` texts of a query parameter, encoded."""
    value = _as_json(param, value)
    safe = _RESERVED if param.allow_reserved else ""
    name = percent(param.name)
    if type(value) in _PLAIN and param.style != "deepObject":
        return [f"{name}={percent(scalar(value, name), safe)}"]
    if param.style == "deepObject":
        return _deep(param.name, value, safe)
    pairs, items = _pairs(value), _items(value)
    if pairs is not None:
        if param.explode:
            return [f"{percent(key)}={percent(scalar(item, param.name), safe)}" for key, item in pairs]
        flat = [text for key, item in pairs for text in (percent(key), percent(scalar(item, param.name), safe))]
        return [f"{name}={_SEPARATORS.get(param.style, ',').join(flat)}"] if flat else []
    if items is not None:
        texts = [percent(scalar(item, param.name), safe) for item in items]
        if param.explode:
            return [f"{name}={text}" for text in texts]
        return [f"{name}={_SEPARATORS.get(param.style, ',').join(texts)}"] if texts else []
    return [f"{name}={percent(scalar(value, param.name), safe)}"]


def _deep(prefix: str, value: Any, safe: str) -> list[str]:
    """Lists are numbered, which OpenAPI leaves undefined, so that lists of objects can be read back."""
    pairs, items = _pairs(value), _items(value)
    if pairs is not None:
        return [pair for key, item in pairs for pair in _deep(f"{prefix}[{key}]", item, safe)]
    if items is not None:
        return [pair for place, item in enumerate(items) for pair in _deep(f"{prefix}[{place}]", item, safe)]
    return [f"{percent(prefix)}={percent(scalar(value, prefix), safe)}"]


def header_text(param: Param, value: Any) -> str:
    """Return the value of a header (style `simple`)."""
    value = _as_json(param, value)
    pairs, items = _pairs(value), _items(value)
    if pairs is not None:
        mark = "=" if param.explode else ","
        text = ",".join(f"{key}{mark}{scalar(item, param.name)}" for key, item in pairs)
    elif items is not None:
        text = ",".join(scalar(item, param.name) for item in items)
    else:
        text = scalar(value, param.name)
    return checked_header(param.name, text)


def checked_header(name: str, text: str) -> str:
    """Return the text if a header can contain it.

    Raises:
        RequestError: it contains a control character, which could start another header, or is not Latin-1.
    """
    if any((ord(sign) < 32 and sign != "\t") or 127 <= ord(sign) < 160 for sign in text) or text != text.strip():
        raise RequestError(f"{name}: a header cannot contain control characters or surrounding whitespace")
    if any(ord(sign) > 255 for sign in text):
        raise RequestError(f"{name}: a header cannot contain characters outside Latin-1")
    return text


def cookie_pairs(param: Param, value: Any) -> list[str]:
    """Return the `name=value` texts of a cookie parameter (style `form`)."""
    value = _as_json(param, value)
    pairs, items = _pairs(value), _items(value)
    if pairs is not None:
        if param.explode:
            return [f"{percent(key)}={percent(scalar(item, param.name))}" for key, item in pairs]
        flat = [text for key, item in pairs for text in (percent(key), percent(scalar(item, param.name)))]
        return [f"{param.name}={','.join(flat)}"]
    if items is not None:
        texts = [percent(scalar(item, param.name)) for item in items]
        return [f"{param.name}={text}" for text in texts] if param.explode else [f"{param.name}={','.join(texts)}"]
    return [f"{param.name}={percent(scalar(value, param.name))}"]
