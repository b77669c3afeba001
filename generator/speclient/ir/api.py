"""Operations and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from speclient.diagnostics import Location
from speclient.ir.types import Json, Schema, TypeRef


class LimitationKind(StrEnum):
    """What became of a part that could not be expressed whole."""

    REFUSED = "refused"
    DEGRADED = "degraded"
    NOT_ENFORCED = "not-enforced"


@dataclass(frozen=True, slots=True)
class Limitation:
    """A generation report entry: what was lost, where, why. `owner` is an operation's key or a schema's id."""

    kind: LimitationKind
    owner: str
    location: Location
    why: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter. `style` and `explode` are never absent; `content` is the media type of a `content` parameter."""

    name: str
    place: str
    """path, query, header or cookie."""
    required: bool
    style: str
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
    """The argument's name that `x-speclient` asks for."""
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PartHeader:
    """A header of a part of a multipart body."""

    name: str
    required: bool = False
    explode: bool = False
    is_json: bool = False
    """Whether its value is JSON text (`content` in place of `schema`)."""
    value: str | int | float | None = None
    """What is sent where the caller gives nothing: the only value that it can have, or a required one's default."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How one member of a form is written, where that is not the usual way: by `style`, else as `content_type`."""

    member: str
    style: str | None = None
    explode: bool = True
    allow_reserved: bool = False
    content_type: str | None = None
    headers: tuple[PartHeader, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type as written, how it is read (`json`, `form`, `multipart`, `text`, `bytes`), and its type.

    Answers of the kinds `sse` (server-sent events) and `jsonl` (lines of JSON) are read while they come; the type is
    that of an item, of an event's data.
    """

    name: str
    kind: str
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
    """An answer: status (`200`, `4XX`, `default`); no media types when it has no body."""

    status: str
    media: tuple[MediaType, ...]
    description: str | None = None
    headers: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Name of a link, and the operationId or reference that it leads to."""


@dataclass(frozen=True, slots=True)
class ResponseBy:
    """A parameter whose value decides the type of a successful answer: (value, type) pairs, the default's first."""

    parameter: str
    cases: tuple[tuple[Json, TypeRef], ...]


@dataclass(frozen=True, slots=True)
class Pagination:
    """How the pages of an operation follow each other. Pointers are split at `/`."""

    kind: str
    """`cursor`, `offset`, `page`, `link` (the header) or `hal` (an address in the body)."""
    items: tuple[str, ...]
    """To the elements of a page."""
    parameter: str | None = None
    """That carries the cursor, the offset or the number of the page."""
    first: int | None = None
    """The offset or number of the first page."""
    next: tuple[str, ...] = ()
    """To the next cursor, or to the address of the next page, in the body."""
    more: tuple[str, ...] = ()
    """To whether there is another page, or to the number of pages, in the body."""
    member: str | None = None
    """Of the last element, that is the next cursor."""
    member_from: str | None = None
    """The parameter that names this member."""
    member_default: str | None = None
    """Its name when that parameter is left out."""
    size: str | None = None
    """The parameter that holds the size of a page."""
    identity: tuple[str, ...] = ()
    """To what is equal in two copies of an element."""
    evidence: tuple[str, ...] = ()
    """What of the document says so."""
    inferred: bool = False
    """Whether it follows from names and types, and not from `x-speclient`."""


@dataclass(frozen=True, slots=True)
class ItemLookup:
    """How a listing is asked for one of its elements: the parameter that names it, an offset, and other arguments."""

    parameter: str | None
    offset: int | None = None
    order: tuple[tuple[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class Polling:
    """How a client waits until an operation reaches a terminal state. Pointers are split at `/`.

    `status` leads to the state in the response of the operation or, with `status_operation` (an operationId), in an
    element of that operation's results.
    """

    status: tuple[str, ...]
    success: tuple[str | int | bool, ...] = ()
    failure: tuple[str | int | bool, ...] = ()
    message: tuple[str, ...] | None = None
    status_operation: str | None = None
    lookup: ItemLookup | None = None


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """How credentials travel: `bearer`, `oauth2`, `basic`, `key` (with `place` and `name`) or `none`."""

    id: str
    kind: str
    place: str = "header"
    name: str = "Authorization"
    arguments: tuple[tuple[str, str], ...] = ()
    """Part of the credential -> constructor argument that `x-speclient` asks for."""
    description: str | None = None
    token_url: str = ""
    """Of `oauth2`: where client credentials get a token; it may be relative to the server."""
    scopes: tuple[str, ...] = ()
    """Of `oauth2`: what the operations need."""


SecurityRequirement = tuple[str, ...]
"""Ids of the schemes that are needed together; empty for anonymous access."""


@dataclass(frozen=True, slots=True)
class ServerVariable:
    """A variable in a server's URL."""

    name: str
    default: str
    values: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A base URL, with `{variable}` places."""

    url: str
    description: str | None = None
    variables: tuple[ServerVariable, ...] = ()
    name: str | None = None
    """OpenAPI 3.2's name of a server, or the one of `x-speclient`."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `key` (`GET /path`) names it in generation reports and locks."""

    key: str
    method: str
    path: str
    origin: Location
    operation_id: str | None
    tags: tuple[str, ...]
    group: str | None
    """The group that `x-speclient` asks for."""
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
    """Whether `x-speclient` says that it may be sent again."""
    pagination: Pagination | None = None
    polling: Polling | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """Values with which an operation can be called, to show to people."""

    arguments: tuple[tuple[str, str, Any], ...] = ()
    """Place, name and value of the parameters that are given."""
    media: str | None = None
    """The media type of the body; None when none is given."""
    body: Any = None
    """Bytes stand for what is no text."""
    missing: str | None = None
    """Why there are no values."""


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
    """For the examples, by operation key; chosen when all else is known."""
    tag_descriptions: tuple[tuple[str, str], ...] = ()
    """Name and description of the tags that have one."""
