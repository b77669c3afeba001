"""Read form bodies of requests: URL-encoded and multipart."""

from __future__ import annotations

import json
from email import policy
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

from speclient.mock.messages import read_json
from speclient.openapi.media import essence_of
from speclient.schema import navigate
from speclient.schema.validator import SchemaError, Validator


class FormError(Exception):
    """The body is not a form of the stated media type."""


def read_form(content_type: str, body: bytes) -> dict[str, list[str]]:
    """The fields of a form: name to values. A file is represented by its bytes as Latin-1 text.

    Raises:
        FormError: the body cannot be read.
    """
    if essence_of(content_type) == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=10_000)
        except ValueError:
            raise FormError("the body is not a URL-encoded form") from None
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        return fields
    return _multipart(content_type, body)


def _multipart(content_type: str, body: bytes) -> dict[str, list[str]]:
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise FormError("the body is not a multipart form")
    fields: dict[str, list[str]] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                text = data.decode("latin-1")
            fields.setdefault(name, []).append(text)
    return fields


def typed_form(validator: Validator, schema: str, fields: dict[str, list[str]]) -> dict[str, Any] | None:
    """The object that the fields spell; None when names with brackets make that uncertain."""
    if any("[" in name for name in fields):
        return None
    definitions = validator.table.definitions
    value: dict[str, Any] = {}
    for name, texts in fields.items():
        inner = navigate.inner_schema(definitions, {"$ref": f"#/$defs/{schema}"}, [name])
        types = navigate.json_types(definitions, inner)
        if "array" in types:
            value[name] = [_typed(text, frozenset()) for text in texts]
        else:
            value[name] = _typed(texts[-1], types)
    return value


def form_problem(validator: Validator, schema: str, value: dict[str, Any]) -> str | None:
    """The first violation of the schema by a form, if it is certain."""
    try:
        violations = validator.violations_in(schema, value)
    except SchemaError:
        return None
    if not violations:
        return None
    # A text may have been meant as another type, so a second reading has the last word.
    if not validator.violations_in(schema, {name: _other(each) for name, each in value.items()}):
        return None
    return f"{violations[0].message} at {violations[0].pointer!r}"


def _typed(text: str, types: frozenset[str]) -> Any:
    if types and "string" in types:
        return text
    try:
        return read_json(text.encode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return text


def _other(value: Any) -> Any:
    if isinstance(value, list):
        return [_other(each) for each in value]
    return value if isinstance(value, str) else json.dumps(value)
