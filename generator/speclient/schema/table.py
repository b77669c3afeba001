"""Schemas of a document as JSON Schema 2020-12 with one flat table of definitions.

A schema can refer to any part of the document and to other files, and OpenAPI 3.0 has its own dialect.
Here each schema is copied once and translated; its references point into `SchemaTable.definitions`. Values of the
wrong type (`required: true`, `minLength: "x"`) are omitted, because one would make every schema around it invalid.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import jsonschema_rs

from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.schema import marks
from speclient.schema.composition import related_schemas
from speclient.schema.dialect import Mark, schema_view
from speclient.schema.variants import Hierarchies, Hierarchy, named_schema, union_tags


class Side(StrEnum):
    """The direction of a value; it determines how `readOnly` and `writeOnly` affect `required`."""

    REQUEST = "request"
    RESPONSE = "response"
    EITHER = "either"


_TYPES = frozenset({"string", "integer", "number", "boolean", "null", "array", "object"})
_COUNTS = (
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
)
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_SCHEMAS = (
    "additionalProperties", "items", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems",
    "unevaluatedProperties",
)  # fmt: skip
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas")
# The flag that removes a property from `required`, by side.
_WAIVED = {
    Side.REQUEST: ("readOnly",),
    Side.RESPONSE: ("writeOnly",),
    Side.EITHER: ("readOnly", "writeOnly"),
}


@functools.lru_cache(maxsize=4096)
def is_pattern(text: str) -> bool:
    """Whether the validator supports a regular expression."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": text})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


@dataclass(slots=True)
class SchemaTable:
    """Translated schemas of one document for one side. `unresolved` contains the unresolved references."""

    document: Document
    side: Side = Side.EITHER
    definitions: dict[str, Any] = field(default_factory=dict[str, Any])
    hierarchies: Hierarchies = field(init=False)
    unresolved: dict[str, ReferenceProblem] = field(default_factory=dict[str, ReferenceProblem])
    _names: dict[str, str] = field(default_factory=dict[str, str])
    _places: dict[str, Node] = field(default_factory=dict[str, Node])
    _queue: list[tuple[str, Node]] = field(default_factory=list[tuple[str, Node]])
    _bases: set[str] = field(default_factory=set[str])
    """Names of definitions without the union of their schema."""
    _inlined: dict[int, str | None] = field(default_factory=dict[int, "str | None"])
    _needs: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def __post_init__(self) -> None:
        self.hierarchies = Hierarchies(self.document)

    def name(self, node: Node) -> str:
        """The key in `definitions` of the schema at a node; the schema and its references are translated now."""
        name = self._enter(node)
        while self._queue:
            key, place = self._queue.pop()
            self.definitions[key] = self._without_union(place) if key in self._bases else self._schema(place)
        return name

    def place(self, name: str) -> Node:
        """The location of the definition `name` in the document."""
        return self._places[name]

    def add(self, owner: str, word: str, schema: Any) -> str:
        """Add a schema that was derived from the definition `owner`, and return its name in `definitions`.

        Args:
            owner: the name of a definition.
            word: distinguishes the schemas that are derived from one definition.
            schema: the translated schema.
        """
        key = f"{owner}+{word}"
        name = self._names.get(key)
        if name is None:
            name = self._named(key, self._places[owner], word, queued=False)
            self.definitions[name] = schema
        return name

    def closed(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A translated schema with the definitions that it needs, as a self-contained schema."""
        needed = dict.fromkeys(_references(schema))
        todo = list(needed)
        while todo:
            for other in self._needed(todo.pop()):
                if other not in needed:
                    needed[other] = None
                    todo.append(other)
        return {**schema, "$defs": {key: self.definitions[key] for key in needed}}

    def _needed(self, name: str) -> frozenset[str]:
        if name not in self._needs:
            self._needs[name] = frozenset(_references(self.definitions[name]))
        return self._needs[name]

    def _enter(self, node: Node) -> str:
        return self._named(node.id, node, node.last, queued=True)

    def _named(self, key: str, node: Node, word: str, *, queued: bool) -> str:
        name = self._names.get(key)
        if name is None:
            base = re.sub(r"[^A-Za-z0-9]+", "_", word) or "root"
            name = base
            while name in self._places:
                name = f"{base}_{len(self._places)}"
            self._names[key] = name
            self._places[name] = node
            self.definitions[name] = True
            if queued:
                self._queue.append((name, node))
        return name

    def _referred(self, reference: Node, target: Node) -> str:
        """The definition that a reference means: the variants of a hierarchy, or the schema as written."""
        resolved = target.resolve()
        if self.hierarchies.is_extension(reference):
            if not self.hierarchies.is_circular(reference):
                return self._enter(target)
            name = self._named(f"{resolved.id}+base", resolved, f"{resolved.last}_base", queued=True)
            self._bases.add(name)
            return name
        hierarchy = self.hierarchies.of(resolved)
        return self._enter(target) if hierarchy is None else self._variants(hierarchy)

    def _variants(self, hierarchy: Hierarchy) -> str:
        """The definition of a parent whose tags select the schemas that extend it."""
        parent = hierarchy.parent
        key = f"{parent.id}+variants"
        known = key in self._names
        name = self._named(key, parent, f"Any_{parent.last}", queued=False)
        if not known:
            tags = {tag: self._enter(hierarchy.variants[i]) for tag, i in hierarchy.tags if i < len(hierarchy.variants)}
            self.definitions[name] = {
                "$ref": f"#/$defs/{self._enter(parent)}",
                "allOf": _dispatch(hierarchy.property, {tag: f"#/$defs/{target}" for tag, target in tags.items()}),
            }
        return name

    def _without_union(self, node: Node) -> Any:
        without = {key: value for key, value in node.mapping.items() if key not in ("oneOf", "anyOf", "discriminator")}
        return self._schema(Node(node.document, node.file, node.pointer, without))

    def _inline(self, node: Node) -> Any:
        """A schema inside another one; when a YAML alias repeats it, a reference to one shared definition."""
        key = id(node.value)
        if not isinstance(node.value, dict) or not any(isinstance(each, (dict, list)) for each in node.value.values()):
            return self._schema(node)
        if key not in self._inlined:
            self._inlined[key] = None
            return self._schema(node)
        name = self._inlined[key] or self._enter(node)
        self._inlined[key] = name
        return {"$ref": f"#/$defs/{name}"}

    def _schema(self, node: Node) -> Any:
        if isinstance(node.value, bool):
            return node.value
        if not isinstance(node.value, dict):
            return True
        translated = self._keywords(node)
        reference = node.text("$ref") or node.text("$dynamicRef")
        if reference is not None:
            try:
                node.resolve()
                target = self.document.follow(node, reference)
            except ReferenceProblem as problem:
                self.unresolved[node.id] = problem
            else:
                translated["$ref"] = f"#/$defs/{self._referred(node, target)}"
        return self._with_null(node, translated)

    def _with_null(self, node: Node, translated: dict[str, Any]) -> Any:
        """`nullable`: by the specification it extends `type` in version 3.0 only; authors use it everywhere."""
        if not node.flag("nullable"):
            return translated
        types = node.mapping.get("type")
        listed = translated.get("enum")
        if self.document.version == (3, 0) and isinstance(types, str) and (listed is None or None in listed):
            return translated
        return {"anyOf": [translated, {"type": "null", marks.LENIENT: True}]}

    def _keywords(self, node: Node) -> dict[str, Any]:
        view = schema_view(node.mapping)
        translated: dict[str, Any] = {}
        self._assertions(view, translated)
        if self.document.version != (3, 0) and node.flag("nullable") and isinstance(translated.get("type"), list):
            translated["type"] = [name for name in translated["type"] if name != "null"] or ["null"]
        for key in _SCHEMAS:
            child = node.get(key)
            if child is None:
                continue
            if isinstance(child.value, (dict, bool)):
                translated[key] = self._inline(child)
            elif key == "items" and isinstance(child.value, list) and child.value:
                translated["prefixItems"] = [self._inline(each) for each in child.elements()]
                after = node.get("additionalItems")
                if after is not None and isinstance(after.value, (dict, bool)):
                    translated["items"] = self._inline(after)
        for key in _LISTS:
            child = node.get(key)
            if child is not None and isinstance(child.value, list) and child.value:
                translated[key] = [self._inline(each) for each in child.elements()]
        for key in _MAPS:
            child = node.get(key)
            if child is not None and isinstance(child.value, dict):
                translated[key] = {
                    name: self._inline(each)
                    for name, each in child.items()
                    if key != "patternProperties" or is_pattern(name)
                }
        self._select(node, translated)
        self._sides(node, translated)
        self._annotations(node, translated)
        return translated

    def _assertions(self, view: Mapping[str | Mark, Any], translated: dict[str, Any]) -> None:
        types = view.get("type")
        if isinstance(types, list):
            known = [name for name in dict.fromkeys(map(str, types)) if name in _TYPES]
            if known:
                translated["type"] = known
        if isinstance(view.get("enum"), list) and view["enum"]:
            translated["enum"] = view["enum"]
        if "const" in view:
            translated["const"] = view["const"]
        for key in _COUNTS:
            value = view.get(key)
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not _is_finite(value):
                continue
            if value >= 0 and value == int(value):
                translated[key] = int(value)
        for key in _NUMBERS:
            value = view.get(key)
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not _is_finite(value):
                continue
            if key != "multipleOf" or value > 0:
                translated[key] = value
        if isinstance(view.get("pattern"), str) and is_pattern(view["pattern"]):
            translated["pattern"] = view["pattern"]
        for key in ("format", "contentEncoding", "contentMediaType"):
            if isinstance(view.get(key), str):
                translated[key] = view[key]
        required = view.get("required")
        if isinstance(required, list):
            translated["required"] = [name for name in dict.fromkeys(map(_text, required)) if name is not None]
        if view.get("uniqueItems") is True:
            translated["uniqueItems"] = True
        dependent = view.get("dependentRequired")
        if isinstance(dependent, dict):
            translated["dependentRequired"] = {
                key: [name for name in dict.fromkeys(map(_text, names)) if name is not None]
                for key, names in dependent.items()
                if isinstance(names, list)
            }

    def _sides(self, node: Node, translated: dict[str, Any]) -> None:
        flags = _WAIVED[self.side]
        if self.side is not Side.EITHER and "properties" in translated:
            # Properties of the other direction are not generated.
            for name in [name for name in translated["properties"] if self._marked(node, name, flags)]:
                translated["properties"][name] = {**_as_dict(translated["properties"][name]), marks.OMIT: True}
        # Version 3.1 does not relax `required`, but a client cannot send a value that the service assigns, and a
        # service does not return a secret.
        if "required" in translated:
            translated["required"] = [name for name in translated["required"] if not self._marked(node, name, flags)]

    def _marked(self, node: Node, name: str, flags: tuple[str, ...]) -> bool:
        for owner in related_schemas([node]):
            properties = owner.get("properties")
            child = properties.get(name) if properties else None
            target = child.resolve_or_none() if child is not None else None
            if (
                child is not None
                and target is not None
                and any(child.flag(flag) or target.flag(flag) for flag in flags)
            ):
                return True
        return False

    def _annotations(self, node: Node, translated: dict[str, Any]) -> None:
        """Annotations that the validator ignores but the generator of values needs."""
        examples = node.mapping.get("examples")
        listed = list(examples) if isinstance(examples, list) else []
        if "example" in node.mapping:
            listed.insert(0, node.mapping["example"])
        if listed:
            translated["examples"] = listed
        if "default" in node.mapping:
            translated["default"] = node.mapping["default"]
        extension = node.get("x-speclient")
        unit = extension.text("unit") if extension else None
        if unit is not None:
            translated[marks.UNIT] = unit
        if node.text("format") == "password" or (extension is not None and extension.flag("secret")):
            translated[marks.SECRET] = True
        discriminator = node.get("discriminator")
        member = discriminator.text("propertyName") if discriminator else None
        if discriminator is not None and member is not None and "discriminator" not in translated:
            translated["discriminator"] = {"propertyName": member, "mapping": self._tags(node, discriminator)}

    def _select(self, node: Node, translated: dict[str, Any]) -> None:
        """Let the discriminator of a union select the only branch that applies (OpenAPI 3.1, section 4.8.25.4)."""
        selected = union_tags(node)
        if selected is None:
            return
        name, tags = selected
        keyword = "oneOf" if "oneOf" in translated else "anyOf"
        if not all(isinstance(branch, dict) and "$ref" in branch for branch in translated[keyword]):
            return
        branches = dict(zip((branch.id for branch in _elements(node, keyword)), translated[keyword], strict=True))
        mapping = {tag: branches[branch.id]["$ref"] for tag, branch in tags}
        translated["discriminator"] = {"propertyName": name, "mapping": mapping}
        translated["anyOf"] = translated.pop(keyword)
        listed = {"properties": {name: {"enum": list(mapping)}}}
        translated["allOf"] = [*translated.get("allOf", ()), listed, *_dispatch(name, mapping)]

    def _tags(self, node: Node, discriminator: Node) -> dict[str, str]:
        """Tag -> definition: of the schemas that extend the schema, else as mapped or named."""
        hierarchy = self.hierarchies.of(node)
        if hierarchy is not None:
            nodes = (*hierarchy.variants, hierarchy.parent)
            return {tag: f"#/$defs/{self._enter(nodes[index])}" for tag, index in hierarchy.tags}
        tags: dict[str, str] = {}
        mapping = discriminator.get("mapping")
        for tag, name in mapping.items() if mapping else ():
            target = named_schema(node, name.value) if isinstance(name.value, str) else None
            if target is not None:
                tags[tag] = f"#/$defs/{self._enter(target)}"
        for key in ("oneOf", "anyOf"):
            for branch in _elements(node, key):
                reference = branch.text("$ref")
                target = branch.follow_or_none(reference)
                if reference is None or target is None:
                    continue
                target_name = f"#/$defs/{self._referred(branch, target)}"
                if target_name not in tags.values():
                    tags.setdefault(reference.rsplit("/", 1)[-1], target_name)
        return tags


def _elements(node: Node, key: str) -> Iterator[Node]:
    listed = node.get(key)
    yield from listed.elements() if listed is not None else ()


def _dispatch(name: str, mapping: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rules that apply the definition that the value of the discriminator property selects."""
    tags: dict[str, list[str]] = {}
    for tag, target in mapping.items():
        tags.setdefault(target, []).append(tag)
    rules: list[dict[str, Any]] = []
    for target, values in tags.items():
        tagged = {"properties": {name: {"enum": values}}, "required": [name], "type": ["object"]}
        rules.append({"if": tagged, "then": {"$ref": target}})
    return rules


def _as_dict(schema: Any) -> dict[str, Any]:
    return schema if isinstance(schema, dict) else ({} if schema else {"not": {}})


def _is_finite(value: float) -> bool:
    """Whether a value is a number that JSON can express; an integer may be larger than any float."""
    return isinstance(value, int) or math.isfinite(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _references(schema: Any) -> Iterator[str]:
    """Names of the definitions that a translated schema refers to."""
    stack: list[Any] = [schema]
    while stack:
        value = stack.pop()
        if not isinstance(value, dict):
            continue
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix("#/$defs/")
        for key in _SCHEMAS:
            if key in value:
                stack.append(value[key])
        for key in _LISTS:
            stack.extend(value.get(key, ()))
        for key in _MAPS:
            stack.extend(value.get(key, {}).values())
        discriminator = value.get("discriminator")
        if isinstance(discriminator, dict):
            yield from (name.removeprefix("#/$defs/") for name in discriminator["mapping"].values())


def brief(value: Any, limit: int = 60) -> str:
    """A value for a message: as JSON, truncated when long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 3] + "..."
