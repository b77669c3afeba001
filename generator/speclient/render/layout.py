"""Calls in example programs, laid out over several lines where one is too short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from speclient.render.escape import literal
from speclient.render.examples import ExampleArgumentView

_WIDTH = 88


def laid_out(arguments: Sequence[ExampleArgumentView], before: str, after: str) -> str:
    """The arguments of a call between two texts, the opening and the closing bracket included.

    Args:
        arguments: the arguments.
        before: the text before them, with the opening bracket.
        after: the text after them, with the closing bracket.
    """
    parts = [("" if view.name is None else f"{view.name}=", view.value) for view in arguments]
    return "\n".join(_laid_out(before, parts, after))


def _indented(lines: Iterable[str], by: int = 4) -> list[str]:
    return [f"{' ' * by}{line}" for line in lines]


def _laid_out(before: str, parts: Sequence[tuple[str, Any]], after: str, indent: int = 0) -> list[str]:
    """Brackets and the parts inside, on one line if that fits, else one part per line."""
    line = before + ", ".join(f"{name}{_shown(value)}" for name, value in parts) + after
    if len(line) + indent + 4 <= _WIDTH or not parts:
        return [line]
    lines = [before]
    for name, value in parts:
        lines += _indented(_nested(name, value, indent + 4))
    return [*lines, after]


def _nested(name: str, value: Any, indent: int) -> list[str]:
    if isinstance(value, dict) and value:
        items = [(f"{_shown(key)}: ", item) for key, item in value.items()]
        return _laid_out(f"{name}{{", items, "},", indent)
    if isinstance(value, (list, tuple)) and value:
        before, after = ("[", "],") if isinstance(value, list) else ("(", ",)," if len(value) == 1 else "),")
        return _laid_out(f"{name}{before}", [("", item) for item in value], after, indent)
    return [f"{name}{_shown(value)},"]


def _shown(value: Any) -> str:
    """A literal in double quotes, where that needs no escape."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_shown(key)}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))}{',' if len(value) == 1 else ''})"
    text = literal(value)
    if isinstance(value, (str, bytes)) and text.endswith("'") and '"' not in text:
        start = text.index("'")
        return f'{text[:start]}"{text[start + 1 : -1]}"'
    return text
