"""Media types: which kind of body each one is, for the client and the mock alike."""

from __future__ import annotations

from enum import StrEnum

from speclient.document import Node
from speclient.document.problems import ReferenceProblem


class MediaKind(StrEnum):
    """How a body of a media type is read and written."""

    JSON = "json"
    JSON_LINES = "jsonl"
    EVENTS = "sse"
    FORM = "form"
    MULTIPART = "multipart"
    TEXT = "text"
    XML = "xml"
    BYTES = "bytes"


_LINES = frozenset({
    "application/jsonl", "application/x-jsonl", "application/jsonlines", "application/x-jsonlines",
    "application/x-ndjson", "application/ndjson", "application/json-seq", "application/x-json-stream",
    "application/stream+json", "application/x-json-lines", "application/json-lines", "application/json-l",
    "application/x-ldjson", "application/ldjson", "text/x-ndjson", "text/ndjson", "text/jsonl",
})  # fmt: skip


def essence_of(name: str) -> str:
    """The type and subtype of a media type, in lower case, without parameters."""
    return name.split(";", maxsplit=1)[0].strip().lower()


def media_kind(name: str) -> MediaKind:
    """The kind of a media type, as written in the document or in a header."""
    essence = essence_of(name)
    main, _, subtype = essence.partition("/")
    if essence == "text/event-stream":
        return MediaKind.EVENTS
    if essence in _LINES or subtype.endswith(("+json-seq", "+jsonl", "+ndjson")):
        return MediaKind.JSON_LINES
    # `application/vnd.acme.json` has no registered suffix, but its name is unambiguous.
    if essence in ("*/*", "application/*") or subtype == "json" or subtype.endswith(("+json", ".json")):
        return MediaKind.JSON
    if essence == "application/x-www-form-urlencoded":
        return MediaKind.FORM
    if main == "multipart":
        return MediaKind.MULTIPART
    if subtype == "xml" or subtype.endswith("+xml"):
        return MediaKind.XML
    return MediaKind.TEXT if main == "text" else MediaKind.BYTES


def body_kind(name: str, schema: Node | None) -> MediaKind:
    """The kind of a body: a range such as `*/*` with a binary schema is a file."""
    kind = media_kind(name)
    return MediaKind.BYTES if kind is MediaKind.JSON and essence_of(name).startswith("*") and _is_file(schema) else kind


def item_schema(entry: Node, kind: MediaKind) -> Node | None:
    """The schema of one item of a stream: of a line, or of the data of a server-sent event.

    It is `itemSchema` (OpenAPI 3.2), else the `items` of an array, else the schema itself. Where the schema of an event
    stream describes whole events, it is that of their data.
    """
    item = entry.get("itemSchema")
    schema = item or entry.get("schema")
    if schema is None:
        return None
    target = _resolved(schema)
    items = target.get("items")
    if item is None and items is not None and isinstance(items.value, dict):
        return items
    data = _event_data(target) if kind is MediaKind.EVENTS else None
    return data or schema


def _event_data(event: Node) -> Node | None:
    """The schema of the data where a schema describes a whole event (OpenAPI 3.2, section 4.14.4)."""
    properties = event.get("properties")
    data = properties.get("data") if properties is not None else None
    if properties is None or data is None or not set(properties.mapping) <= {"data", "event", "id", "retry"}:
        return None
    return _resolved(data).get("contentSchema") or data


def _resolved(schema: Node) -> Node:
    try:
        return schema.resolve()
    except ReferenceProblem:
        return schema


def _is_file(schema: Node | None) -> bool:
    return schema is not None and _resolved(schema).text("format") in ("binary", "file")
