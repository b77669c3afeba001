"""Values and JSON as documentation pages write them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

MAX_JSON: Final = 2_000_000
"""The longest JSON example that is parsed, in characters."""
MAX_JSON_DEPTH: Final = 200

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_QUOTES: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’"}


def parse_value(text: str, kind: str = "") -> Any:
    """A value as a page writes it, as JSON data of the type that the page states.

    Args:
        text: the text of the value, with or without quotes.
        kind: `string`, `integer`, `number`, `boolean`, `array`, `object`, or empty for an unknown type: then a text
            that is a number or a boolean in JSON is one.
    """
    text = text.strip()
    bare = text
    for _ in range(2):
        if len(bare) >= 2 and _QUOTES.get(bare[0]) == bare[-1]:
            quoted = bare[0] != "`"
            bare = bare[1:-1]
            if quoted and kind in ("", "string"):
                return bare
    if kind == "string":
        return bare
    if len(bare) < 400 and _NUMBER.fullmatch(bare):
        # `json` refuses integers of more digits than the interpreter's limit.
        value = json.loads(bare) if len(bare) < 300 else bare
        if kind in ("", "number", "integer"):
            return int(value) if isinstance(value, float) and kind == "integer" and value.is_integer() else value
    if bare.lower() in ("true", "false") and kind in ("", "boolean"):
        return bare.lower() == "true"
    if bare == "null" and kind != "string":
        return None
    if bare[:1] in ("[", "{"):
        parsed = parse_json(bare)
        if parsed is not None:
            return parsed
    return bare


def number(text: str) -> int | float | None:
    """A number as pages write bounds: `1000`, `1,000`, `0.5`; None if the text is not a number."""
    text = text.strip().rstrip(".").replace(",", "").replace("_", "")
    if len(text) > 60 or not _NUMBER.fullmatch(text):
        return None
    value: int | float = json.loads(text)
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return value


def parse_json(text: str) -> Any:
    """The JSON value that a text consists of; None if it is not JSON, or is too long or too deep."""
    if len(text) > MAX_JSON or _depth(text) > MAX_JSON_DEPTH:
        return None
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        token = match[0]
        if token in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in "]}":
            depth -= 1
    return deepest


_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|//.*|[\[{\]}]')


class Brackets:
    """Where values in brackets end, for all lines of a page at once.

    Args:
        lines: the lines; what follows `//` outside a text does not count.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        depth = 0
        after = [0]
        for line in lines:
            for token in _TOKENS.findall(line):
                if token in ("[", "{"):
                    depth += 1
                elif token in ("]", "}"):
                    depth -= 1
            after.append(depth)
        # For each line the next one after which no bracket of it is open.
        self._ends = [0] * len(lines)
        stack: list[int] = []
        for index in range(len(lines) - 1, -1, -1):
            while stack and after[stack[-1] + 1] > after[index + 1]:
                stack.pop()
            stack.append(index)
            position = len(stack) - 1
            low, high = 0, position
            # The stack is sorted: the deepest lines are on top, the nearest first.
            while low < high:
                middle = (low + high + 1) // 2
                if after[stack[middle] + 1] <= after[index]:
                    low = middle
                else:
                    high = middle - 1
            self._ends[index] = stack[low] + 1 if after[stack[low] + 1] <= after[index] else 0

    def end(self, first: int, last: int) -> int:
        """The index after the value that begins at a line; `first` if it does not end before `last`."""
        end = self._ends[first]
        return end if first < end <= last else first
