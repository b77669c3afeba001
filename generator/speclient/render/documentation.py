"""The documentation of a method, section by section; the template writes the docstring."""

from __future__ import annotations

from dataclasses import dataclass

from speclient.ir import Operation
from speclient.naming import error_class
from speclient.render.escape import one_line
from speclient.render.kinds import Name, Text


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link of a response to another operation."""

    name: Text
    """Name of the link."""
    target: Text
    """The operationId or reference of the target."""


@dataclass(frozen=True, slots=True)
class RaisedView:
    """An exception class that a documented status raises."""

    error: Name
    """The exception class."""
    doc: Text
    """The status and its description."""


@dataclass(frozen=True, slots=True)
class DocumentationView:
    """The documentation of a method."""

    summary: Text
    """One sentence."""
    deprecated: bool
    """Whether the operation is deprecated."""
    description: Text | None
    """Description, where it differs from the summary."""
    returns: Text | None
    """Description of the result; None for a method that returns None."""
    links: tuple[LinkView, ...]
    """Links of the responses."""
    raises: tuple[RaisedView, ...]
    """Documented errors."""
    source: Text
    """Method and path of the operation."""
    page: Text | None
    """Docs page of the operation."""


def documentation_view(operation: Operation, result: str) -> DocumentationView:
    """The documentation of a method that returns `result`."""
    summary = one_line((operation.summary or "").strip() or f"{operation.method} {operation.path}", 200)
    description = (operation.description or "").strip()
    success = next((response for response in operation.responses if response.status.startswith("2")), None)
    returns = one_line(success.description, 300) if success and success.description else ""
    return DocumentationView(
        summary=Text(summary if summary.endswith((".", "!", "?")) else summary + "."),
        deprecated=operation.deprecated,
        description=Text(description) if description and description != (operation.summary or "").strip() else None,
        returns=Text(returns or result.replace("models.", "")) if result != "None" else None,
        links=tuple(
            LinkView(Text(one_line(name, 60)), Text(one_line(target, 120)))
            for response in operation.responses
            for name, target in response.links
        ),
        raises=tuple(
            RaisedView(
                Name(error_class(response.status)),
                Text(f"{response.status}: {one_line(response.description or '', 200)}".rstrip(": ")),
            )
            for response in operation.responses
            if not response.status.startswith("2")
        ),
        source=Text(f"{operation.method} {operation.path}"),
        page=Text(one_line(operation.page, 300)) if operation.page else None,
    )
