"""The parts of an operation: parameters, request body, responses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from speclient.build.encoding import QUERY_STYLES, read_encoding
from speclient.build.schemas import SchemaBuilder
from speclient.build.type_refs import json_scalar
from speclient.diagnostics import CODES, Diagnostic, Location, Severity
from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.ir import (
    Anything,
    Body,
    Encoding,
    Json,
    MediaType,
    NameHint,
    Parameter,
    Response,
    Scalar,
    ScalarKind,
    TypeRef,
)
from speclient.openapi.media import MediaKind, body_kind, essence_of, item_schema, media_kind
from speclient.openapi.operations import TOKEN
from speclient.schema.annotations import unit_of

_STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": QUERY_STYLES,
    "header": ("simple",),
    "cookie": ("form",),
}
# OpenAPI 3, Parameter Object: header parameters with these names are ignored; other parts of the document define them.
_IGNORED_HEADERS = ("accept", "content-type", "authorization")
_BODILESS = ("204", "205", "304")


class Refused(Exception):
    """The operation cannot be expressed; contains the diagnostic."""

    def __init__(self, message: str, location: Location) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic("SC201", Severity.WARNING, message, location, CODES["SC201"].hint)


@dataclass(slots=True)
class Parts:
    """Reads the parts of the operation `key`."""

    key: str
    schemas: SchemaBuilder

    def _degrade(self, node: Node, why: str) -> None:
        self.schemas.log.degraded_operation(self.key, node, f"{self.key}: {why}")

    def listed(self, node: Node, key: str) -> Node | None:
        """The property `key`, which must be a list."""
        found = node.get(key)
        if found is not None and not isinstance(found.value, list):
            self._degrade(found, f"`{key}` must be a list; it is ignored")
            return None
        return found

    def _other_kind(self, reference: Node, wanted: str) -> None:
        why = f"{self.key}: the reference {reference.text('$ref')!r} refers to something that is not {wanted}"
        self.schemas.log.degraded_operation(self.key, reference, why, code="SC013")

    def _mapping(self, node: Node, key: str) -> Node | None:
        """The property `key`, which must be a mapping."""
        found = node.get(key)
        if found is not None and not isinstance(found.value, dict):
            self._degrade(found, f"`{key}` must be a mapping; it is ignored")
            return None
        return found

    # Parameters

    def parameters(self, path: str, item: Node, node: Node) -> tuple[Parameter, ...]:
        """Parameters of the path item and the operation, which override; path parameters in the order of the path."""
        found: dict[tuple[str, str], Parameter] = {}
        for owner in (item, node):
            section = self.listed(owner, "parameters")
            for element in section.elements() if section is not None else ():
                target = element.resolve()
                if target != element and not isinstance(target.value, dict):
                    self._other_kind(element, "a parameter")
                    continue
                made = self._parameter(target)
                if made is not None:
                    found[(made.place, made.name)] = made
        places = re.findall(r"\{([^{}]*)\}", path)
        given = {name: made for (place, name), made in found.items() if place == "path"}
        for name in dict.fromkeys(places):
            if name not in given:
                self._degrade(node, f"no parameter describes {{{name}}} of the path; any text is accepted")
                given[name] = Parameter(
                    name, "path", True, "simple", False, False, Scalar(ScalarKind.STRING), node.location
                )
        for name, made in given.items():
            if name not in places:
                self._degrade(node, f"the path parameter {made.name!r} does not occur in {path!r}; it is ignored")
        others = [made for made in found.values() if made.place != "path"]
        return (*(given[name] for name in dict.fromkeys(places)), *others)

    def _parameter(self, node: Node) -> Parameter | None:
        name, place = node.text("name"), node.text("in")
        if name is None or place not in _STYLES or (place == "header" and not name):
            self._degrade(node, f"a parameter with name {name!r} in {place!r} cannot be sent; it is ignored")
            return None
        if place == "header" and name.lower() in _IGNORED_HEADERS:
            return None
        if place in ("header", "cookie") and TOKEN.fullmatch(name) is None:
            if place == "header":
                raise Refused(f"{name!r} is not a valid header name", node.location)
            self._degrade(node, f"{name!r} is not a valid cookie name; it is ignored")
            return None
        style = node.text("style") or _STYLES[place][0]
        if style not in _STYLES[place]:
            self._degrade(node, f"style {style!r} does not exist for {place} parameters; the default is taken")
            style = _STYLES[place][0]
        explode = node.mapping.get("explode")
        made, content = self._parameter_type(node, name)
        extension = node.get("x-speclient")
        schema = node.get("schema")
        default = schema.mapping.get("default") if schema is not None else None
        is_call_key = place == "header" and name.lower() == "idempotency-key" and _is_text(made)
        required = place == "path" or (node.flag("required") and not is_call_key)
        return Parameter(
            name=name, place=place, required=required, style=style,
            explode=explode if isinstance(explode, bool) else style == "form",
            allow_reserved=node.flag("allowReserved"), type=made, origin=node.location, content=content,
            description=node.text("description") or (schema.text("description") if schema else None),
            deprecated=node.flag("deprecated"), default=json_scalar(default),
            example=_example(node, schema),
            argument=extension.text("name") if extension else None,
            unit=unit_of([schema]) if schema is not None else None,
            is_call_key=is_call_key,
        )  # fmt: skip

    def _parameter_type(self, node: Node, name: str) -> tuple[TypeRef, str | None]:
        hint = NameHint((name,), operation=self.key)
        content = node.get("content")
        if content is not None and content.mapping:
            media, entry = next(content.items())
            schema = entry.get("schema")
            if media_kind(media) != "json":
                self._degrade(entry, f"the parameter {name!r} is sent as {media}, which the caller must pass as text")
                return Scalar(ScalarKind.STRING), None
            return (self.schemas.type_of(schema, hint) if schema else Anything()), media
        schema = node.get("schema")
        return (self.schemas.type_of(schema, hint) if schema else Anything()), None

    # Request body

    def body(self, node: Node) -> Body | None:
        """The request body; media types that no argument can carry are listed in the generation report."""
        body = node.get("requestBody")
        if body is None:
            return None
        body = body.resolve()
        content = self._mapping(body, "content")
        media = self._media_types(content, "Body")
        if not media:
            why = "the request body has no media type; it is sent as bytes"
            # An empty media type object has no limitation.
            (self._degrade if content is None or content.value else self._odd_form)(body, why)
            media.append(MediaType("application/octet-stream", "bytes", Anything()))
        # The first media type is the default; a range cannot be sent.
        kinds = ("json", "form", "multipart", "text", "bytes")
        media.sort(key=lambda made: (kinds.index(made.kind), "*" in made.name))
        return Body(body.flag("required"), tuple(media), body.text("description"))

    # Responses

    def responses(self, node: Node) -> tuple[Response, ...]:
        """All documented responses."""
        section = self._mapping(node, "responses")
        made: list[Response] = []
        for status, entry in section.items() if section else ():
            if status.startswith("x-"):
                continue
            wanted = status.upper() if status.lower() != "default" else "default"
            if re.fullmatch(r"[1-5](\d\d|XX)|default", wanted) is None:
                self._degrade(entry, f"{status!r} is not a status code; it is ignored")
                continue
            try:
                response = entry.resolve()
            except ReferenceProblem as problem:
                self.schemas.log.sink.add(problem.diagnostic)
                self._degrade(entry, f"the response {status} cannot be read: {problem.diagnostic.message}")
                # Not a response without a body: its content is unknown.
                made.append(Response(wanted, (MediaType("*/*", "json", Anything()),)))
                continue
            if response != entry and not isinstance(response.value, dict):
                self._other_kind(entry, "an answer")
            elif not isinstance(response.value, dict):
                self._degrade(entry, f"the response {status} must be a mapping; its body is ignored")
            content, headers = self._mapping(response, "content"), response.get("headers")
            if content is not None and content.value and wanted in _BODILESS:
                self._odd_form(content, f"a response {wanted} has no body (RFC 9110); it is ignored")
                content = None
            role = "Response" if wanted.startswith("2") else f"Response{wanted.title()}"
            media = self._media_types(content, role)
            names = tuple(headers.mapping) if headers else ()
            made.append(Response(wanted, tuple(media), response.text("description"), names, _links(response)))
        return tuple(made)

    def _media_types(self, content: Node | None, role: str) -> list[MediaType]:
        """Read `content`. Examples of properties are found beside the media type that they belong to."""
        made: list[MediaType] = []
        odd: list[tuple[str, Node]] = []
        texts: list[MediaType] = []
        """Where a document names no media type, text may be sent as JSON or as plain text."""
        for name, entry in content.items() if content is not None else ():
            names = [name] if _is_media_type(name) else _spelled_otherwise(name)
            if not names or any(known.name in names for known in made):
                odd.append((name, entry))
                continue
            if names != [name]:
                self._odd_form(entry, f"{name!r} is not a media type; it is read as {' and '.join(names)}")
            made += [self._media(each, entry, role) for each in names]
            text = _resolved(entry.get("schema") or entry).text("type") == "string"
            if text and role != "Body" and names == ["*/*"] and made[-1].kind == "json":
                texts.append(MediaType("text/*", "text", Scalar(ScalarKind.STRING)))
        for name, entry in odd:
            tell = self._odd_form if made and entry.get("schema") is None else self._degrade
            tell(entry, f"{name!r} is not a media type; it is ignored")
        if role != "Body":
            made = _without_variants(made)
        return made + [text for text in texts if not any(known.name.startswith("text/") for known in made)]

    def _odd_form(self, node: Node, why: str) -> None:
        self.schemas.log.sink.report("SC207", f"{self.key}: {why}", node.location)

    def _media(self, name: str, entry: Node, role: str) -> MediaType:
        if not isinstance(entry.value, dict):
            self._degrade(entry, f"the value of {name} must be a mapping; its schema is ignored")
        schema = entry.get("schema")
        kind = body_kind(name, schema)
        if kind in (MediaKind.EVENTS, MediaKind.JSON_LINES):
            if role != "Body":
                return MediaType(name, kind.value, self._item_type(entry, kind, role))
            kind = MediaKind.TEXT if kind is MediaKind.EVENTS else MediaKind.BYTES
        elif kind is MediaKind.XML:
            kind = MediaKind.TEXT
        if kind in ("text", "bytes"):
            return MediaType(name, kind.value, Scalar(ScalarKind.STRING) if kind == "text" else Anything())
        if schema is None:
            return MediaType(name, kind.value, Anything())
        hint = NameHint((role,), operation=self.key)
        made = self.schemas.body_type(schema, hint) if kind == "json" else self.schemas.type_of(schema, hint)
        encoding: tuple[Encoding, ...] = ()
        if role == "Body" and kind in ("form", "multipart"):
            encoding = read_encoding(self._mapping(entry, "encoding"), schema, name, self._degrade)
        return MediaType(name, kind.value, made, encoding)

    def _item_type(self, entry: Node, kind: MediaKind, role: str) -> TypeRef:
        """The type of one item of a stream: of a line, or of the data of an event."""
        schema = item_schema(entry, kind)
        text = schema is None or _resolved(schema).mapping.get("type") in ("string", ["string"])
        if schema is None or text:
            return Scalar(ScalarKind.STRING) if kind is MediaKind.EVENTS else Anything()
        return self.schemas.body_type(schema, NameHint((role, "Item"), operation=self.key))


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


def _resolved(schema: Node) -> Node:
    try:
        return schema.resolve()
    except ReferenceProblem:
        return schema


def _links(response: Node) -> tuple[tuple[str, str], ...]:
    section = response.get("links")
    found: list[tuple[str, str]] = []
    for name, link in section.items() if section else ():
        try:
            link = link.resolve()
        except ReferenceProblem:
            continue
        target = link.text("operationId") or link.text("operationRef")
        if target is not None:
            found.append((name, target))
    return tuple(found)


def _is_media_type(name: str) -> bool:
    essence = name.split(";", maxsplit=1)[0].strip()
    main, _, sub = essence.partition("/")
    return bool(TOKEN.fullmatch(main) and TOKEN.fullmatch(sub)) and name.isascii() and name.isprintable()


def _spelled_otherwise(name: str) -> list[str]:
    """The media types that an invalid name stands for: `*`, or several separated by commas."""
    parts = [part.strip() for part in name.split(",")]
    return ["*/*"] if name == "*" else [part for part in dict.fromkeys(parts) if _is_media_type(part)]


def _is_text(ref: TypeRef) -> bool:
    return isinstance(ref, Scalar) and ref.kind is ScalarKind.STRING


def _example(node: Node, schema: Node | None) -> Json:
    """The first example in the order of the document."""
    for owner in (node, schema):
        if owner is None:
            continue
        if "example" in owner.mapping:
            return json_scalar(owner.mapping["example"])
        examples = owner.mapping.get("examples")
        if isinstance(examples, list) and examples:
            return json_scalar(examples[0])
        if isinstance(examples, dict):
            for entry in examples.values():
                if isinstance(entry, dict) and "value" in entry:
                    return json_scalar(entry["value"])
    return None
