"""The operations of a document as it states them: parameters merged, references followed, defaults filled in.

Source: OpenAPI 3.1, "Path Item Object", "Parameter Object", "Security Requirement Object".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .jsontypes import Json, as_array, as_object, as_text, is_json_type
from .source import Document

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_DEFAULT_STYLE = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
# These three are described elsewhere in a document; as parameters they "SHALL be ignored" (Parameter
# Object, name).
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


@dataclass(frozen=True, slots=True)
class ParameterKey:
    """What makes a parameter unique: where it stands and its name on the wire."""

    location: str
    name: str

    def __str__(self) -> str:
        return f"{self.location} parameter {self.name!r}"


@dataclass(frozen=True)
class Parameter:
    """One parameter with the style that applies to it.

    `media_type` is set for those that `content` describes as JSON.
    """

    key: ParameterKey
    schema: Json
    required: bool
    style: str
    explode: bool
    allow_reserved: bool
    media_type: str | None

    def __hash__(self) -> int:
        """By the key; schemas cannot be hashed."""
        return hash(self.key)


@dataclass(frozen=True)
class RequestBody:
    """The body that an operation takes: media type -> schema, in the document's order."""

    required: bool
    content: Mapping[str, Json]
    encoding: Mapping[str, Mapping[str, Mapping[str, Json]]] = field(default_factory=dict[str, Any])
    """Media type -> member of a form -> what its Encoding Object says of that member."""


@dataclass(frozen=True)
class Operation:
    """One operation. `raw` is its own object, for what the fields do not say."""

    document: Document
    method: str
    path: str
    raw: Mapping[str, Json]
    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    security: tuple[tuple[str, ...], ...]
    servers: tuple[str, ...] = ()
    """Its own servers, or those of its path item."""

    @property
    def name(self) -> str:
        """`GET /api/v1/runs`, the name that findings use."""
        return f"{self.method} {self.path}"

    @property
    def responses(self) -> dict[str, dict[str, Json]]:
        """Status key (`200`, `4XX`, `default`) -> Response Object, whose `content` has no references."""
        found: dict[str, dict[str, Json]] = {}
        for key, value in as_object(self.raw.get("responses")).items():
            if not key.startswith("x-"):
                response = self.document.resolved(value)
                content: dict[str, Json] = dict(media_types(self.document, response))
                found[key] = {**response, "content": content} if "content" in response else response
        return found

    def parameter(self, key: ParameterKey) -> Parameter | None:
        """The parameter with this place and name, header names in any case."""
        return next((each for each in self.parameters if same_key(each.key, key)), None)


def same_key(left: ParameterKey, right: ParameterKey) -> bool:
    """Whether two keys name one parameter: header names are case-insensitive, all others are not."""
    if left.location != right.location:
        return False
    return left.name == right.name or (left.location == "header" and left.name.lower() == right.name.lower())


def operations(document: Document) -> Iterator[Operation]:
    """Every operation of the document, in its order."""
    for path, item in as_object(document.raw.get("paths")).items():
        path_item = document.resolved(item)
        # Some documents write methods in capitals.
        raw_operations = {name.lower(): value for name, value in path_item.items()}
        for method in METHODS:
            if isinstance(raw := raw_operations.get(method), dict):
                yield _operation(document, method, path, path_item, raw)


def servers(document: Document) -> list[str]:
    """The URLs of the document's servers with each variable's default filled in."""
    return _urls(document.raw) or ["/"]


def _own_servers(owner: Mapping[str, Json]) -> tuple[str, ...]:
    """The servers of an operation or a path item. Clients have arguments for the variables of the document only."""
    declared = as_array(owner.get("servers"))
    return () if not declared or as_object(declared[0]).get("variables") else tuple(_urls(owner))


def _urls(owner: Mapping[str, Json]) -> list[str]:
    urls: list[str] = []
    for entry in as_array(owner.get("servers")):
        server = as_object(entry)
        url = as_text(server.get("url"))
        for name, variable in as_object(server.get("variables")).items():
            url = url.replace("{" + name + "}", as_text(as_object(variable).get("default")))
        urls.append(url)
    return urls


def security_schemes(document: Document) -> dict[str, dict[str, Json]]:
    """Name -> Security Scheme Object."""
    components = as_object(document.raw.get("components"))
    return {name: document.resolved(value) for name, value in as_object(components.get("securitySchemes")).items()}


def _operation(
    document: Document, method: str, path: str, path_item: Mapping[str, Json], raw: dict[str, Json]
) -> Operation:
    merged: dict[ParameterKey, Parameter] = {}
    for entry in (*as_array(path_item.get("parameters")), *as_array(raw.get("parameters"))):
        parameter = _parameter(document.resolved(entry))
        if not (parameter.key.location == "header" and parameter.key.name.lower() in _IGNORED_HEADERS):
            merged[parameter.key] = parameter
    declared = raw["security"] if "security" in raw else document.raw.get("security")
    requirements = tuple(tuple(as_object(entry)) for entry in as_array(declared))
    schemes = security_schemes(document)
    # A parameter that repeats an API key of the operation is the credential, which callers give once.
    keys = [
        ParameterKey(as_text(scheme.get("in")), as_text(scheme.get("name")))
        for name in {name for requirement in requirements for name in requirement}
        if as_text((scheme := schemes.get(name, {})).get("type")) == "apiKey"
    ]
    body = document.resolved(raw["requestBody"]) if "requestBody" in raw else None
    return Operation(
        document=document,
        method=method.upper(),
        path=path,
        raw=raw,
        parameters=tuple(
            parameter for key, parameter in merged.items() if not any(same_key(key, credential) for credential in keys)
        ),
        body=None if body is None else _body(document, body),
        security=requirements,
        servers=_own_servers(raw) or _own_servers(path_item),
    )


def _parameter(raw: Mapping[str, Json]) -> Parameter:
    location = as_text(raw.get("in"))
    style = as_text(raw.get("style"), _DEFAULT_STYLE.get(location, "form"))
    explode = raw.get("explode")
    content = as_object(raw.get("content"))
    media_type = next(iter(content), None)
    schema = as_object(content[media_type]).get("schema", {}) if media_type else raw.get("schema", {})
    return Parameter(
        key=ParameterKey(location, as_text(raw.get("name"))),
        schema=schema,
        required=raw.get("required") is True or location == "path",
        style=style,
        explode=explode if isinstance(explode, bool) else style == "form",
        allow_reserved=raw.get("allowReserved") is True,
        # A value of another media type is text, as it is in a style.
        media_type=media_type if media_type is not None and is_json_type(media_type) else None,
    )


def media_types(document: Document, owner: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
    """Media type -> Media Type Object of a request body or response."""
    return {name: document.resolved(entry) for name, entry in document.resolved(owner.get("content")).items()}


def _body(document: Document, raw: Mapping[str, Json]) -> RequestBody:
    content = media_types(document, raw)
    return RequestBody(
        raw.get("required") is True,
        {name: as_object(entry).get("schema", {}) for name, entry in content.items()},
        {
            name: {member: as_object(rule) for member, rule in as_object(as_object(entry).get("encoding")).items()}
            for name, entry in content.items()
        },
    )
