"""The statements of an OpenAPI document, in the form of facts, each with the place in the document that makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from speclient.document import Document, Node
from speclient.document.problems import ReferenceProblem
from speclient.openapi.operations import OperationEntry, read_operations
from speclient.pages.facts import ITEM, KEYWORDS, VALUE, Fact, Kind, Subject
from speclient.schema.dialect import schema_view

MAX_DEPTH: Final = 12
MAX_STATEMENTS: Final = 200_000

_KEYWORDS: Final[Mapping[str, Kind]] = {**{keyword: kind for kind, keyword in KEYWORDS.items()}, "example": "example"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact that a document states, and the value that states it.

    Attributes:
        fact: the fact, with line 0.
        node: the value; for a keyword of a schema, the value of the keyword.
        owner: the object that contains the value: the operation, the parameter, the response or the schema.
        variant: whether a branch of `oneOf` or `anyOf` states it.
    """

    fact: Fact
    node: Node
    owner: Node
    variant: bool = False


def statements(document: Document) -> Iterator[Statement]:
    """Yield the statements of all operations, then those of the named schemas, up to a limit."""
    for count, statement in enumerate(_all(document)):
        if count >= MAX_STATEMENTS:
            return
        yield statement


def _all(document: Document) -> Iterator[Statement]:
    for entry in read_operations(document):
        yield from of_operation(entry)
    components = document.root.get("components")
    schemas = components.get("schemas") if components is not None else None
    for name, node in schemas.items() if schemas is not None else ():
        yield from of_schema(Subject("", f"schema {name}"), node)


def of_operation(entry: OperationEntry) -> Iterator[Statement]:
    """Yield the statements of one operation."""
    subject, node = Subject(entry.key), entry.node
    yield _statement(subject, "operation", entry.key, node, node)
    yield from _flag(subject, node, "deprecated")
    for server in (entry.servers().get("servers") or node).elements():
        if (url := server.get("url")) is not None:
            yield _statement(subject, "server", url.value, url, server)
    yield from _security(entry, subject)
    for parameter in entry.parameters():
        yield from _parameter(subject, parameter)
    body = _resolved(node.get("requestBody"))
    if body is not None:
        own = Subject(entry.key, "body")
        yield _statement(own, "body", True, body, body)
        yield from _flag(own, body, "required")
        yield from _content(entry.key, "body", body)
    for status, response in (node.get("responses") or node).items():
        if node.get("responses") is None or status.startswith("x-"):
            continue
        response = _resolved(response) or response
        part = f"response {status}"
        yield _statement(Subject(entry.key, part), "status", status, response, response)
        for name, header in (response.get("headers") or _NOTHING).items():
            header = _resolved(header) or header
            own = Subject(entry.key, f"{part} header {name}")
            yield _statement(own, "header", name, header, header)
            yield from _value(own, header)
        yield from _content(entry.key, part, response)


class _Nothing:
    """In place of an absent node."""

    @staticmethod
    def items() -> Iterator[tuple[str, Node]]:
        return iter(())

    @staticmethod
    def elements() -> Iterator[Node]:
        return iter(())


_NOTHING: Final = _Nothing()


def _statement(subject: Subject, kind: Kind, value: Any, node: Node, owner: Node) -> Statement:
    return Statement(Fact(subject, kind, value), node, owner)


def _flag(subject: Subject, owner: Node, key: str) -> Iterator[Statement]:
    node = owner.get(key)
    if node is not None and node.value is True:
        yield _statement(subject, "deprecated" if key == "deprecated" else "required", True, node, owner)


def _resolved(node: Node | None) -> Node | None:
    try:
        return node.resolve() if node is not None else None
    except ReferenceProblem:
        return None


def _security(entry: OperationEntry, subject: Subject) -> Iterator[Statement]:
    requirements = entry.security()
    components = entry.node.document.root.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    for requirement in requirements.elements() if requirements is not None else ():
        for name, _ in requirement.items():
            scheme = _resolved(schemes.get(name)) if schemes is not None else None
            if scheme is not None:
                yield _statement(subject, "authentication", authentication(scheme), scheme, scheme)


def authentication(scheme: Node) -> str:
    """A security scheme in one word: `basic`, `bearer`, `apiKey in header X-Key`, `oauth2`, `openIdConnect`."""
    kind = scheme.text("type") or ""
    if kind == "http":
        return (scheme.text("scheme") or "").lower()
    if kind == "apiKey":
        return f"apiKey in {scheme.text('in')} {scheme.text('name')}"
    return kind


def _parameter(operation: Subject, parameter: Node) -> Iterator[Statement]:
    place, name = parameter.text("in"), parameter.text("name")
    if place not in ("query", "path", "header", "cookie") or name is None:
        return
    subject = Subject(operation.operation, f"{place} {name}")
    yield _statement(subject, "parameter", name, parameter, parameter)
    required = parameter.get("required")
    yield _statement(
        subject, "required", place == "path" or (required is not None and required.value is True),
        required or parameter, parameter,
    )  # fmt: skip
    yield from _flag(subject, parameter, "deprecated")
    yield from _value(subject, parameter)


def _value(subject: Subject, owner: Node) -> Iterator[Statement]:
    """The schema and the examples of a parameter or header."""
    schema = owner.get("schema")
    for _, media in (owner.get("content") or _NOTHING).items():
        schema = schema or media.get("schema")
    if schema is not None:
        yield from of_schema(subject, schema)
    yield from _examples(subject, owner)


def _content(operation: str, part: str, owner: Node) -> Iterator[Statement]:
    for name, media in (owner.get("content") or _NOTHING).items():
        media = _resolved(media) or media
        subject = Subject(operation, f"{part} {name}")
        yield _statement(subject, "media-type", name, media, media)
        schema = media.get("schema") or media.get("itemSchema")
        if schema is not None:
            yield from of_schema(subject, schema)
        yield from _examples(subject, media)


def _examples(subject: Subject, owner: Node) -> Iterator[Statement]:
    example = owner.get("example")
    if example is not None:
        yield _statement(subject, "example", example.value, example, owner)
    for _, named in (owner.get("examples") or _NOTHING).items():
        value = (_resolved(named) or named).get("value")
        if value is not None:
            yield _statement(subject, "example", value.value, value, owner)


def of_schema(subject: Subject, schema: Node) -> Iterator[Statement]:
    """Yield the statements of a schema and of its properties; each schema is entered once on a path from the top."""
    yield from _schema(subject, schema, frozenset())


def _schema(subject: Subject, schema: Node, entered: frozenset[Node]) -> Iterator[Statement]:
    parts = list(_parts(schema, frozenset(), frozenset()))
    inner_entered = entered.union(part for part, _, _ in parts)
    for part, required, in_variant in parts:
        yield from (replace(statement, variant=in_variant) for statement in _keywords(subject, part))
        if part in entered or len(subject.field) >= MAX_DEPTH:
            continue
        for name, node in (part.get("properties") or _NOTHING).items():
            field = subject.at(name)
            yield Statement(Fact(field, "field", name), node, part, in_variant)
            yield Statement(Fact(field, "required", name in required), part.get("required") or part, part, in_variant)
            yield from _schema(field, node, inner_entered)
        for key, token in (("items", ITEM), ("additionalProperties", VALUE)):
            inner = part.get(key)
            if inner is not None and isinstance(inner.value, dict):
                yield from _schema(subject.at(token), inner, inner_entered)


def _parts(
    schema: Node, entered: frozenset[Node], required: frozenset[str], in_variant: bool = False
) -> Iterator[tuple[Node, frozenset[str], bool]]:
    """The schemas that describe the same value, each with the names that it requires and whether it is in a variant.

    Args:
        schema: the outermost schema.
        entered: schemas that are described already.
        required: the names that enclosing schemas require.
        in_variant: whether the schema is one of several.
    """
    always = list(_always(schema, entered))
    required = required.union(*(_required(part) for part in always))
    entered = entered.union(always)
    for part in always:
        yield part, required, in_variant
    for part in always:
        for keyword in ("oneOf", "anyOf"):
            for branch in (part.get(keyword) or _NOTHING).elements():
                yield from _parts(branch, entered, required, True)


def _always(schema: Node, entered: frozenset[Node]) -> Iterator[Node]:
    """A schema, and those that apply whenever it applies: the target of `$ref`, and `allOf`."""
    if schema in entered or not isinstance(schema.value, dict):
        return
    entered = entered | {schema}
    yield schema
    target = _resolved(schema) if "$ref" in schema.value else None
    if target is not None:
        yield from _always(target, entered)
    for keyword in ("allOf", "oneOf", "anyOf"):
        branches = list((schema.get(keyword) or _NOTHING).elements())
        # A choice of one applies always.
        for branch in branches if keyword == "allOf" or len(branches) == 1 else ():
            yield from _always(branch, entered)


def _required(schema: Node) -> set[str]:
    names = schema.mapping.get("required")
    return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()


def _keywords(subject: Subject, schema: Node) -> Iterator[Statement]:
    view = schema_view(schema.mapping)
    types = view.get("type")
    names = [name for name in types if isinstance(name, str)] if isinstance(types, list) else []
    plain = [name for name in names if name != "null"]
    node = schema.get("type") or schema
    if plain:
        yield _statement(subject, "type", plain[0] if len(plain) == 1 else sorted(plain), node, schema)
    if "null" in names or schema.mapping.get("nullable") is True:
        yield _statement(subject, "nullable", True, schema.get("nullable") or node, schema)
    for keyword, kind in _KEYWORDS.items():
        if keyword not in view:
            continue
        value = view[keyword]
        if kind in ("read-only", "write-only", "deprecated", "unique-items") and value is not True:
            continue
        if kind == "enum":
            if not isinstance(value, list):
                continue
            value = [element for element in value if element is not None]
        yield _statement(subject, kind, value, schema.get(keyword) or node, schema)
    examples = view.get("examples")
    if isinstance(examples, list):
        for element in (schema.get("examples") or schema).elements():
            yield _statement(subject, "example", element.value, element, schema)
