"""What documentation tools show of a document: the restrictions of the truth that readers are measured against.

Each restriction has its reason in the documentation or the source of the tool; none is there because a reader fails.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from speclient.pages.facts import ITEM, KINDS, VALUE, Fact, Kind, Subject
from speclient.pages.statements import Statement

PRIMITIVE = ("string", "integer", "number", "boolean")
VALUES: frozenset[Kind] = frozenset({
    "type", "format", "minimum", "maximum", "exclusive-minimum", "exclusive-maximum", "min-length", "max-length",
    "pattern", "min-items", "max-items", "default", "enum",
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
        declared: the schema of the property itself, without what it refers to.
        array: for the elements of an array, the facts of the array itself.
        level: how many schemas enclose the one that states it: properties, elements, values and variants.
    """

    fact: Fact
    schema: dict[str, Any]
    place: str
    variant: bool
    circular: bool
    named: bool
    version: str
    declared: dict[str, Any]
    array: dict[Kind, Any]
    level: int


def hides_nothing(_: list[Statement], __: str) -> set[Subject]:
    """No property is left out."""
    return set()


def hides_by_direction(found: list[Statement], _: str) -> set[Subject]:
    """Read-only properties of requests and write-only ones of responses are left out."""
    left_out = {("body", "read-only"), ("response", "write-only")}
    return {each.fact.subject for each in found if (place_of(each.fact.subject), each.fact.kind) in left_out}


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
        parameter_content: whether it draws the schema of a parameter that has `content` in place of `schema`.
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
    parameter_content: bool = True


def place_of(subject: Subject) -> str:
    word = subject.part.partition(" ")[0]
    if word in ("query", "path", "cookie") or (word == "header"):
        return "parameter"
    if word == "response":
        return "header" if " header " in subject.part else "response"
    return word if word in ("body", "schema") else "operation"


def _docusaurus(shown: Shown) -> bool:
    """Restrictions of docusaurus-theme-openapi-docs 5.2 (`schema.js`, `ParamsItem`, `Schema`, `ResponseHeaders`)."""
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
    if (
        fact.subject.field[-1:] == (ITEM,)
        and (shown.array.get("min-items") is not None or shown.array.get("max-items") is not None)
        and fact.kind not in ("type", "format", "enum", "default")
    ):
        return True  # `getQualifierMessage` looks at the elements only if the array has no bounds.
    if _ambiguous(shown):
        return True
    if shown.place == "parameter" and any(token != ITEM for token in fact.subject.field):
        return True  # Properties of a parameter have no rows.
    if fact.kind in ("example", "nullable") and fact.subject.field[-1:] == (ITEM,):
        return True  # Elements have no row.
    if fact.kind in ("minimum", "maximum") and schema.get("type") in ("array", "object"):
        return True  # `getQualifierMessage` looks at bounds of numbers in the row of a number only.
    if shown.place in ("body", "response") and not fact.subject.field:
        if fact.kind == "example":
            return "schema" not in schema  # The example of a schema becomes part of `Example (auto)`.
        # Only rows have constraints: the schema itself has none, unless it is an array (brackets) or a primitive.
        return (fact.kind in VALUES and not (fact.kind == "type" and fact.value == "array")) or fact.kind == "nullable"
    if shown.place in ("body", "response") and fact.subject.field == (ITEM,) and fact.kind == "type":
        return True  # Brackets only.
    if fact.subject.field[-1:] == (VALUE,) and fact.kind == "type" and fact.value not in PRIMITIVE:
        return True  # `additionalProperties.title`
    return fact.kind == "nullable" and shown.place == "parameter"


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
    if fact.kind == "unique-items" and not field and not {"minItems", "maxItems"} & schema.keys():
        return True  # `ArraySchema` writes constraints only of arrays with bounds.
    if fact.kind == "server" and not re.match(r"(https?:)?//", fact.value):
        return True  # Relative to the address of the page.
    if fact.kind == "example" and (isinstance(fact.value, (list, dict)) or "items" in schema):
        return True  # Written as in a URL.
    # The table of its properties follows without a type.
    return shown.place in ("body", "response") and field in ((), (ITEM,)) and fact.value == "object"


EXPAND_DEPTH = 6
"""`defaultModelExpandDepth` of the pages."""


def _swagger_ui(shown: Shown) -> bool:
    """Restrictions of Swagger UI 5 with `showCommonExtensions` and all schemas opened."""
    fact, field = shown.fact, shown.fact.subject.field
    if shown.circular and fact.kind not in EXISTENCE:
        return True  # Documents of 3.1: `$ref`. Those of 3.0 are drawn again up to `defaultModelExpandDepth`.
    if shown.version.startswith("3.0") and "allOf" in shown.declared and "type" not in shown.declared:
        return fact.kind not in EXISTENCE  # Drawn as an object, without the type and the values of its parts.
    if fact.kind in ("minimum", "maximum") and shown.schema.get("type") == "object":
        return True  # `object-model.jsx` draws no bounds.
    if fact.kind == "format" and "type" not in shown.schema:
        return True
    if (
        shown.version.startswith("3.0")
        and fact.value == "object"
        and not any(shown.schema.get(key) for key in ("properties", "additionalProperties", "allOf", "oneOf", "anyOf"))
    ):
        return True  # `{ }`, as schemas without a type.
    if shown.version.startswith("3.0") and shown.level >= EXPAND_DEPTH + (fact.kind in EXISTENCE):
        return True  # `defaultModelExpandDepth`; `object-model.jsx` passes `depth + 1` to variants too.
    if shown.place == "parameter" and any(token != ITEM for token in field):
        return True  # `parameter-row.jsx` draws a form for the value of a parameter, and no model.
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
            bounds = ("minimum", "maximum", "min-length", "max-length", "pattern")
            return len(field) > 1 or fact.kind not in ("field", "required", "type", "format", "deprecated", *bounds)
        return fact.kind not in ("media-type",)
    if shown.place == "body" and not field and shown.schema.get("format") in ("binary", "base64"):
        return True  # `isFileUploadIntended`: an input for a file.
    if fact.kind == "example" and not field and shown.place in ("body", "response"):
        return "schema" in shown.schema  # Behind the tab `Example Value`; the pages have the tab `Schema`.
    return False


FORMAT_BOUNDS: dict[str, tuple[float, ...]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**53 - 1), 2**53 - 1),
}
"""The bounds that Elements leaves out, because the format implies them."""


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
    if fact.kind == "nullable" and field[-1:] == (VALUE,):
        return True  # `dictionary[string, object]`
    if fact.kind in ("minimum", "maximum") and fact.value in FORMAT_BOUNDS.get(shown.schema.get("format", ""), ()):
        return True  # `filterOutOasFormatValidations`
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
    # The example of a body is the content of an editor.
    return shown.place == "body" and fact.kind == "example" and not field


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
        parameter_content=False,  # `any`
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
        parameter_content=False,  # `any`
    ),
}


def expanded(server: dict[str, Any]) -> str:
    """The URL of a server with the defaults of its variables."""
    url = str(server.get("url", ""))
    for name, variable in (server.get("variables") or {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    return url


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
                    first: Any = next((branch for branch in branches if branch not in null), {})
                    value[keyword] = [first, {}, *null]
            if not tool.parameter_content and {"name", "in", "content"} <= value.keys():
                del value["content"]
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
        server["url"] = expanded(server)
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
