"""Measure how much of what documentation tools write our readers read, and how much of what they read is right.

usage: python tests/pages/rates.py FOLDER [--tool NAME] [--show KIND]

FOLDER has a folder per tool with the pages that the tool wrote, `DOCUMENT.html` or `DOCUMENT-PAGE.html`, and the
documents they were made from, `DOCUMENT.json`. A page that describes one operation has a line `PAGE<tab>METHOD PATH` in
`operations.tsv`.

The truth is `speclient.pages.statements` of the document, restricted to what the tool shows: `TOOLS` writes down each
restriction, with its reason in the source of the tool. Recall is the share of the truth that was read. Precision is the
share of what was read that the document states.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from speclient.diagnostics import Sink
from speclient.document import load
from speclient.pages.facts import ITEM, KINDS, VALUE, Fact, Kind, Subject, canonical, operation_key
from speclient.pages.readers import READERS
from speclient.pages.statements import Statement, statements
from speclient.pages.text import load_page

Key = tuple[Subject, Kind, str]

PRIMITIVE = ("string", "integer", "number", "boolean")
VALUES: frozenset[Kind] = frozenset({
    "type", "format", "minimum", "maximum", "exclusive-minimum", "exclusive-maximum", "min-length", "max-length", "pattern",
    "min-items", "max-items", "default", "enum",
})  # fmt: skip
EXISTENCE: frozenset[Kind] = frozenset(
    {"operation", "parameter", "body", "status", "media-type", "header", "field", "required"}
)


@dataclass(frozen=True)
class Shown:
    """A statement that a tool may show, with what the restrictions look at.

    Attributes:
        fact: the fact.
        schema: the schema that states it, an empty mapping for statements of other objects.
        place: `parameter`, `header`, `body`, `response`, `operation` or `schema`.
        variant: whether a branch of `oneOf` or `anyOf` states it.
        circular: whether the schema also describes something above the subject.
        named: whether the schema is one of `components`.
        version: the version of OpenAPI.
        array: for the elements of an array, the facts of the array itself.
    """

    fact: Fact
    schema: dict[str, Any]
    place: str
    variant: bool
    circular: bool
    named: bool
    version: str
    array: dict[Kind, Any]


def hides_nothing(_: list[Statement], __: str) -> set[Subject]:
    """No property is left out."""
    return set()


def hides_by_direction(found: list[Statement], _: str) -> set[Subject]:
    """Read-only properties of requests and write-only ones of responses are left out."""
    left_out = {("body", "read-only"), ("response", "write-only")}
    return {each.fact.subject for each in found if (_place(each.fact.subject), each.fact.kind) in left_out}


def hides_as_swagger_ui(found: list[Statement], version: str) -> set[Subject]:
    """In documents of 3.1, both are left out everywhere: the JSON Schema plugin is not told the direction."""
    if version.startswith("3.0"):
        return hides_by_direction(found, version)
    return {each.fact.subject for each in found if each.fact.kind in ("read-only", "write-only")}


@dataclass(frozen=True)
class Tool:
    """What a tool shows of a document.

    Attributes:
        kinds: the kinds of facts that it shows at all.
        hides: restrictions: each names what is not shown.
        variants: the branches of `oneOf` and `anyOf` in the page: the first, or all.
        request_media, response_media: the media types whose schemas are in the page: the first, or all.
        examples: the examples of a media type in the page.
        responses: the responses that have more than their status in the page.
        servers, security: the servers and security requirements in the page.
        hides_properties: properties that are left out with all that is below them.
        generates_examples: whether it makes up examples of media types without one, which look like others.
        expands_servers: whether it replaces the variables in the URL of a server.
        operation_mark: markup with the path of an operation, if the page may not have all operations.
    """

    kinds: frozenset[Kind]
    hides: Callable[[Shown], bool]
    variants: str = "first"
    request_media: str = "all"
    response_media: str = "all"
    examples: str = "all"
    responses: str = "all"
    servers: str = "first"
    security: str = "all"
    hides_properties: Callable[[list[Statement], str], set[Subject]] = hides_nothing
    generates_examples: bool = False
    operation_mark: str = ""
    expands_servers: bool = False


def _place(subject: Subject) -> str:
    word = subject.part.partition(" ")[0]
    if word in ("query", "path", "cookie") or (word == "header"):
        return "parameter"
    if word == "response":
        return "header" if " header " in subject.part else "response"
    return word if word in ("body", "schema") else "operation"


def _docusaurus(shown: Shown) -> bool:
    """Restrictions of docusaurus-theme-openapi-docs 5.2 (`markdown/schema.js`, `ParamsItem`, `Schema`, `ResponseHeaders`)."""
    fact, schema = shown.fact, shown.schema
    if shown.place == "header":
        return fact.kind != "header"  # The header object is passed for a schema: it has no type.
    if fact.kind in ("min-length", "max-length", "min-items", "max-items") and not fact.value:
        return True  # `if (schema.minLength || ...)`
    if (
        fact.kind == "type"
        and ("title" in schema or shown.named)
        and "format" not in schema
        and fact.value in PRIMITIVE
    ):
        return True  # `schema.title ?? type`; the plugin sets the title of a named schema to its name.
    if shown.circular and fact.kind not in EXISTENCE:
        return True  # `circular(Pet)` instead of a type.
    if fact.subject.field[-1:] == (ITEM,) and (
        shown.array.get("min-items") is not None or shown.array.get("max-items") is not None
    ):
        if fact.kind not in ("type", "format", "enum", "default"):
            return True  # `getQualifierMessage` looks at the elements only if the array has no bounds.
    if _ambiguous(shown):
        return True
    if shown.place == "parameter" and any(token != ITEM for token in fact.subject.field):
        return True  # Properties of a parameter have no rows.
    if fact.kind == "example" and fact.subject.field[-1:] == (ITEM,):
        return True  # Elements have no row.
    if shown.place in ("body", "response") and not fact.subject.field:
        if fact.kind == "example":
            return "schema" not in schema  # The example of a schema becomes part of `Example (auto)`.
        # Only rows have constraints: the schema itself has none, unless it is an array (brackets) or a primitive.
        return (fact.kind in VALUES and not (fact.kind == "type" and fact.value == "array")) or fact.kind == "nullable"
    if shown.place in ("body", "response") and fact.subject.field == (ITEM,) and fact.kind == "type":
        return True  # Brackets only.
    if fact.subject.field[-1:] == (VALUE,) and fact.kind == "type" and fact.value not in PRIMITIVE:
        return True  # `additionalProperties.title`
    if fact.kind == "nullable" and shown.place == "parameter":
        return True
    return False


def _docusaurus3(shown: Shown) -> bool:
    """Restrictions of version 3: the format in place of the type, and no bounds of zero."""
    fact, schema = shown.fact, shown.schema
    if fact.kind == "type" and "format" in schema:
        return True  # `schema.format ?? schema.type`
    if fact.kind in ("minimum", "maximum", "exclusive-minimum", "exclusive-maximum") and not fact.value:
        return True  # `if (schema.minimum || ...)`
    return _docusaurus(shown)


def _ambiguous(shown: Shown) -> bool:
    """Whether bounds could be those of an array or of its elements: `Possible values: >= 1` of `integer[]`."""
    return (
        shown.fact.kind in ("min-items", "max-items")
        and "number" in str(shown.schema.get("items", {}).get("type", "number")).replace("integer", "number")
    ) or (shown.fact.subject.field[-1:] == (ITEM,) and shown.fact.kind in ("minimum", "maximum"))


def _redoc(shown: Shown) -> bool:
    """Restrictions of Redoc 2.5 (`FieldDetails.tsx`, `Schema.tsx`, `Pattern.tsx`, `utils/openapi.ts`)."""
    fact, schema, field = shown.fact, shown.schema, shown.fact.subject.field
    if fact.kind == "pattern" and len(fact.value) >= 45:
        return True  # `MAX_PATTERN_LENGTH`
    if shown.circular and fact.kind not in EXISTENCE:
        return True  # `Recursive`
    if field[-1:] == (ITEM,) and fact.kind in ("default", "example", "nullable", "deprecated", "const"):
        return True  # `ArrayItemDetails` has constraints and the pattern.
    if fact.kind == "media-type" and shown.place == "response":
        return "schema" not in schema  # Nothing to open; its example is behind a tab.
    if fact.kind == "example" and shown.place == "response":
        return True  # The panel of the first status only, and its example may be made up.
    if fact.kind == "example" and shown.place == "body":
        return "schema" not in schema  # Fields have no examples unless `showObjectSchemaExamples` is set.
    if shown.place == "parameter" and any(token != ITEM for token in field):
        return True  # `expandByDefault` is not passed to the rows of parameters.
    if fact.kind == "nullable" and not field and shown.place in ("body", "response"):
        return True  # The table of its properties follows.
    if fact.kind == "server" and not re.match(r"(https?:)?//", fact.value):
        return True  # Relative to the address of the page.
    if fact.kind == "example" and isinstance(fact.value, (list, dict)):
        return True  # Written as in a URL.
    if shown.place in ("body", "response") and not field and fact.value in ("object",):
        return True  # The table of its properties follows without a type.
    if shown.place in ("body", "response") and field == (ITEM,) and fact.value in ("object",):
        return True
    return False


EXPAND_DEPTH = 6
"""`defaultModelExpandDepth` of the pages."""


def _swagger_ui(shown: Shown) -> bool:
    """Restrictions of Swagger UI 5 with `showCommonExtensions` and all schemas opened."""
    fact, field = shown.fact, shown.fact.subject.field
    if shown.circular and fact.kind not in EXISTENCE:
        return True  # Documents of 3.1: `$ref`. Those of 3.0 are drawn again up to `defaultModelExpandDepth`.
    if fact.kind in ("minimum", "maximum") and shown.schema.get("type") == "object":
        return True  # `object-model.jsx` draws no bounds.
    if fact.kind == "format" and "type" not in shown.schema:
        return True
    if (
        shown.version.startswith("3.0")
        and fact.value == "object"
        and not ({"properties", "additionalProperties", "allOf", "oneOf", "anyOf"} & set(shown.schema))
    ):
        return True  # `{ }`, as schemas without a type.
    if shown.version.startswith("3.0") and len(field) >= EXPAND_DEPTH + (fact.kind in EXISTENCE):
        return True  # `defaultModelExpandDepth`
    if shown.place == "header":
        return fact.kind not in ("header", "type")  # `headers.jsx`
    if fact.kind in ("read-only", "write-only") and (
        shown.place == "parameter" or (shown.version.startswith("3.0") and shown.schema.get("type") not in PRIMITIVE)
    ):
        return True  # `object-model.jsx` and `parameter-row.jsx` do not draw them.
    if shown.place == "parameter" and fact.kind in VALUES | {"unique-items", "multiple-of", "nullable", "const"}:
        if field == (ITEM,):
            return fact.kind not in ("type", "enum")  # `array<integer>`; `Available values`.
        # `getCommonExtensions`: bounds that are not exclusive, lengths and the pattern.
        return not field and fact.kind not in (
            "type", "format", "minimum", "maximum", "min-length", "max-length", "pattern", "default", "enum",
        )  # fmt: skip
    if shown.place == "parameter" and fact.kind == "example":
        return "in" not in shown.schema  # The example of the schema is the value of a disabled input.
    if re.search(r"form-urlencoded|multipart", fact.subject.part) and shown.place == "body":
        # `request-body.jsx`: a table of the properties without their constraints.
        if field:
            return len(field) > 1 or fact.kind not in ("field", "required", "type", "format", "deprecated")
        return fact.kind not in ("media-type",)
    if fact.kind == "example" and not field and shown.place in ("body", "response"):
        return "schema" in shown.schema  # Behind the tab `Example Value`; the pages have the tab `Schema`.
    return False


def _elements(shown: Shown) -> bool:
    """Restrictions of Stoplight Elements 9 and its json-schema-viewer."""
    fact, field = shown.fact, shown.fact.subject.field
    if shown.circular and fact.kind not in EXISTENCE:
        return True
    if shown.variant and fact.kind in VALUES - {"type"} | {"example", "multiple-of"}:
        return True  # The row has the choice instead of the bounds.
    if fact.kind == "server" and not fact.value.strip("/"):
        return True
    if fact.kind == "authentication" and "-" in fact.value:
        return True  # HTTP schemes without a name of their own.
    if fact.kind in ("nullable", "format") and "type" not in shown.schema:
        return True  # Written behind the type.
    if fact.kind in ("min-length", "max-length") and shown.schema.get("type") in ("number", "integer"):
        return True  # Bounds of other types are dropped.
    if fact.kind in ("minimum", "maximum") and shown.schema.get("type") in ("array", "object", "string"):
        return True
    if fact.kind == "example" and shown.place == "parameter" and "in" not in shown.schema and shown.version > "3.1":
        return True  # Newer schemas have `examples`.
    if fact.kind == "type" and fact.value == "object" and "title" in shown.schema:
        return True  # The title in place of the type.
    if fact.kind in ("read-only", "write-only") and shown.place in ("body", "response"):
        return True  # Only in the view mode `standalone`.
    if fact.kind == "const":
        return True  # `Allowed value:`, as an enum with one value.
    if shown.place == "body" and fact.kind == "required" and not field:
        return True  # The heading `Body` has no mark.
    if field[-1:] == (ITEM,) and fact.kind not in ("type", "format", "enum"):
        return True  # `array[string]`; the bounds are those of the array.
    if shown.place in ("body", "response") and not field and (fact.kind in VALUES or fact.kind == "nullable"):
        return fact.value == "object" or fact.kind != "type"
    if shown.place in ("body", "response") and field == (ITEM,) and fact.value == "object":
        return True  # `array of:`
    if shown.place == "body" and fact.kind == "example" and not field:
        return True  # The content of an editor.
    return False


TOOLS: dict[str, Tool] = {
    "elements": Tool(
        kinds=frozenset(KINDS) - {"unique-items"},
        examples="first",
        responses="first",
        hides=_elements,
        request_media="first",
        response_media="first",
        hides_properties=hides_by_direction,
        generates_examples=True,
    ),
    "swagger-ui": Tool(
        kinds=frozenset(KINDS) - {"authentication"},  # In a dialog.
        hides=_swagger_ui,
        variants="all",
        request_media="first",
        response_media="first",
        servers="all",
        hides_properties=hides_as_swagger_ui,
        operation_mark='data-path="{path}"',  # Long lists of operations are drawn as far as they are visible.
        generates_examples=True,
    ),
    "redoc": Tool(
        kinds=frozenset(KINDS) - {"authentication", "read-only", "write-only"},  # Names of security schemes only.
        hides=_redoc,
        request_media="first",
        response_media="first",
        servers="all",
        examples="first",
        hides_properties=hides_by_direction,
        generates_examples=True,
    ),
    "docusaurus3": Tool(
        kinds=frozenset(KINDS)
        - {"unique-items", "multiple-of", "read-only", "write-only", "const", "server", "authentication"},
        hides=_docusaurus3,
        variants="all",
        hides_properties=hides_by_direction,
    ),
    "docusaurus-saved": Tool(
        kinds=frozenset(KINDS) - {"unique-items", "multiple-of", "read-only", "write-only"},
        hides=_docusaurus,
        request_media="first",
        security="first",  # The selected one.
        expands_servers=True,
        hides_properties=hides_by_direction,
    ),
}


def shown_document(document: dict[str, Any], tool: Tool) -> dict[str, Any]:
    """The document without the media types and variants that are not in the page."""
    document = copy.deepcopy(document)

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            for keyword in ("oneOf", "anyOf"):
                branches = value.get(keyword)
                if tool.variants == "first" and isinstance(branches, list) and len(branches) > 1:
                    null = [branch for branch in branches if branch == {"type": "null"}]
                    # The empty branch stands for those that were cut: the first is still one of several.
                    value[keyword] = [[branch for branch in branches if branch not in null][0], {}, *null]
            for child in value.values():
                visit(child)
        elif isinstance(value, list):
            for child in value:
                visit(child)

    visit(document)
    components = document.get("components") or {}
    operations = [
        operation
        for path in document.get("paths", {}).values()
        for operation in path.values()
        if isinstance(operation, dict) and isinstance(operation.get("responses"), dict)
    ]
    for operation in operations:
        responses = list(operation["responses"].values())
        if tool.responses == "first":
            for response in responses[1:]:
                response.clear()
        for response in responses:
            _cut(response, tool.response_media, tool.examples)
        _cut(operation.get("requestBody"), tool.request_media, tool.examples)
    for response in (components.get("responses") or {}).values():
        _cut(response, tool.response_media, tool.examples)
    for body in (components.get("requestBodies") or {}).values():
        _cut(body, tool.request_media, tool.examples)
    for owner in (document, *(each for path in document.get("paths", {}).values() for each in path.values())):
        if tool.security == "first" and isinstance(owner, dict) and isinstance(owner.get("security"), list):
            owner["security"] = owner["security"][:1]
    for server in document.get("servers") or () if tool.expands_servers else ():
        server["url"] = _expanded(server)
    if tool.servers == "first" and "servers" in document:
        document["servers"] = document["servers"][:1]
    return document


def _cut(owner: Any, media: str, examples: str) -> None:
    """Leave the first media type of a body or response its schema, and each media type its first example."""
    content: dict[str, Any] = (owner.get("content") if isinstance(owner, dict) else None) or {}
    for name in list(content)[1:] if media == "first" else ():
        content[name] = {}
    for named in content.values() if examples == "first" else ():
        if isinstance(named.get("examples"), dict):
            named["examples"] = dict(list(named["examples"].items())[:1])


def stated(document: dict[str, Any]) -> list[Statement]:
    """The statements of a document."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document.json")
        file.write_text(json.dumps(document), encoding="utf-8")
        found = list(statements(load(file, Sink())))
    return [replace(each, fact=_as_page(each.fact)) for each in found if each.fact.subject.operation]


def _as_page(fact: Fact) -> Fact:
    """The fact with the name of the operation as pages give it: without a slash at the end."""
    operation = operation_key(*fact.subject.operation.split(" ", 1))
    value = operation if fact.kind == "operation" else fact.value
    return Fact(Subject(operation, fact.subject.part, fact.subject.field), fact.kind, value)


def _shown(value: Any) -> str:
    """A value as most tools write it: without quotes, so that `1` and `"1"` look the same, and with single spaces."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            pass
    return " ".join((value if isinstance(value, str) else canonical(value)).split())


def key(fact: Fact) -> Key:
    """What two equal facts have in common; the order of enum values does not count."""
    value = fact.value
    if fact.kind in ("minimum", "maximum", "exclusive-minimum", "exclusive-maximum") and isinstance(value, float):
        value = int(value) if value.is_integer() else value
    if fact.kind in ("example", "default", "const"):
        value = _shown(value)
    elif fact.kind == "enum" and isinstance(value, list):
        value = [_shown(each) for each in value]
    if fact.kind == "server":
        # `//host/path` is completed with the scheme of the page.
        value = re.sub(r"^https?:", "", str(value)).rstrip("/")
    return fact.subject, fact.kind, canonical(value)


@dataclass
class Count:
    """Facts of one kind: those that a tool shows, those of them that were read, those read, those of them that are right."""

    truth: int = 0
    recalled: int = 0
    read: int = 0
    right: int = 0

    def add(self, other: Count) -> None:
        self.truth += other.truth
        self.recalled += other.recalled
        self.read += other.read
        self.right += other.right


def _mapping(statement: Statement) -> dict[str, Any]:
    value = statement.owner.value
    return value if isinstance(value, dict) else {}


def truth_of(document: dict[str, Any], tool: Tool) -> dict[str, set[Key]]:
    """What the tool shows, by operation."""
    found = stated(shown_document(document, tool))
    hidden = tool.hides_properties(found, str(document.get("openapi")))
    shown: dict[str, set[Key]] = {}
    stating: dict[Subject, set[str]] = {}
    facts: dict[Subject, dict[Kind, Any]] = {}
    for each in found:
        stating.setdefault(_described(each.fact), set()).add(each.owner.pointer)
        facts.setdefault(each.fact.subject, {})[each.fact.kind] = each.fact.value
    for each in found:
        fact = each.fact
        subject = fact.subject
        above = {Subject(subject.operation, subject.part, subject.field[:n]) for n in range(len(subject.field) + 1)}
        if fact.kind not in tool.kinds or above & hidden:
            continue
        if fact.kind == "required" and (
            each.variant or (subject.field and not fact.value and VALUE in subject.field[-1:])
        ):
            continue  # Required in one variant is not required in all: readers leave it out.
        named = re.fullmatch(r"/components/schemas/[^/]+", each.owner.pointer) is not None
        circular = any(each.owner.pointer in stating.get(other, ()) for other in above - {subject})
        array = (
            facts.get(Subject(subject.operation, subject.part, subject.field[:-1]), {})
            if subject.field[-1:] == (ITEM,)
            else {}
        )
        if not tool.hides(
            Shown(
                fact,
                _mapping(each),
                _place(subject),
                each.variant,
                circular,
                named,
                str(document.get("openapi")),
                array,
            )
        ):
            shown.setdefault(subject.operation, set()).add(key(fact))
    return shown


def _described(fact: Fact) -> Subject:
    """What the schema that states a fact describes: for the existence of a property, the object with the property."""
    subject = fact.subject
    if fact.kind in EXISTENCE and subject.field:
        return Subject(subject.operation, subject.part, subject.field[:-1])
    return subject


_MARK = "x-recognised-by-this-format"


@dataclass
class Right:
    """What a document states.

    Attributes:
        stated: all statements.
        implied: the types of schemas that declare none: those with properties, with elements, with enum values.
        circular: subjects whose schema describes something above them already; tools may draw it again.
        servers: the URLs of the servers with the defaults of their variables.
    """

    stated: set[Key]
    implied: dict[Subject, set[str]]
    circular: dict[Subject, Subject]
    servers: set[str]

    def has(self, fact: Fact, depth: int = 0) -> bool:
        """Whether the document states a fact of a page."""
        subject = fact.subject
        if key(fact) in self.stated or (fact.kind == "type" and fact.value in self.implied.get(subject, ())):
            return True
        if fact.kind == "enum" and len(fact.value) == 1 and self.has(Fact(subject, "const", fact.value[0]), depth):
            return True
        if fact.kind == "server":
            if str(fact.value).rstrip("/") in self.servers:
                return True
            known = [other for other in self.stated if other[0] == subject and other[1] == "server"]
            # Without a server, the API is at the address of the page.
            return not known or any(_ends_with(fact, other) for other in known)
        if fact.kind in ("minimum", "maximum"):
            exclusive: Kind = "exclusive-minimum" if fact.kind == "minimum" else "exclusive-maximum"
            if key(Fact(subject, exclusive, fact.value)) in self.stated:
                return True
        for length in range(len(subject.field), 0, -1):
            above = self.circular.get(Subject(subject.operation, subject.part, subject.field[:length]))
            if above is not None and depth < 30:
                same = above.at(*subject.field[length:])
                if self.has(Fact(same, fact.kind, fact.value), depth + 1):
                    return True
        return False

    def is_generated(self, fact: Fact) -> bool:
        """Whether a fact is an example that the tool made up, as it does for media types without an example."""
        return fact.kind == "example" and not any(
            subject == fact.subject and kind == "example" for subject, kind, _ in self.stated
        )


def right_of(document: dict[str, Any]) -> Right:
    """All that a document states."""
    marked = copy.deepcopy(document)
    for schema in (marked.get("components") or {}).get("schemas", {}).values():
        if isinstance(schema, dict) and "type" not in schema:
            # Without a keyword, a schema would not be recognised where it describes something again.
            schema.setdefault("format", _MARK)
    found = stated(marked)
    facts = [each.fact for each in found if each.fact.value != _MARK]
    typed = {fact.subject for fact in facts if fact.kind == "type"}
    implied: dict[Subject, set[str]] = {}
    for fact in facts:
        for depth in range(len(fact.subject.field)):
            above = Subject(fact.subject.operation, fact.subject.part, fact.subject.field[:depth])
            implied.setdefault(above, set()).add("array" if fact.subject.field[depth] == ITEM else "object")
        if fact.kind in ("enum", "const"):
            values = fact.value if fact.kind == "enum" else [fact.value]
            implied.setdefault(fact.subject, set()).update(_type_name(value) for value in values)
    owners: dict[Subject, set[str]] = {}
    for each in found:
        owners.setdefault(_described(each.fact), set()).add(each.owner.pointer)
    circular: dict[Subject, Subject] = {}
    for subject, pointers in owners.items():
        for depth in range(len(subject.field) - 1, -1, -1):
            above = Subject(subject.operation, subject.part, subject.field[:depth])
            if any(pointer.startswith("/components/") for pointer in pointers & owners.get(above, set())):
                circular[subject] = above
                break
    undeclared = {subject: types for subject, types in implied.items() if subject not in typed}
    servers = {_expanded(server).rstrip("/") for server in document.get("servers") or ()}
    return Right({key(fact) for fact in facts}, undeclared, circular, servers)


def _expanded(server: dict[str, Any]) -> str:
    """The URL of a server with the defaults of its variables."""
    url = str(server.get("url", ""))
    for name, variable in (server.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    return url


def _type_name(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _ends_with(fact: Fact, other: Key) -> bool:
    """Whether the URL of a server is a relative one of the document, completed with the address of the page."""
    subject, kind, value = other
    relative = json.loads(value) if subject == fact.subject and kind == "server" else "//"
    return not relative.startswith("//") and str(fact.value).endswith(relative)


def operations_of(folder: Path) -> dict[str, str]:
    """The operation of each page, if each page has one."""
    file = folder / "operations.tsv"
    rows = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    pairs = (row.split("\t") for row in rows if "\t" in row)
    return {page: operation_key(*operation.split(" ", 1)) for page, operation in pairs if operation}


def _facts(file: Path) -> list[Fact]:
    """The facts of a page; none if no reader recognises it."""
    page = load_page(file)
    reading = next((reading for reader in READERS if (reading := reader(page)) is not None), None)
    return reading.facts.facts if reading is not None else []


def _mark(tool: Tool, operation: str) -> str:
    """The markup that shows that an operation is in a page."""
    return tool.operation_mark.format(path=escape(operation.partition(" ")[2])) if tool.operation_mark else ""


def measure(folder: Path, tool: Tool, show: str, counts: dict[str, Count]) -> int:
    """Count the facts of all pages of a tool; returns the number of pages."""
    documents = sorted((file.stem for file in folder.glob("*.json")), key=len, reverse=True)
    operations = operations_of(folder)
    cache: dict[str, Any] = {}
    pages = 0
    for file in sorted([*folder.glob("*.html"), *folder.glob("*.md"), *folder.glob("*.mdx")]):
        name = next((each for each in documents if file.stem == each or file.name.startswith(f"{each}-")), None)
        if name is None:
            continue
        if name not in cache:
            document = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            cache = {name: (truth_of(document, tool), right_of(document))}
        shown, right = cache[name]
        page_operation = operations.get(file.name.partition(".")[0])
        if page_operation is None:
            html = file.read_text(encoding="utf-8")
            marks = {operation: _mark(tool, operation) for operation in shown}
            keys = [keys for operation, keys in shown.items() if marks[operation] in html]
        else:
            if page_operation not in shown:
                continue  # A webhook.
            keys = [shown[page_operation]]
        truth = set().union(*keys)
        facts = _facts(file)
        read = {key(fact) for fact in facts}
        pages += 1
        for each in truth:
            counts.setdefault(each[1], Count()).add(Count(truth=1, recalled=each in read))
            if show in (each[1], "all", "missed") and each not in read:
                print("missed", file.name, *each)
        for fact in facts:
            good = right.has(fact) or (tool.generates_examples and right.is_generated(fact))
            counts.setdefault(fact.kind, Count()).add(Count(read=1, right=good))
            if show in (fact.kind, "all", "wrong") and not good:
                print("wrong", file.name, fact.line, *key(fact))
    return pages


def share(part: int, whole: int) -> str:
    """A share in per cent."""
    return f"{100 * part / whole:.1f}" if whole else "-"


def table(folder: Path, names: list[str], show: str) -> Iterator[str]:
    """The rates as a Markdown table."""
    yield "| Tool | Kind | Shown | Read | Recall % | Precision % |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for name in names:
        counts: dict[str, Count] = {}
        pages = measure(folder / name, TOOLS[name], show, counts)
        total = Count()
        for kind in KINDS:
            if kind in counts:
                count = counts[kind]
                total.add(count)
                recall, precision = share(count.recalled, count.truth), share(count.right, count.read)
                yield f"| {name} | {kind} | {count.truth} | {count.read} | {recall} | {precision} |"
        recall, precision = share(total.recalled, total.truth), share(total.right, total.read)
        yield f"| **{name}** ({pages} pages) | **all** | {total.truth} | {total.read} | **{recall}** | **{precision}** |"


def main() -> int:
    """Print the rates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tool", action="append", choices=sorted(TOOLS))
    parser.add_argument("--show", default="", help="list what was missed or is wrong: a kind, missed, wrong or all")
    options = parser.parse_args()
    names = options.tool or [name for name in TOOLS if (options.folder / name).is_dir()]
    for line in table(options.folder, names, options.show):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
