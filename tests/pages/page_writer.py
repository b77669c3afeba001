"""Writes a docs page from a document, as Markdown: a heading per operation, tables, and JSON examples.

It only uses the statements of the document, so what a reader gets from the page can be compared with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from speclient.diagnostics import Sink
from speclient.document import Document, load
from speclient.pages.facts import Fact, Subject, dotted
from speclient.pages.statements import statements

_LIMITS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "min-length": "min length",
    "max-length": "max length",
    "default": "default",
}


def facts_of(document: Document, operations: Sequence[str] = ()) -> list[Fact]:
    """The facts that a document states about some operations (default: all)."""
    return [
        statement.fact
        for statement in statements(document)
        if statement.fact.subject.operation and (not operations or statement.fact.subject.operation in operations)
    ]


def write_page(path: Path, title: str, operations: Sequence[str] = ()) -> str:
    """The page of a spec."""
    return "\n".join(_page(title, facts_of(load(path, Sink()), operations)))


def _page(title: str, facts: Sequence[Fact]) -> Iterator[str]:
    yield f"# {title}\n"
    servers = dict.fromkeys(fact.value for fact in facts if fact.kind == "server" and "{" not in fact.value)
    for server in servers:
        yield f"Base URL: {server}\n"
    for operation in dict.fromkeys(fact.subject.operation for fact in facts):
        own = [fact for fact in facts if fact.subject.operation == operation]
        yield from _operation(operation, own)


def _operation(operation: str, facts: Sequence[Fact]) -> Iterator[str]:
    yield f"## {operation.partition(' ')[2].strip('/').replace('/', ' ')}\n"
    yield f"`{operation}`\n"
    if any(fact.kind == "deprecated" and not fact.subject.part for fact in facts):
        yield "**Deprecated**\n"
    yield "This operation has a description with several words.\n"
    parameters = [fact.subject for fact in facts if fact.kind == "parameter"]
    if parameters:
        yield "### Parameters\n"
        yield "| Name | In | Type | Required | Description |"
        yield "| --- | --- | --- | --- | --- |"
        for subject in parameters:
            place, _, name = subject.part.partition(" ")
            yield f"| {name} | {place} | {_row(facts, subject)} |"
        yield ""
    bodies = [fact.subject for fact in facts if fact.kind == "media-type" and fact.subject.part.startswith("body ")]
    for subject in bodies[:1]:
        yield f"### Request body ({subject.part.partition(' ')[2]})\n"
        yield from _fields(facts, subject)
    for status in [fact.value for fact in facts if fact.kind == "status"]:
        yield f"### Response {status}\n"
        yield "What the service sends.\n"
        media = [
            fact.subject
            for fact in facts
            if fact.kind == "media-type" and fact.subject.part.startswith(f"response {status} ")
        ]
        for subject in media[:1]:
            yield f"Content type: `{subject.part.split(' ')[2]}`\n"
            yield from _fields(facts, subject)


def _fields(facts: Sequence[Fact], subject: Subject) -> Iterator[str]:
    fields = list(
        dict.fromkeys(
            fact.subject
            for fact in facts
            if fact.kind == "field" and fact.subject.part == subject.part and len(fact.subject.field) < 6
        )
    )
    if fields:
        yield "| Field | Type | Required | Description |"
        yield "| --- | --- | --- | --- |"
        for field in fields:
            yield f"| {dotted(field.field)} | {_row(facts, field)} |"
        yield ""
    examples = [fact.value for fact in facts if fact.kind == "example" and fact.subject == subject]
    for example in examples[:1]:
        yield "```json"
        yield json.dumps(example, indent=2, ensure_ascii=False)
        yield "```\n"


def _row(facts: Sequence[Fact], subject: Subject) -> str:
    return f"{_type(facts, subject)} | {_required(facts, subject)} | {_limits(facts, subject)}"


def _values(facts: Sequence[Fact], subject: Subject, kind: str) -> list[Any]:
    return [fact.value for fact in facts if fact.subject == subject and fact.kind == kind]


def _type(facts: Sequence[Fact], subject: Subject) -> str:
    kinds = _values(facts, subject, "type")
    if not kinds or len({str(kind) for kind in kinds}) > 1 or isinstance(kinds[0], list):
        return ""
    formats = _values(facts, subject, "format")
    return f"{kinds[0]} ({formats[0]})" if formats and kinds[0] in ("string", "integer", "number") else str(kinds[0])


def _required(facts: Sequence[Fact], subject: Subject) -> str:
    return "yes" if all(_values(facts, subject, "required") or [False]) else "no"


def _limits(facts: Sequence[Fact], subject: Subject) -> str:
    texts = ["Some text."]
    for kind, word in _LIMITS.items():
        values = _values(facts, subject, kind)
        if len(values) == 1 and not isinstance(values[0], (dict, list)):
            texts.append(f"{word.capitalize()}: `{values[0]}`.")
    enums = _values(facts, subject, "enum")
    if len(enums) == 1 and enums[0] and all(isinstance(value, str) and value for value in enums[0]):
        texts.append(f"Possible values: {', '.join(f'`{value}`' for value in enums[0])}.")
    return " ".join(texts)
