"""Decode the values of the parameters of a request, by style and explode (OpenAPI 3, "Style Values")."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus

from speclient.mock.messages import Request
from speclient.mock.plan import OperationPlan, ParameterPlan
from speclient.mock.routes import Match
from speclient.schema.validator import SchemaError, Validator

_LONGEST_NUMBER = 400
"""Digits of a number that is decoded; Python refuses to convert much longer ones."""
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "|"}
_ABSENT = object()


@dataclass(slots=True)
class Arguments:
    """The values of an operation's parameters by name (with defaults), and the problems with them."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    faults: list[str] = field(default_factory=list[str])


def read_arguments(match: Match, request: Request, validator: Validator) -> Arguments:
    """Decode and validate every parameter of the operation."""
    found = Arguments()
    split = [pair.partition("=") for pair in request.query.split("&") if pair]
    raw_query = [(unquote_plus(name), text) for name, _, text in split]
    names = {name for name, _ in raw_query}
    has_brackets = any("[" in name for name in names)
    for parameter in match.operation.parameters:
        if parameter.place == "query" and parameter.name not in names and not (has_brackets or parameter.spreads):
            if parameter.required:
                found.faults.append(f"the query parameter {parameter.name!r} is missing")
            elif parameter.default is not None:
                found.values[parameter.name] = parameter.default
            continue
        sent = _sent(parameter, match, request, raw_query)
        if sent is None:
            if parameter.required:
                found.faults.append(f"the {_shown(parameter)} is missing")
            elif parameter.default is not None:
                found.values[parameter.name] = parameter.default
            continue
        if sent == [""] and parameter.allows_empty:
            continue
        value = _typed(parameter, sent, validator)
        if (
            value is _ABSENT
            and isinstance(sent, list)
            and len(sent) > 1
            and _typed(parameter, sent[-1:], validator) is not _ABSENT
        ):
            found.faults.append(f"the {_shown(parameter)} is sent {len(sent)} times, but takes one value")
        elif value is _ABSENT:
            found.faults.append(f"the {_shown(parameter)} is not valid according to the document")
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            found.faults.append(f"the {_shown(parameter)} does not fit into 64 bits")
        else:
            found.values[parameter.name] = value
    return found


def _shown(parameter: ParameterPlan) -> str:
    return f"{parameter.place} parameter {parameter.name!r}"


_Sent = list[str] | dict[str, list[str]] | None
"""The raw parameter: a list of strings for one value or an array, a dict of strings for an object, None when absent."""


def _sent(parameter: ParameterPlan, match: Match, request: Request, query: Sequence[tuple[str, str]]) -> _Sent:
    if parameter.place == "query":
        return _query(parameter, query, match.operation)
    if parameter.place == "path":
        raw = dict(match.values).get(parameter.name)
        return _in_query_of_path(parameter, match, query) if raw is None else _path(parameter, raw)
    if parameter.place == "header":
        text = request.header(parameter.name)
        return None if text is None else [text.strip()]
    cookies = request.header("cookie") or ""
    for part in cookies.split(";"):
        name, _, text = part.strip().partition("=")
        if name == parameter.name:
            return [unquote(text)]
    return None


def _in_query_of_path(parameter: ParameterPlan, match: Match, query: Sequence[tuple[str, str]]) -> _Sent:
    """Of a path like `/search?q={text}`."""
    for name, _, place in (pair.partition("=") for pair in match.operation.fixed_query.split("&")):
        if place == f"{{{parameter.name}}}":
            return next(([unquote_plus(text)] for key, text in query if key == name), None)
    return None


def _query(parameter: ParameterPlan, query: Sequence[tuple[str, str]], operation: OperationPlan) -> _Sent:
    named = [text for name, text in query if name == parameter.name]
    if parameter.spreads and not named:
        others = {other.name for other in operation.parameters}
        spread: dict[str, list[str]] = {}
        for name, text in query:
            if name not in others:
                spread.setdefault(name, []).append(unquote_plus(text))
        return spread or None
    if parameter.style == "deepObject" or (not named and any("[" in name for name, _ in query)):
        inner: dict[str, list[str]] = {}
        for name, text in query:
            found = re.fullmatch(re.escape(parameter.name) + r"((?:\[[^\]]*\])+)", name)
            if found is not None:
                inner.setdefault(found[1][1:-1], []).append(unquote_plus(text))
        if inner:
            return inner if any(key for key in inner) else inner[""]
    if not named:
        return None
    delimiter = _DELIMITERS.get(parameter.style, ",")
    if not parameter.explode and len(named) == 1 and delimiter in named[0].replace("+", "%20"):
        return [unquote_plus(part) for part in named[0].replace("+", "%20").split(delimiter)]
    return [unquote_plus(text) for text in named]


def _path(parameter: ParameterPlan, raw: str) -> list[str]:
    text = raw
    if parameter.style == "label":
        text = text.removeprefix(".")
    elif parameter.style == "matrix":
        text = ",".join(part.partition("=")[2] for part in text.split(";") if part)
    return [unquote(text)]


def _typed(parameter: ParameterPlan, sent: list[str] | dict[str, list[str]], validator: Validator) -> Any:
    """The first interpretation of the strings that the schema allows, or `_ABSENT`."""
    first: Any = _ABSENT
    for value in _readings(parameter, sent):
        if parameter.schema is None:
            return value
        try:
            if not validator.violations_in(parameter.schema, value):
                return value
        except SchemaError:
            return value
        if first is _ABSENT:
            first = value
    # Objects spread over the query cannot be decoded with certainty, so they are not rejected.
    return first if isinstance(sent, dict) or parameter.style == "deepObject" else _ABSENT


def _readings(parameter: ParameterPlan, sent: list[str] | dict[str, list[str]]) -> Iterator[Any]:
    if isinstance(sent, dict):
        yield {key: _literal(texts[0]) if len(texts) == 1 else [*map(_literal, texts)] for key, texts in sent.items()}
        yield {key: texts[0] if len(texts) == 1 else texts for key, texts in sent.items()}
        return
    if parameter.is_json and len(sent) == 1:
        try:
            yield json.loads(sent[0])
        except ValueError:
            return
        return
    if len(sent) == 1:
        text = sent[0]
        yield from dict.fromkeys([text]) if _literal(text) is text else (_literal(text), text)
        parts = text.split(",") if text else []
        yield [_literal(part) for part in parts]
        yield parts
        yield [text]
        if not parameter.explode and len(parts) % 2 == 0:
            yield dict(zip(parts[::2], map(_literal, parts[1::2]), strict=True))
        yield {name: _literal(part) for name, eq, part in (p.partition("=") for p in parts) if eq}
        if text.startswith(("{", "[")):
            try:
                yield json.loads(text)
            except ValueError:
                return
        if text == "":
            yield None
        return
    yield [_literal(text) for text in sent]
    yield list(sent)


def _literal(text: str) -> Any:
    """The number or boolean that a string spells, else the string."""
    if text in ("true", "false"):
        return text == "true"
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER and (text[0] != "0" or text == "0"):
        return int(text)
    if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text):
        return float(text) if any(mark in text for mark in ".eE") else int(text)
    return text
