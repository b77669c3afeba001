"""SC110."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.lint.context import Context, Finding, at
from speclient.schema.table import Side
from speclient.schema.validator import SchemaError, SchemaViolation


class ExamplesValid:
    """Examples of schemas, media types, parameters and headers must be instances of their schema.

    Dates and times are validated by RFC 3339; other formats are not asserted. In an example of a request body,
    required `readOnly` properties may be missing; in one of a response, `writeOnly` properties. A parameter's
    example may also be the string that is sent.

    Bad::

        type: integer
        example: '12'
    """

    code: ClassVar[str] = "SC110"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        for schema in context.index.of("schema"):
            yield from _schema(context, schema)
        for kind in ("parameter", "header"):
            for owner in context.index.of(kind):
                yield from _owned(context, owner, Side.EITHER, serialized=True)
        for request in context.index.of("request body"):
            yield from _content(context, request, Side.REQUEST)
        for response in context.index.of("response"):
            yield from _content(context, response, Side.RESPONSE)
        for kind in ("parameter", "header"):
            for owner in context.index.of(kind):
                yield from _content(context, owner, Side.EITHER)


def _schema(context: Context, schema: Node) -> Iterator[Finding]:
    examples = schema.get("examples")
    if examples is not None and isinstance(examples.value, list):
        for element in examples.elements():
            yield from _judged(context, schema, element, Side.EITHER)
    example = schema.get("example")
    if example is not None:
        yield from _judged(context, schema, example, Side.EITHER)


def _content(context: Context, owner: Node, side: Side) -> Iterator[Finding]:
    content = owner.get("content")
    for name, media in content.items() if content else ():
        essence = name.split(";")[0].strip().lower()
        if "json" in essence or essence in ("*/*", "application/*"):
            yield from _owned(context, media, side, serialized=False)


def _owned(context: Context, owner: Node, side: Side, *, serialized: bool) -> Iterator[Finding]:
    schema = owner.get("schema")
    if schema is None:
        return
    for example in _examples(owner):
        if serialized and isinstance(example.value, str) and _is_structured(schema):
            continue
        yield from _judged(context, schema, example, side)


def _examples(owner: Node) -> Iterator[Node]:
    """The values of `example` and `examples`, in every form."""
    example = owner.get("example")
    if example is not None:
        yield example
    examples = owner.get("examples")
    for _, entry in examples.items() if examples else ():
        try:
            value = entry.resolve().get("value")
        except ReferenceProblem:
            continue
        if value is not None:
            yield value


def _is_structured(schema: Node) -> bool:
    try:
        types = schema.resolve().mapping.get("type")
    except ReferenceProblem:
        return True
    listed = types if isinstance(types, list) else [types]
    return "string" not in listed and ("array" in listed or "object" in listed)


def _judged(context: Context, schema: Node, example: Node, side: Side) -> Iterator[Finding]:
    try:
        violations = context.validator(side).violations(schema, example.value)
    except SchemaError:
        return
    if violations:
        yield at(example, "the example violates its schema: " + _told(violations, example.value))


def _told(violations: tuple[SchemaViolation, ...], value: Any) -> str:
    first = violations[0]
    if first.pointer == "" and isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            parsed = None
        if isinstance(parsed, (dict, list)):
            return "the example is a JSON string; write it as a mapping or a list"
    more = len(violations) - 1
    place = f"{first.message} at {first.pointer!r}" if first.pointer else first.message
    return place + (f" (and {more} more)" if more else "")
