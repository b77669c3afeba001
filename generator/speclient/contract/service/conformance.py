"""Whether one response is one that the document promises: status, headers, content type, body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..jsontypes import Json, as_array, as_json, as_object, is_json_type
from ..judge import Judge
from ..operations import Operation
from ..responses import DocumentedResponse, ResponseSpace
from ..schemas import Bundler, map_subschemas
from .exchange import Exchange, Intent, Undecodable
from .retry_after import seconds_of
from .shapes import elements, enum_values, flattened, properties

_EXPECTED_REFUSALS = frozenset({401, 403, 407, 429})
"""Statuses that a service may answer although the document leaves them out: credentials and rate limits."""
_ELEMENTS = 200
_INTEGERS = {"int32": 2**31, "int64": 2**63}


@dataclass(frozen=True)
class Violation:
    """What is wrong with a response. `weakness` is for what the document does not forbid."""

    check: str
    expected: str
    actual: str
    weakness: bool = False
    key: str = ""
    """What makes the violation the same as another one; by default what was expected."""
    pointer: str = ""
    """JSON pointer in the operation: the part of the document that an overlay would change."""
    overlay: Mapping[str, Json] = field(default_factory=dict[str, Json])


class Conformance:
    """Judges the responses of one operation."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self._space = ResponseSpace(operation.document, (operation,))
        self._judges: dict[str, Judge] = {}
        self._header_judges: dict[str, Judge] = {}

    @cached_property
    def _documented(self) -> dict[str, dict[str, Json]]:
        return self.operation.responses

    def key_of(self, status: int) -> str | None:
        """The key of the Responses Object that covers a status."""
        text = str(status)
        return next((key for key in (text, f"{text[0]}XX", f"{text[0]}xx", "default") if key in self._documented), None)

    def judge(self, exchange: Exchange) -> Iterator[tuple[str, list[Violation]]]:
        """Each check that applies to the response, with its violations."""
        key = self.key_of(exchange.status)
        yield "not_a_server_error", list(self._server_error(exchange))
        yield "status_code_conformance", list(self._status(exchange, key))
        if exchange.status in (429, 503):
            yield "retry_after", list(_retry_after(exchange, stated=self._states_retry_after(key)))
        # Nothing is documented about methods that the document does not have.
        if key is None or exchange.record.request.method == "HEAD" or exchange.intent is Intent.METHOD:
            return
        response = self._documented[key]
        if headers := as_object(response.get("headers")):
            yield "response_headers_conformance", list(self._headers(exchange, headers))
        content = as_object(response.get("content"))
        if not content:
            return
        violation = _content_type(exchange, content)
        yield "content_type_conformance", [violation] if violation else []
        if violation is None and exchange.content and is_json_type(exchange.media_type):
            found = list(self._schema(exchange, key))
            yield "response_schema_conformance", [each for each in found if not each.weakness]
            yield "undocumented", [each for each in found if each.weakness]

    def _server_error(self, exchange: Exchange) -> Iterator[Violation]:
        if exchange.status < 500 or exchange.intent is Intent.STATUS or exchange.status == 503:
            return
        if exchange.intent is Intent.METHOD and exchange.status == 501:
            return
        kinds = {
            Intent.INVALID: "a status 4xx for an invalid request",
            Intent.UNAUTHORIZED: "401 or 403 without valid credentials",
        }
        yield Violation("not_a_server_error", kinds.get(exchange.intent, "no server error"), _shown(exchange))

    def _status(self, exchange: Exchange, key: str | None) -> Iterator[Violation]:
        status = exchange.status
        if key is not None or status in _EXPECTED_REFUSALS:
            return
        # Documents rarely list all refusals of requests that are wrong, or that name what does not exist.
        if exchange.intent is not Intent.VALID and 400 <= status < 500:
            return
        if exchange.intent in (Intent.UNAUTHORIZED, Intent.METHOD, Intent.INVALID) and (status < 400 or status == 501):
            return
        documented = ", ".join(self._documented) or "none"
        yield Violation(
            "status_code_conformance",
            f"a documented status ({documented})",
            _shown(exchange),
            key=str(status),
            overlay={"responses": {str(status): {"description": "Returned by the service."}}},
        )

    def _states_retry_after(self, key: str | None) -> bool:
        headers = as_object(self._documented[key].get("headers")) if key is not None else {}
        return any(name.lower() == "retry-after" for name in headers)

    def _headers(self, exchange: Exchange, headers: Mapping[str, Json]) -> Iterator[Violation]:
        for name, value in headers.items():
            header = self.operation.document.resolved(value)
            sent = exchange.header(name)
            if sent is None:
                if header.get("required") is True:
                    yield Violation("response_headers_conformance", f"the required header {name}", "no such header")
                continue
            if name.lower() not in self._header_judges:
                bundler = Bundler(self.operation.document)
                schema = bundler.schema(header.get("schema", True))
                self._header_judges[name.lower()] = Judge(schema, bundler.components)
            judge = self._header_judges[name.lower()]
            if not any(judge.is_valid(each) for each in readings(sent)):
                yield Violation(
                    "response_headers_conformance", f"a valid header {name}", f"{sent!r}: {judge.why(sent)}"
                )

    def _chosen(self, exchange: Exchange, key: str) -> list[DocumentedResponse]:
        """The documented bodies for this request: those of the parameter that selects a schema, if there is one."""
        bodies = [each for each in self._space.responses if each.key == key and each.has_schema]
        sent = [each for each in bodies if _same_type(each.media_type or "", exchange.media_type)]
        bodies = sent or bodies
        selected = []
        for each in bodies:
            values = {name.name: json.dumps(value).strip('"') for name, value in each.chosen.items()}
            if values and all(exchange.query.get(name) == [value] for name, value in values.items()):
                selected.append(each)
        if selected:
            return selected
        parameters = {name.name for each in bodies for name in each.chosen}
        if any(name in exchange.query for name in parameters):
            return bodies  # A value that selects nothing.
        return [each for each in bodies if not each.chosen] or bodies

    @staticmethod
    def _why(judge: Judge, body: Json) -> str:
        """The first rule that a body breaks. That the branches of a `oneOf` overlap is a fault of the document."""
        reason = judge.why(body)
        if "more than one of the schemas" not in reason:
            return reason
        components = {name: _any_of(schema) for name, schema in judge.components.items()}
        return Judge(_any_of(judge.schema), components).why(body)

    def _schema(self, exchange: Exchange, key: str) -> Iterator[Violation]:
        check = "response_schema_conformance"
        if isinstance(exchange.body, Undecodable):
            yield Violation(check, "a body that is JSON", exchange.body.reason, key="json")
            return
        body = as_json(exchange.body)
        chosen = self._chosen(exchange, key)
        if not chosen:
            return
        for each in chosen:
            if each.name not in self._judges:
                self._judges[each.name] = self._space.judge(each)
        reasons = [self._why(self._judges[each.name], body) for each in chosen]
        if all(reasons):
            choice = ", ".join(f"{name.name}={json.dumps(value)}" for name, value in chosen[0].chosen.items())
            expected = f"a body that fits the schema of {key}" + (f" for {choice}" if choice else "")
            yield Violation(check, expected, reasons[0], key=f"{key} {_place(reasons[0])}")
            return
        schemas = [each.schema for each, reason in zip(chosen, reasons, strict=True) if not reason]
        sent = {text for texts in exchange.query.values() for text in texts} | set(exchange.path_values.values())
        shown = set(_names(self._documented[key].get("content")))
        yield from _Walk(self.operation, key, sent, shown).walk(schemas, body, "", 0)


@dataclass(frozen=True)
class _Walk:
    """Finds what a schema allows only because it is open: further properties, other words than those listed."""

    operation: Operation
    key: str
    sent: set[str]
    """Texts of the request: what it asked for may come back."""
    shown: set[str]
    """Names of properties in the examples of the response."""
    seen: set[str] = field(default_factory=set[str])

    def walk(self, schemas: Sequence[Json], value: Json, pointer: str, depth: int) -> Iterator[Violation]:
        document = self.operation.document
        if depth > 20 or not schemas or any(schema is True or schema == {} for schema in schemas):
            return
        if isinstance(value, list):
            inner = elements(document, schemas)
            for each in value[:_ELEMENTS]:
                yield from self.walk(inner, each, f"{pointer}/*", depth + 1)
        elif isinstance(value, dict):
            names = properties(document, schemas)
            flat = flattened(document, schemas)
            extensible = not names or any(_is_extensible(schema) for schema in flat)
            required = {str(name) for schema in flat for name in as_array(schema.get("required"))}
            for name, each in value.items():
                place = f"{pointer}/{name}"
                if name in names:
                    yield from self.walk(names[name], each, place, depth + 1)
                elif not extensible and name not in required | self.shown and place not in self.seen:
                    self.seen.add(place)
                    yield Violation(
                        "undocumented_property",
                        "only properties that the document names",
                        f"{place} in the body of {self.key}",
                        weakness=True,
                        key=place,
                    )
        elif isinstance(value, str):
            yield from self._word(schemas, value, pointer)
        elif isinstance(value, int) and not isinstance(value, bool):
            yield from self._integer(schemas, value, pointer)

    def _word(self, schemas: Sequence[Json], value: str, pointer: str) -> Iterator[Violation]:
        flat = flattened(self.operation.document, schemas)
        words = [word for word in enum_values(self.operation.document, schemas) if isinstance(word, str)]
        plain_text = any(set(schema) <= {"type", "description"} and schema.get("type") == "string" for schema in flat)
        if words and plain_text and value not in words and f"{pointer}={value}" not in self.seen:
            self.seen.add(f"{pointer}={value}")
            expected = f"one of the known values of {pointer}: {', '.join(words[:12])}"
            yield Violation("unknown_value", expected, repr(value), weakness=True, key=f"{pointer}={value}")

    def _integer(self, schemas: Sequence[Json], value: int, pointer: str) -> Iterator[Violation]:
        for schema in flattened(self.operation.document, schemas):
            bound = _INTEGERS.get(str(schema.get("format")))
            if bound is None or -bound <= value < bound or str(value) in self.sent:
                continue
            if pointer not in self.seen:
                self.seen.add(pointer)
                yield Violation(
                    "response_schema_conformance",
                    f"a number that fits {schema.get('format')} at {pointer}",
                    str(value)[:60],
                    key=pointer,
                )


def _names(value: Json, *, in_example: bool = False) -> Iterator[str]:
    """The names of properties in the examples of a media type or a schema."""
    for each in value if isinstance(value, list) else ():
        yield from _names(each, in_example=in_example)
    for name, each in as_object(value).items():
        if in_example:
            yield name
        yield from _names(each, in_example=in_example or name in ("example", "examples"))


def _any_of(schema: Json) -> Json:
    """The schema with `anyOf` in place of `oneOf`."""
    if not isinstance(schema, dict):
        return schema
    changed = map_subschemas(schema, _any_of)
    if "oneOf" in changed:
        branches = changed.pop("oneOf")
        changed["allOf"] = [*as_array(changed.get("allOf")), {"anyOf": branches}]
    return changed


def _is_extensible(schema: Mapping[str, Json]) -> bool:
    # A discriminator can select a schema that has this one as its base.
    if (
        "patternProperties" in schema
        or "discriminator" in schema
        or schema.get("additionalProperties", False) is not False
    ):
        return True
    return schema.get("type") == "object" and not set(schema) & {"properties", "allOf", "anyOf", "oneOf", "$ref"}


def readings(text: str) -> list[Json]:
    """What the text of a header or a parameter can mean, by JSON type."""
    values: list[Json] = [text]
    if re.fullmatch(r"[-+]?\d{1,300}", text):
        values.append(int(text))
    elif re.fullmatch(r"[-+]?\d{1,300}(\.\d{1,300})?([eE][-+]?\d{1,3})?", text):
        values.append(float(text))
    if text.lower() in ("true", "false"):
        values.append(text.lower() == "true")
    values.append(list[Json](part.strip() for part in text.split(",")))
    return values


def _content_type(exchange: Exchange, content: Mapping[str, Json]) -> Violation | None:
    documented = ", ".join(content)
    if not exchange.content:
        if exchange.is_success and exchange.status not in (204, 205):
            return Violation("response_schema_conformance", f"a body ({documented})", "an empty body", key="empty")
        return None
    sent = exchange.media_type
    if not sent:
        return Violation("content_type_conformance", f"a Content-Type: {documented}", "no Content-Type")
    if any(_same_type(name, sent) for name in content):
        return None
    overlay: dict[str, Json] = {}
    return Violation(
        "content_type_conformance", f"a documented content type ({documented})", sent, key=sent, overlay=overlay
    )


def _same_type(documented: str, sent: str) -> bool:
    name = documented.partition(";")[0].strip().lower()
    if "*" in name:
        return name == "*/*" or sent.startswith(name.partition("*")[0])
    return name == sent


def _retry_after(exchange: Exchange, *, stated: bool) -> Iterator[Violation]:
    value = exchange.header("retry-after")
    if value is None:
        if stated or exchange.intent is not Intent.STATUS:
            expected = f"a header Retry-After with status {exchange.status}"
            yield Violation("retry_after", expected, "no such header", weakness=True)
    elif seconds_of(value) is None:
        yield Violation("retry_after", "Retry-After in seconds or as a date, at most a day away", repr(value)[:80])


def _shown(exchange: Exchange) -> str:
    body = exchange.content[:120].decode("utf-8", "replace")
    return f"{exchange.status}" + (f" {body}" if body else "")


def _place(reason: str) -> str:
    """The pointer of a message of the judge, without the numbers of elements."""
    return re.sub(r"/\d+(?=/|$)", "/*", reason.partition(": ")[0])
