"""YAML by the 1.2 core rules, with the C parser of PyYAML.

PyYAML's safe loader follows YAML 1.1: `on`, `no`, `012`, `1:30` and unquoted dates become something else than the
text. OpenAPI asks for YAML 1.2 with the JSON schema ruleset, whose keys are strings.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INT = re.compile(r"^[-+]?[0-9]+$")
_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")


class Yaml12Loader(_Base):  # type: ignore[misc]
    """A safe loader with the YAML 1.2 core schema and text keys. `duplicates` lists keys that stand twice."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.duplicates: list[tuple[str, int]] = []

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping whose keys are the text that stands in the document."""
        self.flatten_mapping(node)
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be text, not a mapping or a list", key_node.start_mark
                )
            if key in mapping:
                self.duplicates.append((key, key_node.start_mark.line + 1))
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


def _construct_int(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node)
    if text.startswith("0o"):
        return int(text[2:], 8)
    if text.startswith("0x"):
        return int(text[2:], 16)
    return int(text)


def finite(text: str) -> float | str:
    """The number, or its text where no float holds it: neither infinity nor NaN is a value of JSON."""
    value = float(text)
    return value if math.isfinite(value) else text


def _construct_float(loader: Any, node: Any) -> float | str:
    text: str = loader.construct_scalar(node)
    try:
        return finite(text)
    except ValueError:  # An explicit `!!float` before something else.
        return text


def _construct_text(loader: Any, node: Any) -> Any:
    return loader.construct_scalar(node)


def _construct_map(loader: Any, node: Any) -> Any:
    data: dict[Hashable, Any] = {}
    yield data
    data.update(loader.construct_mapping(node))


# `<<` is no part of YAML 1.2, but documents use it, and PyYAML knows it by this resolver.
Yaml12Loader.yaml_implicit_resolvers = {}
_RESOLVERS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("tag:yaml.org,2002:null", re.compile(r"^(~|null|Null|NULL|)$"), "~nN\0"),
    ("tag:yaml.org,2002:int", re.compile(rf"{_INT.pattern}|^0o[0-7]+$|^0x[0-9a-fA-F]+$"), "-+0123456789"),
    ("tag:yaml.org,2002:float", _FLOAT, "-+.0123456789"),
    ("tag:yaml.org,2002:merge", re.compile(r"^<<$"), "<"),
)
for _tag, _pattern, _first in _RESOLVERS:
    for _character in _first:
        Yaml12Loader.yaml_implicit_resolvers.setdefault("" if _character == "\0" else _character, []).append(
            (_tag, _pattern)
        )
_CONSTRUCTORS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("tag:yaml.org,2002:int", _construct_int),
    ("tag:yaml.org,2002:float", _construct_float),
    ("tag:yaml.org,2002:map", _construct_map),
    # An explicit `!!timestamp`, `!!binary` or `!!set` has no JSON form: keep the text.
    ("tag:yaml.org,2002:timestamp", _construct_text),
    ("tag:yaml.org,2002:binary", _construct_text),
)
for _tag, _constructor in _CONSTRUCTORS:
    Yaml12Loader.add_constructor(_tag, _constructor)


def parse_yaml(text: str) -> tuple[Any, list[tuple[str, int]]]:
    """Parse one YAML document; gives the data and (key, line) of each key that stands twice.

    Raises:
        yaml.YAMLError: the text is not YAML, or holds a tag that is not of the core schema.
    """
    loader = Yaml12Loader(text)
    try:
        return loader.get_single_data(), loader.duplicates
    finally:
        loader.dispose()


def compose_yaml(text: str) -> Any:
    """The node graph with marks, for finding lines."""
    loader = Yaml12Loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def repeated_keys(text: str) -> list[tuple[str, int]]:
    """(key, line) of each key that stands twice in one mapping, inner mappings first; empty when it is no YAML."""
    found: list[tuple[str, int]] = []

    def visit(node: Any) -> None:
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                visit(item)
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for _, value in node.value:
                visit(value)
            for key, _ in node.value:
                if key.value in seen:
                    found.append((key.value, key.start_mark.line + 1))
                seen.add(key.value)

    try:
        visit(compose_yaml(text))
    except (yaml.YAMLError, RecursionError):
        return []
    return found
