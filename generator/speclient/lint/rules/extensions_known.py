"""SC121."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from speclient.diagnostics import did_you_mean
from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.lint.context import Context, Finding, at
from speclient.lint.rules.forms import (
    Form,
    anything,
    flag,
    list_of,
    map_of,
    members,
    one_of,
    or_false,
    pointer,
    scalar,
    text,
    uri,
    whole,
)
from speclient.openapi.operations import OperationEntry

UNITS = (
    "nanoseconds", "microseconds", "milliseconds", "seconds", "minutes", "hours", "days",
    "epoch-milliseconds", "epoch-seconds", "bits", "bytes", "kilobytes", "megabytes", "gigabytes",
    "kibibytes", "mebibytes", "gibibytes", "rows", "items", "pages", "characters", "pixels", "percent",
    "celsius", "fahrenheit", "degrees", "meters", "kilometers", "grams", "kilograms", "cents",
)  # fmt: skip


def _unit(node: Node) -> Iterator[Finding]:
    yield from text(node)
    if isinstance(node.value, str) and node.value and node.value not in UNITS:
        yield at(node, f"the unit {node.value!r} is not supported{did_you_mean(node.value, UNITS)}")


_RESPONSE_BY = members({"parameter": text, "schemas": map_of(text)}, required=("parameter", "schemas"))
_PAGINATION = members(
    {
        "kind": one_of("cursor", "offset", "page", "link", "hal"),
        "parameter": text,
        "items": pointer,
        "size": text,
        "next": pointer,
        "more": pointer,
        "first": whole,
        "last-item": members({"property": text, "property-from": text}),
        "exclusive": flag,
        "identity": pointer,
    },
    required=("kind",),
)
_POLLING = members(
    {
        "status": pointer,
        "success": list_of(scalar),
        "failure": list_of(scalar),
        "running": list_of(scalar),
        "status-operation": text,
        "message": pointer,
        "lookup": members({"parameter": text, "offset": whole, "order": map_of(scalar)}, required=("parameter",)),
    },
    required=("status",),
)
# docs/reference/x-speclient.md, one entry per table.
_X_SPECLIENT: dict[str, Form] = {
    "document": members({
        "package": text, "client": text, "environment": text, "pages": list_of(uri), "infer-pagination": flag,
    }),
    "security scheme": members({"arguments": map_of(text)}),
    "operation": members({
        "group": text, "method": text, "page": uri, "idempotent": flag, "response-by": _RESPONSE_BY,
        "pagination": or_false(_PAGINATION), "polling": _POLLING, "stream-property": text,
        "binary": flag,
    }),
    "parameter": members({"name": text}),
    "schema": members({"name": text, "secret": flag, "unit": _unit}),
}  # fmt: skip
_X_SOURCE = members({
    "basis": one_of("inference", "vendor", "observed", "practice"), "note": text, "properties": list_of(text),
    "page": anything, "example": anything,
})  # fmt: skip


class ExtensionsKnown:
    """`x-speclient` and `x-source` contain only properties of docs/reference/x-speclient.md, with the documented types.

    The targets of names must exist: parameters of the operation, schemas, operations, properties of the object.
    Without this rule, a misspelt property would be ignored silently.

    Bad::

        x-speclient: {pagination: {kind: curser}}
    """

    code: ClassVar[str] = "SC121"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        for kind, node in context.index.kinds():
            extension = node.get("x-speclient")
            if extension is not None:
                form = _X_SPECLIENT.get(kind)
                if form is None:
                    yield at(extension, f"`x-speclient` is not supported on a {kind}")
                else:
                    yield from form(extension)
            source = node.get("x-source")
            if source is not None:
                yield from _X_SOURCE(source)
                yield from _about(node, source)
        known = {operation.text("operationId"): operation for operation in context.index.of("operation")}
        for entry in context.index.operations():
            yield from _names(context, entry, known)


def _about(node: Node, source: Node) -> Iterator[Finding]:
    listed = source.get("properties")
    for element in listed.elements() if listed else ():
        if isinstance(element.value, str) and element.value not in node.mapping:
            yield at(element, f"`x-source` names the property {element.value!r}, which does not exist")


def _names(context: Context, entry: OperationEntry, operations: Mapping[str | None, Node]) -> Iterator[Finding]:
    extension = entry.node.get("x-speclient")
    if extension is None:
        return
    parameters = {parameter.text("name") for parameter in entry.parameters()}

    def of_parameter(owner: Node | None, *members: str) -> Iterator[Finding]:
        for name in members:
            node = owner.get(name) if owner else None
            if node is not None and isinstance(node.value, str) and node.value not in parameters:
                yield at(node, f"the operation has no parameter {node.value!r}")

    chosen, pagination, polling = extension.get("response-by"), extension.get("pagination"), extension.get("polling")
    yield from of_parameter(chosen, "parameter")
    yield from of_parameter(pagination, "parameter", "size")
    yield from of_parameter(pagination.get("last-item") if pagination else None, "property-from")
    schemas = chosen.get("schemas") if chosen else None
    for _, target in schemas.items() if schemas else ():
        if isinstance(target.value, str):
            try:
                target.document.follow(target, target.value)
            except ReferenceProblem as problem:
                yield at(target, problem.diagnostic.message)
    other = polling.get("status-operation") if polling else None
    if other is not None and isinstance(other.value, str):
        if other.value not in operations:
            yield at(other, f"no operation has the operationId {other.value!r}")
        elif operations[other.value] != entry.node:
            yield from _told_by(entry, other, operations[other.value])
            yield from _looked_up(context, polling, operations[other.value])


def _looked_up(context: Context, polling: Node | None, operation: Node) -> Iterator[Finding]:
    """A look-up passes parameters of the list operation."""
    lookup = polling.get("lookup") if polling else None
    listing = next((entry for entry in context.index.operations() if entry.node == operation), None)
    if lookup is None or listing is None:
        return
    names = {parameter.text("name") for parameter in listing.parameters()}
    order = lookup.get("order")
    wanted = [(lookup.text("parameter"), lookup.get("parameter")), *(order.items() if order else ())]
    for name, place in wanted:
        if place is not None and name not in names:
            yield at(place, f"the list operation has no parameter {name!r}")


def _told_by(entry: OperationEntry, place: Node, operation: Node) -> Iterator[Finding]:
    """A paginated operation contains the status in one of its items, which must be identified."""
    extension = operation.get("x-speclient")
    pagination = extension.get("pagination") if extension else None
    if pagination is None or pagination.value is False:
        return
    for name in ("items", "identity"):
        if name not in pagination.mapping:
            yield at(place, f"{place.value!r} is paginated; its `pagination` requires {name!r} to find the item")
    own = [parameter for parameter in entry.parameters() if parameter.text("in") == "path"]
    if len(own) != 1:
        yield at(
            place, f"{place.value!r} is paginated; exactly one path parameter must identify the item, not {len(own)}"
        )
