"""Encoding Objects: how the properties of a form are serialized (OpenAPI 3.1, section 4.8.15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from speclient.document import Node
from speclient.ir import Encoding, PartHeader
from speclient.openapi.media import media_kind
from speclient.openapi.parameters import QUERY_STYLES, STYLES
from speclient.openapi.tokens import TOKEN

# Media types that follow from `contentType` and the name of the property.
_SAID_OTHERWISE = ("content-type", "content-disposition")
_STYLED = ("style", "explode", "allowReserved")

Degrade = Callable[[Node, str], None]


def read_encoding(encoding: Node | None, schema: Node, media: str, degrade: Degrade) -> tuple[Encoding, ...]:
    """The properties whose serialization differs from the default.

    Args:
        encoding: the Encoding Objects by property.
        schema: the schema of the form.
        media: the media type of the form.
        degrade: records what is not supported in the generation report.
    """
    rules = [_rule(name, rule, schema, media, degrade) for name, rule in (encoding.items() if encoding else ())]
    return tuple(rule for rule in rules if rule is not None)


def _rule(name: str, rule: Node, schema: Node, media: str, degrade: Degrade) -> Encoding | None:
    if not isinstance(rule.value, dict):
        degrade(rule, f"the `encoding` of {name!r} must be a mapping; it is ignored")
        return None
    encoding = _writing(name, rule, schema, media, degrade)
    section = rule.get("headers")
    # For other bodies, `headers` is ignored.
    if section is None or media_kind(media) != "multipart":
        return encoding
    headers = [_header(header, node, degrade) for header, node in section.items()]
    listed = tuple(header for header in headers if header is not None)
    return replace(encoding or Encoding(name), headers=listed) if listed else encoding


def _header(name: str, node: Node, degrade: Degrade) -> PartHeader | None:
    if name.lower() in _SAID_OTHERWISE:
        return None
    header = node.resolve_or_none()
    if header is None:
        degrade(node, f"the header {name!r} of a part cannot be read; it is ignored")
        return None
    node = header
    if TOKEN.fullmatch(name) is None:
        degrade(node, f"{name!r} is not a valid header name; it is ignored")
        return None
    content, schema, required = node.get("content"), node.get("schema"), node.flag("required")
    value = _only_value(_resolved(schema).mapping, required) if schema is not None else None
    if isinstance(value, str) and not (value.isascii() and value.isprintable() and value == value.strip()):
        degrade(node, f"the header {name!r} of a part cannot carry its value; the caller must encode it")
        value = None
    is_json = content is not None and any(media_kind(media) == "json" for media in content.mapping)
    return PartHeader(name, required, node.flag("explode"), is_json, value)


def _only_value(schema: Mapping[str, Any], required: bool) -> str | int | float | None:
    """The only possible value, or else the default of a required header. For an optional header, the default of the
    service applies.
    """
    listed = schema.get("enum")
    value = schema.get("const", listed[0] if isinstance(listed, list) and len(listed) == 1 else None)
    if value is None and required:
        value = schema.get("default")
    return value if isinstance(value, (str, int, float)) else None


def _writing(name: str, rule: Node, schema: Node, media: str, degrade: Degrade) -> Encoding | None:
    multipart = media_kind(media) == "multipart"
    usual = _usual_type(_member(schema, name))
    if any(key in rule.mapping for key in _STYLED):
        if not multipart or (rule.document.version >= (3, 1) and media.lower().startswith("multipart/form-data")):
            return _style(name, rule, usual, degrade)
        if not _is_usual(rule.text("style") or "form", rule, usual):
            version = ".".join(map(str, rule.document.version))
            degrade(rule, f"OpenAPI {version} has no `style` in {media}; that of {name!r} is ignored")
    # A list or range leaves the choice to the caller, who can pass a part with its media type.
    stated = (rule.text("contentType") or "").split(",")
    content_type = next((each.strip() for each in stated if each.strip() and "*" not in each), usual)
    if content_type == usual and usual != "application/octet-stream":  # A plain string is always text.
        return None
    if usual == "application/json" and media_kind(content_type) != "json":
        degrade(rule, f"{name!r} is {content_type}, which the caller must pass as text or bytes; objects are JSON")
    return Encoding(name, content_type=content_type)


def _style(name: str, rule: Node, usual: str, degrade: Degrade) -> Encoding | None:
    stated = rule.text("style") or "form"
    style = STYLES.get(stated)
    if style is None or style not in QUERY_STYLES:
        degrade(rule, f"style {stated!r} of {name!r} does not exist; the default is used")
        style = "form"
    if _is_usual(style, rule, usual):
        return None
    explode = rule.mapping.get("explode")
    exploded = explode if isinstance(explode, bool) else style == "form"
    return Encoding(name, style, style == "deepObject" or exploded, rule.flag("allowReserved"))


def _is_usual(style: str, rule: Node, usual: str) -> bool:
    """Whether a style equals the default: lists are repeated, scalars are text. Objects would be JSON."""
    exploded = rule.mapping.get("explode", True) is not False
    return style == "form" and exploded and not rule.flag("allowReserved") and usual != "application/json"


def _member(schema: Node, name: str) -> Node | None:
    properties = _resolved(schema).get("properties")
    member = properties.get(name) if properties is not None else None
    return _resolved(member) if member is not None else None


def _usual_type(member: Node | None) -> str:
    """The default media type of a property; that of its items for an array."""
    if member is None:
        return ""
    value: Any = member.mapping
    kinds = value.get("type") if isinstance(value.get("type"), list) else [value.get("type")]
    if "array" in kinds:
        items = member.get("items")
        return _usual_type(_resolved(items) if items is not None else None)
    if "object" in kinds or "properties" in value or "allOf" in value:
        return "application/json"
    return "application/octet-stream" if value.get("format") == "binary" or "contentEncoding" in value else "text/plain"


def _resolved(node: Node) -> Node:
    return node.resolve_or_none() or node
