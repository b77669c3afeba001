"""Webhooks and callbacks: requests that the service sends, as types to parse them with."""

from __future__ import annotations

from collections.abc import Iterator

from speclient.build.schemas import SchemaBuilder
from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.document.structure import operations_of
from speclient.ir import Limitation, LimitationKind, NameHint, Webhook
from speclient.openapi.media import media_kind


def read_webhooks(root: Node, schemas: SchemaBuilder) -> tuple[Webhook, ...]:
    """All webhooks of the document, then the callbacks of its operations; those without a JSON body are omitted."""
    made: dict[str, Webhook] = {}
    for name, owner, item in _items(root):
        try:
            item = item.resolve()
            for method, operation in operations_of(item):
                _refuse_unresolved(operation)
                found = _webhook(name, owner, operation, schemas)
                if found is not None:
                    made[found.key] = found
                else:
                    subject = " ".join(filter(None, ("webhook", owner, name, method)))
                    why = "it has no JSON body with a schema; no function is generated to parse it"
                    limitation = Limitation(LimitationKind.REFUSED, subject, operation.location, why)
                    schemas.log.limitations.append(limitation)
        except ReferenceProblem as problem:
            schemas.log.sink.add(problem.diagnostic)
    schemas.drain()
    return tuple(made.values())


def _refuse_unresolved(operation: Node) -> None:
    if (problem := operation.document.broken.get(id(operation.value))) is not None:
        raise problem


def _items(root: Node) -> Iterator[tuple[str, str | None, Node]]:
    """Name, key of the operation that owns it, and path item."""
    webhooks = root.get("webhooks") or root.get("x-webhooks")
    for name, item in webhooks.items() if webhooks else ():
        yield name, None, item
    paths = root.get("paths")
    for path, item in paths.items() if paths else ():
        try:
            members = list(operations_of(item.resolve()))
        except ReferenceProblem:  # Reported with its operations.
            continue
        for method, operation in members:
            callbacks = operation.get("callbacks")
            for name, callback in callbacks.items() if callbacks else ():
                try:
                    expressions = list(callback.resolve().items())
                except ReferenceProblem:
                    continue
                for _, inner in expressions:
                    yield name, f"{method.upper()} {path}", inner


def _webhook(name: str, owner: str | None, operation: Node, schemas: SchemaBuilder) -> Webhook | None:
    body = operation.get("requestBody")
    content = body.resolve().get("content") if body is not None else None
    for media, entry in content.items() if content else ():
        schema = entry.get("schema")
        if media_kind(media) == "json" and schema is not None:
            hint = NameHint((name, "Payload"))
            made = schemas.body_type(schema, hint)
            text = operation.text("summary") or operation.text("description")
            # Several webhooks and callbacks may refer to one operation.
            key = " ".join(filter(None, (owner, name, operation.id)))
            return Webhook(key, name, made, operation.location, text, owner)
    return None
