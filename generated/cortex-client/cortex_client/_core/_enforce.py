"""Answers against every keyword of their schemas, by jsonschema-rs over the document in the package.

pydantic's core can't say `not`, `if`, `contains`, `uniqueItems`, an exact `oneOf` and the like; nor do open
enumerations refuse what they don't list. `Config(enforce_all=True)` does, at the cost of a second pass.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from ._errors import RequestError, SchemaViolation
from ._operation import Media, Operation

_URI = "urn:speclient:document"
_NAMES: dict[type, str] = {
    dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null",
}  # fmt: skip


def violations(
    package: str, operation: Operation[Any], status: int, media: Media, content: bytes
) -> tuple[SchemaViolation, ...]:
    """Each place of a body that breaks a keyword of its schema. Values stay out of all texts."""
    validator = _validator(package, operation.method.lower(), operation.path, status, media.name)
    if validator is None:
        return ()
    data = json.loads(content)
    found: dict[tuple[str, str], SchemaViolation] = {}
    for error in validator.iter_errors(data):
        value = data
        for step in error.instance_path:
            value = value[step]
        pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in error.instance_path)
        keyword = next((step for step in reversed(error.schema_path) if isinstance(step, str)), "schema")
        made = SchemaViolation(pointer, f"what `{keyword}` says", _NAMES.get(type(value), "another type"), value)
        found.setdefault((pointer, made.expected), made)
    return tuple(found.values())


@cache
def _document(package: str) -> Any:
    text = (files(package) / "_spec" / "openapi.json").read_text(encoding="utf-8")
    document = json.loads(text)
    return _from_30(document) if str(document.get("openapi", "")).startswith("3.0") else document


@cache
def _validator(package: str, method: str, path: str, status: int, media: str) -> Any:
    """The validator of an answer's schema; None when it has none."""
    try:
        import jsonschema_rs
    except ImportError:
        extra = f"{package.replace('_', '-')}[enforce]"
        raise RequestError(f"Config(enforce_all=True) needs jsonschema-rs: pip install '{extra}'") from None
    document = _document(package)
    node = _resolved(document, _resolved(document, document.get("paths")).get(path))
    answers = _resolved(document, node.get(method)).get("responses", {})
    for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
        answer = _resolved(document, answers.get(key))
        schema = answer.get("content", {}).get(media, {}).get("schema") if answer else None
        if schema is not None:
            # Its own references lead into the document.
            registry = jsonschema_rs.Registry([(_URI, document)], draft=jsonschema_rs.Draft202012)
            return jsonschema_rs.Draft202012Validator(_absolute(schema), registry=registry)
    return None


def _resolved(document: Any, node: Any) -> Any:
    for _ in range(20):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        node = document
        for step in reference[2:].split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node if isinstance(node, dict) else {}


def _absolute(node: Any) -> Any:
    if isinstance(node, list):
        return [_absolute(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _URI + value if key == "$ref" and isinstance(value, str) and value.startswith("#") else _absolute(value)
        for key, value in node.items()
    }


def _from_30(node: Any) -> Any:
    """OpenAPI 3.0.3, "Schema Object", to JSON Schema 2020-12: `nullable`, boolean exclusive bounds, `writeOnly`."""
    if isinstance(node, list):
        return [_from_30(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _from_30(value) for key, value in node.items()}
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(made.get(exclusive), bool) and made.pop(exclusive) and bound in made:
            made[exclusive] = made.pop(bound)
    members = made.get("properties")
    if isinstance(members, dict) and isinstance(made.get("required"), list):
        only = {name for name, member in members.items() if isinstance(member, dict) and member.get("writeOnly")}
        made["required"] = [name for name in made["required"] if name not in only]
    return made
