"""Whether a raw piece of a request carries a value in a given style.

Source: OpenAPI 3.1, "Style Values" and its examples; RFC 6570 for what is encoded: delimiters stand bare,
the data between them is percent-encoded, so a delimiter within the data is told from one between two
elements.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from ..equality import first_difference, parse_lossless
from ..jsontypes import Json, as_object
from ..operations import Parameter
from .text import percent_decoded, spells

Decode = Callable[[str], "str | None"]


def has_date_time(schema: Json) -> bool:
    """Whether a schema asks for date-times anywhere: then equal instants are equal values."""
    return '"date-time"' in json.dumps(schema)


def carries_scalar(raw: str, value: Json, parameter: Parameter, decode: Decode = percent_decoded) -> bool:
    """Whether `raw` decodes to the scalar `value`."""
    text = decode(raw)
    return text is not None and spells(text, value, is_date_time=has_date_time(parameter.schema))


def carries_list(raw: str, values: Sequence[Json], delimiter: str, parameter: Parameter,
                 decode: Decode = percent_decoded) -> bool:  # fmt: skip
    """Whether `raw` is the elements of `values` in order with `delimiter` between them."""
    if not values:
        return raw == ""
    parts = raw.split(delimiter)
    return len(parts) == len(values) and all(
        carries_scalar(part, value, parameter, decode) for part, value in zip(parts, values, strict=True)
    )


def carries_json(raw: str, value: Json, decode: Decode = percent_decoded) -> bool:
    """Whether `raw` decodes to a JSON text of `value`: parameters that are described by `content`."""
    text = decode(raw)
    try:
        return text is not None and first_difference(value, parse_lossless(text)) is None
    except ValueError:
        return False


def carries_in_path(raw: str, value: Json, parameter: Parameter) -> bool:
    """Whether `raw`, a parameter's part of a path, carries `value` in simple, label or matrix style."""
    if parameter.media_type is not None:
        return carries_json(raw, value)
    match parameter.style:
        case "label":
            prefix, delimiter = ".", "." if parameter.explode else ","
        case "matrix":
            return _carries_in_matrix(raw, value, parameter)
        case _:
            prefix, delimiter = "", ","
    return raw.startswith(prefix) and carries_delimited(raw[len(prefix) :], value, delimiter, parameter)


def carries_delimited(raw: str, value: Json, delimiter: str, parameter: Parameter,
                      decode: Decode = percent_decoded) -> bool:  # fmt: skip
    """Whether `raw` carries a scalar, a list, or an object (`k,v,k,v`; exploded `k=v,k=v`)."""
    if isinstance(value, list):
        return carries_list(raw, value, delimiter, parameter, decode)
    if isinstance(value, dict):
        if parameter.explode:
            return _carries_members(raw.split(delimiter) if raw else [], value, parameter, decode)
        flat = [item for pair in value.items() for item in pair]
        return carries_list(raw, flat, delimiter, parameter, decode)
    return carries_scalar(raw, value, parameter, decode)


def _carries_members(pairs: Sequence[str], value: Json, parameter: Parameter, decode: Decode) -> bool:
    members = as_object(value)
    found: dict[str | None, str] = {}
    for pair in pairs:
        name, _, text = pair.partition("=")
        found[decode(name)] = text
    return len(found) == len(pairs) == len(members) and all(
        name in found and carries_scalar(found[name], each, parameter, decode) for name, each in members.items()
    )


def _carries_in_matrix(raw: str, value: Json, parameter: Parameter) -> bool:
    if not raw.startswith(";"):
        return False
    pieces = raw[1:].split(";")
    if isinstance(value, dict) and parameter.explode:
        return _carries_members(pieces, value, parameter, percent_decoded)
    if isinstance(value, list) and parameter.explode:
        named = [_matrix_value(piece, parameter) for piece in pieces]
        return len(named) == len(value) and all(
            text is not None and carries_scalar(text, each, parameter) for text, each in zip(named, value, strict=True)
        )
    text = _matrix_value(pieces[0], parameter)
    return len(pieces) == 1 and text is not None and carries_delimited(text, value, ",", parameter)


def _matrix_value(piece: str, parameter: Parameter) -> str | None:
    # `;color` alone is how matrix style shows an empty value.
    name, _, text = piece.partition("=")
    return text if percent_decoded(name) == parameter.key.name else None
