"""Validation of responses against every keyword of their schemas, by jsonschema-rs and the document in the package.

pydantic does not enforce `not`, `if`, `contains`, `uniqueItems`, exactly-one `oneOf` and others, and open enums
accept unlisted values. `Config(enforce_all=True)` enforces them in a second pass.
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
    """Return each location of a body that violates a keyword. The texts contain no values."""
    validator = _validator(package, operation.method.lower(), operation.path, status, media.name)
    if validator is None:
        return ()
    data = json.loads(content)
    violations: dict[tuple[str, str], SchemaViolation] = {}
    for error in validator.iter_errors(data):
        value = data
        for step in error.instance_path:
            value = value[step]
        pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in error.instance_path)
        keyword = next((step for step in reversed(error.schema_path) if isinstance(step, str)), "schema")
        violation = SchemaViolation(
            pointer, f"a value that satisfies `{keyword}`", _NAMES.get(type(value), "another type"), value
        )
        violations.setdefault((pointer, violation.expected), violation)
    return tuple(violations.values())


@cache
def _document(package: str) -> Any:
    text = (files(package) / "_spec" / "openapi.json").read_text(encoding="utf-8")
    document = json.loads(text)
    return _from_30(document) if str(document.get("openapi", "")).startswith("3.0") else document


@cache
def _validator(package: str, method: str, path: str, status: int, media: str) -> Any:
    """Return the validator of a response's schema, or None if it has no schema."""
    try:
        import jsonschema_rs
    except ImportError:
        extra = f"{package.replace('_', '-')}[enforce]"
        raise RequestError(f"Config(enforce_all=True) needs jsonschema-rs: pip install '{extra}'") from None
    document = _document(package)
    node = _resolved(document, _resolved(document, document.get("paths")).get(path))
    responses = _resolved(document, node.get(method)).get("responses", {})
    for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
        response = _resolved(document, responses.get(key))
        schema = response.get("content", {}).get(media, {}).get("schema") if response else None
        if schema is not None:
            # References resolve within the document.
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
    """Convert a Schema Object of OpenAPI 3.0.3 to JSON Schema: `nullable`, boolean exclusive bounds, `writeOnly`."""
    if isinstance(node, list):
        return [_from_30(item) for item in node]
    if not isinstance(node, dict):
        return node
    converted = {key: _from_30(value) for key, value in node.items()}
    if converted.get("nullable") is True and isinstance(converted.get("type"), str):
        converted["type"] = [converted["type"], "null"]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(converted.get(exclusive), bool) and converted.pop(exclusive) and bound in converted:
            converted[exclusive] = converted.pop(bound)
    properties = converted.get("properties")
    if isinstance(properties, dict) and isinstance(converted.get("required"), list):
        only = {name for name, schema in properties.items() if isinstance(schema, dict) and schema.get("writeOnly")}
        converted["required"] = [name for name in converted["required"] if name not in only]
    return converted
