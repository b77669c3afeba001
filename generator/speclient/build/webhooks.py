"""Webhooks and callbacks: requests that the service sends, as types to parse them with."""

from __future__ import annotations

from speclient.build.schemas import SchemaBuilder
from speclient.document import Document
from speclient.document.problems import ReferenceProblem
from speclient.ir import Limitation, LimitationKind, NameHint, Webhook
from speclient.openapi.media import MediaKind, read_content
from speclient.openapi.operations import refuse_unresolved
from speclient.openapi.webhooks import WebhookEntry, read_webhook_operations


def build_webhooks(document: Document, schemas: SchemaBuilder) -> tuple[Webhook, ...]:
    """All webhooks of the document, then the callbacks of its operations; those without a JSON body are omitted."""
    webhooks: dict[str, Webhook] = {}

    def report(problem: ReferenceProblem) -> None:
        schemas.log.sink.add(problem.diagnostic)

    for entry in read_webhook_operations(document, report):
        try:
            refuse_unresolved(entry.node)
            webhook = _webhook(entry, schemas)
        except ReferenceProblem as problem:
            report(problem)
            continue
        if webhook is not None:
            webhooks[webhook.key] = webhook
        else:
            why = "it has no JSON body with a schema; no function is generated to parse it"
            limitation = Limitation(LimitationKind.REFUSED, entry.key, entry.node.location, why)
            schemas.log.limitations.append(limitation)
    schemas.drain()
    return tuple(webhooks.values())


def _webhook(entry: WebhookEntry, schemas: SchemaBuilder) -> Webhook | None:
    body = entry.node.get("requestBody")
    for media in read_content(body.resolve().get("content") if body is not None else None).media:
        if media.kind is MediaKind.JSON and media.schema is not None:
            payload = schemas.body_type(media.schema, NameHint((entry.name, "Payload")))
            text = entry.node.text("summary") or entry.node.text("description")
            # Several webhooks and callbacks may refer to one operation.
            key = " ".join(filter(None, (entry.owner, entry.name, entry.node.id)))
            return Webhook(key, entry.name, payload, entry.node.location, text, entry.owner)
    return None
