"""Operations and their parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from speclient.diagnostics import Location
from speclient.ir.types import Json, Schema, TypeRef

ParameterLocation: TypeAlias = Literal["path", "query", "header", "cookie"]
ParameterStyle: TypeAlias = Literal[
    "simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject"
]
BodyKind: TypeAlias = Literal["json", "form", "multipart", "text", "bytes", "sse", "jsonl"]
PaginationKind: TypeAlias = Literal["cursor", "offset", "page", "link", "hal"]
CredentialKind: TypeAlias = Literal["bearer", "oauth2", "basic", "key", "none"]
KeyLocation: TypeAlias = Literal["header", "query", "cookie"]


class LimitationKind(StrEnum):
    """The consequence for a part that cannot be expressed completely."""

    REFUSED = "refused"
    DEGRADED = "degraded"
    NOT_ENFORCED = "not-enforced"


@dataclass(frozen=True, slots=True)
class Limitation:
    """A generation report entry: what, where, why. `owner` is an operation's key or a schema's id."""

    kind: LimitationKind
    owner: str
    location: Location
    why: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter. `style` and `explode` are never absent; `content` is the media type of a `content` parameter."""

    name: str
    place: ParameterLocation
    required: bool
    style: ParameterStyle
    explode: bool
    allow_reserved: bool
    type: TypeRef
    origin: Location
    content: str | None = None
    description: str | None = None
    deprecated: bool = False
    default: Json = None
    example: Json = None
    argument: str | None = None
    """The argument name that `x-speclient` requests."""
    unit: str | None = None
    is_call_key: bool = False
    """Whether it is the header `Idempotency-Key`, which the client fills in with a key of the call."""


@dataclass(frozen=True, slots=True)
class PartHeader:
    """A header of a part of a multipart body."""

    name: str
    required: bool = False
    explode: bool = False
    is_json: bool = False
    """Whether its value is JSON text (`content` instead of `schema`)."""
    value: str | int | float | None = None
    """The value that is sent by default: the only possible value, or the default of a required header."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How one property of a form is serialized, if not by default: by `style`, else as `content_type`."""

    member: str
    style: ParameterStyle | None = None
    explode: bool = True
    allow_reserved: bool = False
    content_type: str | None = None
    headers: tuple[PartHeader, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type as written, how it is read (`json`, `form`, `multipart`, `text`, `bytes`), and its type.

    Responses of the kinds `sse` (server-sent events) and `jsonl` (lines of JSON) are read as they arrive; the type is
    that of an item, of an event's data.
    """

    name: str
    kind: BodyKind
    type: TypeRef
    encoding: tuple[Encoding, ...] = ()
    """Of a form that is sent."""


@dataclass(frozen=True, slots=True)
class Body:
    """A request body."""

    required: bool
    media: tuple[MediaType, ...]
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A response: status (`200`, `4XX`, `default`); no media types when it has no body."""

    status: str
    media: tuple[MediaType, ...]
    description: str | None = None
    headers: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Name of a link, and the operationId or reference of its target."""


@dataclass(frozen=True, slots=True)
class Binary:
    """Why a successful response without a description of its content is read as bytes."""

    evidence: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class ResponseBy:
    """A parameter whose value selects the type of a successful response: (value, type) pairs, the default's first."""

    parameter: str
    cases: tuple[tuple[Json, TypeRef], ...]


@dataclass(frozen=True, slots=True)
class Pagination:
    """The pagination of an operation. Pointers are split at `/`."""

    kind: PaginationKind
    """`cursor`, `offset`, `page`, `link` (the header) or `hal` (a URL in the body)."""
    items: tuple[str, ...]
    """Pointer to the items of a page."""
    parameter: str | None = None
    """The parameter for the cursor, the offset or the page number."""
    first: int | None = None
    """The offset or number of the first page."""
    next: tuple[str, ...] = ()
    """Pointer to the next cursor, or to the URL of the next page, in the body."""
    more: tuple[str, ...] = ()
    """Pointer to the flag for another page, or to the number of pages, in the body."""
    member: str | None = None
    """Pointer to the next cursor in the last item."""
    member_from: str | None = None
    """The parameter that selects this property."""
    member_default: str | None = None
    """Its name when that parameter is omitted."""
    size: str | None = None
    """The parameter for the page size."""
    identity: tuple[str, ...] = ()
    """Pointer to the identity of an item."""
    in_body: bool = False
    """Whether `parameter` is a property of the request's body. `size` may then be one, too."""
    evidence: tuple[str, ...] = ()
    """The evidence in the document."""
    inferred: bool = False
    """Whether it was inferred from names and types instead of `x-speclient`."""


@dataclass(frozen=True, slots=True)
class ItemLookup:
    """How to look up one item of a listing: the parameter that identifies it, an offset, and other arguments."""

    parameter: str | None
    offset: int | None = None
    order: tuple[tuple[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class Polling:
    """How a client waits until an operation reaches a terminal state. Pointers are split at `/`.

    `status` points to the state in the response of the operation or, with `status_operation` (an operationId), in an
    item of that operation's results.
    """

    status: tuple[str, ...]
    success: tuple[str | int | bool, ...] = ()
    failure: tuple[str | int | bool, ...] = ()
    message: tuple[str, ...] | None = None
    status_operation: str | None = None
    lookup: ItemLookup | None = None


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """How credentials are sent: `bearer`, `oauth2`, `basic`, `key` (with `place` and `name`) or `none`."""

    id: str
    kind: CredentialKind
    place: KeyLocation = "header"
    name: str = "Authorization"
    arguments: tuple[tuple[str, str], ...] = ()
    """Part of the credential -> constructor argument that `x-speclient` requests."""
    description: str | None = None
    token_url: str = ""
    """Of `oauth2`: the token URL for client credentials; it may be relative to the server."""
    scopes: tuple[str, ...] = ()
    """Of `oauth2`: the required scopes."""


SecurityRequirement = tuple[str, ...]
"""Ids of the schemes that are required together; empty for anonymous access."""


@dataclass(frozen=True, slots=True)
class ServerVariable:
    """A variable in a server's URL."""

    name: str
    default: str
    values: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A base URL, with `{variable}` placeholders."""

    url: str
    description: str | None = None
    variables: tuple[ServerVariable, ...] = ()
    name: str | None = None
    """OpenAPI 3.2's name of a server, or the one of `x-speclient`."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `key` (`GET /path`) identifies it in generation reports and locks."""

    key: str
    method: str
    path: str
    origin: Location
    operation_id: str | None
    tags: tuple[str, ...]
    group: str | None
    """The group that `x-speclient` requests."""
    method_name: str | None
    summary: str | None
    description: str | None
    page: str | None
    deprecated: bool
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: tuple[Response, ...]
    security: tuple[SecurityRequirement, ...]
    servers: tuple[Server, ...] = ()
    response_by: ResponseBy | None = None
    idempotent: bool | None = None
    """Whether `x-speclient` allows retries."""
    binary: Binary | None = None
    stream_property: str | None = None
    """The property of the body that `x-speclient` names as the one that asks for a stream."""
    pagination: Pagination | None = None
    polling: Polling | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """Example values for a call of an operation."""

    arguments: tuple[tuple[ParameterLocation, str, Any], ...] = ()
    """Location, name and value of the parameters."""
    media: str | None = None
    """The media type of the body; None without a body."""
    body: Any = None
    """Binary data is represented by bytes."""
    missing: str | None = None
    """The reason why there are no values."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request that the service sends: a webhook, or a callback of the operation `owner`; `type` is its body's."""

    key: str
    name: str
    type: TypeRef
    origin: Location
    description: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """A whole document."""

    title: str
    version: str
    summary: str | None
    description: str | None
    package: str | None
    client: str | None
    environment: str | None
    pages: tuple[str, ...]
    servers: tuple[Server, ...]
    security_schemes: tuple[SecurityScheme, ...]
    operations: tuple[Operation, ...]
    schemas: tuple[Schema, ...]
    limitations: tuple[Limitation, ...]
    webhooks: tuple[Webhook, ...] = ()
    samples: tuple[tuple[str, Sample], ...] = ()
    """Example values by operation key; chosen after everything else is known."""
    tag_descriptions: tuple[tuple[str, str], ...] = ()
    """Name and description of the tags that have one."""
