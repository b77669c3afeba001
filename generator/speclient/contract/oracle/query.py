"""The query of a request: each declared parameter in its style, and nothing undeclared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ..findings import Finding
from ..jsontypes import Json
from ..operations import Parameter
from .styles import Decode, carries_delimited, carries_json, carries_list, carries_scalar
from .text import percent_decoded, query_decoded
from .wire import Call, WireRequest

Pair = tuple[str, str]

# RFC 6570 has no style with these delimiters; the OpenAPI specification shows them percent-encoded.
_DELIMITERS = {"form": (",",), "spaceDelimited": ("%20",), "pipeDelimited": ("|", "%7C", "%7c")}


def judge_query(wire: WireRequest, call: Call, credential_names: frozenset[str]) -> Iterator[Finding]:
    """Every query argument where and how it belongs.

    `credential_names` are taken care of by the security rules.
    """
    pairs: list[Pair] = []
    for piece in wire.query.split("&")[call.fixed_pairs :] if wire.query else []:
        raw_name, _, raw_value = piece.partition("=")
        name = percent_decoded(raw_name)
        if name is None:
            yield Finding(call.operation.name, "wire.query", "names in percent-encoded UTF-8", piece)
        elif name not in credential_names:
            pairs.append((name, raw_value))
    for parameter in call.operation.parameters:
        if parameter.key.location != "query" or parameter.key not in call.arguments:
            continue
        value = call.arguments[parameter.key]
        mine, pairs = divide(pairs, parameter, value)
        if not carries(mine, parameter, value):
            got = "&".join(f"{name}={raw}" for name, raw in mine) or f"nothing (query: {wire.query!r})"
            how = f"style {parameter.style}, explode {str(parameter.explode).lower()}"
            yield Finding(call.operation.name, "wire.query", f"{parameter.key} = {value!r} ({how})", got)
    for name, raw in pairs:
        yield Finding(call.operation.name, "wire.query.undeclared", "only what was asked for", f"{name}={raw}")


def divide(pairs: list[Pair], parameter: Parameter, value: Json) -> tuple[list[Pair], list[Pair]]:
    name = parameter.key.name
    if isinstance(value, dict | list) and parameter.media_type is None and parameter.style == "deepObject":
        mine = [pair for pair in pairs if pair[0] == name or pair[0].startswith(f"{name}[")]
    elif isinstance(value, dict) and parameter.media_type is None and parameter.explode:
        mine = [pair for pair in pairs if pair[0] in value]
    else:
        mine = [pair for pair in pairs if pair[0] == name]
    return mine, [pair for pair in pairs if pair not in mine]


def carries(pairs: list[Pair], parameter: Parameter, value: Json) -> bool:
    decode = partial(query_decoded, plus_is_literal=parameter.allow_reserved)
    if parameter.media_type is not None:
        return len(pairs) == 1 and carries_json(pairs[0][1], value, decode)
    if parameter.style == "deepObject" and isinstance(value, dict | list):
        return _carries_nested(pairs, parameter.key.name, value, parameter, decode)
    if isinstance(value, dict):
        return _carries_object(pairs, parameter, value)
    if isinstance(value, list):
        return _carries_list(pairs, parameter, value)
    return len(pairs) == 1 and carries_scalar(pairs[0][1], value, parameter, decode)


def _carries_list(pairs: list[Pair], parameter: Parameter, values: list[Json]) -> bool:
    decode = partial(query_decoded, plus_is_literal=parameter.allow_reserved)
    if not values:
        # RFC 6570 leaves an empty list out; `name=` is common and means the same to a reader of lists.
        return not pairs or pairs[0][1] == ""
    if parameter.explode:
        return len(pairs) == len(values) and all(
            carries_scalar(raw, value, parameter, decode) for (_, raw), value in zip(pairs, values, strict=True)
        )
    delimiters = _DELIMITERS.get(parameter.style, (",",))
    return len(pairs) == 1 and any(carries_list(pairs[0][1], values, each, parameter, decode) for each in delimiters)


def _carries_object(pairs: list[Pair], parameter: Parameter, value: dict[str, Json]) -> bool:
    decode = partial(query_decoded, plus_is_literal=parameter.allow_reserved)
    if parameter.explode:
        wanted = dict(value)
    else:
        delimiters = _DELIMITERS.get(parameter.style, (",",))
        if not value:
            return not pairs or pairs[0][1] == ""
        return len(pairs) == 1 and any(
            carries_delimited(pairs[0][1], value, each, parameter, decode) for each in delimiters
        )
    found = dict(pairs)
    return len(found) == len(pairs) == len(wanted) and all(
        name in found and carries_scalar(found[name], each, parameter, decode) for name, each in wanted.items()
    )


def _carries_nested(pairs: list[Pair], name: str, value: Json, parameter: Parameter, decode: Decode) -> bool:
    """Whether `deepObject` names lead to each value.

    What is nested deeper has no defined form: names go on in brackets, and lists are numbered, as is usual.
    A list of scalars may be repeated too, with or without empty brackets.
    """
    if isinstance(value, dict | list) and not value:
        return all(raw == "" for _, raw in pairs)
    if isinstance(value, list) and {own for own, _ in pairs} in ({name}, {f"{name}[]"}):
        return len(pairs) == len(value) and all(
            carries_scalar(raw, each, parameter, decode) for (_, raw), each in zip(pairs, value, strict=True)
        )
    if not isinstance(value, dict | list):
        if value is None and not pairs:
            return True
        return len(pairs) == 1 and pairs[0][0] == name and carries_scalar(pairs[0][1], value, parameter, decode)
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in members:
        prefix = f"{name}[{key}]"
        mine = [pair for pair in pairs if pair[0] == prefix or pair[0].startswith(f"{prefix}[")]
        pairs = [pair for pair in pairs if pair not in mine]
        if not _carries_nested(mine, prefix, each, parameter, decode):
            return False
    return not pairs
