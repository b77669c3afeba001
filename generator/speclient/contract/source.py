"""Reading an OpenAPI document, on its own feet.

The generator has a loader too. This one is another, on purpose: a value misread by both would agree with
itself, and no contract test could see it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from .jsontypes import Json, as_json, as_object, as_text


class DocumentError(ValueError):
    """The document cannot be read, or is not one that this engine understands."""


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Yaml12(_Loader):  # type: ignore[misc]
    """YAML with the scalars of the 1.2 core schema and text keys, as OpenAPI wants it.

    Source: YAML 1.2.2, section 10.3.2; OpenAPI 3.1, "Format".
    """


_BOOLEAN = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_NULL = re.compile(r"^(?:~|null|Null|NULL|)$")
_INTEGER = re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$")
_FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")


def _integer(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    if text.startswith("0o"):
        return int(text[2:], 8)
    return int(text, 16) if text.startswith("0x") else int(text, 10)


def _float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    return float(str(loader.construct_scalar(node)))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        # The key as written: `200:` is the text "200", and `on:` is no boolean.
        if not isinstance(key_node, yaml.ScalarNode):
            raise DocumentError(f"line {key_node.start_mark.line + 1}: a key is not a scalar")
        if key_node.value in result:
            raise DocumentError(f"line {key_node.start_mark.line + 1}: the key {key_node.value!r} is a duplicate")
        result[key_node.value] = loader.construct_object(value_node, deep=True)
    return result


_Yaml12.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", _BOOLEAN, "tTfF"),
    ("tag:yaml.org,2002:null", _NULL, "~nN\0"),
    ("tag:yaml.org,2002:int", _INTEGER, "-+0123456789"),
    ("tag:yaml.org,2002:float", _FLOAT, "-+.0123456789"),
):
    _Yaml12.add_implicit_resolver(_tag, _pattern, [*_first, ""] if "\0" in _first else list(_first))
_Yaml12.add_constructor("tag:yaml.org,2002:int", _integer)
_Yaml12.add_constructor("tag:yaml.org,2002:float", _float)
_Yaml12.add_constructor("tag:yaml.org,2002:map", _mapping)


@dataclass(frozen=True, slots=True)
class Document:
    """One OpenAPI document as parsed, with its references resolvable."""

    raw: dict[str, Json]

    @property
    def version(self) -> str:
        """The value of `openapi`, such as `3.1.0`."""
        return as_text(self.raw.get("openapi"))

    @property
    def is_30(self) -> bool:
        """Whether schemas follow OpenAPI 3.0's own dialect instead of JSON Schema 2020-12."""
        return self.version.startswith("3.0")

    def at(self, pointer: str) -> Json:
        """The value at a local reference (`#/components/schemas/Run`).

        Raises `DocumentError` when it dangles.
        """
        if not pointer.startswith("#"):
            raise DocumentError(f"{pointer}: references into other files are not followed")
        value: Json = self.raw
        for token in pointer[1:].split("/")[1:]:
            key = unquote(token).replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                raise DocumentError(f"{pointer}: nothing is there")
        return value

    def resolved(self, value: Json) -> dict[str, Json]:
        """The object that `value` is or stands for, by a chain of `$ref` (parameters, responses)."""
        seen: set[str] = set()
        node = as_object(value)
        while isinstance(reference := node.get("$ref"), str):
            if reference in seen:
                raise DocumentError(f"{reference}: the reference leads back to itself")
            seen.add(reference)
            node = as_object(self.at(reference))
        return node


def load_document(path: Path | str) -> Document:
    """Read the OpenAPI 3.0 or 3.1 document in the file `path`, JSON or YAML.

    Raises `DocumentError` when the file cannot be read or holds something else.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: {error}") from error
    return parse_document(text, name=str(path))


def parse_document(text: str, *, name: str = "document") -> Document:
    """Read an OpenAPI document from its text; `name` is what messages call it."""
    try:
        # JSON first: it is a subset of YAML in theory only, and ten times faster to read.
        raw = json.loads(text) if text.lstrip()[:1] == "{" else yaml.load(text, Loader=_Yaml12)
        if not isinstance(raw, dict) or not str(raw.get("openapi", "")).startswith("3."):
            raise DocumentError(f"{name}: not an OpenAPI 3 document")
        return Document({str(key): as_json(value) for key, value in raw.items()})
    except RecursionError as error:
        raise DocumentError(f"{name}: nested too deeply") from error
    except DocumentError:
        raise
    except (ValueError, yaml.YAMLError) as error:
        raise DocumentError(f"{name}: {error}") from error
