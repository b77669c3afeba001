"""README and reference: each operation with its arguments, errors and an example."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speclient.ir import Api, Operation
from speclient.naming import Names, error_class
from speclient.render.arguments import ArgumentView
from speclient.render.escape import address, code_span, markdown, one_line
from speclient.render.examples import Examples, ExampleView
from speclient.render.kinds import Annotation, Markdown, Name
from speclient.render.methods import GroupView, MethodView

_FEW = 12
"""A README holds the examples of up to so many operations; beyond, they stand in the reference only."""

_ROWS = 16
"""A table has so many optional arguments at most; who filters by hundreds looks into the method's docstring."""


@dataclass(frozen=True, slots=True)
class EntryArgumentView:
    """A row of a table of arguments."""

    name: Name
    """Name of the argument."""
    type: Markdown
    """Its type."""
    required: bool
    """Whether it has to be passed."""
    doc: Markdown
    """Its description."""


@dataclass(frozen=True, slots=True)
class EntryErrorView:
    """An exception class that an operation documents."""

    name: Name
    """The exception class."""
    status: Markdown
    """The status."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """An operation in README and reference."""

    method: Name
    """The method, below the client: `group.method`."""
    anchor: Markdown
    """Fragment of the URL of its heading."""
    required: tuple[ArgumentView, ...]
    """Arguments that have to be passed."""
    summary: Markdown
    """Summary, or method and path."""
    deprecated: bool
    """Whether the operation is deprecated."""
    http: Markdown
    """Method and path, as code."""
    description: Markdown | None
    """First paragraph of the description, where it differs from the summary."""
    arguments: tuple[EntryArgumentView, ...]
    """Rows of the table of arguments."""
    omitted: int
    """How many optional arguments the table omits."""
    result: Annotation
    """Type of the result, without modules; for pagination, of a page."""
    element: Annotation | None
    """Type of an element of a page; None without pagination."""
    item: Annotation | None
    """Type of an item, where the method itself reads a stream."""
    errors: tuple[EntryErrorView, ...]
    """Documented errors."""
    example: ExampleView | None
    """A program that calls the operation."""
    missing: Markdown | None
    """Why there is no example."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A group of operations in README and reference."""

    attribute: Name
    """Attribute of the client."""
    entries: tuple[EntryView, ...]
    """Its operations."""


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """README and reference: all operations."""

    sections: tuple[SectionView, ...]
    """All groups."""
    first: ExampleView | None
    """The example at the beginning of the README."""
    few: bool
    """Whether the README has room for an example of each operation."""
    summary: Markdown
    """Summary of the document."""
    pages: tuple[Markdown, ...]
    """Docs pages of the document, as links."""


def reference_view(api: Api, names: Names, groups: Sequence[GroupView], examples: Examples) -> ReferenceView:
    """README and reference.

    Args:
        api: the API.
        names: the names of the package.
        groups: the groups of the client.
        examples: the example programs.
    """
    operations = _operations(api, names)
    taken: dict[str, int] = {}
    sections: list[SectionView] = []
    for group in groups:
        _anchor(f"client.{group.attribute}", taken)
        entries = tuple(
            _entry(operations[(group.attribute, method.name)], group, method, examples, taken)
            for method in group.methods
        )
        sections.append(SectionView(group.attribute, entries))
    methods = {(group.attribute, method.name): method for group in groups for method in group.methods}
    first = _first(api, examples)
    example = None
    if first is not None:
        own = names.operations[first.key]
        example = examples.view(first, methods[(Name(own.group), Name(own.method))])
    return ReferenceView(
        sections=tuple(sections),
        first=example,
        few=first is not None and len(api.operations) <= _FEW,
        summary=Markdown(markdown(one_line(api.summary or api.description or api.title, 160))),
        pages=tuple(Markdown(link) for page in api.pages if (link := address(page))),
    )


def _operations(api: Api, names: Names) -> Mapping[tuple[str, str], Operation]:
    return {
        (names.operations[operation.key].group, names.operations[operation.key].method): operation
        for operation in api.operations
    }


def _first(api: Api, examples: Examples) -> Operation | None:
    """The operation to begin with: one that reads, and is not deprecated."""
    usable = [operation for operation in api.operations if examples.missing(operation) is None]
    return min(usable, key=lambda each: (each.deprecated, each.method != "GET", each.body is not None), default=None)


def _entry(
    operation: Operation, group: GroupView, method: MethodView, examples: Examples, taken: dict[str, int]
) -> EntryView:
    required = tuple(view for view in method.arguments if view.positional or not view.optional)
    optional = [view for view in method.arguments if view not in required]
    summary = markdown(_prose(operation.summary or ""), 200)
    description = markdown(_prose(operation.description or ""), 300)
    errors = {
        response.status: error_class(response.status)
        for response in operation.responses
        if response.status[0] not in "123"
    }
    missing = examples.missing(operation)
    return EntryView(
        method=Name(f"{group.attribute}.{method.name}"),
        anchor=Markdown(_anchor(f"client.{group.attribute}.{method.name}", taken)),
        required=required,
        summary=Markdown(summary or markdown(operation.key)),
        deprecated=operation.deprecated,
        http=Markdown(code_span(operation.key)),
        description=Markdown(description) if description and description != summary else None,
        arguments=tuple(_argument(view) for view in (*required, *optional[:_ROWS])),
        omitted=len(optional[_ROWS:]),
        result=_bare(method.result),
        element=_bare(method.element) if method.element is not None else None,
        item=_bare(method.item) if method.item is not None and method.stream == method.name else None,
        errors=tuple(EntryErrorView(Name(name), Markdown(status)) for status, name in errors.items()),
        example=examples.view(operation, method),
        missing=Markdown(markdown(missing)) if missing is not None else None,
    )


def _argument(view: ArgumentView) -> EntryArgumentView:
    return EntryArgumentView(
        name=view.name,
        type=Markdown(code_span(_bare(view.annotation), cell=True)),
        required=not view.optional,
        doc=Markdown(markdown(_prose(view.doc), 200)),
    )


def _bare(annotation: str) -> Annotation:
    return Annotation(annotation.replace("models.", "").replace("builtins.", ""))


def _prose(text: str) -> str:
    """The first paragraph, without the tags of HTML."""
    return re.sub(r"</?[A-Za-z][^<>]*>", " ", text).strip().split("\n\n")[0]


def _anchor(title: str, taken: dict[str, int]) -> str:
    """The fragment of a heading's address, as hosts of Markdown make it: letters, digits, `_`, numbered when twice."""
    base = re.sub(r"[^a-z0-9_-]", "", title.lower().replace(" ", "-"))
    count = taken.get(base, 0)
    taken[base] = count + 1
    return f"{base}-{count}" if count else base
