"""Media types: which kind of body each one is, for the client and the mock alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from speclient.document import Node
from speclient.openapi.tokens import TOKEN


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


@dataclass(frozen=True, slots=True)
class MediaEntry:
    """A media type of a body or a parameter; `key` is its key in `content`."""

    name: str
    key: str
    node: Node

    @property
    def schema(self) -> Node | None:
        """The schema of the whole body."""
        return self.node.get("schema")

    @property
    def kind(self) -> MediaKind:
        """How the body is read and written."""
        return body_kind(self.name, self.schema)

    @property
    def is_stream(self) -> bool:
        """Whether the body is a sequence of items that are read as they arrive."""
        return self.kind in (MediaKind.JSON_LINES, MediaKind.EVENTS)

    @property
    def item_schema(self) -> Node | None:
        """The schema of one item of a stream."""
        return item_schema(self.node, self.kind)


@dataclass(frozen=True, slots=True)
class Content:
    """The media types of `content`, and the entries whose keys are not media types."""

    media: tuple[MediaEntry, ...] = ()
    invalid: tuple[tuple[str, Node], ...] = ()


def read_content(content: Node | None) -> Content:
    """Read a `content` mapping. A key such as `*` or `text/csv, text/plain` stands for valid media types."""
    media: list[MediaEntry] = []
    invalid: list[tuple[str, Node]] = []
    for key, node in content.items() if content is not None else ():
        names = [key] if is_media_type(key) else _misspelled(key)
        if not names or any(known.name in names for known in media):
            invalid.append((key, node))
        else:
            media += [MediaEntry(name, key, _resolved(node)) for name in names]
    return Content(tuple(media), tuple(invalid))


def is_media_type(name: str) -> bool:
    """Whether it is a media type or a range of media types, with or without parameters."""
    main, _, subtype = name.split(";", maxsplit=1)[0].strip().partition("/")
    return bool(TOKEN.fullmatch(main) and TOKEN.fullmatch(subtype)) and name.isascii() and name.isprintable()


def _misspelled(key: str) -> list[str]:
    """The media types that an invalid key stands for: `*`, or several separated by commas."""
    parts = [part.strip() for part in key.split(",")]
    return ["*/*"] if key == "*" else [part for part in dict.fromkeys(parts) if is_media_type(part)]


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
    return schema.resolve_or_none() or schema


def _is_file(schema: Node | None) -> bool:
    return schema is not None and _resolved(schema).text("format") in ("binary", "file")
