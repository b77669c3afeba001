"""`x-speclient` of an operation (docs/reference/x-speclient.md)."""

from __future__ import annotations

import json

from speclient.build.schemas import SchemaBuilder
from speclient.build.type_refs import json_scalar
from speclient.document import Node
from speclient.document.problems import ReferenceProblem
from speclient.ir import Json, NameHint, Parameter, Response, ResponseBy, TypeRef


def read_response_by(
    extension: Node,
    parameters: tuple[Parameter, ...],
    responses: tuple[Response, ...],
    schemas: SchemaBuilder,
    hint: NameHint,
) -> ResponseBy | None:
    """`response-by`, or None when it is absent or names something that does not exist (reported).

    Args:
        extension: the `x-speclient` of the operation.
        parameters: the parameters of the operation.
        responses: the responses of the operation.
        schemas: builds the types of the cases.
        hint: the input for the names of inline schemas.
    """
    node = extension.get("response-by")
    if node is None:
        return None
    wanted = node.text("parameter")
    parameter = next((parameter for parameter in parameters if parameter.name == wanted), None)
    table = node.get("schemas")
    if parameter is None or table is None or not table.mapping:
        schemas.log.sink.report(
            "SC121", f"`response-by` requires a parameter of the operation and schemas, not {wanted!r}", node.location
        )
        return None
    if not any(media.kind == "json" for response in responses if response.status[0] == "2" for media in response.media):
        schemas.log.sink.report("SC121", "`response-by` requires a successful response with a JSON body", node.location)
        return None
    cases: list[tuple[Json, TypeRef]] = []
    for text, target in table.items():
        try:
            value = json_scalar(json.loads(text))
        except ValueError:
            value = text
        if not isinstance(target.value, str):
            schemas.log.sink.report("SC121", "a case of `response-by` must be a reference", target.location)
            return None
        try:
            schema = target.document.follow(target, target.value)
        except ReferenceProblem as problem:
            schemas.log.sink.add(problem.diagnostic)
            return None
        cases.append(
            (value, schemas.type_of(Node(schema.document, target.file, target.pointer, {"$ref": target.value}), hint))
        )
    cases.sort(key=lambda case: case[0] != parameter.default)
    return ResponseBy(parameter.name, tuple(cases))
