"""The members of a form, each as its Encoding Object asks for.

Source: OpenAPI 3.1, "Encoding Object": with `style`, `explode` or `allowReserved` a member is written like a
query parameter, else as text of its media type: JSON for an object, one value for each item of an array. In
multipart bodies a style counts from version 3.1 on, and for `multipart/form-data` only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from ..arguments import expressible
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..jsontypes import Json, as_text, is_json_type
from ..operations import Parameter, ParameterKey
from .query import carries, divide
from .text import percent_decoded, spells
from .wire import Call, WireRequest

Rules = Mapping[str, Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A pair or a part. `raw` is still percent-encoded; `media` is None where a part states none."""

    name: str
    raw: str
    media: str | None = None


def judge_form(wire: WireRequest, call: Call) -> Iterator[Finding]:
    """Every member in its own way, and no other."""
    body = call.operation.body
    value = call.body
    if body is None or call.body_type is None or not isinstance(value, dict) or _is_ambiguous(value):
        return
    rules = body.encoding.get(call.body_type, {})
    multipart = call.body_type.lower().startswith("multipart/")
    pieces = _parts(wire) if multipart else _pairs(wire)
    if pieces is None:
        yield Finding(call.operation.name, "wire.body", "a form that can be taken apart", repr(wire.body[:120]))
        return
    styled = not multipart or (call.body_type.lower().startswith("multipart/form-data") and _is_3_1(call))
    wrong: list[str] = []
    for name, member in value.items():
        rule = rules.get(name, {})
        if styled and {"style", "explode", "allowReserved"} & set(rule):
            fine, pieces = _by_style(pieces, name, member, rule, multipart=multipart)
        else:
            mine = [piece for piece in pieces if piece.name == name]
            pieces = [piece for piece in pieces if piece.name != name]
            fine = _by_type(mine, member, as_text(rule.get("contentType")), multipart=multipart)
        if not fine:
            wrong.append(name)
    if wrong:
        expected = f"members {wrong} of the given value, by {[dict(rules.get(name, {})) for name in wrong]}"
        yield Finding(call.operation.name, "wire.body", expected, repr(wire.body[:300]))
    if pieces:
        names = [piece.name for piece in pieces]
        yield Finding(call.operation.name, "wire.body", "only members of the given value", f"{names} too")


def _is_3_1(call: Call) -> bool:
    return not as_text(call.operation.document.raw.get("openapi")).startswith("3.0")


def _is_ambiguous(value: dict[str, Json]) -> bool:
    """Whether names look nested or escaped already, or an object's members could be those of the form."""
    inner = [name for each in value.values() if isinstance(each, dict) for name in each]
    return any(mark in name for name in _names(value) for mark in "[]%") or bool(set(inner) & set(value))


def _names(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(each)


def _pairs(wire: WireRequest) -> list[_Piece] | None:
    try:
        # In a form, unlike in a URI, a plus is a space to every reader.
        text = wire.body.decode("ascii").replace("+", "%20")
    except UnicodeDecodeError:
        return None
    split = [piece.partition("=") for piece in text.split("&")] if text else []
    found = [(percent_decoded(name), raw) for name, _, raw in split]
    return None if any(name is None for name, _ in found) else [_Piece(name or "", raw) for name, raw in found]


def _parts(wire: WireRequest) -> list[_Piece] | None:
    """The parts of a multipart body (RFC 2046, 5.1; RFC 7578, 4.2)."""
    if not wire.body:
        return []
    stated = re.search(r'boundary="?([^";]+)', next(iter(wire.header("content-type")), ""))
    if stated is None:
        return None
    first, *inner, last = (b"\r\n" + wire.body).split(b"\r\n--" + stated[1].encode())
    if first or last.strip() != b"--":
        return None
    found: list[_Piece] = []
    for part in inner:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        fields = head.decode("utf-8", errors="replace")
        name = re.search(r'(?mi)^content-disposition: *form-data;.*?\bname="([^"]*)"', fields)
        media = re.search(r"(?mi)^content-type: *(.*?)\r?$", fields)
        if name is None:
            return None
        # What can't stand within quotes (HTML, "multipart/form-data encoding algorithm", and other controls alike).
        own = re.sub(r"%(22|7F|[01][0-9A-F])", lambda match: chr(int(match[1], 16)), name[1])
        # Some clients escape backslashes, as in the strings of other headers (RFC 9110, section 5.6.4).
        own = own.replace("\\\\", "\\")
        found.append(_Piece(own, quote(content, safe=""), media[1] if media else None))
    return found


def _by_style(pieces: list[_Piece], name: str, value: Json, rule: Mapping[str, Json],
              *, multipart: bool) -> tuple[bool, list[_Piece]]:  # fmt: skip
    style = as_text(rule.get("style"), "form")
    explode = rule.get("explode")
    exploded = explode if isinstance(explode, bool) else style == "form"
    parameter = Parameter(
        ParameterKey("query", name), {}, False, style, exploded, rule.get("allowReserved") is True, None
    )
    mine, rest = divide([(piece.name, piece.raw) for piece in pieces], parameter, value)
    left = [piece for piece in pieces if (piece.name, piece.raw) in rest]
    if value is None:
        return all(raw in ("", "null") for _, raw in mine), left
    if style != "deepObject" and (not expressible(parameter, value) or (multipart and not exploded)):
        # Nothing is said of nested values; without percent-encoding, delimiters and data look the same.
        return True, left
    return carries(mine, parameter, value), left


def _by_type(pieces: list[_Piece], value: Json, stated: str, *, multipart: bool) -> bool:
    items = value if isinstance(value, list) else [value]
    # A null may be left out, as in RFC 6570, section 2.3: a form has no text for it.
    wanted = items if len(items) == len(pieces) else [each for each in items if each is not None]
    return len(pieces) == len(wanted) and all(
        _is_item(piece, each, stated, multipart=multipart) for piece, each in zip(pieces, wanted, strict=True)
    )


def _is_item(piece: _Piece, value: Json, stated: str, *, multipart: bool) -> bool:
    text = percent_decoded(piece.raw)
    nested = isinstance(value, list | dict)
    media = (piece.media or "text/plain").partition(";")[0].strip().lower()
    one = stated.partition(";")[0].strip().lower() if "," not in stated and "*" not in stated else ""
    if text is None or (nested and one and not is_json_type(one)):
        # What an object is in another media type, only its caller knows.
        return text is not None
    if multipart and one and media != one:
        return False
    if not nested and not (one and is_json_type(one)):
        return spells(text, value)
    if multipart and not is_json_type(media):
        return False
    try:
        return first_difference(value, parse_lossless(text)) is None
    except ValueError:
        return False
