"""YAML with the 1.2 core rules, built from the events of PyYAML's C parser.

PyYAML's own loaders follow YAML 1.1: `on`, `no`, `012`, `1:30` and unquoted dates are not read as strings.
OpenAPI requires YAML 1.2 with the JSON schema ruleset, whose keys are strings. PyYAML's loaders also recurse in C (a
deep document ends the process) and copy merge keys without a limit. Reading events keeps depth and size under control.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from speclient.document.node import escape_pointer

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("~", "null", "Null", "NULL", ""), None),
}
_NUMERIC_START = frozenset("-+.0123456789")
MAX_DEPTH = 400
MAX_VALUES = 2_000_000
MAX_MERGED = 250_000


def _events(text: str) -> Iterator[Any]:
    found: Iterator[Any] = yaml.parse(text, Loader=_Parser)
    return found


class TooLarge(Exception):
    """The text exceeds a limit, at `pointer`; `line` and `column` count from 1 where they are known."""

    def __init__(self, message: str, trail: Sequence[str], line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.pointer = "".join(f"/{escape_pointer(token)}" for token in trail)
        self.line, self.column = line, column


def finite(text: str) -> float | str:
    """The number, or its text if a float cannot hold it: infinity and NaN are not JSON values."""
    value = float(text)
    return value if math.isfinite(value) else text


def _int(text: str) -> int:
    if text.startswith("0o"):
        return int(text[2:], 8)
    return int(text[2:], 16) if text.startswith("0x") else int(text)


def _float(text: str) -> float | str:
    try:
        return finite(text)
    except ValueError:  # An explicit `!!float` before another type.
        return text


def _plain(text: str) -> Any:
    """The value of a plain scalar (YAML 1.2.2, section 10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMERIC_START:
        if _INT.fullmatch(text) is not None:
            return _int(text)
        if _FLOAT.fullmatch(text) is not None:
            return finite(text)
    return text


# An explicit `!!timestamp` or `!!binary` has no JSON form: the text is kept.
_SCALAR_TAGS: Mapping[str, Callable[[str], Any]] = {
    f"{_CORE}int": _int,
    f"{_CORE}float": _float,
    f"{_CORE}bool": lambda text: _WORDS.get(text.lower(), text),
    f"{_CORE}null": lambda _: None,
    **dict.fromkeys((f"{_CORE}{name}" for name in ("str", "timestamp", "binary", "merge", "value")), str),
}
_SEQUENCE_TAGS = frozenset(f"{_CORE}{name}" for name in ("seq", "omap", "pairs"))
_MAPPING_TAGS = frozenset(f"{_CORE}{name}" for name in ("map", "set"))


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not been read yet."""

    value: Any
    start: Any
    key: str | None = None
    merges: bool = False
    """Whether the pending key is `<<`."""
    merged: list[Any] = field(default_factory=list[Any])
    repeated: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    @property
    def token(self) -> str:
        """The reference token of the current value."""
        return str(len(self.value)) if isinstance(self.value, list) else self.key or ""


class _Builder:
    """Builds the data from events. Aliases share one object, so the cost of an alias does not depend on its target."""

    def __init__(self, max_depth: int, max_values: int) -> None:
        self.max_depth, self.max_values = max_depth, max_values
        self.duplicates: list[tuple[str, int]] = []
        self.root: Any = None
        self.values = 0
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, str | None]] = {}
        """Anchor -> value, and the text of a scalar, for its use as a key."""
        self._merge_sizes: dict[int, int] = {}
        self._merged = 0

    def read(self, events: Iterator[Any]) -> None:
        documents = 0
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                self._begin(event)
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                self._end()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise ComposerError(
                        "expected a single document in the stream", None, "but found another document",
                        event.start_mark,
                    )  # fmt: skip

    def _too_large(self, message: str, mark: Any, *, shown: int | None = None) -> TooLarge:
        trail = [frame.token for frame in self._stack][:shown]
        return TooLarge(message, trail, mark.line + 1, mark.column + 1)

    def _scalar(self, event: Any) -> None:
        text, tag = event.value, event.tag
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and isinstance(frame.value, dict):
            if event.anchor is not None:
                self._anchors[event.anchor] = (text, text)
            self._key(frame, text, event.start_mark, merges=text == "<<" and event.implicit[0])
            return
        if tag is None or tag == "!":
            value = _plain(text) if event.implicit[0] else text
        else:
            value = self._tagged(_SCALAR_TAGS, event)(text)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, text)
        self._add(value, event.start_mark)

    def _tagged(self, known: Mapping[str, Any], event: Any) -> Any:
        if event.tag not in known:
            message = f"could not determine a constructor for the tag {event.tag!r}"
            raise ConstructorError(None, None, message, event.start_mark)
        return known[event.tag]

    def _key(self, frame: _Open, text: str, mark: Any, *, merges: bool = False) -> None:
        if text in frame.value and not merges:
            frame.repeated.append((text, mark.line + 1))
        frame.key, frame.merges = text, merges

    def _begin(self, event: Any) -> None:
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and isinstance(frame.value, dict):
            self._odd_key(event)
        known = _MAPPING_TAGS if is_mapping else _SEQUENCE_TAGS
        if event.tag not in (None, "!"):
            self._tagged(dict.fromkeys(known), event)
        if len(self._stack) > self.max_depth:
            raise self._too_large(f"nested deeper than {self.max_depth} levels", event.start_mark, shown=4)
        value: Any = {} if is_mapping else []
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, None)
        self._stack.append(_Open(value, event.start_mark))

    def _odd_key(self, event: Any) -> None:
        message = "a key must be a scalar, not a mapping or a list"
        raise ConstructorError(None, None, message, event.start_mark)

    def _end(self) -> None:
        frame = self._stack.pop()
        self.duplicates += frame.repeated
        if frame.merged:
            self._merge(frame)
        self._add(frame.value, frame.start)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            raise ComposerError(None, None, "found undefined alias", event.start_mark)
        value, text = self._anchors[event.anchor]
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key is None and isinstance(frame.value, dict):
            if text is None:
                self._odd_key(event)
            self._key(frame, text or "", event.start_mark)
            return
        if isinstance(value, (dict, list)) and any(value is open_.value for open_ in self._stack):
            raise self._too_large("an alias contains itself", event.start_mark)
        self._add(value, event.start_mark)

    def _add(self, value: Any, mark: Any) -> None:
        self.values += 1
        if self.values > self.max_values:
            raise self._too_large(f"more than {self.max_values:,} values", mark)
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        assert frame.key is not None
        if frame.merges:
            sources = value if isinstance(value, list) else [value]
            if not all(isinstance(source, dict) for source in sources):
                raise ConstructorError(
                    "while constructing a mapping", frame.start, "expected a mapping or list of mappings for merging",
                    mark,
                )  # fmt: skip
            frame.merged += sources
            self._count_merged(frame, sources, mark)
        else:
            frame.value[frame.key] = value
        frame.key, frame.merges = None, False

    def _count_merged(self, frame: _Open, sources: Sequence[dict[str, Any]], mark: Any) -> None:
        """Count merged properties as often as they are named: the number that merges of merges would copy."""
        size = sum(self._merge_sizes.get(id(source), 0) + len(source) for source in sources)
        self._merge_sizes[id(frame.value)] = self._merge_sizes.get(id(frame.value), 0) + size
        self._merged += size
        if self._merged > MAX_MERGED:
            raise self._too_large(f"more than {MAX_MERGED:,} properties are copied by merge keys (`<<`)", mark)

    def _merge(self, frame: _Open) -> None:
        """Fill in merged properties: the mapping's own keys first, then the sources in order (YAML 1.1, merge)."""
        own = dict(frame.value)
        frame.value.clear()
        for source in reversed(frame.merged):
            frame.value.update(source)
        frame.value.update(own)


def parse_yaml(
    text: str, *, max_depth: int = MAX_DEPTH, max_values: int = MAX_VALUES
) -> tuple[Any, list[tuple[str, int]]]:
    """Parse one YAML document; returns the data and (key, line) of each duplicate key, inner mappings first.

    Raises:
        yaml.YAMLError: the text is not YAML, or has a tag that is not in the core schema.
        TooLarge: the text is nested too deeply, has too many values, or merges too much.
    """
    builder = _Builder(max_depth, max_values)
    builder.read(_events(text))
    return builder.root, builder.duplicates


@dataclass(slots=True)
class Mark:
    """Line and column, from 0, of a value or of its key, and the marks of its children."""

    line: int
    column: int
    members: dict[str, Mark] | list[Mark] | None = None


def parse_source_map(text: str, *, max_depth: int = MAX_DEPTH, max_values: int = MAX_VALUES) -> Mark | None:
    """The marks of a text: empty if it is not YAML, incomplete if it exceeds a limit."""
    root: Mark | None = None
    stack: list[Mark] = []
    key: list[Mark | None] = []
    names: list[str | None] = []
    anchors: dict[str, Mark] = {}
    count = 0
    try:
        for event in _events(text):
            kind = type(event)
            if kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                del stack[-1], key[-1], names[-1]
                continue
            if kind not in (yaml.ScalarEvent, yaml.AliasEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent):
                continue
            begins = kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent)
            place = Mark(event.start_mark.line, event.start_mark.column)
            if stack and isinstance(stack[-1].members, dict) and names[-1] is None:
                if begins:
                    break
                names[-1], key[-1] = getattr(event, "value", ""), place
                continue
            count += 1
            if count > max_values or len(stack) > max_depth:
                break
            if kind is yaml.AliasEvent:
                place.members = anchors.get(event.anchor, place).members
            elif begins:
                place.members = {} if kind is yaml.MappingStartEvent else []
            if event.anchor is not None and kind is not yaml.AliasEvent:
                anchors[event.anchor] = place
            if not stack:
                root = place
            elif isinstance(stack[-1].members, dict):
                before = key[-1] or place
                shown = Mark(before.line, before.column, place.members)
                stack[-1].members.setdefault(names[-1] or "", shown)
                names[-1] = key[-1] = None
            elif stack[-1].members is not None:
                stack[-1].members.append(place)
            if begins:
                stack.append(place)
                key.append(None)
                names.append(None)
    except yaml.YAMLError:
        return None
    return root
