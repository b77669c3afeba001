"""The example values of one operation, chosen from the document's examples and generated values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from speclient.document import Document, Node
from speclient.ir import Api, MediaType, Operation, Parameter, ParameterLocation, Sample
from speclient.openapi.examples import read_examples
from speclient.openapi.media import read_content
from speclient.openapi.operations import OperationEntry, read_operations
from speclient.openapi.parameters import ParameterEntry, read_parameter
from speclient.samples.parts import Parts
from speclient.schema.table import Side
from speclient.schema.validator import Validator
from speclient.values import CannotMakeError, Exemplary, ValueMaker

_SHOWN = 1_500
"""Examples of the document that are longer than this, as JSON, are replaced by a short generated example."""
_SOME = 2
_SIZE = 10
"""The requested page size."""
_CONTENT = b"content"


def choose_samples(document: Document, api: Api) -> tuple[tuple[str, Sample], ...]:
    """Example values for each operation, beside its key."""
    calls = {call.key: call for call in read_operations(document)}
    chooser = _Chooser(document)
    return tuple((each.key, chooser.sample(each, calls.get(each.key))) for each in api.operations)


class _Chooser:
    def __init__(self, document: Document) -> None:
        self._validator = Validator(document, Side.REQUEST, all_formats=True)
        self._parts = Parts(self._validator.table.definitions)
        self._flat_parts: dict[int, tuple[Any, Mapping[str, Any]]] = {}
        self._maker = ValueMaker(self._validator)

    def sample(self, operation: Operation, call: OperationEntry | None) -> Sample:
        read = [read_parameter(node) for node in call.parameters()] if call else []
        entries = {(entry.location, entry.name): entry for entry in read if entry is not None}
        arguments: list[tuple[ParameterLocation, str, Any]] = []
        for parameter in operation.parameters:
            place, name = parameter.place, parameter.name
            if parameter.required:
                try:
                    arguments.append((place, name, self._argument(parameter, entries.get((place, name)))))
                except CannotMakeError:
                    return Sample(missing=f"no valid value was found for the {place} parameter {name!r}")
        try:
            media, body = self._body(operation, call)
        except CannotMakeError:
            return Sample(missing="no valid value was found for its body")
        return Sample((*arguments, *self._size(operation, entries)), media, body)

    # Parameters

    def _argument(self, parameter: Parameter, entry: ParameterEntry | None) -> Any:
        schema = entry.schema if entry is not None else None
        media = entry.media if entry is not None else None
        stated = [*_examples(entry.node if entry else None), *_examples(media.node if media else None)]
        name = self._validator.table.name(schema) if schema is not None else None
        for value in self._values(name, stated, parameter.name, some=0):
            if _can_travel(parameter.place, value):
                return value
        raise CannotMakeError(f"no valid value was found for the {parameter.place} parameter {parameter.name!r}")

    def _size(
        self, operation: Operation, entries: Mapping[Any, ParameterEntry]
    ) -> Iterator[tuple[ParameterLocation, str, Any]]:
        """The page size, if it can be chosen."""
        pagination = operation.pagination
        for parameter in operation.parameters:
            if (
                pagination is None
                or parameter.name != pagination.size
                or parameter.required
                or parameter.place != "query"
            ):
                continue
            entry = entries.get((parameter.place, parameter.name))
            schema = entry.schema if entry is not None else None
            if schema is not None and self._validator.admits(self._validator.table.name(schema), _SIZE):
                yield parameter.place, parameter.name, _SIZE

    # Bodies

    def _body(self, operation: Operation, call: OperationEntry | None) -> tuple[str | None, Any]:
        """Media type and value; None where an optional body would be empty."""
        if operation.body is None:
            return None, None
        owner = call.request_body() if call else None
        content = read_content(owner.get("content") if owner else None)
        nodes = {entry.name: entry.node for entry in content.media}
        problem: CannotMakeError | None = None
        for media in operation.body.media:
            try:
                value = self._body_value(media, nodes.get(media.name))
            except CannotMakeError as trouble:
                problem = problem or trouble
                continue
            if value in ({}, [], None) and not operation.body.required:
                return None, None
            return media.name, value
        raise problem or CannotMakeError("no media type of the body is supported")

    def _body_value(self, media: MediaType, node: Node | None) -> Any:
        schema = node.get("schema") if node else None
        stated = [value for value in _examples(node) if len(json.dumps(value, default=str)) <= _SHOWN]
        if media.kind == "bytes":
            return next((value.encode() for value in stated if isinstance(value, str) and value.isascii()), _CONTENT)
        if schema is None:
            kinds = {"text": (str,), "form": (dict,), "multipart": (dict,)}.get(media.kind)
            fitting = [value for value in stated if value is not None and (kinds is None or isinstance(value, kinds))]
            return fitting[0] if fitting else "text" if media.kind == "text" else {}
        name = self._validator.table.name(schema)
        for value in self._values(name, stated, "text" if media.kind == "text" else "", some=_SOME):
            if media.kind in ("form", "multipart"):
                if not isinstance(value, dict):
                    continue
                value = self._parts.with_files(name, value, _CONTENT) if media.kind == "multipart" else value
            if media.kind == "text" and not isinstance(value, str):
                value = json.dumps(value)
            if value is not None:
                return value
        raise CannotMakeError(f"no valid value was found for a body of the type {media.name}")

    # Values

    def _values(self, name: str | None, stated: list[Any], hint: str, *, some: int) -> Iterator[Any]:
        """Valid values, best first.

        Raises:
            CannotMakeError: there are no more values.
        """
        if name is None:
            yield from (value for value in stated if value not in ("", None))
            yield self._generated(True, hint, some)
            return
        for value in (*stated, *self._parts.examples(name)):
            shown = self._parts.without_secrets(name, value)
            if shown not in ("", "string", None) and self._validator.admits(name, shown):
                yield shown
        # The properties shown of an object without required properties may violate a rule about their combination.
        for count in (some, 0) if some else (0,):
            try:
                value = self._generated({"$ref": f"#/$defs/{name}"}, hint, count)
            except (CannotMakeError, RecursionError):
                continue
            if self._validator.admits(name, value):
                yield value
        yield self._maker.value(name, hint, hint=hint)

    def _generated(self, schema: Any, hint: str, some: int) -> Any:
        validator = self._validator
        return Exemplary(
            validator.table.definitions, Random(hint), validator.admits_part, flat_parts=self._flat_parts, some=some
        ).value(schema, hint=hint)


def _examples(node: Node | None) -> list[Any]:
    """The examples of a parameter or a media type."""
    return list(read_examples(node)) if node is not None else []


def _can_travel(place: str, value: Any) -> bool:
    """Return whether a location can contain a value: path text is not empty, header text has no control characters."""
    if isinstance(value, str):
        if place == "header":
            return value.isascii() and value.isprintable() and value == value.strip() != ""
        return value != ""
    return value not in ([], {}, None) or place != "path"
