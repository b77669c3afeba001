"""What README and reference say of each operation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from speclient.ir import Api, Operation
from speclient.naming import Names
from speclient.render.escape import code_span, markdown
from speclient.render.examples import Examples
from speclient.render.methods import ArgumentView, GroupView, MethodView, error_class

_FEW = 12
"""A README holds the examples of up to so many operations; beyond, they stand in the reference only."""

_ROWS = 16
"""A table has so many optional arguments at most; who filters by hundreds looks into the method's docstring."""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a table, as Markdown."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """An operation; all but the program is Markdown."""

    title: str
    anchor: str
    call: str
    """As a reader writes it, with what must be given."""
    summary: str
    http: str
    description: str
    arguments: tuple[RowView, ...]
    untold: int
    """How many optional arguments the table leaves out."""
    result: str
    result_cell: str
    """The same for a table."""
    errors: str
    program: str | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class SectionView:
    """A group of operations."""

    title: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """All operations, and the programs of the README."""

    sections: tuple[SectionView, ...]
    first: str | None
    asynchronous: str | None
    error: str | None
    few: bool
    """Whether the README has room for each operation's example."""


def reference_view(api: Api, names: Names, groups: Sequence[GroupView], examples: Examples) -> ReferenceView:
    """What the templates show."""
    operations = _operations(api, names)
    taken: dict[str, int] = {}
    sections: list[SectionView] = []
    for group in groups:
        title = f"client.{group.attribute}"
        _anchor(title, taken)
        made = tuple(
            _entry(operations[(group.attribute, method.name)], group, method, examples, taken)
            for method in group.methods
        )
        sections.append(SectionView(title, made))
    methods = {(group.attribute, method.name): method for group in groups for method in group.methods}
    first = _first(api, examples)
    if first is None:
        return ReferenceView(tuple(sections), None, None, None, few=False)
    own = names.operations[first.key]
    method = methods[(own.group, own.method)]
    return ReferenceView(
        tuple(sections),
        examples.program(first, method),
        examples.async_program(first, method),
        examples.error_program(first, method),
        few=len(api.operations) <= _FEW,
    )


def _operations(api: Api, names: Names) -> Mapping[tuple[str, str], Operation]:
    return {
        (names.operations[operation.key].group, names.operations[operation.key].method): operation
        for operation in api.operations
    }


def _first(api: Api, examples: Examples) -> Operation | None:
    """The operation to begin with: one that reads, and is not deprecated."""
    usable = [operation for operation in api.operations if examples.missing(operation) is None]
    return min(usable, key=lambda made: (made.deprecated, made.method != "GET", made.body is not None), default=None)


def _entry(
    operation: Operation, group: GroupView, method: MethodView, examples: Examples, taken: dict[str, int]
) -> EntryView:
    title = f"client.{group.attribute}.{method.name}"
    needed = [view for view in method.arguments if view.positional or not view.default]
    optional = [view for view in method.arguments if view not in needed]
    call = ", ".join(view.name if view.positional else f"{view.name}=..." for view in needed)
    summary = markdown(_prose(operation.summary or ""), 200)
    description = markdown(_prose(operation.description or ""), 300)
    errors = {
        answer.status: error_class(answer.status) for answer in operation.responses if answer.status[0] not in "123"
    }
    return EntryView(
        title=title,
        anchor=_anchor(title, taken),
        call=f"{title}({call})",
        summary=(summary or markdown(operation.key)) + (" (deprecated)" if operation.deprecated else ""),
        http=code_span(operation.key),
        description=description if description != summary else "",
        arguments=tuple(RowView(_argument(view)) for view in (*needed, *optional[:_ROWS])),
        untold=len(optional[_ROWS:]),
        result=code_span(_result(method)),
        result_cell=code_span(_result(method), cell=True),
        errors=", ".join(f"`{name}` ({status})" for status, name in errors.items()),
        program=examples.program(operation, method),
        missing=markdown(missing) if (missing := examples.missing(operation)) is not None else None,
    )


def _argument(view: ArgumentView) -> tuple[str, ...]:
    given = "required" if not view.default else "optional"
    return f"`{view.name}`", code_span(_bare(view.annotation), cell=True), given, markdown(_prose(view.doc), 200)


def _result(method: MethodView) -> str:
    return f"ItemStream[{_bare(method.items)}]" if method.stream == method.name else _bare(method.result)


def _bare(annotation: str) -> str:
    return annotation.replace("models.", "").replace("builtins.", "")


def _prose(text: str) -> str:
    """The first paragraph, without the tags of HTML."""
    return re.sub(r"</?[A-Za-z][^<>]*>", " ", text).strip().split("\n\n")[0]


def _anchor(title: str, taken: dict[str, int]) -> str:
    """The fragment of a heading's address, as hosts of Markdown make it: letters, digits, `_`, numbered when twice."""
    base = re.sub(r"[^a-z0-9_-]", "", title.lower().replace(" ", "-"))
    count = taken.get(base, 0)
    taken[base] = count + 1
    return f"{base}-{count}" if count else base
