"""Edits of a YAML or JSON file that leave everything else as it is: comments, order and layout."""

from __future__ import annotations

import difflib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from speclient.pages.edits import Edit


class NotEditable(Exception):
    """An edit cannot be applied; the message says why."""


def edited(text: str, edits: Iterable[Edit], *, is_json: bool = False) -> str:
    """The text of a file after some edits.

    Args:
        text: of a YAML or JSON file with a mapping.
        edits: applied in this order.
        is_json: whether the file is JSON; it keeps its indentation.

    Raises:
        NotEditable: the file cannot be parsed, or a place does not exist.
    """
    if is_json:
        old, data = json.loads(text), json.loads(text)
        for edit in edits:
            apply(data, edit)
        end = text[len(text.rstrip()) :]
        before, after = (json.dumps(value, indent=_indent(text), ensure_ascii=False) + end for value in (old, data))
        return _checked(_merged(text, before, after), after, data, json.loads)
    data = _parsed(text)
    offset, before = 2, _dumped(data, 2)
    if _differences(text, before):
        offset, before = min(((offset, before), (0, _dumped(data, 0))), key=lambda dump: _differences(text, dump[1]))
    for edit in edits:
        apply(data, edit)
    after = _dumped(data, offset)
    return _checked(_merged(text, before, after), after, data, _parsed)


def _checked(merged: str, dumped: str, data: Any, parse: Callable[[str], Any]) -> str:
    """The merged text if it has the content of `data`; else the dump, which has another layout."""
    try:
        return merged if parse(merged) == data else dumped
    except (NotEditable, ValueError):
        return dumped


def _differences(text: str, dump: str) -> int:
    """The number of lines of a text that a dump lays out in another way."""
    return (Counter(text.splitlines()) - Counter(dump.splitlines())).total()


def apply(data: Any, edit: Edit) -> None:
    """Apply an edit to data.

    Raises:
        NotEditable: the place does not exist.
    """
    if edit.action in ("remove", "discard"):
        _remove(data, edit)
        return
    *outer, last = edit.path
    for token in outer:
        if isinstance(data, dict) and _key(data, token) not in data:
            data[_quoted(token)] = CommentedMap()
        data = _child(data, token)
    if edit.action == "set":
        if isinstance(data, dict):
            key = _key(data, last)
            value = _styled(edit.value, data.get(key))
            if key in data or not isinstance(data, CommentedMap):
                data[key] = value
            else:
                data.insert(_position(data, last), _quoted(key), value)
        elif isinstance(data, list) and last.isdigit() and int(last) < len(data):
            data[int(last)] = _styled(edit.value, None)
        else:
            raise NotEditable(f"there is no object for {last!r}")
        return
    if isinstance(data, dict) and _key(data, last) not in data:
        data[_key(data, last)] = _styled([], None)
    items = _child(data, last)
    if not isinstance(items, list):
        raise NotEditable(f"{last!r} is not a list")
    if edit.value not in items:
        items.append(_styled(edit.value, None))


def _position(data: CommentedMap, key: str) -> int:
    """The position of a new key: status codes are sorted, other keys come last."""
    if key.isdigit():
        for position, known in enumerate(data):
            if str(known).isdigit() and int(known) > int(key):
                return position
    return len(data)


def _remove(data: Any, edit: Edit) -> None:
    *outer, last = edit.path
    holder: Any = data
    for token in outer:
        holder = _child(holder, token)
    if edit.action == "discard":
        items = _child(holder, last)
        if isinstance(items, list) and edit.value in items:
            items.remove(edit.value)
            if not items:
                del holder[_key(holder, last)]
    elif isinstance(holder, dict) and _key(holder, last) in holder:
        del holder[_key(holder, last)]
    elif isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
        del holder[int(last)]
    else:
        raise NotEditable(f"there is no {last!r} to remove")


def _child(data: Any, token: str) -> Any:
    if isinstance(data, dict) and (key := _key(data, token)) in data:
        return data[key]
    if isinstance(data, list) and token.isdigit() and int(token) < len(data):
        return data[int(token)]
    raise NotEditable(f"there is no {token!r}")


def _key(data: Any, token: str) -> Any:
    """The key of a mapping for a token: YAML reads an unquoted `200` as a number."""
    if isinstance(data, dict) and token not in data and token.lstrip("-").isdigit() and int(token) in data:
        return int(token)
    return token


def _styled(value: Any, old: Any) -> Any:
    """A value in the style of the one that it replaces; short lists of scalars in one line."""
    if isinstance(value, Mapping):
        mapping = CommentedMap()
        for key, inner in value.items():
            mapping[_quoted(key)] = _styled(inner, None)
        return mapping
    if isinstance(value, list):
        items = CommentedSeq(_styled(inner, None) for inner in value)
        flat = all(not isinstance(inner, (dict, list)) for inner in value)
        was_block = isinstance(old, CommentedSeq) and old.fa.flow_style() is False and len(old) > 0
        if flat and not was_block and sum(len(str(inner)) + 2 for inner in value) < 80:
            items.fa.set_flow_style()
        return items
    return _quoted(value)


def _quoted(value: Any) -> Any:
    """A string that YAML 1.1 would read as another type, in quotes."""
    if isinstance(value, str) and (value.lower() in _WORDS or value[:1].isdigit()):
        return SingleQuotedScalarString(value)
    return value


_WORDS = frozenset({"", "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"})


def _yaml(offset: int = 2) -> YAML:
    """A parser and writer; `offset` is the indentation of lists in mappings."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 110
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    return yaml


def _parsed(text: str) -> Any:
    try:
        return _yaml().load(text)
    except (YAMLError, ValueError, RecursionError) as problem:
        raise NotEditable(f"the file cannot be parsed: {str(problem).splitlines()[0]}") from None


def _dumped(data: Any, offset: int) -> str:
    stream = io.StringIO()
    _yaml(offset).dump(data, stream)
    return stream.getvalue()


def _merged(text: str, before: str, after: str) -> str:
    """The original text with the difference between two dumps.

    A dump may lay out lines in another way than their author did, so only what the edit changed is taken from it.
    """
    original, base, new = (part.splitlines(keepends=True) for part in (text, before, after))
    place = _places(original, base)
    result: list[str] = []
    position = 0
    for tag, first, last, start, end in difflib.SequenceMatcher(None, base, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        begin, finish = place[first], place[last]
        result += original[position:begin]
        position = finish
        following = _following(result, new[start:end]) if tag == "insert" else []
        result += [*new[start:end], *following]
    return "".join([*result, *original[position:]])


def _following(lines: list[str], inserted: Sequence[str]) -> list[str]:
    """Take blank lines and comments of the next section from the end of `lines`: they belong after an insert."""
    indent = len(inserted[0]) - len(inserted[0].lstrip())
    taken: list[str] = []
    while lines and (
        not lines[-1].strip()
        or (lines[-1].lstrip().startswith("#") and len(lines[-1]) - len(lines[-1].lstrip()) < indent)
    ):
        taken.insert(0, lines.pop())
    return taken


def _places(original: Sequence[str], base: Sequence[str]) -> list[int]:
    """For each line of the dump, and its end, the line of the original where it begins."""
    places = [0] * (len(base) + 1)
    for tag, first, last, start, end in difflib.SequenceMatcher(None, original, base, autojunk=False).get_opcodes():
        for offset in range(end - start):
            places[start + offset] = first + (offset if tag == "equal" else min(offset, last - first))
    places[len(base)] = len(original)
    return places


def _indent(text: str) -> int | None:
    for line in text.splitlines()[1:]:
        if line.strip():
            return len(line) - len(line.lstrip()) or None
    return None
