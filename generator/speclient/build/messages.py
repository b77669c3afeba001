"""The request body and the responses of an operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from speclient.build.encoding import read_encoding
from speclient.build.schemas import SchemaBuilder
from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.ir import Anything, Body, Encoding, MediaType, NameHint, Response, Scalar, ScalarKind, TypeRef
from speclient.openapi.media import MediaEntry, MediaKind, essence_of, read_content
from speclient.openapi.responses import WITHOUT_BODY, read_responses


@dataclass(frozen=True, slots=True)
class MessageBuilder:
    """Builds the request body and the responses of the operation `key`."""

    key: str
    schemas: SchemaBuilder

    def _degrade(self, node: Node, why: str) -> None:
        self.schemas.log.degraded_operation(self.key, node, f"{self.key}: {why}")

    def _report_form(self, node: Node, why: str) -> None:
        """Report what is not valid, but has no limitation."""
        self.schemas.log.sink.report("SC207", f"{self.key}: {why}", node.location)

    def _mapping(self, node: Node, key: str) -> Node | None:
        """The property `key`, which must be a mapping."""
        section = node.get(key)
        if section is not None and not isinstance(section.value, dict):
            self._degrade(section, f"`{key}` must be a mapping; it is ignored")
            return None
        return section

    def list_section(self, node: Node, key: str) -> Node | None:
        """The property `key`, which must be a list."""
        section = node.get(key)
        if section is not None and not isinstance(section.value, list):
            self._degrade(section, f"`{key}` must be a list; it is ignored")
            return None
        return section

    # Request body

    def body(self, node: Node) -> Body | None:
        """The request body; media types that no argument can carry are listed in the generation report.

        Raises:
            ReferenceProblem: the body is an unresolved reference.
        """
        body = node.get("requestBody")
        if body is None:
            return None
        body = body.resolve()
        content = self._mapping(body, "content")
        media = self._media_types(content, "Body")
        if not media:
            why = "the request body has no media type; it is sent as bytes"
            # An empty media type object has no limitation.
            (self._degrade if content is None or content.value else self._report_form)(body, why)
            media.append(MediaType("application/octet-stream", "bytes", Anything()))
        # The first media type is the default; a range cannot be sent.
        kinds = ("json", "form", "multipart", "text", "bytes")
        media.sort(key=lambda item: (kinds.index(item.kind), "*" in item.name))
        return Body(body.flag("required"), tuple(media), body.text("description"))

    # Responses

    def responses(self, node: Node) -> tuple[Response, ...]:
        """All documented responses."""
        responses: list[Response] = []
        for status, entry in read_responses(self._mapping(node, "responses")):
            if status is None:
                self._degrade(entry, f"{entry.last!r} is not a status code; it is ignored")
                continue
            try:
                response = entry.resolve()
            except ReferenceProblem as problem:
                self.schemas.log.sink.add(problem.diagnostic)
                self._degrade(entry, f"the response {entry.last} cannot be read: {problem.diagnostic.message}")
                # Not a response without a body: its content is unknown.
                responses.append(Response(status, (MediaType("*/*", "json", Anything()),)))
                continue
            responses.append(self._response(status, entry, response))
        return tuple(responses)

    def _response(self, status: str, entry: Node, response: Node) -> Response:
        if response != entry and not isinstance(response.value, dict):
            why = f"{self.key}: the reference {entry.text('$ref')!r} refers to something that is not a response"
            self.schemas.log.degraded_operation(self.key, entry, why, code="SC013")
        elif not isinstance(response.value, dict):
            self._degrade(entry, f"the response {entry.last} must be a mapping; its body is ignored")
        content, headers = self._mapping(response, "content"), response.get("headers")
        if content is not None and content.value and status in WITHOUT_BODY:
            self._report_form(content, f"a response {status} has no body (RFC 9110); it is ignored")
            content = None
        role = "Response" if status.startswith("2") else f"Response{status.title()}"
        media = self._media_types(content, role)
        header_names = tuple(headers.mapping) if headers else ()
        return Response(status, tuple(media), response.text("description"), header_names, _links(response))

    # Media types

    def _media_types(self, section: Node | None, role: str) -> list[MediaType]:
        """Build the media types of `content`.

        Args:
            section: the `content` mapping.
            role: the word for the names of inline schemas: `Body`, or `Response` with a status.
        """
        content = read_content(section)
        is_response = role != "Body"
        media_types: list[MediaType] = []
        texts: list[MediaType] = []
        """Where a document names no media type, text may be sent as JSON or as plain text."""
        reported: set[str] = set()
        for media in content.media:
            if media.key != media.name and media.key not in reported:
                reported.add(media.key)
                names = [other.name for other in content.media if other.key == media.key]
                self._report_form(media.node, f"{media.key!r} is not a media type; it is read as {' and '.join(names)}")
            built = self._media_type(media, role)
            media_types.append(built)
            schema = media.schema or media.node
            is_text = (schema.resolve_or_none() or schema).text("type") == "string"
            if is_text and is_response and media.name == "*/*" and built.kind == "json":
                texts.append(MediaType("text/*", "text", Scalar(ScalarKind.STRING)))
        for key, node in content.invalid:
            report = self._report_form if media_types and node.get("schema") is None else self._degrade
            report(node, f"{key!r} is not a media type; it is ignored")
        if is_response:
            media_types = _without_variants(media_types)
        has_text = any(media.name.startswith("text/") for media in media_types)
        return media_types if has_text else media_types + texts

    def _media_type(self, media: MediaEntry, role: str) -> MediaType:
        if not isinstance(media.node.value, dict):
            self._degrade(media.node, f"the value of {media.name} must be a mapping; its schema is ignored")
        schema, hint = media.schema, NameHint((role,), operation=self.key)
        kind = _sent_kind(media.kind) if role == "Body" else media.kind
        match kind:
            case MediaKind.EVENTS:
                return MediaType(media.name, "sse", self._item_type(media, role))
            case MediaKind.JSON_LINES:
                return MediaType(media.name, "jsonl", self._item_type(media, role))
            case MediaKind.TEXT | MediaKind.XML:
                return MediaType(media.name, "text", Scalar(ScalarKind.STRING))
            case MediaKind.BYTES:
                return MediaType(media.name, "bytes", Anything())
            case MediaKind.JSON:
                return MediaType(media.name, "json", self.schemas.body_type(schema, hint) if schema else Anything())
            case MediaKind.FORM | MediaKind.MULTIPART:
                form: Literal["form", "multipart"] = "form" if kind is MediaKind.FORM else "multipart"
                if schema is None:
                    return MediaType(media.name, form, Anything())
                ref = self.schemas.type_of(schema, hint)
                encoding: tuple[Encoding, ...] = ()
                if role == "Body":
                    section = self._mapping(media.node, "encoding")
                    encoding = read_encoding(section, schema, media.name, self._degrade)
                return MediaType(media.name, form, ref, encoding)

    def _item_type(self, media: MediaEntry, role: str) -> TypeRef:
        """The type of one item of a stream: of a line, or of the data of an event."""
        schema = media.item_schema
        target = (schema.resolve_or_none() or schema) if schema is not None else None
        if schema is None or target is None or target.mapping.get("type") in ("string", ["string"]):
            return Scalar(ScalarKind.STRING) if media.kind is MediaKind.EVENTS else Anything()
        return self.schemas.body_type(schema, NameHint((role, "Item"), operation=self.key))


def _sent_kind(kind: MediaKind) -> MediaKind:
    """The kind of a request body: a stream is sent as text or bytes."""
    if kind is MediaKind.EVENTS:
        return MediaKind.TEXT
    return MediaKind.BYTES if kind is MediaKind.JSON_LINES else kind


def _without_variants(documented: Sequence[MediaType]) -> list[MediaType]:
    """Media types of a response, without those that differ from another only in parameters, unless their types differ.

    A media type without a schema does not stand for a type of its own.
    """
    kept: list[MediaType] = []
    for media in sorted(documented, key=lambda media: isinstance(media.type, Anything)):
        same = [other for other in kept if essence_of(other.name) == essence_of(media.name)]
        if not same or (not isinstance(media.type, Anything) and all(other.type != media.type for other in same)):
            kept.append(media)
    return [media for media in documented if media in kept]


def _links(response: Node) -> tuple[tuple[str, str], ...]:
    """Name and target of each link."""
    section = response.get("links")
    links: list[tuple[str, str]] = []
    for name, node in section.items() if section else ():
        link = node.resolve_or_none()
        target = (link.text("operationId") or link.text("operationRef")) if link is not None else None
        if target is not None:
            links.append((name, target))
    return tuple(links)
