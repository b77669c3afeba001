"""OpenAPI objects and JSON Schemas that a page contains as data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from speclient.diagnostics import FatalError, Sink
from speclient.document import Document, Limits
from speclient.document.parse import LoadedFile
from speclient.document.problems import ReferenceProblem
from speclient.pages.facts import Facts, Subject, operation_key
from speclient.pages.readers.literals import parse_json
from speclient.pages.statements import of_schema, statements

MAX_FACTS: Final = 50_000
MAX_DEPTH: Final = 100
MAX_YAML: Final = 1_000_000
_PROBLEMS: Final = (FatalError, ReferenceProblem, RecursionError, AttributeError, TypeError, ValueError, KeyError)
"""What the statements of a document that is not valid may raise."""
_NOWHERE: Final = Path("/dev/null/page")
"""The folder of the document: no file can be in it."""
_JSON_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})
_COMPOSING: Final = ("allOf", "oneOf", "anyOf")


_KEYWORDS: Final = frozenset({
    "type", "format", "title", "description", "properties", "required", "items", "enum", "const", "default", "example",
    "examples", "nullable", "readOnly", "writeOnly", "deprecated", "additionalProperties", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "minItems", "maxItems",
    "uniqueItems", "minProperties", "maxProperties", "discriminator", "xml", "externalDocs", "not", *_COMPOSING,
})  # fmt: skip
_PROSE: Final = frozenset({"type", "title", "description", "required", "example", "examples"})


def is_schema(value: Any) -> bool:
    """Whether JSON data that a page shows as an example is a JSON Schema."""
    if not isinstance(value, dict) or not all(name in _KEYWORDS or str(name).startswith("x-") for name in value):
        return False
    if any(isinstance(value.get(keyword), list) and _all_schemas(value[keyword]) for keyword in _COMPOSING):
        return True
    properties = value.get("properties")
    if isinstance(properties, dict):
        return _all_schemas(list(properties.values()))
    kind = value.get("type")
    names = kind if isinstance(kind, list) else [kind]
    if not all(isinstance(name, str) and name in _JSON_TYPES for name in names):
        return False
    if "array" in names:
        return isinstance(value.get("items"), dict)
    if "object" in names:
        return isinstance(value.get("additionalProperties"), (dict, bool)) or value.keys() == {"type"}
    return value.keys() - _PROSE != set() or value.keys() <= {"type", "title", "description"}


def _all_schemas(values: list[Any]) -> bool:
    """Whether values can be schemas: objects with keywords alone, or what a tool writes for a recursive schema."""
    return bool(values) and all(
        isinstance(value, bool)
        or (isinstance(value, str) and "circular" in value.lower())
        or (isinstance(value, dict) and all(name in _KEYWORDS or str(name).startswith("x-") for name in value))
        for value in values
    )


def add_schema(facts: Facts, subject: Subject, schema: Any, line: int, end: int) -> None:
    """Add the statements of a JSON Schema as facts."""
    document = _document({"openapi": "3.1.0", "components": {"schemas": {"page": _clean(schema, 0)}}})
    components = document.raw_root.get("components")
    schemas = components.get("schemas") if components is not None else None
    node = schemas.get("page") if schemas is not None else None
    if node is None:
        return
    try:
        for count, statement in enumerate(of_schema(subject, node)):
            if count >= MAX_FACTS:
                facts.note("A schema on the page has too many statements; the rest was not read.")
                return
            fact = statement.fact
            facts.add(fact.subject, fact.kind, fact.value, line, end)
    except _PROBLEMS:
        facts.note("A schema on the page could not be read.")


def add_operation(facts: Facts, operation: dict[str, Any], line: int, end: int) -> str:
    """Add the statements of an OpenAPI operation with `method` and `path`; return the operation's key, or nothing."""
    method, path = operation.get("method"), operation.get("path")
    if not isinstance(method, str) or not isinstance(path, str) or not path.startswith("/"):
        return ""
    own = _clean(operation, 0)
    schemes = own.get("securitySchemes")
    root = {
        "openapi": "3.1.0",
        "servers": own.get("servers") if isinstance(own.get("servers"), list) else [],
        "paths": {path: {method.lower(): own}},
        "components": {"securitySchemes": schemes if isinstance(schemes, dict) else {}},
    }
    if isinstance(own.get("jsonRequestBodyExample"), (dict, list)):
        own.pop("jsonRequestBodyExample")
    document = _document(root)
    key = operation_key(method, path)
    try:
        for count, statement in enumerate(statements(document)):
            if count >= MAX_FACTS:
                facts.note("The operation in the front matter has too many statements; the rest was not read.")
                break
            fact = statement.fact
            subject = replace(fact.subject, operation=key)
            facts.add(subject, fact.kind, key if fact.kind == "operation" else fact.value, line, end)
    except _PROBLEMS:
        facts.note("The operation in the front matter could not be read completely.")
    return key


def parse_document(text: str) -> Any:
    """The value of a YAML or JSON text; None if it is neither, is too long, or has aliases."""
    value = parse_json(text.strip())
    if value is not None or len(text) > MAX_YAML:
        return value
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                return None
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def add_document(facts: Facts, data: dict[str, Any], line: int, end: int) -> list[tuple[str, int, int]]:
    """Add the statements of an OpenAPI document as facts; return its operations with their lines."""
    document = _document(_clean(data, 0))
    keys: dict[str, None] = {}
    try:
        for count, statement in enumerate(statements(document)):
            if count >= MAX_FACTS:
                facts.note("The OpenAPI document on the page has too many statements; the rest was not read.")
                break
            fact = statement.fact
            value = fact.value
            subject = fact.subject
            if subject.operation:
                subject = replace(subject, operation=operation_key(*subject.operation.split(" ", 1)))
                keys[subject.operation] = None
                value = subject.operation if fact.kind == "operation" else value
            facts.add(subject, fact.kind, value, line, end)
    except _PROBLEMS:
        facts.note("The OpenAPI document on the page could not be read completely.")
    return [(key, line, end) for key in keys]


def _document(data: dict[str, Any]) -> Document:
    document = Document(
        root_file="page",
        folder=_NOWHERE,
        version=(3, 1),
        limits=Limits(),
        allow_outside=False,
        allow_urls=False,
        sink=Sink(),
    )
    document.add_file("page", LoadedFile("", data))
    return document


def _clean(value: Any, depth: int) -> Any:
    """A copy without references to files and without what is too deep."""
    if depth > MAX_DEPTH:
        return {}
    if isinstance(value, dict):
        return {
            str(name): _clean(child, depth + 1)
            for name, child in value.items()
            if not (name == "$ref" and not (isinstance(child, str) and child.startswith("#")))
        }
    if isinstance(value, list):
        return [_clean(child, depth + 1) for child in value]
    return value
