"""Percent-encoding undone, and the question whether a text stands for a scalar."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from ..jsontypes import Json
from ..rfc3339 import instant

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")


def percent_decoded(raw: str) -> str | None:
    """`raw` with its escapes undone, or None when they do not spell UTF-8."""
    if _STRAY.search(raw):
        return None
    try:
        return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), raw.encode("ascii")).decode("utf-8")
    except UnicodeError:
        return None


def query_decoded(raw: str, *, plus_is_literal: bool = False) -> str | None:
    """`raw` from a query, decoded.

    A bare `+` is a plus to RFC 3986 and a space to HTML forms. Servers read it either way, so it expresses
    neither: None, unless the parameter allows reserved characters.
    """
    if "+" in raw and not plus_is_literal:
        return None
    return percent_decoded(raw)


def spells(text: str, value: Json, *, is_date_time: bool = False) -> bool:
    """Whether `text` is how the wire shows the scalar `value`.

    Source: OpenAPI 3.1.1, "Style Values": JSON's own spelling for booleans and numbers, strings as they are.
    """
    if value is None:
        return text in ("null", "")
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, int):
        return re.fullmatch(r"-?[0-9]+", text) is not None and int(text) == value
    if isinstance(value, float | Decimal):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return False
        return number == (Decimal(repr(value)) if isinstance(value, float) else value)
    if isinstance(value, str):
        date_time = instant(value) if is_date_time else None
        return text == value or (date_time is not None and instant(text) == date_time)
    return False
