"""Parts of an OpenAPI document from the facts of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final

from speclient.pages.facts import ITEM, KEYWORDS, VALUE, Fact, Subject


def _mark(note: str, *properties: str) -> dict[str, Any]:
    """An `x-source` for what a page does not state."""
    return {"basis": "inference", "note": note, **({"properties": list(properties)} if properties else {})}


_SUCCESS: Final = "2XX"


def _with_status(subject: Subject) -> Subject:
    """The subject with the range of success in place of a status that the page does not name."""
    words = subject.part.split(" ")
    if words[:2] == ["response", "#1"]:
        words[1] = _SUCCESS
    return replace(subject, part=" ".join(words))


@dataclass
class _Tree:
    """The facts about one value and about the values in it."""

    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    inner: dict[str, _Tree] = field(default_factory=dict[str, "_Tree"])

    def at(self, path: Iterable[str]) -> _Tree:
        tree = self
        for token in path:
            tree = tree.inner.setdefault(token, _Tree())
        return tree


class Draft:
    """Writes parts of a document from facts. Names that the page lost are left out.

    Args:
        facts: of the page.
        version: of OpenAPI, such as `(3, 1)`; 3.0 writes null differently.
    """

    def __init__(self, facts: Iterable[Fact], version: tuple[int, int] = (3, 1)) -> None:
        named = (replace(fact, subject=_with_status(fact.subject)) for fact in facts)
        self._facts = [fact for fact in named if not fact.subject.is_lost]
        self._version = version

    @property
    def operations(self) -> list[str]:
        """The operations of the page, in its order."""
        return [str(fact.value) for fact in self._facts if fact.kind == "operation"]

    @property
    def schemas(self) -> list[str]:
        """The names of the schemas that the page describes outside operations."""
        parts = (fact.subject.part for fact in self._facts if not fact.subject.operation)
        return list(dict.fromkeys(part.removeprefix("schema ") for part in parts if part.startswith("schema ")))

    @property
    def servers(self) -> list[str]:
        """The servers that the page names."""
        return list(dict.fromkeys(str(fact.value) for fact in self._facts if fact.kind == "server"))

    @property
    def authentication(self) -> list[str]:
        """The kinds of authentication that the page names."""
        return list(dict.fromkeys(str(fact.value) for fact in self._facts if fact.kind == "authentication"))

    def operation(self, key: str) -> dict[str, Any]:
        """An operation object."""
        method, _, path = key.partition(" ")
        words = [
            word for word in re.findall(r"[A-Za-z0-9]+", re.sub(r"\{[^}]*\}", "", path)) if not _VERSION.fullmatch(word)
        ]
        by = [
            word
            for name in re.findall(r"\{([^}]*)\}", path)[-1:]
            for word in ("by", *re.findall(r"[A-Za-z0-9]+", name))
        ]
        name = [method.lower(), *words, *by]
        result: dict[str, Any] = {
            "operationId": name[0] + "".join(word[:1].upper() + word[1:] for word in name[1:]),
            "summary": " ".join([method.capitalize(), *words]),
            "tags": [words[0].lower() if words else "default"],
        }
        if any(fact.kind == "deprecated" for fact in self._of(Subject(key))):
            result["deprecated"] = True
        parameters = [
            self.parameter(fact.subject)
            for fact in self._facts
            if fact.kind == "parameter" and fact.subject.operation == key
        ]
        if parameters:
            result["parameters"] = parameters
        bodies = [
            fact.subject.part for fact in self._facts if fact.subject.operation == key and _is_body(fact.subject.part)
        ]
        if bodies:
            result["requestBody"] = self.body(key)
        statuses = dict.fromkeys(
            fact.subject.part.split(" ")[1]
            for fact in self._facts
            if fact.subject.operation == key and fact.subject.part.startswith("response ")
        )
        result["responses"] = {status: self.response(key, status) for status in statuses} or {
            "default": {"description": "Any response.", "x-source": _mark("The page documents no response.")}
        }
        return result

    def parameter(self, subject: Subject) -> dict[str, Any]:
        """A parameter object."""
        place, _, name = subject.part.partition(" ")
        result: dict[str, Any] = {"name": name, "in": place}
        own = {fact.kind: fact.value for fact in self._of(Subject(subject.operation, subject.part))}
        if place == "path" or own.get("required") is True:
            result["required"] = True
        if own.get("deprecated") is True:
            result["deprecated"] = True
        schema = self.schema(subject, without=("required", "deprecated", "parameter"))
        if not schema.keys() & {"type", "enum", "const"}:
            schema = {"type": "string", **schema, "x-source": _mark("The page states no type.", "type")}
        result["schema"] = schema
        return result

    def body(self, operation: str) -> dict[str, Any]:
        """A request body object."""
        own = {fact.kind: fact.value for fact in self._of(Subject(operation, "body"))}
        result: dict[str, Any] = {"required": True} if own.get("required") is True else {}
        result["content"] = self._content(operation, "body")
        return result

    def response(self, operation: str, status: str) -> dict[str, Any]:
        """A response object."""
        part = f"response {status}"
        result: dict[str, Any] = {"description": _phrase(status)}
        if status == _SUCCESS and not any(fact.kind == "status" for fact in self._of(Subject(operation, part))):
            result["x-source"] = _mark("The page describes the response, but does not name its status.")
        headers = {
            fact.subject.part.rpartition(" ")[2]: {"schema": self.schema(fact.subject, without=("header", "required"))}
            for fact in self._facts
            if fact.kind == "header"
            and fact.subject.operation == operation
            and fact.subject.part.startswith(f"{part} header ")
        }
        if headers:
            result["headers"] = headers
        content = self._content(operation, part)
        if content:
            result["content"] = content
        return result

    def media_type(self, operation: str, part: str) -> dict[str, Any]:
        """A media type object; `part` ends with the media type."""
        subject = Subject(operation, part)
        schema = self.schema(subject, without=("media-type", "status", "body", "required"))
        result: dict[str, Any] = {"schema": schema}
        examples = [fact.value for fact in self._of(subject) if fact.kind == "example"]
        if examples:
            _complete(schema, examples[0])
            result["example"] = examples[0]
        return result

    def schema(self, subject: Subject, without: Iterable[str] = ()) -> dict[str, Any]:
        """A schema object for a subject and the fields in it."""
        tree = _Tree()
        for fact in self._facts:
            own = fact.subject
            if (own.operation, own.part) != (subject.operation, subject.part) or own.field[
                : len(subject.field)
            ] != subject.field:
                continue
            path = own.field[len(subject.field) :]
            if not path and fact.kind in without:
                continue
            tree.at(path).facts.setdefault(fact.kind, fact.value)
        example = tree.facts.get("example")
        schema = self._schema(tree)
        if isinstance(example, (dict, list)):
            _complete(schema, example)
        return schema

    def _schema(self, tree: _Tree) -> dict[str, Any]:
        facts = tree.facts
        names = [name for name in tree.inner if name not in (ITEM, VALUE)]
        kind = facts.get("type") or (
            "object" if names or VALUE in tree.inner else "array" if ITEM in tree.inner else None
        )
        result: dict[str, Any] = {}
        if kind is not None:
            self._write_type(result, kind, nullable=facts.get("nullable") is True)
        result.update({keyword: facts[kind] for kind, keyword in KEYWORDS.items() if kind in facts})
        if "example" in facts and not isinstance(facts["example"], (dict, list)):
            result["example" if self._version == (3, 0) else "examples"] = (
                facts["example"] if self._version == (3, 0) else [facts["example"]]
            )
        if ITEM in tree.inner:
            result["items"] = self._schema(tree.inner[ITEM])
        if names:
            required = [name for name in names if tree.inner[name].facts.get("required") is True]
            if required:
                result["required"] = required
            result["properties"] = {name: self._schema(tree.inner[name]) for name in names}
        if VALUE in tree.inner:
            result["additionalProperties"] = self._schema(tree.inner[VALUE])
        return result

    def _write_type(self, schema: dict[str, Any], kind: Any, *, nullable: bool) -> None:
        schema["type"] = kind
        if nullable and self._version == (3, 0):
            schema["nullable"] = True
        elif nullable:
            schema["type"] = [*(kind if isinstance(kind, list) else [kind]), "null"]

    def _content(self, operation: str, part: str) -> dict[str, Any]:
        """The media types of a body or response; JSON if the page names none."""
        length = len(part.split(" "))
        parts = dict.fromkeys(
            fact.subject.part
            for fact in self._facts
            if fact.subject.operation == operation
            and fact.subject.part.startswith(f"{part} ")
            and len(fact.subject.part.split(" ")) == length + 1
        )
        if parts:
            return {own.rpartition(" ")[2]: self.media_type(operation, own) for own in parts}
        subject = Subject(operation, part)
        if any(fact.subject == subject and fact.kind == "example" for fact in self._facts) or any(
            fact.subject.field and (fact.subject.operation, fact.subject.part) == (operation, part)
            for fact in self._facts
        ):
            return {"application/json": self.media_type(operation, part)}
        return {}

    def _of(self, subject: Subject) -> Iterator[Fact]:
        return (fact for fact in self._facts if fact.subject == subject)


_WORD = re.compile(r"[A-Za-z0-9]+")
_VERSION = re.compile(r"v\d+|api|rest")


def _is_body(part: str) -> bool:
    return part == "body" or part.startswith("body ")


def _phrase(status: str) -> str:
    """A description of a status."""
    try:
        return f"{HTTPStatus(int(status)).phrase}."
    except ValueError:
        return "Any other status." if status == "default" else f"A status {status}."


def _complete(schema: dict[str, Any], example: Any) -> None:
    """Add to a schema what only the example of the page shows."""
    match example:
        case dict() if schema.get("type", "object") == "object":
            schema.setdefault("type", "object")
            properties = schema.setdefault("properties", {})
            for name, value in example.items():
                if str(name) in properties:
                    _complete(properties[str(name)], value)
                else:
                    properties[str(name)] = {**schema_of(value), "x-source": _mark(_EXAMPLE)}
        case list() if schema.get("type", "array") == "array":
            schema.setdefault("type", "array")
            for value in example[:_ELEMENTS]:
                _complete(schema.setdefault("items", {}), value)
        case None:
            pass
        case _ if not schema:
            schema |= {**schema_of(example), "x-source": _mark(_EXAMPLE)}
        case _:
            pass


_EXAMPLE: Final = "Only the example of the page shows it."
_ELEMENTS: Final = 20


def schema_of(value: Any) -> dict[str, Any]:
    """A schema that a JSON value satisfies; nothing is required."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case list():
            schemas = [schema_of(item) for item in value]
            return {"type": "array", "items": _merged(schemas)}
        case dict():
            return {"type": "object", "properties": {str(name): schema_of(inner) for name, inner in value.items()}}
        case _:
            return {}


def _merged(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema for the elements of an array: the union of the properties of objects."""
    result: dict[str, Any] = {}
    for schema in schemas:
        if not result:
            result = schema
        elif "properties" in result and "properties" in schema:
            result["properties"] = {**schema["properties"], **result["properties"]}
        elif result != schema:
            return {}
    return result
