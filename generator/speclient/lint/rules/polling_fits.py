"""SC122."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from speclient.diagnostics import did_you_mean
from speclient.document import Node, split_pointer
from speclient.document.problems import ReferenceProblem
from speclient.lint.context import Context, Finding, at

_LISTS = ("success", "failure", "running")
_VARIANTS = ("allOf", "anyOf", "oneOf")


@dataclass(slots=True)
class _Place:
    """The schemas that describe one value of a response, with all that they refer to or combine."""

    schemas: list[Node] = field(default_factory=list[Node])

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> _Place:
        place, seen, stack = cls(), set[str](), list(nodes)
        while stack:
            node = stack.pop()
            try:
                target = node.resolve()
            except ReferenceProblem:
                continue
            for each in {node.id: node, target.id: target}.values():
                if each.id in seen:
                    continue
                seen.add(each.id)
                place.schemas.append(each)
                for keyword in _VARIANTS:
                    branches = each.get(keyword)
                    stack.extend(branches.elements() if branches is not None else ())
        return place

    def names(self) -> list[str]:
        """The properties that the schemas define."""
        found = [schema.get("properties") for schema in self.schemas]
        return list(dict.fromkeys(name for each in found if each is not None for name in each.mapping))

    def below(self, token: str) -> _Place | None:
        """The schemas of a property or of an array's items; None where no schema describes it."""
        found: list[Node] = []
        for schema in self.schemas:
            properties, items = schema.get("properties"), schema.get("items")
            if properties is not None and token in properties.mapping:
                found.append(properties.get(token) or properties)
            elif items is not None and token.isdecimal():
                found.append(items)
        return _Place.of(found) if found else None

    def is_open(self) -> bool:
        """Whether properties without a schema are described or expected."""
        return not self.names() or any(
            isinstance(schema.mapping.get(keyword), dict) or schema.mapping.get("additionalProperties") is True
            for schema in self.schemas
            for keyword in ("additionalProperties", "patternProperties", "unevaluatedProperties")
        )

    def values(self) -> list[Any] | None:
        """All values that the schemas list; None where any other value is possible too."""
        listed: list[Any] = []
        for schema in self.schemas:
            if "const" in schema.mapping:
                listed.append(schema.mapping["const"])
            elif isinstance(schema.mapping.get("enum"), list):
                listed.extend(schema.mapping["enum"])
            elif schema.mapping.get("type") == "string" and not any(
                keyword in schema.mapping for keyword in (*_VARIANTS, "$ref")
            ):
                return None
        return listed or None


class PollingFits:
    """`polling` of `x-speclient` names a property of the response, and states that its schema lists.

    `status` must point to a property of the successful response (of an item of `items`, where the operation named by
    `status-operation` has `pagination`). Where the schema of the state is an enumeration, each state under `success`,
    `failure` and `running` must be in it: a misspelt terminal state makes `wait` poll until it times out.

    Bad::

        x-speclient: {polling: {status: /state, success: [sucess]}}     # the enumeration has `success`
    """

    code: ClassVar[str] = "SC122"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        known = {operation.text("operationId"): operation for operation in context.index.of("operation")}
        for entry in context.index.operations():
            extension = entry.node.get("x-speclient")
            polling = extension.get("polling") if extension is not None else None
            if polling is not None:
                yield from _check(polling, entry.node, known)


def _check(polling: Node, operation: Node, known: Mapping[str | None, Node]) -> Iterator[Finding]:
    status = polling.get("status")
    if status is None or not isinstance(status.value, str) or (status.value and not status.value.startswith("/")):
        return  # SC121.
    other = polling.text("status-operation")
    told_by = known.get(other, None) if other is not None else operation
    if told_by is None:
        return  # SC121.
    place = _success(told_by)
    pagination = _pagination(told_by) if other is not None else None
    if pagination is not None and place is not None:
        for token in split_pointer(pagination.text("items") or ""):
            place = place.below(token) if place is not None else None
        place = place.below("0") if place is not None else None
    for token in split_pointer(status.value):
        if place is None:
            return
        inner = place.below(token)
        if inner is None:
            if not place.is_open():
                near = did_you_mean(token, place.names())
                yield at(status, f"`status` names {status.value!r}, but the response has no property {token!r}{near}")
            return
        place = inner
    values = place.values() if place is not None else None
    if values is None:
        return
    for name in _LISTS:
        listed = polling.get(name)
        for element in listed.elements() if listed is not None else ():
            if element.value not in values and not isinstance(element.value, (dict, list)):
                near = did_you_mean(str(element.value), [value for value in values if isinstance(value, str)])
                yield at(element, f"the state {element.value!r} is not in the enumeration of {status.value!r}{near}")


def _pagination(operation: Node) -> Node | None:
    extension = operation.get("x-speclient")
    pagination = extension.get("pagination") if extension is not None else None
    return pagination if pagination is not None and isinstance(pagination.value, dict) else None


def _success(operation: Node) -> _Place | None:
    """The schema of the body of a successful response."""
    responses = operation.get("responses")
    schemas: list[Node] = []
    for code, entry in responses.items() if responses is not None else ():
        if not code.startswith("2"):
            continue
        try:
            content = entry.resolve().get("content")
        except ReferenceProblem:
            continue
        for media, body in content.items() if content is not None else ():
            schema = body.get("schema")
            if "json" in media.lower() and schema is not None:
                schemas.append(schema)
    return _Place.of(schemas) if schemas else None
