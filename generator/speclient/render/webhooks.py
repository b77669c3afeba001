"""Functions that parse the requests which the service sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from speclient.ir import Api, Named, Schema
from speclient.naming import Names
from speclient.render.annotations import Annotations
from speclient.render.escape import one_line
from speclient.render.kinds import Annotation, Name, Text


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A function that parses a webhook or a callback."""

    name: Name
    """Name of the function."""
    constant: Name
    """Name of the constant for its media type."""
    result: Annotation
    """What the function returns."""
    type: Annotation
    """The type that the body is parsed as."""
    label: str
    """Name of the webhook in the document, for error messages."""
    owner: Text | None
    """The operation that a callback belongs to; None for a webhook."""
    title: Text
    """Name of the webhook in the document, for the docstring."""
    description: Text | None
    """Its description."""


def webhook_views(api: Api, names: Names, schemas: Mapping[str, Schema]) -> tuple[WebhookView, ...]:
    """All parsers.

    Args:
        api: the API.
        names: the names of the package.
        schemas: the schemas by id.
    """
    annotations = Annotations(schemas, names)
    return tuple(
        WebhookView(
            name=Name(names.webhooks[hook.key]),
            constant=Name(f"_{names.webhooks[hook.key].upper()}"),
            result=Annotation(annotations.result(hook.type)),
            type=Annotation(f"models.{names.classes[hook.type.schema]}" if isinstance(hook.type, Named) else "Any"),
            label=hook.name,
            owner=Text(hook.owner) if hook.owner else None,
            title=Text(one_line(hook.name, 100)),
            description=Text(hook.description.strip()) if hook.description else None,
        )
        for hook in api.webhooks
    )
