"""The requests and responses of an operation, prepared once so that serving a request needs no search."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from speclient.document import Document, Node
from speclient.openapi.examples import read_examples, read_named_examples
from speclient.openapi.media import MediaKind, read_content
from speclient.openapi.operations import OperationEntry, read_operations
from speclient.openapi.parameters import ParameterLocation, ParameterStyle, read_parameter
from speclient.openapi.responses import read_responses
from speclient.openapi.security import find_scheme
from speclient.schema.table import Side
from speclient.schema.validator import Validator


@dataclass(frozen=True, slots=True)
class ParameterPlan:
    """A parameter; `schema` is a definition of the requests' validator, None when any value is allowed."""

    name: str
    place: ParameterLocation
    required: bool
    style: ParameterStyle
    explode: bool
    schema: str | None
    is_json: bool
    allows_empty: bool
    spreads: bool
    """Whether it is an object whose properties are sent in the query under their own names."""
    default: Any


@dataclass(frozen=True, slots=True)
class SchemePlan:
    """How a credential is sent: `kind` is an `http` scheme's name in lower case, `apiKey`, or `any`."""

    kind: str
    place: str = "header"
    name: str = "authorization"


@dataclass(frozen=True, slots=True)
class MediaPlan:
    """A media type of a body, its kind, the definition of its schema (of an item, for a stream), and its examples."""

    name: str
    kind: MediaKind
    schema: str | None
    examples: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()
    """The examples that have names."""


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """A documented response: status as written (`200`, `4XX`, `default`), media types, headers with definitions."""

    status: str
    media: tuple[MediaPlan, ...]
    headers: tuple[tuple[str, str | None], ...]
    node: Node


@dataclass(frozen=True, slots=True)
class ChoicePlan:
    """`response-by`: the parameter, and value -> definition of the body."""

    parameter: str
    cases: tuple[tuple[Any, str], ...]


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """One operation."""

    method: str
    path: str
    pattern: re.Pattern[str]
    fixed_query: str
    prefixes: tuple[re.Pattern[str], ...]
    parameters: tuple[ParameterPlan, ...]
    security: tuple[tuple[SchemePlan, ...], ...]
    body_required: bool
    body: tuple[MediaPlan, ...]
    answers: tuple[ResponsePlan, ...]
    choice: ChoicePlan | None
    node: Node

    @property
    def key(self) -> str:
        """The name of the operation in messages: `GET /path`."""
        return f"{self.method} {self.path}"

    @property
    def name(self) -> str:
        """The operationId, else `GET /path`."""
        return self.node.text("operationId") or self.key


@dataclass(slots=True)
class Planner:
    """Reads operations; schemas become definitions of the two validators."""

    document: Document
    requests: Validator
    answers: Validator

    def operations(self) -> tuple[OperationPlan, ...]:
        """All operations under `paths`; an operation that cannot be read is omitted."""
        return tuple(self._operation(entry) for entry in read_operations(self.document))

    def _operation(self, entry: OperationEntry) -> OperationPlan:
        extension = entry.node.get("x-speclient")
        path, _, query = entry.path.partition("?")
        body = entry.request_body()
        return OperationPlan(
            method=entry.method,
            path=entry.path,
            pattern=_path_pattern(path.partition("#")[0]),
            fixed_query=query.partition("#")[0],
            prefixes=tuple(_prefixes(entry)),
            parameters=tuple(self._parameters(entry)),
            security=tuple(
                tuple(self._scheme(name) for name in requirement.mapping) for requirement in entry.requirements()
            ),
            body_required=body is not None and body.flag("required"),
            body=tuple(self._media(body, self.requests)) if body is not None else (),
            answers=tuple(self._answers(entry)),
            choice=self._choice(extension),
            node=entry.node,
        )

    def _parameters(self, entry: OperationEntry) -> Iterator[ParameterPlan]:
        for node in entry.parameters():
            parameter = read_parameter(node)
            if parameter is None or parameter.is_ignored:
                continue
            if parameter.location == "path" and f"{{{parameter.name}}}" not in entry.path:
                continue  # It cannot be sent in any location.
            schema = parameter.schema
            target = _resolved(schema)
            in_query = parameter.location == "query" and parameter.style == "form"
            yield ParameterPlan(
                name=parameter.name,
                place=parameter.location,
                required=parameter.required,
                style=parameter.style,
                explode=parameter.explode,
                schema=self.requests.table.name(schema) if schema is not None else None,
                is_json=parameter.media is not None and parameter.media.kind is MediaKind.JSON,
                allows_empty=node.flag("allowEmptyValue"),
                spreads=in_query and parameter.explode and _is_object(target),
                default=_default(schema, target),
            )

    def _scheme(self, name: str) -> SchemePlan:
        scheme = find_scheme(self.document, name)
        if scheme is None:
            return SchemePlan("any")
        match scheme.kind:
            case "key":
                return SchemePlan("apiKey", scheme.location, scheme.name)
            case "http":
                return SchemePlan(scheme.http_scheme or "any")
            case "basic" | "bearer":
                return SchemePlan(scheme.kind)
            case _:
                return SchemePlan("any")

    def _media(self, owner: Node, validator: Validator) -> Iterator[MediaPlan]:
        for media in read_content(owner.get("content")).media:
            if not isinstance(media.node.value, dict):
                continue
            schema = media.item_schema if media.is_stream else media.schema
            yield MediaPlan(
                name=media.name,
                kind=media.kind,
                schema=validator.table.name(schema) if schema is not None else None,
                examples=tuple(read_examples(media.node)),
                named=tuple(read_named_examples(media.node)),
            )

    def _answers(self, entry: OperationEntry) -> Iterator[ResponsePlan]:
        for status, response in read_responses(entry.node.get("responses")):
            node = _resolved(response)
            if node is None or status is None:
                continue
            headers = node.get("headers")
            named: list[tuple[str, str | None]] = []
            for name, header in headers.items() if headers else ():
                target = _resolved(header)
                schema = target.get("schema") if target else None
                named.append((name, self.answers.table.name(schema) if schema is not None else None))
            yield ResponsePlan(status, tuple(self._media(node, self.answers)), tuple(named), node)

    def _choice(self, extension: Node | None) -> ChoicePlan | None:
        node = extension.get("response-by") if extension else None
        parameter = node.text("parameter") if node else None
        schemas = node.get("schemas") if node else None
        if parameter is None or schemas is None:
            return None
        cases: list[tuple[Any, str]] = []
        for text, target in schemas.items():
            if not isinstance(target.value, str):
                return None
            schema = target.follow_or_none(target.value)
            if schema is None:
                return None
            try:
                value = json.loads(text)
            except ValueError:
                value = text
            cases.append((value, self.answers.table.name(schema)))
        return ChoicePlan(parameter, tuple(cases))


def make_planner(document: Document) -> Planner:
    """A planner with a validator for each side."""
    return Planner(
        document,
        Validator(document, Side.REQUEST, all_formats=True),
        Validator(document, Side.RESPONSE, all_formats=True),
    )


def _resolved(node: Node | None) -> Node | None:
    return node.resolve_or_none() if node is not None else None


def _default(schema: Node | None, resolved: Node | None) -> Any:
    for node in (schema, resolved):
        if node is not None and "default" in node.mapping:
            return node.mapping["default"]
    return None


def _is_object(schema: Node | None) -> bool:
    types = schema.mapping.get("type") if schema is not None else None
    return types == "object" or (isinstance(types, list) and "object" in types and "string" not in types)


def _path_pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^{}]*\})", path)
    return re.compile("".join("([^/]+)" if part.startswith("{") else re.escape(part) for part in parts))


def _prefixes(entry: OperationEntry) -> Iterator[re.Pattern[str]]:
    """Paths of the servers, longest first; a client may combine any host with any of them."""
    servers = entry.servers().get("servers")
    paths: set[str] = set()
    for server in servers.elements() if servers else ():
        url = server.text("url") or ""
        # Variables may contain any characters, so they must not affect the split.
        shielded = re.sub(r"\{[^{}]*\}", "\0", url)
        try:
            path = urlsplit(shielded).path.rstrip("/")
        except ValueError:
            continue
        if path.startswith("/"):
            paths.add(path)
    for path in sorted(paths, key=len, reverse=True):
        yield re.compile(re.escape(path).replace("\0", ".+?").replace("\\\0", ".+?"))
